"""Jobs of the people package. An import is one job: it claims nothing, it continues what its row says."""

from procrastinate.contrib.django import app

from beckon.core.actors import Actor
from beckon.core.clock import domain_now
from beckon.core.models import Organization
from beckon.core.tenancy import org_scope
from beckon.people.errors import ImportCancelled
from beckon.people.importing.running import run_import as run
from beckon.people.importing.undoing import undo_import as undo
from beckon.people.models import Import, ImportStatus

QUEUE = "imports"


@app.task(name="people.run_import", queue=QUEUE, pass_context=False)
def run_import(org_id: int, import_id: int, by: str) -> None:
    """Run an import, or go on with it after a crash; safe to run twice. A cancelled one is no failure.

    One that was withdrawn before its turn, or is done, is left alone.
    """
    organization = Organization.objects.get(pk=org_id)
    with org_scope(organization):
        status = Import.objects.values_list("status", flat=True).filter(pk=import_id).first()
    if status not in (ImportStatus.READY, ImportStatus.RUNNING):
        return
    try:
        run(organization, import_id, by=Actor(by), now=domain_now(organization))
    except ImportCancelled:
        return  # its row says so


@app.task(name="people.undo_import", queue=QUEUE, pass_context=False)
def undo_import(org_id: int, import_id: int, by: str) -> None:
    """Take an import back; one that is taken back already is refused by the action."""
    organization = Organization.objects.get(pk=org_id)
    undo(organization, import_id, by=Actor(by), now=domain_now(organization))


def defer_import(organization: Organization, import_id: int, *, by: Actor) -> None:
    """Have a worker run an import, after the organization's other ones. Part of the caller's transaction."""
    lock = f"import:{organization.pk}"
    run_import.configure(lock=lock).defer(org_id=organization.pk, import_id=import_id, by=by.key)


def defer_undo(organization: Organization, import_id: int, *, by: Actor) -> None:
    """Have a worker take an import back. Part of the caller's transaction."""
    lock = f"import:{organization.pk}"
    undo_import.configure(lock=lock).defer(org_id=organization.pk, import_id=import_id, by=by.key)
