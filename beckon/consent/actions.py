"""Changes to the consent ledger: grants, opt-outs, opting in again, and the contact policy. Batches, append-only."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import F

from beckon.consent.errors import MissingEvidenceError, UnknownChannelError
from beckon.consent.facts import ALL, Basis, Mark, Policy
from beckon.consent.models import CHANNEL_WORDS, ContactPolicy
from beckon.consent.queries import load_policy
from beckon.core.actors import Actor
from beckon.core.audit.actions import record_audit
from beckon.core.clock import wall_now
from beckon.core.events.actions import record_events
from beckon.core.events.registry import NewEvent
from beckon.people.actions import mark_do_not_contact
from beckon.people.locking import lock_people
from beckon.people.models import ContactPoint, Person

GRANTED = "consent.granted"
OPTED_OUT = "consent.opted_out"
OPTED_IN = "consent.opted_in"


@dataclass(frozen=True, slots=True)
class Grant:
    """Consent of a person, for all their numbers or for `number_id` alone. `at`: when given, else now."""

    person_id: int
    channel: str
    basis: Basis
    evidence: str
    number_id: int | None = None
    purpose: str = ALL
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class OptOut:
    """A stop. It holds for the person on every address, and for everybody on the number, whichever are named.

    `channel` and `purpose` None: as far as the organization's policy says (by default: all of both).
    """

    evidence: str
    person_id: int | None = None
    number_id: int | None = None
    channel: str | None = None
    purpose: str | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class OptIn:
    """The person's own word that contact may resume. Ends opt-outs of whatever it names; a grant as well."""

    evidence: str
    person_id: int | None = None
    number_id: int | None = None
    channel: str = ALL
    purpose: str = ALL
    basis: Basis = Basis.EXPRESS
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A ledger entry to be appended."""

    person_id: int | None
    number_id: int | None
    channel: str
    purpose: str
    mark: Mark
    basis: str
    evidence: str
    at: datetime | None


def record_consent(grants: Sequence[Grant], *, by: Actor, now: datetime) -> int:
    """Append the grants; returns how many. A grant never undoes an opt-out (that is `record_opt_in`).

    Raises UnknownChannelError, MissingEvidenceError, ValueError for a grant without a basis.
    """
    if any(grant.basis is Basis.NONE for grant in grants):
        raise ValueError("a grant needs a basis: express or written")
    rows = [
        Row(g.person_id, g.number_id, g.channel, g.purpose, Mark.GRANTED, g.basis, g.evidence, g.at) for g in grants
    ]
    append(rows, version="", by=by, now=now)
    record_events(
        [NewEvent(GRANTED, g.person_id, g.number_id, {"channel": g.channel, "basis": g.basis}) for g in grants],
        by=by,
        now=now,
    )
    return len(rows)


def record_opt_out(opt_outs: Sequence[OptOut], *, by: Actor, now: datetime) -> int:
    """Append the stops and tell everybody concerned: one `consent.opted_out` event per person named or reached
    through the number, in this transaction. Every decision that begins after it commits refuses.

    Raises UnknownChannelError, MissingEvidenceError, ValueError when neither person nor number is named.
    """
    policy = load_policy()
    rows = [
        Row(
            o.person_id,
            o.number_id,
            o.channel or policy.opt_out_channel,
            o.purpose or policy.opt_out_purpose,
            Mark.REVOKED,
            "",
            o.evidence,
            o.at,
        )
        for o in opt_outs
    ]
    append(rows, version=policy.version, by=by, now=now)
    announce(OPTED_OUT, rows, by=by, now=now)
    return len(rows)


def record_do_not_contact(person_ids: Sequence[int], *, evidence: str, by: Actor, now: datetime) -> int:
    """Never contact these people again, by anyone, over anything (disposition DNC); returns how many.

    Recorded on the person, and in the ledger with its evidence; one `consent.opted_out` event each.
    Raises MissingEvidenceError.
    """
    ids = sorted(set(person_ids))
    mark_do_not_contact(ids, by=by, now=now)
    stops = [OptOut(evidence=evidence, person_id=person_id, channel=ALL, purpose=ALL) for person_id in ids]
    return record_opt_out(stops, by=by, now=now)


def record_opt_in(opt_ins: Sequence[OptIn], *, by: Actor, now: datetime) -> int:
    """Append the person's own resumption of contact (START, or a signed form); returns how many.

    Raises UnknownChannelError, MissingEvidenceError, ValueError when neither person nor number is named.
    """
    rows = [
        Row(o.person_id, o.number_id, o.channel, o.purpose, Mark.OPTED_IN, _stored(o.basis), o.evidence, o.at)
        for o in opt_ins
    ]
    append(rows, version="", by=by, now=now)
    announce(OPTED_IN, rows, by=by, now=now)
    return len(rows)


def change_policy(changes: dict[str, Any], *, by: Actor, now: datetime) -> Policy:
    """Change fields of the contact policy and raise its version; audited with before and after.

    Raises FieldDoesNotExist for another field, ValueError for an override that is no consent, and IntegrityError
    where a value breaks the policy's own limits.
    """
    for value in changes.get("consent_overrides", {}).values():
        Basis(value)
    row, _made = ContactPolicy.objects.select_for_update().get_or_create(id=1)
    before = {name: getattr(row, name) for name in changes}
    ContactPolicy.objects.filter(id=1).update(**changes, version=F("version") + 1, updated_at=now)
    record_audit(
        action="contact_policy.changed",
        object_kind="contact_policy",
        object_ids=[1],
        by=by,
        now=now,
        detail={"before": before, "after": changes},
    )
    return load_policy()


def _stored(basis: Basis) -> str:
    return "" if basis is Basis.NONE else basis.value


def append(rows: Iterable[Row], *, version: str, by: Actor, now: datetime) -> None:
    """One INSERT for all rows, in the order given."""
    rows = [replace(row, evidence=row.evidence.strip(), at=row.at or now) for row in rows]
    if not rows:
        return
    _refuse_misuse(rows)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO consent_consententry (person_id, number_id, channel, purpose, state, basis, evidence, at,
                                              policy_version, actor, recorded_at)
            SELECT u.person_id, u.number_id, u.channel, u.purpose, u.state, u.basis, u.evidence, u.at, %s, %s, %s
              FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[],
                          %s::timestamptz[])
                   WITH ORDINALITY AS u(person_id, number_id, channel, purpose, state, basis, evidence, at, n)
             ORDER BY u.n
            """,
            [
                version,
                by.key,
                wall_now(),
                [row.person_id for row in rows],
                [row.number_id for row in rows],
                [row.channel for row in rows],
                [row.purpose for row in rows],
                [row.mark.value for row in rows],
                [row.basis for row in rows],
                [row.evidence for row in rows],
                [row.at for row in rows],
            ],
        )


