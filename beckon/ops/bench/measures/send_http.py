"""`send_http`: texts to a vendor with a JSON endpoint."""

from collections.abc import Mapping
from typing import Any

from beckon.consent.facts import Channel
from beckon.ops.bench.context import Bench
from beckon.ops.bench.days import HTTP_DAY
from beckon.ops.bench.sending import Line, queue, send
from beckon.ops.bench.values import Figures


def config(port: int) -> Mapping[str, Any]:
    """A vendor that takes one text a request."""
    return {
        "url": f"http://127.0.0.1:{port}/send",
        "fields": {"To": "{to}", "From": "{from}", "Body": "{body}", "Ref": "{reference}"},
        "answer": {"id": "id"},
    }


LINE = Line(
    "http", Channel.SMS, config, "+12125550100", "",
    "Sample Family Practice: it has been a while since your last visit. Call us at 212-555-0199 and we will find a "
    "time that suits you. Reply STOP to opt out.",
    "n.kind = 'phone' AND n.line_type = 'mobile' AND n.dead_at IS NULL", HTTP_DAY,
)  # fmt: skip


def prepare(bench: Bench) -> None:
    """Queued texts."""
    queue(bench, LINE)


def measure(bench: Bench) -> Figures:
    """Texts a second."""
    return send(bench, LINE)
