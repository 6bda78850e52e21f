"""A file is sent, looked at, tried, imported, taken back; who may do it, and what is refused with which words."""

import gzip
import json
import os
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from beckon.core.audit.models import AuditEntry
from beckon.core.models import Role
from beckon.people.errors import UnreadableFile
from beckon.people.models import Import, Person
from beckon.people.tasks import run_import, undo_import
from beckon.web.importing import drafts
from beckon.web.importing.reasons import in_words
from beckon.web.importing.uploads import safe_name
from beckon.web.people.tests.scene import browser_of, stranger, text_of

IMPORT = "/o/test/import/"
FILE = (
    b"First Name,Last Name,DOB,Cell Phone,OK to Text\n"
    b"Ana,Ruiz,7/14/1987,617-555-0101,yes\n"
    b"Luis,Ruiz,1/2/1985,617-555-0111,no\n"
    b"Rosa,,,,\n"
    b"Ana,Ruiz,7/14/1987,617-555-0101,yes\n"
    b"Eva,Paz,2/30/1980,305-555-0133,\n"
)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A BECKON_HOME of the test's own."""
    monkeypatch.setenv("BECKON_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def manager(org: Any) -> Client:
    """A manager, signed in."""
    return browser_of(org, Role.MANAGER)


@pytest.fixture
def sent(manager: Client) -> str:
    """The address of FILE's draft."""
    return str(send(manager, FILE).headers["Location"])


def send(browser: Client, content: bytes, name: str = "november 2026.csv") -> Any:
    return browser.post(f"{IMPORT}send/", {"file": SimpleUploadedFile(name, content)})


def said(page: str) -> dict[str, str]:
    """What the form holds when nothing is changed."""
    meanings = ("given_name", "family_name", "birth_date", "mobile_phone", "ok_to_text")
    columns = {f"c{place}": meaning for place, meaning in enumerate(meanings)}
    return {"source": "november", "origin": "own", "mode": "add", "evidence": "", **columns}


def work() -> None:
    """What a worker would do with the jobs that wait."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE task_name LIKE 'people.%%' RETURNING task_name, args")
        jobs = cursor.fetchall()
    tasks = {"people.run_import": run_import, "people.undo_import": undo_import}
    for name, arguments in jobs:
        tasks[name](**json.loads(arguments) if isinstance(arguments, str) else arguments)


@pytest.fixture
def tried(manager: Client, sent: str) -> str:
    """The address of a trial run that is done."""
    address = str(manager.post(sent, said(sent)).headers["Location"])
    work()
    return address


def test_columns_are_shown_with_samples_and_the_guess(manager: Client, sent: str) -> None:
    page = text_of(manager.get(sent))
    assert "617-555-0101" in page
    assert '<option value="mobile_phone" selected>' in page
    assert '<option value="ok_to_text" selected>' in page
    assert Import.objects.count() == 0


def test_the_file_lies_in_home_for_its_owner_only(sent: str, home: Path) -> None:
    token = sent.rstrip("/").rpartition("/")[2]
    file = home / "imports" / "o_test" / "uploads" / token / "november 2026.csv"
    assert file.read_bytes() == FILE
    assert file.stat().st_mode & 0o077 == 0
    assert file.parent.stat().st_mode & 0o077 == 0


def test_a_trial_tells_what_would_happen_and_changes_nothing(manager: Client, tried: str) -> None:
    page = text_of(manager.get(tried))
    assert "Nothing was changed" in page
    row = Import.objects.get()
    assert (row.created, row.duplicates, row.rejected) == (3, 1, 1)
    assert Person.objects.count() == 0
    reasons = text_of(manager.get(f"{tried}reasons/"))
    assert "DOB" in reasons
    assert "2/30/1980" in reasons


def test_what_was_tried_is_imported_and_taken_back(manager: Client, tried: str, sent: str) -> None:
    run = str(manager.post(f"{tried}start/").headers["Location"])
    assert manager.get(sent).status_code == 404
    assert "Waits for its turn" in text_of(manager.get(run))
    work()
    assert Person.objects.filter(retired_at=None).count() == 3
    page = text_of(manager.get(run))
    assert "Imported." in page
    assert "source=november" in page
    manager.post(f"{run}undo/")
    assert Person.objects.filter(retired_at=None).count() == 0
    assert "Taken back" in text_of(manager.get(run))
    assert "november" in text_of(manager.get(IMPORT))


def test_the_columns_meanings_are_remembered_for_the_source(manager: Client, sent: str) -> None:
    manager.post(sent, said(sent) | {"c2": "ignore"})
    work()
    manager.post(f"{IMPORT}{Import.objects.get().pk}/start/")
    again = text_of(manager.get(str(send(manager, FILE).headers["Location"])))
    assert "as remembered for this source" in again
    assert '<option value="birth_date" selected>' not in again


def test_reports_are_downloaded_by_who_may_and_each_time_on_record(org: Any, manager: Client, tried: str) -> None:
    reply = manager.get(f"{tried}report/rejects/")
    content = b"".join(reply.streaming_content)  # type: ignore[attr-defined]
    assert b"Beckon reason" in content
    assert "attachment" in reply.headers["Content-Disposition"]
    assert AuditEntry.objects.filter(action="import_report.downloaded").count() == 1
    assert manager.get(f"{tried}report/source/").status_code == 404
    assert browser_of(org, Role.AGENT).get(f"{tried}report/rejects/").status_code == 403
    assert stranger().get(f"{tried}report/rejects/").status_code == 404


def test_an_import_nobody_has_begun_is_withdrawn_and_goes_on_later(manager: Client, sent: str) -> None:
    address = str(manager.post(sent, said(sent)).headers["Location"])
    manager.post(f"{address}cancel/")
    work()
    assert Import.objects.get().status == "cancelled"
    manager.post(f"{address}resume/")
    work()
    assert Import.objects.get().status == "done"


def test_a_page_says_when_no_worker_lives(manager: Client, sent: str) -> None:
    address = str(manager.post(sent, said(sent)).headers["Location"])
    assert "No worker is running" in text_of(manager.get(address))
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES")
    page = text_of(manager.get(address, headers={"HX-Request": "true"}))
    assert "No worker is running" not in page
    assert "<html" not in page


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("empty.csv", b"", "The file is empty"),
        ("empty.csv", b"\n\n", "The file is empty"),
        ("paper.csv", b"%PDF-1.4 and so on", "This is no table of people"),
        ("picture.csv", bytes(range(256)) * 20, "This is no table of people"),
        ("list.xlsx", b"PK\x03\x04 broken", "The spreadsheet is damaged"),
        ("page.csv", b"<html>\n<body>", "This looks like JSON or XML"),
    ],
)
def test_what_is_no_table_of_people_is_refused_in_plain_words(
    manager: Client, home: Path, name: str, content: bytes, words: str
) -> None:
    reply = send(manager, content, name)
    assert reply.status_code == 422
    assert words in text_of(reply)
    assert list((home / "imports" / "o_test" / "uploads").iterdir()) == []


def test_a_bomb_that_shows_only_while_it_runs_fails_with_plain_words(
    manager: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = FILE + b"".join(b"Eva,Paz,1/1/1980,305-555-0133,\n" for _ in range(20_000))
    sent = str(send(manager, gzip.compress(rows), "november.csv.gz").headers["Location"])
    address = str(manager.post(sent, said(sent)).headers["Location"])
    monkeypatch.setattr("beckon.people.intake.encoding.MAX_UNPACKED", 1_000)
    monkeypatch.setattr("beckon.people.intake.encoding.MAX_RATIO", 1)
    with pytest.raises(UnreadableFile):
        work()
    page = text_of(manager.get(address))
    assert "The import failed" in page
    assert "The file unpacks to far more" in page


def test_a_file_past_the_limit_is_thrown_away(manager: Client, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("beckon.web.importing.uploads.LARGEST", 100)
    reply = send(manager, FILE)
    assert "The file is larger than" in text_of(reply)
    assert list((home / "imports" / "o_test" / "uploads").iterdir()) == []


def test_a_table_without_headings_or_names_is_mapped_by_hand(manager: Client) -> None:
    rows = b"x1,212-555-0101,blue\nx2,212-555-0102,red\nx3,212-555-0103,green\n"
    sent = str(send(manager, b"A,B,C\n" + rows).headers["Location"])
    assert "No column seems to hold names" in text_of(manager.get(sent))
    wrong = manager.post(
        sent, {"source": "s", "origin": "own", "mode": "add", "c0": "ignore", "c1": "phone", "c2": "ignore"}
    )
    assert "No column holds the names" in text_of(wrong)
    manager.post(
        sent, {"source": "s", "origin": "own", "mode": "add", "c0": "ignore", "c1": "phone", "c2": "full_name"}
    )
    assert Import.objects.get().options["mapping"]["C"] == "full_name"


def test_one_meaning_stands_for_one_column_only_and_consent_needs_evidence(manager: Client, sent: str) -> None:
    page = text_of(manager.post(sent, said(sent) | {"c4": "birth_date", "consent_sms": "written"}))
    assert "cannot all be" in page
    assert "Consent for a whole list needs its evidence." in page
    assert Import.objects.count() == 0


def test_a_bought_list_is_warned_about_and_keeps_vendor_and_price(manager: Client, sent: str) -> None:
    bought = said(sent) | {"origin": "bought", "vendor": "List House", "price": "400.50", "c4": "ignore"}
    manager.post(sent, bought)
    options = Import.objects.get().options
    assert (options["origin"], options["vendor"], options["price_cents"]) == ("bought", "List House", 40050)


def test_a_draft_is_for_who_sent_it(org: Any, manager: Client, sent: str) -> None:
    administrator = browser_of(org, Role.ADMINISTRATOR)
    assert administrator.get(sent).status_code == 404
    assert administrator.post(f"{sent}forget/").status_code == 404
    assert manager.get(f"{IMPORT}file/..%2F..%2Fsecret/").status_code == 404
    manager.post(f"{sent}forget/")
    assert manager.get(sent).status_code == 404


@pytest.mark.parametrize("role", [Role.AGENT, Role.SUPERVISOR, Role.ANALYST, Role.AUDITOR])
def test_others_may_not_import_and_nothing_of_theirs_is_kept(org: Any, home: Path, role: Role) -> None:
    browser = browser_of(org, role)
    assert browser.get(IMPORT).status_code == 403
    assert send(browser, FILE).status_code == 403
    assert not (home / "imports").exists()


def test_strangers_find_nothing_and_a_forged_form_is_refused(org: Any, home: Path) -> None:
    assert send(stranger(), FILE).status_code == 404
    assert Client().post(f"{IMPORT}send/").status_code == 302
    careful = browser_of(org, Role.MANAGER)
    careful.handler.enforce_csrf_checks = True
    assert send(careful, FILE).status_code == 403


def test_old_drafts_are_swept_away(manager: Client, sent: str, home: Path) -> None:
    (old,) = home.glob("imports/*/uploads/*")
    forgotten = old.stat().st_mtime - drafts.KEPT.total_seconds() - 1
    os.utime(old, (forgotten, forgotten))
    send(manager, FILE)
    assert manager.get(sent).status_code == 404


@pytest.mark.parametrize(
    ("given", "kept"),
    [("../../etc/passwd", "passwd"), ("C:\\a\\b.csv", "b.csv"), ("", "file.csv"), ("a;b|c.csv", "a_b_c.csv")],
)
def test_a_files_name_leads_nowhere(given: str, kept: str) -> None:
    assert safe_name(given) == kept


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("area code 999 is not in use", "the area code is not in use"),
        ("area code … is not in use", "the area code is not in use"),
        ("more than … years ago", "more than 120 years ago"),
        ("no usable name", "no usable name"),
        ("something nobody has translated", "something nobody has translated"),
    ],
)
def test_reasons_are_known_whatever_values_stand_in_them(reason: str, words: str) -> None:
    assert in_words(reason, "en") == reason
    assert in_words(reason, "fr") == words
