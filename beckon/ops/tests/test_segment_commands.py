"""`beckon segment count` and `beckon segment explain`: what they print, and that a look is on record."""

import argparse
import json
from datetime import datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from beckon.core.actors import SYSTEM
from beckon.core.audit.models import AuditEntry
from beckon.ops.commands.people import segment_count, segment_explain
from beckon.people.models import Person
from beckon.segments.actions import save_segment
from beckon.segments.conditions import parse_text
from beckon.segments.errors import InvalidCondition

CONDITION = '{"field": "last_encounter", "op": "more_than_ago", "value": 365}'


@pytest.fixture
def person(org: Any, now: datetime) -> Person:
    seen = now - timedelta(days=400)
    return Person.objects.create(name_key="", origin="own", last_encounter_at=seen, created_at=now, updated_at=now)


def _run(command: ModuleType, *words: str) -> int:
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    code: int = command.run(parser.parse_args(["--org", "test", *words]))
    return code


def test_the_count_comes_from_a_file_a_name_or_the_line(
    person: Person, now: datetime, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "cond.json"
    file.write_text("\ufeff" + CONDITION)
    save_segment(name="Long gone", definition=parse_text(CONDITION), by=SYSTEM, now=now)
    for source in (("--file", str(file)), ("--name", "Long gone"), ("--condition", CONDITION)):
        assert _run(segment_count, *source, "--sample", "3", "--json") == 0
        printed = json.loads(capsys.readouterr().out)
        assert (printed["count"], printed["exact"], printed["sample"]) == (1, True, [person.pk])


def test_a_condition_that_is_not_one_is_refused(person: Person) -> None:
    with pytest.raises(InvalidCondition, match=r"\$\.where\.field"):
        _run(segment_count, "--condition", '{"field": "nonsense", "op": "is", "value": 1}')


def test_the_explanation_is_printed_and_the_look_is_on_record(
    person: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(segment_explain, "--condition", CONDITION, "--person", str(person.pk), "--language", "es") == 0
    assert capsys.readouterr().out.splitlines() == [
        f"{person.pk}: dentro",
        "  sí  última visita: hace más de 365 días  [12 oct 2025 15:00 UTC]",
    ]
    assert AuditEntry.objects.get(action="segment.explained").object_ids == [person.pk]
