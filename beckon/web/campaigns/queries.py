"""What the campaign pages ask over several packages. Never writes; every list is short or paged by its key."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.http import Http404

from beckon.campaigns.journey.gathering import gather
from beckon.campaigns.life import playbook_of
from beckon.campaigns.models import Campaign, CampaignStatus, Enrollment, PlaybookVersion
from beckon.campaigns.planning.capacity import WEEKS
from beckon.campaigns.playbooks.schema import Playbook
from beckon.campaigns.queries import counters
from beckon.campaigns.steps.base import ask_of
from beckon.channels.models import Sender
from beckon.consent.rules import may_contact
from beckon.consent.verdict import Refused
from beckon.core.audit.models import AuditEntry
from beckon.core.models import User
from beckon.core.staff.queries import list_members
from beckon.core.tenancy import current_organization
from beckon.reports import queries as report_queries
from beckon.reports.figures import Funnel
from beckon.scheduling.queries import capacity
from beckon.segments.conditions import parse_definition
from beckon.segments.models import Segment
from beckon.segments.queries import Count, count, sample

PAGE = 50
LOOKED_AT = 400
"""People of a segment asked about per channel; of larger ones the share is told of this sample."""
SMALL = 5_000
"""Enrolled people up to which exact figures are counted anew for every look; above, a count serves for a while."""
KEPT_SECONDS = 180
LOG = 200


@dataclass(frozen=True)
class Row:
    """A campaign in the list. `status` knows scheduled beside the stored ones."""

    campaign: Campaign
    status: str
    people: int
    booked: int
    active: int
    next_due: datetime | None


@dataclass(frozen=True)
class Lister:
    """A person in a list: where they stand and since when."""

    person_id: int
    name: str
    zone: str
    step: str
    at: datetime | None
    reason: str
    waiting_for: str
    key: int


@dataclass(frozen=True)
class ChannelReach:
    """How many of the people looked at may be contacted over a channel; the commonest reasons against."""

    channel: str
    may: int
    looked_at: int
    reasons: tuple[tuple[str, int], ...]

    @property
    def share(self) -> float:
        """Of those looked at."""
        return self.may / self.looked_at if self.looked_at else 0.0


def find_campaign(pk: int, *, draft: bool | None = None) -> Campaign:
    """The campaign with its playbook. Raises Http404; also where `draft` asks for the other kind."""
    campaign = Campaign.objects.select_related("playbook").filter(pk=pk).first()
    if campaign is None or (draft is not None and draft != (campaign.status == CampaignStatus.DRAFT)):
        raise Http404
    return campaign


def status_of(campaign: Campaign, now: datetime) -> str:
    """The stored status, or scheduled where it runs from a later day on."""
    if campaign.status == CampaignStatus.RUNNING and campaign.starts_at > now:
        return "scheduled"
    return campaign.status


_COUNTED = """
SELECT id, sum(amount) FILTER (WHERE name = 'enrolled'), sum(amount) FILTER (WHERE starts_with(name, 'left.'))
  FROM (SELECT c.id, e.key AS name, e.value::int AS amount
          FROM campaigns_campaign c, jsonb_each_text(c.counters) e
        UNION ALL
        SELECT campaign_id, name, amount FROM campaigns_campaigncount) counted
 GROUP BY id"""

_BOOKED = """
SELECT campaign_id, count(DISTINCT person_id) FROM scheduling_appointment
 WHERE campaign_id IS NOT NULL AND status <> 'entered_in_error' GROUP BY campaign_id"""

_NEXT_DUE = """
SELECT c.id, (SELECT d.due_at FROM campaigns_dueset d
               WHERE d.campaign_id = c.id AND EXISTS (SELECT 1 FROM campaigns_enrollment e
                 WHERE e.id = ANY(d.enrollment_ids) AND e.left_at IS NULL AND e.due_at = d.due_at)
               ORDER BY d.due_at LIMIT 1)
  FROM campaigns_campaign c WHERE c.id = ANY(%s)"""


def list_campaigns(now: datetime) -> list[Row]:
    """Every campaign, newest first. Figures from the counters, so the list costs the same however many people."""
    found = list(Campaign.objects.select_related("playbook").order_by("-launched_at", "-pk"))
    sums = {row[0]: row[1:] for row in rows_of(_COUNTED, [])}
    booked = dict(rows_of(_BOOKED, []))
    lively = [pk for pk, (enrolled, left) in sums.items() if (enrolled or 0) > (left or 0)]
    due = dict(rows_of(_NEXT_DUE, [lively]))
    rows = []
    for campaign in found:
        enrolled, left = sums.get(campaign.pk, (0, 0))
        active = (enrolled or 0) - (left or 0)
        status = status_of(campaign, now)
        rows.append(Row(campaign, status, enrolled or 0, booked.get(campaign.pk, 0), active, due.get(campaign.pk)))
    return rows


def latest_versions() -> list[PlaybookVersion]:
    """The newest version of every playbook, by key."""
    return list(PlaybookVersion.objects.order_by("key", "-version").distinct("key"))


def senders_by_channel(channels: Iterable[str]) -> dict[str, list[Sender]]:
    """The active senders of each channel, by name."""
    found: dict[str, list[Sender]] = {channel: [] for channel in sorted(channels)}
    for sender in Sender.objects.filter(channel__in=list(found), is_active=True).order_by("name"):
        found[sender.channel].append(sender)
    return found


def callers() -> int:
    """How many members of staff may be served people to call."""
    return sum(1 for member in list_members() if member.may_call)


def segments_in_use() -> list[Segment]:
    """Saved segments by name."""
    return list(Segment.objects.filter(archived_at=None).order_by("name"))


def is_name_taken(name: str, but: int | None = None) -> bool:
    """Whether another campaign has the name."""
    return Campaign.objects.filter(name=name.strip()).exclude(pk=but or 0).exists()


def count_people(definition: Mapping[str, Any], *, now: datetime, limit: int | None = None) -> Count:
    """How many people a condition describes; "10,000+" at once with a limit."""
    return count(parse_definition(dict(definition)), now=now, limit=limit)


def reach_of(definition: Mapping[str, Any], playbook: Playbook, *, now: datetime) -> list[ChannelReach]:
    """Channel by channel, how many of up to LOOKED_AT people drawn from the segment the gate would let through."""
    ids = sample(parse_definition(dict(definition)), now=now, size=LOOKED_AT)
    facts = gather(ids, now=now)
    channels = [*sorted(playbook.channels()), *(["voice"] if playbook.has_calls() else [])]
    found = []
    for channel in channels:
        ask = ask_of(playbook.tcpa_class, playbook.hipaa_class, channel)
        against: dict[str, int] = {}
        for each in facts.values():
            verdict = may_contact(each.person, ask, now, each.policy)
            if isinstance(verdict, Refused):
                against[verdict.reason] = against.get(verdict.reason, 0) + 1
        reasons = tuple(sorted(against.items(), key=lambda pair: (-pair[1], pair[0])))
        found.append(ChannelReach(channel, len(facts) - sum(against.values()), len(facts), reasons))
    return found


@dataclass(frozen=True)
class Needs:
    """What a campaign asks for a week or a day, beside what is there."""

    bookings_a_week: int
    slots_a_week: int
    calls_a_day: int
    calls_possible: int
    agents_needed: int
    agents: int
    has_calls: bool

    @property
    def is_short_of_slots(self) -> bool:
        """More visits expected than slots free."""
        return self.bookings_a_week > self.slots_a_week

    @property
    def is_short_of_agents(self) -> bool:
        """More calls than the agents can make."""
        return self.calls_a_day > self.calls_possible


def needs_of(campaign: Campaign, *, now: datetime) -> Needs:
    """Slots free in the first four weeks and calls the agents can make, against what a costed draft expects."""
    begins, stated = max(now, campaign.starts_at), campaign.economics
    free: dict[Any, int] = {}
    for week in capacity(begins, begins + timedelta(weeks=WEEKS)):
        free[week.week] = free.get(week.week, 0) + week.free
    agents = int(stated.get("agents") or 0)
    return Needs(
        bookings_a_week=int(stated.get("bookings_per_week", 0)),
        slots_a_week=sum(free.values()) // max(1, len(free)),
        calls_a_day=int(stated.get("calls_per_day", 0)),
        calls_possible=agents * int(stated.get("assumptions", {}).get("dials_per_agent_day", 200)),
        agents_needed=int(stated.get("agents_needed", 0)),
        agents=agents,
        has_calls=playbook_of(campaign.playbook).has_calls(),
    )


def named(person_ids: Sequence[int]) -> list[Lister]:
    """These people by name, in the order given."""
    sql = "SELECT id, given_name, family_name, time_zone FROM people_person WHERE id = ANY(%s)"
    found = {row[0]: row for row in rows_of(sql, [list(person_ids)])}
    return [_lister(found[i], "", None, "", "", i) for i in person_ids if i in found]


def _lister(row: tuple[Any, ...], *rest: Any) -> Lister:
    return Lister(row[0], f"{row[1] or ''} {row[2] or ''}".strip() or f"#{row[0]}", row[3] or "", *rest)


def standing(campaign_id: int) -> dict[str, int]:
    """How many people stand at each step now."""
    return dict(
        rows_of(
            "SELECT step, count(*) FROM campaigns_enrollment WHERE campaign_id = %s AND left_at IS NULL GROUP BY 1",
            [campaign_id],
        )
    )


@dataclass(frozen=True)
class Live:
    """The figures of a campaign at work. `as_of`: domain time; where it is large they may be minutes old."""

    funnel: Funnel
    counters: dict[str, int]
    as_of: datetime


def is_at_hand(campaign: Campaign, what: str) -> bool:
    """Whether the figures `what` (live or results) can be had at once: few people, or counted lately."""
    return counters(campaign.pk).get("enrolled", 0) <= SMALL or cache.get(kept_as(campaign, what)) is not None


def live_figures(campaign: Campaign, now: datetime) -> Live:
    """Funnel and counters, exact; of a large campaign counted within the last minutes, so that many may watch it."""
    counted = counters(campaign.pk)
    if counted.get("enrolled", 0) <= SMALL:
        return Live(report_queries.funnel(campaign, now=now), counted, now)
    held: tuple[Funnel, datetime] | None = cache.get(kept_as(campaign, "live"))
    if held is None:
        held = (report_queries.funnel(campaign, now=now), now)
        cache.set(kept_as(campaign, "live"), held, KEPT_SECONDS)
    return Live(held[0], counted, held[1])


def kept_as(campaign: Campaign, what: str) -> str:
    """Under which key counted figures are kept."""
    return f"{what}:{current_organization().schema_name}:{campaign.pk}"


_ENROLLED = """
SELECT e.person_id, p.given_name, p.family_name, p.time_zone, e.step, {at}, e.left_reason, e.waiting_for, e.id
  FROM campaigns_enrollment e LEFT JOIN people_person p ON p.id = e.person_id
 WHERE e.campaign_id = %(campaign)s AND {which} AND e.id > %(after)s
   AND e.id = (SELECT max(newer.id) FROM campaigns_enrollment newer
                WHERE newer.person_id = e.person_id AND newer.campaign_id = e.campaign_id)
 ORDER BY e.id LIMIT %(limit)s"""

_EXCLUDED = """
SELECT x.person_id, p.given_name, p.family_name, p.time_zone, '', x.at, x.reason, '', x.id
  FROM campaigns_exclusion x LEFT JOIN people_person p ON p.id = x.person_id
 WHERE x.campaign_id = %(campaign)s AND x.reason = %(value)s AND x.id > %(after)s
   AND NOT EXISTS (SELECT 1 FROM campaigns_enrollment e
                    WHERE e.campaign_id = x.campaign_id AND e.person_id = x.person_id)
 ORDER BY x.id LIMIT %(limit)s"""

_OF_STEP = """
SELECT e.person_id, p.given_name, p.family_name, p.time_zone, s.step, s.at, s.reason, '', e.id
  FROM campaigns_enrollment e
  JOIN LATERAL (SELECT r.step, r.at, r.reason FROM campaigns_steprecord r
                 WHERE r.person_id = e.person_id AND r.enrollment_id = e.id AND r.step = %(value)s
                   AND r.outcome = %(outcome)s ORDER BY r.id DESC LIMIT 1) s ON true
  LEFT JOIN people_person p ON p.id = e.person_id
 WHERE e.campaign_id = %(campaign)s AND e.id > %(after)s
 ORDER BY e.id LIMIT %(limit)s"""

_TOUCHED = {
    "visit": """
       SELECT person_id FROM scheduling_appointment
        WHERE campaign_id = %(campaign)s AND status <> 'entered_in_error'""",
    "kept": "SELECT person_id FROM scheduling_appointment WHERE campaign_id = %(campaign)s AND status = 'kept'",
    "reply": """
       SELECT m.person_id FROM messaging_message m
        WHERE m.campaign_id = %(campaign)s AND m.is_inbound AND m.meaning = %(value)s""",
    "message": """
       SELECT m.person_id FROM messaging_message m
        WHERE m.campaign_id = %(campaign)s AND NOT m.is_inbound AND m.channel = %(value)s AND m.status = %(outcome)s""",
}
"""As the funnel of reports.queries counts them; sets small enough to be gathered whole."""
_EXISTS = {
    "contacted": """(
       EXISTS (SELECT 1 FROM messaging_message m WHERE m.person_id = e.person_id AND m.campaign_id = %(campaign)s
                  AND NOT m.is_inbound AND m.sent_at IS NOT NULL)
       OR EXISTS (SELECT 1 FROM desk_call d WHERE d.person_id = e.person_id AND d.campaign_id = %(campaign)s
                     AND d.undone_at IS NULL))""",
    "answered": """(
       EXISTS (SELECT 1 FROM messaging_message m WHERE m.person_id = e.person_id AND m.campaign_id = %(campaign)s
                  AND m.is_inbound)
       OR EXISTS (SELECT 1 FROM desk_call d WHERE d.person_id = e.person_id AND d.campaign_id = %(campaign)s
                     AND d.answered AND d.undone_at IS NULL)
       OR EXISTS (SELECT 1 FROM scheduling_appointment a WHERE a.person_id = e.person_id
                     AND a.campaign_id = %(campaign)s AND a.call_id IS NULL AND a.status <> 'entered_in_error'))""",
}
"""The same for what most people have: asked person by person, so that a page of them comes at once."""
_WHICH = {
    "in": ("e.left_at IS NULL", "e.due_at"),
    "step": ("e.left_at IS NULL AND e.step = %(value)s", "e.due_at"),
    "left": ("e.left_reason = %(value)s", "e.left_at"),
    "enrolled": ("true", "e.enrolled_at"),
    "goal": ("e.goal_met_at IS NOT NULL", "e.goal_met_at"),
    "second_goal": ("e.second_goal_met_at IS NOT NULL", "e.second_goal_met_at"),
}
KINDS = frozenset({*_WHICH, *_TOUCHED, *_EXISTS, "excluded", "outcome"})


def people_behind(
    campaign_id: int, kind: str, value: str = "", outcome: str = "", *, after: int = 0, limit: int = PAGE
) -> list[Lister]:
    """The people behind one figure of a campaign, by key, `limit` at most from the key `after` on."""
    values = {"campaign": campaign_id, "value": value, "outcome": outcome, "after": after, "limit": limit}
    if kind == "excluded":
        sql = _EXCLUDED
    elif kind == "outcome":
        sql = _OF_STEP
    elif kind in _EXISTS:
        sql = _ENROLLED.format(at="coalesce(e.left_at, e.due_at)", which=_EXISTS[kind])
    elif kind in _TOUCHED:
        enrolled = f"e.person_id IN ({_TOUCHED[kind]})"
        sql = _ENROLLED.format(at="coalesce(e.left_at, e.due_at)", which=enrolled)
    else:
        which, at = _WHICH[kind]
        sql = _ENROLLED.format(at=at, which=which)
    return [_lister(row, *row[4:]) for row in rows_of(sql, values)]


@dataclass(frozen=True)
class Change:
    """A line of the change log."""

    at: datetime
    who: str
    action: str
    detail: dict[str, Any]


def changes_of(campaign_id: int) -> list[Change]:
    """The audit record of a campaign, newest first, LOG lines at most."""
    entries = AuditEntry.objects.filter(object_kind="campaign", object_ids__contains=[campaign_id]).order_by("-pk")
    found = list(entries.values_list("at", "actor", "action", "detail")[:LOG])
    names = names_of(actor for _, actor, _, _ in found)
    return [Change(at, names.get(actor, actor), action, detail or {}) for at, actor, action, detail in found]


def names_of(actors: Iterable[str]) -> dict[str, str]:
    """Actors as people know them: a user's name or e-mail, an agent's name."""
    wanted = set(actors)
    ids = [int(actor.partition(":")[2]) for actor in wanted if actor.startswith("user:")]
    users = {f"user:{u.pk}": u.name or u.email for u in User.objects.filter(pk__in=ids)}
    return {actor: users.get(actor) or actor.partition(":")[2] or actor for actor in wanted}


def last_change_at(campaign_id: int, statuses: Sequence[str]) -> datetime | None:
    """When the campaign last came into one of the statuses."""
    actions = [f"campaign.{status}" for status in statuses]
    entry = AuditEntry.objects.filter(object_kind="campaign", object_ids__contains=[campaign_id], action__in=actions)
    return entry.order_by("-pk").values_list("at", flat=True).first()


def still_in(campaign_id: int) -> int:
    """How many people are in a campaign now."""
    return Enrollment.objects.filter(campaign_id=campaign_id, left_at=None).count()


def rows_of(sql: str, values: Any) -> list[tuple[Any, ...]]:
    """Every row of a statement."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
