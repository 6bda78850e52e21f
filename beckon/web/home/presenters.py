"""The first pages in words: what goes wrong and what to do about it, this week against last."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy, ngettext

from beckon.campaigns.models import CampaignStatus
from beckon.channels.alarms import alarm_words
from beckon.core.clock import wall_now
from beckon.desk.queries import callbacks_of
from beckon.reports.figures import Activity
from beckon.reports.periods import Period
from beckon.reports.queries import activity
from beckon.web.home import queries
from beckon.web.home.queries import MOST, Room, Running, SetUp
from beckon.web.inbox.queries import count_open
from beckon.web.people.words import why
from beckon.web.spoken import said

WORKER_RESTS = timedelta(minutes=5)
LITTLE_ROOM = 0.1
CALLBACK_LATE = timedelta(minutes=30)


@dataclass(frozen=True)
class Matter:
    """Something that goes wrong, why, and where to put it right. `path` follows /o/<slug>/."""

    tone: str
    title: str
    text: str
    path: str
    action: str | Promise


@dataclass(frozen=True)
class Step:
    """A step of setting up. `path` follows /o/<slug>/."""

    title: str | Promise
    text: str | Promise
    path: str
    action: str | Promise
    is_done: bool


def steps_of(found: SetUp) -> tuple[Step, ...]:
    """What to do first, in order."""
    return (
        Step(
            gettext_lazy("The practice"),
            gettext_lazy("Locations, clinicians with their hours, kinds of visits: what agents book from."),
            "settings/",
            gettext_lazy("Set up the practice"),
            found.has_schedule,
        ),
        Step(
            gettext_lazy("A sender"),
            gettext_lazy("The number or address that messages leave from, with its limits."),
            "settings/",
            gettext_lazy("Add a sender"),
            found.has_sender,
        ),
        Step(
            gettext_lazy("The people"),
            gettext_lazy("Drop a file; Beckon guesses the columns and says what would happen before it does."),
            "import/",
            gettext_lazy("Import people"),
            found.has_people,
        ),
        Step(
            gettext_lazy("The first campaign"),
            gettext_lazy("A playbook on a segment. A preview says who gets what, when, and what it costs."),
            "campaigns/",
            gettext_lazy("Launch a campaign"),
            found.has_campaign,
        ),
    )


def matters(now: datetime, running: list[Running], room: Room) -> list[Matter]:
    """What goes wrong now, the gravest first; ten small queries."""
    found = [*_senders(), *_imports(now), *_worker(), *_room(room, running), *_campaigns(running)]
    found += [*_callbacks(now), *_answers(now), *_unsettled(), *_failures(now)]
    order = {"bad": 0, "warn": 1, "info": 2}
    return sorted(found, key=lambda m: order[m.tone])


def _count(value: int) -> str:
    text = number_format(value, use_l10n=True, force_grouping=True)
    return f"{text}+" if value >= MOST else text


def _senders() -> list[Matter]:
    return [
        Matter(
            "bad",
            gettext("%(name)s is paused") % {"name": sender.name},
            gettext("Why: %(reason)s. Nothing leaves from it until somebody resumes it.")
            % {"reason": said(alarm_words(sender.paused_reason)).rstrip(".")},
            "settings/",
            gettext_lazy("Look at the senders"),
        )
        for sender in queries.paused_senders()
    ]


def _imports(now: datetime) -> list[Matter]:
    return [
        Matter(
            "bad",
            gettext("The import of %(file)s failed") % {"file": each.file_name},
            each.error[:200] or gettext("Nothing of it was taken in half: try again, or look at the file."),
            f"import/{each.pk}/",
            gettext_lazy("Look at the import"),
        )
        for each in queries.failed_imports(now - timedelta(days=7))
    ]


def _worker() -> list[Matter]:
    waiting = queries.waiting_callbacks(wall_now() - WORKER_RESTS)
    if not waiting:
        return []
    title = ngettext(
        "%(n)s answer or receipt waits to be read", "%(n)s answers or receipts wait to be read", waiting
    ) % {"n": _count(waiting)}
    text = gettext("They came more than five minutes ago: the worker may not be running. Tell whoever runs Beckon.")
    return [Matter("bad", title, text, "", "")]


def _room(room: Room, running: list[Running]) -> list[Matter]:
    if not room.slots or not running or room.free > room.slots * LITTLE_ROOM:
        return []
    title = gettext("Nearly all times of the next two weeks are taken")
    if not room.free:
        title = gettext("No time is left in the next two weeks")
    text = gettext("%(free)s of %(slots)s are free. Open more times, or slow the campaigns down.") % {
        "free": _count(room.free),
        "slots": _count(room.slots),
    }
    return [Matter("warn" if room.free else "bad", title, text, "campaigns/", gettext_lazy("To the campaigns"))]


def _campaigns(running: list[Running]) -> list[Matter]:
    return [
        Matter(
            "warn",
            gettext("%(name)s is paused") % {"name": each.campaign.name},
            gettext("%(n)s people stand still in it until it is resumed.") % {"n": _count(each.active)},
            f"campaigns/{each.campaign.pk}/",
            gettext_lazy("Look at the campaign"),
        )
        for each in running
        if each.campaign.status == CampaignStatus.PAUSED
    ]


def _callbacks(now: datetime) -> list[Matter]:
    late = len(callbacks_of(None, now=now, until=now - CALLBACK_LATE))
    if not late:
        return []
    title = ngettext("%(n)s promised call is overdue", "%(n)s promised calls are overdue", late) % {"n": _count(late)}
    text = gettext("People were told they would be called. Anybody may make them now; or pass them on.")
    return [Matter("warn", title, text, "floor/", gettext_lazy("To the floor"))]


def _answers(now: datetime) -> list[Matter]:
    waiting = count_open(now)
    if not waiting:
        return []
    title = ngettext("%(n)s answer waits to be read", "%(n)s answers wait to be read", waiting) % {"n": waiting}
    text = gettext("People asked something, or wrote what we did not understand.")
    return [Matter("warn", title, text, "inbox/", gettext_lazy("To the inbox"))]


def _unsettled() -> list[Matter]:
    waiting = queries.unsettled_messages()
    if not waiting:
        return []
    title = ngettext("%(n)s message has an unknown outcome", "%(n)s messages have an unknown outcome", waiting) % {
        "n": _count(waiting)
    }
    text = gettext("They may have left. The carrier is asked; they are never sent again.")
    return [Matter("info", title, text, "", "")]


def _failures(now: datetime) -> list[Matter]:
    reasons = queries.failures_since(now - timedelta(days=1))
    if not reasons:
        return []
    count = sum(n for _, n in reasons)
    title = ngettext(
        "%(n)s message did not go out or arrive since yesterday",
        "%(n)s messages did not go out or arrive since yesterday",
        count,
    ) % {"n": _count(count)}
    text = " ".join(f"{_count(n)}: {why(reason)}" for reason, n in reasons)
    return [Matter("info", title, text, "campaigns/", gettext_lazy("To the campaigns"))]


@dataclass(frozen=True)
class Compared:
    """A figure of this week beside the same span of last week. `is_good` None: neither good nor bad."""

    name: str | Promise
    now: int
    before: int
    path: str = ""
    more_is_good: bool | None = True

    @property
    def change(self) -> str:
        """The difference in words."""
        difference = self.now - self.before
        if not difference:
            return gettext("as last week")
        sign = "+" if difference > 0 else "−"
        return gettext("%(sign)s%(n)s on last week") % {"sign": sign, "n": _count(abs(difference))}

    @property
    def tone(self) -> str:
        """How the change is meant."""
        if self.more_is_good is None or self.now == self.before:
            return "calm"
        return "good" if (self.now > self.before) is self.more_is_good else "warn"


@dataclass(frozen=True)
class Week:
    """This week so far against the same span of last week."""

    this: Period
    figures: tuple[Compared, ...]
    activity: Activity


def week_of(this: Period, before: Period) -> Week:
    """Both periods end at the same hour of the same weekday, so that they compare."""
    new, old = activity(this), activity(before)
    answers = sum(new.replies.values()), sum(old.replies.values())
    return Week(
        this,
        (
            Compared(gettext_lazy("Messages sent"), new.messages, old.messages, more_is_good=None),
            Compared(gettext_lazy("Answers received"), *answers),
            Compared(gettext_lazy("Calls made"), new.dials, old.dials, more_is_good=None),
            Compared(gettext_lazy("Conversations"), new.answered, old.answered),
            Compared(gettext_lazy("Visits booked"), new.visits.booked, old.visits.booked),
            Compared(gettext_lazy("Visits kept"), new.visits.kept, old.visits.kept),
            Compared(gettext_lazy("Visits missed"), new.visits.missed, old.visits.missed, more_is_good=False),
            Compared(gettext_lazy("Opt-outs"), new.opt_outs, old.opt_outs, more_is_good=False),
        ),
        new,
    )
