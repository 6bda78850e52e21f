"""The bench prints what is documented and leaves nothing behind, however it ends."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from beckon import config
from beckon.core.models import Organization
from beckon.core.organizations import create_rehearsal, drop_organization
from beckon.ops.bench import children
from beckon.ops.bench.days import IMPORT_DAY
from beckon.ops.bench.running import run_bench
from beckon.ops.bench.scratch import NAME, scratch_organization
from beckon.ops.bench.values import MEASURES, Figures, Result, UnknownMeasure, Verdict, measures_named

PEOPLE = 300
KEYS = {"value", "unit", "limit", "ratio", "target", "peak_mb"}


@pytest.fixture
def database(django_db_setup: None, django_db_blocker):
    """The run's database, really committed to."""
    from django.db import connections

    with django_db_blocker.unblock():
        yield
        connections.close_all()


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Imports keep their files here."""
    embedded = config.home() / config.EMBEDDED_FILE
    if config.uses_embedded_database():  # the log-ins of the running server stay known in the other home
        (tmp_path / config.EMBEDDED_FILE).write_bytes(embedded.read_bytes())
    monkeypatch.setenv("BECKON_HOME", str(tmp_path))
    return tmp_path


def scratch_ones() -> list[str]:
    return list(Organization.objects.filter(name__startswith=NAME).values_list("name", flat=True))


def bench_command(*words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "beckon.ops.cli", "bench", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, env=children._environment(), start_new_session=True,
        # A job run in the background has SIGINT ignored, and would pass that on.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - no threads run here
    )  # fmt: skip


def children_of(pid: int) -> set[int]:
    return set(children._family(pid)) - {pid}


def is_running(pid: int) -> bool:
    """Not gone and not a zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_one_json_object_with_the_documented_keys_and_nothing_left_behind(database, own_home: Path) -> None:
    process = bench_command("--people", str(PEOPLE), "--only", "import,segment_count", "--json")
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    told = json.loads(out)
    assert set(told) == {"machine", "results"}
    assert told["machine"]["people"] == PEOPLE
    assert set(told["results"]) == {"import", "segment_count"}
    for result in told["results"].values():
        assert set(result) == KEYS
        assert result["value"] > 0
        assert result["limit"] > 0
        assert result["ratio"] == pytest.approx(result["value"] / result["limit"], rel=0.02)
        assert 20 < result["peak_mb"] < 2_000
    assert scratch_ones() == []
    assert list(own_home.rglob("*.csv")) == []


@pytest.mark.parametrize("number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.storm)])
def test_an_interrupted_run_leaves_no_organization_and_no_process(database, number: int) -> None:
    process = bench_command("--people", "80000", "--only", "import")
    for line in process.stderr:
        if "measuring" in line:
            break
    assert len(scratch_ones()) == 1
    working = children_of(process.pid)
    assert working
    os.kill(process.pid, number)
    process.communicate(timeout=120)
    assert process.returncode == 130
    assert scratch_ones() == []
    assert [pid for pid in working if is_running(pid)] == []


@pytest.mark.storm
def test_what_a_killed_run_left_is_dropped_by_the_next_but_not_what_a_living_one_uses(database) -> None:
    left = create_rehearsal(clock_at=IMPORT_DAY, seed=1, name=f"{NAME} dead")
    other = create_rehearsal(clock_at=IMPORT_DAY, seed=1, name="Rehearsal")
    try:
        with scratch_organization() as first, scratch_organization() as second:
            assert set(scratch_ones()) == {first.name, second.name}
        assert not Organization.objects.filter(pk=left.pk).exists()
        assert Organization.objects.filter(pk=other.pk).exists()
    finally:
        drop_organization(other)


@pytest.mark.storm
def test_a_measure_that_fails_is_told_and_the_others_go_on(database) -> None:
    again = measures_named("import")[0]
    report = run_bench([again, again], PEOPLE, tell=lambda _: None)
    assert set(report.results) == {"import"}
    assert "already" in report.failed["import"]
    assert scratch_ones() == []


@pytest.mark.storm
def test_every_measure_runs_on_a_few_people(database) -> None:
    report = run_bench(MEASURES, PEOPLE, tell=lambda _: None)
    assert report.failed == {}
    assert list(report.as_json()["results"]) == [
        "import", "segment_count", "advance", "send_http", "send_smtp", "next_call", "page",
    ]  # fmt: skip


def test_a_speed_is_met_from_its_target_and_a_time_up_to_it() -> None:
    speed, time = measures_named("import")[0], measures_named("next_call")[0]
    assert [speed.verdict(v) for v in (30_000, 29_999, 15_000, 14_999)] == [
        Verdict.MET, Verdict.HALF, Verdict.HALF, Verdict.MISSED,
    ]  # fmt: skip
    assert [time.verdict(v) for v in (50, 50.1, 100, 100.1)] == [
        Verdict.MET, Verdict.HALF, Verdict.HALF, Verdict.MISSED,
    ]  # fmt: skip


def test_ratio_is_value_by_limit_for_speeds_and_for_times() -> None:
    for measure in MEASURES:
        assert Result(measure, Figures(30.0, 60.0), 1.0).as_json()["ratio"] == 0.5


def test_names_are_checked_and_run_in_the_order_of_the_bench() -> None:
    assert [m.name for m in measures_named("next_call, import")] == ["import", "next_call"]
    with pytest.raises(UnknownMeasure, match="sprint"):
        measures_named("import,sprint")


def test_memory_of_descendants_counts() -> None:
    held = 64_000_000
    grandchild = f"import subprocess, sys; subprocess.run([sys.executable, '-c', 'b = bytearray({held}); input()'])"
    process = subprocess.Popen([sys.executable, "-c", grandchild], stdin=subprocess.PIPE)
    memory = children.MemoryWatch(process.pid)
    try:
        memory.start()
        for _ in range(200):
            if memory.peak_mb > held / 1e6:
                break
            memory._thread.join(0.05)
    finally:
        memory.close()
        process.communicate(b"\n")
    assert held / 1e6 < memory.peak_mb < 4 * held / 1e6
