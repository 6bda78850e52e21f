"""Where a person who is called may be, from what is on record. Widens when unsure; decides nothing.

The state of the ZIP and the state of the area code both count (Florida presumes that its area codes are in
Florida). In a state with several zones all of them count, unless the ZIP narrows it. A zone that a file states
is one more that may hold: a wrong column must not open the night. Only the person's own word, or what staff wrote down,
stands alone. ADR 0006.
"""

from functools import lru_cache

from beckon.consent.law.hours import UNKNOWN_PLACE, Place
from beckon.consent.law.table import hours_table
from beckon.people.places.tables import STATED, area_code_places, zip_places

_interned: dict[Place, Place] = {}


def place_of(state: str, postal_code: str, time_zone: str, time_zone_source: str, number: str = "") -> Place:
    """The place of a person with these columns, reached at `number` (E.164, or "" for none). Equal places are one.

    `time_zone_source` as in Person: "stated" (by the person or staff) stands alone, "zip" narrows a split state,
    "explicit" (a column of a file) is met besides all others.
    """
    return _place(state, postal_code, time_zone, time_zone_source, number[:5] if len(number) == 12 else "")


@lru_cache(maxsize=200_000)
def _place(state: str, postal_code: str, time_zone: str, source: str, area: str) -> Place:
    zip_states, zip_zones = zip_places(postal_code) if postal_code else (frozenset(), frozenset())
    states = zip_states | ({state} if state else frozenset())
    called_states, _zones = area_code_places(f"{area}5550100") if area else (frozenset(), frozenset())
    if source == STATED and time_zone:
        zones = frozenset({time_zone})
    else:
        zones = frozenset({time_zone}) if source == "zip" and time_zone else zip_zones
        if zones:
            zones = zones | _zones_of(called_states - states)
        if source == "explicit" and time_zone:
            zones = (zones or _all_zones_of(states | called_states)) | {time_zone}
    place = Place(states | called_states, zones)
    return _interned.setdefault(place, place) if place != UNKNOWN_PLACE else UNKNOWN_PLACE


def _all_zones_of(states: frozenset[str]) -> frozenset[str]:
    """What an empty set of zones means to legal hours: every zone of the states; of all states where one is unknown."""
    table = hours_table()
    return _zones_of(states if states and states <= table.zones.keys() else states | table.states)


def _zones_of(states: frozenset[str]) -> frozenset[str]:
    table = hours_table()
    return frozenset().union(*(table.zones.get(state, frozenset()) for state in states))
