"""Consent of imported people: taken over once, refusals too, and never undoing an opt-out."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from beckon.consent.actions import OptOut, record_opt_out
from beckon.consent.facts import Ask, Channel, Purpose
from beckon.consent.models import ConsentEntry
from beckon.consent.queries import gather_facts
from beckon.consent.reasons import Reason
from beckon.consent.rules import may_contact
from beckon.consent.tests.samples import make_person, make_phone
from beckon.consent.verdict import Allowed, Refused
from beckon.core.actors import SYSTEM
from beckon.core.events.actions import record_events
from beckon.core.events.registry import NewEvent

TEXT = Ask(Channel.SMS, Purpose.INFORMATIONAL)


def imported(
    rows: list[tuple[int, int | None, str, str]], now: Any, marked: tuple[int, ...] = (), *, are_new: bool = False
) -> None:
    """What the people package does at the end of an import: the rows in a temporary table, then the event."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE import_consents (person_id bigint, number_id bigint, channel text, basis text,"
            " evidence text) ON COMMIT DROP"
        )
        cursor.execute("CREATE TEMP TABLE import_do_not_contact (person_id bigint) ON COMMIT DROP")
        cursor.executemany("INSERT INTO import_do_not_contact VALUES (%s)", [(person_id,) for person_id in marked])
        cursor.executemany("INSERT INTO import_consents VALUES (%s, %s, %s, %s, 'list of May, row 7')", rows)
    record_events([NewEvent("people.imported", None, 7, {"are_new": are_new})], by=SYSTEM, now=now)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE import_consents, import_do_not_contact")


def test_consent_of_a_file_enters_the_ledger_once(org: Any, now: Any) -> None:
    person = make_person(now)
    number_id = make_phone(person).number_id
    rows = [(person.pk, number_id, "sms", "express"), (person.pk, None, "voicemail", "written")]
    imported(rows, now)
    imported(rows, now + timedelta(days=30))
    entries = ConsentEntry.objects.values_list("number_id", "channel", "basis", "state", "evidence", "at")
    assert sorted(entries, key=lambda entry: entry[1]) == [
        (number_id, "sms", "express", "granted", "list of May, row 7", now),
        (None, "voicemail", "written", "granted", "list of May, row 7", now),
    ]
    facts = gather_facts([person.pk], now=now)[person.pk]
    assert isinstance(may_contact(facts, TEXT, now), Allowed)


def test_of_people_who_are_new_all_is_taken_over_and_said_again_by_a_later_file_it_is_known(org: Any, now: Any) -> None:
    person = make_person(now)
    number_id = make_phone(person).number_id
    rows = [(person.pk, number_id, "sms", "express"), (person.pk, None, "voice", "refused")]
    imported(rows, now, marked=(person.pk,), are_new=True)
    imported(rows, now, marked=(person.pk,))
    entries = ConsentEntry.objects.order_by("id").values_list("number_id", "channel", "state", "basis", "evidence")
    assert list(entries) == [
        (number_id, "sms", "granted", "express", "list of May, row 7"),
        (None, "voice", "revoked", "", "list of May, row 7"),
        (None, "all", "revoked", "", "import 7: marked in the file"),
    ]


def test_stronger_consent_in_a_later_file_is_added(org: Any, now: Any) -> None:
    person = make_person(now)
    imported([(person.pk, None, "sms", "express")], now)
    imported([(person.pk, None, "sms", "written")], now)
    assert list(ConsentEntry.objects.order_by("id").values_list("basis", flat=True)) == ["express", "written"]


def test_a_do_not_call_mark_is_a_stop_over_everything_it_names(org: Any, now: Any) -> None:
    person = make_person(now)
    make_phone(person)
    imported([(person.pk, None, "sms", "written"), (person.pk, None, "all", "refused")], now)
    imported([(person.pk, None, "all", "refused")], now)
    assert ConsentEntry.objects.filter(state="revoked").count() == 1
    facts = gather_facts([person.pk], now=now)[person.pk]
    assert may_contact(facts, TEXT, now) == Refused(Reason.OPTED_OUT)


@pytest.mark.parametrize("times", [1, 3])
def test_a_file_never_undoes_an_opt_out(org: Any, now: Any, times: int) -> None:
    person = make_person(now)
    make_phone(person)
    imported([(person.pk, None, "sms", "written")], now)
    record_opt_out([OptOut("STOP", person_id=person.pk)], by=SYSTEM, now=now)
    for _ in range(times):
        imported([(person.pk, None, "sms", "written")], now)
    facts = gather_facts([person.pk], now=now)[person.pk]
    assert may_contact(facts, TEXT, now) == Refused(Reason.OPTED_OUT)
    assert ConsentEntry.objects.filter(state="granted").count() == 2


def test_a_do_not_contact_mark_enters_the_ledger_once_with_the_import_as_evidence(org: Any, now: Any) -> None:
    marked, free = make_person(now), make_person(now, name_key="reyes|luis")
    for _ in range(2):
        imported([], now, marked=(marked.pk,))
    entry = ConsentEntry.objects.get()
    assert (entry.person_id, entry.state, entry.channel) == (marked.pk, "revoked", "all")
    assert entry.evidence == "import 7: marked in the file"
    assert gather_facts([free.pk], now=now)[free.pk].entries == ()


def test_an_import_without_consents_changes_nothing(org: Any, now: Any) -> None:
    record_events([NewEvent("people.imported", None, 1)], by=SYSTEM, now=now)
    assert not ConsentEntry.objects.exists()
