"""Jobs of the people package. An import is one job: it claims nothing, it continues what its row says."""

from procrastinate.contrib.django import app

from beckon.core.actors import Actor
from beckon.core.clock import domain_now
from beckon.core.models import Organization
from beckon.people.errors import ImportCancelled
from beckon.people.importing.running import run_import as run


@app.task(name="people.run_import", queue="imports", pass_context=False)
def run_import(org_id: int, import_id: int, by: str) -> None:
    """Run an import, or go on with it after a crash; safe to run twice. A cancelled one is no failure."""
    organization = Organization.objects.get(pk=org_id)
    try:
        run(organization, import_id, by=Actor(by), now=domain_now(organization))
    except ImportCancelled:
        return  # its row says so
