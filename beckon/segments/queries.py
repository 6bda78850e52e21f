"""Who is in a segment: count, sample, stream, membership, explanation. One statement each; never writes.

All of them run inside an org_scope. `now` is the organization's present; days are counted from it.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from beckon.core.segment_registry import Sql
from beckon.core.tenancy import current_organization
from beckon.people.models import Person
from beckon.segments.compile import concat, condition_sql, join, value_sql
from beckon.segments.conditions import Clause, Definition, clauses_of, parse_definition, to_json
from beckon.segments.errors import UnknownSegment
from beckon.segments.explain import Barrier, ClauseAnswer, Explanation
from beckon.segments.models import Segment, SegmentVersion

STREAM_BATCH = 10_000
_PEOPLE = f"FROM {Person._meta.db_table} p WHERE "
# Compiling to machine code costs more than these scans; hash tables of a million ids fit into this memory.
_PLANNER = {"jit": "off", "work_mem": "64MB", "cursor_tuple_fraction": "1"}


@dataclass(frozen=True)
class Count:
    """How many people; not exact when counting stopped at a limit."""

    value: int
    exact: bool

    def __str__(self) -> str:
        return f"{self.value:,}" if self.exact else f"{self.value:,}+"


def get_definition(name: str) -> Definition:
    """The saved segment of this name, newest version. Raises UnknownSegment."""
    try:
        return parse_definition(Segment.objects.get(name=name, archived_at=None).definition)
    except Segment.DoesNotExist as error:
        raise UnknownSegment(f"there is no segment {name!r}") from error


def find_segment(name: str) -> Segment | None:
    """The saved segment of this name, also one out of use; None where there never was one."""
    return Segment.objects.filter(name=name.strip()).first()


def get_segment(name: str) -> Segment:
    """The saved segment of this name, also one out of use. Raises UnknownSegment."""
    segment = find_segment(name)
    if segment is None:
        raise UnknownSegment(f"there is no segment {name!r}; `beckon segment list` shows them")
    return segment


def list_segments(*, with_archived: bool = False) -> list[Segment]:
    """The saved segments by name, newest version each; with those out of use where asked for."""
    rows = Segment.objects.order_by("name")
    return list(rows if with_archived else rows.filter(archived_at=None))


def versions_of(segment: Segment) -> list[SegmentVersion]:
    """Every version of a segment with its condition, newest first."""
    return list(segment.versions.order_by("-version"))


def count(definition: Definition, *, now: datetime, limit: int | None = None) -> Count:
    """How many people are in. With `limit` it stops there: Count(10_000, exact=False) is shown as "10,000+"."""
    if limit is None:
        statement = concat("SELECT count(*) ", _people(definition, now))
        return Count(_fetch(statement)[0][0], exact=True)
    if limit < 1:
        raise ValueError("a limit is at least 1")
    inner = concat("SELECT 1 ", _people(definition, now), Sql(" LIMIT %s", (limit + 1,)))
    found: int = _fetch(concat("SELECT count(*) FROM (", inner, ") t"))[0][0]
    return Count(min(found, limit), exact=found <= limit)


def sample(definition: Definition, *, now: datetime, size: int = 20, seed: int = 0) -> list[int]:
    """Ids of up to `size` people in the segment, drawn from all of it; the same seed shows the same people.

    For screens only: what decides about people draws by stable names (beckon.core.draws).
    """
    order = Sql(" ORDER BY hashint8extended(p.id, %s), p.id LIMIT %s", (seed, size))
    return [row[0] for row in _fetch(concat("SELECT p.id ", _people(definition, now), order))]


def members(definition: Definition, person_ids: Sequence[int], *, now: datetime) -> set[int]:
    """Which of these people are in; asked again at the moment of serving. Made for up to some ten thousand ids."""
    if not person_ids:
        return set()
    statement = concat(
        "SELECT p.id ", _people(definition, now, batch=True), Sql(" AND p.id = ANY(%s)", (list(person_ids),))
    )
    return {row[0] for row in _fetch(statement)}


def member_ids(definition: Definition, *, now: datetime, batch: int = STREAM_BATCH) -> Iterator[list[int]]:
    """The ids of everybody in, ascending, in lists of `batch`, by a server-side cursor in the caller's transaction."""
    current_organization()
    statement = concat("SELECT p.id ", _people(definition, now), " ORDER BY p.id")
    with connection.chunked_cursor() as cursor:
        with _planned():
            cursor.execute(statement.text, list[Any](statement.values))
        while rows := cursor.fetchmany(batch):
            yield [row[0] for row in rows]


def members_sql(definition: Definition, *, now: datetime) -> Sql:
    """`SELECT p.id ...` of everybody in, for `WITH x AS MATERIALIZED (...) INSERT ... SELECT` of a higher package."""
    return concat("SELECT p.id ", _people(definition, now))


def explain(definition: Definition, person_ids: Sequence[int], *, now: datetime) -> list[Explanation]:
    """Why each person is in or out, in the order given; somebody unknown gets Barrier.UNKNOWN_PERSON.

    The caller writes the audit record of the look.
    """
    definition = parse_definition(to_json(definition))  # so that every clause has its own path
    clauses = list(clauses_of(definition.where))
    columns: list[Sql] = [Sql("p.id, p.merged_into, p.retired_at")]
    for clause in clauses:
        columns.append(concat("(", condition_sql(clause, now=now, batch=True), ") IS TRUE"))
        columns.append(value_sql(clause, now=now))
    listed = Sql(", ".join(one.text for one in columns), tuple(v for one in columns for v in one.values))
    rows = _fetch(concat("SELECT ", listed, " ", _PEOPLE, Sql("p.id = ANY(%s)", (list(person_ids),))))
    found = {row[0]: _explanation(definition, clauses, row, now) for row in rows}
    return [
        found.get(person_id) or Explanation(person_id, definition, {}, Barrier.UNKNOWN_PERSON, None, now)
        for person_id in person_ids
    ]


def _explanation(definition: Definition, clauses: Sequence[Clause], row: Sequence[Any], now: datetime) -> Explanation:
    person_id, merged_into, retired_at, *cells = row
    answers = {
        clause.path: ClauseAnswer(cells[2 * place], cells[2 * place + 1]) for place, clause in enumerate(clauses)
    }
    barrier = Barrier.NONE
    if merged_into is not None:
        barrier = Barrier.MERGED
    elif retired_at is not None and not definition.include_retired:
        barrier = Barrier.RETIRED
    return Explanation(person_id, definition, answers, barrier, merged_into, now)


def _people(definition: Definition, now: datetime, *, batch: bool = False) -> Sql:
    conditions = [Sql("p.merged_into IS NULL")]
    if not definition.include_retired:
        conditions.append(Sql("p.retired_at IS NULL"))
    conditions.append(condition_sql(definition.where, now=now, batch=batch))
    return concat(_PEOPLE, join(" AND ", conditions))


def _fetch(statement: Sql) -> list[tuple[Any, ...]]:
    current_organization()
    with connection.cursor() as cursor, _planned():
        cursor.execute(statement.text, list[Any](statement.values))
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


@contextmanager
def _planned() -> Iterator[None]:
    """Planner settings for one statement; the caller's transaction gets its own back."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(f"current_setting('{name}')" for name in _PLANNER))
        before = cursor.fetchone()
        _set(cursor, tuple(_PLANNER.values()))
        yield
        _set(cursor, before)


def _set(cursor: Any, values: Sequence[str]) -> None:
    cursor.execute("SELECT " + ", ".join(f"set_config('{name}', %s, true)" for name in _PLANNER), values)
