"""Dates, names, ZIPs, e-mails, languages, addresses: the usual forms, the bad ones, and no crash on any text."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beckon.people.normal import dates, names, values
from beckon.people.normal.addresses import postal_key

TODAY = date(2026, 11, 16)
US = dates.DateStyle()


@pytest.mark.parametrize(
    "text",
    [
        "7/14/1987",
        "07/14/1987",
        "07-14-1987",
        "1987-07-14",
        "19870714",
        "14-Jul-1987",
        "14 July 1987",
        "July 14, 1987",
        "Jul 14 1987",
        "7/14/87",
        "14/7/1987",
        "1987/07/14",
        "07.14.1987",
        "1987-07-14T00:00:00",
        "7/14/1987 12:00:00 AM",
        "14 de julio de 1987",
        "14-jul-87",
    ],
)
def test_every_usual_date_form_is_read(text: str) -> None:
    assert dates.read_birth_date(text, US, TODAY) == date(1987, 7, 14)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2/30/1980", dates.NO_SUCH_DAY),
        ("13/13/1980", dates.NO_SUCH_DAY),
        ("11/17/2026", dates.FUTURE),
        ("1/1/1880", dates.TOO_OLD),
        ("soon", dates.NOT_A_DATE),
        ("1987", dates.NOT_A_DATE),
        ("00/00/0000", dates.NO_SUCH_DAY),
    ],
)
def test_a_bad_birth_date_says_why(text: str, reason: str) -> None:
    assert dates.read_birth_date(text, US, TODAY) == reason


def test_the_column_decides_an_ambiguous_order_of_day_and_month() -> None:
    assert dates.is_day_first(["05/04/1980", "25/12/1980", "13/01/1975"])
    assert not dates.is_day_first(["05/04/1980", "12/25/1980"])
    assert dates.read_date("5/4/1980", dates.DateStyle(day_first=True), TODAY) == date(1980, 4, 5)
    assert dates.read_date("12/25/1980", dates.DateStyle(day_first=True), TODAY) == date(1980, 12, 25)


def test_a_number_is_a_day_only_in_a_spreadsheet() -> None:
    assert dates.read_date("31972", dates.DateStyle(serials=True), TODAY) == date(1987, 7, 14)
    assert dates.read_date("31972", US, TODAY) == dates.NOT_A_DATE


@given(st.dates(date(1927, 1, 1), TODAY), st.sampled_from(["%m/%d/%Y", "%Y-%m-%d", "%Y%m%d", "%d-%b-%Y", "%B %d, %Y"]))
def test_a_written_birth_date_reads_back(day: date, form: str) -> None:
    assert dates.read_birth_date(day.strftime(form), US, TODAY) == day


@given(st.text(max_size=30))
def test_no_text_breaks_the_readers(text: str) -> None:
    assert isinstance(dates.read_birth_date(text, US, TODAY), date | str)
    dates.read_moment(text, dates.DateStyle(True, True), TODAY)
    for read in (
        values.read_postal_code,
        values.read_email,
        values.read_language,
        values.read_sex,
        values.read_state,
        values.read_zone,
    ):
        assert read(text) is None or isinstance(read(text), str)
    full = names.split_full_name(text)
    assert all("\t" not in part and "\n" not in part for part in (full.given, full.middle, full.family, full.suffix))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("02903", "02903"),
        ("2903", "02903"),
        ("02903-1234", "02903"),
        ("029031234", "02903"),
        ("29031234", "02903"),
        ("501", "00501"),
        ("90012.0", "90012"),
        ("9001", "09001"),
        ("12", None),
        ("ABCDE", None),
        ("900123", None),
        ("00000", None),
    ],
)
def test_a_zip_gets_its_leading_zeros_back(text: str, code: str | None) -> None:
    assert values.read_postal_code(text) == code


@pytest.mark.parametrize(
    ("text", "email"),
    [
        (" Ana.Ruiz@Example.ORG ", "ana.ruiz@example.org"),
        ("<a@b.example.org>", "a@b.example.org"),
        ("mailto:a@example.org", "a@example.org"),
        ("not an email", None),
        ("a@b", None),
        ("a..b@example.org", None),
        ("a@example.org;b@example.org", None),
        ("@example.org", None),
    ],
)
def test_an_email_is_lowered_or_refused(text: str, email: str | None) -> None:
    assert values.read_email(text) == email


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Spanish", "es"),
        ("ES", "es"),
        ("es-MX", "es"),
        ("Español", "es"),
        ("English (US)", "en"),
        ("Mandarin", "zh"),
        ("Klingon", None),
    ],
)
def test_a_language_becomes_its_code(text: str, code: str | None) -> None:
    assert values.read_language(text) == code


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Ruiz, Ana M.", ("Ana", "M.", "Ruiz", "")),
        ("RUIZ, ANA", ("Ana", "", "Ruiz", "")),
        ("Ana Ruiz", ("Ana", "", "Ruiz", "")),
        ("Dr. John Q. Public Jr.", ("John", "Q.", "Public", "Jr.")),
        ("Ana de la Cruz", ("Ana", "", "de la Cruz", "")),
        ("Smith, Jr., John", ("John", "", "Smith", "Jr.")),
        ("John Smith, Jr.", ("John", "", "Smith", "Jr.")),
        ("Cher", ("", "", "Cher", "")),
    ],
)
def test_a_full_name_falls_into_parts(text: str, parts: tuple[str, str, str, str]) -> None:
    full = names.split_full_name(text)
    assert (full.given, full.middle, full.family, full.suffix) == parts


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("MARÍA", "María"),
        ("o'brien", "O'Brien"),
        ("MCDONALD", "McDonald"),
        ("anne-marie", "Anne-Marie"),
        ("DeShawn", "DeShawn"),
        ("  ana   luz ", "Ana Luz"),
    ],
)
def test_only_names_in_one_case_get_capitals(text: str, shown: str) -> None:
    assert names.proper(text) == shown


def test_names_compare_without_accents_and_nicknames() -> None:
    assert names.fold("Sepúlveda") == names.fold("SEPULVEDA ") == "sepulveda"
    assert names.formal("Liz") == names.formal("Elizabeth")
    assert names.phonetic("Robert") == names.phonetic("Rupert") == "R163"
    assert names.phonetic("Ashcraft") == "A261"


def test_the_same_street_written_two_ways_has_one_key() -> None:
    assert postal_key("12 North Main Street Apt. 4", "", "X", "MA", "02115") == postal_key(
        "12 N MAIN ST", "#4", "X", "MA", "02115"
    )
    assert postal_key("12 Main St", "", "X", "MA", "02115") != postal_key("12 Main St", "Unit 5", "X", "MA", "02115")
