"""A sender never claims more than two seconds of its rate, and never less than it may in the long run."""

from hypothesis import given
from hypothesis import strategies as st

from beckon.channels.rates import Allowance, claim_tokens, give_back

RATES = st.floats(0.01, 20_000)


def test_a_fast_sender_claims_at_most_two_seconds_of_its_rate() -> None:
    claim = claim_tokens(Allowance(0, at=0), rate=10, now=3600, wanted=1000)
    assert (claim.count, claim.wait) == (20, 0)


def test_a_slow_sender_gets_one_when_its_time_has_come_and_hears_when_that_is() -> None:
    first = claim_tokens(None, rate=0.1, now=0, wanted=5)
    assert (first.count, round(first.wait, 3)) == (0, 9.0)
    assert claim_tokens(first.allowance, rate=0.1, now=9.0, wanted=5).count == 1


def test_the_daily_cap_and_the_demand_limit_a_claim_and_the_rest_stays() -> None:
    assert claim_tokens(Allowance(20, 0), rate=10, now=0, wanted=3).allowance.tokens == 17
    assert claim_tokens(Allowance(20, 0), rate=10, now=0, wanted=30, left_today=4).count == 4
    assert claim_tokens(Allowance(20, 0), rate=10, now=0, wanted=30, left_today=-1).count == 0


def test_a_clock_that_steps_back_gives_nothing_extra() -> None:
    claim = claim_tokens(Allowance(0, at=100), rate=10, now=50, wanted=5)
    assert (claim.count, claim.allowance.at) == (0, 100)


def test_unsent_messages_give_their_tokens_back_but_never_above_the_burst() -> None:
    assert give_back(Allowance(5, 0), rate=10, count=7).tokens == 12
    assert give_back(Allowance(19, 0), rate=10, count=7).tokens == 20


@given(RATES, st.lists(st.floats(0, 5), min_size=1, max_size=60))
def test_over_any_stretch_no_more_than_the_rate_and_one_burst_goes_out(rate: float, pauses: list[float]) -> None:
    allowance, now, sent = Allowance(0, 0.0), 0.0, 0
    for pause in pauses:
        now += pause
        claim = claim_tokens(allowance, rate=rate, now=now, wanted=10**9)
        assert 0 <= claim.count <= max(2 * rate, 1) + 1e-6
        allowance, sent = claim.allowance, sent + claim.count
    assert sent <= now * rate + 1e-3


@given(RATES)
def test_a_sender_that_waits_as_told_always_gets_something(rate: float) -> None:
    claim = claim_tokens(Allowance(0, 0), rate=rate, now=0, wanted=10)
    assert claim_tokens(claim.allowance, rate=rate, now=claim.wait + 1e-6, wanted=10).count >= 1
