"""The library is whole; a broken playbook is refused with every problem and its place. No database."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from beckon.campaigns.errors import PlaybookError, UnknownPlaybook
from beckon.campaigns.playbooks.reading import (
    FOLDER,
    digest_of,
    library_keys,
    parse_playbook,
    read_definition,
    read_library,
)


def small() -> dict[str, Any]:
    """The smallest whole playbook."""
    return {
        "key": "small",
        "title": {"en": "Small", "es": "Chico"},
        "purpose": {"en": "Try", "es": "Probar"},
        "hipaa_class": "treatment",
        "tcpa_class": "informational",
        "entry": {"segment": {"everyone": True}},
        "goal": {"name": {"en": "Booked", "es": "Con cita"}, "flags": ["booked"]},
        "steps": [
            {"id": "hello", "kind": "send", "ways": [{"channel": "sms", "variants": "hello"}]},
            {"id": "week", "kind": "wait", "days": 7},
            {"id": "call", "kind": "call", "script": "talk"},
            {"id": "bye", "kind": "exit", "reason": "exhausted"},
        ],
        "templates": {
            "hello": {
                "channel": "sms",
                "en": {"body": "Hello from {{ practice_name }}. {{ opt_out }}"},
                "es": {"body": "Hola de {{ practice_name }}. {{ opt_out }}"},
            }
        },
        "scripts": {"talk": {"en": "Hello", "es": "Hola"}},
    }


def problems_after(change: Callable[[dict[str, Any]], Any]) -> str:
    definition = copy.deepcopy(small())
    change(definition)
    with pytest.raises(PlaybookError) as caught:
        parse_playbook(definition)
    return " | ".join(str(problem) for problem in caught.value.problems)


@pytest.mark.parametrize("key", library_keys())
def test_every_playbook_of_the_library_is_whole(key: str) -> None:
    playbook = read_library(key)
    assert playbook.key == key
    assert playbook.attempts == 5


def test_the_library_holds_the_five_playbooks() -> None:
    assert library_keys() == ["cancelled", "community-outreach", "no-encounter", "no-show", "reactivation"]


def test_only_outreach_takes_everybody_and_reappointment_playbooks_skip_whoever_comes_within_four_weeks() -> None:
    for key in library_keys():
        assert read_library(key).entry.no_appointment_within_days == 28


def test_reactivation_asks_for_the_last_encounter_and_never_for_the_last_appointment() -> None:
    asked = str(read_library("reactivation").entry.segment)
    assert "last_encounter" in asked
    assert "last_appointment" not in asked


def test_a_voicemail_left_rests_a_month_in_outreach_only() -> None:
    changed = {key: [s.dispositions for s in read_library(key).steps if s.kind == "call"] for key in library_keys()}  # type: ignore[attr-defined]
    assert changed.pop("community-outreach")[0] == {"LVM": {"again": "next_month"}}
    assert not any(any(found) for found in changed.values())


def test_an_unknown_playbook_is_named_with_those_there_are() -> None:
    with pytest.raises(UnknownPlaybook, match="no-show"):
        read_library("newsletter")


def test_the_small_playbook_is_whole() -> None:
    assert parse_playbook(small()).after("hello") == "week"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda d: d["steps"].pop(), "steps.call: the last step is no exit"),
        (lambda d: d["steps"][0].update(next="nowhere"), "steps.hello.next: there is no step 'nowhere'"),
        (lambda d: d["steps"][0].update(next="bye"), "steps.week: no way leads here"),
        (lambda d: d["steps"][0].update(kind="dance"), "steps[0]: there is no step kind 'dance'"),
        (lambda d: d["steps"][1].update(days=0), "a wait needs"),
        (lambda d: d["steps"][1].update(days=400), "steps[1].days"),
        (lambda d: d["steps"][1].update(until="reply", days=0, hour=9), "needs a time-out"),
        (lambda d: d["steps"].insert(1, {"id": "hello", "kind": "wait", "days": 1}), "the id 'hello' is taken"),
        (lambda d: d["steps"][0].update(refused="hello"), "without any wait or call"),
        (lambda d: d["templates"]["hello"].pop("es"), "templates.hello.es"),
        (lambda d: d["templates"].clear(), "there is no template 'hello'"),
        (lambda d: d["scripts"].clear(), "there is no script 'talk'"),
        (lambda d: d["scripts"]["talk"].update(es=""), "scripts.talk.es"),
        (lambda d: d["scripts"].update(more={"en": "a", "es": "b"}), "scripts.more: no step reads it"),
        (
            lambda d: d["templates"]["hello"]["en"].update(body="Hi {{ shoe_size }} {{ practice_name }} {{ opt_out }}"),
            "“shoe_size” is not a variable",
        ),
        (lambda d: d["templates"]["hello"]["en"].update(body="Hello {{ opt_out }}"), "practice_name"),
        (lambda d: d["templates"]["hello"]["en"].update(body="Hello from {{ practice_name }}"), "opt out"),
        (
            lambda d: d["templates"]["hello"]["en"].update(body="{{ practice_name }}: diabetes. {{ opt_out }}"),
            "diabetes",
        ),
        (lambda d: d["templates"]["hello"].update(channel="email"), "is for email, not sms"),
        (lambda d: d["entry"]["segment"].update(field="shoe"), "entry.segment"),
        (
            lambda d: d["on"].update(reply_yes={"go": "x"}) if "on" in d else d.update(on={"reply_yes": {"go": "x"}}),
            "on.reply_yes.go: there is no step 'x'",
        ),
        (lambda d: d.update(on={"reply_no": {}}), "exactly one of go, leave, hold_days"),
        (lambda d: d["steps"][2].update(dispositions={"LVM": {"again": "tomorrow"}}), "steps.call.dispositions.LVM"),
        (
            lambda d: d["steps"].insert(
                0, {"id": "fork", "kind": "branch", "cases": [{"when": {"fact": "mood", "is": "good"}, "go": "bye"}]}
            ),
            "'mood' is no fact",
        ),
        (lambda d: d.update(colour="red"), "colour"),
    ],
)
def test_a_broken_playbook_is_refused_with_the_place(change: Callable[[dict[str, Any]], Any], said: str) -> None:
    assert said in problems_after(change)


def test_a_digest_does_not_depend_on_the_order_of_keys() -> None:
    definition = read_definition(FOLDER / "no-show" / "playbook.yaml")
    assert digest_of(definition) == digest_of(dict(reversed(list(definition.items()))))
