"""Phone numbers: every digit form of the sample, the reasons for refusing, and no crash on any text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beckon.people.normal.phones import Phone, read_phone


@pytest.mark.parametrize(
    "text",
    [
        "2135550164",
        "213-555-0164",
        "(213) 555-0164",
        "213.555.0164",
        " 213 555 0164 ",
        "+1 213 555 0164",
        "1-213-555-0164",
        "+12135550164",
        "1 (213) 555-0164",
        "213\u2011555\u20110164",
        "tel: 213-555-0164",
        "213/555/0164",
        "2135550164.0",
    ],
)
def test_every_usual_form_is_the_same_number(text: str) -> None:
    assert read_phone(text) == Phone("+12135550164")


@pytest.mark.parametrize(
    ("text", "extension"),
    [
        ("(213) 555-0164 x12", "12"),
        ("213-555-0164 ext. 7", "7"),
        ("213 555 0164 #99", "99"),
        ("2135550164x1234", "1234"),
    ],
)
def test_an_extension_is_kept_beside_the_number(text: str, extension: str) -> None:
    assert read_phone(text) == Phone("+12135550164", extension)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("4.15556E+09", "spreadsheet"),
        ("4,15556e+9", "spreadsheet"),
        ("555-0123", "no area code"),
        ("000-000-0000", "same digit"),
        ("12345678901234567", "too many"),
        ("12345", "too few"),
        ("unknown", "not a phone"),
        ("call 213-555-0164 after 5", "not a phone"),
        ("555-810-7203", "area code 555"),
        ("213-055-0164", "no number begins"),
        ("213-911-0164", "no number begins"),
        ("1234567890", "made-up"),
        ("213-555-5555", "same digit"),
    ],
)
def test_a_bad_number_is_refused_with_its_own_reason(text: str, word: str) -> None:
    found = read_phone(text)
    assert isinstance(found, str)
    assert word in found


def test_toll_free_and_foreign_numbers_are_numbers() -> None:
    assert read_phone("1-800-555-0199") == Phone("+18005550199", "", True)
    assert read_phone("+44 20 7946 0018") == Phone("+442079460018")


@given(st.text(max_size=40))
def test_no_text_breaks_it_and_what_comes_out_is_e164(text: str) -> None:
    found = read_phone(text)
    if isinstance(found, Phone):
        assert found.number.startswith("+")
        assert found.number[1:].isdecimal()
        assert 8 <= len(found.number) <= 16
    else:
        assert found


@given(
    st.integers(0, 99),
    st.sampled_from(["{a}{b}{c}", "({a}) {b}-{c}", "{a}.{b}.{c}", "+1 {a} {b} {c}", "1-{a}-{b}-{c} x5"]),
)
def test_the_short_way_and_the_long_way_agree(line: int, form: str) -> None:
    found = read_phone(form.format(a="617", b="555", c=f"01{line:02d}"))
    assert isinstance(found, Phone)
    assert found.number == f"+161755501{line:02d}"
