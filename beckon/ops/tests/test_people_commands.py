"""`beckon segment save|list|show`, `beckon person merge|unmerge`, `beckon duplicates`."""

import json
from datetime import datetime
from typing import Any

import pytest

from beckon.core.audit.models import AuditEntry
from beckon.desk.tests.samples import make_person, make_tasks
from beckon.ops.commands.calls import desk_dispose, desk_next
from beckon.ops.commands.people import (
    duplicates,
    person_merge,
    person_unmerge,
    segment_count,
    segment_list,
    segment_save,
    segment_show,
)
from beckon.ops.commands.staff import users_add
from beckon.ops.tests.running import run
from beckon.people.errors import MergeRefused
from beckon.people.models import Person
from beckon.segments.errors import SegmentChanged, UnknownSegment

NOT_OWN = '{"not": {"field": "origin", "op": "is", "value": "own"}}'
OLD = f'{{"all": [{{"field": "age", "op": "at_least", "value": 50}}, {NOT_OWN}]}}'
YOUNG = '{"field": "age", "op": "fewer_than", "value": 50}'


def test_a_saved_segment_is_versioned_listed_shown_in_words_and_counted(
    org: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    run(segment_save, "Fifty on", "--condition", OLD)
    run(segment_save, "Fifty on", "--condition", YOUNG, "--version", "1")
    capsys.readouterr()
    run(segment_list, "--json")
    assert [(s["name"], s["version"]) for s in json.loads(capsys.readouterr().out)] == [("Fifty on", 2)]
    run(segment_show, "Fifty on", "--version", "1", "--language", "en")
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Fifty on, version 1"
    assert lines[1:4] == ["  all of these:", "    age: at least 50 years", "    not:"]
    run(segment_show, "Fifty on", "--json")
    shown = capsys.readouterr().out
    assert run(segment_count, "--condition", shown, "--json") == 0


def test_a_segment_somebody_else_changed_or_that_is_not_there_is_refused(org: Any) -> None:
    run(segment_save, "Fifty on", "--condition", OLD)
    with pytest.raises(SegmentChanged):
        run(segment_save, "Fifty on", "--condition", YOUNG, "--version", "7")
    for words in (("Nobody",), ("Fifty on", "--version", "2")):
        with pytest.raises(UnknownSegment):
            run(segment_show, *words)


def test_a_segment_goes_out_of_use_and_comes_back(org: Any, capsys: pytest.CaptureFixture[str]) -> None:
    run(segment_save, "Fifty on", "--condition", OLD)
    run(segment_save, "Fifty on", "--archive")
    capsys.readouterr()
    run(segment_list)
    assert "none yet" in capsys.readouterr().out
    run(segment_list, "--all")
    assert "out of use" in capsys.readouterr().out
    run(segment_save, "Fifty on", "--condition", OLD)
    capsys.readouterr()
    run(segment_list)
    assert "Fifty on" in capsys.readouterr().out


def test_what_an_agent_reported_is_listed_until_it_is_merged_and_again_when_taken_back(
    org: Any, now: datetime, capsys: pytest.CaptureFixture[str]
) -> None:
    one, other = make_person(now, 1), make_person(now, 2)
    task = make_tasks(now, [one])[0]
    run(users_add, "dana@example.org", "--role", "agent")
    who = ("--as", "dana@example.org")
    run(desk_next, *who, "--queue", "calls")
    run(desk_dispose, "DUPLICATE", "--task", str(task.pk), "--other", str(other.pk), *who)
    assert listed(capsys) == [(one.pk, other.pk)]
    assert AuditEntry.objects.get(action="duplicates.listed").object_ids == [one.pk, other.pk]
    run(person_merge, str(one.pk), str(other.pk))
    assert Person.objects.get(pk=other.pk).merged_into == one.pk
    assert listed(capsys) == []
    run(person_unmerge, str(other.pk))
    assert listed(capsys) == [(one.pk, other.pk)]
    with pytest.raises(MergeRefused):
        run(person_unmerge, str(other.pk))


def listed(capsys: pytest.CaptureFixture[str]) -> list[tuple[int, int | None]]:
    capsys.readouterr()
    run(duplicates, "--json")
    return [(each["person"], each["named"]) for each in json.loads(capsys.readouterr().out)]
