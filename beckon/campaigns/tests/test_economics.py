"""The calculator gives the field's own figures. No database."""

import pytest

from beckon.campaigns.planning.economics import Assumptions, agents_for, desk_of, economics_of, mean_attempts


def test_one_agent_books_125_visits_a_week_of_which_88_are_kept_for_8800_dollars() -> None:
    desk = desk_of(1)
    assert (desk.booked_per_week, desk.kept_per_week, desk.revenue_per_week_cents) == (125, 88, 880_000)


def test_one_agent_brings_about_35000_dollars_a_month_for_1760_and_leaves_about_33000() -> None:
    desk = desk_of(1)
    assert desk.revenue_per_month_cents == pytest.approx(3_500_000, rel=0.01)
    assert desk.cost_per_month_cents == 176_000
    assert desk.profit_per_month_cents == pytest.approx(3_300_000, rel=0.02)


@pytest.mark.parametrize(("people", "agents"), [(0, 0), (1, 1), (2000, 1), (2001, 2), (4000, 2)])
def test_4000_people_a_month_need_2_agents(people: int, agents: int) -> None:
    assert agents_for(people) == agents


def test_five_attempts_make_3_point_4_calls_when_a_fifth_leaves_after_each() -> None:
    assert mean_attempts(Assumptions()) == pytest.approx(3.3616)


def test_a_campaign_breaks_even_when_its_kept_visits_pay_everything() -> None:
    e = economics_of(
        people=4000,
        daily_volume=200,
        has_calls=True,
        agents=2,
        message_unit_cents={"postal": (1.0, 60.0), "sms": (2.0, 1.0)},
        list_cents=100_000,
    )
    assert e.message_cents == {"postal": 240_000, "sms": 8_000}
    assert e.agent_days == 68  # 4,000 people x 3.3616 calls / 200 a day, rounded up
    assert e.agent_cents == 598_400
    assert e.cost_cents == 240_000 + 8_000 + 598_400 + 100_000
    assert e.break_even_visits == 95
    assert (e.expected_booked, e.expected_kept, e.expected_revenue_cents) == (400, 280, 2_800_000)
    assert e.profit_cents == e.expected_revenue_cents - e.cost_cents
    # 1,000 a week, four weeks overlap: 1,000 x (1 + 0.8 + 0.64 + 0.512) calls over five days, 200 an agent
    assert (e.agents_needed, e.bookings_per_week, e.calls_per_day) == (3, 100, 591)


def test_without_calls_no_agent_is_needed() -> None:
    e = economics_of(people=100, daily_volume=10, has_calls=False, agents=0, message_unit_cents={})
    assert (e.agent_days, e.agents_needed, e.cost_cents, e.break_even_visits) == (0, 0, 0, 0)


def test_a_daily_volume_of_nothing_is_misuse() -> None:
    with pytest.raises(ValueError, match="daily volume"):
        economics_of(people=1, daily_volume=0, has_calls=False, agents=0, message_unit_cents={})
