"""`python -m beckon.ops.bench.people_file PATH ROWS`: writes the messy file, apart from what is measured."""

import sys
from pathlib import Path

from beckon.people.testing.messy_files import write_messy_file


def main(path: str, rows: str) -> int:
    """The same file for the same number of rows."""
    write_messy_file(Path(path), int(rows), seed=1)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
