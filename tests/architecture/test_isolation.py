"""Tries to break out of one practice into another: by id, by address, by job argument, by a used connection."""

import threading
from collections.abc import Iterator
from datetime import datetime

import pytest
from django.db import connection, connections, transaction
from django.db.utils import IntegrityError, ProgrammingError

from beckon.campaigns.tasks import run_organization
from beckon.channels.models import Channel, Sender
from beckon.core.bulk.prepared import PREPARED_AFTER, prepared_statements
from beckon.core.errors import ScopeConflict
from beckon.core.models import Organization, OrganizationKind
from beckon.core.organizations import create_rehearsal, drop_organization
from beckon.core.tenancy import org_scope
from beckon.people.models import Person
from conftest import NOW


def make_person(name: str) -> int:
    person = Person.objects.create(
        given_name=name,
        family_name="Sample",
        name_key=f"sample|{name.lower()}",
        origin="own",
        created_at=NOW,
        updated_at=NOW,
    )
    return int(person.pk)


@pytest.fixture
def two_practices(django_db_setup: None, django_db_blocker) -> Iterator[tuple[Organization, Organization]]:
    """Two organizations with really committed rows: Ada (id 1) in the first, nobody in the second."""
    with django_db_blocker.unblock():
        first, second = (create_rehearsal(clock_at=NOW, seed=1) for _ in range(2))
        with org_scope(first):
            make_person("Ada")
        yield first, second
        for organization in (first, second):
            drop_organization(organization)
        connections.close_all()


def test_a_person_cannot_be_reached_by_id_from_another_practice(two_practices) -> None:
    first, second = two_practices
    with org_scope(first):
        ids = list(Person.objects.values_list("pk", flat=True))
    with org_scope(second):
        assert not Person.objects.filter(pk__in=ids).exists()
        assert Person.objects.count() == 0


def test_a_connection_used_for_one_practice_shows_nothing_of_it_to_the_next(two_practices) -> None:
    first, second = two_practices
    for organization, people in ((first, 1), (second, 0), (first, 1)):
        with org_scope(organization):
            assert Person.objects.count() == people
        with pytest.raises(ProgrammingError), transaction.atomic():
            Person.objects.count()


def test_a_statement_prepared_for_one_practice_asks_the_other_ones_tables_in_its_scope(two_practices) -> None:
    first, second = two_practices
    with prepared_statements():
        for _ in range(2 * PREPARED_AFTER):
            for organization, people in ((first, 1), (second, 0)):
                with org_scope(organization):
                    assert Person.objects.filter(given_name="Ada").count() == people
    assert connection.connection.prepare_threshold is None, "outside of the block nothing is prepared"


def test_a_failed_scope_leaves_the_connection_outside_of_it(two_practices) -> None:
    first, second = two_practices

    def fail_inside() -> None:
        with org_scope(first):
            make_person("Bo")
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError):
        fail_inside()
    with org_scope(second):
        assert Person.objects.count() == 0
    with org_scope(first):
        assert Person.objects.count() == 1, "what the failed scope wrote is gone"


def test_a_scope_inside_another_is_refused_and_the_outer_one_goes_on(two_practices) -> None:
    first, second = two_practices
    with org_scope(first):
        with pytest.raises(ScopeConflict), org_scope(second):
            pass
        assert Person.objects.count() == 1


def test_a_job_with_another_practices_number_works_in_that_practice_only(two_practices) -> None:
    first, second = two_practices
    run_organization(second.pk)
    with pytest.raises(ProgrammingError), transaction.atomic():
        Person.objects.count()
    with org_scope(first):
        assert Person.objects.count() == 1


def test_no_tenant_table_stands_in_the_shared_schema(two_practices) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        shared = {row[0] for row in cursor.fetchall()}
    tenants = ("people_", "consent_", "messaging_", "campaigns_", "desk_", "scheduling_", "events_", "audit_")
    assert not [table for table in shared if table.startswith(tenants)]


def test_content_types_are_never_kept_per_practice(two_practices) -> None:
    first, _ = two_practices
    with org_scope(first), pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {first.schema_name}.django_content_type")


def test_threads_in_different_practices_do_not_see_each_other(two_practices, django_db_blocker) -> None:
    first, second = two_practices
    seen: dict[str, int] = {}

    def count_in(organization: Organization) -> None:
        with django_db_blocker.unblock():
            for _ in range(20):
                with org_scope(organization):
                    seen[organization.slug] = max(seen.get(organization.slug, 0), Person.objects.count())
            connections.close_all()

    threads = [threading.Thread(target=count_in, args=(o,)) for o in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == {first.slug: 1, second.slug: 0}


def test_a_practice_that_is_not_live_can_only_own_sandbox_senders(org: Organization, now: datetime) -> None:
    Sender.objects.create(name="ok", channel=Channel.SMS, carrier="sandbox", address="+15555550100")
    with pytest.raises(IntegrityError, match="sandbox senders only"), transaction.atomic():
        Sender.objects.create(name="real", channel=Channel.SMS, carrier="http", address="+15555550101")
    with pytest.raises(IntegrityError, match="for good"), transaction.atomic():
        Organization.objects.filter(pk=org.pk).update(kind=OrganizationKind.LIVE)
