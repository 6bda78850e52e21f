"""One round of an organization: end what is over, enrol, advance. Each part commits by itself."""

from dataclasses import dataclass
from datetime import datetime

from beckon.campaigns.actions import Advanced, advance_all
from beckon.campaigns.enrolling.enrolment import Enrolled, enrol_due
from beckon.campaigns.journey.due import forget_ended
from beckon.campaigns.life import finish_campaigns, fold_counts
from beckon.core.actors import SYSTEM, Actor
from beckon.core.models import Organization
from beckon.core.tenancy import org_scope


@dataclass(frozen=True, slots=True)
class Round:
    """What one round did."""

    enrolled: Enrolled
    advanced: Advanced
    finished: int


def run_round(organization: Organization, *, now: datetime, by: Actor = SYSTEM) -> Round:
    """Everything that campaigns have due at `now`. Call outside of any scope."""
    with org_scope(organization):
        finished = finish_campaigns(now=now, by=by)
    with org_scope(organization):
        enrolled = enrol_due(now=now, by=by)
    advanced = advance_all(organization, now=now, by=by)
    with org_scope(organization):
        forget_ended()
        fold_counts()
    return Round(enrolled, advanced, finished)
