"""The wall between organizations: outside a scope there is nothing, inside only one practice."""

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from beckon.core.actors import SYSTEM
from beckon.core.audit.actions import record_audit
from beckon.core.audit.models import AuditEntry
from beckon.core.errors import NoOrganization, ScopeConflict
from beckon.core.events.actions import record_events
from beckon.core.events.models import Event
from beckon.core.events.registry import NewEvent
from beckon.core.models import Organization
from beckon.core.tenancy import current_organization, get_organization, org_scope


@pytest.mark.django_db
def test_a_query_outside_a_scope_fails_loudly() -> None:
    with pytest.raises(ProgrammingError), transaction.atomic():
        Event.objects.count()
    with pytest.raises(NoOrganization):
        current_organization()


def test_a_scope_of_another_organization_cannot_be_opened_inside(org: Organization) -> None:
    other = Organization(slug="other", schema_name="o_other")
    with pytest.raises(ScopeConflict), org_scope(other):
        pass


def test_facts_and_audit_can_be_added_but_never_changed(org: Organization, now) -> None:
    record_events([NewEvent("person.noted", 1)], by=SYSTEM, now=now)
    record_audit(action="person.viewed", object_kind="person", object_ids=[1], by=SYSTEM, now=now)
    for change in (
        lambda: Event.objects.update(kind="x"),
        lambda: Event.objects.all().delete(),
        lambda: AuditEntry.objects.update(actor="x"),
        lambda: AuditEntry.objects.all().delete(),
    ):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            change()


def test_the_application_role_makes_no_tables(org: Organization) -> None:
    for where in ("public", org.schema_name):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic(), connection.cursor() as c:
            c.execute(f"CREATE TABLE {where}.x (id int)")


@pytest.mark.django_db
def test_leaving_a_scope_by_an_error_shows_no_tables_to_the_next_on_the_connection() -> None:
    def work_and_fail() -> None:
        with org_scope(get_organization("test")):
            Event.objects.count()
            raise ValueError("boom")

    with pytest.raises(ValueError, match="boom"):
        work_and_fail()
    with pytest.raises(ProgrammingError), transaction.atomic():
        Event.objects.count()
