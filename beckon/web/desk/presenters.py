"""A call as the page shows it: facts, script in pieces, outcomes in words, one history. Pure but for gettext."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from beckon.consent.law.hours import Place, hours_at, open_intervals
from beckon.desk.models import Call
from beckon.desk.rules import AboutPerson, Again, Needs, Text
from beckon.desk.values import Served, ServedNumber, WhyNow
from beckon.messaging.models import Message
from beckon.people.queries import full_name
from beckon.scheduling.models import Appointment, AppointmentStatus
from beckon.web.desk import words
from beckon.web.desk.queries import Background, Choice, name_of
from beckon.web.desk.tickets import form_id_of

_ASIDE = re.compile(r"(\([^()]{3,}\))")
KEYS_OF_THE_PAGE = frozenset("yc")
"""Keys of a call's page itself: right person, copy the number. A disposition with one of these has no key there."""


@dataclass(frozen=True)
class Line:
    """A line of a script. `parts`: (is_aside, text); an aside is for the agent, not to be read out."""

    parts: tuple[tuple[bool, str], ...]
    is_item: bool


@dataclass(frozen=True)
class ScriptText:
    """The script up to the right-party check, and what follows once the agent knows who speaks."""

    opening: tuple[tuple[Line, ...], ...]
    rest: tuple[tuple[Line, ...], ...]


def script_of(text: str) -> ScriptText:
    """Cut a script after its first paragraph: nothing further is said before the right person is on the line."""
    paragraphs = [p for p in re.split(r"\n\s*\n", text.strip()) if p.strip()]
    if len(paragraphs) == 1 and "\n" in paragraphs[0]:
        head, _, tail = paragraphs[0].partition("\n")
        paragraphs = [head, tail]
    cut = [tuple(_line(line) for line in p.splitlines() if line.strip()) for p in paragraphs]
    return ScriptText(tuple(cut[:1]), tuple(cut[1:]))


def _line(text: str) -> Line:
    is_item = text.lstrip().startswith("- ")
    plain = text.lstrip()[2:] if is_item else text
    parts = tuple((bool(i % 2), part) for i, part in enumerate(_ASIDE.split(plain)) if part)
    return Line(parts, is_item)


@dataclass(frozen=True)
class Dial:
    """A number one can dial. `opens_at` None: lawful now."""

    number_id: int
    value: str
    kind: str | Promise
    is_first: bool
    is_open: bool
    opens_at: datetime | None
    guardian: str


@dataclass(frozen=True)
class Outcome:
    """A disposition on the page: `asks` names the parts of the form that it opens."""

    code: str
    label: str
    key: str
    does: str
    asks: str
    is_answered: bool


@dataclass(frozen=True)
class Past:
    """A line of the history. `tone` of its badge."""

    at: datetime
    icon: str
    what: str
    detail: str
    who: str
    note: str
    is_undone: bool = False


@dataclass(frozen=True)
class Quick:
    """A callback time that one click fills in."""

    label: str | Promise
    on: date
    clock: time | None


@dataclass(frozen=True)
class CallPage:
    """Everything a call's page shows."""

    served: Served
    name: str
    age: int | None
    zone: str
    language: str | Promise
    why: str | Promise
    campaign: str
    purpose: str
    form_id: str
    dials: tuple[Dial, ...]
    script: ScriptText
    outcomes: tuple[Outcome, ...]
    history: tuple[Past, ...]
    coming: tuple[Appointment, ...]
    past_visits: tuple[Appointment, ...]
    caregivers: tuple[tuple[str, str | Promise, bool, bool], ...]
    windows: tuple[tuple[datetime, datetime], ...]
    quick: tuple[Quick, ...]
    opened: datetime


def call_page(served: Served, known: Background, now: datetime) -> CallPage:
    """The page of a served person."""
    zone = served.local_time.tzinfo
    zone_name = zone.key if isinstance(zone, ZoneInfo) else "UTC"
    numbers = (served.number, *served.other_numbers)
    guardians = {c.caregiver_id: full_name(c.caregiver) for c in known.caregivers}
    return CallPage(
        served=served,
        name=full_name(known.person) or gettext("Name not known"),
        age=age_on(known.person.birth_date, served.local_time.date()),
        zone=zone_name,
        language=words.LANGUAGES.get(served.language, served.language),
        why=words.WHY_NOW.get(_why(served, known), ""),
        campaign=known.campaign,
        purpose=known.purpose.get("es" if words.is_spanish() else "en", "").partition(". ")[0].rstrip("."),
        form_id=form_id_of(served.task_id, known.form_number, served.agent),
        dials=tuple(_dial(n, n is served.number, guardians, now) for n in numbers),
        script=script_of(served.script),
        outcomes=tuple(_outcome(c, served) for c in known.choices),
        history=_history(known, now),
        coming=tuple(v for v in known.visits if _is_coming(v, now)),
        past_visits=tuple(v for v in known.visits if not _is_coming(v, now)),
        caregivers=tuple(
            (full_name(c.caregiver), words.RELATIONSHIPS.get(c.kind, c.kind), c.may_book, c.may_hear_details)
            for c in known.caregivers
        ),
        windows=tuple(open_intervals(served.number.place, now, now + timedelta(days=2))[:2]),
        quick=_quick(served.number.place, served.local_time),
        opened=now,
    )


