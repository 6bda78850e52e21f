"""The how-tos are followed to the letter: what they say works. No database."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from beckon.campaigns.playbooks.reading import parse_playbook
from beckon.campaigns.rules import advance
from beckon.campaigns.steps.base import StepSpec
from beckon.campaigns.steps.registry import STEP_KINDS
from beckon.campaigns.tests.builders import MOBILE, NOW, snapshot

HOWTO = Path(__file__).resolve().parents[3] / "docs" / "howto"


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", (HOWTO / page).read_text(encoding="utf-8"), re.DOTALL)


def test_the_playbook_of_the_howto_is_whole_and_runs() -> None:
    book = parse_playbook(yaml.safe_load(blocks("add-a-playbook.md", "yaml")[0]))
    done = advance(snapshot(book.first), MOBILE, book, NOW)
    assert [m.channel for m in done.messages] == ["sms"]
    assert done.step == "days"


def test_the_step_kind_of_the_howto_works_once_its_line_is_in_the_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    code = blocks("add-a-step.md", "python")[0]
    module: dict[str, Any] = {"__name__": "beckon.campaigns.steps.share"}
    exec(compile(code, "share.py", "exec"), module)  # noqa: S102 - the code of our own page
    kinds = [k for k in module.values() if isinstance(k, type) and issubclass(k, StepSpec) and k is not StepSpec]
    monkeypatch.setitem(STEP_KINDS, "share", kinds[0])
    definition = yaml.safe_load(blocks("add-a-playbook.md", "yaml")[0])
    definition["steps"][0:0] = yaml.safe_load(blocks("add-a-step.md", "yaml")[0])
    book = parse_playbook(definition)
    ways = [advance(snapshot("half", key=f"MRN-{n}"), MOBILE, book, NOW).left for n in range(100)]
    assert 30 < sum(left is None for left in ways) < 70


def test_the_howto_names_every_step_kind() -> None:
    page = (HOWTO / "add-a-step.md").read_text(encoding="utf-8")
    assert all(f"`{kind}`" in page for kind in STEP_KINDS)
