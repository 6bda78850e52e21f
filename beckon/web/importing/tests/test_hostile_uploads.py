"""What somebody who may import could send to reach files that are not theirs, or to leave something lying about."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from beckon.core.models import Role
from beckon.people.models import Import
from beckon.web.importing import drafts
from beckon.web.people.tests.scene import browser_of

IMPORT = "/o/test/import/"
FILE = b"First Name,Last Name,DOB,Cell Phone\nAna,Ruiz,7/14/1987,617-555-0101\n"
ELSEWHERE = b"First Name,Last Name,DOB,Cell Phone\nNeighbour,Practice,7/14/1987,617-555-0199\n"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A BECKON_HOME of the test's own."""
    monkeypatch.setenv("BECKON_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def forged(path: Path, by: str, import_id: int) -> bytes:
    """What a draft says of itself, made up: its file lies elsewhere."""
    said = {"token": "x", "file_name": str(path), "size": 1, "sha256": "", "by": by, "at": "2026-11-16T15:00:00+00:00"}
    rest = {"source": "s", "kind": "text", "encoding": "utf-8", "delimiter": ",", "header_line": 1, "columns": []}
    return json.dumps(said | rest | {"import_id": import_id}).encode()


def with_wrong_token(browser: Client) -> Client:
    """The same session with a form token that is wrong: the view that would tidy up is never reached."""
    cautious = Client(enforce_csrf_checks=True)
    cautious.cookies = browser.cookies
    cautious.cookies["csrftoken"] = "a" * 32
    return cautious


def test_a_file_cannot_pass_itself_off_as_what_is_known_of_a_draft(org: Any, home: Path, tmp_path: Path) -> None:
    theirs = tmp_path / "another-practice.csv"
    theirs.write_bytes(ELSEWHERE)
    manager = browser_of(org, Role.MANAGER)
    sent = str(manager.post(f"{IMPORT}send/", {"file": SimpleUploadedFile("own.csv", FILE)}).headers["Location"])
    fields = ("given_name", "family_name", "birth_date", "mobile_phone")
    said = {"source": "own", "origin": "own", "mode": "add", **{f"c{n}": field for n, field in enumerate(fields)}}
    tried = manager.post(sent, said).headers["Location"]
    row = Import.objects.get()
    manager.post(f"{sent}forget/")
    cautious = with_wrong_token(manager)
    made_up = SimpleUploadedFile("draft.json", forged(theirs, row.by, row.pk))
    assert cautious.post(f"{IMPORT}send/", {"file": made_up}).status_code == 403
    manager.post(f"{tried}start/")
    assert Import.objects.count() == 1
    assert ELSEWHERE not in [path.read_bytes() for path in home.rglob("*") if path.is_file()]


def test_what_is_known_of_a_draft_must_be_of_that_draft(org: Any, tmp_path: Path) -> None:
    token, folder = drafts.new_folder(org.schema_name)
    (folder / drafts.ABOUT).write_bytes(forged(tmp_path / "another-practice.csv", "user:1", 7))
    assert drafts.load(org.schema_name, token) is None
    assert drafts.draft_of_import(org.schema_name, 7) is None


def test_a_file_that_was_refused_by_the_form_token_does_not_stay(org: Any, home: Path) -> None:
    manager = browser_of(org, Role.MANAGER)
    cautious = with_wrong_token(manager)
    assert cautious.post(f"{IMPORT}send/", {"file": SimpleUploadedFile("own.csv", FILE)}).status_code == 403
    assert not [path for path in home.rglob("*") if path.is_file()]
