"""The consent gate: may this person be contacted this way, for this, now? No database, no clock, no network.

The order of the checks is the order of `Check` and is documented in ADR 0006. Whatever is unknown counts as
the stricter case. Consent: 47 CFR 64.1200; hours and caps: law/hours.yaml; the rest: design, invariant 3.
"""

from collections.abc import Callable, Hashable, Iterator
from datetime import datetime, timedelta

from beckon.consent.facts import (
    ALL,
    DEFAULT_POLICY,
    PHONE,
    Ask,
    Basis,
    Channel,
    PersonFacts,
    Point,
    Policy,
    Purpose,
)
from beckon.consent.law.basis import Need, held, is_stopped, needed
from beckon.consent.law.hours import Place, consent_of
from beckon.consent.law.table import Row
from beckon.consent.reasons import Reason
from beckon.consent.times import Wait, first_wait, is_bound_by_place_alone, opening_after, waits
from beckon.consent.verdict import Allowed, Check, Finding, Later, Refused, Verdict

NOTICE_WINDOW = timedelta(minutes=5)  # 47 CFR 64.1200(a)(12)
DO_NOT_CALL = "do_not_call"
# The national registry is about solicitations (facts 1.7); what the person asked for or booked is none.
_SOLICITING = frozenset({Purpose.TELEMARKETING, Purpose.INFORMATIONAL})
_ASKED_FOR = frozenset({Purpose.REPLY, Purpose.CALLBACK, Purpose.OPT_OUT_NOTICE})
_No = tuple[Reason, str]


def may_contact(facts: PersonFacts, ask: Ask, now: datetime, policy: Policy = DEFAULT_POLICY) -> Verdict:
    """Allowed, later or refused, for one person and one ask at `now` (aware, domain time).

    Of several addresses the best-ranked one that passes is taken; where none does, one that opens later goes
    before one that is refused, and else the refusal that got furthest through the checks is the reason.
    """
    if facts.is_merged or facts.is_retired or facts.is_deceased or facts.is_do_not_contact:
        return Refused(next(no[0] for _check, no in _person_checks(facts) if no is not None))
    gate = gate_for(ask, now, policy)
    points, missing = candidates(facts, ask, now, policy)
    if missing is not None:
        return Refused(*missing[1])
    best: tuple[int, Verdict] | None = None
    for point in points:
        depth, verdict = gate.at_point(facts, point)
        if isinstance(verdict, Allowed):
            return verdict
        if best is None or _is_better(depth, verdict, *best):
            best = depth, verdict
    assert best is not None
    return best[1]


def explain_contact(facts: PersonFacts, ask: Ask, now: datetime, policy: Policy = DEFAULT_POLICY) -> list[Finding]:
    """Every check in its order with its outcome, address by address: what a person's page shows."""
    ask = _in_time(ask, now, policy)
    findings = [Finding(check, *(no or (None, ""))) for check, no in _person_checks(facts)]
    points, missing = candidates(facts, ask, now, policy)
    findings.append(Finding(Check.MINOR, *(missing[1] if missing and missing[0] is Check.MINOR else (None, ""))))
    if missing is not None:
        if missing[0] is Check.CONTACT_POINT:
            findings.append(Finding(Check.CONTACT_POINT, *missing[1]))
        return findings
    findings.append(Finding(Check.CONTACT_POINT))
    for point in points:
        findings += _findings_at(facts, point, ask, now, policy)
    return findings


def candidates(
    facts: PersonFacts, ask: Ask, now: datetime, policy: Policy
) -> tuple[list[Point], tuple[Check, _No] | None]:
    """The addresses the ask may use, best first; or which check found none and why."""
    by_guardian = is_minor(facts, now, policy)
    if by_guardian and not any(point.is_guardian for point in facts.points):
        return [], (Check.MINOR, (Reason.MINOR, ""))
    kind = ask.channel.kind
    usable = [point for point in facts.points if point.kind == kind and point.is_guardian is by_guardian]
    if ask.contact_point_id is not None:
        usable = [point for point in usable if point.contact_point_id == ask.contact_point_id]
    if not usable:
        return [], (Check.CONTACT_POINT, (Reason.NO_CONTACT_POINT, kind))
    if len(usable) > 1:
        usable.sort(key=lambda point: (point.is_ended or point.is_dead, point.rank, point.contact_point_id))
    return usable, None


def is_minor(facts: PersonFacts, now: datetime, policy: Policy) -> bool:
    """True below the age of majority on the earliest date it can be anywhere in the country at `now`."""
    born = facts.birth_date
    if born is None or born.year < now.year - policy.age_of_majority - 1:
        return False
    today = (now - timedelta(hours=12)).date()
    had_birthday = (today.month, today.day) >= (born.month, born.day)
    return today.year - born.year - (not had_birthday) < policy.age_of_majority


