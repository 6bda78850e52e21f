"""Which state and time zone a ZIP or an area code lies in. Knows no people; reads two small tables once."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent
Places = tuple[frozenset[str], frozenset[str]]
"""(states, zones), both possibly empty."""
NOWHERE: Places = (frozenset(), frozenset())
STATED = "stated"
"""Source of a time zone that the person named or staff wrote down; "explicit" is a column of a file (ADR 0006)."""


@dataclass(frozen=True)
class AreaCode:
    """An area code in use: `kind` is geographic or toll_free; states and zones it may be in."""

    kind: str
    states: frozenset[str]
    zones: frozenset[str]


@cache
def zip_table() -> dict[str, tuple[str, str]]:
    """ZIP (five digits) -> (state, zone). Ranges of the data are filled, so that a new ZIP inside one is known."""
    table: dict[str, tuple[str, str]] = {}
    with (FOLDER / "zip_codes.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            codes = map("{:05d}".format, range(int(row["first"]), int(row["last"]) + 1))
            table.update(dict.fromkeys(codes, (row["state"], row["zone"])))
    return table


@cache
def area_code_table() -> dict[str, AreaCode]:
    """Area code -> AreaCode, for every code of the North American plan that is in use."""
    with (FOLDER / "area_codes.csv").open(newline="") as file:
        return {
            row["code"]: AreaCode(row["kind"], frozenset(row["states"].split()), frozenset(row["zones"].split()))
            for row in csv.DictReader(file)
        }


@cache
def state_zones() -> dict[str, frozenset[str]]:
    """State -> the zones its ZIPs lie in."""
    zones: dict[str, set[str]] = {}
    for state, zone in set(zip_table().values()):
        if zone:
            zones.setdefault(state, set()).add(zone)
    return {state: frozenset(found) for state, found in zones.items()}


@cache
def single_zone_states() -> dict[str, str]:
    """State -> its zone, for the states that have only one."""
    return {state: next(iter(zones)) for state, zones in state_zones().items() if len(zones) == 1}


def zip_places(postal_code: str) -> Places:
    """States and zones of a ZIP or ZIP+4; empty where it is not known."""
    state, zone = zip_table().get(postal_code[:5], ("", ""))
    return frozenset({state} - {""}), frozenset({zone} - {""})


def area_code_places(number: str) -> Places:
    """States and zones an E.164 number's area code may be in; empty for toll-free and foreign numbers."""
    if not number.startswith("+1") or len(number) != 12:
        return NOWHERE
    found = area_code_table().get(number[2:5])
    return (found.states, found.zones) if found else NOWHERE


def time_zone_of(explicit: str, postal_code: str, state: str, number: str) -> tuple[str, str]:
    """A person's zone and where it is from: explicit, zip, state (with one zone), area_code (with one zone), or ''."""
    if explicit:
        return explicit, "explicit"
    zone = zip_table().get(postal_code[:5], ("", ""))[1] if postal_code else ""
    if zone:
        return zone, "zip"
    zone = single_zone_states().get(state, "")
    if zone:
        return zone, "state"
    zones = area_code_places(number)[1]
    return (next(iter(zones)), "area_code") if len(zones) == 1 else ("", "")
