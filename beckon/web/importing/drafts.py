"""Files that were sent and are not imported yet: each in a folder of its own under BECKON_HOME, with what is known.

A draft belongs to who sent it. Folders have names nobody can guess, are for their owner only, and are swept away.
"""

import dataclasses
import json
import re
import secrets
import shutil
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from beckon import config
from beckon.core.clock import wall_now
from beckon.people.importing.folders import owner_only

KEPT = timedelta(days=3)
_TOKEN = re.compile(r"^[A-Za-z0-9_-]{22}$")
ABOUT = ".draft.json"
"""What is known of a draft, beside its file; the name of no file that is sent begins with a dot."""


@dataclass
class ColumnLook:
    """A column as guessed: `samples` are its first different values."""

    header: str
    field: str
    samples: list[str] = dataclasses.field(default_factory=list)


@dataclass
class Draft:
    """A file before its import. `chosen`: what the form said last; `import_id`: its last trial run."""

    token: str
    file_name: str
    size: int
    sha256: str
    by: str
    at: str
    source: str
    kind: str
    encoding: str
    delimiter: str
    header_line: int
    columns: list[ColumnLook]
    is_remembered: bool = False
    chosen: dict[str, Any] = dataclasses.field(default_factory=dict)
    import_id: int | None = None

    @property
    def has_columns(self) -> bool:
        """False for FHIR, whose fields say themselves what they are."""
        return self.kind in ("text", "sheet")

    @property
    def sent_at(self) -> datetime:
        """When it was sent (wall clock)."""
        return datetime.fromisoformat(self.at)


def uploads_of(schema: str) -> Path:
    """The folder of an organization's drafts."""
    path = config.home() / "imports" / schema / "uploads"
    with owner_only():
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def new_folder(schema: str) -> tuple[str, Path]:
    """A fresh token and its folder."""
    token = secrets.token_urlsafe(16)
    path = uploads_of(schema) / token
    path.mkdir(mode=0o700)
    return token, path


def save(schema: str, draft: Draft) -> None:
    """Keep what is known of a draft; replaced as a whole."""
    folder = uploads_of(schema) / draft.token
    with owner_only():
        fresh = folder / f"{ABOUT}.new"
        fresh.write_text(json.dumps(asdict(draft)))
        fresh.replace(folder / ABOUT)


def load(schema: str, token: str) -> Draft | None:
    """The draft of this token; None when it is gone or never was."""
    if not _TOKEN.match(token):
        return None
    path = uploads_of(schema) / token / ABOUT
    if not path.exists():
        return None
    data = json.loads(path.read_text())
    if data["token"] != token or Path(data["file_name"]).name != data["file_name"]:
        return None  # not what was written here
    return Draft(**(data | {"columns": [ColumnLook(**column) for column in data["columns"]]}))


def file_of(schema: str, draft: Draft) -> Path:
    """Where the file itself lies."""
    return uploads_of(schema) / draft.token / draft.file_name


def all_drafts(schema: str, by: str) -> list[Draft]:
    """The drafts of one person, newest first."""
    found = [load(schema, path.name) for path in uploads_of(schema).iterdir() if path.is_dir()]
    return sorted((d for d in found if d is not None and d.by == by), key=lambda d: d.at, reverse=True)


def draft_of_import(schema: str, import_id: int) -> Draft | None:
    """The draft an import was a trial run of; None where there is none any more."""
    found = (load(schema, path.name) for path in uploads_of(schema).iterdir() if path.is_dir())
    return next((d for d in found if d is not None and d.import_id == import_id), None)


def remove(schema: str, token: str) -> None:
    """Throw a draft away with its file."""
    if _TOKEN.match(token):
        shutil.rmtree(uploads_of(schema) / token, ignore_errors=True)


def sweep(schema: str) -> None:
    """Throw away what nobody came back to: people's data does not lie about."""
    oldest = (wall_now() - KEPT).timestamp()
    for path in uploads_of(schema).iterdir():
        if path.is_dir() and path.stat().st_mtime < oldest:
            shutil.rmtree(path, ignore_errors=True)


def source_name_of(file_name: str) -> str:
    """A file's name without dates and numbers, so that next month's file is of the same source."""
    stem = file_name.split(".")[0]
    words = "".join(c if c.isalpha() else " " for c in stem).split()
    return " ".join(words).lower()[:100] or "people"
