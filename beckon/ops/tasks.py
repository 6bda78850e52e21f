"""The installation's own jobs: the round that sets going what is due, sealing, and bringing back killed jobs."""

import logging

from django.db import close_old_connections
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from beckon.campaigns.tasks import run_organization
from beckon.core.actors import SYSTEM
from beckon.core.audit.chain import seal_entries
from beckon.core.clock import domain_now
from beckon.core.models import ClockKind, Organization, OrganizationKind
from beckon.core.tenancy import org_scope
from beckon.messaging.queries import has_open_inbox, senders_with_due_work
from beckon.messaging.tasks import dispatch_sender, understand_inbox
from beckon.reports.delivery import send_due

log = logging.getLogger("beckon.ops")


@app.periodic(cron="* * * * *")
@app.task(name="beckon.round", queueing_lock="beckon.round", pass_context=False)
def go_round(timestamp: int) -> None:
    """Once a minute: defer the due work of every organization on the wall clock. Running twice defers nothing twice."""
    close_old_connections()
    for organization in Organization.objects.filter(clock_kind=ClockKind.WALL).order_by("id"):
        set_going(organization)


def set_going(organization: Organization) -> None:
    """Defer one organization's round, what its carriers delivered, and one dispatch per sender with something due."""
    _defer_once(run_organization, f"run:{organization.pk}", organization_id=organization.pk)
    with org_scope(organization):
        sender_ids = senders_with_due_work(domain_now(organization))
        has_mail = has_open_inbox()
    if has_mail:
        _defer_once(understand_inbox, f"inbox:{organization.pk}", organization_id=organization.pk)
    for sender_id in sender_ids:
        _defer_once(
            dispatch_sender, f"send:{organization.pk}:{sender_id}", organization_id=organization.pk, sender_id=sender_id
        )


def _defer_once(task: object, lock: str, **arguments: int) -> None:
    """Defer unless the same work already waits in the queue."""
    try:
        task.configure(queueing_lock=lock, lock=lock).defer(**arguments)  # type: ignore[attr-defined]
    except AlreadyEnqueued:
        log.debug("job already waiting lock=%s", lock)


@app.periodic(cron="*/10 * * * *")
@app.task(name="beckon.seal_audit", queueing_lock="beckon.seal_audit")
def seal_audit(timestamp: int) -> None:
    """Seal each organization's audit record behind its writers."""
    close_old_connections()
    for organization in Organization.objects.order_by("id"):
        with org_scope(organization):
            sealed = seal_entries()
        if sealed:
            log.info("audit sealed organization=%s entries=%s", organization.pk, sealed)


@app.periodic(cron="* * * * *")
@app.task(name="beckon.retry_stalled", queueing_lock="beckon.retry_stalled", pass_context=True)
async def retry_stalled(context: object, timestamp: int) -> None:
    """Bring back jobs whose worker was killed: every job is safe to run twice."""
    for job in await app.job_manager.get_stalled_jobs():
        await app.job_manager.retry_job(job)
        log.warning("job brought back job=%s task=%s", job.id, job.task_name)


@app.periodic(cron="*/10 * * * *")
@app.task(name="beckon.send_reports", queueing_lock="beckon.send_reports")
def send_reports(timestamp: int) -> None:
    """E-mail the weekly reports that are due. Of live organizations only: nothing of a sandbox reaches anybody."""
    close_old_connections()
    for organization in Organization.objects.filter(kind=OrganizationKind.LIVE).order_by("id"):
        send_due(organization, by=SYSTEM, now=domain_now(organization))
