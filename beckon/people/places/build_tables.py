"""Rebuilds zip_codes.csv and area_codes.csv from the zipcodes and phonenumbers packages.

Run by hand after upgrading either: `python -m beckon.people.places.build_tables`. The product reads only the tables.
"""

import csv
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from zoneinfo import available_timezones

FOLDER = Path(__file__).parent
STATES = {
    "Alabama": "AL",
    "Alaska": "AK",
    "Arizona": "AZ",
    "Arkansas": "AR",
    "California": "CA",
    "Colorado": "CO",
    "Connecticut": "CT",
    "Delaware": "DE",
    "District of Columbia": "DC",
    "Washington D.C.": "DC",
    "Florida": "FL",
    "Georgia": "GA",
    "Hawaii": "HI",
    "Idaho": "ID",
    "Illinois": "IL",
    "Indiana": "IN",
    "Iowa": "IA",
    "Kansas": "KS",
    "Kentucky": "KY",
    "Louisiana": "LA",
    "Maine": "ME",
    "Maryland": "MD",
    "Massachusetts": "MA",
    "Michigan": "MI",
    "Minnesota": "MN",
    "Mississippi": "MS",
    "Missouri": "MO",
    "Montana": "MT",
    "Nebraska": "NE",
    "Nevada": "NV",
    "New Hampshire": "NH",
    "New Jersey": "NJ",
    "New Mexico": "NM",
    "New York": "NY",
    "North Carolina": "NC",
    "North Dakota": "ND",
    "Ohio": "OH",
    "Oklahoma": "OK",
    "Oregon": "OR",
    "Pennsylvania": "PA",
    "Rhode Island": "RI",
    "South Carolina": "SC",
    "South Dakota": "SD",
    "Tennessee": "TN",
    "Texas": "TX",
    "Utah": "UT",
    "Vermont": "VT",
    "Virginia": "VA",
    "Washington State": "WA",
    "Washington": "WA",
    "West Virginia": "WV",
    "Wisconsin": "WI",
    "Wyoming": "WY",
    "Puerto Rico": "PR",
    "Guam": "GU",
    "American Samoa": "AS",
    "Northern Mariana Islands": "MP",
    "US Virgin Islands": "VI",
}


def zip_ranges() -> Iterator[tuple[str, str, str, str]]:
    """(first, last, state, zone) for runs of ZIPs in the order of the data; the zone is '' where it is not known."""
    import zipcodes

    zones = available_timezones()
    rows = sorted(
        (str(z["zip_code"]), str(z["state"]), str(z["timezone"]) if z["timezone"] in zones else "")
        for z in zipcodes.list_all()  # type: ignore[no-untyped-call]
    )
    for (state, zone), run in groupby(rows, key=lambda row: row[1:]):
        members = [row[0] for row in run]
        yield members[0], members[-1], state, zone


def area_codes() -> Iterator[tuple[str, str, str, str]]:
    """(area code, kind, states, zones); several states or zones joined by spaces. Only codes in use."""
    for number in range(200, 1000):
        code = str(number)
        if code in ("800", "833", "844", "855", "866", "877", "888"):
            yield code, "toll_free", "", ""
        elif _is_in_use(code):
            yield code, "geographic", " ".join(sorted(_states(code))), " ".join(sorted(_zones(code)))


def _is_in_use(code: str) -> bool:
    import phonenumbers

    number = phonenumbers.parse(f"+1{code}5550123")
    kind = phonenumbers.number_type(number)
    return kind in (phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE, phonenumbers.PhoneNumberType.MOBILE)


def _states(code: str) -> set[str]:
    from phonenumbers.geodata import GEOCODE_DATA

    found = set()
    for prefix, names in GEOCODE_DATA.items():
        if prefix.startswith("1" + code):
            place = names.get("en", "")
            tail = place.rsplit(", ", 1)[-1]
            found.add(STATES.get(place) or (tail if tail in STATES.values() else ""))
    return found - {""}


def _zones(code: str) -> set[str]:
    from phonenumbers.tzdata import TIMEZONE_DATA

    return {zone for prefix, zones in TIMEZONE_DATA.items() if prefix.startswith("1" + code) for zone in zones}


def main() -> None:
    """Write both tables beside this file."""
    with (FOLDER / "zip_codes.csv").open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([("first", "last", "state", "zone"), *zip_ranges()])
    with (FOLDER / "area_codes.csv").open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([("code", "kind", "states", "zones"), *area_codes()])


if __name__ == "__main__":
    main()
