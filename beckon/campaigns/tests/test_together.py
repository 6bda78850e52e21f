"""Several workers at once on committed rows: everybody is advanced once, nothing is queued twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from beckon.campaigns.actions import advance_all
from beckon.campaigns.journey.due import count_due
from beckon.campaigns.models import Enrollment
from beckon.campaigns.rounds import run_round
from beckon.campaigns.tests.scene import install, launch, make_desk, make_people, make_senders
from beckon.core.tenancy import org_scope
from beckon.messaging.models import Message

WORKERS = 4


def together(work: Any) -> list[Any]:
    def closing(_: int) -> Any:
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(closing, range(WORKERS)))


@pytest.mark.parametrize("worth_comparing", [1, 1_000], ids=["decided once for who is alike", "one by one"])
def test_four_workers_enrol_the_daily_volume_once_and_send_everybody_one_postcard(
    committed_org: Any, now: Any, monkeypatch: pytest.MonkeyPatch, worth_comparing: int
) -> None:
    monkeypatch.setattr("beckon.campaigns.actions.WORTH_COMPARING", worth_comparing)
    with org_scope(committed_org):
        make_senders()
        make_desk(now)
        make_people(now, 120)
        launch(install("community-outreach", now), now, daily_volume=90)

    together(lambda: run_round(committed_org, now=now))
    advance_all(committed_org, now=now)
    with org_scope(committed_org):
        assert Enrollment.objects.count() == 90
        assert Message.objects.filter(step="postcard").count() == 90
        assert count_due(now=now + timedelta(days=30), most=50) == 50

    week = now + timedelta(days=8)
    done = together(lambda: advance_all(committed_org, now=week, limit=7))
    with org_scope(committed_org):
        assert sum(each.advanced for each in done) == 90
        assert Message.objects.filter(step="text_1").count() == 90
