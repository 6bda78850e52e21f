"""Before a launch: who gets what when, and who is left out and why. The real engine, a virtual clock; no record.

Nobody is assumed to answer, so it shows the most that can happen. Above SAMPLE people a fair sample is scaled up.
The forecast (costing.py) counts people by this same preview, so that the two stand beside each other and agree.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from beckon.campaigns.enrolling.admission import Admission
from beckon.campaigns.enrolling.enrolment import candidates, histories
from beckon.campaigns.journey.gathering import Running, gather, load_campaigns
from beckon.campaigns.journey.values import Facts, Snapshot
from beckon.campaigns.models import Campaign
from beckon.campaigns.planning.forecast import Plan, foresee
from beckon.core.tenancy import current_organization
from beckon.segments.conditions import parse_definition
from beckon.segments.queries import count

SAMPLE = 5_000
SHOWN = 20
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MORNING = 9
_CHANNELS = ("sms", "voicemail", "email", "postal")


@dataclass(frozen=True, slots=True)
class PreviewWeek:
    """One week: `messages` by "step/channel", calls to be made at most, people enrolled."""

    starts_at: datetime
    enrolled: int
    messages: Mapping[str, int]
    calls: int


@dataclass(frozen=True, slots=True)
class PreviewDay:
    """One local day: people enrolled, and pieces by channel; calls (at most) as "voice"."""

    day: date
    enrolled: int
    pieces: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Preview:
    """people = enrolled + excluded + waiting. `refused`: "channel: reason" -> times; `plans`: the first people.

    `taken_in`: who may be contacted, whether their day comes within these weeks or not; `reach`: of these, how many
    get something over each channel ("voice" are calls) where nobody answers.
    `days`: those with anything to do. `excluded_people`: everybody of those looked at, with the first reason.
    """

    people: int
    looked_at: int
    enrolled: int
    excluded: Mapping[str, int]
    waiting: int
    weeks: tuple[PreviewWeek, ...]
    days: tuple[PreviewDay, ...]
    refused: Mapping[str, int]
    left: Mapping[str, int]
    plans: tuple[Plan, ...]
    excluded_people: tuple[tuple[int, str], ...]
    taken_in: int
    reach: Mapping[str, int]
    pieces: Mapping[str, float]
    """Messages by channel for a person taken in, on average."""

    def messages(self) -> Counter[str]:
        """Messages by channel over all weeks."""
        totals: Counter[str] = Counter()
        for week in self.weeks:
            for name, number in week.messages.items():
                totals[name.rpartition("/")[2]] += number
        return totals


def preview(
    campaign: Campaign, *, now: datetime, weeks: int = 14, sample: int = SAMPLE, planned: int | None = None
) -> Preview:
    """What would happen from the campaign's start (or now, if later) for `weeks` weeks.

    `planned`: foresee the weeks of so many people only and take them for all, where only the sums matter.
    """
    running = load_campaigns(ids=[campaign.pk])[campaign.pk]
    people = count(parse_definition(dict(campaign.segment_definition)), now=now).value
    listed = candidates(running, segment=campaign.segment_definition, limit=sample, now=now)
    start = max(now, campaign.starts_at)
    until = start + timedelta(weeks=weeks)
    if campaign.ends_at is not None:
        until = min(until, campaign.ends_at)
    factor = max(1.0, people / len(listed)) if len(listed) == sample else 1.0
    volume = max(1.0, campaign.daily_volume / factor)
    draft = _Draft(running, start, until, volume, sample if planned is None else planned)
    ids = [person for person, _ in listed]
    facts, past = gather(ids, now=now), histories(ids)
    admission = Admission(running.playbook, campaign.pk)
    for person, key in listed:
        if person in facts:
            draft.take(
                facts[person],
                key,
                no=None if draft.is_over() else admission.refuse(facts[person], past.get(person, ()), draft.day()),
            )
    return draft.result(people if factor > 1 else len(listed), len(listed), factor)


class _Draft:
    """The virtual launch: days fill up to the daily volume, each person's plan is foreseen from their day."""

    def __init__(self, campaign: Running, start: datetime, until: datetime, volume: float, planned: int) -> None:
        self.campaign, self.start, self.until, self.volume, self.planned = campaign, start, until, volume, planned
        organization = current_organization()
        self.zone, self.seed = ZoneInfo(organization.time_zone), organization.seed
        self.days = _days(start, until, self.zone, campaign.playbook.entry.weekdays)
        self.plans: list[Plan] = []
        self.excluded: list[tuple[int, str]] = []
        self.waiting = self.enrolled = 0

    def is_over(self) -> bool:
        """True when nobody more can come in before the end."""
        return int(self.enrolled / self.volume) >= len(self.days)

    def day(self) -> datetime:
        """When the next person would be enrolled."""
        return self.days[int(self.enrolled / self.volume)]

    def take(self, facts: Facts, key: str, no: str | None) -> None:
        """Enrol, exclude or leave waiting one person."""
        if self.is_over():
            self.waiting += 1
        elif no is not None:
            self.excluded.append((facts.person.person_id, no))
        else:
            day = self.day()
            self.enrolled += 1
            if len(self.plans) >= self.planned:
                return
            playbook = self.campaign.playbook
            snapshot = Snapshot(
                enrollment_id=0,
                campaign_id=self.campaign.campaign_id,
                person_id=facts.person.person_id,
                key=key,
                campaign=self.campaign.name,
                seed=self.seed,
                step=playbook.first,
                round=0,
                waiting_for="",
                due_at=day,
                enrolled_at=day,
                memory={"visits": {playbook.first: 1}},
            )
            self.plans.append(foresee(snapshot, facts, playbook, until=self.until))

    def result(self, people: int, looked_at: int, factor: float) -> Preview:
        """Everything added up, scaled from the sample to all."""

        def scaled(counts: Counter[str], by: float) -> dict[str, int]:
            return {name: round(number * by) for name, number in sorted(counts.items())}

        excluded = scaled(Counter(reason for _, reason in self.excluded), factor)
        enrolled = round(self.enrolled * factor)
        decided = self.enrolled + len(self.excluded)
        taken_in = round(people * self.enrolled / decided) if decided else 0
        reached = Counter(channel for plan in self.plans for channel in _channels_of(plan))
        pieces = Counter(item.what for plan in self.plans for item in plan.planned if item.what in _CHANNELS)
        each = max(1, len(self.plans))
        factor *= self.enrolled / each  # from here on, what only the plans tell
        return Preview(
            people=people,
            looked_at=looked_at,
            enrolled=enrolled,
            excluded=excluded,
            waiting=max(0, people - enrolled - sum(excluded.values())),
            weeks=self._weeks(factor),
            days=self._by_day(factor),
            refused=scaled(
                Counter(item.detail for plan in self.plans for item in plan.planned if item.what == "refused"), factor
            ),
            left=scaled(Counter(plan.left for plan in self.plans if plan.left), factor),
            plans=tuple(self.plans[:SHOWN]),
            excluded_people=tuple(self.excluded),
            taken_in=taken_in,
            reach=scaled(reached, taken_in / each),
            pieces={channel: number / each for channel, number in sorted(pieces.items())},
        )

    def _weeks(self, factor: float) -> tuple[PreviewWeek, ...]:
        number = max(1, -(-(self.until - self.start) // timedelta(weeks=1)))
        enrolled, calls = Counter[int](), Counter[int]()
        messages: list[Counter[str]] = [Counter() for _ in range(number)]
        for plan in self.plans:
            enrolled[self._week(plan.enrolled_at, number)] += 1
            for item in plan.planned:
                week = self._week(item.at, number)
                if item.what == "call":
                    calls[week] += 1
                elif item.what in _CHANNELS:
                    messages[week][f"{item.step}/{item.what}"] += 1
        return tuple(
            PreviewWeek(
                self.start + timedelta(weeks=week),
                round(enrolled[week] * factor),
                {name: round(n * factor) for name, n in sorted(messages[week].items())},
                round(calls[week] * factor),
            )
            for week in range(number)
        )

    def _by_day(self, factor: float) -> tuple[PreviewDay, ...]:
        enrolled: Counter[date] = Counter()
        pieces: dict[date, Counter[str]] = {}
        for plan in self.plans:
            first = plan.enrolled_at.astimezone(self.zone).date()
            enrolled[first] += 1
            pieces.setdefault(first, Counter())
            for item in plan.planned:
                channel = "voice" if item.what == "call" else item.what
                if channel == "voice" or channel in _CHANNELS:
                    pieces.setdefault(item.at.astimezone(self.zone).date(), Counter())[channel] += 1
        return tuple(
            PreviewDay(
                day,
                round(enrolled[day] * factor),
                {channel: round(number * factor) for channel, number in sorted(counted.items())},
            )
            for day, counted in sorted(pieces.items())
        )

    def _week(self, at: datetime, number: int) -> int:
        return min(number - 1, (at - self.start) // timedelta(weeks=1))


def _channels_of(plan: Plan) -> set[str]:
    used = {"voice" if item.what == "call" else item.what for item in plan.planned}
    return used & {*_CHANNELS, "voice"}


def _days(start: datetime, until: datetime, zone: ZoneInfo, weekdays: Sequence[str]) -> list[datetime]:
    """The moments of enrolling: at the start, then each allowed local weekday in the morning."""
    days: list[datetime] = []
    day = start.astimezone(zone)
    while day <= until:
        if _WEEKDAYS[day.weekday()] in weekdays:
            days.append(day.astimezone(start.tzinfo))
        day = (day + timedelta(days=1)).replace(hour=MORNING, minute=0, second=0, microsecond=0)
    return days
