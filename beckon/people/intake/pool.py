"""Runs the pieces of a file through worker processes, or in this one when the file is small."""

import gc
import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from threading import Thread

from beckon.people.errors import WorkerDied
from beckon.people.intake.blocks import BlockReader, Tally, Task
from beckon.people.intake.files import Piece

Tell = Callable[[Tally], None]
"""Called after every piece with the counts so far; may raise to stop."""


def process_all(task: Task, pieces: Iterator[Piece], tell: Tell, *, workers: int) -> tuple[Tally, float]:
    """Process every piece; returns the counts and the workers' greatest memory together, in MB.

    `workers` 0 works in this process. Raises WorkerDied when a worker ends by itself.
    """
    total = Tally()
    if workers == 0:
        with _uncollected():
            reader = BlockReader(task)
            for number, piece in enumerate(pieces):
                total.add(reader.process(number, piece))
                tell(total)
        return total, 0.0
    pool = _Pool(task, workers)
    try:
        for tally in pool.run(pieces):
            total.add(tally)
            tell(total)
    finally:
        pool.close()
    return total, pool.peak_mb


@contextmanager
def _uncollected() -> Iterator[None]:
    """No garbage collection meanwhile: rows make no cycles, and a second is short enough to wait with others' ones."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def workers_for(size: int) -> int:
    """How many workers a file of `size` bytes deserves: none below 3 MB, else one per core, four at most."""
    if size < 3_000_000:
        return 0
    return max(1, min(4, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1))


class _Pool:
    """Worker processes, each with a thread that feeds it one piece at a time, so memory stays bounded."""

    def __init__(self, task: Task, count: int) -> None:
        self._memory = [0.0] * count
        self._answers: SimpleQueue[tuple[int, Tally] | Exception] = SimpleQueue()
        self._work: list[SimpleQueue[tuple[int, Piece] | None]] = [SimpleQueue() for _ in range(count)]
        command = [sys.executable, "-m", "beckon.people.intake.worker"]
        self._children = [
            subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603 - our own module
            for _ in range(count)
        ]
        for child in self._children:
            assert child.stdin is not None
            pickle.dump(task, child.stdin)
        self._threads = [Thread(target=self._serve, args=(n,), daemon=True) for n in range(count)]
        for thread in self._threads:
            thread.start()

    @property
    def peak_mb(self) -> float:
        """Greatest resident memory of all workers together."""
        return sum(self._memory)

    def run(self, pieces: Iterator[Piece]) -> Iterator[Tally]:
        """The tallies in the order in which they come."""
        busy = 0
        idle = list(range(len(self._children))) * 2  # one piece in work and one waiting per worker
        for number, piece in enumerate(pieces):
            while not idle:
                worker, tally = self._next()
                idle.append(worker)
                busy -= 1
                yield tally
            self._work[idle.pop(0)].put((number, piece))
            busy += 1
        for _ in range(busy):
            yield self._next()[1]

    def _next(self) -> tuple[int, Tally]:
        answer = self._answers.get()
        if isinstance(answer, Exception):
            raise WorkerDied(f"a worker process ended by itself: {answer!r}") from answer
        return answer

    def _serve(self, number: int) -> None:
        child = self._children[number]
        assert child.stdin is not None
        assert child.stdout is not None
        while (work := self._work[number].get()) is not None:
            try:
                pickle.dump(work, child.stdin, protocol=pickle.HIGHEST_PROTOCOL)
                child.stdin.flush()
                _, tally, memory = pickle.load(child.stdout)  # noqa: S301 - written by our own child
            except (EOFError, OSError, pickle.UnpicklingError) as error:
                self._answers.put(error)
                return
            self._memory[number] = max(self._memory[number], memory)
            self._answers.put((number, tally))

    def close(self) -> None:
        """End the workers, whatever they are doing."""
        for queue in self._work:
            queue.put(None)
        for child in self._children:
            child.kill()
            child.wait()
            for pipe in (child.stdin, child.stdout):
                if pipe is not None:
                    try:
                        pipe.close()
                    except OSError:
                        pass  # it was broken already
