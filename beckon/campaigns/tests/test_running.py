"""Enrolling and advancing, with rows, trace, messages and tasks."""

from datetime import timedelta
from typing import Any

from beckon.campaigns.actions import advance_due
from beckon.campaigns.enrolling.enrolment import enrol_due
from beckon.campaigns.models import Enrollment
from beckon.campaigns.tests.scene import install, launch, make_desk, make_people, make_senders
from beckon.desk.models import CallTask
from beckon.messaging.models import Message


def advance_until_quiet(now: Any) -> int:
    total = 0
    while step := advance_due(now=now).advanced:
        total += step
    return total


def test_outreach_sends_the_postcard_then_the_text_or_the_drop_by_line_and_then_opens_a_call(
    org: Any, now: Any
) -> None:
    make_senders()
    make_desk(now)
    people = make_people(now, 4, lines=("mobile", "landline"))
    launch(install("community-outreach", now), now)

    assert enrol_due(now=now).enrolled == 4
    advance_until_quiet(now)
    assert list(Message.objects.values_list("channel", "status").distinct()) == [("postal", "queued")]

    for day in range(1, 25):
        advance_until_quiet(now + timedelta(days=day))
    sent = set(Message.objects.filter(step="text_1").values_list("person_id", "channel"))
    assert sent == {(people[0], "sms"), (people[1], "voicemail"), (people[2], "sms"), (people[3], "voicemail")}
    assert Message.objects.filter(step="text_2").count() == 4
    assert CallTask.objects.filter(status="open", max_attempts=5, days_between=7).count() == 4
    assert set(Enrollment.objects.values_list("step", "waiting_for")) == {("call", "task")}
