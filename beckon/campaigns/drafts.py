"""A campaign before its launch, built up in steps and thrown away without a trace; and its pace while it runs.

Costing waits until somebody asks for it (`cost_draft`), so that every step is saved at once however many people.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from beckon.campaigns.errors import WrongStatus
from beckon.campaigns.life import default_senders, economics_for, playbook_of
from beckon.campaigns.models import Campaign, CampaignStatus, PlaybookVersion
from beckon.core.actors import Actor
from beckon.core.audit.actions import record_audit
from beckon.desk.models import CallQueue
from beckon.segments.conditions import parse_definition

DAILY_VOLUME = 100
"""People a day, until somebody says otherwise: half an agent's day of dialling."""
KEPT = ("agents", "list_cents", "budget_cents")
"""What people state about the money; everything else in `economics` is computed from it."""


def start_draft(
    *, name: str, version: PlaybookVersion, agents: int, starts_at: datetime, by: Actor, now: datetime
) -> Campaign:
    """A draft on the playbook's own entry condition, not costed yet. Raises IntegrityError where the name is taken."""
    playbook = playbook_of(version)
    campaign = Campaign.objects.create(
        name=name.strip(),
        playbook=version,
        segment_definition=dict(playbook.entry.segment),
        hipaa_class=playbook.hipaa_class,
        tcpa_class=playbook.tcpa_class,
        starts_at=starts_at,
        daily_volume=DAILY_VOLUME,
        senders=default_senders(playbook),
        queue_id=_first_queue(playbook.has_calls()),
        economics={"agents": agents, "list_cents": 0, "budget_cents": None},
    )
    detail = {"playbook": version.key, "version": version.version}
    record_audit(
        action="campaign.drafted", object_kind="campaign", object_ids=[campaign.pk], by=by, now=now, detail=detail
    )
    return campaign


def change_playbook(campaign: Campaign, version: PlaybookVersion, *, by: Actor, now: datetime) -> Campaign:
    """Another playbook for a draft; who was on the old one's own entry rule is on the new one's."""
    playbook = playbook_of(version)
    own = dict(playbook_of(campaign.playbook).entry.segment)
    changes: dict[str, Any] = {
        "playbook": version,
        "hipaa_class": playbook.hipaa_class,
        "tcpa_class": playbook.tcpa_class,
        "senders": default_senders(playbook) | _still_used(campaign, playbook.channels()),
        "queue_id": campaign.queue_id or _first_queue(playbook.has_calls()),
    }
    if campaign.segment_id is None and campaign.segment_definition == own:
        changes["segment_definition"] = dict(playbook.entry.segment)
    return revise_draft(campaign, changes, by=by, now=now)


def revise_draft(campaign: Campaign, changes: Mapping[str, Any], *, by: Actor, now: datetime) -> Campaign:
    """Change fields of a draft; those in KEPT go into its money. What was costed, rehearsed or confirmed is void.

    Raises WrongStatus where it is no draft, InvalidCondition, IntegrityError where the name is taken.
    """
    campaign = Campaign.objects.select_related("playbook").select_for_update(of=("self",)).get(pk=campaign.pk)
    if campaign.status != CampaignStatus.DRAFT:
        raise WrongStatus(f"campaign {campaign.name} is {campaign.status}; only a draft can be rewritten")
    if "segment_definition" in changes:
        parse_definition(dict(changes["segment_definition"]))
    money = {name: campaign.economics.get(name) for name in KEPT}
    fields = []
    for name, value in changes.items():
        if name in KEPT:
            money[name] = value
        else:
            setattr(campaign, name, value)
            fields.append(name)
    campaign.economics, campaign.confirmed_by, campaign.confirmed_at = money, "", None
    with transaction.atomic():
        campaign.save(update_fields=[*fields, "economics", "confirmed_by", "confirmed_at"])
    record_audit(
        action="campaign.revised",
        object_kind="campaign",
        object_ids=[campaign.pk],
        by=by,
        now=now,
        detail={"fields": sorted(changes)},
    )
    return campaign


def cost_draft(campaign: Campaign, *, now: datetime) -> Campaign:
    """The draft with its expected return, computed unless it stands already; what was stated about money stays."""
    if "people" in campaign.economics:
        return campaign
    before = campaign.economics
    stated = {name: before.get(name) for name in KEPT}
    economics_for(campaign, agents=int(stated["agents"] or 0), list_cents=int(stated["list_cents"] or 0), now=now)
    rehearsed = {"rehearsal": before["rehearsal"]} if "rehearsal" in before else {}
    campaign.economics = {**campaign.economics, **stated, **rehearsed}
    campaign.save(update_fields=["economics"])
    return campaign


def discard_draft(campaign: Campaign, *, by: Actor, now: datetime) -> None:
    """Throw a draft away; its name is free again. Raises WrongStatus where it is no draft."""
    if Campaign.objects.filter(pk=campaign.pk, status=CampaignStatus.DRAFT).delete()[0] != 1:
        raise WrongStatus(f"campaign {campaign.name} is {campaign.status}; only a draft can be thrown away")
    record_audit(action="campaign.discarded", object_kind="campaign", object_ids=[campaign.pk], by=by, now=now)


def change_volume(campaign: Campaign, daily_volume: int, *, by: Actor, now: datetime) -> None:
    """How many people a day a running or paused campaign takes in, from now on.

    Raises ValueError below 1, WrongStatus for a campaign that is over or was not launched.
    """
    if daily_volume < 1:
        raise ValueError("a campaign takes in at least one person a day")
    live = Campaign.objects.filter(pk=campaign.pk, status__in=[CampaignStatus.RUNNING, CampaignStatus.PAUSED])
    before = campaign.daily_volume
    if live.update(daily_volume=daily_volume) != 1:
        raise WrongStatus(f"campaign {campaign.name} is {campaign.status}; its pace cannot be changed")
    record_audit(
        action="campaign.changed",
        object_kind="campaign",
        object_ids=[campaign.pk],
        by=by,
        now=now,
        detail={"daily_volume": [before, daily_volume]},
    )


def _still_used(campaign: Campaign, channels: set[str]) -> dict[str, int]:
    return {channel: sender for channel, sender in campaign.senders.items() if channel in channels}


def _first_queue(has_calls: bool) -> int | None:
    if not has_calls:
        return None
    return CallQueue.objects.filter(is_active=True).order_by("pk").values_list("pk", flat=True).first()


def note_rehearsal(campaign_id: int, note: Mapping[str, Any], *, only_for: str = "") -> bool:
    """Keep with a draft what is rehearsed of it. `only_for`: the token of the rehearsal that the note belongs to.

    False where the draft is none any more or was changed meanwhile: then nothing is kept, and there is nothing to do.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE campaigns_campaign SET economics = jsonb_set(economics, '{rehearsal}', %s::jsonb)"
            " WHERE id = %s AND status = 'draft' AND (%s = '' OR economics #>> '{rehearsal,token}' = %s)",
            [json.dumps(dict(note)), campaign_id, only_for, only_for],
        )
        return bool(cursor.rowcount)
