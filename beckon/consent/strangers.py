"""Stops from numbers and addresses that are nobody's yet: kept by value, for whoever is imported with them later."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from beckon.consent.models import SuppressionEntry, SuppressionKind
from beckon.consent.suppression import address_of, import_suppression_list
from beckon.core.actors import Actor
from beckon.core.audit.actions import record_audit

STRANGERS: Final = "Stops from unknown numbers"


def suppress_strangers(addresses: Sequence[str], *, by: Actor, now: datetime) -> int:
    """Put the phones and e-mails among `addresses` on the list of strangers' stops; returns how many were new."""
    values = sorted({value for address in addresses if (value := address_of(address)) is not None})
    if not values:
        return 0
    return import_suppression_list(values, name=STRANGERS, kind=SuppressionKind.OPT_OUT, by=by, now=now).added


def lift_stranger_stops(addresses: Sequence[str], *, by: Actor, now: datetime) -> int:
    """Take those who ask to hear from us again off that list, and off no other; returns how many were on it."""
    values = sorted({value for address in addresses if (value := address_of(address)) is not None})
    found = SuppressionEntry.objects.filter(list__name=STRANGERS, value__in=values) if values else None
    lifted = found.delete()[0] if found is not None else 0
    if lifted:
        record_audit(action="suppression.lifted", object_kind="suppression_list", object_ids=[], by=by, now=now,
                     detail={"count": lifted})
    return lifted
