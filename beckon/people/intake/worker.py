"""The loop of a worker process: takes pieces as pickled frames on stdin, answers with tallies on stdout.

Started by pool.py as `python -m beckon.people.intake.worker`; imports nothing of Django, ends when stdin does.
"""

import gc
import pickle
import sys
from pathlib import Path

from beckon.people.intake.blocks import BlockReader


def main() -> None:
    """Serve until end of input. The first frame is the Task, every further one (number, piece)."""
    gc.disable()  # rows make no cycles, and looking for some costs a tenth
    source, answers = sys.stdin.buffer, sys.stdout.buffer
    reader = BlockReader(pickle.load(source))  # noqa: S301 - written by our own parent process
    while True:
        try:
            number, piece = pickle.load(source)  # noqa: S301 - same
        except EOFError:
            return
        pickle.dump((number, reader.process(number, piece), _resident_mb()), answers)
        answers.flush()


def _resident_mb() -> float:
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return 0.0
    return pages * 4096 / 1e6


if __name__ == "__main__":
    main()
