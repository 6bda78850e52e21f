"""What a playbook file must look like. Reading one gives a checked Playbook or every problem with its place."""

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from beckon.campaigns.playbooks.bilingual import Bilingual
from beckon.campaigns.reasons import LeaveReason
from beckon.campaigns.steps.base import STEP_ID, StepSpec
from beckon.campaigns.steps.registry import STEP_KINDS
from beckon.core.wording.words import Mistake, Words

HipaaClass = Literal["treatment", "operations", "marketing", "prospect"]
TcpaClass = Literal["informational", "telemarketing"]
MessageChannel = Literal["sms", "voicemail", "email", "postal"]
Flag = Literal["mobile_captured", "details_given", "booked", "answered", "replied"]
Trigger = Literal[
    "reply_yes", "reply_no", "reply_reschedule", "reply_question", "reply_later", "wrong_person", "next_month"
]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Wording(_Part):
    """A message's words in one language."""

    body: str = Field(min_length=1)
    subject: str = ""
    back: str = ""


class TemplateSpec(_Part):
    """A message in both languages."""

    channel: MessageChannel
    en: Wording
    es: Wording


class Goal(_Part):
    """Met when all `flags` are raised. `ends`: whoever meets it leaves at once."""

    name: Bilingual
    flags: tuple[Flag, ...] = Field(min_length=1)
    ends: bool = True

    def is_met(self, raised: set[str]) -> bool:
        """True when every flag is among those raised."""
        return raised.issuperset(self.flags)


class Reaction(_Part):
    """What an event does: go to a step, leave with a reason, or rest for some days (a person will answer)."""

    go: str = ""
    leave: LeaveReason | None = None
    hold_days: int = Field(default=0, ge=0, le=60)
    call_at_once: bool = Field(default=False, description="the call opened by the step counts as asked for")

    @model_validator(mode="after")
    def _one(self) -> "Reaction":
        if sum([bool(self.go), self.leave is not None, bool(self.hold_days)]) != 1:
            raise Mistake("give exactly one of go, leave, hold_days", "escriba exactamente uno de go, leave, hold_days")
        return self


class Entry(_Part):
    """Who comes in: members of the segment condition, and people to whom one of the events happens."""

    segment: Mapping[str, Any]
    events: tuple[Literal["appointment.missed", "appointment.cancelled"], ...] = ()
    no_appointment_within_days: int = Field(default=0, ge=0, le=365)
    weekdays: tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...] = (
        "mon",
        "tue",
        "wed",
        "thu",
        "fri",
    )


class Reentry(_Part):
    """Who may come in again: after so many days, if they left with one of the reasons, so many times in all."""

    after_days: int = Field(default=0, ge=0, le=3650)
    reasons: tuple[LeaveReason, ...] = ()
    times: int = Field(default=1, ge=1, le=50)


class Returns(_Part):
    """What a booked visit is worth and what the parts of the way cost; the calculator starts from these."""

    revenue_per_visit_cents: int = Field(default=10_000, ge=0)
    booked_share: float = Field(default=0.1, ge=0, le=1)
    kept_share: float = Field(default=0.7, ge=0, le=1)


def _step(value: Any) -> Any:
    """A step by its kind, from the registry."""
    if isinstance(value, StepSpec):
        return value
    if not isinstance(value, Mapping):
        raise Mistake("a step is a mapping with id and kind", "un paso tiene nombres con valores, con id y kind")
    kind = value.get("kind")
    if kind not in STEP_KINDS:
        raise Mistake(
            "there is no step kind {kind!r}; known: {names}",
            "no hay un tipo de paso {kind!r}; se conocen: {names}",
            kind=kind,
            names=", ".join(STEP_KINDS),
        )
    return STEP_KINDS[kind].model_validate(dict(value))


AnyStep = Annotated[StepSpec, BeforeValidator(_step)]


class Playbook(_Part):
    """A journey with its words. `steps` start with the first; a step without `next` goes on with the one below."""

    key: str = Field(pattern=r"^[a-z][a-z0-9-]{1,50}$")
    title: Bilingual
    purpose: Bilingual
    hipaa_class: HipaaClass
    tcpa_class: TcpaClass
    entry: Entry
    goal: Goal
    second_goal: Goal | None = None
    reentry: Reentry = Reentry()
    win_back_after_days: int = Field(default=90, ge=0, le=3650)
    wins_back: bool = Field(default=False, description="may take in those who were lost elsewhere")
    attempts: int = Field(default=5, ge=1, le=20)
    max_days: int = Field(default=240, ge=1, le=1000)
    max_rounds: int = Field(default=12, ge=1, le=60)
    steps: tuple[AnyStep, ...] = Field(min_length=1)
    on: Mapping[Trigger, Reaction] = Field(default_factory=dict)
    templates: Mapping[str, TemplateSpec] = Field(default_factory=dict)
    scripts: Mapping[str, Bilingual] = Field(default_factory=dict)
    returns: Returns = Returns()

    @cached_property
    def by_id(self) -> dict[str, StepSpec]:
        """The steps by their id."""
        return {step.id: step for step in self.steps}

    @cached_property
    def _after(self) -> dict[str, str]:
        below = dict(zip([s.id for s in self.steps], [*[s.id for s in self.steps[1:]], ""], strict=True))
        return {step.id: step.next or below[step.id] for step in self.steps}

    def step(self, step_id: str) -> StepSpec:
        """The step. Raises KeyError; a checked playbook never names one it lacks."""
        return self.by_id[step_id]

    def title_of(self, step_id: str) -> Words:
        """What a step is called; its id without underscores where it has no title, or is of an older version."""
        step = self.by_id.get(step_id)
        if step is not None and step.title is not None:
            return step.title.words
        plain = step_id.replace("_", " ").capitalize()
        return Words(plain, plain)

    def after(self, step_id: str) -> str:
        """The id of the step that follows, "" after the last."""
        return self._after[step_id]

    @property
    def first(self) -> str:
        """Where a person starts."""
        return self.steps[0].id

    def channels(self) -> set[str]:
        """Every message channel a step may use."""
        return {channel for step in self.steps for channel, _ in step.templates()}

    def has_calls(self) -> bool:
        """True where agents are needed."""
        return any(True for step in self.steps for _ in step.scripts())

    def template_key(self, name: str) -> str:
        """The name of a wording among all templates of the organization."""
        return f"{self.key}/{name}"


__all__ = ["STEP_ID", "Playbook"]
