"""What the first pages ask: a few indexed reads over many packages, each with a limit. Never writes."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from beckon.campaigns.models import Campaign, CampaignStatus
from beckon.channels.models import Sender
from beckon.core.audit.models import AuditEntry, AuditSeal
from beckon.core.events.models import Event
from beckon.core.models import Membership, User
from beckon.messaging.keys import confirm_key
from beckon.messaging.models import Inbox, Message
from beckon.people.models import Import, ImportStatus, Person
from beckon.people.queries import full_name
from beckon.scheduling.models import Appointment, AppointmentStatus, Clinician, VisitType
from beckon.scheduling.queries import capacity

MOST = 1_000
"""Counts stop here: "1,000+" says as much."""


def practices_of(user: User) -> list[Membership]:
    """The open memberships of a user with their practices, by name."""
    found = Membership.objects.select_related("organization").filter(user_id=user.pk, ended_at=None)
    return list(found.order_by("organization__name"))


@dataclass(frozen=True)
class SetUp:
    """What an installation has so far; the first page says what to do next while something is missing."""

    has_schedule: bool
    has_sender: bool
    has_people: bool
    has_campaign: bool

    @property
    def is_complete(self) -> bool:
        """Nothing is missing any more."""
        return self.has_schedule and self.has_sender and self.has_people and self.has_campaign


def set_up() -> SetUp:
    """Whether there is a schedule, a sender, anybody, a campaign; four look-ups."""
    return SetUp(
        Clinician.objects.filter(is_active=True).exists() and VisitType.objects.filter(is_active=True).exists(),
        Sender.objects.filter(is_active=True).exists(),
        Person.objects.exists(),
        Campaign.objects.exclude(status=CampaignStatus.DRAFT).exists(),
    )


@dataclass(frozen=True)
class Running:
    """A campaign at work. `met`: people who reached its goal; `left`: all who left, they among them."""

    campaign: Campaign
    enrolled: int
    left: int
    met: int

    @property
    def active(self) -> int:
        """People in it now."""
        return max(0, self.enrolled - self.left)


def running_campaigns(limit: int = 12) -> list[Running]:
    """Campaigns that run or are paused, newest first; two queries. From counters, so nobody is counted one by one."""
    states = [CampaignStatus.RUNNING, CampaignStatus.PAUSED]
    rows = list(Campaign.objects.filter(status__in=states).order_by("-launched_at", "-pk")[:limit])
    sums: dict[int, Counter[str]] = {row.pk: Counter(row.counters) for row in rows}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT campaign_id, name, sum(amount) FROM campaigns_campaigncount WHERE campaign_id = ANY(%s)"
            " GROUP BY 1, 2",
            [list(sums)],
        )
        for campaign_id, name, amount in cursor.fetchall():
            sums[campaign_id][name] += int(amount)
    return [
        Running(
            row,
            sums[row.pk]["enrolled"],
            sum(n for name, n in sums[row.pk].items() if name.startswith("left.")),
            sums[row.pk]["goal_met"],
        )
        for row in rows
    ]


def drafts() -> int:
    """Campaigns that were begun and not launched."""
    return Campaign.objects.filter(status=CampaignStatus.DRAFT).count()


def paused_senders() -> list[Sender]:
    """Senders that somebody has to look at."""
    return list(Sender.objects.filter(is_active=True).exclude(paused_reason="").order_by("name"))


def failures_since(since: datetime) -> list[tuple[str, int]]:
    """Why messages did not go out or arrive since then: reason and count, most frequent first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT reason, count(*) FROM (SELECT coalesce(data->>'reason', '') AS reason FROM events_event"
            " WHERE kind = 'message.failed' AND at >= %s LIMIT 20000) f GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 4",
            [since],
        )
        return list(cursor.fetchall())


def unsettled_messages() -> int:
    """Messages that may have left and whose carrier has not said so yet; 1,000 stands for more."""
    return len(Message.objects.filter(look_up_at__isnull=False).values_list("pk", flat=True)[:MOST])


def waiting_callbacks(before: datetime) -> int:
    """Vendors' callbacks that came before `before` (wall clock) and nobody has read: the worker rests."""
    rows = Inbox.objects.filter(handled_at=None, recorded_at__lt=before).order_by("pk")
    return len(rows.values_list("pk", flat=True)[:MOST])


