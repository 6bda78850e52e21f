"""The shapes of every figure Beckon reports. Pure values; reports.queries fills them, screens and PDFs print them."""

from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True)
class ChannelFigures:
    """Messages of one channel that left in a period. sent = delivered + failed + pending; money in cents."""

    channel: str
    sent: int
    delivered: int
    failed: int
    pending: int
    cost_cents: int


@dataclass(frozen=True)
class DispositionCount:
    """Calls that ended with a code."""

    code: str
    label: str
    label_es: str
    calls: int

    def in_language(self, language: str) -> str:
        """The label in Spanish where `language` starts with es, else in English."""
        return self.label_es if language.startswith("es") else self.label


@dataclass(frozen=True)
class HourCell:
    """Dials in one local hour of one weekday (0 Monday), and how many a human answered."""

    weekday: int
    hour: int
    dials: int
    answered: int


@dataclass(frozen=True)
class AttemptRow:
    """Dials that were a person's n-th attempt (0: a call the person had asked for), answered, booked."""

    attempt: int
    dials: int
    answered: int
    booked: int


@dataclass(frozen=True)
class VisitFigures:
    """Visits by what became of them. For a period: booked in it; kept and missed by the visit's own time."""

    booked: int
    kept: int
    missed: int
    cancelled: int
    revenue_cents: int


@dataclass(frozen=True)
class Activity:
    """All that was done and came of it in a period, for one campaign or for all."""

    channels: tuple[ChannelFigures, ...]
    replies: dict[str, int]
    dials: int
    answered: int
    agent_days: float
    dispositions: tuple[DispositionCount, ...]
    hours: tuple[HourCell, ...]
    attempts: tuple[AttemptRow, ...]
    visits: VisitFigures
    opt_outs: int
    goals: int
    agent_cost_cents: int

    @property
    def message_cost_cents(self) -> int:
        """What the messages cost, all channels."""
        return sum(c.cost_cents for c in self.channels)

    @property
    def cost_cents(self) -> int:
        """Messages and agents together."""
        return self.message_cost_cents + self.agent_cost_cents

    @property
    def messages(self) -> int:
        """Messages sent over all channels."""
        return sum(c.sent for c in self.channels)


@dataclass(frozen=True)
class Funnel:
    """Where the people of a campaign stand. people = enrolled + excluded + waiting; enrolled = active + left."""

    people: int
    waiting: int
    excluded: dict[str, int]
    enrolled: int
    contacted: int
    answered: int
    goal_met: int
    booked: int
    kept: int
    active: int
    left: dict[str, int]
    steps: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Outlook:
    """What lies ahead in the next seven days as of now."""

    steps_due: dict[str, int]
    calls_due: int
    callbacks: int
    visits: int
    waiting_to_enrol: int


@dataclass(frozen=True)
class AgentDay:
    """One agent's calls on one local day; `seconds` on calls, at most from the first to the last."""

    agent: str
    day: date
    dials: int
    answered: int
    booked: int
    first: datetime
    last: datetime
    seconds: int


@dataclass(frozen=True)
class Cohort:
    """Those enrolled in a period, and how many of them came how far up to now."""

    enrolled: int
    contacted: int
    answered: int
    goal: int
    booked: int
    kept: int
