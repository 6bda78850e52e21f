"""`beckon import people`: what it takes for granted."""

from datetime import datetime

from beckon.core.models import Organization
from beckon.ops.commands.people.import_people import origin_of, source_name_of
from beckon.people.models import Source


def test_next_months_file_of_a_bought_list_is_bought_too(org: Organization, now: datetime, tmp_path) -> None:
    name = source_name_of(tmp_path / "broker-list-2026-11.csv")
    assert origin_of(org, name) == "own"
    Source.objects.create(name=name, origin="bought", created_at=now)
    assert origin_of(org, source_name_of(tmp_path / "broker-list-2026-12.csv")) == "bought"
