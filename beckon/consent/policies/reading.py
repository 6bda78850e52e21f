"""The contact policy as stored, for showing and editing; what the gate uses is `consent.queries.load_policy`."""

from collections.abc import Mapping
from dataclasses import dataclass

from beckon.consent.models import ContactPolicy
from beckon.consent.policies.fields import FIELDS


@dataclass(frozen=True, slots=True)
class StoredPolicy:
    """Every field by name, and the version. `is_own`: somebody has changed it; else these are the defaults."""

    version: int
    is_own: bool
    values: Mapping[str, object]


def stored_policy() -> StoredPolicy:
    """The organization's contact policy."""
    row = ContactPolicy.objects.filter(id=1).first()
    shown = row or ContactPolicy()
    return StoredPolicy(shown.version, row is not None, {field.name: getattr(shown, field.name) for field in FIELDS})
