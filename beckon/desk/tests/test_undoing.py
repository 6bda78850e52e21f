"""Taking back the last disposition: everything as before, or a refusal with its reason."""

from datetime import timedelta

import pytest

from beckon.consent.actions import Grant, OptOut, record_consent, record_opt_out
from beckon.consent.facts import Ask, Basis, Channel, Purpose
from beckon.consent.models import ConsentEntry
from beckon.consent.queries import gather_facts, load_policy
from beckon.consent.reasons import Reason
from beckon.consent.rules import may_contact
from beckon.consent.verdict import Refused
from beckon.core.events.models import Event
from beckon.desk.actions import dispose, undo_last
from beckon.desk.models import Call, CallTask
from beckon.desk.tests.samples import DANA, LEE, make_person, make_tasks, next_for, outcome
from beckon.desk.values import NotUndone, Undone, UndoNo
from beckon.messaging.models import Message
from beckon.people.models import ContactPoint, Number, Person


@pytest.fixture
def served(org, now):
    """A person with two numbers and two tasks, with Dana."""
    person = make_person(now, 1, phones=2, recent_contacts=[now - timedelta(days=9)])
    make_tasks(now, [person, person], enrollment_id=None)
    return next_for(DANA, now)


def columns(model, *but):
    """All rows of a model without the columns that may differ."""
    return [{k: v for k, v in row.items() if k not in but} for row in model.objects.order_by("pk").values()]


@pytest.mark.parametrize("code", ["NOANS", "WNUM", "DCONN", "LOST", "DNC", "DECEASED", "DUPLICATE", "NOT_NOW"])
def test_undo_puts_person_task_and_number_back_as_they_were(served, now, code) -> None:
    kept = ("updated_at", "leased_until", "is_ready")
    before = [columns(model, *kept) for model in (Person, Number, ContactPoint, CallTask)]
    dispose([outcome(served, code, "f1", now)], by=DANA, now=now)
    answer = undo_last(DANA, by=DANA, now=now + timedelta(minutes=5))
    assert isinstance(answer, Undone)
    assert [columns(model, *kept) for model in (Person, Number, ContactPoint, CallTask)] == before
    call = Call.objects.get()
    assert (call.undone_at, call.undone_by) == (now + timedelta(minutes=5), DANA.key)
    assert Event.objects.filter(kind="call.undone").count() == 1
    later = now + timedelta(minutes=6)
    assert dispose([outcome(served, "NOANS", "f2", later)], by=DANA, now=later)[0].is_new


def test_an_undone_opt_out_stays_in_the_ledger_and_is_followed_by_its_reversal(served, now) -> None:
    dispose([outcome(served, "DNC", "f1", now)], by=DANA, now=now)
    assert not undo_last(DANA, by=DANA, now=now).still_opted_out
    entries = ConsentEntry.objects.order_by("pk")
    assert [(e.state, e.basis) for e in entries] == [("revoked", ""), ("opted_in", "")]
    assert "mistake" in entries[1].evidence
    assert next_for(DANA, now).task_id == served.task_id


@pytest.mark.parametrize("stopped", ["person", "number"])
def test_undoing_never_call_again_does_not_lift_a_stop_from_before(served, now, stopped) -> None:
    record_consent([Grant(served.person_id, "sms", Basis.EXPRESS, "form")], by=DANA, now=now)
    who = {"person_id": served.person_id} if stopped == "person" else {"number_id": served.number.number_id}
    record_opt_out([OptOut("texted STOP during the call", **who)], by=LEE, now=now)
    dispose([outcome(served, "DNC", "f1", now)], by=DANA, now=now)
    assert undo_last(DANA, by=DANA, now=now).still_opted_out
    facts, ask = gather_facts([served.person_id], now=now)[served.person_id], Ask(Channel.SMS, Purpose.INFORMATIONAL)
    expected = Reason.OPTED_OUT if stopped == "person" else Reason.NUMBER_OPTED_OUT
    assert may_contact(facts, ask, now, load_policy()) == Refused(expected)
    assert Person.objects.get().do_not_contact_at is None


def test_undo_is_refused_when_there_is_nothing_or_it_is_too_late(served, now) -> None:
    assert undo_last(DANA, by=DANA, now=now) == NotUndone(UndoNo.NOTHING)
    dispose([outcome(served, "NOANS", "f1", now)], by=DANA, now=now)
    assert undo_last(LEE, by=LEE, now=now) == NotUndone(UndoNo.NOTHING)
    assert undo_last(DANA, by=DANA, now=now + timedelta(minutes=31)) == NotUndone(UndoNo.TOO_LATE)
    undo_last(DANA, by=DANA, now=now)
    assert undo_last(DANA, by=DANA, now=now) == NotUndone(UndoNo.NOTHING)


def test_undo_is_refused_when_somebody_has_called_or_taken_the_person_since(served, now) -> None:
    dispose([outcome(served, "NOANS", "f1", now)], by=DANA, now=now)
    Person.objects.update(last_call_at=now + timedelta(minutes=1))
    assert undo_last(DANA, by=DANA, now=now) == NotUndone(UndoNo.MOVED_ON)
    Person.objects.update(last_call_at=now)
    other = CallTask.objects.exclude(pk=served.task_id)
    other.update(status="leased", leased_by=LEE.key, leased_until=now, is_ready=False)
    assert undo_last(DANA, by=DANA, now=now) == NotUndone(UndoNo.MOVED_ON)
    other.update(status="open", leased_by="", leased_until=None)
    CallTask.objects.filter(pk=served.task_id).update(due_at=now + timedelta(days=30))
    assert undo_last(DANA, by=DANA, now=now) == NotUndone(UndoNo.MOVED_ON)


def test_a_text_that_waits_is_dropped_and_one_that_left_is_reported(served, now) -> None:
    dispose([outcome(served, "NOT_NOW", "f1", now)], by=DANA, now=now)
    values = {
        "dedupe_key": "details:f1",
        "channel": "sms",
        "purpose": "reply",
        "address": "x",
        "decided_at": now,
        "not_before": now,
        "recorded_at": now,
        "expires_at": now + timedelta(hours=2),
    }
    message = Message.objects.create(**values)
    assert undo_last(DANA, by=DANA, now=now).texts_already_gone == 0
    message.refresh_from_db()
    assert (message.status, message.reason) == ("dropped", "disposition_undone")