def _why(served: Served, known: Background) -> WhyNow:
    """Why they were served in the first place: the page is shown again and again while the call lasts."""
    if served.why is not WhyNow.STILL_YOURS:
        return served.why
    if served.is_callback:
        promised = known.task.callback_for if known.task else ""
        return WhyNow.YOUR_CALLBACK if promised == served.agent.key else WhyNow.CALLBACK
    return WhyNow.FIRST_CALL if served.attempt == 1 else WhyNow.NEXT_ATTEMPT


def _is_coming(visit: Appointment, now: datetime) -> bool:
    return visit.starts_at > now and visit.status == AppointmentStatus.BOOKED


def age_on(born: date | None, today: date) -> int | None:
    """Years of age on a day."""
    if born is None:
        return None
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _dial(number: ServedNumber, is_first: bool, guardians: dict[int, str], now: datetime) -> Dial:
    answer = hours_at(number.place, now)
    guardian = guardians.get(number.speaks_for, "") if number.speaks_for else ""
    kind = words.LINE_TYPES.get(number.line_type, number.line_type)
    return Dial(number.number_id, number.value, kind, is_first, answer.is_open, answer.opens_at, guardian)


def _outcome(choice: Choice, served: Served) -> Outcome:
    row, behaviour = choice.row, choice.behaviour
    key = row.hotkey.lower()
    return Outcome(
        row.code,
        words.label_of(row.code, row.label, row.label_es),
        "" if key in KEYS_OF_THE_PAGE else key,
        words.describe(
            behaviour,
            attempt=served.attempt,
            most=served.max_attempts,
            has_other_number=bool(served.other_numbers),
        ),
        " ".join(_asks(choice)),
        behaviour.answered,
    )


def _asks(choice: Choice) -> list[str]:
    behaviour = choice.behaviour
    asked = {
        "booking": behaviour.needs is Needs.APPOINTMENT,
        "visit": behaviour.needs is Needs.EXISTING_VISIT,
        "callback": behaviour.again in (Again.CALLBACK, Again.HOUR_NAMED),
        "whose": behaviour.again is Again.CALLBACK,
        "text": behaviour.text is not Text.NONE,
        "evidence": words.wants_evidence(behaviour),
        "other": behaviour.person is AboutPerson.DUPLICATE,
        "sure": behaviour.person is AboutPerson.DECEASED,
        "captured": behaviour.answered and behaviour.person is AboutPerson.NOTHING,
    }
    return [name for name, is_asked in asked.items() if is_asked]


def _history(known: Background, now: datetime) -> tuple[Past, ...]:
    labels = {c.row.code: words.label_of(c.row.code, c.row.label, c.row.label_es) for c in known.choices}
    calls = [_past_call(c, labels, known) for c in known.calls]
    messages = [_past_message(m) for m in known.messages if not _is_waiting(m)]
    return tuple(sorted(calls + messages, key=lambda p: p.at, reverse=True)[:15])


def _is_waiting(message: Message) -> bool:
    return message.status in ("queued", "sending")


def _past_call(call: Call, labels: dict[str, str], known: Background) -> Past:
    is_undone = call.undone_at is not None
    label = labels.get(call.disposition, call.disposition)
    detail = gettext("taken back") if is_undone else ""
    return Past(call.ended_at, "phone", label, detail, name_of(call.agent, known.agents), call.remarks, is_undone)


def _past_message(message: Message) -> Past:
    channel = str(words.CHANNELS.get(message.channel, message.channel))
    what = gettext("%(channel)s from them") % {"channel": channel} if message.is_inbound else channel
    status = "" if message.is_inbound else str(words.MESSAGE_STATUSES.get(message.status, message.status))
    at = message.sent_at or message.settled_at or message.recorded_at
    icon = "message-reply" if message.is_inbound else ("mail" if message.channel in ("email", "postal") else "message")
    return Past(at, icon, what, status, "", message.body)


def _quick(place: Place, local: datetime) -> tuple[Quick, ...]:
    """Times people usually name, as far as calls are lawful then."""
    today = local.date()
    monday = today + timedelta(days=7 - today.weekday())
    soon = (local + timedelta(hours=2)).replace(minute=0, second=0, microsecond=0)
    wishes: Sequence[tuple[str | Promise, datetime]] = (
        (gettext_lazy("In two hours"), soon),
        (gettext_lazy("Tonight"), _at(today, time(18), local)),
        (gettext_lazy("Tomorrow morning"), _at(today + timedelta(days=1), time(10), local)),
        (gettext_lazy("Tomorrow evening"), _at(today + timedelta(days=1), time(18), local)),
        (gettext_lazy("Next Monday"), _at(monday, time(10), local)),
    )
    return tuple(
        Quick(label, at.date(), at.time().replace(tzinfo=None))
        for label, at in wishes
        if at > local + timedelta(minutes=30) and hours_at(place, at).is_open
    )


def _at(day: date, clock: time, local: datetime) -> datetime:
    return datetime.combine(day, clock, local.tzinfo)


def day_words(at: datetime, zone: str) -> str:
    """A day with its weekday, where the visit is."""
    return formats.date_format(at.astimezone(ZoneInfo(zone)), gettext("l, F j"))
