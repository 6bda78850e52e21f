"""Changing a sender's limits, and switching it off and on by hand. What pauses it by itself: messaging."""

from datetime import datetime
from decimal import Decimal

from beckon.channels.models import Sender
from beckon.core.actors import Actor
from beckon.core.audit.actions import record_audit


def change_sender(
    sender_id: int, *, rate_per_second: Decimal, daily_cap: int | None, is_active: bool, by: Actor, now: datetime
) -> bool:
    """New limits from the next claim on; False where nothing differs or there is no such sender.

    `rate_per_second` above 0, `daily_cap` None for none. A sender that is off keeps what is queued.
    """
    if rate_per_second <= 0:
        raise ValueError("a rate is above 0")
    row = Sender.objects.select_for_update().filter(pk=sender_id).first()
    if row is None:
        return False
    wanted = {"rate_per_second": rate_per_second, "daily_cap": daily_cap, "is_active": is_active}
    before = {key: getattr(row, key) for key in wanted if getattr(row, key) != wanted[key]}
    if not before:
        return False
    Sender.objects.filter(pk=sender_id).update(**wanted)
    record_audit(
        action="sender.changed",
        object_kind="sender",
        object_ids=[sender_id],
        by=by,
        now=now,
        detail={"before": _told(before), "after": _told({key: wanted[key] for key in before})},
    )
    return True


def _told(values: dict[str, Decimal | int | bool | None]) -> dict[str, str | int | bool | None]:
    return {key: str(value) if isinstance(value, Decimal) else value for key, value in values.items()}
