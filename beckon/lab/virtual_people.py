"""A clean file of virtual people for rehearsals: keyed draws, fictional 555-01xx numbers, example.org addresses."""

import csv
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from beckon.core.draws import pick, uniform
from beckon.people.places.tables import area_code_table

GIVEN = (
    "Ada", "Alma", "Amos", "Ana", "Ben", "Bo", "Carla", "Cruz", "Dana", "Dora", "Eli", "Elsa", "Eva", "Fay", "Gil",
    "Gus", "Hana", "Ida", "Ike", "Inez", "Jo", "Juan", "Kai", "Kim", "Lea", "Leo", "Lina", "Luz", "Max", "Mia", "Ned",
    "Nora", "Olga", "Omar", "Pam", "Paz", "Rita", "Rosa", "Ruth", "Sam", "Sol", "Tess", "Tina", "Ugo", "Vera", "Wes",
)  # fmt: skip
FAMILY = (
    "Abbott", "Acosta", "Baker", "Barrios", "Beck", "Cole", "Cordero", "Dale", "Duarte", "Ellis", "Espinal", "Fields",
    "Flores", "Gale", "Gomez", "Hale", "Herrera", "Ibarra", "Irwin", "Jensen", "Keller", "Lara", "Lowe", "Marsh",
    "Mendez", "Nash", "Nunez", "Ochoa", "Otto", "Pace", "Pena", "Quinn", "Reyes", "Rowe", "Salas", "Shaw", "Tate",
    "Torres", "Upton", "Vargas", "Voss", "Walsh", "Ximenez", "York", "Zamora", "Zeller",
)  # fmt: skip
PLACES = (
    ("New York", "NY", "10001", "212"), ("Brooklyn", "NY", "11201", "718"), ("Newark", "NJ", "07102", "973"),
    ("Hartford", "CT", "06103", "860"), ("Boston", "MA", "02108", "617"), ("Atlanta", "GA", "30303", "404"),
    ("Miami", "FL", "33130", "305"), ("Chicago", "IL", "60601", "312"), ("Dallas", "TX", "75201", "214"),
    ("Denver", "CO", "80202", "303"), ("Phoenix", "AZ", "85004", "602"), ("Los Angeles", "CA", "90012", "213"),
    ("Seattle", "WA", "98101", "206"), ("Honolulu", "HI", "96813", "808"),
)  # fmt: skip
TEXTABLE = 0.65
"""Share of people who agreed to texts. Assumption."""
NEAR = {0: 6.0, 1: 4.0, 2: 2.0}
"""Most people of a practice live close by; the rest are spread over the zones. Assumption."""
FROM_ELSEWHERE = ("213", "305", "214")
"""Area codes that people brought along when they moved here."""
MOVED = 0.08
"""Share of people with such a number. Assumption."""
HEADER = (
    "Record Number", "First Name", "Last Name", "DOB", "Sex", "Language", "Address", "City", "State", "Zip",
    "Cell Phone", "Home Phone", "Email", "OK to Text", "Last Visit", "Last Appointment", "Last Appointment Outcome",
)  # fmt: skip


def write_people(path: Path, people: int, *, seed: int, today: date, playbook: str) -> None:
    """Write `people` rows of CSV. Those of every playbook but outreach have been seen before.

    Phones repeat beyond a few thousand people (only 100 fictional numbers exist per area code and exchange), as in
    households.
    """
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for number in range(people):
            writer.writerow(_row(number, seed, today, playbook))


def _row(number: int, seed: int, today: date, playbook: str) -> list[str]:
    def draw(*names: str) -> float:
        return uniform(seed, "person", number, *names)

    place = PLACES[pick({i: NEAR.get(i, 0.4) for i in range(len(PLACES))}, seed, "person", number, "place")]
    city, state, postal_code, _ = place
    has_moved = draw("moved") < MOVED
    born = today - timedelta(days=round(365.25 * (19 + 66 * draw("age"))))
    kind = pick({"mobile": 0.62, "both": 0.18, "landline": 0.14, "none": 0.06}, seed, "person", number, "phones")
    given = GIVEN[int(draw("given") * len(GIVEN))]
    family = FAMILY[int(draw("family") * len(FAMILY))]
    seen = "" if playbook == "community-outreach" else _day(today, 400 + 900 * draw("seen"))
    last, outcome = _last_appointment(playbook, today, seen, draw("last"), draw("outcome"))
    return [
        f"V{number:07d}", given, family, born.isoformat(), "F" if draw("sex") < 0.52 else "M",
        "es" if draw("language") < 0.25 else "en", f"{100 + number} {family} Avenue", city, state, postal_code,
        _phone(_area_code(place, number, 0, has_moved), number) if kind in ("mobile", "both") else "",
        _phone(_area_code(place, number, 1, has_moved), number) if kind in ("landline", "both") else "",
        f"{given}.{family}.{number}@example.org".lower() if draw("email") < 0.7 else "",
        "Y" if draw("consent") < TEXTABLE else "N", seen, last, outcome,
    ]  # fmt: skip


def _day(today: date, back: float) -> str:
    return (today - timedelta(days=round(back))).isoformat()


def _last_appointment(playbook: str, today: date, seen: str, draw: float, outcome: float) -> tuple[str, str]:
    match playbook:
        case "no-show":
            return _day(today, 3 + 25 * draw), "missed"
        case "cancelled":
            return _day(today, 3 + 25 * draw), "cancelled by practice" if outcome < 0.3 else "cancelled by patient"
        case "no-encounter":
            return _day(today, 30 + 200 * draw), "cancelled by patient"
        case "community-outreach":
            return "", ""
        case _:
            return seen, "kept"


def _phone(code: str, number: int) -> str:
    """A fictional number: 100 per area code, all in exchange 555."""
    return f"({code}) 555-01{number % 100:02d}"


def _area_code(place: tuple[str, str, str, str], number: int, which: int, has_moved: bool) -> str:
    """The place's own code for the first hundred people, then the codes of the state in turn; or one brought along."""
    _, state, _, own = place
    if has_moved and which == 0:
        return FROM_ELSEWHERE[number % len(FROM_ELSEWHERE)]
    codes = _codes_of(state) or (own,)
    block = number // 100
    return own if block == 0 and which == 0 else codes[(block * 2 + which) % len(codes)]


@cache
def _codes_of(state: str) -> tuple[str, ...]:
    """The area codes that lie in this state alone."""
    table = area_code_table().items()
    return tuple(sorted(c for c, a in table if a.kind == "geographic" and a.states == {state}))
