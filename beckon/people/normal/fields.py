"""What a column of a file can mean, and the values the pipeline passes on. Pure: no Django, no clock."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Field(StrEnum):
    """A meaning a column can be mapped to; the words are those of `--map "Column=field"`."""

    GIVEN_NAME = "given_name"
    MIDDLE_NAME = "middle_name"
    FAMILY_NAME = "family_name"
    FULL_NAME = "full_name"
    NAME_SUFFIX = "name_suffix"
    BIRTH_DATE = "birth_date"
    SEX = "sex"
    LANGUAGE = "language"
    PHONE = "phone"
    MOBILE_PHONE = "mobile_phone"
    HOME_PHONE = "home_phone"
    WORK_PHONE = "work_phone"
    EMAIL = "email"
    ADDRESS_LINE1 = "address_line1"
    ADDRESS_LINE2 = "address_line2"
    CITY = "city"
    STATE = "state"
    POSTAL_CODE = "postal_code"
    TIME_ZONE = "time_zone"
    RECORD_NUMBER = "record_number"
    OK_TO_TEXT = "ok_to_text"
    OK_TO_VOICEMAIL = "ok_to_voicemail"
    OK_TO_CALL = "ok_to_call"
    OK_TO_EMAIL = "ok_to_email"
    DO_NOT_CONTACT = "do_not_contact"
    DECEASED = "deceased"
    LAST_ENCOUNTER = "last_encounter"
    LAST_APPOINTMENT = "last_appointment"
    LAST_APPOINTMENT_OUTCOME = "last_appointment_outcome"
    NEXT_APPOINTMENT = "next_appointment"
    GUARDIAN_NAME = "guardian_name"
    GUARDIAN_PHONE = "guardian_phone"
    IGNORE = "ignore"


PHONES = (Field.MOBILE_PHONE, Field.PHONE, Field.HOME_PHONE, Field.WORK_PHONE)
"""Phone fields in the order in which their numbers are tried."""
NAMES = frozenset({Field.GIVEN_NAME, Field.FAMILY_NAME, Field.FULL_NAME})
CONSENT_CHANNELS = {
    Field.OK_TO_TEXT: "sms",
    Field.OK_TO_VOICEMAIL: "voicemail",
    Field.OK_TO_CALL: "voice",
    Field.OK_TO_EMAIL: "email",
}
SEVERAL = frozenset({*PHONES, Field.EMAIL, Field.IGNORE})
"""Fields that more than one column may mean."""

LINE_COLUMN, REASON_COLUMN = "Beckon line", "Beckon reason"
"""The two columns a rejects file has beside the original ones; ignored when it is imported again."""


@dataclass(frozen=True)
class RawRow:
    """A row as read: the physical line it starts on (1 is the first) and its values, one per column or not."""

    line: int
    values: list[str]
    source: str = ""
    """The JSON text it was made of, for resources."""


@dataclass(frozen=True)
class Problem:
    """A single value that could not be used. The row was kept unless it is rejected for another reason."""

    line: int
    column: str
    value: str
    reason: str


VALUE_COLUMNS = (
    "line",
    "given",
    "middle",
    "family",
    "suffix",
    "name_key",
    "match_key",
    "phonetic",
    "birth_date",
    "sex",
    "language",
    "zone",
    "zone_source",
    "state",
    "postal_code",
    "record_number",
    "do_not_contact",
    "deceased",
    "last_encounter",
    "last_appointment",
    "outcome",
    "next_appointment",
    "consent",
    "guardian_given",
    "guardian_family",
    "guardian_phone",
    "guardian_key",
    "guardian_match",
)
"""The values of a normalised row, in the order in which they are kept. Moments are UTC, dates ISO, nothing is ''.

`consent` holds `channel:y` and `channel:n` words joined by blanks.
"""
ROW_COLUMNS = (*VALUE_COLUMNS, "digest", "key")
"""A row as the workers write it. `digest` changes with any value or contact point; `key` tells rows without a record
number apart by name, birth date, ZIP and contact points.
"""
AT = {name: place for place, name in enumerate(VALUE_COLUMNS)}
POINT_COLUMNS = (
    "line",
    "place",
    "kind",
    "value",
    "use",
    "line_type",
    "extension",
    "line1",
    "line2",
    "city",
    "point_state",
    "zip",
)


Point = tuple[str, str, str, str, str, str, str, str, str, str]
"""A usable phone, e-mail or postal address of one row: the columns of POINT_COLUMNS from `kind` on, as a bare tuple,
since three are made per row. `value` is the key that equal addresses share; line1 to zip are for postal ones."""


class PersonRow(NamedTuple):
    """One row, normalised: the values of VALUE_COLUMNS and its contact points, best first."""

    values: list[str]
    points: list[Point]

    def value(self, name: str) -> str:
        """One of the values, by its name in VALUE_COLUMNS."""
        return self.values[AT[name]]
