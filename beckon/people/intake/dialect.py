"""How a text table separates and quotes its values: found out from its first lines. Pure."""

import csv
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import _csv

DELIMITERS = (",", "\t", ";", "|", "\x1f", "^", "~", ":")
_LINES = 200


@dataclass(frozen=True)
class Dialect:
    """Delimiter, quote character ('' for none) and whether a backslash escapes a quote."""

    delimiter: str
    quote: str = '"'
    backslash: bool = False

    def parse(self, line: str) -> list[str]:
        """The values of one record given as text. Never raises: what no rule fits is split as it stands."""
        try:
            return next(self.reader([line]), [])
        except csv.Error:
            return self.literal(line)

    def reader(self, records: list[str]) -> "_csv.Reader":
        """The csv module's reader over records, in this dialect."""
        if not self.quote:
            return csv.reader(records, delimiter=self.delimiter, quoting=csv.QUOTE_NONE)
        return csv.reader(
            records,
            delimiter=self.delimiter,
            quotechar=self.quote,
            doublequote=True,
            escapechar="\\" if self.backslash else None,
            skipinitialspace=False,
        )

    def literal(self, line: str) -> list[str]:
        """The values of one physical line when its quotes mean nothing."""
        return [value.strip().strip(self.quote) if self.quote else value for value in line.split(self.delimiter)]


def detect_dialect(sample: str) -> Dialect:
    """The dialect that cuts the sample's lines into the most even table. A table of one column gets a comma."""
    lines = [line for line in sample.split("\n")[: _LINES + 1] if line.strip()][:_LINES]
    quote = _quote_of(lines)
    best, best_score = ",", 0.0
    for delimiter in DELIMITERS:
        score = _evenness(lines, delimiter, quote)
        if score > best_score:
            best, best_score = delimiter, score
    return Dialect(best, quote, backslash=_escapes(lines, quote))


def _quote_of(lines: list[str]) -> str:
    text = "\n".join(lines)
    doubles, singles = text.count('"'), 0
    for delimiter in DELIMITERS[:4]:
        singles = max(singles, text.count(f"'{delimiter}'"))
    return "'" if singles > len(lines) // 2 and doubles < singles else '"'


def _escapes(lines: list[str], quote: str) -> bool:
    text = "\n".join(lines)
    return text.count("\\" + quote) > text.count(quote * 2 + quote) and ("\\" + quote) in text


def _evenness(lines: list[str], delimiter: str, quote: str) -> float:
    """Share of lines with the commonest number of values, times that number's weight; 0 for a single column."""
    dialect = Dialect(delimiter, quote)
    counts = Counter(len(dialect.parse(line)) for line in lines)
    width, lines_with_it = max(counts.items(), key=lambda item: (item[1] * (item[0] > 1), item[0]))
    if width < 2:
        return 0.0
    share = lines_with_it / len(lines)
    weight = 1.0 if delimiter in (",", "\t", ";", "|", "\x1f") else 0.3
    return share * share * weight * (1 + min(width, 40) / 100)
