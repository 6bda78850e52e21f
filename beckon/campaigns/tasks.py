"""Jobs of campaigns: coarse, one organization's round at a time, safe to run twice and at once."""

import logging

from django.db import close_old_connections
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from beckon.campaigns.actions import advance_all
from beckon.campaigns.journey.due import count_due
from beckon.campaigns.rounds import run_round
from beckon.core.clock import domain_now
from beckon.core.models import Organization
from beckon.core.tenancy import org_scope

log = logging.getLogger("beckon.campaigns")

DUE_PER_HELPER = 4_000
MOST_HELPERS = 8


@app.task(name="campaigns.run_organization")
def run_organization(organization_id: int) -> None:
    """Enrol today's people and advance everybody due. What it queues is sent by the senders' own jobs.

    Where very many are due, helpers are called that claim from the same list on any other worker.
    """
    close_old_connections()
    organization = Organization.objects.get(pk=organization_id)
    _call_helpers(organization)
    done = run_round(organization, now=domain_now(organization))
    log.info(
        "round done organization=%s enrolled=%s excluded=%s advanced=%s messages=%s tasks=%s left=%s",
        organization_id,
        done.enrolled.enrolled,
        done.enrolled.excluded,
        done.advanced.advanced,
        done.advanced.messages,
        done.advanced.tasks,
        done.advanced.left,
    )


@app.task(name="campaigns.advance_organization")
def advance_organization(organization_id: int) -> None:
    """Advance whoever is due and nobody else has claimed."""
    close_old_connections()
    organization = Organization.objects.get(pk=organization_id)
    done = advance_all(organization, now=domain_now(organization))
    log.info("helper done organization=%s advanced=%s", organization_id, done.advanced)


def _call_helpers(organization: Organization) -> None:
    with org_scope(organization):
        due = count_due(now=domain_now(organization), most=DUE_PER_HELPER * MOST_HELPERS)
    for number in range(due // DUE_PER_HELPER):
        try:
            lock = f"advance:{organization.pk}:{number}"
            advance_organization.configure(queueing_lock=lock, lock=lock).defer(organization_id=organization.pk)
        except AlreadyEnqueued:
            log.debug("helper already waiting organization=%s", organization.pk)
