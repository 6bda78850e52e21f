"""Words of the settings: what dispositions do, which law says what, states of senders."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from beckon.consent.law.table import Row, Window
from beckon.consent.models import SuppressionKind
from beckon.core.staff.actions import StaffNo
from beckon.desk.rules import AboutNumber, AboutPerson, Again, Behaviour, InvalidBehaviour, Needs, Text, behaviour_of
from beckon.web.administration.law_sources import SOURCES
from beckon.web.spoken import hour_name, said

Word = str | Promise

CHANNEL_NAMES: dict[str, Word] = {
    "sms": _("Text message"),
    "voicemail": _("Voicemail drop"),
    "email": _("E-mail"),
    "postal": _("Postcard"),
    "voice": _("Call"),
    "phone": _("Calls, texts and voicemail"),
    "all": _("Everything"),
}
CHANNEL_CHOICES = [
    (key, CHANNEL_NAMES[key]) for key in ("all", "phone", "sms", "voicemail", "voice", "email", "postal")
]
KIND_NAMES: dict[SuppressionKind, Word] = {
    SuppressionKind.DO_NOT_CALL: _("Do-not-call registry"),
    SuppressionKind.OPT_OUT: _("Earlier opt-outs"),
    SuppressionKind.REASSIGNED: _("Numbers that belong to others now"),
    SuppressionKind.COMPLAINT: _("Complaints"),
}
ORIGIN_NAMES: dict[str, Word] = {"own": _("Own list"), "referral": _("Referrals"), "bought": _("Bought list")}
AGAIN_NAMES: dict[Again, Word] = {
    Again.NEVER: _("Never: the person leaves"),
    Again.NEXT_WEEK: _("Next week, at another hour"),
    Again.NEXT_MONTH: _("Next month, with that month's wording"),
    Again.CALLBACK: _("At the time agreed"),
    Again.HOUR_NAMED: _("At the hour the household names, else next week"),
    Again.OTHER_NUMBER: _("On the next number, else they leave"),
}
LEAVE_NAMES: dict[str, Word] = {
    "goal_met": _("goal met"),
    "reconfirmed": _("already had a visit"),
    "lost": _("went elsewhere or need met"),
    "opted_out": _("opted out"),
    "duplicate": _("same person twice"),
    "deceased": _("has died"),
}
NEEDS_NAMES: dict[Needs, Word] = {
    Needs.APPOINTMENT: _("The agent books an appointment."),
    Needs.EXISTING_VISIT: _("The agent links the visit there is."),
    Needs.CALLBACK: _("The agent notes when to call."),
}
TEXT_NAMES: dict[Text, Word] = {
    Text.CONFIRMATION: _("A confirmation text goes out."),
    Text.PRACTICE_DETAILS: _("A text with the practice's details goes out, where the person wants it."),
}
NUMBER_NAMES: dict[AboutNumber, Word] = {
    AboutNumber.WRONG: _("The number is marked as wrong for this person."),
    AboutNumber.DEAD: _("The number is retired for everybody."),
}
PERSON_NAMES: dict[AboutPerson, Word] = {
    AboutPerson.OPTS_OUT: _("An opt-out is recorded: nobody contacts them again."),
    AboutPerson.DECEASED: _("Nobody contacts them again; next of kin are not disturbed."),
    AboutPerson.DUPLICATE: _("A merge of the two records is proposed."),
}
STAFF_NOS: dict[StaffNo, Word] = {
    StaffNo.BAD_EMAIL: _("This is no e-mail address."),
    StaffNo.USER_SWITCHED_OFF: _("This user is switched off for the whole installation. Ask whoever runs it."),
    StaffNo.NO_MEMBER: _("This user is no member here any more."),
    StaffNo.LAST_ADMINISTRATOR: _("The last administrator stays one. Make somebody else administrator first."),
    StaffNo.WEAK_PASSWORD: _("The password is too weak."),
}


def behaviour_sentences(data: Mapping[str, Any]) -> list[str]:
    """What a disposition does, a sentence each, in the order in which an agent meets it."""
    try:
        behaviour = behaviour_of(data)
    except InvalidBehaviour:
        return [gettext("This behaviour contradicts itself; set it right.")]
    return [str(word) for word in _sentences(behaviour)]


def _sentences(behaviour: Behaviour) -> Iterator[Word]:
    if behaviour.needs:
        yield NEEDS_NAMES[behaviour.needs]
    if behaviour.goal:
        yield _("Counts as won.")
    if behaviour.again is not Again.NEVER:
        yield gettext("Called again: %(when)s.") % {"when": _lower(str(AGAIN_NAMES[behaviour.again]))}
    else:
        reason = LEAVE_NAMES.get(behaviour.leave, behaviour.leave)
        yield gettext("Leaves the campaign: %(reason)s.") % {"reason": reason}
    if behaviour.number:
        yield NUMBER_NAMES[behaviour.number]
    if behaviour.person:
        yield PERSON_NAMES[behaviour.person]
    if behaviour.text:
        yield TEXT_NAMES[behaviour.text]
    days = behaviour.win_back_after_days
    if days:
        yield ngettext("May join a win-back after %(n)d day.", "May join a win-back after %(n)d days.", days) % {
            "n": days
        }


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


@dataclass(frozen=True)
class LawRow:
    """A state's rule in words, with where to read it."""

    state: str
    weekdays: str
    saturday: str
    sunday: str
    more: tuple[str, ...]
    cite: str
    link: str
    is_verified: bool
    note: str
    start: Any
    is_recorded: bool


def law_row(row: Row) -> LawRow:
    """A row of the table of legal hours for the page."""
    weekdays, saturday, sunday = (_window(window) for window in row.windows)
    return LawRow(
        state=row.state,
        weekdays=weekdays,
        saturday=saturday,
        sunday=sunday,
        more=tuple(_more(row)),
        cite=row.cite,
        link=SOURCES.get(row.state, ""),
        is_verified=row.is_verified,
        note=said(row.note) if row.note else "",
        start=row.start if row.start.year > 1 else None,
        is_recorded=row.is_extra,
    )


def _more(row: Row) -> Iterator[str]:
    if row.holidays or row.also:
        yield gettext("none on holidays")
    if row.cap is not None:
        yield gettext("at most %(count)d in %(hours)d hours") % {"count": row.cap.count, "hours": row.cap.hours}
    if row.consent == "written":
        yield gettext("written consent for telemarketing")
    if row.zone is not None:
        yield gettext("by the clock of %(zone)s") % {"zone": row.zone}


def _window(window: Window) -> str:
    if window is None:
        return gettext("none")
    first, last = window
    return f"{hour_name(first // 60)}–{hour_name(last // 60)}"


CARRIER_NAMES: dict[str, Word] = {
    "sandbox": _("Sandbox: nobody real is contacted"),
    "http": _("A vendor's web service"),
    "smtp": _("Mail server"),
    "print": _("Print spool"),
}


def sender_badge(is_active: bool, paused_reason: str) -> tuple[str, str]:
    """A word and its tone for a sender's state."""
    if paused_reason:
        return gettext("Paused"), "bad"
    return (gettext("On"), "good") if is_active else (gettext("Off"), "calm")
