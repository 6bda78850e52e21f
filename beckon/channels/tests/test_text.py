"""Length and segments of texts, against the published limits and the definition written out slowly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beckon.channels.text import GSM_BASIC, GSM_EXTENSION, Encoding, measure_text, offer_gsm7

ANY = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=400)
GSM = st.text(alphabet=st.sampled_from(sorted(GSM_BASIC | GSM_EXTENSION)), max_size=400)


def test_the_alphabet_has_the_sizes_of_the_standard() -> None:
    assert len(GSM_BASIC) == 127  # 128 places, one of them the escape
    assert len(GSM_EXTENSION) == 10
    assert not GSM_BASIC & GSM_EXTENSION


@pytest.mark.parametrize(
    ("text", "encoding", "units", "segments"),
    [
        ("", Encoding.GSM7, 0, 0),
        ("a" * 160, Encoding.GSM7, 160, 1),
        ("a" * 161, Encoding.GSM7, 161, 2),
        ("a" * 306, Encoding.GSM7, 306, 2),
        ("a" * 307, Encoding.GSM7, 307, 3),
        ("€" * 80, Encoding.GSM7, 160, 1),
        # An escape pair is not torn apart: 76 euros and one septet unused in each part.
        ("€" * 153, Encoding.GSM7, 306, 3),
        ("a" * 152 + "€" + "a" * 20, Encoding.GSM7, 174, 2),
        ("á" * 70, Encoding.UCS2, 70, 1),
        ("á" * 71, Encoding.UCS2, 71, 2),
        ("á" * 134, Encoding.UCS2, 134, 2),
        ("á" * 135, Encoding.UCS2, 135, 3),
        ("😀" * 35, Encoding.UCS2, 70, 1),
        ("😀" * 36, Encoding.UCS2, 72, 2),
        ("😀" * 67, Encoding.UCS2, 134, 3),
    ],
)
def test_known_lengths(text: str, encoding: Encoding, units: int, segments: int) -> None:
    size = measure_text(text)
    assert (size.encoding, size.units, size.segments) == (encoding, units, segments)


@pytest.mark.parametrize("text", ["ñ Ñ é ü ä ¿ ¡ à", "[ok] {x} ~ | ^ \\ €"])
def test_spanish_letters_that_are_in_the_alphabet_stay_cheap(text: str) -> None:
    assert measure_text(text).encoding is Encoding.GSM7


@pytest.mark.parametrize("char", list("áíóúÁÍÓÚ’“”–…`\t😀你"))
def test_what_is_not_in_the_alphabet_is_named_as_what_forces_the_costly_encoding(char: str) -> None:
    assert measure_text(f"a{char}b{char}").forcing == (char,)


def test_a_spanish_text_is_offered_without_the_accents_that_cost() -> None:
    offer = offer_gsm7("Mañana á las 3… “cita” – ¿podrá? María")
    assert offer is not None
    assert offer.text == 'Mañana a las 3... "cita" - ¿podra? Maria'
    assert ("á", "a") in offer.changes
    assert all(old != "ñ" for old, _ in offer.changes)


def test_a_letter_with_its_tilde_apart_becomes_the_letter_of_the_alphabet() -> None:
    offer = offer_gsm7("man\u0303ana")
    assert offer is not None
    assert offer.text == "mañana"


@pytest.mark.parametrize("text", ["plain", "", "Señora", "hello 😀", "你好"])
def test_there_is_no_offer_where_none_is_needed_or_possible(text: str) -> None:
    assert offer_gsm7(text) is None


@given(ANY)
def test_units_and_segments_follow_the_definition(text: str) -> None:
    size = measure_text(text)
    if size.encoding is Encoding.UCS2:
        assert size.units == len(text.encode("utf-16-le")) // 2
        single, part = 70, 67
    else:
        assert size.forcing == ()
        single, part = 160, 153
    low = -(-size.units // part) if size.units > single else min(size.units, 1)
    assert low <= size.segments <= low + size.units // part // 2 + 1
    assert 0 <= size.left <= single


@given(GSM, st.integers(0, 400))
def test_a_longer_text_never_needs_fewer_segments(text: str, cut: int) -> None:
    assert measure_text(text[:cut]).segments <= measure_text(text).segments


@given(ANY)
def test_an_offer_is_always_in_the_alphabet_and_says_every_change(text: str) -> None:
    offer = offer_gsm7(text)
    if offer is not None:
        assert measure_text(offer.text).encoding is Encoding.GSM7
        assert {old for old, _ in offer.changes} == set(measure_text(text).forcing)
