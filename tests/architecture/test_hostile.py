"""Ways round the doors that somebody tried: each was open once."""

import json
import logging
from datetime import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.http import HttpRequest
from django.test import Client, RequestFactory

from beckon.core.actors import SYSTEM
from beckon.core.audit.models import AuditEntry
from beckon.core.models import Organization, OrganizationKind, Role, User
from beckon.core.tenancy import get_organization, org_scope
from beckon.desk.actions import take_next
from beckon.desk.tests.samples import make_person
from beckon.ops.sample_staff import make_sample_staff
from beckon.segments.actions import save_segment
from beckon.segments.conditions import parse_definition
from beckon.web.addresses import addresses
from beckon.web.desk.tests.pages import member, people_to_call
from beckon.web.middleware import tell_failure
from beckon.web.playbooks.forms import TextForm
from beckon.web.reports.tests.scene import a_week
from tests.architecture.site_world import path_of
from tests.architecture.test_urls import browser_of, site

__all__ = ["site"]

ANA = {"version": 1, "where": {"all": [{"field": "family_name", "op": "is", "value": "Ruiz"}]}}


def looks(person_id: int) -> int:
    return AuditEntry.objects.filter(object_kind="person", object_ids__contains=[person_id]).count()


@pytest.mark.parametrize("tab", ["", "consent/", "contact/", "campaigns/", "record/", "?kind=&skip=0"])
def test_a_look_is_on_record_whatever_a_browser_says_of_itself(org: Organization, now: datetime, tab: str) -> None:
    person = make_person(now, 1).pk
    browser = member(org, Role.AGENT)[0]
    before = looks(person)
    answer = browser.get(f"/o/test/people/{person}/{tab}", headers={"HX-Request": "true", "X-Beckon-Poll": "1"})
    assert answer.status_code == 200
    assert looks(person) > before


def test_an_analyst_cannot_ask_about_somebody_by_counting(org: Organization, now: datetime) -> None:
    browser, actor = member(org, Role.ANALYST)
    address, asked = "/o/test/segments/count/", {"definition": json.dumps(ANA)}
    assert browser.post(address, asked).status_code == 403
    save_segment(name="Ruiz", definition=parse_definition(ANA), by=actor, now=now)
    assert browser.post(address, asked).status_code == 200


def test_names_of_staff_of_other_practices_are_not_told(org: Organization, now: datetime) -> None:
    elsewhere = User.objects.create_user("somebody@elsewhere.example.org", None, name="Somebody Elsewhere")
    browser = member(org, Role.MANAGER)[0]
    page = browser.get(f"/o/test/reports/people/?kind=agent&value=user:{elsewhere.pk}|2026-11-16")
    assert page.status_code == 200
    assert "lsewhere" not in page.content.decode()
    assert browser.get("/o/test/reports/people/?kind=agent&value=user:x|2026-11-16").status_code == 200


@pytest.mark.django_db
def test_nobody_fills_the_disk_by_files_that_no_page_asks_for(monkeypatch: pytest.MonkeyPatch) -> None:
    written = []
    monkeypatch.setattr(TemporaryUploadedFile, "write", lambda self, data: written.append(len(data)), raising=False)
    browser = Client(enforce_csrf_checks=True)
    browser.cookies["csrftoken"] = "a" * 32
    answer = browser.post("/accounts/login/", {"file": SimpleUploadedFile("x.bin", b"x" * 4_000_000)})
    assert answer.status_code == 403
    assert not written


def test_a_list_may_be_sent_by_who_may_and_by_nobody_else(org: Organization) -> None:
    address = "/o/test/settings/suppression/upload/"
    said = {"name": "Registry", "kind": "do_not_call", "channel": "phone"}
    numbers = "\n".join(["phone", "+12125550142"]).encode()
    for role, status in ((Role.ADMINISTRATOR, 302), (Role.AGENT, 403)):
        file = SimpleUploadedFile("list.csv", numbers)
        assert member(org, role)[0].post(address, said | {"file": file}).status_code == status


def test_a_page_that_fails_is_told_without_what_it_was_about(
    rf: RequestFactory, caplog: pytest.LogCaptureFixture
) -> None:
    request: HttpRequest = rf.get("/u/secret-token", {"q": "Ruiz"})
    with caplog.at_level(logging.ERROR, logger="beckon.web"):
        try:
            raise ValueError("Key (value)=(+12125550142) already exists")
        except ValueError:
            tell_failure(sender=None, request=request)
    assert "page failed" in caplog.text
    assert "ValueError" in caplog.text
    assert "test_hostile.py" in caplog.text
    for private in ("secret-token", "Ruiz", "2125550142"):
        assert private not in caplog.text


