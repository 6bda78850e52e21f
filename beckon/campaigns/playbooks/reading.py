"""The playbooks of the repository: one folder each under `library/`. Reading only; installing is an action."""

import hashlib
import json
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from beckon.campaigns.errors import PlaybookError, PlaybookProblem, UnknownPlaybook
from beckon.campaigns.playbooks.checks import problems_of
from beckon.campaigns.playbooks.schema import Playbook
from beckon.core.wording.outside import words_of
from beckon.core.wording.words import Words

FOLDER = Path(__file__).with_name("library")
_OTHER_FOLDER = Words("says {said!r}, its folder says {folder!r}", "dice {said!r}, su carpeta dice {folder!r}")
_NO_YAML = Words("not readable as YAML", "no se puede leer como YAML")
_NO_MAPPING = Words("the file holds no mapping", "el archivo no contiene nombres con valores")


def library_keys(folder: Path = FOLDER) -> list[str]:
    """The names of the playbooks in the repository, sorted."""
    return sorted(path.parent.name for path in folder.glob("*/playbook.yaml"))


def read_library(key: str, folder: Path = FOLDER) -> Playbook:
    """A playbook of the repository, checked. Raises UnknownPlaybook, PlaybookError."""
    path = folder / key / "playbook.yaml"
    if not path.is_file():
        raise UnknownPlaybook(f"there is no playbook {key!r}; there are: {', '.join(library_keys(folder))}")
    definition = read_definition(path)
    if definition.get("key") != key:
        raise PlaybookError(key, [PlaybookProblem("key", _OTHER_FOLDER.filled(said=definition.get("key"), folder=key))])
    return parse_playbook(definition)


def read_definition(path: Path) -> dict[str, Any]:
    """The raw content of a playbook file. Raises PlaybookError where it is no YAML mapping."""
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}" if mark else "playbook"
        raise PlaybookError(path.name, [PlaybookProblem(where, _NO_YAML)]) from error
    if not isinstance(data, dict):
        raise PlaybookError(path.name, [PlaybookProblem("playbook", _NO_MAPPING)])
    return data


def parse_playbook(definition: dict[str, Any]) -> Playbook:
    """A checked playbook. Raises PlaybookError with every problem and its place."""
    name = str(definition.get("key", "?"))
    try:
        playbook = Playbook.model_validate(definition)
    except ValidationError as error:
        raise PlaybookError(name, [_said(part) for part in error.errors()]) from error
    problems = problems_of(playbook)
    if problems:
        raise PlaybookError(name, problems)
    return playbook


def digest_of(definition: dict[str, Any]) -> str:
    """SHA-256 of a definition, whatever the order of its keys."""
    return hashlib.sha256(json.dumps(definition, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


_by_digest: dict[str, Playbook] = {}


def installed(digest: str, definition: dict[str, Any]) -> Playbook:
    """The playbook of an installed version; versions never change, so each is parsed once in a process."""
    if digest not in _by_digest:
        _by_digest[digest] = Playbook.model_validate(definition)
    return _by_digest[digest]


def parsed(digest: str) -> Playbook | None:
    """The playbook of a version this process has parsed before, or None."""
    return _by_digest.get(digest)


def _said(part: Any) -> PlaybookProblem:
    place = "".join(f"[{bit}]" if isinstance(bit, int) else f".{bit}" for bit in part["loc"]).lstrip(".")
    return PlaybookProblem(place or "playbook", words_of(part))
