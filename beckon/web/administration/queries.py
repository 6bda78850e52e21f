"""Reads over several packages that only the settings need. A handful of rows each, never people."""

from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db import connection

from beckon.channels.models import Sender
from beckon.consent.models import SuppressionList
from beckon.core.models import Membership, User
from beckon.core.tenancy import current_organization
from beckon.desk.models import Disposition, Script
from beckon.messaging.models import SenderPace, Template
from beckon.people.models import Import, Source
from beckon.scheduling.models import Clinician, Location, VisitType

MANY = 100_000
"""Above this many, a count says "100,000+"."""


@dataclass(frozen=True)
class SenderState:
    """A sender with how it is doing. `waiting` and `unknown` stop at MANY + 1."""

    sender: Sender
    sent_today: int
    waiting: int
    unknown: int

    @property
    def share_of_cap(self) -> float:
        """How much of the day's cap is used, 0 to 1; 0 without a cap."""
        cap = self.sender.daily_cap
        return min(1.0, self.sent_today / cap) if cap else 0.0


_STATE = """
SELECT s.id,
  (SELECT count(*) FROM (SELECT 1 FROM messaging_message m WHERE m.sender_id = s.id AND m.sent_at IS NULL
      AND m.settled_at IS NULL AND m.not_before <= %(now)s LIMIT %(most)s) w),
  (SELECT count(*) FROM (SELECT 1 FROM messaging_message m WHERE m.sender_id = s.id AND m.look_up_at IS NOT NULL
      LIMIT %(most)s) u)
FROM channels_sender s
"""


def sender_states(now: datetime) -> list[SenderState]:
    """Every sender, by channel and name, in three statements."""
    with connection.cursor() as cursor:
        cursor.execute(_STATE, {"now": now, "most": MANY + 1})
        counts = {row[0]: row[1:] for row in cursor.fetchall()}
    today = {pace.pk: pace for pace in SenderPace.objects.all()}
    found = []
    for sender in Sender.objects.order_by("channel", "name"):
        waiting, unknown = counts.get(sender.pk, (0, 0))
        pace = today.get(sender.pk)
        found.append(SenderState(sender, pace.sent_today if pace else 0, waiting, unknown))
    return found


def sender_by_id(sender_id: int) -> Sender | None:
    """One sender."""
    return Sender.objects.filter(pk=sender_id).first()


def locations() -> list[Location]:
    """All, those in use first."""
    return list(Location.objects.order_by("-is_active", "name"))


def location_by_id(location_id: int) -> Location | None:
    """One location."""
    return Location.objects.filter(pk=location_id).first()


def clinicians() -> list[Clinician]:
    """All with their location, those in use first."""
    return list(Clinician.objects.select_related("location").order_by("-is_active", "name"))


def clinician_by_id(clinician_id: int) -> Clinician | None:
    """One clinician."""
    return Clinician.objects.filter(pk=clinician_id).first()


def visit_type_by_id(visit_type_id: int) -> VisitType | None:
    """One kind of visit."""
    return VisitType.objects.filter(pk=visit_type_id).first()


def visit_types() -> list[VisitType]:
    """All, those in use first."""
    return list(VisitType.objects.order_by("-is_active", "name"))


@dataclass(frozen=True)
class StaffRow:
    """A member with what the list of users shows."""

    user: User
    membership: Membership
    has_factor: bool


def staff(*, with_ended: bool = False) -> list[StaffRow]:
    """Members of the organization one is in, by name; two statements."""
    rows = Membership.objects.filter(organization=current_organization()).select_related("user")
    if not with_ended:
        rows = rows.filter(ended_at=None)
    found = list(rows.order_by("ended_at", "user__name", "user__email", "-since"))
    with_factor = _with_factor([row.user_id for row in found])
    return [StaffRow(row.user, row, row.user_id in with_factor) for row in found]


def member_by_id(user_id: int) -> Membership | None:
    """The open membership of a user here."""
    rows = Membership.objects.filter(organization=current_organization(), user_id=user_id, ended_at=None)
    return rows.select_related("user").first()


def works_elsewhere(user_id: int) -> bool:
    """True when the user is a member of another practice, too, or runs the installation."""
    others = Membership.objects.filter(user_id=user_id, ended_at=None).exclude(organization=current_organization())
    return others.exists() or User.objects.filter(pk=user_id, is_operator=True).exists()


def _with_factor(user_ids: list[int]) -> set[int]:
    rows = Authenticator.objects.filter(user_id__in=user_ids).exclude(type=Authenticator.Type.RECOVERY_CODES)
    return set(rows.values_list("user_id", flat=True))


def templates() -> list[Template]:
    """The newest version of every template, by key, channel and language."""
    newest = Template.objects.order_by("key", "channel", "language", "-version").distinct("key", "channel", "language")
    return list(newest)


def template_versions(template_id: int) -> list[Template]:
    """All versions of a template's wording, newest first; empty for an id nobody has."""
    one = Template.objects.filter(pk=template_id).first()
    if one is None:
        return []
    same = Template.objects.filter(key=one.key, channel=one.channel, language=one.language)
    return list(same.order_by("-version"))


def scripts() -> list[Script]:
    """The newest version of every script."""
    return list(Script.objects.order_by("key", "language", "-version").distinct("key", "language"))


def script_versions(script_id: int) -> list[Script]:
    """All versions of a script, newest first; empty for an id nobody has."""
    one = Script.objects.filter(pk=script_id).first()
    if one is None:
        return []
    return list(Script.objects.filter(key=one.key, language=one.language).order_by("-version"))


def stored_dispositions() -> list[Disposition]:
    """As the desk offers them."""
    return list(Disposition.objects.order_by("position"))


@dataclass(frozen=True)
class ListState:
    """A suppression list and how many stand on it (MANY + 1: more than MANY)."""

    list: SuppressionList
    entries: int


def suppression_lists() -> list[ListState]:
    """Every list, by name, in two statements."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT l.id, (SELECT count(*) FROM (SELECT 1 FROM consent_suppressionentry e WHERE e.list_id = l.id"
            " LIMIT %s) x) FROM consent_suppressionlist l",
            [MANY + 1],
        )
        counts: dict[int, int] = dict(cursor.fetchall())
    return [ListState(row, counts.get(row.pk, 0)) for row in SuppressionList.objects.order_by("name")]


def lists_with(value: str) -> list[SuppressionList]:
    """The lists a phone or e-mail (in its stored form) stands on."""
    return list(SuppressionList.objects.filter(entries__value=value).order_by("name"))


@dataclass(frozen=True)
class SourceState:
    """A source of imports with the last one."""

    source: Source
    last: Import | None


def import_sources() -> list[SourceState]:
    """Every source by name with its last import; two statements."""
    sources = list(Source.objects.order_by("name")[:500])
    newest = Import.objects.filter(source__in=sources).order_by("source_id", "-id").distinct("source_id")
    last = {row.source_id: row for row in newest}
    return [SourceState(source, last.get(source.pk)) for source in sources]