def _in_time(ask: Ask, now: datetime, policy: Policy) -> Ask:
    """A reply that comes too late is an ordinary message; one that answers nothing was never a reply."""
    if ask.purpose is not Purpose.REPLY:
        return ask
    window = timedelta(minutes=policy.reply_minutes)
    if ask.requested_at is not None and ask.requested_at <= now <= ask.requested_at + window:
        return ask
    return Ask(ask.channel, Purpose.INFORMATIONAL, ask.hipaa_class, ask.category, None, ask.contact_point_id)


def _person_checks(facts: PersonFacts) -> Iterator[tuple[Check, _No | None]]:
    record = Reason.MERGED if facts.is_merged else Reason.RETIRED if facts.is_retired else None
    yield Check.RECORD, (record, "") if record else None
    yield Check.DECEASED, (Reason.DECEASED, "") if facts.is_deceased else None
    yield Check.DO_NOT_CONTACT, (Reason.DO_NOT_CONTACT, "") if facts.is_do_not_contact else None


class Gate:
    """One ask at one instant under one policy, put to many people: what is alike for two addresses is decided once.

    Which address somebody asks about is no part of it: a queued message names its own. The rules of an address
    see nothing but what `_alike` names; who adds a fact to a rule adds it there. For people whom only legal hours can
    keep waiting the hours are remembered by place as well.
    """

    __slots__ = ("_hours", "_law", "_refusals", "ask", "now", "policy")

    def __init__(self, ask: Ask, now: datetime, policy: Policy) -> None:
        self.ask = _in_time(ask, now, policy)
        self.now = now
        self.policy = policy
        self._refusals: dict[Hashable, tuple[int, Refused] | None] = {}
        self._hours: dict[Place, tuple[Wait, datetime | None] | None] = {}
        self._law: dict[Place, Row | None] = {}

    def at_point(self, facts: PersonFacts, point: Point) -> tuple[int, Verdict]:
        """How far an address of the person gets through the checks, and the verdict on it."""
        alike = self._alike(facts, point)
        if alike in self._refusals:
            refusal = self._refusals[alike]
        else:
            refusal = self._refusals[alike] = self._refuse(facts, point)
        if refusal is not None:
            return refusal
        shut = self._shut(facts, point)
        if shut is None:
            return len(_POINT_RULES), Allowed(point)
        wait, opens = shut
        if opens is None:
            return len(_POINT_RULES), Refused(_never(wait.reason), wait.detail)
        return len(_POINT_RULES), Later(opens, wait.reason, wait.detail, point)

    def _alike(self, facts: PersonFacts, point: Point) -> Hashable:
        """Everything the rules of an address look at, without ids: equal for two addresses, equal answers."""
        place = point.place
        if place not in self._law:
            self._law[place] = state_law(place, self.ask, self.now)
        person, owner, number = facts.person_id, point.owner_id, point.number_id
        return (
            point.line_type, point.is_dead, point.is_ended, point.suppressed, facts.preferred_channel,
            None if self._law[place] is None else place,
            tuple([
                (e[2:], e[0] == person or e[0] == owner, None if e[1] is None else e[1] == number)
                for e in facts.entries
            ]),
        )  # fmt: skip

    def _refuse(self, facts: PersonFacts, point: Point) -> tuple[int, Refused] | None:
        for depth, (_check, rule) in enumerate(_POINT_RULES):
            no = rule(facts, point, self.ask, self.now, self.policy)
            if no is not None:
                return depth, Refused(*no)
        return None

    def _shut(self, facts: PersonFacts, point: Point) -> tuple[Wait, datetime | None] | None:
        """The first gate that is shut now, and when all are open; None where they are."""
        if not is_bound_by_place_alone(facts, self.policy, self.now):
            return self._first_shut(facts, point)
        place = point.place
        if place not in self._hours:
            self._hours[place] = self._first_shut(facts, point)
        return self._hours[place]

    def _first_shut(self, facts: PersonFacts, point: Point) -> tuple[Wait, datetime | None] | None:
        wait = first_wait(facts, point, self.ask, self.policy, self.now)
        return None if wait is None else (wait, opening_after(wait, facts, point, self.ask, self.policy))


_gates: dict[tuple[Ask, datetime], Gate] = {}
_GATES_KEPT = 24


def forget_gates() -> None:
    """Decide everything anew."""
    _gates.clear()


def gate_for(ask: Ask, now: datetime, policy: Policy) -> Gate:
    """The gate of an ask; the same one for everybody who is asked about at the same instant, whatever the address."""
    if ask.contact_point_id is not None:
        ask = ask._replace(contact_point_id=None)
    gate = _gates.get((ask, now))
    if gate is None or (gate.policy is not policy and gate.policy != policy):
        if len(_gates) >= _GATES_KEPT:
            _gates.clear()
        gate = _gates[ask, now] = Gate(ask, now, policy)
    return gate


def _never(reason: Reason) -> Reason:
    """An hour the person named that is never lawful stays their own; anything else lies with the law."""
    return reason if reason is Reason.OTHER_HOUR else Reason.NEVER_OPEN


def _is_better(depth: int, verdict: Verdict, best_depth: int, best: Verdict) -> bool:
    if isinstance(verdict, Later):
        return not isinstance(best, Later) or verdict.not_before < best.not_before
    return not isinstance(best, Later) and depth > best_depth


