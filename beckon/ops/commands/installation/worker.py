"""`beckon worker`."""

import argparse
import asyncio

from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

HELP = (
    "Run jobs and due work on the wall clock. Start as many as you like, on any hosts; each may be killed at any time. "
    "Ctrl-C finishes the jobs in hand and stops."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How many jobs at once."""
    parser.add_argument("--jobs", type=int, default=4, help="jobs at once in this process (default 4)")
    parser.add_argument("--once", action="store_true", help="do what is waiting, then stop")


def run(args: argparse.Namespace) -> int:
    """Runs until stopped."""
    asyncio.run(_work(args.jobs, wait=not args.once))
    return 0


async def _work(jobs: int, *, wait: bool) -> None:
    assert isinstance(app.connector, DjangoConnector)
    with app.replace_connector(app.connector.get_worker_connector()) as working:
        async with working.open_async():
            await working.run_worker_async(concurrency=jobs, wait=wait, delete_jobs="successful")
