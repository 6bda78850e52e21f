"""What the packages below call by a code, in words for a person's pages. Nothing is decided here."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from beckon.campaigns.reasons import reason_sentence
from beckon.web.spoken import language

Word = str | Promise

CHANNELS: dict[str, Word] = {
    "sms": _("Text message"),
    "voicemail": _("Voicemail drop"),
    "voice": _("Call by an agent"),
    "email": _("E-mail"),
    "postal": _("Postcard"),
    "phone": _("Anything by phone"),
    "all": _("Every channel"),
}
CHANNEL_ICONS = {
    "sms": "message",
    "voicemail": "volume",
    "voice": "phone",
    "email": "mail",
    "postal": "mailbox",
    "phone": "phone",
    "all": "world",
}
PURPOSES: dict[str, Word] = {
    "all": _("Everything"),
    "informational": _("Information about care"),
    "telemarketing": _("Advertising"),
    "appointment": _("A booked visit"),
    "callback": _("A promised call"),
    "reply": _("An answer"),
    "opt_out_notice": _("Confirmation of an opt-out"),
}
STATES: dict[str, Word] = {
    "granted": _("Consent given"),
    "revoked": _("Opted out"),
    "opted_in": _("Opted in again"),
}
BASES: dict[str, Word] = {
    "express": _("said (express)"),
    "written": _("in writing"),
    "none": _("nothing on record"),
    "": _("nothing on record"),
}
STATUSES: dict[str, Word] = {
    "queued": _("waits to be sent"),
    "sending": _("is leaving"),
    "sent": _("sent"),
    "delivered": _("delivered"),
    "failed": _("did not arrive"),
    "dropped": _("not sent"),
    "unknown": _("handed over, outcome unknown"),
    "received": _("received"),
}
STATUS_TONES = {
    "delivered": "good",
    "sent": "info",
    "sending": "info",
    "failed": "bad",
    "dropped": "warn",
    "unknown": "warn",
    "received": "calm",
    "queued": "calm",
}
MEANINGS: dict[str, Word] = {
    "yes": _("yes"),
    "no": _("no"),
    "reschedule": _("wants another time"),
    "stop": _("opts out"),
    "start": _("opts in again"),
    "help": _("asks for help"),
    "wrong_person": _("wrong person"),
    "question": _("asks a question"),
    "later": _("later"),
    "deceased": _("says that the person has died"),
    "other": _("something else"),
}
VISITS: dict[str, Word] = {
    "booked": _("Booked"),
    "kept": _("Kept"),
    "missed": _("Missed"),
    "cancelled_by_practice": _("Cancelled by the practice"),
    "cancelled_by_patient": _("Cancelled by the patient"),
    "entered_in_error": _("Entered in error"),
}
VISIT_TONES = {"booked": "info", "kept": "good", "missed": "bad"}
LINE_TYPES: dict[str, Word] = {
    "mobile": _("Mobile"),
    "landline": _("Landline"),
    "voip": _("Internet phone"),
    "toll_free": _("Toll-free"),
    "unknown": _("Not known"),
}
LINE_SOURCES: dict[str, Word] = {"stated": _("as stated"), "lookup": _("looked up"), "": ""}
KINDS: dict[str, Word] = {"phone": _("Phone"), "email": _("E-mail"), "postal": _("Postal address")}
USES: dict[str, Word] = {"mobile": _("mobile"), "home": _("home"), "work": _("work"), "": ""}
ENDINGS: dict[str, Word] = {
    "wrong_person": _("Wrong person"),
    "replaced": _("Replaced"),
    "retired": _("No longer on the list"),
}
ORIGINS: dict[str, Word] = {"own": _("Own patients"), "referral": _("Referral"), "bought": _("Bought list")}
SEXES: dict[str, Word] = {
    "male": _("Male"),
    "female": _("Female"),
    "other": _("Other"),
    "unknown": _("Unknown"),
    "": "",
}
LANGUAGES: dict[str, Word] = {"en": _("English"), "es": _("Spanish"), "": _("Not known")}
ZONE_SOURCES: dict[str, Word] = {
    "explicit": _("as stated"),
    "zip": _("by the ZIP code"),
    "state": _("by the state"),
    "area_code": _("by the area code"),
    "": "",
}
RELATIONS: dict[str, Word] = {
    "parent": _("Parent"),
    "guardian": _("Guardian"),
    "caregiver": _("Caregiver"),
    "spouse": _("Spouse"),
}
CAMPAIGN_STATES: dict[str, Word] = {
    "draft": _("Draft"),
    "running": _("Running"),
    "paused": _("Paused"),
    "stopped": _("Stopped"),
    "finished": _("Finished"),
}
OUTCOMES: dict[str, Word] = {
    "sent": _("Message queued"),
    "refused": _("Not sent"),
    "later": _("Put off"),
    "waiting": _("Waits"),
    "waited": _("Waited"),
    "branched": _("Went on to"),
    "calling": _("On the call list"),
    "called": _("Called"),
    "moved": _("Moved"),
    "left": _("Left the campaign"),
    "skipped": _("Passed over"),
    "gave_up": _("Gave up"),
    "goal_met": _("Goal met"),
    "second_goal_met": _("Second goal met"),
    "not_queued": _("Not sent"),
    "not_delivered": _("Did not arrive"),
    "excluded": _("Not taken in"),
    "reply": _("Answered"),
    "booked": _("Booked a visit"),
}
CHECKS: dict[str, Word] = {
    "record": _("Record in use"),
    "deceased": _("Alive"),
    "do_not_contact": _("May be contacted at all"),
    "minor": _("Of age, or through a guardian"),
    "contact_point": _("An address for this channel"),
    "reachable": _("The address works"),
    "line_type": _("Kind of line"),
    "opt_out": _("No opt-out"),
    "suppression": _("On no suppression list"),
    "consent": _("Consent"),
    "preference": _("What the person prefers"),
    "caps": _("How often"),
    "hours": _("Legal hours"),
}
LOOKS: dict[str, Word] = {
    "person.viewed": _("Opened this record"),
    "person.searched": _("Saw this person in a search"),
    "people.listed": _("Saw this person in a list"),
    "person.listed": _("Saw this person in a list"),
    "person.merged": _("Merged"),
    "person.unmerged": _("Took a merge back"),
    "person.marked_deceased": _("Recorded the death"),
    "person.marked_do_not_contact": _("Recorded never to contact"),
    "person.preferences_set": _("Changed the preferences"),
    "message.written": _("Wrote a message by hand"),
    "call.served": _("Was given this person to call"),
    "call.disposed": _("Recorded the outcome of a call"),
    "call.released": _("Gave the call back"),
    "segment.explained": _("Asked why the person is in a segment"),
    "import_report.downloaded": _("Downloaded a report of an import"),
}


def word(table: dict[str, Word], code: str) -> Word:
    """The code's word; where nobody wrote one, the code itself with blanks."""
    return table.get(code) or code.replace("_", " ").replace(".", " ")


def why(reason: str) -> str:
    """A stored reason as a sentence in the language of the page."""
    return reason_sentence(reason, language()) if reason else ""
