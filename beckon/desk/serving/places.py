"""Numbers for places, so that serving leaves out a whole place where calling is not lawful at the moment."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache

from django.db import connection

from beckon.consent.law.hours import UNKNOWN_PLACE, Place, hours_at
from beckon.core.bulk.cursor import id_array

UNKNOWN = 0


def key_of(place: Place) -> str:
    """The stored form: states|zones, each sorted."""
    return f"{','.join(sorted(place.states))}|{','.join(sorted(place.zones))}"


@lru_cache(maxsize=10_000)
def place_of_key(key: str) -> Place:
    """The place of a stored form."""
    states, _, zones = key.partition("|")
    return Place(frozenset(filter(None, states.split(","))), frozenset(filter(None, zones.split(","))))


def place_numbers(places: Iterable[Place]) -> dict[Place, int]:
    """The number of each place, made where new. The unknown place is 0."""
    keys = {key_of(place): place for place in places if place != UNKNOWN_PLACE}
    numbers: dict[Place, int] = {UNKNOWN_PLACE: UNKNOWN}
    if not keys:
        return numbers
    wanted = sorted(keys)
    with connection.cursor() as cursor:
        cursor.execute("SELECT key, id FROM desk_callplace WHERE key = ANY(%s)", [wanted])
        found = dict(cursor.fetchall())
        missing = [key for key in wanted if key not in found]
        if missing:
            cursor.execute(
                "INSERT INTO desk_callplace (key) SELECT unnest(%s::text[]) ON CONFLICT DO NOTHING", [missing]
            )
            cursor.execute("SELECT key, id FROM desk_callplace WHERE key = ANY(%s)", [wanted])
            found = dict(cursor.fetchall())
    numbers.update({place: found[key] for key, place in keys.items()})
    return numbers


def all_places() -> dict[int, Place]:
    """Every place people are called in, by number, with the unknown one."""
    return _places("", [])


def places_numbered(numbers: Iterable[int]) -> dict[int, Place]:
    """These places, with the unknown one."""
    return _places(" WHERE id = ANY(%s::bigint[])", [id_array(sorted(numbers))])


def _places(where: str, values: list[str]) -> dict[int, Place]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id, key FROM desk_callplace{where}", values)
        return {UNKNOWN: UNKNOWN_PLACE} | {number: place_of_key(key) for number, key in cursor.fetchall()}


def open_places(places: Mapping[int, Place], now: datetime) -> list[int]:
    """The numbers of the places where a call is lawful at `now`."""
    return [number for number, place in places.items() if hours_at(place, now).is_open]
