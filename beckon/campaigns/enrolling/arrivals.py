"""People whom an event brings into campaigns: a missed or a cancelled visit."""

from collections.abc import Sequence
from datetime import datetime

from beckon.campaigns.enrolling.enrolment import Enrolled, enrol_people
from beckon.campaigns.journey.gathering import load_campaigns
from beckon.campaigns.models import CampaignStatus
from beckon.core.actors import Actor
from beckon.core.events.registry import NewEvent


def enrol_by_events(events: Sequence[NewEvent], *, by: Actor, now: datetime) -> Enrolled:
    """Enrol the persons of the events into every running campaign whose playbook is entered by that kind of event."""
    total = Enrolled()
    campaigns = load_campaigns(statuses=[CampaignStatus.RUNNING])
    for campaign in campaigns.values():
        wanted = [e for e in events if e.kind in campaign.playbook.entry.events and e.person_id is not None]
        for kind in sorted({e.kind for e in wanted}):
            people = sorted({e.person_id for e in wanted if e.kind == kind and e.person_id is not None})
            total += enrol_people(campaign.campaign_id, people, entry={"kind": kind}, by=by, now=now)
    return total
