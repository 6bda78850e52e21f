"""A playbook's journey as a drawing: a box per step in order, and the jumps between them as lines. No database."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from beckon.campaigns.playbooks.schema import Playbook
from beckon.campaigns.steps.base import StepSpec
from beckon.campaigns.steps.branch import BranchStep
from beckon.campaigns.steps.call import CallStep
from beckon.campaigns.steps.conditions import Condition
from beckon.campaigns.steps.exit import ExitStep
from beckon.campaigns.steps.goal import GoalStep
from beckon.campaigns.steps.send import SendStep, Way
from beckon.campaigns.steps.wait import WaitStep
from beckon.web.campaigns.words import CHANNEL_ICONS, CHANNELS, LEFT, MEANINGS, OUTCOMES, word
from beckon.web.spoken import said

ROW = 124
"""Height of a step in the drawing, in its own units; the style sheet gives a row the same in rem (7.75)."""
LANE = 13
SPINE = 16
_KIND_ICONS = {"wait": "hourglass", "call": "phone", "branch": "arrows-split-2", "goal": "target", "exit": "door-exit"}
_LINES: Mapping[str, str | Promise] = {
    "mobile": gettext_lazy("mobiles"),
    "landline": gettext_lazy("landlines"),
    "unknown": gettext_lazy("unknown lines"),
}
_FACTS: Mapping[str, str | Promise] = {
    "line": gettext_lazy("line"),
    "language": gettext_lazy("language"),
    "never_seen": gettext_lazy("never seen"),
    "days_since_encounter": gettext_lazy("days since last seen"),
    "has_appointment": gettext_lazy("has an appointment"),
    "last_appointment_outcome": gettext_lazy("last appointment"),
    "reply": gettext_lazy("answer"),
    "disposition": gettext_lazy("outcome of the call"),
    "attempts": gettext_lazy("attempts"),
    "entered_by": gettext_lazy("came in by"),
    "flags": gettext_lazy("so far"),
}
_SHOWN_OUTCOMES = ("sent", "called", "reply", "booked", "refused", "not_delivered", "not_queued", "later", "gave_up")


@dataclass(frozen=True)
class WayOut:
    """An arrow to another step, and when it is taken."""

    when: str
    step: str
    title: str


@dataclass(frozen=True)
class Tally:
    """How often something came of a step; `people` says whether the people behind it can be shown."""

    code: str
    name: str
    number: int


@dataclass(frozen=True)
class Box:
    """One step: what it does, where it leads, who stands there now, what came of it so far."""

    step: str
    title: str
    kind: str
    icon: str
    does: tuple[str, ...]
    ways: tuple[WayOut, ...]
    standing: int = 0
    tallies: tuple[Tally, ...] = ()


@dataclass(frozen=True)
class Line:
    """A line of the drawing: `path` of an SVG path, `tip` the triangle at its end."""

    path: str
    tip: str = ""


@dataclass(frozen=True)
class Drawing:
    """The spine and the jumps beside the boxes. Sizes in its own units; `rem` is its height on the page."""

    width: int
    height: int
    rem: str
    spine: tuple[Line, ...]
    jumps: tuple[Line, ...]
    dots: tuple[tuple[int, int, str], ...]


@dataclass(frozen=True)
class Answer:
    """What an answer does whatever step the person stands on."""

    when: str
    then: str


@dataclass(frozen=True)
class Journey:
    """All of it."""

    boxes: tuple[Box, ...]
    drawing: Drawing
    answers: tuple[Answer, ...]
    gone: tuple[Tally, ...] = field(default=())


def journey_of(
    playbook: Playbook, *, standing: Mapping[str, int] | None = None, counters: Mapping[str, int] | None = None
) -> Journey:
    """The drawing of a playbook. `standing`: step -> people there now; `counters`: the campaign's, for what came of it.

    Steps where people stand on an older version that this one lacks come last, named by their id.
    """
    here, counted = dict(standing or {}), counters or {}
    boxes = [_box(playbook, step, here.pop(step.id, 0), counted) for step in playbook.steps]
    boxes += [_old_box(playbook, step, number) for step, number in sorted(here.items()) if number]
    return Journey(tuple(boxes), _drawing(playbook, len(boxes)), tuple(_answers(playbook)))


def _box(playbook: Playbook, step: StepSpec, standing: int, counters: Mapping[str, int]) -> Box:
    tallies = []
    for outcome in _SHOWN_OUTCOMES:
        number = counters.get(f"step.{step.id}.{outcome}", 0)
        if number:
            tallies.append(Tally(outcome, str(word(OUTCOMES, outcome)), number))
    return Box(
        step=step.id,
        title=said(playbook.title_of(step.id)),
        kind=step.kind,
        icon=_icon(step),
        does=tuple(_does(step)),
        ways=tuple(WayOut(when, to, said(playbook.title_of(to))) for when, to in _ways_out(playbook, step)),
        standing=standing,
        tallies=tuple(tallies),
    )


def _old_box(playbook: Playbook, step: str, standing: int) -> Box:
    does = (_("A step of an earlier version of the playbook"),)
    return Box(step, said(playbook.title_of(step)), "old", "history", does, (), standing)


def _icon(step: StepSpec) -> str:
    if isinstance(step, SendStep):
        return CHANNEL_ICONS.get(step.ways[0].channel, "send")
    return _KIND_ICONS.get(step.kind, "point")


def _does(step: StepSpec) -> Iterator[str]:
    match step:
        case SendStep():
            yield from _messages(step.ways)
        case WaitStep():
            yield _wait(step)
        case CallStep():
            attempts = ngettext("up to %(n)d attempt", "up to %(n)d attempts", step.attempts) % {"n": step.attempts}
            days = ngettext("%(n)d day apart", "%(n)d days apart", step.days_between) % {"n": step.days_between}
            yield _("An agent calls: %(attempts)s, %(days)s") % {"attempts": attempts, "days": days}
        case BranchStep():
            yield _("The way depends on what is known about the person")
        case GoalStep():
            yield _("Who has met the goal leaves, the others go on")
        case ExitStep():
            yield _("Leaves: %(reason)s") % {"reason": word(LEFT, step.reason.value)}
        case _:
            return


def _messages(ways: Sequence[Way]) -> Iterator[str]:
    """A channel once, with the lines it goes to."""
    for channel in dict.fromkeys(way.channel for way in ways):
        mine = [way for way in ways if way.channel == channel]
        more = [str(_LINES[way.line]) for way in mine if way.line != "any"]
        wordings = max(len(way.variants) for way in mine)
        if wordings > 1:
            more.append(_("test of %(n)d wordings") % {"n": wordings})
        name = str(word(CHANNELS, channel))
        yield f"{name} ({', '.join(more)})" if more else name


def _wait(step: WaitStep) -> str:
    parts = []
    if step.appointment is not None:
        parts.append(_("%(n)d days before the appointment") % {"n": step.appointment.days_before})
    if step.months:
        parts.append(ngettext("%(n)d month", "%(n)d months", step.months) % {"n": step.months})
    if step.days:
        parts.append(ngettext("%(n)d day", "%(n)d days", step.days) % {"n": step.days})
    if step.hours:
        parts.append(ngettext("%(n)d hour", "%(n)d hours", step.hours) % {"n": step.hours})
    text = _("Waits %(time)s") % {"time": ", ".join(parts)} if parts else _("Waits")
    if step.weekdays:
        text += ", " + _("on %(days)s") % {"days": _weekdays(step.weekdays)}
    if step.hour is not None:
        text += ", " + _("to %(hour)s o'clock where the person is") % {"hour": step.hour}
    if step.until:
        text += ", " + (_("or until an answer") if step.until == "reply" else _("or until a call"))
    return text


def _weekdays(names: Sequence[str]) -> str:
    order = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    places = [order.index(name) for name in names]
    if places == [0, 1, 2, 3, 4]:
        return _("working days")
    return ", ".join(formats.date_format(date(2026, 11, 16 + place), "D") for place in places)  # a Monday first


def _ways_out(playbook: Playbook, step: StepSpec) -> Iterator[tuple[str, str]]:
    if isinstance(step, BranchStep):
        for case in step.cases:
            yield _condition(case.when), case.go
    else:
        for label, target in step.targets().items():
            yield _label(label), target
    following = playbook.after(step.id)
    if following and not step.ends() and following != _below(playbook, step.id):
        yield _("then"), following


def _below(playbook: Playbook, step: str) -> str:
    ids = [one.id for one in playbook.steps]
    place = ids.index(step) + 1
    return ids[place] if place < len(ids) else ""


def _label(label: str) -> str:
    known = {
        "refused": _("if not allowed"),
        "failed": _("if it does not arrive"),
        "on_event": _("when it happens"),
        "next_month": _("if next month suits"),
        "exhausted": _("after the last attempt"),
        "unreachable": _("if unreachable"),
    }
    code = label.removeprefix("outcomes.")
    return known.get(code, code.replace("_", " "))


def _condition(condition: Condition) -> str:
    if condition.all:
        return _(" and ").join(_condition(part) for part in condition.all)
    if condition.any:
        return _(" or ").join(_condition(part) for part in condition.any)
    if condition.negated is not None:
        return _("not: %(what)s") % {"what": _condition(condition.negated)}
    fact = str(word(_FACTS, condition.fact))
    if condition.equals is True:
        return fact
    value = _asked(condition)
    return f"{fact}: {value}"


def _asked(condition: Condition) -> str:
    if condition.at_least is not None:
        return _("at least %(n)s") % {"n": condition.at_least}
    if condition.one_of is not None:
        return ", ".join(str(one).replace("_", " ") for one in condition.one_of)
    value = condition.has if condition.has is not None else condition.equals
    return _("no") if value is False else str(value).replace("_", " ")


def _answers(playbook: Playbook) -> Iterator[Answer]:
    for trigger, reaction in playbook.on.items():
        code = trigger.removeprefix("reply_")
        when = _("Called, and next month suits") if trigger == "next_month" else str(word(MEANINGS, code))
        if reaction.go:
            then = _("goes to %(step)s") % {"step": said(playbook.title_of(reaction.go))}
        elif reaction.leave is not None:
            then = _("leaves: %(reason)s") % {"reason": word(LEFT, reaction.leave.value)}
        else:
            days = ngettext("%(n)d day", "%(n)d days", reaction.hold_days) % {"n": reaction.hold_days}
            then = _("rests %(days)s while somebody answers") % {"days": days}
        yield Answer(when, then)


def _drawing(playbook: Playbook, rows: int) -> Drawing:
    place = {step.id: row for row, step in enumerate(playbook.steps)}
    spans = []
    for step in playbook.steps:
        for _when, target in _ways_out(playbook, step):
            if (place[step.id], place[target]) not in spans and target != step.id:
                spans.append((place[step.id], place[target]))
    lanes = _lanes(spans)
    width = SPINE * 2 + LANE * (max(lanes, default=-1) + 1)
    x = width - SPINE
    jumps = tuple(_jump(x, *span, lane) for span, lane in zip(spans, lanes, strict=True))
    spine = tuple(
        Line(f"M {x} {_y(row) + 12} V {_y(row + 1) - 12}")
        for row, step in enumerate(playbook.steps[:-1])
        if not step.ends() and playbook.after(step.id) == playbook.steps[row + 1].id
    )
    kinds = [step.kind for step in playbook.steps] + ["old"] * (rows - len(playbook.steps))
    dots = tuple((x, _y(row), kind) for row, kind in enumerate(kinds))
    return Drawing(width, rows * ROW, f"{rows * ROW / 16:g}", spine, jumps, dots)


def _lanes(spans: Sequence[tuple[int, int]]) -> list[int]:
    """A lane for each jump, so that no two that overlap share one; short ones lie next to the spine."""
    lanes = [0] * len(spans)
    taken: list[list[tuple[int, int]]] = []
    for index in sorted(range(len(spans)), key=lambda i: (abs(spans[i][0] - spans[i][1]), i)):
        low, high = sorted(spans[index])
        lane = next((n for n, held in enumerate(taken) if all(high < a or b < low for a, b in held)), len(taken))
        if lane == len(taken):
            taken.append([])
        taken[lane].append((low, high))
        lanes[index] = lane
    return lanes


def _y(row: int) -> int:
    return row * ROW + ROW // 2


def _jump(x: int, start: int, end: int, lane: int) -> Line:
    """Out of one dot to its lane, along it, and into the other dot from the side."""
    side, turn = x - SPINE - LANE * lane, 10 if start < end else -10
    top, bottom = _y(start) + (4 if start < end else -4), _y(end) - (4 if start < end else -4)
    path = (
        f"M {x - 9} {top} H {side + 8} Q {side} {top} {side} {top + turn} V {bottom - turn}"
        f" Q {side} {bottom} {side + 8} {bottom} H {x - 12}"
    )
    return Line(path, f"{x - 9},{bottom} {x - 16},{bottom - 4} {x - 16},{bottom + 4}")
