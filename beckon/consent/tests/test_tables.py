"""The data files: complete as shipped, and refused when somebody breaks them."""

from typing import Any

import pytest
import yaml

from beckon.consent.law import basis, table
from beckon.consent.law.basis import ConsentTableError, consent_table, read_consent_table
from beckon.consent.law.table import HoursTableError, hours_table, read_table

# The reconciled table of facts.md 1.6, copied by hand: weekdays, Saturday, Sunday.
FACTS = {
    "AL": "8-20 8-20 none",
    "CT": "9-20 9-20 9-20",
    "FL": "8-20 8-20 8-20",
    "KY": "10-21 10-21 10-21",
    "LA": "8-20 8-20 none",
    "MD": "8-20 8-20 8-20",
    "MA": "8-20 8-20 8-20",
    "MI": "9-21 9-21 9-21",
    "MN": "9-21 9-21 9-21",
    "MS": "8-20 8-20 none",
    "NV": "9-20 9-20 9-20",
    "NM": "9-21 9-21 9-21",
    "OK": "8-20 8-20 8-20",
    "OR": "8-20 8-20 8-20",
    "PA": "9-19 9-19 none",
    "RI": "9-18 10-17 none",
    "SD": "9-21 9-21 none",
    "TX": "9-21 9-21 12-21",
    "UT": "8-21 8-21 none",
    "WA": "8-20 8-20 8-20",
    "WY": "8-20 8-20 8-20",
}
RECORDED = {
    "CA": "9-21 9-21 9-21",
    "IN": "9-20 9-20 9-20",
    "ME": "9-17 none none",
    "GA": "8-21 8-21 8-21",
    "NE": "8-21 8-21 8-21",
}


def written(rows: Any) -> dict[str, str]:
    """State -> its three windows as in the facts, the newest row of each."""
    return {
        row.state: " ".join("none" if w is None else f"{w[0] // 60}-{w[1] // 60}" for w in row.windows) for row in rows
    }


def test_the_shipped_table_says_what_the_facts_say() -> None:
    shipped = hours_table()
    assert written(shipped.rows) == FACTS
    assert written(shipped.recorded) == RECORDED
    assert written([shipped.federal]) == {"US": "8-21 8-21 8-21"}
    assert {row.state for row in shipped.rows if row.cap} == {"FL", "MD", "OK", "OR"}
    assert {row.state for row in shipped.rows if row.holidays} == {"AL", "LA", "RI", "UT"}
    assert len(shipped.states) == 51
    assert {row.start.isoformat() for row in shipped.rows if row.state == "PA"} == {"2026-10-18"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"weekdays": "7-20"}, "inside 8-21"),
        ({"weekdays": "9-22"}, "inside 8-21"),
        ({"sunday": "closed"}, "none"),
        ({"weekdays": None}, "hours must be whole"),
        ({"cite": ""}, "without a citation"),
        ({"state": "XX"}, "no such"),
        ({"agreement": []}, "known sources"),
        ({"agreement": ["HEARSAY"]}, "known sources"),
        ({"also": ["13-40"]}, "MM-DD"),
        ({"zone": "Mars/Olympus"}, "no such zone"),
        ({"cap": {"count": 0, "hours": 24}}, "positive"),
        ({"consent": "oral"}, "no such consent"),
        ({"consent_for": ["email"]}, "phone channels"),
        ({"colour": 1}, "unknown key"),
        ({"state": "KY"}, "same day"),
    ],
)
def test_a_broken_row_is_refused_and_named(change: dict[str, Any], message: str) -> None:
    data = yaml.safe_load(table.SOURCE.read_text())
    assert data["rows"][0]["state"] == "AL"
    data["rows"][0] |= change
    with pytest.raises(HoursTableError, match=message):
        read_table(data)


def test_every_state_needs_a_zone() -> None:
    data = yaml.safe_load(table.SOURCE.read_text())
    without = {state: zones for state, zones in data["zones"].items() if state != "WY"}
    for zones in (without, without | {"WY": []}, without | {"WY": ["America/Nowhere"]}, data["zones"] | {"ZZ": []}):
        broken = data | {"zones": zones}
        with pytest.raises(HoursTableError):
            read_table(broken)


def test_the_consent_table_is_complete_and_an_unknown_line_is_never_the_laxer_one() -> None:
    assert len(consent_table()) == 5 * 2 * 3
    data = yaml.safe_load(basis.SOURCE.read_text())
    sms, landline = data["rows"][0], data["rows"][1]
    for broken in (
        {"rows": data["rows"][1:]},
        {"rows": [sms | {"informational": "none"}, landline, *data["rows"][2:]]},
        {"rows": [sms | {"informational": "oral"}, *data["rows"][1:]]},
        {"rows": [sms | {"cite": ""}, *data["rows"][1:]]},
    ):
        with pytest.raises(ConsentTableError):
            read_consent_table(broken)