def failed_imports(since: datetime) -> list[Import]:
    """Imports that failed since then, newest first."""
    rows = Import.objects.filter(status=ImportStatus.FAILED, at__gte=since).select_related("source")
    return list(rows.order_by("-pk")[:5])


@dataclass(frozen=True)
class Room:
    """Visits that could be booked in the coming two weeks."""

    slots: int
    free: int


def room_ahead(now: datetime) -> Room:
    """Slots open to us in the coming two weeks, and how many are free."""
    weeks = capacity(now, now + timedelta(days=14))
    return Room(sum(w.slots for w in weeks), sum(w.free for w in weeks))


@dataclass(frozen=True)
class Visit:
    """A visit with its person and what became of its confirmation ("" none was sent)."""

    appointment: Appointment
    name: str
    confirmation: str


def coming_visits(now: datetime, until: datetime, limit: int = 50) -> list[Visit]:
    """Booked visits from now on, soonest first, with their confirmations; three queries."""
    rows = Appointment.objects.filter(starts_at__gte=now, starts_at__lt=until, status=AppointmentStatus.BOOKED)
    return _visits(rows.select_related("clinician", "location", "visit_type").order_by("starts_at", "pk")[:limit])


def unsettled_visits(now: datetime, limit: int = 25) -> list[Visit]:
    """Visits of the last month whose time has passed and of which nobody has said whether they were kept."""
    rows = Appointment.objects.filter(
        starts_at__gte=now - timedelta(days=31), starts_at__lt=now, status=AppointmentStatus.BOOKED
    )
    return _visits(rows.select_related("clinician", "location", "visit_type").order_by("starts_at", "pk")[:limit])


def _visits(found: object) -> list[Visit]:
    rows: list[Appointment] = list(found)  # type: ignore[call-overload]
    people = Person.objects.in_bulk({row.person_id for row in rows})
    keys = {confirm_key(row.pk, row.version): row.pk for row in rows}
    statuses = dict(Message.objects.filter(dedupe_key__in=list(keys)).values_list("dedupe_key", "status"))
    return [
        Visit(
            row,
            full_name(people[row.person_id]) if row.person_id in people else "",
            statuses.get(confirm_key(row.pk, row.version), ""),
        )
        for row in rows
    ]


_SINCE = """
SELECT h.agent, h.person_id, (SELECT min(a.at) FROM audit_auditentry a
        WHERE a.actor = h.agent AND a.at >= %s AND a.action = 'call.served' AND h.person_id = ANY (a.object_ids))
  FROM unnest(%s::text[], %s::bigint[]) h(agent, person_id)
"""


def held_since(pairs: Sequence[tuple[str, int]], since: datetime) -> Mapping[tuple[str, int], datetime]:
    """Since when each agent has had each person today, from the record of who was shown whom (domain time)."""
    if not pairs:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_SINCE, [since, [agent for agent, _ in pairs], [person for _, person in pairs]])
        return {(agent, person): at for agent, person, at in cursor.fetchall() if at is not None}


def latest_entries(limit: int = 12) -> list[AuditEntry]:
    """The newest entries of the audit record."""
    return list(AuditEntry.objects.order_by("-pk")[:limit])


def consent_changes(since: datetime, limit: int = 12) -> list[Event]:
    """Opt-outs and opt-ins since then, newest first."""
    kinds = ["consent.opted_out", "consent.opted_in"]
    return list(Event.objects.filter(kind__in=kinds, at__gte=since).order_by("-at", "-pk")[:limit])


@dataclass(frozen=True)
class Chain:
    """The audit chain as far as a page can say: when it was sealed last, and what waits (1,000 stands for more)."""

    sealed_at: datetime | None
    waiting: int


def chain_state() -> Chain:
    """The newest seal and the entries behind it. Whether every link holds is the verification's to say."""
    seal = AuditSeal.objects.order_by("-pk").first()
    waiting = AuditEntry.objects.filter(pk__gt=seal.watermark if seal else 0).values_list("pk", flat=True)[:MOST]
    return Chain(seal.sealed_at if seal else None, len(waiting))
