"""Every address of the site has its permission written down here. There are no pages yet, so the list is empty."""

from django.urls import get_resolver

PERMISSIONS: dict[str, str] = {}
"""route -> who may use it"""


def test_every_address_has_a_permission_and_every_permission_an_address() -> None:
    routes = {str(pattern.pattern) for pattern in get_resolver().url_patterns}
    assert routes == set(PERMISSIONS)
