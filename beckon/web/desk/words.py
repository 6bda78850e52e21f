"""The desk's codes in words, for gettext: why somebody is served, what an outcome does, why an outcome is refused."""

from typing import assert_never

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy, ngettext

from beckon.campaigns.reasons import reason_sentence
from beckon.desk.rules import AboutNumber, AboutPerson, Again, Behaviour, DetailNo, Text
from beckon.desk.timing import CallbackNo
from beckon.desk.values import DisposeNo, UndoNo, WhyNow
from beckon.scheduling.rules import NotBooked
from beckon.web.spoken import language

Word = str | Promise

WHY_NOW: dict[str, Word] = {
    WhyNow.STILL_YOURS: gettext_lazy("Still with you"),
    WhyNow.YOUR_CALLBACK: gettext_lazy("You promised this call"),
    WhyNow.CALLBACK: gettext_lazy("Asked to be called at this time"),
    WhyNow.OVERDUE_CALLBACK: gettext_lazy("A promised call that nobody has made"),
    WhyNow.FIRST_CALL: gettext_lazy("First call"),
    WhyNow.NEXT_ATTEMPT: gettext_lazy("Next attempt"),
}
LINE_TYPES: dict[str, Word] = {
    "mobile": gettext_lazy("mobile"),
    "landline": gettext_lazy("landline"),
    "voip": gettext_lazy("internet phone"),
    "toll_free": gettext_lazy("toll-free"),
    "unknown": gettext_lazy("line type not known"),
}
LANGUAGES: dict[str, Word] = {"en": gettext_lazy("English"), "es": gettext_lazy("Spanish")}
CHANNELS: dict[str, Word] = {
    "sms": gettext_lazy("Text"),
    "voicemail": gettext_lazy("Voicemail drop"),
    "email": gettext_lazy("E-mail"),
    "postal": gettext_lazy("Postcard"),
    "voice": gettext_lazy("Call"),
}
MESSAGE_STATUSES: dict[str, Word] = {
    "queued": gettext_lazy("waits to be sent"),
    "sending": gettext_lazy("is being sent"),
    "sent": gettext_lazy("sent"),
    "delivered": gettext_lazy("delivered"),
    "failed": gettext_lazy("failed"),
    "dropped": gettext_lazy("not sent"),
    "unknown": gettext_lazy("sent, receipt still open"),
    "received": gettext_lazy("received"),
}
VISIT_STATUSES: dict[str, Word] = {
    "booked": gettext_lazy("booked"),
    "kept": gettext_lazy("kept"),
    "missed": gettext_lazy("missed"),
    "cancelled_by_practice": gettext_lazy("cancelled by the practice"),
    "cancelled_by_patient": gettext_lazy("cancelled by the patient"),
    "entered_in_error": gettext_lazy("entered in error"),
}
RELATIONSHIPS: dict[str, Word] = {
    "parent": gettext_lazy("parent"),
    "guardian": gettext_lazy("guardian"),
    "caregiver": gettext_lazy("caregiver"),
    "spouse": gettext_lazy("spouse"),
}
REFUSED: dict[str, Word] = {
    DisposeNo.UNKNOWN_TASK: gettext_lazy("This call is not on any list any more."),
    DisposeNo.UNKNOWN_PERSON: gettext_lazy("This person is not on record any more."),
    DisposeNo.UNKNOWN_CODE: gettext_lazy("This outcome is not in use any more. Choose another one."),
    DisposeNo.TWICE_IN_BATCH: gettext_lazy("This call was sent twice at once. Nothing was recorded; send it again."),
    DisposeNo.NO_TASK: gettext_lazy("A call back needs a call list; this person is on none."),
    DisposeNo.BAD_MOBILE: gettext_lazy("Write the mobile number with its area code, such as (212) 555-0142."),
    DisposeNo.UNKNOWN_APPOINTMENT: gettext_lazy("That visit is not this person's. Book or choose another one."),
    DisposeNo.BEGAN_LATER: gettext_lazy("The call begins in the future. Load the page again."),
    DetailNo.NO_APPOINTMENT: gettext_lazy("Book the visit first: choose a time below."),
    DetailNo.NO_EXISTING_VISIT: gettext_lazy("Choose the visit they have already, or write its day and time."),
    DetailNo.ATTEMPTS_USED: gettext_lazy("All attempts for this person are used. Give the call back."),
    CallbackNo.MISSING: gettext_lazy("Write a day, a time, or both."),
    CallbackNo.PAST: gettext_lazy("That time has passed. Choose a later one."),
    CallbackNo.TOO_FAR: gettext_lazy("That is more than three months ahead. Choose an earlier day."),
    CallbackNo.OUTSIDE_HOURS: gettext_lazy("Calls are not lawful there at that time. Choose another time."),
}
FIELD_OF_REFUSAL: dict[str, str] = {
    DetailNo.NO_APPOINTMENT: "appointment",
    DetailNo.NO_EXISTING_VISIT: "visit",
    DisposeNo.UNKNOWN_APPOINTMENT: "appointment",
    DisposeNo.BAD_MOBILE: "mobile",
    DisposeNo.UNKNOWN_CODE: "code",
    **dict.fromkeys(CallbackNo, "on"),
}
NOT_UNDONE: dict[str, Word] = {
    UndoNo.NOTHING: gettext_lazy("There is no call of yours to take back."),
    UndoNo.TOO_LATE: gettext_lazy("A call can be taken back for 30 minutes. Ask a supervisor to put it right."),
    UndoNo.MOVED_ON: gettext_lazy("Something has happened to this person since, so the call stands."),
}
NOT_BOOKED: dict[str, Word] = {
    NotBooked.CLINICIAN_UNKNOWN: gettext_lazy("This clinician is not on record any more."),
    NotBooked.CLINICIAN_CLOSED: gettext_lazy("This clinician is not open to outreach."),
    NotBooked.VISIT_TYPE_UNKNOWN: gettext_lazy("This kind of visit is not offered any more."),
    NotBooked.NOT_FOR_NEW_PATIENTS: gettext_lazy("This kind of visit is not for new patients. Choose another kind."),
    NotBooked.OTHER_LOCATION: gettext_lazy("The clinician does not work at that place."),
    NotBooked.IN_THE_PAST: gettext_lazy("That time has passed. Choose a later one."),
    NotBooked.OUTSIDE_HOURS: gettext_lazy("That is outside the clinician's hours."),
    NotBooked.SLOT_TAKEN: gettext_lazy("Somebody was faster: that time is taken. The list below is fresh."),
    NotBooked.PERSON_BUSY: gettext_lazy("This person has another visit at that time."),
    NotBooked.PERSON_GONE: gettext_lazy("This person can not be booked: the record is merged, or they have died."),
    NotBooked.APPOINTMENT_UNKNOWN: gettext_lazy("That visit is not on record."),
    NotBooked.NOT_BOOKED_ANY_MORE: gettext_lazy("That visit is not booked any more."),
    NotBooked.NOT_YET: gettext_lazy("That visit has not begun yet."),
}
WAITS: dict[str, Word] = {
    "days_between_calls": gettext_lazy("were called within the last week"),
    "hour_tried": gettext_lazy("were tried at this hour before; wait for another hour"),
    "callback": gettext_lazy("asked to be called at a time of their own"),
    "next_month": gettext_lazy("are to be asked again next month"),
    "not_due_yet": gettext_lazy("are not due yet"),
    "passed_over": gettext_lazy("were given back by an agent"),
}
_LEAVES: dict[str, Word] = {
    "lost": gettext_lazy("No more calls."),
    "reconfirmed": gettext_lazy("No more calls. Not counted as won: the visit existed before."),
    "opted_out": gettext_lazy("Nobody contacts this person again, by any channel, for good."),
    "duplicate": gettext_lazy("No more calls. A supervisor decides about the merge."),
    "deceased": gettext_lazy("Nobody contacts this person again. Next of kin are not disturbed."),
}


