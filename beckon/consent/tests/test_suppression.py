"""Suppression lists: any layout, any number of times, every row accounted for."""

import random
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beckon.consent.facts import Ask, Channel, Purpose
from beckon.consent.models import SuppressionEntry, SuppressionKind, SuppressionList
from beckon.consent.queries import gather_facts
from beckon.consent.reasons import Reason
from beckon.consent.rules import may_contact
from beckon.consent.suppression import SuppressionCounts, address_of, import_suppression_list
from beckon.consent.tests.samples import make_person, make_phone
from beckon.consent.verdict import Refused
from beckon.core.actors import SYSTEM
from beckon.core.audit.models import AuditEntry

DNC = SuppressionKind.DO_NOT_CALL


def load(lines: list[str], now: Any, **options: Any) -> SuppressionCounts:
    """Import the lines as the registry."""
    return import_suppression_list(lines, **({"name": "registry", "kind": DNC, "by": SYSTEM, "now": now} | options))


def test_every_row_is_added_known_or_rejected_and_a_header_is_no_row(org: Any, now: Any) -> None:
    lines = [
        "phone,reason\n",
        "(212) 555-0123,asked\n",
        "\n",
        "Ana@Example.ORG,complained\n",
        "12125550123\n",
        "n/a,x1\n",
        "212\t5550144\n",
        "1-212-555-0199;old\n",
    ]
    assert load(lines, now) == SuppressionCounts(rows=6, added=4, already=1, rejected=1, removed=0)
    assert set(SuppressionEntry.objects.values_list("value", flat=True)) == {
        "+12125550123",
        "ana@example.org",
        "+12125550144",
        "+12125550199",
    }
    assert load(lines, now) == SuppressionCounts(rows=6, added=0, already=5, rejected=1, removed=0)
    assert AuditEntry.objects.filter(action="suppression_list.imported").count() == 2


def test_a_renewed_list_lets_go_of_what_it_no_longer_names(org: Any, now: Any) -> None:
    load(["2125550123", "2125550144"], now)
    counts = load(["2125550144", "2125550155"], now + timedelta(days=30), replace=True)
    assert counts == SuppressionCounts(rows=2, added=1, already=1, rejected=0, removed=1)
    assert set(SuppressionEntry.objects.values_list("value", flat=True)) == {"+12125550144", "+12125550155"}
    assert SuppressionList.objects.get().imported_at == now + timedelta(days=30)


def test_a_listed_number_holds_for_people_who_come_later(org: Any, now: Any) -> None:
    load(["212 555 0123"], now, channel="voice")
    person = make_person(now)
    make_phone(person)
    facts = gather_facts([person.pk], now=now)[person.pk]
    called = may_contact(facts, Ask(Channel.VOICE, Purpose.TELEMARKETING), now)
    assert called == Refused(Reason.SUPPRESSED, "do_not_call")
    refused = may_contact(facts, Ask(Channel.SMS, Purpose.TELEMARKETING), now)
    assert isinstance(refused, Refused)
    assert refused.reason is Reason.NO_CONSENT


def test_a_list_keeps_its_kind_and_channel(org: Any, now: Any) -> None:
    load(["2125550123"], now)
    with pytest.raises(ValueError, match="is one of kind do_not_call"):
        load(["2125550123"], now, kind=SuppressionKind.COMPLAINT)
    with pytest.raises(ValueError, match="no such channel"):
        load(["2125550123"], now, name="other", channel="pigeon")


def test_many_rows_are_counted_right(org: Any, now: Any) -> None:
    draw = random.Random(3)
    numbers = [f"212{draw.randrange(2_000_000, 10_000_000)}" for _ in range(20_000)]
    counts = load([f"{number}\n" for number in numbers], now)
    assert (counts.added, counts.rejected) == (len(set(numbers)), 0)
    assert counts.rows == counts.added + counts.already


@given(st.text(max_size=40))
def test_any_text_is_an_address_or_none(text: str) -> None:
    value = address_of(text)
    assert value is None or (value.startswith("+") and value[1:].isascii() and value[1:].isdigit()) or "@" in value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("+1 (212) 555-0123", "+12125550123"),
        ("212.555.0123", "+12125550123"),
        ("1 212 555 0123", "+12125550123"),
        ("+44 20 7946 0123", "+442079460123"),
        ("012 555 0123", None),
        ("212 155 0123", None),
        ("4.15556E+09", None),
        (" ANA@example.org ", "ana@example.org"),
        ("ana@", None),
        ("", None),
        ("2125550123 home", None),
    ],
)
def test_the_forms_of_an_address(text: str, value: str | None) -> None:
    assert address_of(text) == value
