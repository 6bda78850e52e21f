"""The web server: granian runs Django's WSGI application; static files are collected into BECKON_HOME first."""

import os

from django.core.management import call_command
from granian import Granian
from granian.constants import Interfaces

from beckon.core.errors import BeckonError
from beckon.web.assets import have_packages

THREADS = 8
"""Requests in progress at once per process; each holds a database connection while it works."""


class PagesNotSetUp(BeckonError):
    """The npm packages the pages need are not installed."""


def collect_static() -> None:
    """Put every static file, under a name that changes with its content, where the server finds it. Takes a second."""
    if not have_packages():
        raise PagesNotSetUp("the pages' style sheets are not installed; run `make setup`")
    call_command("collectstatic", interactive=False, verbosity=0)


def serve(host: str, port: int, workers: int) -> None:
    """Serve until SIGTERM or Ctrl-C. `workers` is a number of processes."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "beckon.settings")
    server = Granian(
        "beckon.ops.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS,
        backpressure=THREADS * 16,
        websockets=False,
        log_access=False,
    )
    server.serve()
