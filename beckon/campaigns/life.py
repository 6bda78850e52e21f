"""The life of a campaign: drafted, costed, confirmed, launched, paused, resumed, stopped, finished.

A refused launch is a value with every reason. Nothing here moves a single person; actions.py does.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import connection

from beckon.campaigns.actions import apply_happenings
from beckon.campaigns.errors import UnknownCampaign, WrongStatus
from beckon.campaigns.models import Campaign, CampaignStatus, Enrollment, PlaybookVersion
from beckon.campaigns.planning.capacity import shortages
from beckon.campaigns.planning.costing import compute_economics
from beckon.campaigns.planning.economics import Assumptions, Economics
from beckon.campaigns.playbooks.installing import unsigned_wording
from beckon.campaigns.playbooks.reading import installed
from beckon.campaigns.playbooks.schema import Playbook
from beckon.campaigns.reactions import Happening
from beckon.campaigns.steps.call import CallStep
from beckon.channels.models import Sender
from beckon.consent.queries import load_policy
from beckon.core.actors import Actor
from beckon.core.audit.actions import record_audit
from beckon.desk.models import CallQueue
from beckon.segments.conditions import parse_definition
from beckon.segments.queries import count

BATCH = 5_000


class LaunchNo(StrEnum):
    """Why a campaign is not launched."""

    NOT_A_DRAFT = "not_a_draft"
    NOT_CONFIRMED = "economics_not_confirmed"
    NOT_SIGNED_OFF = "wording_not_signed_off"
    NO_SENDER = "no_sender"
    NO_QUEUE = "no_queue"
    EMPTY_SEGMENT = "empty_segment"
    TOO_FEW_SLOTS = "too_few_slots"
    TOO_FEW_AGENTS = "too_few_agents"
    CALLS_TOO_OFTEN = "calls_too_often_for_the_policy"
    NEEDS_AUTHORIZATION = "marketing_needs_authorization"
    ENDS_BEFORE_START = "ends_before_start"


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason against a launch and what it is about."""

    reason: LaunchNo
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Launched:
    """Running from `starts_at` on."""

    campaign_id: int


@dataclass(frozen=True, slots=True)
class NotLaunched:
    """Nothing was changed; every reason is listed."""

    refusals: tuple[Refusal, ...]


def get_campaign(name: str) -> Campaign:
    """The campaign of this name. Raises UnknownCampaign."""
    try:
        return Campaign.objects.select_related("playbook").get(name=name)
    except Campaign.DoesNotExist as error:
        raise UnknownCampaign(f"there is no campaign {name!r}") from error


def playbook_of(version: PlaybookVersion) -> Playbook:
    """The parsed playbook of a version."""
    return installed(version.digest, version.definition)


def draft_campaign(
    *,
    name: str,
    version: PlaybookVersion,
    starts_at: datetime,
    daily_volume: int,
    agents: int,
    segment: Mapping[str, Any] | None = None,
    segment_id: int | None = None,
    ends_at: datetime | None = None,
    senders: Mapping[str, int] | None = None,
    queue_id: int | None = None,
    assumptions: Assumptions | None = None,
    list_cents: int = 0,
    by: Actor,
    now: datetime,
) -> Campaign:
    """A draft with its expected return computed. Without `segment` the playbook's own entry condition.

    `senders`: channel -> sender id; without them the first active sender of each channel. `agents`: how many call.
    Raises InvalidCondition, ValueError for a daily volume below 1.
    """
    playbook = playbook_of(version)
    definition = dict(segment or playbook.entry.segment)
    parse_definition(definition)
    campaign = Campaign.objects.create(
        name=name.strip(),
        playbook=version,
        segment_definition=definition,
        segment_id=segment_id,
        hipaa_class=playbook.hipaa_class,
        tcpa_class=playbook.tcpa_class,
        starts_at=starts_at,
        ends_at=ends_at,
        daily_volume=daily_volume,
        senders=dict(senders) if senders is not None else default_senders(playbook),
        queue_id=queue_id if queue_id is not None else _first_queue(playbook),
    )
    economics_for(campaign, agents=agents, assumptions=assumptions, list_cents=list_cents, now=now)
    record_audit(
        action="campaign.drafted",
        object_kind="campaign",
        object_ids=[campaign.pk],
        by=by,
        now=now,
        detail={"playbook": version.key, "version": version.version},
    )
    return campaign


