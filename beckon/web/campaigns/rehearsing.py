"""Asks a worker to rehearse a draft. The lab stands above the pages, so its job is deferred by name."""

import secrets
from datetime import datetime

from procrastinate.contrib.django import app

from beckon.campaigns.drafts import note_rehearsal
from beckon.campaigns.models import Campaign
from beckon.core.tenancy import current_organization

JOB = "lab.rehearse_campaign"
RUNS = 3


def ask_for_rehearsal(campaign: Campaign, *, now: datetime) -> bool:
    """Defer it with the open transaction. False where the campaign is no draft any more."""
    token = secrets.token_hex(8)
    note = {"token": token, "state": "waiting", "of": RUNS, "results": [], "asked_at": now.isoformat()}
    if not note_rehearsal(campaign.pk, note):
        return False
    job = app.configure_task(JOB, allow_unknown=True, lock=f"rehearse:{current_organization().pk}")
    job.defer(organization_id=current_organization().pk, campaign_id=campaign.pk, token=token)
    return True
