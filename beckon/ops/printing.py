"""Figures as lines of text for the command line. Works nothing out."""

from collections.abc import Mapping

from rich.console import Console

from beckon.people.queries import Card
from beckon.reports.figures import Activity, Funnel
from beckon.reports.story import Story, sentence

WIDTH = 34
PIPED = 250
CHANNELS = {"sms": "texts", "voicemail": "voicemail drops", "email": "e-mail", "postal": "postcards"}


def funnel_lines(funnel: Funnel, excluded: Mapping[str, int]) -> list[str]:
    """The funnel with a bar per stage, then who was left out and who left, each with its reason."""
    stages = (
        ("people on the list", funnel.people),
        ("enrolled", funnel.enrolled),
        ("contacted", funnel.contacted),
        ("answered", funnel.answered),
        ("goal met", funnel.goal_met),
        ("visit booked", funnel.booked),
        ("visit kept", funnel.kept),
    )
    most = max(1, funnel.people)
    lines = [f"{name:<20}{count:>8,}  {'█' * round(WIDTH * count / most)}" for name, count in stages]
    lines += _reasons("not taken in", excluded)
    lines += _reasons("left the campaign", funnel.left)
    lines.append(f"{'still under way':<20}{funnel.active:>8,}")
    return lines


def _reasons(title: str, counts: Mapping[str, int]) -> list[str]:
    total = sum(counts.values())
    lines = [f"{title:<20}{total:>8,}"]
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return lines + [f"{'':<4}{count:>10,}  {sentence(reason)}" for reason, count in ordered]


def activity_lines(activity: Activity) -> list[str]:
    """Messages, calls and visits; money in dollars."""
    lines = [f"{'':<20}{'sent':>8}{'delivered':>11}{'failed':>8}{'cost':>12}"]
    lines += [
        f"{CHANNELS.get(c.channel, c.channel):<20}{c.sent:>8,}{c.delivered:>11,}{c.failed:>8,}"
        f"{dollars(c.cost_cents):>12}"
        for c in activity.channels
    ]
    lines.append(f"{'agent calls':<20}{activity.dials:>8,}{'':>19}{dollars(activity.agent_cost_cents):>12}")
    lines.append(f"{'total cost':<20}{'':>27}{dollars(activity.cost_cents):>12}")
    visits = activity.visits
    lines += [
        "",
        f"answered {activity.answered:,} of {activity.dials:,} dials"
        f"   texts answered {sum(activity.replies.values()):,}"
        f"   opt-outs {activity.opt_outs:,}",
        f"visits: booked {visits.booked:,}, kept {visits.kept:,}, missed {visits.missed:,}   collected"
        f" {dollars(visits.revenue_cents)}",
    ]
    if activity.dispositions:
        lines += ["", "how calls ended"]
        lines += [f"    {d.code:<12}{d.calls:>8,}  {d.label}" for d in activity.dispositions]
    return lines


def story_lines(story: Story, *, most: int = 60) -> list[str]:
    """A person's story day by day: the date once, then what happened at which local hour, and why."""
    zone = story.zone if story.zone_is_known else "zone unknown, times in UTC"
    lines = [f"{story.name} (person {story.person_id}, {zone})"]
    day = ""
    for line in story.lines[:most]:
        date = f"{line.at:%a %d %b %Y}"
        shown, day = (date if date != day else ""), date
        lines.append(f"  {shown:<16} {line.at:%H:%M}  {line.what}" + (f": {line.why}" if line.why else ""))
    if len(story.lines) > most:
        lines.append(f"  ... and {len(story.lines) - most:,} more")
    return lines


def counted(count: int, kind: str) -> str:
    """A number with the name of what is counted, given in the plural: 1 location, 2 locations."""
    return f"{count:,} {kind.removesuffix('s') if count == 1 else kind}"


def channel_words(channel: str) -> str:
    """A channel as people call what goes over it."""
    return "calls" if channel == "voice" else CHANNELS.get(channel, channel)


def columns_of(mapping: Mapping[str, str]) -> str:
    """Which column was read as what; columns that bear the name of their field are only counted."""
    renamed = [f"{header} = {field}" for header, field in mapping.items() if header != field]
    same = len(mapping) - len(renamed)
    as_named = [f"{same:,} {'more ' if renamed else ''}under the names Beckon knows"] if same else []
    return ", ".join([*renamed, *as_named])


def console_for(*, stderr: bool = False) -> Console:
    """Where a command prints in colour: lines are never broken, and a pipe or a file is as wide as the lines are."""
    console = Console(stderr=stderr, highlight=False, soft_wrap=True)
    return console if console.is_terminal else Console(stderr=stderr, highlight=False, soft_wrap=True, width=PIPED)


def dollars(cents: int) -> str:
    """1234 -> $12.34."""
    return f"-${-cents / 100:,.2f}" if cents < 0 else f"${cents / 100:,.2f}"


def card_lines(card: Card) -> list[str]:
    """Who a person is: birth date, where, how they can be reached and in what health that is, where they came from."""
    person = card.person
    born = f"born {person.birth_date:%Y-%m-%d}" if person.birth_date else "birth date not known"
    lines = [f"{card.name}   {born}   {person.language or 'language not known'}   list of origin: {person.origin}"]
    for point in card.points:
        state = point.ended_reason.replace("_", " ") or ("dead" if point.is_dead else "")
        kind = f"{point.use or point.kind} ({point.line_type})" if point.kind == "phone" else point.kind
        lines.append(f"  {kind:<18} {point.text}" + (f"   {state}" if state else ""))
    lines += [f"  {system}: {value}" for system, value in card.identifiers]
    if person.do_not_contact_at:
        lines.append("  asked never to be contacted")
    return [*lines, ""]
