"""The http carrier does what every carrier must do."""

import asyncio

import pytest

from beckon.channels.carriers.conformance import CHECKS, Check
from beckon.channels.carriers.http.tests.world import HttpWorld


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_http_carrier(check: Check) -> None:
    asyncio.run(check(HttpWorld))
