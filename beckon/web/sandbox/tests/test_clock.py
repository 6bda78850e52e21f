"""The clock of a sandbox: members set its speed; a stranger cannot; a live practice has none."""

import pytest
from django.test import Client

from beckon.core.models import Membership, Organization, Role, User


@pytest.fixture
def agent(org: Organization) -> Client:
    user = User.objects.create_user("agent@example.org", "a long password", name="An agent")
    Membership.objects.create(user=user, organization=org, role=Role.AGENT)
    client = Client()
    client.force_login(user)
    return client


def test_a_member_sets_the_speed_and_goes_back_to_the_page(agent: Client, org: Organization) -> None:
    answer = agent.post("/o/test/sandbox/speed/", {"speed": "300", "next": "/o/test/"})
    assert answer.headers["Location"] == "/o/test/"
    assert Organization.objects.get(pk=org.pk).clock_speed == 300


@pytest.mark.parametrize("speed", ["-1", "7", "fast", ""])
def test_another_speed_changes_nothing(agent: Client, org: Organization, speed: str) -> None:
    agent.post("/o/test/sandbox/speed/", {"speed": speed})
    assert Organization.objects.get(pk=org.pk).clock_speed == 0


def test_nobody_is_sent_to_another_site(agent: Client) -> None:
    answer = agent.post("/o/test/sandbox/speed/", {"speed": "0", "next": "https://elsewhere.example.org/"})
    assert answer.headers["Location"] == "/"


def test_a_stranger_finds_no_such_practice(org: Organization) -> None:
    client = Client()
    client.force_login(User.objects.create_user("other@example.org", "a long password"))
    assert client.post("/o/test/sandbox/speed/", {"speed": "300"}).status_code == 404
    assert Organization.objects.get(pk=org.pk).clock_speed == 0


def test_the_clock_refreshes_itself(agent: Client) -> None:
    answer = agent.get("/o/test/sandbox/clock/", headers={"HX-Request": "true", "X-Beckon-Poll": "1"})
    assert 'hx-trigger="every 3s"' in answer.content.decode()


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ANALYST])
def test_who_changes_nothing_sees_the_clock_and_does_not_set_it(org: Organization, role: Role) -> None:
    user = User.objects.create_user("looks@example.org", "a long password")
    Membership.objects.create(user=user, organization=org, role=role)
    client = Client()
    client.force_login(user)
    assert "disabled" in client.get("/o/test/sandbox/clock/").content.decode()
    assert client.post("/o/test/sandbox/speed/", {"speed": "300"}).status_code == 403
    assert Organization.objects.get(pk=org.pk).clock_speed == 0
