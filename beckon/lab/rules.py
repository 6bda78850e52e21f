"""What a virtual person does when reached: pure, keyed by seed and the person's stable key. Knows no database."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from beckon.core.draws import pick, uniform
from beckon.lab.population import Population


@dataclass(frozen=True)
class VirtualPerson:
    """Who is reached: `key` is the stable key of their source record; `is_known` when they have been seen before."""

    key: str
    language: str
    is_known: bool


class Said(StrEnum):
    """What came out of a dial."""

    DISCONNECTED = "disconnected"
    NO_ANSWER = "no_answer"
    VOICEMAIL = "voicemail"
    WRONG_NUMBER = "wrong_number"
    FAMILY = "family"
    AGREES = "agrees"
    NOT_NOW = "not_now"
    CALL_BACK = "call_back"
    LOST = "lost"
    HUNG_UP = "hung_up"
    NEVER = "never"
    DUPLICATE = "duplicate"
    DECEASED = "deceased"


@dataclass(frozen=True)
class Answer:
    """A dial's outcome, its length, and whether a mobile number was given."""

    said: Said
    minutes: float
    gives_mobile: bool = False


@dataclass(frozen=True)
class Reply:
    """A text a virtual person writes, and how long after they got ours."""

    meaning: str
    text: str
    after: timedelta


WORDS: dict[str, dict[str, tuple[str, ...]]] = {
    "en": {
        "yes": ("YES", "Yes please", "y", "sure, that works", "Ok yes"),
        "no": ("NO", "no thanks", "not interested", "n"),
        "later": ("maybe later", "not now, next month", "ask me later please"),
        "question": ("Do you take my insurance?", "what is this about?", "Are you open Saturdays?"),
        "stop": ("STOP", "stop", "please stop texting me", "unsubscribe", "take me off your list"),
        "wrong_person": ("wrong number", "You have the wrong person", "I don't know who that is, wrong number"),
    },
    "es": {
        "yes": ("SI", "sí por favor", "Sí", "claro que sí"),
        "no": ("NO", "no gracias", "no me interesa"),
        "later": ("más tarde", "ahora no, el próximo mes"),
        "question": ("¿Aceptan mi seguro?", "¿de qué se trata?"),
        "stop": ("ALTO", "PARAR", "no me manden más mensajes", "baja"),
        "wrong_person": ("número equivocado", "se equivocó de persona"),
    },
}


def answer_to_dial(
    population: Population, seed: int, person: VirtualPerson, *, number: str, attempt: int, when: datetime
) -> Answer:
    """The outcome of one dial at a local time; `attempt` counts from 1, `number` is the value dialled."""
    name = (person.key, "dial", number, when.date().isoformat())
    short, long = population.number("calls.minutes_unanswered"), population.number("calls.minutes_answered")
    line = uniform(seed, "line", number)
    if line < population.number("calls.disconnected"):
        return Answer(Said.DISCONNECTED, short)
    is_wrong = line < population.number("calls.disconnected") + population.number("calls.wrong_number")
    factor = population.table("calls.hour_factor").get(str(when.hour), 1.0)
    if uniform(seed, *name, "picks-up") >= population.number("calls.picked_up") * factor:
        voicemail = uniform(seed, *name, "voicemail") < population.number("calls.voicemail_when_not")
        return Answer(Said.VOICEMAIL if voicemail else Said.NO_ANSWER, short)
    if is_wrong:
        return Answer(Said.WRONG_NUMBER, short)
    if uniform(seed, *name, "family") < population.number("calls.family_answers"):
        return Answer(Said.FAMILY, short)
    says = dict(population.under("calls.says"))
    by_attempt = population.series("calls.agrees_by_attempt")
    says["agrees"] *= by_attempt[min(attempt, len(by_attempt)) - 1]
    if not person.is_known:
        says["agrees"] *= population.number("calls.cold_agrees")
    said = Said(pick(says, seed, *name, "says"))
    gives = said in (Said.AGREES, Said.NOT_NOW, Said.CALL_BACK)
    mobile = gives and uniform(seed, *name, "mobile") < population.number("calls.gives_mobile")
    return Answer(said, long, mobile)


def reply_to_text(
    population: Population, seed: int, person: VirtualPerson, *, reference: str, earlier_texts: int
) -> Reply | None:
    """What the person answers to a delivered text, or None for silence. `earlier_texts` counts those before it."""
    shares = population.under("texts.answers")
    damping = population.number("texts.each_further_text") ** earlier_texts
    shares = {meaning: share * (damping if meaning != "stop" else 1.0) for meaning, share in shares.items()}
    silence = max(0.0, 1.0 - sum(shares.values()))
    meaning = pick({**shares, "": silence}, seed, person.key, reference, "reply")
    if not meaning:
        return None
    words = WORDS["es" if person.language == "es" else "en"][meaning]
    text = words[int(uniform(seed, person.key, reference, "words") * len(words))]
    median = population.number("texts.answer_delay_minutes_median")
    # Log-normal around the median by the quantile of a logistic draw: most answer soon, a few much later.
    draw = min(max(uniform(seed, person.key, reference, "delay"), 0.02), 0.98)
    minutes = median * math.exp(0.8 * math.log(draw / (1.0 - draw)))
    return Reply(meaning, text, timedelta(minutes=max(1.0, round(minutes))))


def calls_in_after(
    population: Population, seed: int, person: VirtualPerson, *, channel: str, reference: str
) -> timedelta | None:
    """How long after a postcard, voicemail or e-mail arrived the person calls in, or None."""
    kind = {"postal": "postcards", "voicemail": "voicemail_drops", "email": "emails"}[channel]
    if uniform(seed, person.key, reference, "calls-in") >= population.number(f"{kind}.calls_in"):
        return None
    return timedelta(hours=1 + round(47 * uniform(seed, person.key, reference, "calls-in-delay")))


def keeps_visit(population: Population, seed: int, person: VirtualPerson, *, starts: str) -> bool:
    """Whether the person comes to the visit that starts at `starts` (ISO)."""
    return uniform(seed, person.key, "visit", starts) < population.number("visits.kept_when_reappointed")


def delivery(population: Population, seed: int, key: str, *, channel: str, reference: str) -> bool:
    """Whether a message arrives; a delivered postcard was not returned."""
    draw = uniform(seed, key, reference, "delivery")
    match channel:
        case "sms":
            return draw < population.number("texts.delivered")
        case "voicemail":
            return draw < population.number("voicemail_drops.delivered")
        case "email":
            return draw < population.number("emails.delivered")
        case _:
            return draw >= population.number("postcards.returned")
