"""How a normalised row and its contact points are written for the staging database. Pure.

What decides who is who stands in columns of its own; the rest of a person is one `body`, in the order in which
PostgreSQL will read it, since most of it is only passed on. No normalised value holds a control character.
"""

from collections.abc import Sequence

from beckon.people.normal.fields import AT, PersonRow, Point

BODY_SEPARATOR, POINT_SEPARATOR, IN_POINT = "\x1f", "\x1e", "\x1d"
"""Between the values of a body (and of a guardian), between points, and between the values of a point."""
HEAD_COLUMNS = (
    "match_key",
    "birth_date",
    "postal_code",
    "record_number",
    "do_not_contact",
    "deceased",
    "consent",
    "guardian",
    "points",
    "numbers",
)
ROW_COLUMNS = ("line", *HEAD_COLUMNS, "body")
"""A row as the workers write it, separated by tabs; `guardian` is GUARDIAN_COLUMNS joined, or '', `numbers`
the values of the points, sorted."""
BODY_COLUMNS = (
    "given",
    "middle",
    "family",
    "suffix",
    "name_key",
    "phonetic",
    "sex",
    "language",
    "zone",
    "zone_source",
    "state",
    "last_encounter",
    "last_appointment",
    "outcome",
    "next_appointment",
)
GUARDIAN_COLUMNS = ("guardian_given", "guardian_family", "guardian_phone", "guardian_key", "guardian_match")
POINT_COLUMNS = ("kind", "value", "use", "line_type", "extension", "postal")
"""The values of a point; `postal` is the JSON of a postal address as it is kept."""

_HEAD = [AT[name] for name in HEAD_COLUMNS[:-3]]
_BODY = [AT[name] for name in BODY_COLUMNS]
_GUARDIAN = [AT[name] for name in GUARDIAN_COLUMNS]


def staged(person: PersonRow) -> str:
    """The line of a row."""
    values = person.values
    guardian = [values[at] for at in _GUARDIAN]
    return "\t".join(
        (
            values[0],
            *[values[at] for at in _HEAD],
            BODY_SEPARATOR.join(guardian) if any(guardian) else "",
            POINT_SEPARATOR.join(map(point_text, person.points)),
            BODY_SEPARATOR.join(sorted([point[1] for point in person.points])),
            BODY_SEPARATOR.join([values[at] for at in _BODY]),
        )
    )


def point_text(point: Point) -> str:
    """A point as one text."""
    kind, value, use, line_type, extension, *place = point
    return IN_POINT.join((kind, value, use, line_type, extension, postal_json(place) if kind == "postal" else ""))


def postal_json(place: Sequence[str]) -> str:
    """A postal address as Number.postal keeps it, from line1, line2, city, state and ZIP."""
    line1, line2, city, state, postal_code = [part.replace("\\", "\\\\").replace('"', '\\"') for part in place]
    return f'{{"line1":"{line1}","line2":"{line2}","city":"{city}","state":"{state}","postal_code":"{postal_code}"}}'
