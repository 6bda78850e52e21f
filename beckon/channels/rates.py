"""How many messages a sender may claim now. Pure; the sender keeps the two numbers in its lease."""

from dataclasses import dataclass

MAX_SECONDS = 2.0
"""A claim never holds more than this much of a sender's rate (design.md section 5, invariant 1)."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a sender may still take: `tokens` (messages, with a fraction) as they stood at `at` seconds."""

    tokens: float
    at: float


@dataclass(frozen=True, slots=True)
class Claim:
    """`count` messages may be claimed now; if none, come back after `wait` seconds."""

    count: int
    allowance: Allowance
    wait: float


def claim_tokens(
    allowance: Allowance | None, *, rate: float, now: float, wanted: int, left_today: int | None = None
) -> Claim:
    """Claim up to `wanted` messages out of at most two seconds of `rate` (messages a second).

    A slow sender (under one every two seconds) still gets one when its time has come. `now` is wall
    seconds; a clock that stepped back gives nothing extra. `left_today` is what the daily cap leaves.
    """
    if rate <= 0:
        raise ValueError("rate must be above zero")
    burst = max(MAX_SECONDS * rate, 1.0)
    start = allowance if allowance is not None else Allowance(min(rate, burst), now)
    passed = max(0.0, now - start.at)
    tokens = min(burst, max(0.0, start.tokens) + passed * rate)
    # A sum of many small steps may fall a hair short of a whole message.
    count = max(0, min(int(tokens + 1e-9), wanted, wanted if left_today is None else left_today))
    rest = Allowance(max(0.0, tokens - count), max(now, start.at))
    wait = 0.0 if count else max(0.0, (1.0 - rest.tokens) / rate)
    return Claim(count, rest, wait)


def give_back(allowance: Allowance, *, rate: float, count: int) -> Allowance:
    """Return tokens of claimed messages that were not sent after all (expired, no longer allowed)."""
    return Allowance(min(max(MAX_SECONDS * rate, 1.0), allowance.tokens + count), allowance.at)
