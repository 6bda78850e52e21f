"""`send_smtp`: e-mails to a mail server."""

from collections.abc import Mapping
from typing import Any

from beckon.consent.facts import Channel
from beckon.ops.bench.context import Bench
from beckon.ops.bench.days import SMTP_DAY
from beckon.ops.bench.sending import Line, queue, send
from beckon.ops.bench.values import Figures


def config(port: int) -> Mapping[str, Any]:
    """A mail server on this machine, without encryption, which the carrier accepts on loopback only."""
    return {"host": "127.0.0.1", "port": port, "security": "none"}


LINE = Line(
    "smtp", Channel.EMAIL, config, "outreach@example.org", "It has been a while",
    "Dear patient,\n\nit has been a while since your last visit, and some things are better looked at in time.\n"
    "Call us at 212-555-0199, or answer this mail, and we will find a time that suits you.\n\n"
    "Sample Family Practice\n100 Sample Street, New York, NY 10001\n",
    "n.kind = 'email' AND n.dead_at IS NULL", SMTP_DAY,
)  # fmt: skip


def prepare(bench: Bench) -> None:
    """Queued e-mails."""
    queue(bench, LINE)


def measure(bench: Bench) -> Figures:
    """E-mails a second."""
    return send(bench, LINE)
