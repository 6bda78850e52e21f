"""A week in which something of everything happened: messages, answers, calls by two agents, visits, an opt-out."""

from datetime import datetime, timedelta

from beckon.campaigns.models import Campaign, Enrollment
from beckon.core.actors import SYSTEM
from beckon.core.clock import wall_now
from beckon.core.events.actions import record_events
from beckon.core.events.registry import NewEvent
from beckon.core.models import Organization
from beckon.desk.models import Call
from beckon.messaging.models import Message
from beckon.scheduling.models import Appointment, Clinician, Location, VisitType
from beckon.web.campaigns.tests.scene import running, set_scene


def a_week(org: Organization, now: datetime) -> Campaign:
    """Twelve people in a campaign; figures of this week, all on Monday the 16th."""
    people = set_scene(now)
    campaign = running(org, now)
    _messages(campaign, people, now)
    _calls(campaign, people, now)
    _visits(campaign, people, now)
    record_events(
        [
            *(NewEvent("message.received", person, None, {"meaning": "yes"}) for person in people[:3]),
            NewEvent("message.received", people[3], None, {"meaning": "stop"}),
            NewEvent("consent.opted_out", people[3], None, {"channel": "sms"}),
        ],
        by=SYSTEM,
        now=now,
    )
    Enrollment.objects.filter(person_id__in=people[:2]).update(goal_met_at=now)
    return campaign


def _messages(campaign: Campaign, people: list[int], now: datetime) -> None:
    states = ["delivered"] * 5 + ["failed"] * 2 + ["sent"]
    Message.objects.bulk_create(
        Message(
            dedupe_key=f"sample:{n}", person_id=people[n], channel="sms", purpose="informational",
            campaign_id=campaign.pk, address="+12125550100", status=state, cost_cents="1.5",
            reason="dead_number" if state == "failed" else "", decided_at=now, not_before=now, sent_at=now,
            settled_at=None if state == "sent" else now, recorded_at=wall_now(),
        )
        for n, state in enumerate(states)
    )  # fmt: skip


def _calls(campaign: Campaign, people: list[int], now: datetime) -> None:
    Call.objects.bulk_create(
        Call(
            person_id=people[n], campaign_id=campaign.pk, agent=f"agent:{'ann' if n % 2 else 'bob'}",
            attempt=1 + n % 2, disposition="DONE" if n < 2 else "NOANS", answered=n < 3,
            appointment_id=n + 1 if n < 2 else None, local_hour=10 + n % 3, local_weekday=0,
            started_at=now + timedelta(minutes=n), ended_at=now + timedelta(minutes=n + 1), dedupe_key=f"form:{n}",
        )
        for n in range(7)
    )  # fmt: skip


def _visits(campaign: Campaign, people: list[int], now: datetime) -> None:
    where = [Location.objects.create(name=name, time_zone="America/New_York") for name in ("North", "South")]
    kind = VisitType.objects.create(name="First visit")
    for n, status in enumerate(("kept", "kept", "missed", "booked")):
        place = where[n % 2]
        Appointment.objects.create(
            person_id=people[n], clinician=Clinician.objects.create(name=f"Dr. {n}", location=place), location=place,
            visit_type=kind, starts_at=now + timedelta(hours=n), ends_at=now + timedelta(hours=n, minutes=30),
            status=status, campaign_id=campaign.pk, revenue_cents=10_000 if status == "kept" else None, by="x", at=now,
            updated_at=now,
        )  # fmt: skip
