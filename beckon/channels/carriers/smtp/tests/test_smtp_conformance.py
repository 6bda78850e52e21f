"""The smtp carrier does what every carrier must do, with CHUNKING, with PIPELINING, with neither."""

import asyncio

import pytest

from beckon.channels.carriers.conformance import CHECKS, Check, World
from beckon.channels.carriers.smtp.tests.world import OldSmtpWorld, PipeliningSmtpWorld, SmtpWorld


@pytest.mark.parametrize("world", [SmtpWorld, PipeliningSmtpWorld, OldSmtpWorld])
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_smtp_carrier(check: Check, world: type[World]) -> None:
    asyncio.run(check(world))
