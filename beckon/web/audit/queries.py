"""Pages of the audit record: newest first, by key, at a bounded cost whatever the filter and however many entries."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.core.cache import cache
from django.db import connection
from django.db.models import QuerySet

from beckon.core.audit.models import AuditEntry, AuditSeal
from beckon.core.models import Membership, Organization, User
from beckon.core.tenancy import current_organization, org_scope

PAGE = 50
LOOKED_AT = 10_000
"""Entries read at most for one page: where a filter finds little, the page says how far it has looked."""
CHUNK = 5_000


@dataclass(frozen=True)
class Filter:
    """What to show; empty parts show all. `actor` in its stored form; `first` and `last` are days, both included."""

    actor: str = ""
    action: str = ""
    object_kind: str = ""
    object_id: int | None = None
    first: date | None = None
    last: date | None = None
    zone: str = "UTC"

    def span(self) -> tuple[datetime | None, datetime | None]:
        """The days as instants in the practice's zone, the end excluded."""
        clock = ZoneInfo(self.zone)
        start = datetime.combine(self.first, time.min, clock) if self.first else None
        end = datetime.combine(self.last + timedelta(days=1), time.min, clock) if self.last else None
        return start, end

    @property
    def needs_reading(self) -> bool:
        """True when a part has no index, so that entries are read to find it."""
        return bool(self.action or self.object_kind or self.object_id is not None)


@dataclass(frozen=True)
class Key:
    """Where a page begins: before this entry."""

    at: datetime
    id: int

    def text(self) -> str:
        """As it stands in the address."""
        return f"{self.at.isoformat()}|{self.id}"


def read_key(text: str) -> Key | None:
    """None for what is no key."""
    at, _bar, number = text.replace(" ", "+").partition("|")
    try:
        moment = datetime.fromisoformat(at)
        return Key(moment, int(number)) if moment.tzinfo is not None else None
    except ValueError:
        return None


@dataclass(frozen=True)
class Found:
    """Entries of one page. `after`: where the next one begins, None at the end. `looked_back_to`: the page is not
    full, but there is more to look at."""

    entries: list[AuditEntry] = field(default_factory=list)
    after: Key | None = None
    looked_back_to: datetime | None = None


_WANTED = """
SELECT id, at, recorded_at, actor, action, object_kind, object_ids, detail, digest, transaction_id FROM (
  SELECT * FROM audit_auditentry
   WHERE (%(at)s::timestamptz IS NULL OR at <= %(at)s AND (at, id) < (%(at)s, %(id)s::bigint))
     {indexed} ORDER BY at DESC, id DESC LIMIT %(looked)s) looked
 WHERE (%(action)s = '' OR action = %(action)s)
   AND (%(kind)s = '' OR object_kind = %(kind)s)
   AND (%(object)s::bigint IS NULL OR %(object)s = ANY (object_ids))
 ORDER BY at DESC, id DESC LIMIT %(size)s
"""
_EDGE = """
SELECT at, id FROM audit_auditentry
 WHERE (%(at)s::timestamptz IS NULL OR at <= %(at)s AND (at, id) < (%(at)s, %(id)s::bigint))
   {indexed} ORDER BY at DESC, id DESC OFFSET %(looked)s - 1 LIMIT 1
"""


def find_entries(wanted: Filter, before: Key | None, *, size: int = PAGE, looked_at: int = LOOKED_AT) -> Found:
    """One page. Days and actor are found by index; the other parts among the next `looked_at` entries."""
    indexed, values = _indexed(wanted)
    values |= {
        "at": before.at if before else None,
        "id": before.id if before else None,
        "looked": looked_at if wanted.needs_reading else size + 1,
        "action": wanted.action,
        "kind": wanted.object_kind,
        "object": wanted.object_id,
        "size": size + 1,
    }
    entries = list(AuditEntry.objects.raw(_WANTED.format(indexed=indexed), values))
    if len(entries) > size:
        last = entries[size - 1]
        return Found(entries[:size], Key(last.at, last.pk))
    edge = _edge(indexed, values) if wanted.needs_reading else None
    return Found(entries, edge, edge.at if edge else None)


