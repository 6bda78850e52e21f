"""`beckon policy show` and `set`: words beside each field, all changes or none, before and after on record."""

import json
from typing import Any

import pytest

from beckon.consent.models import ContactPolicy
from beckon.consent.policies.fields import FIELDS
from beckon.consent.queries import load_policy
from beckon.core.audit.models import AuditEntry
from beckon.ops.commands.policy import policy_set, policy_show
from beckon.ops.tests.running import run


def test_every_field_of_the_policy_can_be_shown_and_set() -> None:
    own = {f.name for f in ContactPolicy._meta.get_fields()} - {"id", "version", "updated_at"}
    assert {field.name for field in FIELDS} == own


def test_what_is_set_is_what_the_gate_uses_and_what_is_shown(org: Any, capsys: pytest.CaptureFixture[str]) -> None:
    changes = ("max_per_week=2", "preferred_channel_only=no", "consent_overrides=sms.wireless.informational=written")
    assert run(policy_set, *changes) == 0
    policy = load_policy()
    assert (policy.max_per_week, policy.preferred_channel_only) == (2, False)
    assert policy.overrides == {"sms.wireless.informational": "written"}
    capsys.readouterr()
    run(policy_show, "--json")
    shown = json.loads(capsys.readouterr().out)
    assert (shown["is_own"], shown["values"]["max_per_week"]) == (True, 2)
    entry = AuditEntry.objects.get(action="contact_policy.changed")
    assert entry.detail is not None
    assert entry.detail["before"]["max_per_week"] == 3
    run(policy_show, "--language", "es")
    assert "contactos en siete días" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("max_per_week=11", "1 to 10"),
        ("max_per_week=-1", "1 to 10"),
        ("max_per_day=4", "more than 3 in a week"),
        ("age_of_majority=16", "18 to 21"),
        ("informational_hours=perhaps", "yes or no"),
        ("opt_out_channel=fax", "one of"),
        ("consent_overrides=sms.mobile.informational=written", "not like"),
        ("consent_overrides=sms.wireless.informational=verbal", "not like"),
        ("hours=9-17", "no such field"),
        ("max_per_week", "FIELD=VALUE"),
    ],
)
def test_a_value_that_is_none_changes_nothing(org: Any, change: str, told: str) -> None:
    with pytest.raises(policy_set.NotAPolicy, match=told):
        run(policy_set, "reply_minutes=10", change)
    assert not ContactPolicy.objects.exists()


def test_what_holds_already_is_no_new_version(org: Any) -> None:
    run(policy_set, "max_per_week=2")
    version = load_policy().version
    run(policy_set, "max_per_week=2")
    assert load_policy().version == version