def label_of(code: str, english: str, spanish: str) -> str:
    """A disposition's label in the page's language; practices name their own in both."""
    return (spanish if is_spanish() else english) or code


def is_spanish() -> bool:
    """Whether the page is in Spanish."""
    return language().startswith("es")


def waits(reason: str) -> str:
    """What people held for `reason` do, after a count: "12 were called within the last week"."""
    return str(WAITS.get(reason) or reason_sentence(reason, language()))


def closed_words(reason: str) -> str:
    """Why somebody is off the list."""
    if reason == "next_month":
        return gettext("Off the list; the campaign asks again next month.")
    return f"{gettext('Off the list.')} {reason_sentence(reason, language())}"


def describe(behaviour: Behaviour, *, attempt: int, most: int, has_other_number: bool) -> str:
    """What an outcome does, in a line or two of plain words."""
    parts = [_about_number(behaviour), _again(behaviour, is_last=attempt >= most, has_other=has_other_number)]
    days = behaviour.win_back_after_days
    if days:
        parts.append(
            ngettext("May be asked back after %(n)d day.", "May be asked back after %(n)d days.", days) % {"n": days}
        )
    if behaviour.text is Text.CONFIRMATION:
        parts.append(gettext("A confirmation goes out by text."))
    elif behaviour.text is Text.PRACTICE_DETAILS:
        parts.append(gettext("The practice's details go out by text if they agree."))
    return " ".join(part for part in parts if part)


def _about_number(behaviour: Behaviour) -> str:
    match behaviour.number:
        case AboutNumber.WRONG:
            return gettext("The number is not used for this person any more.")
        case AboutNumber.DEAD:
            return gettext("The number is retired for everybody.")
        case AboutNumber.NOTHING:
            return ""
        case never:
            assert_never(never)


def _again(behaviour: Behaviour, *, is_last: bool, has_other: bool) -> str:
    match behaviour.again:
        case Again.NEVER:
            if behaviour.goal:
                return gettext("Goal met: no more calls to this person.")
            return str(_LEAVES.get(behaviour.leave) or gettext("No more calls."))
        case Again.CALLBACK:
            return gettext("Called again at the time they name.")
        case Again.HOUR_NAMED:
            return gettext("Called again at the hour they name, else next week at another hour.")
        case Again.NEXT_MONTH:
            return gettext("Asked again next month, with that month's wording.")
        case Again.OTHER_NUMBER | Again.NEXT_WEEK:
            return _next_week(behaviour, is_last=is_last, has_other=has_other)
        case never:
            assert_never(never)


def _next_week(behaviour: Behaviour, *, is_last: bool, has_other: bool) -> str:
    is_about_number = behaviour.again is Again.OTHER_NUMBER
    if is_about_number and not has_other:
        return gettext("There is no other: the person leaves as not reachable.")
    if is_last:
        return gettext("This was the last attempt: the person leaves as not reached.")
    if is_about_number:
        return gettext("Next week the next number is tried.")
    return gettext("Called again next week, at another hour.")


def wants_evidence(behaviour: Behaviour) -> bool:
    """Whether the outcome asks for the person's own words."""
    return behaviour.person is AboutPerson.OPTS_OUT
