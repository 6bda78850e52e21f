"""What measures need to find: people, their consent, a practice with a playbook. Made once, through the real doors."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import connection

from beckon.campaigns.defaults import install_defaults
from beckon.campaigns.playbooks.installing import install_playbook, sign_off_playbook
from beckon.campaigns.playbooks.reading import FOLDER, read_definition
from beckon.consent.actions import Grant, record_consent
from beckon.consent.facts import Basis
from beckon.consent.models import ConsentEntry
from beckon.core.actors import SYSTEM
from beckon.core.tenancy import org_scope
from beckon.lab.population import default_population
from beckon.lab.practice import Practice, set_up_practice
from beckon.ops.bench.bare import settle
from beckon.ops.bench.children import child
from beckon.ops.bench.context import Bench
from beckon.ops.bench.days import IMPORT_DAY
from beckon.ops.bench.values import BenchFailed
from beckon.people.importing.options import ImportOptions
from beckon.people.importing.running import Result, prepare_import, run_import
from beckon.people.models import Person

PLAYBOOK = "bench-outreach"
SCRIPT = f"{PLAYBOOK}/outreach-call"
EVIDENCE = "made up by beckon bench"
_LIBRARY = "community-outreach"
_FIRST_STEP = "text_1"
_PART = 10_000


def write_people_file(bench: Bench) -> Path:
    """A messy file with as many rows as people were asked for; made where it is not there."""
    path = bench.folder / "people.csv"
    if not path.exists():
        bench.tell(f"writing a messy file of {bench.people:,} rows")
        with child("beckon.ops.bench.people_file", path, bench.people) as process:
            if process.wait() != 0:
                raise BenchFailed("the people file could not be written")
    return path


def import_people(bench: Bench, path: Path) -> Result:
    """The complete import of the file, as `beckon import people` does it."""
    import_id = prepare_import(
        bench.organization, path, source_name="bench", options=ImportOptions(), by=SYSTEM, now=IMPORT_DAY
    )
    return run_import(bench.organization, import_id, by=SYSTEM, now=IMPORT_DAY)


def ensure_people(bench: Bench) -> None:
    """People as the import makes them, in tables as they are after a while: vacuumed and with statistics."""
    with org_scope(bench.organization):
        if Person.objects.exists():
            return
    path = write_people_file(bench)
    bench.tell("importing it")
    import_people(bench, path)
    settle(bench.organization)


def ensure_consent(bench: Bench) -> None:
    """Written consent for every channel of everybody, so that the gate says yes after having looked at all of it."""
    with org_scope(bench.organization):
        if ConsentEntry.objects.filter(evidence=EVIDENCE).exists():
            return
        ids = list(Person.objects.filter(merged_into=None).order_by("pk").values_list("pk", flat=True))
    bench.tell(f"recording the consent of {len(ids):,} people")
    for part in parts(ids):
        with org_scope(bench.organization):
            record_consent([Grant(i, "all", Basis.WRITTEN, EVIDENCE) for i in part], by=SYSTEM, now=IMPORT_DAY)
    settle(bench.organization)


def ensure_practice(bench: Bench) -> Practice:
    """Senders, queue, clinicians and the bench's playbook, signed off; inside the organization's scope."""
    install_defaults(by=SYSTEM, now=IMPORT_DAY)
    version = install_playbook(_playbook(), by=SYSTEM, now=IMPORT_DAY)
    sign_off_playbook(version, "Bench", by=SYSTEM, now=IMPORT_DAY + timedelta(minutes=1))
    return set_up_practice(bench.organization, default_population(), clinicians=2)


def _playbook() -> dict[str, Any]:
    """The community-outreach playbook from its first text on: its steps, wordings in two languages, A/B variants."""
    definition = read_definition(FOLDER / _LIBRARY / "playbook.yaml")
    first = [step["id"] for step in definition["steps"]].index(_FIRST_STEP)
    templates = {name: template for name, template in definition["templates"].items() if name != "postcard"}
    return definition | {"key": PLAYBOOK, "steps": definition["steps"][first:], "templates": templates}


def people_with(where: str, limit: int) -> list[int]:
    """Ids of at most `limit` living people nobody asked to leave alone, with an address that fits `where` (of ours).

    Spread over everybody, in id order; inside the organization's scope. Columns: p person, n number.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT id FROM (
              SELECT DISTINCT p.id FROM people_person p JOIN people_contactpoint c ON c.person_id = p.id
                JOIN people_number n ON n.id = c.number_id
               WHERE p.merged_into IS NULL AND p.retired_at IS NULL AND p.do_not_contact_at IS NULL
                 AND c.ended_at IS NULL AND {where}) found
             ORDER BY hashint8extended(id, 1), id LIMIT %s""",
            [limit],
        )
        return sorted(row[0] for row in cursor.fetchall())


def parts(items: list[Any], size: int = _PART) -> Iterator[list[Any]]:
    """Slices of at most `size`."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
