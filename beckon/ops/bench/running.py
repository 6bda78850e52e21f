"""Runs measures one after the other in a scratch organization, each in a process of its own with clean memory."""

import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from subprocess import Popen
from typing import Any

from beckon.core.models import Organization
from beckon.ops.bench.children import MemoryWatch, child
from beckon.ops.bench.machine import describe_machine
from beckon.ops.bench.scratch import scratch_organization
from beckon.ops.bench.values import BenchFailed, Figures, Measure, Report, Result

Tell = Callable[[str], None]


def run_bench(measures: Sequence[Measure], people: int, *, tell: Tell) -> Report:
    """Run them. A measure that fails does not stop the others. The organization is dropped whatever happens."""
    machine = describe_machine(people)
    results: dict[str, Result] = {}
    failed: dict[str, str] = {}
    tell("making a scratch organization")
    with tempfile.TemporaryDirectory(prefix="beckon-bench-") as folder, scratch_organization() as organization:
        for measure in measures:
            try:
                results[measure.name] = _run(measure, organization, people, folder, tell)
            except BenchFailed as error:
                failed[measure.name] = str(error)
        tell("dropping the scratch organization")
    return Report(machine, results, failed)


def _run(measure: Measure, organization: Organization, people: int, folder: str, tell: Tell) -> Result:
    with child("beckon.ops.bench.one", measure.name, organization.slug, people, folder, own_group=True) as process:
        memory = MemoryWatch(process.pid)
        try:
            figures = _follow(process, measure, memory, tell)
        finally:
            memory.close()
    return Result(measure, figures, memory.peak_mb)


def _follow(process: Popen[str], measure: Measure, memory: MemoryWatch, tell: Tell) -> Figures:
    for news in _news(process):
        match news:
            case {"doing": str(text)}:
                tell(f"{measure.name}: {text}")
            case {"timing": True}:
                memory.start()
            case {"timing": False}:
                memory.stop()
            case {"figures": {"value": value, "limit": limit, "notes": notes}}:
                return Figures(value, limit, tuple(notes))
            case {"failed": str(reason)}:
                raise BenchFailed(f"{measure.name}: {reason}")
    raise BenchFailed(f"{measure.name}: its process ended with {process.wait()} before it was done")


def _news(process: Popen[str]) -> Iterator[dict[str, Any]]:
    assert process.stdout is not None
    for line in process.stdout:
        yield json.loads(line)