def economics_for(
    campaign: Campaign, *, agents: int, assumptions: Assumptions | None = None, list_cents: int = 0, now: datetime
) -> Economics:
    """Compute the expected return anew and store it; whatever was confirmed before must be confirmed again.

    Raises WrongStatus for a campaign that is no draft any more.
    """
    _expect(_locked(campaign), CampaignStatus.DRAFT)
    economics = compute_economics(
        campaign, playbook_of(campaign.playbook), agents=agents, assumptions=assumptions, list_cents=list_cents, now=now
    )
    campaign.economics = economics.as_json()
    campaign.confirmed_by, campaign.confirmed_at = "", None
    campaign.save(update_fields=["economics", "confirmed_by", "confirmed_at"])
    return economics


def confirm(campaign: Campaign, *, accepts: Sequence[LaunchNo] = (), by: Actor, now: datetime) -> Campaign:
    """Somebody has read the expected return of `campaign` and stands by it.

    `accepts`: shortages (slots, agents) taken knowingly. Raises WrongStatus where it is no draft any more, or where
    the expected return was computed anew since `campaign` was read: then somebody has to read it again.
    """
    now_standing = _locked(campaign)
    _expect(now_standing, CampaignStatus.DRAFT)
    if _as_read(now_standing) != _as_read(campaign):
        raise WrongStatus(f"the expected return of {campaign.name} was computed anew; read it again, then confirm it")
    campaign.economics = {**now_standing.economics, "accepted": sorted(reason.value for reason in accepts)}
    campaign.confirmed_by, campaign.confirmed_at = by.key, now
    campaign.save(update_fields=["economics", "confirmed_by", "confirmed_at"])
    record_audit(
        action="campaign.confirmed",
        object_kind="campaign",
        object_ids=[campaign.pk],
        by=by,
        now=now,
        detail={"accepted": campaign.economics["accepted"]},
    )
    return campaign


def launch(campaign: Campaign, *, by: Actor, now: datetime) -> Launched | NotLaunched:
    """Start the campaign, or say everything that stands against it."""
    campaign = _locked(campaign)
    refusals = launch_refusals(campaign, now=now)
    if refusals:
        return NotLaunched(tuple(refusals))
    Campaign.objects.filter(pk=campaign.pk).update(status=CampaignStatus.RUNNING, launched_at=now)
    record_audit(action="campaign.launched", object_kind="campaign", object_ids=[campaign.pk], by=by, now=now)
    return Launched(campaign.pk)


def launch_refusals(campaign: Campaign, *, now: datetime) -> list[Refusal]:
    """Every reason against launching, in the order of LaunchNo."""
    playbook = playbook_of(campaign.playbook)
    found: list[Refusal] = []
    if campaign.status != CampaignStatus.DRAFT:
        found.append(Refusal(LaunchNo.NOT_A_DRAFT, campaign.status))
    if campaign.confirmed_at is None:
        found.append(Refusal(LaunchNo.NOT_CONFIRMED))
    if not campaign.playbook.signed_off_by:
        found.append(Refusal(LaunchNo.NOT_SIGNED_OFF, f"playbook {campaign.playbook.key}"))
    found += [Refusal(LaunchNo.NOT_SIGNED_OFF, name) for name in unsigned_wording(playbook)]
    found += _missing_parts(campaign, playbook)
    if not playbook.entry.events and not count(parse_definition(campaign.segment_definition), now=now, limit=1).value:
        found.append(Refusal(LaunchNo.EMPTY_SEGMENT))
    accepted = campaign.economics.get("accepted", ())
    for kind, detail in shortages(campaign.economics, starts_at=max(now, campaign.starts_at)):
        if kind not in accepted:
            found.append(Refusal(LaunchNo(kind), detail))
    return found + _against_policy(campaign, playbook)


def _missing_parts(campaign: Campaign, playbook: Playbook) -> list[Refusal]:
    active = set(
        Sender.objects.filter(pk__in=list(campaign.senders.values()), is_active=True).values_list("pk", "channel")
    )
    found = [
        Refusal(LaunchNo.NO_SENDER, channel)
        for channel in sorted(playbook.channels())
        if (campaign.senders.get(channel), channel) not in active
    ]
    if playbook.has_calls() and not CallQueue.objects.filter(pk=campaign.queue_id or 0, is_active=True).exists():
        found.append(Refusal(LaunchNo.NO_QUEUE))
    return found


