"""`import`: a messy file, from the file to merged people, contact points, consents and the report."""

from beckon.core.tenancy import org_scope
from beckon.ops.bench.bare import connect_as_owner, copy_seconds, settle
from beckon.ops.bench.context import Bench
from beckon.ops.bench.scene import import_people, write_people_file
from beckon.ops.bench.values import BenchFailed, Figures
from beckon.people.models import Person

TABLES = ("people_person", "people_number", "people_contactpoint", "people_sourcerecord", "consent_consententry")


def prepare(bench: Bench) -> None:
    """The file; and nobody may be there yet."""
    with org_scope(bench.organization):
        if Person.objects.exists():
            raise BenchFailed("people are there already; import is measured first")
    write_people_file(bench)


def measure(bench: Bench) -> Figures:
    """Rows of the file a second, from the first look at the file to the finished report."""
    path = write_people_file(bench)
    with bench.timing() as timed:
        result = import_people(bench, path)
    counted = result.created + result.updated + result.unchanged + result.duplicates + result.rejected
    if counted != result.rows:
        raise BenchFailed(f"{result.rows - counted} rows of the file were lost")
    bench.tell("measuring the limit")
    with connect_as_owner(bench.organization) as owner:
        bare = copy_seconds(owner, [(table, "true") for table in TABLES], bench.folder)
    settle(bench.organization)
    note = f"{result.rows:,} rows, {result.created:,} people; the import itself says {result.peak_mb:,.0f} MB"
    return Figures(timed.rate(result.rows), result.rows / bare, (note, timed.cost(result.rows)))
