"""Whatever the playbook and whatever happens: it ends, nobody is lost, nobody is called or texted too often."""

from datetime import datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from beckon.campaigns.journey.values import Effects, Facts
from beckon.campaigns.playbooks.checks import problems_of
from beckon.campaigns.playbooks.reading import library_keys, read_library
from beckon.campaigns.playbooks.schema import Playbook
from beckon.campaigns.reactions import Happening, react
from beckon.campaigns.rules import advance
from beckon.campaigns.tests.builders import BYE, LANDLINE, MOBILE, NOW, after, facts, playbook, snapshot

SHAPE_PROBLEMS = ("no way leads here", "no exit can", "no step sends", "no step reads", "templates.", "scripts.")
PEOPLE = [MOBILE, LANDLINE, facts(), facts(entries=[])]


@st.composite
def playbooks(draw: Any) -> Playbook:
    """Playbooks of up to six steps in any order, with any jumps that the checks let pass."""
    number = draw(st.integers(1, 6))
    ids = [f"s{n}" for n in range(number)]
    steps = [_step(draw, id_, [*ids, "bye"]) for id_ in ids]
    triggers = draw(
        st.dictionaries(
            st.sampled_from(["reply_yes", "reply_later", "next_month"]), st.sampled_from(ids).map(lambda go: {"go": go})
        )
    )
    book = playbook(
        *steps,
        BYE,
        on=triggers,
        attempts=draw(st.integers(1, 5)),
        max_rounds=draw(st.integers(1, 6)),
        max_days=draw(st.integers(1, 300)),
    )
    spinning = [p for p in problems_of(book) if "without any wait or call" in str(p)]
    return book if not spinning else playbook({"id": "s0", "kind": "wait", "days": 1}, BYE)


def _step(draw: Any, id_: str, targets: list[str]) -> dict[str, Any]:
    go = st.sampled_from(targets)
    kind = draw(st.sampled_from(["send", "wait", "call", "branch", "goal"]))
    step: dict[str, Any] = {"id": id_, "kind": kind}
    if draw(st.booleans()):
        step["next"] = draw(go)
    match kind:
        case "send":
            step["ways"] = [{"channel": "sms", "variants": {"a": ["hello", "other"], "b": "other"}}]
            if draw(st.booleans()):
                step["refused"] = draw(go)
        case "wait":
            step |= draw(st.sampled_from([{"days": 1}, {"hours": 5}, {"months": 1, "hour": 9}, {"weekdays": ["sun"]}]))
        case "call":
            step |= {"script": "talk", "outcomes": {"next_month": draw(go), "exhausted": draw(go)}}
        case "branch":
            step["cases"] = [{"when": {"fact": "attempts", "at_least": 1}, "go": draw(go)}]
    return step


HAPPENINGS = st.sampled_from(
    [
        Happening("message.received", {"meaning": "yes", "channel": "sms"}),
        Happening("message.received", {"meaning": "later"}),
        Happening("message.received", {"meaning": "question"}),
        Happening("message.failed", {"step": "s0"}),
        Happening("task.closed", {"step": "s1", "reason": "exhausted"}),
        None,
        None,
    ]
)


@settings(max_examples=150, deadline=None)
@given(playbooks(), st.sampled_from(PEOPLE), st.lists(HAPPENINGS, max_size=30), st.randoms(use_true_random=False))
def test_every_journey_ends_within_its_limits(
    book: Playbook, who: Facts, events: list[Happening | None], luck: Any
) -> None:
    journey = Journey(book, who)
    for event in events:
        if journey.last.left is None:
            journey.next(event, luck.choice(["NOANS", "NOT_NOW", "ANSWERED"]))
    for _ in range(3000):
        if journey.last.left is not None:
            break
        journey.next(None, "NOANS")
    assert journey.last.left is not None, "a journey must end"
    assert journey.calls <= book.attempts
    assert journey.now <= NOW + timedelta(days=book.max_days + 400)


class Journey:
    """One person's way, with the invariants asserted at every turn."""

    def __init__(self, book: Playbook, who: Facts) -> None:
        self.book, self.who, self.now = book, who, NOW
        self.calls, self.keys = 0, set[tuple[str, int]]()
        self.last = self._checked(advance(snapshot(book.first), who, book, NOW))

    def next(self, event: Happening | None, code: str) -> None:
        """Let the event happen, else an attempt of the open call be made, else the time come."""
        where = after(self.last)
        if event is not None:
            done = react(where, self.book, event, self.now)
            if done is not None:
                self.last = self._checked(done)
            return
        if where.waiting_for == "task":
            self._call(code)
            return
        assert where.due_at is not None
        self.now = max(self.now, where.due_at)
        self.last = self._checked(advance(where, self.who, self.book, self.now))

    def _call(self, code: str) -> None:
        """As the desk does: the task counts its attempts and closes when they are used up, or for next month."""
        where = after(self.last)
        self.calls += 1
        self.made += 1
        is_monthly = code == "NOT_NOW"
        is_over = is_monthly or self.made >= self.allowed
        data = {
            "code": code,
            "step": where.step,
            "round": where.round,
            "attempts": self.made,
            "closed": is_over,
            "closed_reason": "exhausted" if is_over else "",
            "next_month": is_monthly,
        }
        self.now += timedelta(days=7)
        done = react(where, self.book, Happening("call.disposed", data), self.now)
        assert done is not None
        self.last = self._checked(done)

    def _checked(self, done: Effects) -> Effects:
        assert (done.left is None) != (done.due_at is None), "either due or left"
        said = {line.outcome for line in done.records}
        assert len(done.messages) == sum(line.outcome == "sent" for line in done.records), "every message is on record"
        assert done.left is None or "left" in said, "every leaving is on record"
        for message in done.messages:
            assert (message.step, message.round) not in self.keys, "nothing is sent twice"
            self.keys.add((message.step, message.round))
        for task in done.tasks:
            assert self.calls + task.max_attempts <= self.book.attempts, "attempts are counted over all steps"
            self.allowed, self.made = task.max_attempts, 0
        return done


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(library_keys()), st.sampled_from(PEOPLE), st.integers(0, 23))
def test_the_same_inputs_give_the_same_effects_for_every_playbook_of_the_library(
    key: str, who: Facts, hour: int
) -> None:
    book = read_library(key)
    at: datetime = NOW.replace(hour=hour)
    assert advance(snapshot(book.first), who, book, at) == advance(snapshot(book.first), who, book, at)
