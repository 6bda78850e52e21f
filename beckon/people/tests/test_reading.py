"""From bytes to rows: encodings, delimiters, quotes, line ends, line numbers; nothing lost from malformed tables."""

import csv
import gzip
import io
from datetime import UTC, date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beckon.people.errors import UnclearColumns, UnreadableFile
from beckon.people.intake import blocks, files
from beckon.people.intake.dialect import Dialect, detect_dialect
from beckon.people.intake.encoding import detect_encoding, read_text
from beckon.people.intake.pool import process_all
from beckon.people.intake.records import Block, cut_blocks, parse_block
from beckon.people.testing.malformed import malformed_file
from beckon.people.testing.messy_files import write_messy_file

TABLE = "First Name,Last Name,Phone\nJosé,Núñez,617-555-0101\nAna,Müller,617-555-0102\nZoë,Peña,617-555-0103\n"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "latin-1", "mac_roman"]
)
def test_every_encoding_reads_the_same(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(TABLE.encode(encoding))
    assert "".join(read_text(path, detect_encoding(path))) == TABLE


def test_a_stray_byte_in_utf8_is_read_as_windows_would(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(TABLE.encode() + b"Andr\xe9,X,\n")
    assert "André" in "".join(read_text(path, detect_encoding(path)))


def test_gzip_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "people.csv.gz"
    path.write_bytes(gzip.compress(TABLE.encode()))
    assert files.inspect(path).headers == ["First Name", "Last Name", "Phone"]


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_the_delimiter_is_found(delimiter: str) -> None:
    assert detect_dialect(TABLE.replace(",", delimiter)).delimiter == delimiter


@given(
    st.lists(
        st.lists(
            # No comma: a line inside a value that looks like a whole row is told apart by other rules.
            st.text(st.characters(codec="utf-8", exclude_characters="\r\x00,"), max_size=8),
            min_size=3,
            max_size=3,
        ),
        min_size=1,
        max_size=30,
    )
)
@settings(max_examples=150, deadline=None)
def test_what_the_csv_module_writes_is_read_back(rows: list[list[str]]) -> None:
    buffer = io.StringIO()
    csv.writer(buffer, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
    found = list(parse_block(Block(1, buffer.getvalue()), Dialect(","), 3))
    assert [row.values for row in found] == rows


@given(st.integers(0, 100_000), st.integers(20, 400))
@settings(max_examples=60, deadline=None)
def test_blocks_of_any_size_give_the_same_rows(seed: int, size: int) -> None:
    lines = [f'{n},"a{n}\nb",x' if (seed + n) % 5 == 0 else f"{n},y,z" for n in range(60)]
    text = "\n".join(lines) + "\n"
    whole = list(parse_block(Block(1, text), Dialect(","), 3))
    pieces = [text[i : i + 37] for i in range(0, len(text), 37)]
    cut = [row for block in cut_blocks(pieces, Dialect(","), size) for row in parse_block(block, Dialect(","), 3)]
    assert cut == whole
    assert len(whole) == 60


def test_lines_are_counted_as_an_editor_counts_them() -> None:
    text = 'h1,h2\n\n"a\nb",1\nc,2\n'
    rows = list(parse_block(Block(1, text), Dialect(","), 2))
    assert [(row.line, row.values[0]) for row in rows] == [(1, "h1"), (3, "a\nb"), (5, "c")]


def test_a_stray_quote_does_not_swallow_the_rows_after_it() -> None:
    text = 'a,b,c\n1,"stray,x\n2,y,z\n3,y,z\n4,y","z\n'
    rows = list(parse_block(Block(1, text), Dialect(","), 3))
    assert [row.values[0] for row in rows] == ["a", "1", "2", "3", "4"]


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", UnreadableFile),
        (b"\n \n", UnreadableFile),
        (b"\x00" * 100, UnreadableFile),
        (b"%PDF-1.4 x", UnreadableFile),
        (b"\x1f\x8bxx", UnreadableFile),
        (b"PK\x03\x04zz", UnreadableFile),
        (bytes(range(256)) * 20, UnreadableFile),
        (b"a,b\n1,2\n", UnclearColumns),
    ],
)
def test_what_is_no_table_of_people_is_refused_with_a_clear_error(
    content: bytes, error: type[Exception], tmp_path: Path
) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    with pytest.raises(error):
        files.inspect(path)


@pytest.mark.parametrize("seed", range(250))
def test_malformed_tables_neither_crash_nor_lose_a_cell(seed: int, tmp_path: Path) -> None:
    made = malformed_file(seed)
    path, parts = tmp_path / "x.csv", tmp_path / "parts"
    path.write_bytes(made.data)
    parts.mkdir()
    try:
        inspection = files.inspect(path)
    except (UnreadableFile, UnclearColumns):
        return  # a clear error; its words are tested above
    rows = [
        row
        for piece in files.pieces(inspection)
        for row in parse_block(piece, inspection.dialect, len(inspection.columns))
    ]
    everything = " ".join(value for row in rows for value in row.values)
    if made.is_text:
        assert [token for token in made.tokens if token not in everything] == []
    task = blocks.task_of(inspection, date(2026, 11, 16), UTC, parts)
    tally, _ = process_all(task, files.pieces(inspection), lambda _: None, workers=0)
    usable = sum(path.read_text().count("\n") for path in parts.glob("rows-*"))
    assert tally.rows == usable + tally.rejected == len(rows) - (inspection.header_line > 0)


def test_worker_processes_read_what_one_process_reads(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    write_messy_file(path, 12_000, seed=3)
    inspection = files.inspect(path)
    found = {}
    for workers in (0, 2):
        parts = tmp_path / f"parts{workers}"
        parts.mkdir()
        task = blocks.task_of(inspection, date(2026, 11, 16), UTC, parts)
        tally, _ = process_all(task, files.pieces(inspection), lambda _: None, workers=workers)
        found[workers] = (tally, {p.name: p.read_text() for p in parts.iterdir()})
    assert found[0] == found[2]
