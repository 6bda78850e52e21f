"""A live scratch organization, because only a live one may own senders that reach anybody."""

import secrets
from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture
def live(django_db_setup: None, django_db_blocker: Any) -> Iterator[Any]:
    """Rows are really committed (threads, processes); dropped afterwards."""
    from django.db import connections

    from beckon.core.models import OrganizationKind
    from beckon.core.organizations import create_organization, drop_organization

    with django_db_blocker.unblock():
        organization = create_organization(
            slug=f"live-{secrets.token_hex(4)}", name="Live practice", kind=OrganizationKind.LIVE
        )
        try:
            yield organization
        finally:
            drop_organization(organization)
            connections.close_all()
