"""A sandbox practice to work in: location, clinicians, visit types, senders and queue. Safe to repeat."""

from dataclasses import dataclass

from beckon.channels.models import Channel, Sender
from beckon.core.models import Organization
from beckon.desk.models import CallQueue
from beckon.lab.population import Population
from beckon.scheduling.models import Clinician, Location, VisitType

WEEKLY_HOURS = {day: [["08:30", "12:00"], ["13:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
SLOTS_PER_WEEK = 40
CLINICIANS = ("Dr. Alvarez", "Dr. Brandt", "Dr. Chen", "Dr. Diallo", "Dr. Eriksen", "Dr. Fontaine")
RATES = {Channel.SMS: 10, Channel.VOICEMAIL: 5, Channel.EMAIL: 20, Channel.POSTAL: 50}
"""Messages a second of the sandbox senders."""
ADDRESSES = {
    Channel.SMS: "+12125550100",
    Channel.VOICEMAIL: "+12125550101",
    Channel.EMAIL: "outreach@example.org",
    Channel.POSTAL: "100 Sample Street, New York, NY 10001",
}
COST_RATES = {
    Channel.SMS: "costs.text_cents",
    Channel.VOICEMAIL: "costs.voicemail_cents",
    Channel.EMAIL: "costs.email_cents",
    Channel.POSTAL: "costs.postcard_cents",
}


@dataclass(frozen=True)
class Practice:
    """What a simulation needs to know of the practice."""

    senders: dict[str, int]
    queue_id: int
    visit_type_id: int
    first_visit_type_id: int


def set_up_practice(organization: Organization, population: Population, *, clinicians: int) -> Practice:
    """Make what is missing of the sandbox practice, inside its scope. `clinicians`: how many, 40 slots a week each."""
    location, _ = Location.objects.get_or_create(
        name="Main office",
        defaults={
            "line1": "100 Sample Street",
            "city": "New York",
            "state": "NY",
            "postal_code": "10001",
            "phone": "+12125550199",
            "time_zone": organization.time_zone,
        },
    )
    for number in range(clinicians):
        name = CLINICIANS[number] if number < len(CLINICIANS) else f"Clinician {number + 1}"
        Clinician.objects.get_or_create(
            name=name,
            location=location,
            defaults={"weekly_hours": WEEKLY_HOURS, "slots_per_week": SLOTS_PER_WEEK, "languages": ["en", "es"]},
        )
    follow_up, _ = VisitType.objects.get_or_create(
        name="Follow-up visit", defaults={"minutes": 30, "for_new_patients": False}
    )
    first, _ = VisitType.objects.get_or_create(name="First visit", defaults={"minutes": 30})
    queue, _ = CallQueue.objects.get_or_create(name="Outreach")
    return Practice(_senders(population), queue.pk, follow_up.pk, first.pk)


def _senders(population: Population) -> dict[str, int]:
    made = {}
    for channel, rate in RATES.items():
        sender, _ = Sender.objects.get_or_create(
            name=f"Sandbox {channel.label.lower()}",
            defaults={
                "channel": channel,
                "carrier": "sandbox",
                "address": ADDRESSES[channel],
                "rate_per_second": rate,
                "cost_cents": str(population.number(COST_RATES[channel])),
            },
        )
        made[str(channel)] = sender.pk
    return made
