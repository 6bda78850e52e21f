"""Deciding once for all who are alike gives everybody what they would get alone, with their own ids. No database."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beckon.campaigns.journey import alike as alike_module
from beckon.campaigns.journey.alike import Alike
from beckon.campaigns.journey.values import Effects, Facts, Snapshot
from beckon.campaigns.playbooks.reading import library_keys, read_library
from beckon.campaigns.playbooks.schema import Playbook
from beckon.campaigns.rules import advance
from beckon.campaigns.tests.builders import BYE, CALL, NOW, consent, facts, playbook, point, snapshot
from beckon.campaigns.tests.test_stepper_properties import playbooks
from beckon.consent.facts import Mark
from beckon.consent.law.hours import Place

CALIFORNIA = Place(frozenset({"CA"}), frozenset({"America/Los_Angeles"}))
AB = {"a": ["hello", "other"], "b": "other"}
EVERY_QUESTION = playbook(
    {"id": "sort", "kind": "branch", "cases": [
        {"when": {"fact": "language", "is": "es"}, "go": "visit"},
        {"when": {"fact": "days_since_encounter", "at_least": 30}, "go": "pause"},
        {"when": {"fact": "has_appointment", "is": True}, "go": "visit"},
        {"when": {"fact": "last_appointment_outcome", "is": "missed"}, "go": "call"},
    ]},
    {"id": "text", "kind": "send", "ways": [
        {"channel": "sms", "line": "mobile", "variants": AB}, {"channel": "voicemail", "variants": {"a": "drop"}},
    ]},
    {"id": "pause", "kind": "wait", "days": 2, "hour": 10, "next": "text"},
    {"id": "visit", "kind": "wait", "appointment": {"days_before": 1}, "hours": 2},
    {"id": "answer", "kind": "send", "reply": True, "ways": [{"channel": "sms", "variants": AB}], "refused": "bye"},
    {"id": "again", "kind": "send", "ways": [{"channel": "sms", "variants": "hello"}]},
    CALL,
    BYE,
    entry={"segment": {"everyone": True}, "no_appointment_within_days": 5},
)  # fmt: skip


def copy_of(effects: Effects) -> Effects:
    """Without the pattern, which nobody has who was decided alone."""
    return effects._replace(pattern=None)


points = st.builds(
    point,
    kind=st.sampled_from(["phone", "phone", "email"]),
    line=st.sampled_from(["mobile", "landline", "unknown"]),
    number=st.integers(1, 3),
    is_dead=st.booleans(),
    rank=st.integers(1, 2),
    is_guardian=st.booleans(),
    suppressed=st.sampled_from([frozenset(), frozenset(), frozenset({("complaint", "all")})]),
)
entries = st.lists(
    st.builds(consent, st.sampled_from(["all", "sms", "voice"]), st.sampled_from([Mark.GRANTED, Mark.REVOKED])),
    max_size=2,
)
days = st.integers(-3, 40).map(lambda n: NOW + timedelta(days=n, hours=n % 7))
traits = st.fixed_dictionaries(
    {},
    optional={
        "is_deceased": st.just(True),
        "birth_date": st.just(date(2015, 1, 1)),
        "preferred_channel": st.sampled_from(["sms", "email"]),
        "preferred_hour": st.integers(8, 18),
        "recent_contacts": st.integers(1, 200).map(lambda hours: (NOW - timedelta(hours=hours),)),
        "last_call_at": st.integers(1, 9).map(lambda days: NOW - timedelta(days=days)),
    },
)
hot = st.fixed_dictionaries(
    {},
    optional={
        "language": st.sampled_from(["en", "es"]),
        "time_zone": st.sampled_from(["America/New_York", "America/Los_Angeles"]),
        "last_encounter_at": st.integers(0, 60).map(lambda n: NOW - timedelta(days=n)),
        "next_appointment_at": days,
        "last_appointment_outcome": st.sampled_from(["", "missed"]),
    },
)
memories = st.sampled_from(
    [
        {},
        {"visits": {"s0": 1}},
        {"flags": ["booked"]},
        {"reply_at": (NOW - timedelta(minutes=3)).isoformat(), "reply": "yes"},
        {"attempts": 4, "call_asked": True},
    ]
)


@st.composite
def people(draw: Any, book: Playbook) -> tuple[Snapshot, Facts]:
    number = draw(st.integers(1, 40))
    where = snapshot(
        draw(st.sampled_from([*book.by_id, "gone"])),
        enrollment_id=1000 + number,
        person_id=number,
        key=f"MRN-{number}",
        round=draw(st.integers(0, 2)),
        waiting_for=draw(st.sampled_from(["", "", "time", "task"])),
        due_at=NOW - timedelta(minutes=number),
        enrolled_at=NOW - timedelta(days=draw(st.sampled_from([0, 3, 400]))),
        goal_met_at=draw(st.sampled_from([None, NOW - timedelta(days=1)])),
        memory=draw(memories),
    )
    mine = [
        p._replace(contact_point_id=number * 100 + n, owner_id=number)
        for n, p in enumerate(draw(st.lists(points, max_size=3)))
    ]
    ledger = [e._replace(person_id=number) for e in draw(entries)]
    found = facts(*mine, entries=ledger, person=draw(traits), **draw(hot))
    return where, found._replace(person=found.person._replace(person_id=number))


@settings(max_examples=250, deadline=None)
@given(st.data(), st.just(EVERY_QUESTION) | playbooks() | st.sampled_from(library_keys()).map(read_library))
def test_whoever_is_decided_with_others_gets_what_they_would_get_alone(data: Any, book: Playbook) -> None:
    now = NOW + timedelta(hours=data.draw(st.integers(0, 23)))
    together = Alike(now)
    for where, who in data.draw(st.lists(people(book), min_size=2, max_size=12)):
        assert copy_of(together.advance(where, who, book)) == advance(where, who, book, now)


NOTHING_YET: dict[str, Any] = {}

# Two people who differ in one thing, and that thing decides: whoever leaves it out gives one the effects of the other.
MOBILE, SPANISH = facts(point()), facts(point(), language="es")
DECIDING: dict[str, tuple[str, Facts, Facts]] = {
    "gone": ("text", MOBILE, facts(point(), person={"is_deceased": True})),
    "visit soon": ("text", MOBILE, facts(point(), next_appointment_at=NOW + timedelta(days=2))),
    "line": ("text", MOBILE, facts(point(line="landline"))),
    "permission": ("again", MOBILE, facts(point(), entries=[])),
    "later": ("again", MOBILE, facts(point()._replace(place=CALIFORNIA))),
    "language": ("sort", MOBILE, SPANISH),
    "encounter": ("sort", MOBILE, facts(point(), last_encounter_at=NOW - timedelta(days=90))),
    "outcome": ("sort", MOBILE, facts(point(), last_appointment_outcome="missed")),
    "clock": ("pause", MOBILE, facts(point(), time_zone="America/Los_Angeles")),
    "visit": (
        "visit",
        facts(point(), next_appointment_at=NOW + timedelta(days=8)),
        facts(point(), next_appointment_at=NOW + timedelta(days=9)),
    ),
}


@pytest.mark.parametrize(("step", "one", "other"), DECIDING.values(), ids=DECIDING)
def test_everything_that_decides_is_asked(step: str, one: Facts, other: Facts, monkeypatch: pytest.MonkeyPatch) -> None:
    where = snapshot(step, memory=NOTHING_YET)
    alone = [advance(where, who, EVERY_QUESTION, NOW) for who in (one, other)]
    assert alone[0] != alone[1]
    together = Alike(NOW)
    assert [copy_of(together.advance(where, who, EVERY_QUESTION)) for who in (one, other)] == alone
    monkeypatch.setattr(alike_module, "_Fork", DeafFork)
    careless = Alike(NOW)
    careless.advance(where, one, EVERY_QUESTION)
    try:
        wrong = copy_of(careless.advance(where, other, EVERY_QUESTION))
    except IndexError:  # a message, and no address that the gate allowed
        return
    assert wrong == alone[0]


class DeafFork(alike_module._Fork):
    """Goes the one way it knows, whatever the answer."""

    def __init__(self, question: Any) -> None:
        super().__init__(question)
        self.ways = AnyAnswer()


class AnyAnswer(dict[Any, Any]):
    def get(self, key: Any, default: Any = None) -> Any:
        return next(iter(self.values()))


def test_a_draw_is_each_persons_own_and_those_who_draw_alike_share_one_pattern() -> None:
    together = Alike(NOW)
    alone, shared = [], []
    for number in range(40):
        where = snapshot("text", key=f"MRN-{number}", enrollment_id=number, memory=NOTHING_YET)
        alone.append(advance(where, MOBILE, EVERY_QUESTION, NOW))
        shared.append(together.advance(where, MOBILE, EVERY_QUESTION))
    assert [each.messages for each in shared] == [each.messages for each in alone]
    assert len({id(each.pattern) for each in shared}) == 2


def test_a_step_that_asks_its_snapshot_who_it_is_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(EVERY_QUESTION.step("text")), "arrive", lambda self, run: run.snapshot.key)
    with pytest.raises(AttributeError):
        Alike(NOW).advance(snapshot("text"), MOBILE, EVERY_QUESTION)
