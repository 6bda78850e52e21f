"""A text table to rows, with the physical line each starts on. Loses nothing: what no rule fits becomes a row
of its own, cut at its delimiters, for the next stage to report.

A quoted value may hold line ends. A quote that opens a value and is not closed where the table's shape says it
must be is taken as a plain character of its line, so that one stray quote never swallows the rows after it.
"""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from beckon.people.intake.dialect import Dialect
from beckon.people.normal.fields import RawRow

MAX_SPAN = 200
"""Physical lines one record may cover."""
MAX_LINE = 1 << 20
"""Characters of one physical line, and of one record with line ends in it; a longer line is a rejected row."""
KEPT_OF_LINE = 1_000
"""Characters of a longer line that the rejects file shows."""
TOO_LONG = f"a line of more than {MAX_LINE:,} characters; only its beginning is shown"
csv.field_size_limit(1 << 30)


@dataclass(frozen=True)
class Block:
    """Consecutive whole records as text, and the physical line number of its first line."""

    first_line: int
    text: str
    too_long: bool = False
    """The block is the beginning of a single line of more than MAX_LINE characters."""


def cut_blocks(texts: Iterable[str], dialect: Dialect, size: int = 1 << 20) -> Iterator[Block]:
    """Blocks of about `size` characters, cut between records. Memory stays at a few blocks, whatever a line's length.

    A line that goes on over several of `texts` for more than MAX_LINE characters becomes a block of its own.
    """
    held, line, tail = "", 1, 0  # `tail` is the length of the unfinished line at the end of `held`
    skipping = False
    for text in texts:
        first = text.find("\n")
        if skipping:
            if first < 0:
                continue
            text, skipping = text[first + 1 :], False  # noqa: PLW2901 - the rest of a line that was rejected
            first = text.find("\n")
        if tail + (first if first >= 0 else len(text)) > MAX_LINE:
            at = len(held) - tail
            if at:
                yield Block(line, held[:at])
                line += held.count("\n", 0, at)
            yield Block(line, (held[at : at + KEPT_OF_LINE] + text[:first])[:KEPT_OF_LINE], too_long=True)
            held, tail, line = "", 0, line + 1
            if first < 0:
                skipping = True
                continue
            text = text[first + 1 :]  # noqa: PLW2901 - same
        end = text.rfind("\n")
        tail = len(text) - end - 1 if end >= 0 else tail + len(text)
        held += text
        if len(held) < size:
            continue
        cut = _cut_at(held, dialect)
        if cut:
            block = Block(line, held[:cut])
            line += block.text.count("\n")
            held = held[cut:]
            yield block
    if held:
        yield Block(line, held)


def _cut_at(text: str, dialect: Dialect) -> int:
    """Where to cut: behind the last line end that is outside of quotes, if quotes come in pairs at all."""
    end = text.rfind("\n") + 1
    if not dialect.quote or text.count(dialect.quote, 0, end) % 2 == 0:
        return end
    cut = end
    for _ in range(MAX_SPAN):
        start = text.rfind("\n", 0, cut - 1) + 1
        if start == 0:
            return end
        if end - start > MAX_LINE:
            return end
        odd = text.count(dialect.quote, start, cut) % 2
        cut = start
        if odd:
            return cut
    return end


def parse_block(block: Block, dialect: Dialect, width: int) -> Iterator[RawRow]:
    """The block's rows; blank lines are none. `width` is the number of columns of the table."""
    for line, values in parse_values(block, dialect, width):
        yield RawRow(line, values)


def parse_values(block: Block, dialect: Dialect, width: int) -> Iterator[tuple[int, list[str]]]:
    """As `parse_block`: the line and the values of each row."""
    lines = block.text.split("\n")
    if lines and not lines[-1]:
        lines.pop()
    if dialect.quote and dialect.quote in block.text:
        yield from _parse_quoted(lines, block.first_line, dialect, width)
        return
    plain = Dialect(dialect.delimiter, "", dialect.backslash)
    for line, values in enumerate(plain.reader(lines), block.first_line):
        if values and (len(values) > 1 or values[0].strip()):
            yield line, values


def _parse_quoted(lines: list[str], first_line: int, dialect: Dialect, width: int) -> Iterator[tuple[int, list[str]]]:
    at = 0
    while at < len(lines):
        ends = [line + "\n" for line in lines[at : at + 4096]]
        reader = dialect.reader(ends)
        seen = 0
        try:
            for values in reader:
                used = reader.line_num - seen
                if used > 1:
                    break  # a value with line ends in it, or a stray quote: looked at closely below
                if values and (len(values) > 1 or values[0].strip()):
                    yield first_line + at + seen, values
                seen += 1
            else:
                at += len(ends)
                continue
        except csv.Error:
            pass
        at += seen
        used, row = _resolve(lines, at, dialect, width)
        if row and (len(row) > 1 or row[0].strip()):
            yield first_line + at, row
        at += used


def _resolve(lines: list[str], at: int, dialect: Dialect, width: int) -> tuple[int, list[str]]:
    """How many physical lines the record at `at` covers, and its values."""
    literal = dialect.literal(lines[at])
    span = _closing_line(lines, at, dialect)
    if span:
        joined = dialect.parse("\n".join(lines[at : at + span]))
        swallowed = width > 1 and any(
            _stands_alone(line, dialect) and len(dialect.parse(line)) == width for line in lines[at + 1 : at + span - 1]
        )
        tail_is_row = width > 1 and len(dialect.literal(lines[at + span - 1])) == width
        fits = len(joined) == width or (len(joined) < width and len(literal) < width)
        if fits and not swallowed and not (tail_is_row and len(literal) == width):
            return span, joined
    return 1, literal


def _stands_alone(line: str, dialect: Dialect) -> bool:
    """Whether a line can be a record of its own: each value with a quote begins and ends with one."""
    quote = dialect.quote
    return all(
        quote not in value or (len(value) > 1 and value[0] == quote == value[-1])
        for value in line.split(dialect.delimiter)
    )


def _closing_line(lines: list[str], at: int, dialect: Dialect) -> int:
    """How many lines from `at` on until every quote is closed; 0 when that is not within MAX_SPAN."""
    is_open, length = False, 0
    for span, line in enumerate(lines[at : at + MAX_SPAN], start=1):
        length += len(line)
        if length > MAX_LINE:
            return 0
        text = line.replace("\\" + dialect.quote, "") if dialect.backslash else line
        if text.count(dialect.quote) % 2:
            is_open = not is_open
        if not is_open:
            return span if span > 1 else 0
    return 0