def _against_policy(campaign: Campaign, playbook: Playbook) -> list[Refusal]:
    between = load_policy().days_between_calls
    found = [
        Refusal(LaunchNo.CALLS_TOO_OFTEN, f"{step.id}: {step.days_between} days, the policy says {between}")
        for step in playbook.steps
        if isinstance(step, CallStep) and step.days_between < between
    ]
    if campaign.hipaa_class == "marketing":  # 45 CFR 164.508(a)(3): written authorization, which is not kept here yet
        found.append(Refusal(LaunchNo.NEEDS_AUTHORIZATION))
    if campaign.ends_at is not None and campaign.ends_at <= campaign.starts_at:
        found.append(Refusal(LaunchNo.ENDS_BEFORE_START))
    return found


def pause(campaign: Campaign, *, by: Actor, now: datetime) -> None:
    """Nobody is enrolled or advanced until it is resumed; messages already queued still go. Raises WrongStatus."""
    _change(campaign, CampaignStatus.RUNNING, CampaignStatus.PAUSED, by, now)


def resume(campaign: Campaign, *, by: Actor, now: datetime) -> None:
    """Go on; whoever became due meanwhile is due at once. Raises WrongStatus."""
    _change(campaign, CampaignStatus.PAUSED, CampaignStatus.RUNNING, by, now)


def stop(campaign: Campaign, *, by: Actor, now: datetime) -> int:
    """End it for everybody: queued messages are cancelled, tasks closed. Returns how many were still in.

    Raises WrongStatus for one that neither runs nor is paused (any more).
    """
    status = _locked(campaign).status
    if status not in (CampaignStatus.RUNNING, CampaignStatus.PAUSED):
        raise WrongStatus(f"campaign {campaign.name} is {status}; only a running or paused one can be stopped")
    _end(campaign, CampaignStatus.STOPPED, now)
    record_audit(action="campaign.stopped", object_kind="campaign", object_ids=[campaign.pk], by=by, now=now)
    return _let_go(campaign.pk, "stopped", by, now)


def finish_campaigns(*, now: datetime, by: Actor) -> int:
    """Finish those whose end has come (who is still in leaves) and those with nobody left; returns how many."""
    finished = 0
    for campaign in Campaign.objects.filter(status=CampaignStatus.RUNNING).select_related("playbook").order_by("pk"):
        if not _is_over(campaign, now):
            continue
        standing = _locked(campaign)
        if standing.status != CampaignStatus.RUNNING or not _is_over(standing, now):
            continue  # somebody was faster
        _end(campaign, CampaignStatus.FINISHED, now)
        _let_go(campaign.pk, "campaign.ended", by, now)
        record_audit(action="campaign.finished", object_kind="campaign", object_ids=[campaign.pk], by=by, now=now)
        finished += 1
    return finished


def use_version(campaign: Campaign, version: PlaybookVersion, *, by: Actor, now: datetime) -> None:
    """Newcomers run on another version of the same playbook; those enrolled finish on theirs.

    Raises WrongStatus for another playbook or a version nobody signed off.
    """
    if version.key != campaign.playbook.key or not version.signed_off_by:
        raise WrongStatus("a campaign takes only signed-off versions of its own playbook")
    Campaign.objects.filter(pk=campaign.pk).update(playbook=version)
    record_audit(
        action="campaign.changed",
        object_kind="campaign",
        object_ids=[campaign.pk],
        by=by,
        now=now,
        detail={"version": version.version},
    )


def move_enrolled(campaign: Campaign, version: PlaybookVersion, *, by: Actor, now: datetime) -> tuple[int, int]:
    """Move those enrolled to another version on purpose, where it has the step they stand on: (moved, stayed)."""
    steps = list(playbook_of(version).by_id)
    standing = Enrollment.objects.filter(campaign_id=campaign.pk, left_at=None).exclude(playbook_version_id=version.pk)
    movable = standing.filter(step__in=steps).order_by("pk").select_for_update(no_key=True)
    ids = list(movable.values_list("pk", flat=True))
    moved = Enrollment.objects.filter(pk__in=ids).update(playbook_version_id=version.pk)
    record_audit(
        action="campaign.moved",
        object_kind="campaign",
        object_ids=[campaign.pk],
        by=by,
        now=now,
        detail={"version": version.version, "moved": moved},
    )
    return moved, standing.count()


