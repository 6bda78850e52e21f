"""The print carrier conforms, and its cards are what a printer and the post office expect."""

import asyncio
import csv
import io
from pathlib import Path

import pypdf
import pytest

from beckon.channels.carriers.base import OutgoingMessage, SendResult, Status
from beckon.channels.carriers.conformance import CHECKS, Check
from beckon.channels.carriers.errors import MisconfiguredError
from beckon.channels.carriers.print.carrier import build
from beckon.channels.carriers.print.config import PrintConfig
from beckon.channels.carriers.print.layout import lay_out, qr_svg
from beckon.channels.carriers.print.tests.world import PrintWorld, card, no_secret


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_print_carrier(check: Check) -> None:
    asyncio.run(check(PrintWorld))


def send(spool: Path, batch: list[OutgoingMessage]) -> list[SendResult]:
    carrier = build({"spool": str(spool), "letterhead": "Riverside Family Practice"}, no_secret)
    return asyncio.run(carrier.send(batch))


def test_a_card_is_two_pages_of_four_by_six_inches_with_bleed_and_embedded_fonts(tmp_path: Path) -> None:
    send(tmp_path, [card(1), card(2)])
    (pdf,) = tmp_path.glob("*/cards.pdf")
    pages = pypdf.PdfReader(pdf).pages
    assert [(float(p.mediabox.width) / 72, float(p.mediabox.height) / 72) for p in pages] == [(6.25, 4.25)] * 4
    for page in pages:
        fonts = page["/Resources"]["/Font"].values()
        descriptors = [f.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"] for f in fonts]
        assert descriptors
        assert all({"/FontFile2", "/FontFile3"} & set(d.get_object()) for d in descriptors)


def test_the_address_side_carries_address_return_address_code_and_phone(tmp_path: Path) -> None:
    send(tmp_path, [card(1)])
    (pdf,) = tmp_path.glob("*/cards.pdf")
    front, back = (page.extract_text() for page in pypdf.PdfReader(pdf).pages)
    assert "yearly visit" in front
    for expected in ("ANA FICTIONAL", "1 MAIN STREET APT 4", "400 River Road", "7KQ-0001", "PAID"):
        assert expected in back


def test_nothing_of_ours_stands_in_the_barcode_clear_zone(tmp_path: Path) -> None:
    long_body = "A line of text that is long enough to fill the column.\n\n" * 6
    results = send(tmp_path, [card(1, body=long_body, address=("1 Main St", "Suite 2", "c/o Desk", "Springfield"))])
    assert results[0].status is Status.SENT
    (pdf,) = tmp_path.glob("*/cards.pdf")
    low: list[tuple[float, float]] = []

    def visit(text: str, cm: list[float], tm: list[float], font: object, size: float) -> None:
        x, y = cm[0] * tm[4] + cm[4], cm[3] * tm[5] + cm[5]
        if text.strip() and y < (0.125 + 0.625) * 72 and x > (6.125 - 4.75) * 72:
            low.append((x, y))

    pypdf.PdfReader(pdf).pages[1].extract_text(visitor_text=visit)
    assert low == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"body": "too many words " * 150}, "overflow-body"),
        ({"body": "W" * 60}, "overflow-body"),
        ({"subject": "A headline without an end " * 20}, "overflow-headline"),
        ({"address": ("x" * 80, "Springfield, IL 62701")}, "overflow-address"),
        ({"address": tuple("abcdefg")}, "overflow-address"),
        ({"return_address": ("y" * 120, "z" * 120, "w" * 120, "v" * 120)}, "overflow-return"),
        ({"code": "X" * 30}, "overflow-code"),
        ({"body": "你好"}, "no-glyph"),
        ({"body": "Hello 😀"}, "no-glyph"),
        ({"address": ("1 Main Street",)}, "no-address"),
        ({"to": " "}, "no-address"),
        ({"link": "https://go.example.org/" + "x" * 200}, "long-link"),
    ],
)
def test_a_card_that_cannot_be_printed_well_is_refused_and_the_others_go(
    tmp_path: Path, changes: dict[str, object], code: str
) -> None:
    refused, printed = send(tmp_path, [card(1, **changes), card(2)])
    assert (refused.status, refused.vendor_code) == (Status.FAILED, code)
    assert (printed.status, printed.carrier_ref.split("/")[1]) == (Status.SENT, "1")
    (pdf,) = tmp_path.glob("*/cards.pdf")
    assert len(pypdf.PdfReader(pdf).pages) == 2


