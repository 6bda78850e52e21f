"""A patient's unsubscribe, by link and by one click; and what a forged or stale link does."""

import pytest
from django.test import Client

from beckon.consent.models import ConsentEntry
from beckon.core.models import Organization
from beckon.core.tenancy import org_scope
from beckon.messaging.wording.links import make_unsubscribe_token
from beckon.people.models import ContactPoint, Number, Person


@pytest.fixture
def link(org: Organization) -> str:
    with org_scope(org):
        person = Person.objects.create(
            given_name="Ana",
            family_name="Sample",
            language="es",
            name_key="sample|ana",
            match_key="sample|ana",
            origin="own",
            created_at=org.clock_at,
            updated_at=org.clock_at,
        )
        number = Number.objects.create(kind="email", value="ana.sample@example.org")
        ContactPoint.objects.create(person=person, number=number, kind="email")
        return f"/u/{make_unsubscribe_token(org.pk, person.pk, number.pk)}"


def stops(organization: Organization) -> list[tuple[str, str]]:
    with org_scope(organization):
        return list(ConsentEntry.objects.order_by("id").values_list("channel", "state"))


def test_opening_the_link_changes_nothing_and_speaks_the_persons_language(link: str, org: Organization) -> None:
    answer = Client().get(link)
    assert answer.status_code == 200
    assert "a•••@example.org" in answer.content.decode()
    assert "ana.sample" not in answer.content.decode()
    assert stops(org) == []


def test_one_click_stops_e_mail_at_once_and_a_second_says_the_same(link: str, org: Organization) -> None:
    for _ in range(2):
        answer = Client(enforce_csrf_checks=True).post(link, {"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
    assert set(stops(org)) == {("email", "revoked")}


def test_stopping_everything_stops_everything(link: str, org: Organization) -> None:
    assert Client().post(link, {"what": "all"}).status_code == 200
    assert stops(org)[0][0] == "all"


@pytest.mark.parametrize("token", ["1.2.3:abc", "nonsense", "1.2:abc", ":"])
def test_a_forged_link_is_not_found(db: None, token: str) -> None:
    assert Client().get(f"/u/{token}").status_code == 404
    assert Client().post(f"/u/{token}").status_code == 404
