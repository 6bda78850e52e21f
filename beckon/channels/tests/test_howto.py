"""Follows docs/howto/add-a-carrier.md to the letter: makes its carrier, registers it, runs its tests."""

import asyncio
import importlib.util
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from beckon.channels.carriers import registry
from beckon.channels.carriers.conformance import CHECKS, Check

HOWTO = Path(__file__).parents[3] / "docs" / "howto" / "add-a-carrier.md"
BLOCK = re.compile(r"^```python file=(\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINE = re.compile(r'^"(\w+)": "([\w.]+)",$')


def load(name: str, path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The how-to, done: its carrier registered and its test module loaded."""
    blocks = dict(BLOCK.findall(HOWTO.read_text(encoding="utf-8")))
    assert set(blocks) == {"carrier.py", "registry-line", "test_pipe.py"}
    line = LINE.match(blocks["registry-line"].strip())
    assert line is not None
    before = set(sys.modules)
    for name in ("carrier.py", "test_pipe.py"):
        (tmp_path / name).write_text(blocks[name], encoding="utf-8")
    load(line[2], tmp_path / "carrier.py")
    monkeypatch.setattr(registry, "CARRIERS", {**registry.CARRIERS, line[1]: line[2]})
    yield load("howto_test_pipe", tmp_path / "test_pipe.py")
    for name in set(sys.modules) - before:
        if name in {line[2], "howto_test_pipe"}:
            del sys.modules[name]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_carrier_of_the_howto(check: Check, followed: ModuleType) -> None:
    asyncio.run(check(followed.PipeWorld))


def test_the_howto_runs_the_whole_suite(followed: ModuleType) -> None:
    (mark,) = followed.test_the_pipe_carrier.pytestmark
    assert mark.args[1] is CHECKS
