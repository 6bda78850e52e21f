"""Who may come into a campaign: one answer with the first reason. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from beckon.campaigns.journey.values import Facts
from beckon.campaigns.playbooks.schema import Playbook
from beckon.campaigns.reasons import ExclusionReason, LeaveReason
from beckon.campaigns.rules import has_appointment
from beckon.campaigns.steps.base import ask_of
from beckon.consent.reasons import Reason
from beckon.consent.rules import may_contact
from beckon.consent.verdict import Refused

REST_AFTER_NO = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class History:
    """One enrollment a person has (`left_at` None) or had."""

    campaign_id: int
    playbook: str
    left_at: datetime | None
    reason: str


class Admission:
    """Who may come into one campaign. What its playbook wants to ask the consent gate is worked out once for all."""

    def __init__(self, playbook: Playbook, campaign_id: int) -> None:
        self._playbook = playbook
        self._campaign_id = campaign_id
        self._asks = [
            ask_of(playbook.tcpa_class, playbook.hipaa_class, channel) for channel in channels_in_order(playbook)
        ]

    def refuse(self, facts: Facts, past: Iterable[History], now: datetime) -> str | None:
        """None, or the first reason against: of the consent gate, an appointment, another or an earlier campaign."""
        no = self._unreachable(facts, now)
        if no is not None:
            return no
        within = self._playbook.entry.no_appointment_within_days
        if within and has_appointment(facts, now, within):
            return ExclusionReason.HAS_APPOINTMENT
        for earlier in past:
            reason = _against(earlier, self._playbook, self._campaign_id, now)
            if reason is not None:
                return reason
        return None

    def _unreachable(self, facts: Facts, now: datetime) -> Reason | None:
        """The gate's first reason where it refuses every channel the playbook has, in the order of its steps."""
        first: Reason | None = None
        for ask in self._asks:
            verdict = may_contact(facts.person, ask, now, facts.policy)
            if not isinstance(verdict, Refused):
                return None
            first = first or verdict.reason
        return first


def _against(earlier: History, playbook: Playbook, campaign_id: int, now: datetime) -> ExclusionReason | None:
    if earlier.left_at is None:
        is_same = earlier.campaign_id == campaign_id or earlier.playbook == playbook.key
        return ExclusionReason.IN_ANOTHER_CAMPAIGN if is_same else None
    if earlier.reason == LeaveReason.LOST:
        is_too_soon = now < earlier.left_at + timedelta(days=playbook.win_back_after_days)
        return ExclusionReason.LOST if is_too_soon or not playbook.wins_back else None
    if earlier.reason == LeaveReason.DECLINED and now < earlier.left_at + REST_AFTER_NO:
        return ExclusionReason.DECLINED_BEFORE
    return None


def channels_in_order(playbook: Playbook) -> Sequence[str]:
    """Every channel the playbook uses, calls included, in the order of its steps."""
    found: dict[str, None] = {}
    for step in playbook.steps:
        for channel, _ in step.templates():
            found.setdefault(channel)
        for _ in step.scripts():
            found.setdefault("voice")
    return list(found)
