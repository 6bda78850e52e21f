"""Imports the files in which a package registers things: subscribers, segment fields. Knows none of them."""

from importlib import import_module
from importlib.util import find_spec

REGISTERING_MODULES = ("subscribers", "segment_fields")


def load_registrations(package: str) -> None:
    """Import `<package>.subscribers` and `<package>.segment_fields` where they exist.

    Registration happens on import, once per process, in the order of INSTALLED_APPS.
    """
    for module in REGISTERING_MODULES:
        name = f"{package}.{module}"
        if find_spec(name) is not None:
            import_module(name)
