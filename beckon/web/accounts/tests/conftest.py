"""A live practice, since only there a second factor is asked for."""

from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture(scope="module")
def live(django_db_setup: None, django_db_blocker: Any) -> Iterator[Any]:
    """A live practice on the wall clock, short name `live`; dropped when the module's tests are done."""
    from django.db import connections

    from beckon.core.models import OrganizationKind
    from beckon.core.organizations import create_organization, drop_organization

    with django_db_blocker.unblock():
        organization = create_organization(slug="live", name="Live practice", kind=OrganizationKind.LIVE)
    yield organization
    with django_db_blocker.unblock():
        drop_organization(organization)
        connections.close_all()
