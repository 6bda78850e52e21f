"""What a person's reply can mean. Stored on messages and events: a value is never renamed."""

from dataclasses import dataclass
from enum import StrEnum


class Meaning(StrEnum):
    """One meaning per reply; STOP wins over everything else that is said beside it."""

    STOP = "stop"
    START = "start"
    HELP = "help"
    WRONG_PERSON = "wrong_person"
    DECEASED = "deceased"
    RESCHEDULE = "reschedule"
    LATER = "later"
    YES = "yes"
    NO = "no"
    QUESTION = "question"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Reading:
    """A reply as understood. `asks_to_cancel`: the opt-out word was CANCEL, which may mean the appointment."""

    meaning: Meaning
    language: str
    asks_to_cancel: bool = False
