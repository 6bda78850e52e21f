"""Reads over several packages that only the pages about people need. Never writes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext

from beckon.channels.models import Channel, Sender
from beckon.consent.models import ConsentEntry, SuppressionEntry
from beckon.core.audit.models import AuditEntry
from beckon.core.models import User
from beckon.core.wording.words import Words
from beckon.desk.models import Disposition
from beckon.messaging.models import Message
from beckon.people.models import Import, Person, Source
from beckon.people.queries import full_name
from beckon.scheduling.models import Appointment
from beckon.segments.conditions import Definition
from beckon.segments.queries import members_sql
from beckon.web.people.consent_table import LedgerEntry
from beckon.web.spoken import said

PAGE = 50
AT_ONCE = 10_000


@dataclass(frozen=True)
class IdPage:
    """One page of ids, newest first; `after` is the keyset of the next page, None on the last.

    `total` people are in the segment; at least so many where `is_exact` is False.
    """

    ids: list[int]
    after: int | None
    total: int
    is_exact: bool


@dataclass(frozen=True)
class Look:
    """Somebody who saw or changed the record."""

    at: datetime
    actor: str
    action: str
    others: int


def page_of(definition: Definition, *, now: datetime, after: int | None) -> IdPage:
    """People in a segment, those added last first, from below the id `after`.

    Up to AT_ONCE people are gathered whole. Of more, the page is read off the primary key, which finds them soon;
    for few it would walk through everybody.
    """
    members = members_sql(definition, now=now)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('jit', 'off', true), set_config('work_mem', '64MB', true)")
        cursor.execute(f"{members.text} LIMIT %s", list[Any]([*members.values, AT_ONCE + 1]))
        found = [row[0] for row in cursor.fetchall()]
        total, is_exact = min(len(found), AT_ONCE), len(found) <= AT_ONCE
        if is_exact:
            ids = sorted((i for i in found if after is None or i < after), reverse=True)
        else:
            below, values = ("", []) if after is None else (" AND p.id < %s", [after])
            cursor.execute(
                f"{members.text}{below} ORDER BY p.id DESC LIMIT %s", list[Any]([*members.values, *values, PAGE + 1])
            )
            ids = [row[0] for row in cursor.fetchall()]
    return IdPage(ids[:PAGE], ids[PAGE - 1] if len(ids) > PAGE else None, total, is_exact)


def source_names() -> list[str]:
    """The sources people came from, by name."""
    return list(Source.objects.order_by("name").values_list("name", flat=True))


def ledger_of(people: Sequence[int], numbers: Iterable[int]) -> list[LedgerEntry]:
    """Ledger entries about these people or their numbers, oldest first."""
    rows = ConsentEntry.objects.filter(Q(person_id__in=people) | Q(number_id__in=list(numbers))).order_by("pk")
    columns = (
        "pk",
        "person_id",
        "number_id",
        "channel",
        "purpose",
        "state",
        "basis",
        "evidence",
        "actor",
        "at",
    )
    return [LedgerEntry(*row) for row in rows.values_list(*columns)]


def suppressed_on(values: Sequence[str]) -> dict[str, list[str]]:
    """Number or address -> names of the suppression lists it stands on."""
    found: dict[str, list[str]] = {}
    rows = SuppressionEntry.objects.filter(value__in=values).select_related("list").order_by("list__name")
    for row in rows:
        found.setdefault(row.value, []).append(row.list.name)
    return found


def appointments_of(people: Sequence[int]) -> list[Appointment]:
    """All appointments, latest first, with clinician, location and visit type."""
    rows = Appointment.objects.filter(person_id__in=people).select_related("clinician", "location", "visit_type")
    return list(rows.order_by("-starts_at")[:100])


def imports_of(import_ids: Iterable[int | None]) -> dict[int, Import]:
    """Imports by id, with their source."""
    return Import.objects.select_related("source").in_bulk([i for i in import_ids if i is not None])


def looks_at(people: Sequence[int], *, limit: int = 50) -> list[Look]:
    """Who saw or changed the record, newest first."""
    rows = AuditEntry.objects.filter(object_kind="person", object_ids__overlap=list(people)).order_by("-at", "-pk")
    return [
        Look(at, actor, action, max(0, len(ids) - 1))
        for at, actor, action, ids in rows.values_list("at", "actor", "action", "object_ids")[:limit]
    ]


def actor_names(keys: Iterable[str]) -> dict[str, str]:
    """Actor key -> who that is, in words."""
    keys = set(filter(None, keys))
    ids = [int(k.partition(":")[2]) for k in keys if k.startswith("user:") and k.partition(":")[2].isdecimal()]
    users = {f"user:{u.pk}": u.name or u.email for u in User.objects.filter(pk__in=ids)} if ids else {}
    return {key: users.get(key) or _actor(key) for key in keys}


def _actor(key: str) -> str:
    kind, _colon, value = key.partition(":")
    match kind:
        case "system":
            return gettext("The command line") if value == "command-line" else "Beckon"
        case "agent":
            return gettext("Agent %(name)s (simulated)") % {"name": value}
        case "person":
            return gettext("The person")
        case "carrier":
            return gettext("The carrier")
        case _:
            return gettext("Somebody who has left")


def names_of(person_ids: Iterable[int]) -> dict[int, str]:
    """Person -> name."""
    return {p.pk: full_name(p) for p in Person.objects.filter(pk__in=list(person_ids))}


def stopped_numbers(ledger: Sequence[LedgerEntry]) -> dict[int, str]:
    """Number -> channel of the opt-out that holds on it, where one does. `ledger` oldest first."""
    found: dict[int, str] = {}
    for entry in ledger:
        if entry.number_id is None:
            continue
        if entry.state == "revoked":
            found[entry.number_id] = entry.channel
        elif entry.state == "opted_in":
            found.pop(entry.number_id, None)
    return found


def sender_of_texts(people: Sequence[int]) -> Sender | None:
    """The number this person's texts come from: that of their last one, else the first that is in use."""
    usable = Sender.objects.filter(channel=Channel.SMS, is_active=True)
    last = (
        Message.objects.filter(person_id__in=people, channel=Channel.SMS, sender_id__isnull=False)
        .order_by("-id")
        .values_list("sender_id", flat=True)
        .first()
    )
    return (usable.filter(pk=last).first() if last else None) or usable.order_by("pk").first()


def disposition_labels() -> dict[str, str]:
    """What the practice calls each outcome of a call, in the language of the page."""
    return {
        row.code: said(Words(row.label, row.label_es)) or row.code
        for row in Disposition.objects.only("code", "label", "label_es")
    }
