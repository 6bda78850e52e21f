"""The words of the campaign and report pages for what the packages below keep as codes. Knows no database."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from beckon.campaigns.life import LaunchNo
from beckon.campaigns.reasons import reason_sentence
from beckon.web.spoken import language

Words = str | Promise

CHANNELS: Mapping[str, Words] = {
    "sms": _("Texts"),
    "voicemail": _("Voicemail drops"),
    "email": _("E-mail"),
    "postal": _("Postcards"),
    "voice": _("Agent calls"),
}
CHANNEL_ICONS: Mapping[str, str] = {
    "sms": "message",
    "voicemail": "record-mail",
    "email": "mail",
    "postal": "mailbox",
    "voice": "phone",
}
STATUSES: Mapping[str, Words] = {
    "draft": _("Draft"),
    "scheduled": _("Scheduled"),
    "running": _("Running"),
    "paused": _("Paused"),
    "stopped": _("Stopped"),
    "finished": _("Finished"),
}
STATUS_TONES: Mapping[str, str] = {
    "draft": "calm",
    "scheduled": "info",
    "running": "good",
    "paused": "warn",
    "stopped": "bad",
    "finished": "calm",
}
HIPAA: Mapping[str, Words] = {
    "treatment": _("Treatment"),
    "operations": _("Health care operations"),
    "marketing": _("Marketing"),
    "prospect": _("Not yet a patient"),
}
TCPA: Mapping[str, Words] = {"informational": _("Informational"), "telemarketing": _("Telemarketing")}
MEANINGS: Mapping[str, Words] = {
    "yes": _("Yes"),
    "no": _("No"),
    "later": pgettext_lazy("answer", "Later"),
    "question": _("A question"),
    "reschedule": _("Another time"),
    "stop": pgettext_lazy("answer", "Stop"),
    "start": _("Start again"),
    "help": _("Help"),
    "wrong_person": _("Wrong person"),
    "deceased": _("The person has died"),
    "other": _("Something else"),
    "unclear": _("Something else"),
}
MESSAGE_STATES: Mapping[str, Words] = {
    "queued": _("Waiting to leave"),
    "sending": _("Leaving now"),
    "sent": _("Sent, no receipt yet"),
    "delivered": _("Delivered"),
    "failed": _("Did not arrive"),
    "dropped": _("Not sent"),
    "unknown": _("Outcome unknown"),
}
LEFT: Mapping[str, Words] = {
    "goal_met": _("Goal met"),
    "booked": _("Booked"),
    "reconfirmed": _("Had a visit already"),
    "declined": _("Said no"),
    "lost": _("Goes elsewhere"),
    "opted_out": _("Opted out"),
    "exhausted": _("No answer to any step"),
    "unreachable": _("Cannot be reached"),
    "ineligible": _("No longer fits"),
    "has_appointment": _("Has an appointment"),
    "duplicate": _("On record twice"),
    "retired": _("No longer on the list"),
    "deceased": _("Has died"),
    "stopped_by_hand": _("Taken out by hand"),
    "campaign_ended": _("Campaign ended"),
}
OUTCOMES: Mapping[str, Words] = {
    "sent": pgettext_lazy("after a number", "sent"),
    "refused": pgettext_lazy("after a number", "not allowed"),
    "later": pgettext_lazy("after a number", "put off"),
    "skipped": pgettext_lazy("after a number", "skipped"),
    "not_delivered": pgettext_lazy("after a number", "did not arrive"),
    "not_queued": pgettext_lazy("after a number", "not sent"),
    "reply": pgettext_lazy("after a number", "answered"),
    "called": _("calls made"),
    "calling": _("put on the call list"),
    "gave_up": pgettext_lazy("after a number", "not called in time"),
    "booked": pgettext_lazy("after a number", "booked"),
    "branched": _("took a branch"),
    "goal_met": _("goal met"),
    "second_goal_met": _("second goal met"),
    "left": _("left here"),
    "moved": _("moved on"),
    "waited": _("waited"),
    "excluded": _("not enrolled"),
    "enrolled": _("enrolled"),
    "held": _("rests until a person answers"),
}
ACTIONS: Mapping[str, Words] = {
    "campaign.drafted": _("Drafted"),
    "campaign.revised": _("Draft changed"),
    "campaign.discarded": _("Draft thrown away"),
    "campaign.confirmed": _("Expected return confirmed"),
    "campaign.launched": _("Launched"),
    "campaign.running": _("Resumed"),
    "campaign.paused": _("Paused"),
    "campaign.stopped": _("Stopped"),
    "campaign.finished": _("Finished"),
    "campaign.changed": _("Changed"),
    "campaign.moved": _("People moved to another version"),
    "campaign.rehearsed": _("Rehearsed"),
    "campaign.exported": _("Figures downloaded"),
}
FIELDS: Mapping[str, Words] = {
    "name": _("name"),
    "playbook": _("playbook"),
    "segment_definition": _("people"),
    "segment_id": _("segment"),
    "hipaa_class": _("HIPAA class"),
    "tcpa_class": _("TCPA class"),
    "starts_at": _("start"),
    "ends_at": _("end"),
    "daily_volume": _("people a day"),
    "senders": _("senders"),
    "queue_id": _("call queue"),
    "agents": _("agents"),
    "list_cents": _("cost of the list"),
    "budget_cents": _("budget"),
}
REFUSALS: Mapping[LaunchNo, tuple[Words, Words]] = {
    LaunchNo.NOT_A_DRAFT: (_("This campaign was launched before."), _("Open it to see how it does.")),
    LaunchNo.NOT_CONFIRMED: (
        _("Nobody has confirmed the expected return."),
        _("Read the figures and tick the box above the launch button."),
    ),
    LaunchNo.NOT_SIGNED_OFF: (
        _("Wording or scripts are not signed off."),
        _("Read them in step 3 and sign them off with your name."),
    ),
    LaunchNo.NO_SENDER: (
        _("A channel has no sender."),
        _("Choose one in step 3; an administrator adds senders under Settings."),
    ),
    LaunchNo.NO_QUEUE: (
        _("The playbook has calls, and there is no call queue."),
        _("An administrator adds one under Settings."),
    ),
    LaunchNo.EMPTY_SEGMENT: (_("Nobody is in the segment."), _("Choose other people in step 2, or import some first.")),
    LaunchNo.TOO_FEW_SLOTS: (
        _("There are fewer open slots than visits expected."),
        _("Take in fewer people a day, open more slots, or accept the shortage below."),
    ),
    LaunchNo.TOO_FEW_AGENTS: (
        _("There are more calls than the agents can make."),
        _("Take in fewer people a day, plan more agents, or accept the shortage below."),
    ),
    LaunchNo.CALLS_TOO_OFTEN: (
        _("The playbook calls more often than the contact policy allows."),
        _("Use a version of the playbook with longer pauses."),
    ),
    LaunchNo.NEEDS_AUTHORIZATION: (
        _("Marketing needs a written authorization of each person (45 CFR 164.508), which is not kept here yet."),
        _("Use a playbook of another class."),
    ),
    LaunchNo.ENDS_BEFORE_START: (_("The campaign ends before it starts."), _("Change the dates in step 3.")),
}
REFUSAL_STEPS: Mapping[LaunchNo, str] = {
    LaunchNo.NOT_SIGNED_OFF: "campaign_plan",
    LaunchNo.NO_SENDER: "campaign_plan",
    LaunchNo.EMPTY_SEGMENT: "campaign_audience",
    LaunchNo.TOO_FEW_SLOTS: "campaign_plan",
    LaunchNo.TOO_FEW_AGENTS: "campaign_plan",
    LaunchNo.CALLS_TOO_OFTEN: "campaign_playbook",
    LaunchNo.NEEDS_AUTHORIZATION: "campaign_playbook",
    LaunchNo.ENDS_BEFORE_START: "campaign_plan",
}
MAY_BE_ACCEPTED = (LaunchNo.TOO_FEW_SLOTS, LaunchNo.TOO_FEW_AGENTS)
ACCEPTED: Mapping[LaunchNo, Words] = {
    LaunchNo.TOO_FEW_SLOTS: _("too few open slots"),
    LaunchNo.TOO_FEW_AGENTS: _("too few agents"),
}
ACCEPTING: Mapping[LaunchNo, Words] = {
    LaunchNo.TOO_FEW_SLOTS: _("I know that slots are short and launch all the same"),
    LaunchNo.TOO_FEW_AGENTS: _("I know that agents are short and launch all the same"),
}


def word(table: Mapping[str, Words], code: str) -> Words:
    """The words of a code; the code itself, readable, where the table does not know it."""
    return table.get(code) or code.replace("_", " ")


def reason(code: str) -> str:
    """Why somebody was left out, left or got nothing, as a sentence in the page's language."""
    return reason_sentence(code, language())
