"""The list of who is due: nobody open is ever missing from it, whatever writes; taking and giving back; locks."""

from datetime import timedelta
from typing import Any

from django.db import connection
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from psycopg import sql

from beckon.campaigns.actions import advance_due, stop_enrollments
from beckon.campaigns.enrolling.enrolment import enrol_due
from beckon.campaigns.journey.due import count_due, forget_ended, take_due, unlisted
from beckon.campaigns.life import pause, resume, stop
from beckon.campaigns.models import Campaign, DueSet, Enrollment
from beckon.campaigns.tests.scene import BY, install, launch, make_desk, make_people, make_senders
from beckon.consent.actions import OptOut, record_opt_out
from beckon.core.actors import SYSTEM
from beckon.core.tenancy import org_scope

PEOPLE = 40


def begin(now: Any, people: int = PEOPLE) -> Campaign:
    make_senders()
    make_desk(now)
    make_people(now, people, lines=("mobile", "landline"))
    campaign = launch(install("community-outreach", now), now)
    enrol_due(now=now)
    return campaign


def ids_of(campaign: Campaign) -> list[int]:
    return list(Enrollment.objects.filter(campaign=campaign).order_by("pk").values_list("pk", flat=True))


def advance_some(campaign: Campaign, now: Any, share: int) -> None:
    advance_due(now=now, limit=share)


def stop_some(campaign: Campaign, now: Any, share: int) -> None:
    stop_enrollments(ids_of(campaign)[:: share + 1], by=SYSTEM, now=now)


def opt_out(campaign: Campaign, now: Any, share: int) -> None:
    person = Enrollment.objects.filter(campaign=campaign).order_by("pk")[share % PEOPLE].person_id
    record_opt_out([OptOut("texted STOP", person_id=person)], by=SYSTEM, now=now)


def move_by_hand(campaign: Campaign, now: Any, share: int) -> None:
    some = ids_of(campaign)[:share]
    Enrollment.objects.filter(pk__in=some, left_at=None).update(due_at=now + timedelta(hours=share))


def open_again(campaign: Campaign, now: Any, share: int) -> None:
    Enrollment.objects.exclude(left_at=None).update(left_at=None, left_reason="", due_at=now)


def pause_a_while(campaign: Campaign, now: Any, share: int) -> None:
    pause(campaign, by=BY, now=now)
    assert advance_due(now=now).advanced == count_due(now=now, most=PEOPLE) == 0
    resume(campaign, by=BY, now=now)


ACTS = (advance_some, stop_some, opt_out, move_by_hand, open_again, pause_a_while)


@settings(
    max_examples=10, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate]
)
@given(acts=st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 12), st.integers(0, PEOPLE)), max_size=12))
def test_nobody_open_is_missing_from_the_list_whatever_happens_in_which_order(org: Any, now: Any, acts: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SAVEPOINT scene")
    try:
        campaign, at = begin(now), now
        for act, days, share in acts:
            at += timedelta(days=days)
            act(campaign, at, share)
            assert not list(unlisted())
        last = at + timedelta(days=400)
        while advance_due(now=last).advanced:
            last += timedelta(days=30)
        assert not Enrollment.objects.filter(left_at=None).exists()  # the list has brought everybody to their end
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ROLLBACK TO scene")


def test_hundreds_who_wait_for_the_same_moment_are_a_few_rows(org: Any, now: Any) -> None:
    begin(now, 400)
    assert DueSet.objects.count() <= 2
    advance_due(now=now)
    assert DueSet.objects.count() <= 2


def test_what_is_over_the_limit_stays_due(org: Any, now: Any) -> None:
    begin(now)
    assert [advance_due(now=now, limit=15).advanced for _ in range(4)] == [15, 15, 10, 0]
    assert not list(unlisted())


def test_whoever_is_in_other_hands_stays_due_and_is_advanced_afterwards(committed_org: Any, now: Any) -> None:
    with org_scope(committed_org):
        campaign = begin(now)
        held = ids_of(campaign)[3:6]
    with connection.copy().cursor() as other:  # somebody else holds three people, as an event does
        name = sql.Identifier(committed_org.schema_name)
        other.execute("BEGIN")
        lock = sql.SQL("SELECT 1 FROM {}.campaigns_enrollment WHERE id = ANY(%s) FOR NO KEY UPDATE").format(name)
        other.execute(lock, [held])
        with org_scope(committed_org):
            assert advance_due(now=now).advanced == PEOPLE - len(held)
        with org_scope(committed_org):
            assert count_due(now=now, most=PEOPLE) == len(held)
            assert not list(unlisted())
        other.execute("ROLLBACK")
        other.connection.close()
    with org_scope(committed_org):
        assert advance_due(now=now).advanced == len(held)


def test_a_worker_that_dies_with_sets_taken_leaves_them_due(committed_org: Any, now: Any) -> None:
    with org_scope(committed_org):
        begin(now)
    with connection.copy().cursor() as other:
        other.execute(sql.SQL("SET search_path = {}").format(sql.Identifier(committed_org.schema_name)))
        other.execute("BEGIN")
        other.execute("DELETE FROM campaigns_dueset")
        other.connection.connection.pgconn.finish()  # as a kill -9 does: no rollback is sent
    with org_scope(committed_org):
        assert count_due(now=now, most=PEOPLE) == PEOPLE


def test_the_campaign_whose_people_have_waited_longest_comes_first(org: Any, now: Any) -> None:
    make_senders()
    make_desk(now)
    make_people(now, PEOPLE)
    later = now + timedelta(hours=1)
    young = launch(install("community-outreach", now), now, starts_at=later)
    old = launch(install("no-encounter", now), now)
    enrol_due(now=now)
    enrol_due(now=later)
    taken = take_due([young.pk, old.pk], limit=5, now=later)
    assert {row[1] for row in taken.rows} == {old.pk}


def test_a_stopped_campaign_has_nobody_due(org: Any, now: Any) -> None:
    campaign = begin(now)
    stop(campaign, by=BY, now=now)
    assert (count_due(now=now, most=PEOPLE), advance_due(now=now).advanced, list(unlisted())) == (0, 0, [])
    assert forget_ended() > 0
    assert not DueSet.objects.exists()
    open_again(campaign, now, 0)
    assert (forget_ended(), list(unlisted())) == (0, [])