def _indexed(wanted: Filter) -> tuple[str, dict[str, Any]]:
    start, end = wanted.span()
    parts: dict[str, tuple[str, Any]] = {
        "actor": ("AND actor = %(actor)s", wanted.actor or None),
        "start": ("AND at >= %(start)s", start),
        "end": ("AND at < %(end)s", end),
    }
    used = {name: part for name, part in parts.items() if part[1] is not None}
    return " ".join(text for text, _value in used.values()), {name: value for name, (_text, value) in used.items()}


def _edge(indexed: str, values: dict[str, Any]) -> Key | None:
    """The last entry looked at, where there are more behind it."""
    with connection.cursor() as cursor:
        cursor.execute(_EDGE.format(indexed=indexed), values)
        row = cursor.fetchone()
    return Key(row[0], row[1]) if row else None


def entry_by_id(entry_id: int) -> AuditEntry | None:
    """One entry."""
    return AuditEntry.objects.filter(pk=entry_id).first()


def walk(organization: Organization, wanted: Filter) -> Iterator[AuditEntry]:
    """Every entry of the filter, newest first, in short scopes of their own: the reader may take minutes."""
    before: Key | None = None
    while True:
        with org_scope(organization):
            found = find_entries(wanted, before, size=CHUNK)
        yield from found.entries
        if found.after is None:
            return
        before = found.after


def names_of(entries: list[AuditEntry]) -> dict[int, str]:
    """Names of the members of staff among the actors and the users concerned, by id; one statement."""
    ids: set[int] = set()
    for entry in entries:
        kind, _colon, value = entry.actor.partition(":")
        if kind == "user" and value.isdecimal():
            ids.add(int(value))
        if entry.object_kind == "user":
            ids.update(entry.object_ids[:5])
    rows = User.objects.filter(pk__in=ids).values_list("pk", "name", "email")
    return {pk: name or email for pk, name, email in rows}


def colleagues() -> list[tuple[str, str]]:
    """Everybody who ever was a member here, as actor and name, for the filter."""
    rows: QuerySet[User] = User.objects.filter(
        pk__in=Membership.objects.filter(organization=current_organization()).values("user_id")
    )
    return [(f"user:{user.pk}", user.name or user.email) for user in rows.order_by("name", "email")]


@dataclass(frozen=True)
class ChainState:
    """What is known of the chain. `checked_at` None: never checked. `broken`: a sentence a break."""

    last_sealed_at: datetime | None
    waiting: int
    checked_at: datetime | None = None
    checked: int = 0
    erased: int = 0
    broken: tuple[str, ...] = ()


MANY_WAITING = 10_000
_WAITING = """
SELECT (SELECT sealed_at FROM audit_auditseal ORDER BY id DESC LIMIT 1),
  (SELECT count(*) FROM (SELECT 1 FROM audit_auditentry WHERE id > coalesce(
     (SELECT entry_ids[array_length(entry_ids, 1)] FROM audit_auditseal ORDER BY id DESC LIMIT 1), 0) LIMIT %s) w)
"""


def chain_state() -> ChainState:
    """When the record was sealed last, what waits to be sealed (up to MANY_WAITING), and what the last check found."""
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, [MANY_WAITING])
        row = cursor.fetchone()
    assert row is not None
    known: dict[str, Any] = cache.get(result_key(current_organization().pk)) or {}
    return ChainState(last_sealed_at=row[0], waiting=row[1], **known)


def result_key(organization_id: int) -> str:
    """Where the result of the last check is kept."""
    return f"audit-check:{organization_id}"


def seals() -> int:
    """How many seals there are, each of up to 5,000 entries."""
    return AuditSeal.objects.count()
