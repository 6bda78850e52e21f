"""The commands about playbooks and campaigns: what they print and when they refuse."""

import argparse
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from beckon.ops.commands.campaigns import playbooks

PAGE = Path(__file__).resolve().parents[3] / "docs" / "howto" / "add-a-playbook.md"


def run(command: ModuleType, *words: str) -> int:
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    code: int = command.run(parser.parse_args(list(words)))
    return code


def test_playbooks_lists_shows_and_refuses(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(playbooks) == 0
    assert "community-outreach" in capsys.readouterr().out
    assert run(playbooks, "no-show", "--language", "es") == 0
    assert "Recuperación de ausencias" in capsys.readouterr().out


def test_a_playbook_file_is_checked_with_the_place_of_each_problem(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    blocks: list[Any] = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text(blocks[0], encoding="utf-8")
    bad.write_text(blocks[0].replace("{{ opt_out }}", ""), encoding="utf-8")
    assert run(playbooks, "--check", str(good)) == 0
    assert run(playbooks, "--check", str(bad)) == 1
    assert "templates.invite.en.body line 1" in capsys.readouterr().out
