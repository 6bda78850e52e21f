"""What columns mean: English and Spanish headers, abbreviations, values, corrections by hand."""

import pytest

from beckon.people.errors import UnclearColumns
from beckon.people.normal import mapping
from beckon.people.normal.fields import Field


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("ST", Field.STATE),
        ("Cell Phone", Field.MOBILE_PHONE),
        ("cell_phone", Field.MOBILE_PHONE),
        ("CellPhone", Field.MOBILE_PHONE),
        ("DOB", Field.BIRTH_DATE),
        ("D.O.B.", Field.BIRTH_DATE),
        ("OK to Text", Field.OK_TO_TEXT),
        ("Do Not Call", Field.DO_NOT_CONTACT),
        ("MRN", Field.RECORD_NUMBER),
        ("Last Visit", Field.LAST_ENCOUNTER),
        ("Patient First Name", Field.GIVEN_NAME),
        ("E-mail", Field.EMAIL),
        ("Phone 2", Field.PHONE),
        ("Teléfono móvil", Field.MOBILE_PHONE),
        ("Apellidos", Field.FAMILY_NAME),
        ("Fecha de Nacimiento", Field.BIRTH_DATE),
        ("Código Postal", Field.POSTAL_CODE),
        ("Acepta SMS", Field.OK_TO_TEXT),
        ("Beckon reason", Field.IGNORE),
        ("Shoe size", None),
    ],
)
def test_a_header_in_either_language_is_understood(header: str, field: Field | None) -> None:
    assert mapping.field_of_header(header) is field


def test_without_a_header_the_values_decide() -> None:
    rows = [
        [f"Ana Ruiz {'abc'[n % 3]}", f"617-555-01{n:02d}", f"a{n}@example.org", f"1/{n + 1}/1980", "02115"]
        for n in range(20)
    ]
    columns = mapping.guess(mapping.unique_headers([""] * 5), rows)
    assert [c.field for c in columns] == [
        Field.FULL_NAME,
        Field.PHONE,
        Field.EMAIL,
        Field.BIRTH_DATE,
        Field.POSTAL_CODE,
    ]
    assert not mapping.looks_like_header(rows[0])


def test_a_single_name_column_is_a_full_name() -> None:
    assert [c.field for c in mapping.guess(["Nombre", "Teléfono"], [["Ana Ruiz", "617-555-0101"]] * 5)] == [
        Field.FULL_NAME,
        Field.PHONE,
    ]
    assert mapping.guess(["Nombre", "Apellido"], [])[0].field is Field.GIVEN_NAME


def test_a_correction_by_hand_wins_and_takes_the_field_from_its_old_column() -> None:
    columns = mapping.guess(["First Name", "Last Name", "Nick"], [])
    fixed = mapping.apply_mapping(columns, {"nick": "given_name"})
    assert [c.field for c in fixed] == [Field.IGNORE, Field.FAMILY_NAME, Field.GIVEN_NAME]


def test_unknown_words_in_a_mapping_are_refused() -> None:
    columns = mapping.guess(["First Name"], [])
    for given in ({"Nope": "given_name"}, {"First Name": "nickname"}):
        with pytest.raises(UnclearColumns):
            mapping.apply_mapping(columns, given)


def test_repeated_and_empty_headers_get_names_of_their_own() -> None:
    assert mapping.unique_headers(["Phone", "", "Phone"]) == ["Phone", "Column 2", "Phone (2)"]
