"""Fixtures: three people, and a manager's browser."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from beckon.core.models import Role
from beckon.web.people.tests.scene import browser_of, make_people


@pytest.fixture
def three(org: Any, now: datetime) -> None:
    """Ana and Luis, a household; Rosa."""
    make_people(now)


@pytest.fixture
def manager(org: Any) -> Client:
    """A manager, signed in."""
    return browser_of(org, Role.MANAGER)
