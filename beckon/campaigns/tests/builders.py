"""Values for the tests of rules: facts, snapshots, little playbooks. No database."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from beckon.campaigns.journey.values import Effects, Facts, Snapshot
from beckon.campaigns.playbooks.schema import Playbook
from beckon.consent.facts import Basis, Entry, Mark, PersonFacts, Point
from beckon.consent.law.hours import Place

NOW = datetime(2026, 11, 16, 15, 0, tzinfo=UTC)
NEW_YORK = Place(frozenset({"NY"}), frozenset({"America/New_York"}))
HELLO = {"channel": "sms", "en": {"body": "x"}, "es": {"body": "x"}}


def point(kind: str = "phone", line: str = "mobile", number: int = 1, **more: Any) -> Point:
    return Point(
        contact_point_id=number,
        number_id=number,
        owner_id=1,
        kind=kind,
        value=f"+1212555{number:04}",
        line_type=line,
        place=NEW_YORK,
        **more,
    )


def consent(channel: str = "all", mark: Mark = Mark.GRANTED, basis: Basis = Basis.WRITTEN) -> Entry:
    return Entry(1, None, channel, "all", mark, basis)


def facts(
    *points: Point, entries: Sequence[Entry] | None = None, person: dict[str, Any] | None = None, **more: Any
) -> Facts:
    return Facts(
        person=PersonFacts(
            1,
            points=points,
            entries=tuple([consent()] if entries is None else entries),
            place=NEW_YORK,
            **(person or {}),
        ),
        **more,
    )


MOBILE = facts(point())
LANDLINE = facts(point(line="landline"))


def playbook(*steps: dict[str, Any], **more: Any) -> Playbook:
    """A playbook of these steps; texts named hello, drop, and month-1 to month-3 and the script talk are there."""
    names = {"hello": HELLO, "other": HELLO, "drop": HELLO | {"channel": "voicemail"}}
    names |= {f"month-{n}": HELLO for n in (1, 2, 3)}
    definition: dict[str, Any] = {
        "key": "trial",
        "title": {"en": "T", "es": "T"},
        "purpose": {"en": "T", "es": "T"},
        "hipaa_class": "treatment",
        "tcpa_class": "informational",
        "entry": {"segment": {"everyone": True}},
        "goal": {"name": {"en": "B", "es": "B"}, "flags": ["booked"]},
        "steps": list(steps),
        "templates": names,
        "scripts": {"talk": {"en": "x", "es": "x"}},
    }
    return Playbook.model_validate(definition | more)


def snapshot(step: str, **more: Any) -> Snapshot:
    values: dict[str, Any] = {
        "enrollment_id": 5,
        "campaign_id": 2,
        "person_id": 1,
        "key": "MRN-1",
        "campaign": "trial",
        "seed": 7,
        "step": step,
        "round": 0,
        "waiting_for": "",
        "due_at": NOW,
        "enrolled_at": NOW,
        "memory": {"visits": {step: 1}},
    }
    return Snapshot(**values | more)


def after(effects: Effects, **more: Any) -> Snapshot:
    """The enrollment as the effects leave it."""
    return snapshot(
        effects.step,
        round=effects.round,
        waiting_for=effects.waiting_for,
        due_at=effects.due_at,
        memory=effects.memory,
        goal_met_at=effects.goal_met_at,
        second_goal_met_at=effects.second_goal_met_at,
        **more,
    )


SEND = {"id": "send", "kind": "send", "ways": [{"channel": "sms", "variants": "hello"}]}
WEEK = {"id": "week", "kind": "wait", "days": 7}
CALL = {"id": "call", "kind": "call", "script": "talk"}
BYE = {"id": "bye", "kind": "exit", "reason": "exhausted"}
