"""Turns what happened and what would happen into lines for a person's pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from beckon.web.people import words
from beckon.web.people.outlook import MESSAGES, Coming
from beckon.web.people.timeline import Happening
from beckon.web.people.words import Word, why, word
from beckon.web.spoken import language
from beckon.web.templatetags.beckon import phone

_EVENTS: dict[str, tuple[str, Word, str]] = {
    "person.merged": ("users-group", _("Merged with another record"), "info"),
    "person.unmerged": ("users", _("A merge was taken back"), "info"),
    "person.retired": ("user-off", _("No longer on the list"), "warn"),
    "person.deceased": ("user-off", _("Recorded as deceased"), "bad"),
    "person.death_was_error": ("user-check", _("The recorded death was an error"), "info"),
    "person.duplicate_reported": ("users", _("Reported as a duplicate"), "warn"),
    "person.noted": ("note", _("Note"), "calm"),
    "number.dead": ("phone-off", _("A number was found dead"), "bad"),
    "number.line_type_changed": ("device-mobile-search", _("The kind of line became known"), "calm"),
}
_IMPORTS: dict[str, Word] = {
    "created": _("Came with an import"),
    "updated": _("Changed by an import"),
    "retired": _("Missing from a newer list"),
}
FIELDS: dict[str, Word] = {
    "given_name": _("Given name"),
    "middle_name": _("Middle name"),
    "family_name": _("Family name"),
    "name_suffix": _("Suffix"),
    "birth_date": _("Birth date"),
    "sex": _("Sex"),
    "language": _("Language"),
    "time_zone": _("Time zone"),
    "state": _("State"),
    "postal_code": _("ZIP code"),
    "last_appointment_at": _("Last appointment"),
    "last_appointment_outcome": _("Outcome of the last appointment"),
    "next_appointment_at": _("Next appointment"),
    "last_encounter_at": _("Last visit"),
    "do_not_contact_at": _("Never contact"),
    "deceased_at": _("Deceased"),
    "retired_at": _("On the list"),
}


@dataclass
class Item:
    """A line of the timeline. `side`: in or out for a bubble of words, else "". `visit_at` with `visit_zone`."""

    at: datetime
    icon: str
    title: Word
    badge: Word = ""
    tone: str = "calm"
    notes: list[Word] = field(default_factory=list)
    body: str = ""
    side: str = ""
    who: str = ""
    campaign: str = ""
    campaign_id: int | None = None
    visit_at: datetime | None = None
    visit_zone: str = ""


def items(happened: Sequence[Happening], names: Mapping[str, str]) -> list[Item]:
    """Lines for the page; `names` says who an actor is."""
    return [_with_campaign(_MAKERS[one.kind](one, names), one.data) for one in happened]


def actors_of(happened: Sequence[Happening]) -> set[str]:
    """Every actor named in what happened."""
    return {str(one.data.get(key) or "") for one in happened for key in ("by", "agent")}


def _with_campaign(item: Item, data: Mapping[str, Any]) -> Item:
    item.campaign, item.campaign_id = data.get("campaign") or "", data.get("campaign_id")
    return item


def _message(one: Happening, names: Mapping[str, str]) -> Item:
    data = one.data
    channel = str(data["channel"])
    icon = words.CHANNEL_ICONS.get(channel, "message")
    body = "\n".join(filter(None, (data["subject"], data["body"])))
    if data["inbound"]:
        meaning = data["meaning"]
        item = Item(one.at, "message-reply", _("Answered"), word(words.MEANINGS, meaning) if meaning else "", "info")
    else:
        tone = words.STATUS_TONES.get(data["status"], "calm")
        item = Item(one.at, icon, word(words.CHANNELS, channel), word(words.STATUSES, data["status"]), tone)
        if data["reason"]:
            item.notes.append(why(data["reason"]))
        if data["by_hand"]:
            item.notes.append(_("Written by hand"))
    if data["address"] and channel != "postal":
        item.notes.append(phone(data["address"]))
    item.body, item.side = body, "in" if data["inbound"] else "out"
    return item


def _call(one: Happening, names: Mapping[str, str]) -> Item:
    data = one.data
    spanish = language().startswith("es")
    label = (data["label_es"] if spanish else data["label"]) or data["code"]
    title = gettext("Call %(n)s") % {"n": data["attempt"]} if data["counted"] else gettext("Promised call")
    item = Item(one.at, "phone", title, f"{label} ({data['code']})", _tone_of_call(str(data["code"])))
    if data["undone"]:
        item.badge, item.tone = gettext("Taken back: %(label)s") % {"label": label}, "calm"
    if data["number"]:
        item.notes.append(phone(data["number"]))
    if data["remarks"]:
        item.body = data["remarks"]
    item.who = names.get(data["agent"], "")
    return item


def _tone_of_call(code: str) -> str:
    if code in ("DONE", "RECONFIRMED"):
        return "good"
    return "bad" if code in ("DNC", "WNUM", "DCONN", "DECEASED", "LOST") else "calm"


def _booked(one: Happening, names: Mapping[str, str]) -> Item:
    data = one.data
    title = _("Visit moved to another time") if data["moved"] else _("Visit booked")
    item = Item(one.at, "calendar-plus", title, who=names.get(data["by"], ""))
    item.notes = [data["type"], data["clinician"], data["location"]]
    item.visit_at, item.visit_zone = _moment(data["starts_at"]), data["zone"]
    return item


def _visit(one: Happening, names: Mapping[str, str]) -> Item:
    data = one.data
    tone = words.VISIT_TONES.get(data["status"], "warn")
    icon = {"kept": "calendar-check", "missed": "calendar-x"}.get(data["status"], "calendar-off")
    item = Item(one.at, icon, _("Visit"), word(words.VISITS, data["status"]), tone)
    item.notes = [data["clinician"], data["location"]]
    if data["reason"]:
        item.notes.append(why(data["reason"]))
    if data["status"] not in ("kept", "missed"):
        item.visit_at, item.visit_zone = _moment(data["starts_at"]), data["zone"]
    return item


def _seen(one: Happening, names: Mapping[str, str]) -> Item:
    return Item(one.at, "stethoscope", _("Seen at the practice"), notes=[one.data["what"]] if one.data["what"] else [])


def _consent(one: Happening, names: Mapping[str, str]) -> Item:
    data = one.data
    tone = "bad" if data["state"] == "revoked" else "good"
    icon = "hand-stop" if data["state"] == "revoked" else "circle-check"
    item = Item(one.at, icon, word(words.STATES, data["state"]), word(words.CHANNELS, data["channel"]), tone)
    if data["basis"]:
        item.notes.append(word(words.BASES, data["basis"]))
    if data["purpose"] != "all":
        item.notes.append(word(words.PURPOSES, data["purpose"]))
    if data["number"]:
        item.notes.append(phone(data["number"]))
    item.body, item.who = data["evidence"], names.get(data["by"], "")
    return item


def _enrolled(one: Happening, names: Mapping[str, str]) -> Item:
    return Item(one.at, "speakerphone", _("Joined the campaign"), tone="info")


def _left(one: Happening, names: Mapping[str, str]) -> Item:
    return Item(one.at, "logout", _("Left the campaign"), notes=[why(one.data["reason"])])


def _excluded(one: Happening, names: Mapping[str, str]) -> Item:
    return Item(one.at, "user-x", _("Not taken into the campaign"), notes=[why(one.data["reason"])], tone="warn")


def _step(one: Happening, names: Mapping[str, str]) -> Item:
    data = one.data
    good = data["outcome"] in ("goal_met", "second_goal_met")
    item = Item(one.at, "target-arrow" if good else "ban", word(words.OUTCOMES, data["outcome"]))
    item.tone = "good" if good else "warn"
    item.badge = word(words.CHANNELS, data["channel"]) if data["channel"] else ""
    item.notes = [why(data["reason"])] if data["reason"] else []
    return item


def _event(one: Happening, names: Mapping[str, str]) -> Item:
    data = one.data
    icon, title, tone = _EVENTS.get(data["event"], ("point", word({}, data["event"]), "calm"))
    item = Item(one.at, icon, title, tone=tone, who=names.get(data["by"], ""))
    if data["number"]:
        item.notes.append(phone(data["number"]))
    text = (data["more"] or {}).get("text") or (data["more"] or {}).get("note")
    item.body = str(text) if text else ""
    return item


def _import(one: Happening, names: Mapping[str, str]) -> Item:
    data = one.data
    item = Item(one.at, "file-import", word(_IMPORTS, data["what"]), who=names.get(data["by"], ""))
    item.notes = [data["source"], data["file"]]
    if data["what"] == "updated":
        item.notes += [
            f"{word(FIELDS, name)}: {data['before'].get(name) or '–'} → {after or '–'}"
            for name, after in (data["after"] or {}).items()
            if name in FIELDS and data["before"].get(name) != after
        ]
    return item


def _look(one: Happening, names: Mapping[str, str]) -> Item:
    data = one.data
    item = Item(one.at, "eye", word(words.LOOKS, data["action"]), who=names.get(data["by"], ""))
    if data["others"]:
        item.notes.append(gettext("with %(n)s others") % {"n": data["others"]})
    return item


_MAKERS = {
    "message": _message,
    "call": _call,
    "booked": _booked,
    "visit": _visit,
    "seen": _seen,
    "consent": _consent,
    "enrolled": _enrolled,
    "left": _left,
    "excluded": _excluded,
    "step": _step,
    "event": _event,
    "import": _import,
    "look": _look,
}


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


_NEXT: dict[str, tuple[str, Word]] = {
    "call": ("phone", _("An agent calls")),
    "callback": ("phone-calling", _("The promised call")),
    "visit": ("calendar", _("The booked visit")),
    "refused": ("ban", _("Nothing is sent")),
    "skipped": ("ban", _("The step is passed over")),
    "left": ("logout", _("Leaves the campaign")),
    "gave_up": ("logout", _("Leaves the campaign")),
}


@dataclass(frozen=True)
class NextLine:
    """A line of what would happen next."""

    at: datetime
    icon: str
    title: str | Promise
    detail: str | Promise
    campaign: str
    campaign_id: int | None
    is_set: bool
    is_quoted: bool
    """`detail` is a message as the person will read it, in their language."""


def next_lines(all_coming: Sequence[Coming]) -> list[NextLine]:
    """What would happen next, in words."""
    return [_next_line(one) for one in all_coming]


def _next_line(one: Coming) -> NextLine:
    detail: Word = one.detail
    if one.what in MESSAGES:
        icon, title = words.CHANNEL_ICONS[one.what], word(words.CHANNELS, one.what)
        detail = one.detail if one.is_set else ""
    else:
        icon, title = _NEXT.get(one.what, ("point", word(words.OUTCOMES, one.what)))
        if one.what in ("refused", "skipped", "left", "gave_up"):
            channel, _colon, reason = one.detail.rpartition(": ")
            named = word(words.CHANNELS, channel) if channel else ""
            detail = f"{named}: {why(reason)}" if named else why(reason)
        elif one.what == "call":
            detail = why(one.detail) if one.is_set and one.detail else ""
    quoted = one.what in MESSAGES
    return NextLine(one.at, icon, title, detail, one.campaign, one.campaign_id, one.is_set, quoted)
