"""The operator's page and the load balancer's question."""

from unittest.mock import patch

import pytest
from django.db import OperationalError, connection
from django.test import Client

from beckon.core.models import Role, User
from beckon.web.accounts.tests.staff import member, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator() -> Client:
    user = User.objects.create_user("operator@example.org", None)
    User.objects.filter(pk=user.pk).update(is_operator=True)
    return signed_in(user)


def failed_job() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, attempts)"
            " VALUES ('default', 'beckon.round', '{\"timestamp\": 1}', 'failed', 3) RETURNING id"
        )
        row = cursor.fetchone()
    assert row is not None
    return int(row[0])


def test_anybody_may_ask_whether_the_database_answers_and_learns_no_more() -> None:
    answer = Client().get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok")
    with patch("beckon.web.health.queries.ping", side_effect=OperationalError("secret host")):
        answer = Client().get("/healthz")
    assert answer.status_code == 503
    assert b"secret" not in answer.content


def test_the_operator_sees_workers_database_and_practices(operator: Client) -> None:
    page = operator.get("/health/").content.decode()
    assert "No worker runs" in page
    assert "Test practice" in page
    assert "Up to date" in page


def test_a_failed_job_is_put_back_into_its_queue(operator: Client) -> None:
    job = failed_job()
    assert "Failed jobs" in operator.get("/health/").content.decode()
    operator.post(f"/health/jobs/{job}/retry/")
    with connection.cursor() as cursor:
        cursor.execute("SELECT status FROM procrastinate_jobs WHERE id = %s", [job])
        assert cursor.fetchone() == ("todo",)
    assert operator.post(f"/health/jobs/{job}/retry/").status_code == 302


def test_all_failed_jobs_can_be_put_back_at_once(operator: Client) -> None:
    failed_job(), failed_job()
    operator.post("/health/jobs/retry/")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed'")
        assert cursor.fetchone() == (0,)


def test_the_part_that_refreshes_leaves_the_practices_out(operator: Client) -> None:
    part = operator.get("/health/", headers={"HX-Request": "true", "X-Beckon-Poll": "1"}).content.decode()
    assert "<html" not in part
    assert "Test practice" not in part


def test_an_administrator_of_a_practice_is_kept_out() -> None:
    browser = signed_in(member(Role.ADMINISTRATOR))
    assert browser.get("/health/").status_code == 403
    assert browser.post("/health/jobs/1/retry/").status_code == 403