def test_markup_in_a_text_is_printed_as_it_stands_and_never_run(tmp_path: Path) -> None:
    odd = '#panic("x") *bold* $x$ <overflow> #sys.inputs'
    results = send(tmp_path, [card(1, body=odd)])
    assert results[0].status is Status.SENT
    (pdf,) = tmp_path.glob("*/cards.pdf")
    text = pypdf.PdfReader(pdf).pages[1].extract_text().replace("\n", " ")
    assert '#panic("x") *bold*' in text


def test_a_card_with_two_texts_has_the_first_on_its_front_without_the_name_twice(tmp_path: Path) -> None:
    two = card(
        1,
        from_="Riverside Family Practice",
        subject="",
        body="Riverside Family Practice\nYour neighbors in health\n\nNew patients are welcome.",
        back="Dear Ana,\n\nwe have room for you.",
    )
    assert send(tmp_path, [two])[0].status is Status.SENT
    (pdf,) = tmp_path.glob("*/cards.pdf")
    front, back = (page.extract_text() for page in pypdf.PdfReader(pdf).pages)
    assert front.count("Riverside") == 1
    assert "Your neighbors" in front
    assert "welcome" in front
    assert "we have room" in back
    assert "welcome" not in back


def test_a_card_without_a_sender_is_refused() -> None:
    config = PrintConfig(spool=Path("/nowhere"))
    assert lay_out(config, [card(1)]).refused == {"r1": "no-sender"}


def test_the_manifest_names_every_card_with_its_pages(tmp_path: Path) -> None:
    send(tmp_path, [card(1), card(2, body="word " * 900), card(3)])
    (manifest,) = tmp_path.glob("*/manifest.csv")
    rows = list(csv.DictReader(io.StringIO(manifest.read_text())))
    assert [(r["reference"], r["front_page"], r["back_page"]) for r in rows] == [
        ("r1", "1", "2"),
        ("r3", "3", "4"),
    ]
    assert manifest.stat().st_mode & 0o077 == 0


def test_the_same_batch_again_adds_nothing_and_leaves_no_half_made_folder(tmp_path: Path) -> None:
    first = send(tmp_path, [card(1), card(2)])
    assert send(tmp_path, [card(1), card(2)]) == first
    assert len(list(tmp_path.iterdir())) == 1


def test_the_qr_code_holds_the_link() -> None:
    short, long = qr_svg("https://go.example.org/a"), qr_svg("https://go.example.org/" + "a" * 100)
    assert short.startswith("<svg")
    assert len(long) > len(short)
    # The finder pattern: seven dark modules in a row, four modules inside the quiet zone.
    assert 'd="M4 4h7v1h-7z' in short


def test_a_colour_on_which_white_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MisconfiguredError, match="darker"):
        build({"spool": str(tmp_path), "letterhead": "R", "accent": "#ffee88"}, no_secret)


def test_an_empty_optional_part_leaves_no_gap_that_breaks_the_layout(tmp_path: Path) -> None:
    config = PrintConfig(spool=tmp_path, letterhead="Riverside", indicia=())
    sheet = lay_out(config, [card(1, link="", code="", phone="", return_address=(), language="fr")])
    assert sheet.references == ("r1",)


def test_nothing_in_the_manifest_is_run_as_a_formula_and_cards_are_still_found(tmp_path: Path) -> None:
    evil = card(1, reference="-7", to="=HYPERLINK(1)", address=("@x", "Boston MA 02115"))
    carrier = build({"spool": str(tmp_path), "letterhead": "Riverside Family Practice"}, no_secret)
    asyncio.run(carrier.send([evil]))
    (manifest,) = tmp_path.glob("*/manifest.csv")
    (row,) = csv.DictReader(io.StringIO(manifest.read_text()))
    assert (row["reference"], row["name"], row["address"]) == ("'-7", "'=HYPERLINK(1)", "'@x; Boston MA 02115")
    assert asyncio.run(carrier.look_up("-7")) is not None
