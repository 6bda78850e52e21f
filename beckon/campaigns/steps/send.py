"""The step that queues one message: the first way that fits the line and that the consent gate allows."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import cached_property
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from beckon.campaigns.journey.values import Go, MessageWish, Outcome, Stay
from beckon.campaigns.steps.base import Run, StepSpec
from beckon.campaigns.steps.lines import line as line_asked
from beckon.consent.facts import Ask
from beckon.consent.verdict import Allowed, Later, Refused

Line = Literal["any", "mobile", "landline", "unknown"]
MessageChannel = Literal["sms", "voicemail", "email", "postal"]


class Variant(BaseModel):
    """One wording under test: its share, and a template for each return to the step (the last one repeats)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    weight: float = Field(default=1, gt=0)
    templates: tuple[str, ...] = Field(min_length=1)


class Way(BaseModel):
    """One channel, for people with that kind of line. `template` is short for a single variant."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    channel: MessageChannel
    line: Line = "any"
    variants: Mapping[str, Variant]

    @cached_property
    def only(self) -> str:
        """The variant where there is no choice, else empty."""
        return next(iter(self.variants)) if len(self.variants) == 1 else ""

    @cached_property
    def weights(self) -> dict[str, float]:
        """The share of each variant."""
        return {name: variant.weight for name, variant in self.variants.items()}

    @field_validator("variants", mode="before")
    @classmethod
    def _short_forms(cls, value: object) -> object:
        """`variants: key` and `variants: {a: key}` and `{a: [first, second]}` are understood."""
        if isinstance(value, str | list):
            value = {"a": value}
        if isinstance(value, dict):
            return {name: _variant(form) for name, form in value.items()}
        return value


def _variant(form: object) -> object:
    if isinstance(form, str):
        return {"templates": [form]}
    return {"templates": form} if isinstance(form, list) else form


class SendStep(StepSpec):
    """Send the first of `ways` that may be used; a way that may be used later is waited for.

    A refusal tries the next way; where none is left the person goes to `refused`, else on. `failed` is where
    someone goes whose message could not be delivered. `gives` raises flags that goals ask about.
    `reply`: the message answers what the person just wrote and may go at once, beside the caps.
    """

    kind: Literal["send"]
    ways: tuple[Way, ...] = Field(min_length=1)
    refused: str = ""
    failed: str = ""
    gives: tuple[str, ...] = ()
    reply: bool = False
    expires_hours: int = Field(default=24, ge=1, le=24 * 14)

    def arrive(self, run: Run) -> Outcome:
        """Queue the message, wait for the hour, or go on with the reasons why not."""
        line = run.learn(line_asked)
        for way in self.ways:
            if way.line not in ("any", line):
                continue
            ask = run.ask(way.channel, is_reply=self.reply)
            match run.judge(ask) if self.reply else run.may(way.channel):
                case Allowed(point=point):
                    self._send(run, way, point.contact_point_id, ask)
                    return Go(run.playbook.after(self.id))
                case Later(not_before=not_before, reason=reason):
                    run.record("later", reason, channel=way.channel)
                    return Stay(not_before, "")
                case Refused(reason=reason, detail=why):
                    run.record("refused", reason, channel=way.channel, **({"why": why} if why else {}))
        if not run.records or run.records[-1].step != self.id:
            run.record("skipped", f"line_{line}")
        return Go(self.refused or run.playbook.after(self.id))

    def _send(self, run: Run, way: Way, contact_point_id: int, ask: Ask) -> None:
        name, template = self.wording(run, way)
        is_mail = way.channel == "postal"
        run.messages.append(
            MessageWish(
                step=self.id,
                round=run.round,
                channel=way.channel,
                template=template,
                variant=name,
                contact_point_id=contact_point_id,
                expires_at=None if is_mail else run.now + timedelta(hours=self.expires_hours),
                purpose=ask.purpose.value,
                requested_at=ask.requested_at,
            )
        )
        run.memory["sent"] = self.id
        for flag in self.gives:
            run.raise_flag(flag)
        run.record("sent", channel=way.channel, template=template, variant=name)

    def wording(self, run: Run, way: Way) -> tuple[str, str]:
        """(variant, template): the variant drawn once per person and step, the template by the round."""
        name = way.only or run.choose(way.weights, self.id)
        templates = way.variants[name].templates
        return name, templates[min(run.round, len(templates) - 1)]

    def targets(self) -> Mapping[str, str]:
        """Where refusals and failures lead."""
        return {label: step for label, step in (("refused", self.refused), ("failed", self.failed)) if step}

    def templates(self) -> Iterator[tuple[str, str]]:
        """Every wording of every way."""
        for way in self.ways:
            for variant in way.variants.values():
                for template in variant.templates:
                    yield way.channel, template
