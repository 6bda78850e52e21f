"""Writes the plan into PostgreSQL, chunk by chunk, each in one transaction of its own with a mark that it is done.

Two chunks go at a time, on two connections, when the caller holds no transaction; else one after the other in it.
A chunk whose mark is there is skipped, so a killed merge goes on where it was and nothing is written twice.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import chain
from pathlib import Path

from django.db import IntegrityError, connection, connections
from django.db.models import F
from psycopg.errors import UniqueViolation

from beckon.core.actors import Actor
from beckon.core.clock import wall_now
from beckon.core.events.actions import record_events
from beckon.core.events.registry import NewEvent
from beckon.core.models import Organization
from beckon.core.tenancy import org_scope
from beckon.people.errors import NumbersMoved
from beckon.people.importing import updating
from beckon.people.importing.meeting import copy_file
from beckon.people.importing.planning import NO_TYPE, TYPE_NAME, Context, Plan
from beckon.people.importing.stage import Stage, joined
from beckon.people.models import Import, ImportChunk

AT_ONCE = 2
Check = Callable[[], None]
"""Called between chunks; raises ImportCancelled to stop."""
Work = Callable[[], int]
"""Writes one chunk inside an open scope; returns how many people it merged."""
Chunk = tuple[str, int, Callable[[], Work]]
"""Name, number, and what exports the chunk's files and returns what writes them."""

_BODY = (
    "given_name",
    "middle_name",
    "family_name",
    "name_suffix",
    "name_key",
    "phonetic_key",
    "sex",
    "language",
    "time_zone",
    "time_zone_source",
    "state",
    "last_encounter_at",
    "last_appointment_at",
    "last_appointment_outcome",
    "next_appointment_at",
)
"""Columns of a person as BODY_COLUMNS holds them."""
_PERSON = (
    "id",
    *_BODY,
    "match_key",
    "birth_date",
    "postal_code",
    "do_not_contact_at",
    "deceased_at",
    "origin",
    "source_id",
    "first_import_id",
    "call_attempts",
    "recent_contacts",
    "preferred_channel",
    "created_at",
    "updated_at",
)
_TEXTS = (
    *(name for name in _BODY if not name.endswith("_at")),
    "match_key",
    "postal_code",
    "origin",
    "preferred_channel",
)
_NUMBER = ("id", "kind", "value", "postal", "reversed_digits", "line_type", "line_type_source", "dead_reason")
_POINT = ("person_id", "number_id", "kind", "use", "rank", "extension", "source_id", "ended_reason")
_RECORD = ("source_id", "key", "digest", "person_id", "first_import_id", "last_import_id")
_TEMP_CONSENTS = """
CREATE TEMP TABLE import_consents (person_id bigint, number_id bigint, channel text, basis text,
       evidence text) ON COMMIT DROP;
CREATE TEMP TABLE import_do_not_contact (person_id bigint) ON COMMIT DROP;
"""


