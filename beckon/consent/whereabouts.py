"""Where a person who is called may be, from what is on record. Widens when unsure; decides nothing.

The state of the ZIP and the state of the area code both count (Florida presumes that its area codes are in
Florida). In a state with several zones all of them count, unless the ZIP or the person's own word narrows it.
"""

from functools import lru_cache

from beckon.consent.law.hours import UNKNOWN_PLACE, Place
from beckon.consent.law.table import hours_table
from beckon.people.places.tables import area_code_places, zip_places

_interned: dict[Place, Place] = {}


def place_of(state: str, postal_code: str, time_zone: str, time_zone_source: str, number: str = "") -> Place:
    """The place of a person with these columns, reached at `number` (E.164, or "" for none). Equal places are one.

    `time_zone_source` as in Person: only "explicit" (the person's word) and "zip" narrow a split state.
    """
    return _place(state, postal_code, time_zone, time_zone_source, number[:5] if len(number) == 12 else "")


@lru_cache(maxsize=200_000)
def _place(state: str, postal_code: str, time_zone: str, source: str, area: str) -> Place:
    zip_states, zip_zones = zip_places(postal_code) if postal_code else (frozenset(), frozenset())
    states = zip_states | ({state} if state else frozenset())
    zones = zip_zones
    if source in ("explicit", "zip") and time_zone:
        zones = frozenset({time_zone})
    called_states, _zones = area_code_places(f"{area}5550100") if area else (frozenset(), frozenset())
    if source != "explicit" and zones:
        zones = zones | _zones_of(called_states - states)
    place = Place(states | called_states, zones)
    return _interned.setdefault(place, place) if place != UNKNOWN_PLACE else UNKNOWN_PLACE


def _zones_of(states: frozenset[str]) -> frozenset[str]:
    table = hours_table()
    return frozenset().union(*(table.zones.get(state, frozenset()) for state in states))