def test_sample_staff_come_nowhere_near_real_people(org: Organization) -> None:
    live = Organization.objects.create(slug="lakeside", schema_name="o_lakeside", name="L", kind=OrganizationKind.LIVE)
    with pytest.raises(ValueError, match="sample staff"):
        make_sample_staff(org)
    assert not live.memberships.exists()
    assert not User.objects.filter(is_operator=True).exists()


def test_a_file_of_people_is_a_look_at_each_of_them_though_the_reader_hangs_up(
    org: Organization, now: datetime
) -> None:
    a_week(org, now)
    browser = member(org, Role.MANAGER)[0]
    answer = browser.get("/o/test/reports/people.csv?kind=kept")
    lines = iter(answer.streaming_content)  # type: ignore[attr-defined]
    first = next(line for line in map(bytes.decode, lines) if line[0].isdigit())
    answer._iterator.close()  # type: ignore[attr-defined]
    assert looks(int(first.split(",")[0])) == 1


def test_a_small_playbook_does_not_unfold_into_a_huge_one(org: Organization) -> None:
    doubling = "a: &a [x, x]\n" + "\n".join(f"b{n}: &b{n} [*{'a' if not n else f'b{n - 1}'}, *a]" for n in range(40))
    for text in (doubling, "[" * 5_000):
        form = TextForm({"text": text})
        assert not form.is_valid()
        assert "cannot be read" in str(form.errors)


def test_who_comes_to_the_floor_while_it_refreshes_itself_is_a_look(org: Organization, now: datetime) -> None:
    tasks = people_to_call(now, 1)
    browser = member(org, Role.SUPERVISOR)[0]
    poll = {"HX-Request": "true", "X-Beckon-Poll": "1"}
    browser.get("/o/test/floor/")
    take_next(member(org, Role.AGENT)[1], [tasks[0].queue_id], by=SYSTEM, now=now)
    before = looks(tasks[0].person_id)
    for _ in range(2):
        browser.get("/o/test/floor/", headers=poll)
    assert looks(tasks[0].person_id) == before + 1


@pytest.mark.parametrize("after", ["\u00b2", "9" * 30, "-1", "1 OR 1=1"])
def test_a_key_that_is_none_finds_nothing(org: Organization, now: datetime, after: str) -> None:
    campaign = a_week(org, now)
    browser = member(org, Role.MANAGER)[0]
    for page in (f"campaigns/{campaign.pk}/who/", "reports/people/"):
        assert browser.get(f"/o/test/{page}", {"kind": "kept", "after": after}).status_code == 404


BODIES_OF_OTHERS = ("/hooks/", "/u/")
"""Vendors' callbacks and mail programs' one tap: what they send is kept as it comes, or not read."""


def test_a_nul_is_refused_at_every_address_whatever_it_stands_in(site: dict[Role, User]) -> None:
    browser = browser_of(site[Role.ADMINISTRATOR])
    with org_scope(get_organization("test")):
        found = [path_of(address) for address in addresses()]
    wrong = []
    for path in found:
        if path.startswith(BODIES_OF_OTHERS):
            continue
        by_name, by_value = browser.get(path + "?%00=1"), browser.get(path, {"q": "a\0b"})
        typed = browser.post(path, {"name": "\0"})
        wrong += [path for answer in (by_name, by_value, typed) if answer.status_code != 400]
    assert wrong == []


@pytest.mark.django_db
def test_a_nul_in_an_address_or_a_cookie_is_refused_too() -> None:
    browser = Client()
    assert browser.get("/accounts/login/%00").status_code == 400
    browser.cookies["sessionid"] = "a\0b"
    assert browser.get("/accounts/login/").status_code == 400


def test_what_somebody_searched_for_stands_in_no_log_and_not_in_the_audit(
    org: Organization, now: datetime, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_person(now, 1)
    browser = member(org, Role.AGENT)[0]
    browser.raise_request_exception = False
    with caplog.at_level(logging.DEBUG):
        assert browser.get("/o/test/people/", {"q": "Quixotequery"}).status_code == 200
        monkeypatch.setattr("beckon.web.people.views.finding.search_people", lambda text: [][int(text)])
        assert browser.get("/o/test/people/", {"q": "Quixotequery"}).status_code == 500
    assert "page failed" in caplog.text
    assert "Quixotequery" not in "".join(record.getMessage() for record in caplog.records)
    details = AuditEntry.objects.filter(action__startswith="person").values_list("detail", flat=True)
    assert "Quixotequery" not in str(list(details))
