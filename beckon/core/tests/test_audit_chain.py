"""The audit chain: seals what is final, lets writers be, and notices any change."""

import threading

import psycopg
import pytest
from django.db import connections

from beckon import config
from beckon.core.actors import SYSTEM
from beckon.core.audit.actions import record_audit
from beckon.core.audit.chain import seal_entries, verify_chain
from beckon.core.models import Organization
from beckon.core.tenancy import org_scope
from conftest import NOW


def note(organization: Organization, *ids: int) -> None:
    with org_scope(organization):
        for i in ids:
            record_audit(
                action="person.viewed", object_kind="person", object_ids=[i], by=SYSTEM, now=NOW, detail={"why": "née"}
            )


def seal(organization: Organization, expected: int) -> None:
    """Seal until `expected` entries are; other databases of the server may hold transactions open for a while."""
    sealed, waited = 0, threading.Event()
    for _ in range(1_800):
        with org_scope(organization):
            sealed += seal_entries()
        if sealed >= expected:
            break
        waited.wait(0.1)
    assert sealed == expected


def as_owner(organization: Organization, statement: str) -> None:
    a = config.database_address(admin=True)
    name = connections["default"].settings_dict["NAME"]
    with psycopg.connect(host=a.host, port=a.port, user=a.user, password=a.password, dbname=name) as connection:
        connection.execute(f"SET search_path = {organization.schema_name}")
        connection.execute(statement)


def test_entries_are_sealed_once_and_the_chain_holds(committed_org: Organization) -> None:
    note(committed_org, 1, 2, 3)
    seal(committed_org, 3)
    with org_scope(committed_org):
        assert seal_entries() == 0
    note(committed_org, 4)
    seal(committed_org, 1)
    with org_scope(committed_org):
        report = verify_chain()
    assert (report.sealed, report.unsealed, report.broken) == (4, 0, ())


@pytest.mark.parametrize(
    ("tampering", "noticed"),
    [
        ("UPDATE audit_auditentry SET actor = 'user:9' WHERE id = 2", "entry 2 was changed"),
        ("UPDATE audit_auditentry SET object_ids = '{7}' WHERE id = 2", "entry 2 was changed"),
        ("DELETE FROM audit_auditentry WHERE id = 2", "entry 2 of seal 1 is gone"),
        ("UPDATE audit_auditentry SET digest = repeat('0', 64) WHERE id = 2", "seal 1 does not match its entries"),
    ],
)
def test_tampering_by_the_owner_is_noticed(committed_org: Organization, tampering: str, noticed: str) -> None:
    note(committed_org, 1, 2, 3)
    seal(committed_org, 3)
    as_owner(committed_org, tampering)
    with org_scope(committed_org):
        assert noticed in verify_chain().broken


def test_contents_can_be_erased_without_breaking_the_chain(committed_org: Organization) -> None:
    note(committed_org, 1, 2)
    seal(committed_org, 2)
    as_owner(committed_org, "UPDATE audit_auditentry SET detail = NULL WHERE id = 1")
    with org_scope(committed_org):
        report = verify_chain()
    assert (report.erased, report.broken) == (1, ())


def test_an_entry_of_a_slow_transaction_is_sealed_later_and_never_lost(
    committed_org: Organization, django_db_blocker
) -> None:
    written, finish = threading.Event(), threading.Event()

    def slow_writer() -> None:
        with django_db_blocker.unblock():
            with org_scope(committed_org):
                record_audit(action="slow.one", object_kind="person", object_ids=[1], by=SYSTEM, now=NOW)
                written.set()
                finish.wait(10)
            connections.close_all()

    thread = threading.Thread(target=slow_writer)
    thread.start()
    assert written.wait(10)
    note(committed_org, 2)
    with org_scope(committed_org):
        assert seal_entries() == 0, "nothing newer than an open transaction is final"
    finish.set()
    thread.join()
    seal(committed_org, 2)
    with org_scope(committed_org):
        assert verify_chain().unsealed == 0