def _findings_at(facts: PersonFacts, point: Point, ask: Ask, now: datetime, policy: Policy) -> Iterator[Finding]:
    where = point.contact_point_id
    for check, rule in _POINT_RULES:
        no = rule(facts, point, ask, now, policy)
        reason, detail = no or (None, "")
        yield Finding(check, reason, detail, contact_point_id=where)
    shut = list(waits(facts, point, ask, policy, now))
    for check in (Check.PREFERENCE, Check.CAPS, Check.HOURS):
        waiting = [wait for wait in shut if wait.check is check]
        for wait in waiting:
            yield Finding(check, wait.reason, wait.detail, wait.until, where)
        if not waiting and check is not Check.PREFERENCE:
            yield Finding(check, contact_point_id=where)


def _reachable(facts: PersonFacts, point: Point, ask: Ask, now: datetime, policy: Policy) -> _No | None:
    if point.is_ended:
        return Reason.WRONG_PERSON, ""
    return (Reason.DEAD_NUMBER, "") if point.is_dead else None


def _line_type(facts: PersonFacts, point: Point, ask: Ask, now: datetime, policy: Policy) -> _No | None:
    is_landline_text = ask.channel is Channel.SMS and point.line_type == "landline"
    return (Reason.LANDLINE, "") if is_landline_text else None


def _opt_out(facts: PersonFacts, point: Point, ask: Ask, now: datetime, policy: Policy) -> _No | None:
    if ask.purpose is Purpose.OPT_OUT_NOTICE:
        since = ask.requested_at
        is_in_time = since is not None and since <= now <= since + NOTICE_WINDOW
        return None if is_in_time and ask.channel is Channel.SMS else (Reason.NOTICE_TOO_LATE, "47 CFR 64.1200(a)(12)")
    if not facts.entries:
        return None
    people = frozenset({facts.person_id, point.owner_id})
    person, number = is_stopped(facts.entries, ask, person_ids=people, number_id=point.number_id)
    if person:
        return Reason.OPTED_OUT, ""
    return (Reason.NUMBER_OPTED_OUT, "") if number else None


def _suppression(facts: PersonFacts, point: Point, ask: Ask, now: datetime, policy: Policy) -> _No | None:
    if not point.suppressed or ask.purpose is Purpose.OPT_OUT_NOTICE:
        return None
    for kind, channel in sorted(point.suppressed):
        is_on_channel = channel in (ALL, ask.channel.value) or (channel == PHONE and ask.channel.kind == PHONE)
        if is_on_channel and (kind != DO_NOT_CALL or ask.purpose in _SOLICITING):
            return Reason.SUPPRESSED, kind
    return None


def _consent(facts: PersonFacts, point: Point, ask: Ask, now: datetime, policy: Policy) -> _No | None:
    if ask.purpose in _ASKED_FOR:
        return None
    need = _needed_here(facts, point, ask, now, policy)
    if need.basis is Basis.NONE:
        return None
    people = frozenset({facts.person_id, point.owner_id})
    has = held(facts.entries, ask, person_ids=people, number_id=point.number_id)
    if has.strength >= need.basis.strength:
        return None
    reason = Reason.NO_CONSENT if has is Basis.NONE else Reason.CONSENT_NOT_WRITTEN
    return reason, f"{need.basis} needed, {has} on record: {need.cite}"


def _needed_here(facts: PersonFacts, point: Point, ask: Ask, now: datetime, policy: Policy) -> Need:
    need = needed(ask, point.line_type, policy)
    row = state_law(point.place, ask, now)
    if row is None or row.consent is None or Basis(row.consent).strength <= need.basis.strength:
        return need
    return Need(Basis(row.consent), f"{row.state} {row.cite}")


def state_law(place: Place, ask: Ask, now: datetime) -> Row | None:
    """The row of a state there that asks consent of its own for this; None almost everywhere."""
    if ask.purpose is not Purpose.TELEMARKETING or ask.channel.kind != PHONE:
        return None
    return consent_of(place, ask.channel, now.date())


def _preferred_channel(facts: PersonFacts, point: Point, ask: Ask, now: datetime, policy: Policy) -> _No | None:
    wanted = facts.preferred_channel
    if not wanted or not policy.preferred_channel_only or ask.purpose in _ASKED_FOR | {Purpose.APPOINTMENT}:
        return None
    if wanted in (ask.channel.value, ALL) or (wanted == PHONE and ask.channel.kind == PHONE):
        return None
    return Reason.OTHER_CHANNEL, wanted


_Rule = Callable[[PersonFacts, Point, Ask, datetime, Policy], _No | None]
_POINT_RULES: tuple[tuple[Check, _Rule], ...] = (
    (Check.REACHABLE, _reachable),
    (Check.LINE_TYPE, _line_type),
    (Check.OPT_OUT, _opt_out),
    (Check.SUPPRESSION, _suppression),
    (Check.CONSENT, _consent),
    (Check.PREFERENCE, _preferred_channel),
)
