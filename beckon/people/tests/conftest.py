"""Fixtures of the people package: an importer that works in a folder of the test's own."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from beckon.core.actors import SYSTEM
from beckon.people.importing.options import ImportOptions
from beckon.people.importing.running import Result, prepare_import, run_import

Importer = Callable[..., Result]


@pytest.fixture
def take_in(org: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, now: datetime) -> Importer:
    """Import a text or a file into the test organization: `take_in(text_or_path, source="s", **options)`."""
    monkeypatch.setenv("BECKON_HOME", str(tmp_path / "home"))

    def run(
        content: str | Path, *, source: str = "s", name: str = "people.csv", at: datetime = now, **options: Any
    ) -> Result:
        path = content if isinstance(content, Path) else tmp_path / name
        if isinstance(content, str):
            path.write_text(content, encoding="utf-8", newline="")
        import_id = prepare_import(org, path, source_name=source, options=ImportOptions(**options), by=SYSTEM, now=at)
        return run_import(org, import_id, by=SYSTEM, now=at)

    return run
