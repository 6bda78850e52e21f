"""The hard limits of the house. The list of exceptions is dated and may only shrink."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MAX_FILE, MAX_FUNCTION, MAX_FOLDER, MAX_CORE = 500, 60, 15, 12
EXCEPTIONS: dict[str, str] = {}
"""path or path::function -> date and reason"""


def python_files() -> Iterator[Path]:
    for top in ("beckon", "tests"):
        for path in (ROOT / top).rglob("*.py"):
            if "migrations" not in path.parts:
                yield path


def test_files_are_short() -> None:
    long = [
        f"{path.relative_to(ROOT)} has {count} lines"
        for path in python_files()
        if (count := len(path.read_text().splitlines())) > MAX_FILE and str(path.relative_to(ROOT)) not in EXCEPTIONS
    ]
    assert long == []


def test_functions_are_short() -> None:
    long = []
    for path in python_files():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
                name = f"{path.relative_to(ROOT)}::{node.name}"
                if node.end_lineno - node.lineno + 1 > MAX_FUNCTION and name not in EXCEPTIONS:
                    long.append(name)
    assert long == []


def test_folders_are_small() -> None:
    counts: dict[Path, int] = {}
    for path in python_files():
        if path.name != "__init__.py":
            counts[path.parent] = counts.get(path.parent, 0) + 1
    crowded = {str(f.relative_to(ROOT)): n for f, n in counts.items() if n > MAX_FOLDER}
    assert crowded == {}
    assert counts[ROOT / "beckon/core"] <= MAX_CORE


def test_package_files_hold_nothing_in_init() -> None:
    full = [str(p.relative_to(ROOT)) for p in python_files() if p.name == "__init__.py" and p.read_text().strip()]
    assert full == []


def test_every_module_starts_with_what_it_is_for() -> None:
    silent = [
        str(p.relative_to(ROOT))
        for p in python_files()
        if p.name not in ("__init__.py",) and not ast.get_docstring(ast.parse(p.read_text()))
    ]
    assert silent == []


def test_names_say_something() -> None:
    vague = {"utils", "helpers", "common", "manager", "misc", "service", "services"}
    assert [str(p.relative_to(ROOT)) for p in python_files() if p.stem in vague] == []
