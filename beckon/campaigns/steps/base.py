"""What every step kind is: its fields in a playbook, and what it does when a person arrives or is due again.

Pure: a step sees a `Run` (one person's advance in progress) and answers with where to go. Never the database. What it
wants to know about the person it asks by `Run.learn`, so that whoever answers alike is decided once (journey/alike.py).
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from beckon.campaigns.journey.values import Facts, MessageWish, Outcome, Record, Snapshot, TaskWish
from beckon.campaigns.playbooks.bilingual import Bilingual
from beckon.consent.facts import Ask, Channel, Purpose
from beckon.consent.rules import may_contact
from beckon.consent.verdict import Verdict
from beckon.core.draws import pick

if TYPE_CHECKING:
    from beckon.campaigns.playbooks.schema import Playbook

STEP_ID = r"^[a-z][a-z0-9_]{0,38}$"


_Answer = TypeVar("_Answer", covariant=True)
_Known = TypeVar("_Known")


class Question(Protocol[_Answer]):
    """What may be asked about a person: pure, and answered by something hashable without ids, or by a verdict."""

    def __call__(self, facts: Facts, snapshot: Snapshot, now: datetime, /) -> _Answer:
        """The answer."""


class Permission(NamedTuple):
    """May we, this way? Answered by the consent gate."""

    ask: Ask

    def __call__(self, facts: Facts, snapshot: Snapshot, now: datetime) -> Verdict:
        """The verdict."""
        return may_contact(facts.person, self.ask, now, facts.policy)


class Draw(NamedTuple):
    """One of several, in proportion to their weights: drawn once for each person and name, keyed by stable names."""

    weights: Mapping[str, float]
    name: str

    def __call__(self, facts: Facts, snapshot: Snapshot, now: datetime) -> str:
        """The one drawn."""
        return pick(self.weights, snapshot.seed, snapshot.campaign, self.name, snapshot.key)


class Run:
    """One enrollment in the middle of an advance: questions to ask, effects to collect.

    Steps read `snapshot` for where the enrollment stands, never for who it is.
    """

    __slots__ = (
        "_facts",
        "_verdicts",
        "flags",
        "memory",
        "messages",
        "now",
        "playbook",
        "records",
        "round",
        "snapshot",
        "step",
        "tasks",
    )

    def __init__(self, snapshot: Snapshot, facts: Facts, playbook: "Playbook", now: datetime) -> None:
        self.snapshot = snapshot
        self._facts = facts
        self.playbook = playbook
        self.now = now
        self.step = snapshot.step
        self.round = snapshot.round
        self.memory: dict[str, Any] = dict(snapshot.memory)
        self.flags: set[str] = set(self.memory.get("flags", ()))
        self.messages: list[MessageWish] = []
        self.tasks: list[TaskWish] = []
        self.records: list[Record] = []
        self._verdicts: dict[str, Verdict] = {}

    def learn(self, question: Question[_Known]) -> _Known:
        """The answer to a question about the person."""
        return question(self._facts, self.snapshot, self.now)

    def choose(self, weights: Mapping[str, float], name: str) -> str:
        """One of `weights`, drawn in proportion; the same for a person whenever `name` is drawn."""
        return self.learn(Draw(weights, name))

    def record(self, outcome: str, reason: str = "", **detail: Any) -> None:
        """Write one line of the trace at the present step."""
        self.records.append(Record(self.step, self.round, outcome, reason, detail))

    def raise_flag(self, name: str) -> None:
        """Remember a fact that goals and branches ask about."""
        if name not in self.flags:
            self.flags.add(name)
            self.memory["flags"] = sorted(self.flags)

    def enter(self, step: str) -> None:
        """Stand on `step`; the round counts returns to it."""
        visits = dict(self.memory.get("visits", ()))
        visits[step] = visits.get(step, 0) + 1
        self.memory["visits"] = visits
        self.step = step
        self.round = visits[step] - 1

    def ask(self, channel: str, *, is_reply: bool = False) -> Ask:
        """The ask of a message on this channel; `is_reply`: it answers what the person just wrote."""
        replied_at = self.memory.get("reply_at")
        if is_reply and replied_at:
            return Ask(
                Channel(channel),
                Purpose.REPLY,
                self.playbook.hipaa_class,
                requested_at=datetime.fromisoformat(replied_at),
            )
        return ask_of(self.playbook.tcpa_class, self.playbook.hipaa_class, channel)

    def may(self, channel: str) -> Verdict:
        """The consent gate's answer for this channel and the playbook's classes, asked once a run."""
        verdict = self._verdicts.get(channel)
        if verdict is None:
            verdict = self._verdicts[channel] = self.judge(self.ask(channel))
        return verdict

    def judge(self, ask: Ask) -> Verdict:
        """The consent gate's answer to an ask."""
        return self.learn(Permission(ask))


_asks: dict[tuple[str, str, str], Ask] = {}


def ask_of(tcpa_class: str, hipaa_class: str, channel: str) -> Ask:
    """The ask of a campaign with these classes on a channel; frozen, so it is made once."""
    key = (tcpa_class, hipaa_class, channel)
    if key not in _asks:
        _asks[key] = Ask(channel=Channel(channel), purpose=Purpose(tcpa_class), hipaa_class=hipaa_class)
    return _asks[key]


class StepSpec(BaseModel):
    """Fields common to all steps. `next` is the step after it; without it, the one written below."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    pauses: ClassVar[bool] = False
    """True where the step always lets time pass, so that a circle through it cannot spin."""

    id: str = Field(pattern=STEP_ID)
    title: Bilingual | None = None
    kind: str
    next: str = ""

    def arrive(self, run: Run) -> Outcome:
        """What happens when the person comes to the step, or is due at it again with nothing done yet."""
        raise NotImplementedError

    def resume(self, run: Run) -> Outcome:
        """What happens when the time the step waited for is over."""
        return self.arrive(run)

    def targets(self) -> Mapping[str, str]:
        """Label -> step id of each way out other than `next`."""
        return {}

    def ends(self) -> bool:
        """True where nobody goes on from here."""
        return False

    def templates(self) -> Iterator[tuple[str, str]]:
        """(channel, template key) of each wording the step may send."""
        return iter(())

    def scripts(self) -> Iterator[str]:
        """Keys of the scripts an agent may read at the step."""
        return iter(())
