"""What is queued for people who opt out is dropped in the transaction that records it, whoever recorded it."""

from collections.abc import Sequence
from datetime import datetime

from beckon.consent.facts import ALL, PHONE, Purpose
from beckon.core.actors import Actor
from beckon.core.events.registry import NewEvent, on
from beckon.messaging.actions import cancel_for_numbers, cancel_for_people

_WHOLE = (ALL, Purpose.INFORMATIONAL.value)  # stops of one purpose are weighed message by message when it is due


@on("consent.opted_out")
def drop_queued(events: Sequence[NewEvent], by: Actor, now: datetime) -> None:
    """To the people named on every address, to others on the number alone."""
    people: dict[str, set[int]] = {}
    numbers: dict[str, set[int]] = {}
    for event in events:
        if event.data.get("purpose", ALL) not in _WHOLE:
            continue
        channel = str(event.data["channel"])
        if event.person_id is not None and event.data.get("is_named", True):
            people.setdefault(channel, set()).add(event.person_id)
        if event.subject_id is not None:
            numbers.setdefault(channel, set()).add(event.subject_id)
    for channel in sorted(people):
        cancel_for_people(sorted(people[channel]), "opted_out", by=by, now=now, channels=_channels(channel))
    for channel in sorted(numbers):
        cancel_for_numbers(sorted(numbers[channel]), "opted_out", by=by, now=now, channels=_channels(channel))


def _channels(word: str) -> tuple[str, ...]:
    """Empty for all of them."""
    return {ALL: (), PHONE: ("sms", "voicemail", "voice")}.get(word, (word,))
