"""What is handed to a carrier."""

from typing import Any

import pytest

from beckon.messaging.rules import Due
from beckon.messaging.sending.lease import Held
from beckon.messaging.sending.outgoing import make_outgoing


def email_due() -> Due:
    values: dict[str, Any] = dict.fromkeys(Due._fields, "")
    return Due(
        **values
        | {
            "id": 5,
            "person_id": 7,
            "number_id": 9,
            "channel": "email",
            "address": "ana@example.org",
            "extras": None,
            "tries": 0,
        }
    )


@pytest.mark.parametrize(
    ("base", "has_link"), [("https://beckon.example.org", True), ("http://localhost:8000", False), ("", False)]
)
def test_only_an_https_installation_offers_one_click_unsubscribing(settings: Any, base: str, has_link: bool) -> None:
    settings.BASE_URL = base
    held = Held.__new__(Held)
    for name, value in {"channel": "email", "config": {}, "address": "us@example.org"}.items():
        object.__setattr__(held, name, value)
    message = make_outgoing([email_due()], held, 3)[0]
    assert bool(message.unsubscribe_url) is has_link
    assert message.unsubscribe_url.startswith("https://" if has_link else "")