def default_senders(playbook: Playbook) -> dict[str, int]:
    """The first active sender of each channel the playbook uses; channels without one are left out."""
    senders = Sender.objects.filter(channel__in=playbook.channels(), is_active=True).order_by("-pk")
    return {str(channel): pk for pk, channel in senders.values_list("pk", "channel")}


def fold_counts() -> int:
    """Add the counter rows up into their campaigns; returns how many rows were folded. Any worker, any time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM campaigns_campaign ORDER BY id FOR NO KEY UPDATE SKIP LOCKED")
        free = [row[0] for row in cursor.fetchall()]
        cursor.execute(
            "DELETE FROM campaigns_campaigncount WHERE campaign_id = ANY(%s) RETURNING campaign_id, name, amount",
            [free],
        )
        rows = cursor.fetchall()
        totals: dict[int, dict[str, int]] = {}
        for campaign_id, name, amount in rows:
            own = totals.setdefault(campaign_id, {})
            own[name] = own.get(name, 0) + amount
        for campaign_id, own in sorted(totals.items()):
            cursor.execute("SELECT counters FROM campaigns_campaign WHERE id = %s", [campaign_id])
            stored = cursor.fetchone()[0]
            counters = json.loads(stored) if isinstance(stored, str) else stored
            for name, amount in own.items():
                counters[name] = counters.get(name, 0) + amount
            cursor.execute(
                "UPDATE campaigns_campaign SET counters = %s WHERE id = %s", [json.dumps(counters), campaign_id]
            )
    return len(rows)


def _first_queue(playbook: Playbook) -> int | None:
    if not playbook.has_calls():
        return None
    return CallQueue.objects.filter(is_active=True).order_by("pk").values_list("pk", flat=True).first()


def _is_over(campaign: Campaign, now: datetime) -> bool:
    return (campaign.ends_at is not None and campaign.ends_at <= now) or _is_empty(campaign, now)


def _locked(campaign: Campaign) -> Campaign:
    """The campaign as it stands now, its row locked; enrolling and counting go on meanwhile."""
    rows = Campaign.objects.select_related("playbook").select_for_update(of=("self",), no_key=True)
    return rows.get(pk=campaign.pk)


def _as_read(campaign: Campaign) -> dict[str, Any]:
    """What is confirmed; a rehearsal that ends meanwhile changes nothing about it."""
    return {name: value for name, value in campaign.economics.items() if name not in ("accepted", "rehearsal")}


def _is_empty(campaign: Campaign, now: datetime) -> bool:
    """Nobody is in, nobody waits, and no event may bring anybody."""
    if playbook_of(campaign.playbook).entry.events or campaign.drained_until is None or campaign.drained_until <= now:
        return False
    return not Enrollment.objects.filter(campaign_id=campaign.pk, left_at=None).exists()


def _let_go(campaign_id: int, kind: str, by: Actor, now: datetime) -> int:
    total = 0
    while True:
        ids = list(
            Enrollment.objects.filter(campaign_id=campaign_id, left_at=None)
            .order_by("pk")
            .values_list("pk", flat=True)[:BATCH]
        )
        if not ids:
            return total
        total += apply_happenings(by_enrollment={i: (Happening(kind),) for i in ids}, by=by, now=now)


def _end(campaign: Campaign, status: CampaignStatus, now: datetime) -> None:
    campaign.status, campaign.ended_at = status, now
    campaign.save(update_fields=["status", "ended_at"])


def _change(campaign: Campaign, old: CampaignStatus, new: CampaignStatus, by: Actor, now: datetime) -> None:
    if Campaign.objects.filter(pk=campaign.pk, status=old).update(status=new) != 1:
        raise WrongStatus(f"campaign {campaign.name} is not {old}")
    campaign.status = new
    record_audit(action=f"campaign.{new}", object_kind="campaign", object_ids=[campaign.pk], by=by, now=now)


def _expect(campaign: Campaign, status: CampaignStatus) -> None:
    if campaign.status != status:
        raise WrongStatus(f"campaign {campaign.name} is {campaign.status}, not {status}")