def _refuse_misuse(rows: Iterable[Row]) -> None:
    for row in rows:
        if row.channel not in CHANNEL_WORDS:
            raise UnknownChannelError(f"no such channel: {row.channel!r}; known are {', '.join(CHANNEL_WORDS)}")
        if not row.evidence:
            raise MissingEvidenceError("say what was said, shown or signed, and where it is kept")
        if row.person_id is None and row.number_id is None:
            raise ValueError("a ledger entry names a person, a number or both")


def announce(kind: str, rows: Sequence[Row], *, by: Actor, now: datetime) -> None:
    """One event per person concerned: those named, and all who are reached through a number that is named.

    A merged person's event goes to the survivor.
    """
    users = _users_of({row.number_id for row in rows if row.number_id is not None})
    named = {row.person_id for row in rows if row.person_id is not None}.union(*users.values())
    merged = Person.objects.filter(pk__in=named, merged_into__isnull=False)
    survivors: dict[int | None, int | None] = dict(merged.values_list("pk", "merged_into"))
    events = []
    for row in rows:
        people: set[int | None] = {row.person_id}
        if row.number_id is not None:
            people |= users.get(row.number_id, set())
        data = {"channel": row.channel, "purpose": row.purpose}
        people = {survivors.get(person_id, person_id) for person_id in people}
        named_one = survivors.get(row.person_id, row.person_id)
        events += [
            NewEvent(kind, person_id, row.number_id, data | {"is_named": person_id == named_one})
            for person_id in sorted(filter(None, people))
        ]
    lock_people(event.person_id for event in events if event.person_id is not None)
    record_events(events, by=by, now=now)


def _users_of(number_ids: set[int]) -> dict[int, set[int]]:
    users: dict[int, set[int]] = {}
    if number_ids:
        points = ContactPoint.objects.filter(number_id__in=number_ids, ended_at=None)
        for number_id, person_id in points.values_list("number_id", "person_id"):
            users.setdefault(number_id, set()).add(person_id)
    return users
