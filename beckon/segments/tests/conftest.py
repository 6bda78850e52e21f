"""Puts the sample fields in place of the product's while a test runs."""

import pytest

from beckon.core import segment_registry
from beckon.segments.tests.sample_fields import FIELDS


@pytest.fixture
def fields(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the sample fields are registered."""
    monkeypatch.setattr(segment_registry, "_fields", {})
    segment_registry.register(*FIELDS)
