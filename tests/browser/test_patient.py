"""A patient's way out, in a browser: the link, the choice, and that nothing is sent to them afterwards."""

from collections.abc import Callable
from typing import Any

from beckon.core.tenancy import org_scope
from beckon.messaging.wording.links import make_unsubscribe_token
from tests.browser.pages import Visitor

Visit = Callable[..., Visitor]


def test_a_patient_stops_e_mail_then_everything(visit: Visit, site: Any, django_db_blocker: Any) -> None:
    from beckon.people.models import ContactPoint

    with django_db_blocker.unblock(), org_scope(site.organization):
        point = ContactPoint.objects.filter(kind="email", ended_at=None).order_by("id").first()
        assert point is not None
        person_id = point.person_id
        token = make_unsubscribe_token(site.organization.pk, point.person_id, point.number_id)
    patient = visit(width=390)
    assert patient.open(f"/u/{token}") == 200
    assert patient.findings() == []
    patient.page.click("button[value=email]")
    assert patient.page.locator(".tone-good").is_visible()
    patient.page.click("button[value=all]")
    assert patient.page.locator(".tone-good").is_visible()
    assert patient.findings() == []
    with django_db_blocker.unblock(), org_scope(site.organization):
        from beckon.consent.models import ConsentEntry

        stops = ConsentEntry.objects.filter(person_id=person_id, state="revoked").values_list("channel", flat=True)
        assert {"email", "all"} <= set(stops)
