"""Jobs of messaging: ids in, safe to run twice, one dispatcher per sender by its lease."""

import logging

from django.db import close_old_connections
from procrastinate.contrib.django import app

from beckon.core.actors import SYSTEM
from beckon.core.clock import domain_now
from beckon.core.models import Organization
from beckon.core.tenancy import org_scope
from beckon.messaging.receiving.inbox import handle_inbox
from beckon.messaging.sending.dispatch import dispatch
from beckon.messaging.sending.settle import settle_unknown

log = logging.getLogger(__name__)

RUN_SECONDS = 50.0
"""A little less than the minute between two rounds, so that a busy sender hardly pauses."""


@app.task(name="beckon.dispatch_sender")
def dispatch_sender(organization_id: int, sender_id: int) -> None:
    """Send what is due for one sender and settle what is unknown; goes on for up to 50 seconds."""
    close_old_connections()
    organization = Organization.objects.get(pk=organization_id)
    done = dispatch(organization, sender_id, by=SYSTEM, seconds=RUN_SECONDS)
    settled = settle_unknown(organization, sender_id, by=SYSTEM)
    log.info("sender.dispatched sender=%s sent=%s settled=%s", sender_id, done.sent + done.delivered, settled.sent)


@app.task(name="beckon.handle_inbox")
def understand_inbox(organization_id: int) -> None:
    """Understand what carriers have delivered into the inbox of one organization."""
    close_old_connections()
    organization = Organization.objects.get(pk=organization_id)
    while True:
        with org_scope(organization):
            handled = handle_inbox(by=SYSTEM, now=domain_now(organization))
        if handled == 0:
            return