class Merger:
    """One merge: the plan, who runs it, and where."""

    def __init__(
        self, stage: Stage, plan: Plan, context: Context, organization: Organization, *, by: Actor, check: Check
    ) -> None:
        self._stage, self._plan, self._context, self._organization = stage, plan, context, organization
        self._by, self._check = by, check
        self._said = {word for (said,) in stage.run("SELECT DISTINCT consent FROM f") for word in said.split()}
        self._done = set(ImportChunk.objects.filter(import_id=context.import_id).values_list("part", flat=True))

    def run(self) -> None:
        """Merge everything that is not merged yet. Raises NumbersMoved before any person is written."""
        plan = self._plan
        numbers = [("numbers", n, self._numbers_of(n)) for n in range(plan.number_chunks)]
        self._run_chunks(numbers, [("people", n, self._people_of(n)) for n in range(plan.people_chunks)])
        # Not before everybody is there: the guardian may be somebody of another chunk.
        if wards := self._export_wards():
            self.run_last("wards", lambda: updating.write_guardians(wards, self._context))
        if plan.line_types:
            path = self._stage.export("SELECT id, line_type FROM line_types", "line-types.csv")
            self.run_last("lines", lambda: updating.write_line_types(path))
        self._run_chunks([("updates", n, self._updates_of(n)) for n in range(plan.update_chunks)])

    def run_last(self, name: str, work: Work) -> None:
        """One more chunk at the end, such as retiring those who are missing."""
        self._run_chunks([(name, 0, lambda: work)])

    def _run_chunks(self, *steps: Sequence[Chunk]) -> None:
        """Chunks of one step go two at a time; none begins before the step before it is done."""
        waiting = [[(part, prepare) for part, prepare in self._named(step) if part not in self._done] for step in steps]
        if connection.in_atomic_block or sum(map(len, waiting)) < 2:
            for part, prepare in chain.from_iterable(waiting):
                self._check()
                self._write(part, prepare())
            return
        with ThreadPoolExecutor(AT_ONCE) as threads:
            running: set[Future[None]] = set()
            for step in waiting:
                before = running
                for part, prepare in step:
                    self._check()
                    work = prepare()  # while others write, also those of the step before
                    _raise_first(wait(before).done)
                    running = {*(running - before), threads.submit(self._write_in_thread, part, work)}
                    before = set()
                    if len(running) > AT_ONCE:
                        finished, running = wait(running, return_when=FIRST_COMPLETED)
                        _raise_first(finished)
            _raise_first(wait(running).done)

    def _named(self, step: Sequence[Chunk]) -> Iterator[tuple[str, Callable[[], Work]]]:
        for name, n, prepare in step:
            yield f"{self._plan.attempt}-{name}-{n}", prepare

    def _write_in_thread(self, part: str, work: Work) -> None:
        try:
            self._write(part, work)
        finally:
            connections.close_all()

    def _write(self, part: str, work: Work) -> None:
        with org_scope(self._organization):
            with connection.cursor() as cursor:
                # The mark of the import decides what is done, so a crash of the database loses whole chunks only.
                cursor.execute("SET LOCAL synchronous_commit = off")
            ImportChunk.objects.create(import_id=self._context.import_id, part=part, at=wall_now())
            merged = work()
            if merged:
                Import.objects.filter(pk=self._context.import_id).update(checkpoint=F("checkpoint") + merged)

    def _numbers_of(self, chunk: int) -> Callable[[], Work]:
        def prepare() -> Work:
            low = chunk * self._plan.numbers_per_chunk
            path = self._stage.export(
                f"""
                SELECT (SELECT id FROM first_number) + rowid, kind, value, postal,
                       CASE WHEN kind = 'phone' THEN rpad(reverse(value[2:]), 15, '0') END,
                       CASE line_type {TYPE_NAME} END, CASE WHEN line_type = {NO_TYPE} THEN '' ELSE 'stated' END, ''
                  FROM numbers WHERE rowid >= {low} AND rowid < {low + self._plan.numbers_per_chunk} ORDER BY rowid
            """,
                f"numbers-{chunk}.csv",
            )

            def work() -> int:
                try:
                    copy_file(path, "people_number", _NUMBER)
                except (IntegrityError, UniqueViolation) as error:
                    raise NumbersMoved("somebody else has just taken in one of the numbers") from error
                return 0

            return work

        return prepare

    def _people_of(self, chunk: int) -> Callable[[], Work]:
        def prepare() -> Work:
            where = self._where(chunk, is_new=True)
            people = self._stage.export_lines(self._person_rows(where), f"people-{chunk}.csv")
            points = self._stage.export(self._point_rows(where), f"points-{chunk}.csv")
            records = self._stage.export(self._record_rows(where), f"records-{chunk}.csv")
            facts = self._export_facts(where, f"new-{chunk}")

            def work() -> int:
                merged = copy_file(people, "people_person", _PERSON, never_null=_TEXTS)
                copy_file(points, "people_contactpoint", _POINT)
                copy_file(records, "people_sourcerecord", _RECORD)
                self._publish(facts, are_new=True)
                return merged

            return work

        return prepare

    def _updates_of(self, chunk: int) -> Callable[[], Work]:
        def prepare() -> Work:
            where = self._where(chunk, is_new=False)
            files = updating.UpdateFiles(
                self._stage.export_lines(self._person_rows(where), f"up-people-{chunk}.csv"),
                self._stage.export(self._point_rows(where), f"up-points-{chunk}.csv"),
                self._stage.export(
                    f"SELECT t.record_id, f.key, f.digest, t.person_id FROM f JOIN touched t USING (rep) "
                    f"JOIN ids i USING (rep) WHERE {where}",
                    f"up-records-{chunk}.csv",
                ),
            )
            facts = self._export_facts(where, f"up-{chunk}")

            def work() -> int:
                merged = updating.write_updates(files, self._context, _PERSON, _TEXTS, _POINT)
                self._publish(facts, are_new=False)
                return merged

            return work

        return prepare

    def _where(self, chunk: int, *, is_new: bool) -> str:
        """The condition of a chunk over `ids i` and `rep`; the range lets whole stretches of the tables be skipped."""
        low, high = self._stage.run("SELECT low, high FROM ranges WHERE is_new = ? AND chunk = ?", [is_new, chunk])[0]
        return f"i.is_new = {is_new} AND i.chunk = {chunk} AND rep BETWEEN {low} AND {high}"

    def _person_rows(self, where: str) -> str:
        c = self._context
        flagged = f"CASE WHEN do_not_contact <> '' THEN '{c.stamp}' ELSE '' END"
        died = f"CASE WHEN deceased = 'yes' THEN '{c.stamp}' ELSE deceased END"
        same = (c.options.origin, str(c.source_id), str(c.import_id), "0", "{}", "", c.stamp, c.stamp)
        tail = "'" + "' || chr(31) || '".join(same) + "'"
        line = joined("person_id", "body", "match_key", "birth_date", "postal_code", flagged, died, tail)
        return f"SELECT {line} FROM f JOIN ids i USING (rep) WHERE {where}"

    def _point_rows(self, where: str) -> str:
        return (
            f"SELECT i.person_id, number_id, kind, use, rank, extension, {self._context.source_id}, '' "
            f"FROM links JOIN ids i USING (rep) "
            f"WHERE {where}"
        )

    def _record_rows(self, where: str) -> str:
        c = self._context
        return (
            f"SELECT {c.source_id}, key, digest, person_id, {c.import_id}, {c.import_id} FROM f "
            f"JOIN ids i USING (rep) WHERE {where} ORDER BY key"  # in the order of its widest index
        )

    def _export_facts(self, where: str, name: str) -> dict[str, Path]:
        """Files for the consents, do-not-contact marks and record numbers of a chunk; none where there are none."""
        queries = {
            "import_consents": " UNION ALL ".join(self._consent_rows(where)),
            "import_do_not_contact": (
                f"SELECT person_id FROM f JOIN ids i USING (rep) WHERE {where} AND do_not_contact <> ''"
            ),
            "import_identifiers": (
                f"SELECT person_id, record_number FROM f JOIN ids i USING (rep) WHERE {where} AND record_number <> ''"
            ),
        }
        files = {table: self._stage.export(query, f"{table}-{name}.csv") for table, query in queries.items() if query}
        return {table: path for table, path in files.items() if path.stat().st_size}

    def _consent_rows(self, where: str) -> Iterator[str]:
        """person, number (none for a refusal), channel, basis (express, written, refused), evidence.

        A refusal in a column beats consent for the whole list; consent for the list states its own evidence. A yes in
        a column of a bought list is the seller's word and grants nothing.
        """
        options, file_name = self._context.options, self._context.file_name.replace("'", "''")
        for channel in ("sms", "voicemail", "voice", "email"):
            kind = "email" if channel == "email" else "phone"
            lines = "AND l.line_type <> 'landline'" if channel == "sms" else ""
            said = f"'the file {file_name}, line ' || rep || ', says '"
            if f"{channel}:n" in self._said:
                yield f"""
                SELECT person_id, NULL::BIGINT, '{channel}', 'refused', {said} || 'no' FROM f p JOIN ids i USING (rep)
                 WHERE {where} AND contains(consent, '{channel}:n')
                """
            basis = options.consent.get(channel)
            if not basis and (options.origin == "bought" or f"{channel}:y" not in self._said):
                continue
            condition = f"NOT contains(p.consent, '{channel}:n')" if basis else f"contains(p.consent, '{channel}:y')"
            evidence = "'" + options.evidence.replace("'", "''") + "'" if basis else f"{said} || 'yes'"
            yield f"""
                SELECT i.person_id, l.number_id, '{channel}', '{basis or "express"}', {evidence}
                  FROM f p JOIN ids i USING (rep) JOIN links l USING (rep)
                 WHERE {where} AND l.kind = '{kind}' {lines} AND {condition}
            """

    def _export_wards(self) -> Path | None:
        path = self._stage.export(
            "SELECT person_id, guardian_id, is_first, given, family, key, match, number_id FROM ward_links "
            "WHERE guardian_id IS NOT NULL ORDER BY person_id",
            "wards.csv",
        )
        return path if path.stat().st_size else None

    def _publish(self, facts: dict[str, Path], *, are_new: bool) -> None:
        """Tell the packages above what this chunk brought, inside its transaction; consent takes its table over.

        `are_new`: nobody in these tables was there before this chunk, and none of it is said twice.
        """
        context = self._context
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS pg_temp.import_consents, pg_temp.import_do_not_contact")
            cursor.execute(_TEMP_CONSENTS)
        for name in ("import_consents", "import_do_not_contact"):
            if name in facts:
                copy_file(facts[name], name, ())
        if "import_identifiers" in facts:
            updating.write_identifiers(facts["import_identifiers"], context)
        event = NewEvent("people.imported", None, context.import_id, {"are_new": are_new})
        record_events([event], by=self._by, now=context.now)
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE pg_temp.import_consents, pg_temp.import_do_not_contact")


def _raise_first(finished: set[Future[None]]) -> None:
    for future in finished:
        future.result()
