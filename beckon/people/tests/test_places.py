"""ZIPs, area codes and zones: the known ones, the split ones, and when nothing is known."""

import pytest

from beckon.people.places.tables import area_code_places, area_code_table, state_zones, time_zone_of, zip_places
from beckon.people.queries import candidate_places


@pytest.mark.parametrize(("code", "state", "zone"), [
    ("02903", "RI", "America/New_York"), ("79901", "TX", "America/Denver"), ("32501", "FL", "America/Chicago"),
    ("96813", "HI", "Pacific/Honolulu"), ("00907-1234", "PR", "America/Puerto_Rico"),
])  # fmt: skip
def test_a_zip_knows_its_state_and_zone(code: str, state: str, zone: str) -> None:
    assert zip_places(code) == (frozenset({state}), frozenset({zone}))


def test_unknown_zips_and_numbers_are_nowhere() -> None:
    assert zip_places("00000") == (frozenset(), frozenset())
    assert area_code_places("+18005550199") == (frozenset(), frozenset())
    assert area_code_places("+442079460018") == (frozenset(), frozenset())
    assert "555" not in area_code_table()


def test_every_state_has_zones_and_area_codes() -> None:
    assert len(state_zones()) >= 51
    states = set().union(*(code.states for code in area_code_table().values()))
    assert len(states) >= 51


def test_a_zone_comes_from_the_best_source_there_is() -> None:
    assert time_zone_of("America/Denver", "02903", "RI", "") == ("America/Denver", "explicit")
    assert time_zone_of("", "79901", "TX", "") == ("America/Denver", "zip")
    assert time_zone_of("", "", "RI", "") == ("America/New_York", "state")
    assert time_zone_of("", "", "TX", "+12125550101") == ("America/New_York", "area_code")
    assert time_zone_of("", "", "TX", "+18505550101") == ("", "")


def test_the_places_of_zip_and_area_code_are_joined() -> None:
    states, zones = candidate_places("MA", "02115", "America/New_York", "zip", "+13055550101")
    assert (states, zones) == ({"MA", "FL"}, {"America/New_York"})
    assert candidate_places("TX", "", "", "")[1] == {"America/Chicago", "America/Denver"}
    assert candidate_places("", "", "America/Denver", "stated", "+12125550101") == ({"NY"}, {"America/Denver"})
    both = {"America/New_York", "America/Denver"}
    assert candidate_places("", "", "America/Denver", "explicit", "+12125550101") == ({"NY"}, both)
    assert candidate_places("", "", "", "") == (frozenset(), frozenset())
