"""Playbook pages: the library is read, a copy is edited, what would break a journey is refused and kept."""

from datetime import datetime

import pytest
from django.test import Client

from beckon.campaigns.defaults import install_defaults
from beckon.campaigns.models import PlaybookVersion
from beckon.core.actors import SYSTEM
from beckon.core.models import Membership, Organization, Role, User

START = "/o/test/playbooks/"


def member(org: Organization, role: Role) -> Client:
    user = User.objects.create_user(f"{role.value}@example.org", "a long password", name="Sample")
    Membership.objects.create(user=user, organization=org, role=role)
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def manager(org: Organization, now: datetime) -> Client:
    install_defaults(by=SYSTEM, now=now)
    return member(org, Role.MANAGER)


@pytest.fixture
def own(manager: Client) -> PlaybookVersion:
    manager.post(START + "community-outreach/copy/", {"title_en": "Our outreach", "title_es": "Nuestro contacto"})
    return PlaybookVersion.objects.get(key="our-outreach")


def newest() -> PlaybookVersion:
    return PlaybookVersion.objects.filter(key="our-outreach").latest("version")


def test_the_library_lists_every_playbook_with_its_purpose(manager: Client) -> None:
    page = manager.get(START).content.decode()
    for title in ("Community outreach", "No-show"):
        assert title in page


def test_a_playbook_of_the_library_is_drawn_and_cannot_be_edited(manager: Client) -> None:
    page = manager.get(START + "community-outreach/").content.decode()
    assert 'id="step-postcard"' in page
    assert "playbook_arrange" not in page
    assert manager.post(START + "community-outreach/arrange/", {"act": "remove:postcard"}).status_code == 404
    text = manager.get(START + "community-outreach/wording/text-2/").content.decode()
    assert "readonly" in text


def test_a_copy_needs_a_free_name(manager: Client, own: PlaybookVersion) -> None:
    again = manager.post(START + "community-outreach/copy/", {"title_en": "Our outreach", "title_es": "Nuestro"})
    assert "already" in again.content.decode()
    assert PlaybookVersion.objects.filter(key="our-outreach").count() == 1


def test_an_edited_wording_becomes_the_next_version(manager: Client, own: PlaybookVersion) -> None:
    words = {
        f"{language}_body": f"{{{{ practice_name }}}} new {language}. {{{{ opt_out }}}}" for language in ("en", "es")
    }
    answer = manager.post(START + "our-outreach/wording/text-2/", words)
    assert answer.status_code == 302
    assert newest().version == own.version + 1
    assert newest().definition["templates"]["text-2"]["en"]["body"].startswith("{{ practice_name }} new en")


def test_wording_without_an_opt_out_is_refused_and_kept(manager: Client, own: PlaybookVersion) -> None:
    words = {"en_body": "{{ practice_name }} says hello", "es_body": "{{ practice_name }} saluda. {{ opt_out }}"}
    answer = manager.post(START + "our-outreach/wording/text-2/", words)
    assert "{{ practice_name }} says hello" in answer.content.decode()
    assert "opt out" in answer.content.decode()
    assert newest().pk == own.pk


def test_the_preview_shows_the_text_with_example_values_and_its_length(manager: Client, own: PlaybookVersion) -> None:
    words = {"en_body": "{{ practice_name }} writes. {{ opt_out }}", "es_body": "{{ practice_name }}: {{ nobody }}"}
    page = manager.post(START + "our-outreach/wording/text-2/check/", words).content.decode()
    assert "segment" in page
    assert "tone-bad" in page


def test_steps_are_set_moved_added_and_taken_out(manager: Client, own: PlaybookVersion) -> None:
    manager.post(START + "our-outreach/steps/first_week/", {"days": "9", "hour": "11"})
    assert next(s for s in newest().definition["steps"] if s["id"] == "first_week")["days"] == 9
    answer = manager.post(START + "our-outreach/arrange/", {"act": "add:text_2", "kind": "wait"})
    assert answer.headers["Location"].endswith("/steps/wait_1/")
    manager.post(START + "our-outreach/arrange/", {"act": "up:wait_1"})
    ids = [step["id"] for step in newest().definition["steps"]]
    assert ids.index("wait_1") == ids.index("text_2") - 1
    manager.post(START + "our-outreach/arrange/", {"act": "remove:wait_1"})
    assert "wait_1" not in [step["id"] for step in newest().definition["steps"]]


def test_a_message_step_tests_two_wordings(manager: Client, own: PlaybookVersion) -> None:
    fields = {
        "line_0": "mobile", "templates_0_a": "text-2", "weight_0_a": "1", "templates_0_b": "text-1-plain",
        "weight_0_b": "3", "expires_hours": "12",
    }  # fmt: skip
    answer = manager.post(START + "our-outreach/steps/text_2/", fields)
    assert answer.status_code == 302, answer.content.decode()
    step = next(s for s in newest().definition["steps"] if s["id"] == "text_2")
    assert set(step["ways"][0]["variants"]) == {"a", "b"}


def test_taking_out_a_step_others_lead_to_is_refused(manager: Client, own: PlaybookVersion) -> None:
    page = manager.post(START + "our-outreach/arrange/", {"act": "remove:next_month"}).content.decode()
    assert "Not saved" in page
    assert newest().pk == own.pk


def test_text_that_is_no_yaml_says_its_line(manager: Client, own: PlaybookVersion) -> None:
    page = manager.post(START + "our-outreach/text/", {"text": "key: our-outreach\n  steps: ["}).content.decode()
    assert "Line 2" in page


def test_the_analyst_reads_and_changes_nothing(manager: Client, own: PlaybookVersion, org: Organization) -> None:
    analyst = member(org, Role.ANALYST)
    assert analyst.get(START + "our-outreach/").status_code == 200
    words = {"en_body": "x {{ practice_name }} {{ opt_out }}", "es_body": "x {{ practice_name }} {{ opt_out }}"}
    analyst.post(START + "our-outreach/wording/text-2/", words)
    assert analyst.post(START + "our-outreach/sign/", {"name": "Me"}).status_code == 403
    assert newest().pk == own.pk
