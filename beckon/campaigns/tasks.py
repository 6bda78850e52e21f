"""Jobs of campaigns: coarse, one organization's round at a time, safe to run twice and at once."""

import logging

from django.db import close_old_connections
from procrastinate.contrib.django import app

from beckon.campaigns.rounds import run_round
from beckon.core.clock import domain_now
from beckon.core.models import Organization

log = logging.getLogger("beckon.campaigns")


@app.task(name="campaigns.run_organization")
def run_organization(organization_id: int) -> None:
    """Enrol today's people and advance everybody due. What it queues is sent by the senders' own jobs."""
    close_old_connections()
    organization = Organization.objects.get(pk=organization_id)
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
