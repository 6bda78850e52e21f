"""The stored dispositions of an organization: loading the defaults, changing them, reading their behaviour."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from beckon.core.actors import Actor
from beckon.core.audit.actions import record_audit
from beckon.core.bulk.settled import read_once
from beckon.desk.models import Disposition
from beckon.desk.outcomes.defaults import DEFAULTS
from beckon.desk.rules import Behaviour, behaviour_json, behaviour_of


def install_default_dispositions(*, by: Actor, now: datetime) -> int:
    """Load the fourteen defaults; codes that exist stay as they are. Returns how many are new."""
    there = set(Disposition.objects.values_list("code", flat=True))
    rows = [
        Disposition(
            code=d.code,
            label=d.label,
            label_es=d.label_es,
            hotkey=d.hotkey,
            position=position,
            behaviour=behaviour_json(d.behaviour),
        )
        for position, d in enumerate(DEFAULTS, start=1)
        if d.code not in there
    ]
    Disposition.objects.bulk_create(rows, ignore_conflicts=True)
    if rows:
        record_audit(
            action="dispositions.installed",
            object_kind="disposition",
            object_ids=[],
            by=by,
            now=now,
            detail={"codes": [row.code for row in rows]},
        )
    return len(rows)


def save_disposition(
    *, code: str, label: str, label_es: str, hotkey: str, behaviour: Mapping[str, Any], by: Actor, now: datetime
) -> Disposition:
    """Add an organization's own disposition or change one. Raises InvalidBehaviour; calls made before keep theirs."""
    checked = behaviour_json(behaviour_of(behaviour))
    position = Disposition.objects.count() + 1
    row, is_new = Disposition.objects.get_or_create(
        code=code,
        defaults={"label": label, "label_es": label_es, "hotkey": hotkey, "behaviour": checked, "position": position},
    )
    before = row.behaviour
    row.label, row.label_es, row.hotkey, row.behaviour = label, label_es, hotkey, checked
    row.save()
    record_audit(
        action="disposition.saved",
        object_kind="disposition",
        object_ids=[],
        by=by,
        now=now,
        detail={"code": code, "before": None if is_new else before, "after": checked},
    )
    return row


@read_once
def stored_behaviours() -> dict[str, Mapping[str, Any]]:
    """Behaviour JSON of every active disposition, by code; the defaults where none were loaded."""
    rows = dict(Disposition.objects.filter(is_active=True).values_list("code", "behaviour"))
    return rows or {d.code: behaviour_json(d.behaviour) for d in DEFAULTS}


def check_overrides(overrides: Mapping[str, Mapping[str, Any]], stored: Mapping[str, Mapping[str, Any]]) -> None:
    """Raise InvalidBehaviour where a playbook's changes to the stored dispositions contradict themselves."""
    for code, changes in overrides.items():
        if code in stored:
            behaviour_of(stored[code], changes)


class Behaviours:
    """The behaviours in force during one batch, with overrides laid over them."""

    def __init__(self) -> None:
        self._stored = stored_behaviours()
        self._made: dict[tuple[str, str], Behaviour] = {}

    def of(self, code: str, overrides: Mapping[str, Any]) -> Behaviour | None:
        """The behaviour of a code for a task with these overrides; None for a code that is not in use."""
        if code not in self._stored:
            return None
        changes = overrides.get(code, {})
        key = (code, repr(sorted(changes.items())))
        if key not in self._made:
            self._made[key] = behaviour_of(self._stored[code], changes)
        return self._made[key]
