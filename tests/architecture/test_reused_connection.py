"""A page's thread keeps its database connection: nothing of one request is left on it for the next."""

import io
import threading
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection, connections

from beckon import config
from beckon.core.models import Membership, Organization, Role, User
from beckon.core.organizations import create_rehearsal, drop_organization
from beckon.core.tenancy import org_scope
from beckon.people.models import Person
from conftest import NOW

LEFT = """
SELECT (SELECT array_agg(name || '=' || setting ORDER BY name) FROM pg_settings
         WHERE source = 'session' AND name <> 'search_path'),
       (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()),
       (SELECT count(*) FROM pg_class WHERE relpersistence = 't' AND pg_table_is_visible(oid)),
       current_setting('search_path')
"""
"""What a session could carry from one request to the next."""


class Server:
    """The site's application in a thread of its own, as the web server calls it."""

    def __init__(self, cookie: str) -> None:
        self.cookie, self.application = cookie, WSGIHandler()

    def get(self, path: str) -> tuple[int, str]:
        """Status and body."""
        told: list[int] = []
        answer = self.application(
            {
                "REQUEST_METHOD": "GET",
                "PATH_INFO": path,
                "SERVER_NAME": "localhost",
                "SERVER_PORT": "80",
                "HTTP_COOKIE": self.cookie,
                "wsgi.input": io.BytesIO(),
                "wsgi.url_scheme": "http",
            },
            lambda status, headers: told.append(int(status.split()[0])),
        )
        body = b"".join(answer).decode()
        answer.close()
        return told[0], body


@pytest.fixture
def practices(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[str, Organization, Organization]]:
    """A user's session cookie and two practices of theirs, with one person each; really committed."""
    with django_db_blocker.unblock():
        both = [create_rehearsal(clock_at=NOW, seed=1) for _ in range(2)]
        user = User.objects.create_user("both@example.org")
        for organization, name in zip(both, ("Ada", "Grace"), strict=True):
            Membership.objects.create(user=user, organization=organization, role=Role.ADMINISTRATOR)
            with org_scope(organization):
                Person.objects.create(
                    given_name=name, family_name="Sample", name_key=f"sample|{name.lower()}", origin="own",
                    created_at=NOW, updated_at=NOW,
                )  # fmt: skip
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
        yield f"{settings.SESSION_COOKIE_NAME}={session.session_key}", both[0], both[1]
        session.delete()
        user.delete()
        for organization in both:
            drop_organization(organization)
        connections.close_all()


def in_a_thread(work: Callable[[], None]) -> None:
    """As the server's threads: a connection of its own. Raises what `work` raised."""
    failed: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:
            failed.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if failed:
        raise failed[0]


def left_over() -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(LEFT)
        return tuple(cursor.fetchone())


def backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def test_the_next_request_on_a_connection_finds_nothing_of_the_one_before(practices: Any) -> None:
    cookie, first, second = practices

    def work() -> None:
        server = Server(cookie)
        assert server.get("/help/")[0] == 200
        one, clean = backend(), left_over()
        for _ in range(3):
            for organization, own, other in ((first, "Ada", "Grace"), (second, "Grace", "Ada")):
                status, body = server.get(f"/o/{organization.slug}/people/")
                assert (status, own in body, other in body) == (200, True, False)
                assert left_over() == clean
            assert server.get(f"/o/{first.slug}/people/999999/")[0] == 404  # leaves the scope by an error
            assert left_over() == clean
        assert backend() == one, "the connection was not kept"

    in_a_thread(work)


def test_a_connection_that_broke_is_made_anew(practices: Any) -> None:
    cookie, first, _second = practices

    def work() -> None:
        server = Server(cookie)
        assert server.get(f"/o/{first.slug}/people/")[0] == 200
        gone = backend()
        server.get("/help/")  # ends the request of `backend`, as the next one would
        same = config.database_address(admin=False)
        with psycopg.connect(
            host=same.host, port=same.port, user=same.user, password=same.password, dbname=same.name
        ) as other:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", [gone])
        assert server.get(f"/o/{first.slug}/people/")[0] == 200
        assert backend() != gone

    in_a_thread(work)
