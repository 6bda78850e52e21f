"""Replies understood: letters, words, typos, natural wording, two languages."""

import csv
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beckon.messaging.replies.classify import normalise, read_reply
from beckon.messaging.replies.meanings import Meaning

SHARED = Path(__file__).resolve().parents[4] / "shared/data/replies"

STOPS = """
STOP|stop|Stop.|STOP!!!|stopp|Stoppp|stpo|STOPALL|stop all|Stop please|please stop|pls stop|S T O P|s.t.o.p|STOP NOW
quit|END|End.|revoke|Revoke my consent|opt out|opt-out|OptOut|Opt me out|I want to opt out|cancel|CANCEL|Cancel!|cancle
unsubscribe|Unsubscribe me|unsuscribe|unsubscrbe|please unsubscribe me from this list|Stop texting me|stop txting me
Quit texting me!!|stop sending me messages|Stop sending these|stop contacting me|Don't text me|do not text me again
Don't text me anymore|dont message me|Do not contact me|please do not contact me again|never text me again|no more texts
No more messages please|take me off your list|Take me off this list|remove me|Remove me from your list|remove my number
Please remove my number from your list|delete my number|lose my number|leave me alone|I don't want these texts
I don't want to receive any more messages|I do not wish to be contacted|don't want any texts from you
I no longer want to receive texts|Please stop messaging me|can you please stop texting me|you need to stop texting me
wrong number, stop texting|Yes but stop texting me|🛑|I withdraw my consent|stop spamming me|fuck off
STOP I already have an appointment|ok stop|no stop|Stop it|stop calling me|do not call me|unsubscribe from all
Text STOP|reply stop|cease and desist|quit it|no more|STOP STOP STOP
ALTO|alto|Alto!|PARAR|pare|detener|BAJA|dar de baja|darme de baja|quiero darme de baja|cancelar|CANCELAR|Basta|ya basta
no me escriban|No me escriba más|no me manden mensajes|No me manden más mensajes|no me llamen|no me contacten
Dejen de escribirme|deje de molestarme|dejen de mandar mensajes|no quiero recibir mensajes|no quiero más mensajes
no más mensajes|No quiero que me llamen|quítenme de la lista|borren mi número|eliminen mi número por favor
no me moleste|no molestar|déjenme en paz|por favor no me envíen más mensajes|paren de escribirme|ya no me escriban
do not contact|Do not text|dont text|please do not message again|stop all communication|no texts|no calls please
I no longer consent|i revoke|Remove from list|not want to be contacted|don't reach out|she doesn't want texts|cease
STOP 2 END|Wrong number stop|wrong number, do not text again|Not interested, remove|Please cease|desist|no consent
I would prefer not to be contacted|Please leave my mother alone|stop texting him|he does not want to be contacted
No llamen|no llamar|no envíen más|no contactar|No enviar mensajes|no vuelvan a escribirme|ya no manden|ya no escriban
ya no llamen|basta de mensajes|suspendan los mensajes|No volver a contactar|número equivocado, no llamen|sáqueme
yes I'm here but please do not text again|Sí, pero no envíen más mensajes|no one by that name, dont call
"""

OTHERS = {
    Meaning.YES: "Y|y|Yes|YES!|yes please|yep|yeah|Yup|sure|ok|OK 👍|👍|✅|1|I confirm|confirmed|I'll be there"
    "|sounds good"
    "|Sí|si|SI|sí, por favor|claro|Claro que sí|confirmo|de acuerdo|vale|ahí estaré|yess|Yesss|yes I can come"
    "|Please call me|I would like to make an appointment|quiero una cita|Sí, confirmo mi cita",
    Meaning.NO: "N|n|No|no.|nope|no thanks|No thank you|not interested|👎|2|I can't make it|I'm not interested"
    "|no gracias|No, gracias|no me interesa|no puedo ir|No voy a ir|no I found another doctor",
    Meaning.RESCHEDULE: "R|r|reschedule|Reschedule please|I need to reschedule|can I change my appointment"
    "|Is there another day?|can we do a different time|reprogramar|necesito cambiar la cita|otra fecha"
    "|quiero cambiar la hora"
    "|I can't come but can we do Friday|reshedule",
    Meaning.WRONG_PERSON: "Wrong number|wrong person|You have the wrong number|this is not Maria|I'm not Maria"
    "|I am not Maria, sorry|no maria here|numero equivocado|Número equivocado|No soy María|se equivocó de número"
    "|there is no one by that name here|this isn't her number",
    Meaning.DECEASED: "She passed away last year|deceased|He died in May|Maria passed away|my mother passed away"
    "|falleció|Ella falleció|mi mamá murió|the patient is deceased",
    Meaning.HELP: "HELP|help|info|ayuda|AYUDA|Help!",
    Meaning.START: "START|start|unstop|Start texting me again|iniciar|opt me back in|resubscribe",
    Meaning.LATER: "later|not now|call me later|text me next week|I'm at work|más tarde|ahora no|luego"
    "|busy right now|la próxima semana|call me tomorrow",
    Meaning.QUESTION: "Who is this?|what is this about|how much does it cost?|Quién es?|¿Cuánto cuesta?"
    "|do you take Aetna"
    "|where are you located|yes?",
    Meaning.OTHER: "|...|Happy birthday to my cousin|the weather is nice|12345",
}

INNOCENT = (
    "I'll stop by the office tomorrow",
    "my bus stop is near your office",
    "Can't stop laughing",
    "the rain won't stop",
    "I need to cancel my appointment on Tuesday",
    "by the end of the month I can come",
    "I take the train to the last stop",
    "My mom had to cancel her trip",
    "I quit smoking last year",
    "Nos vemos el fin de semana",
    "Don't stop, keep me posted",
    "puedo parar en la oficina mañana",
    "Stop by tomorrow?",
    "nonstop",
    "Can you stop by",
    "text me when you get off, dont call, my phone has problems",
    "If you don't call I will come anyway",
    "I do not have the consent form",
    "no puedo llamar mañana",
    "no llamar antes de las 9, trabajo de noche",
    "remove the stitches on Monday?",
    "ya no tengo dolor",
)


@pytest.mark.parametrize("text", [t for line in STOPS.strip().splitlines() for t in line.split("|")])
def test_an_opt_out_is_understood_in_any_wording(text: str) -> None:
    assert read_reply(text).meaning is Meaning.STOP


@pytest.mark.parametrize(("meaning", "text"), [(m, t) for m, line in OTHERS.items() for t in line.split("|")])
def test_other_answers_are_understood(meaning: Meaning, text: str) -> None:
    assert read_reply(text, names=("Maria", "Lopez")).meaning is meaning


@pytest.mark.parametrize("text", INNOCENT)
def test_innocent_uses_of_the_words_are_no_opt_out(text: str) -> None:
    assert read_reply(text).meaning is not Meaning.STOP


def test_cancel_opts_out_and_asks_about_the_appointment() -> None:
    reading = read_reply("Cancel")
    assert (reading.meaning, reading.asks_to_cancel) == (Meaning.STOP, True)
    reading = read_reply("I need to cancel my appointment")
    assert (reading.meaning, reading.asks_to_cancel) == (Meaning.RESCHEDULE, True)
    assert not read_reply("stop").asks_to_cancel


def test_what_the_carrier_took_as_an_opt_out_is_one() -> None:
    assert read_reply("arrêtez", opt_out=True).meaning is Meaning.STOP


def test_a_relatives_death_told_with_a_request_is_about_the_request() -> None:
    reading = read_reply("My mother passed away, I need to reschedule", names=("Maria",))
    assert reading.meaning is Meaning.RESCHEDULE


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Sí, por favor", "en", "es"),
        ("no", "es", "es"),
        ("no", "en", "en"),
        ("stop", "es", "es"),
        ("ALTO", "en", "es"),
        ("quiero cambiar la cita por favor", "en", "es"),
        ("can you call me tomorrow", "es", "en"),
    ],
)
def test_the_language_is_that_of_the_reply(text: str, language: str, expected: str) -> None:
    assert read_reply(text, language=language).language == expected


@given(st.text(max_size=300))
def test_any_text_has_a_meaning_and_normalising_is_final(text: str) -> None:
    read_reply(text, names=(text[:5],))
    assert normalise(normalise(text)) == normalise(text)


@given(
    st.sampled_from(["stop", "unsubscribe", "alto", "quit", "opt out"]),
    st.sampled_from(["", ".", "!", " \n", "…"]),
    st.sampled_from([str.upper, str.title, str.lower]),
)
def test_case_and_punctuation_do_not_matter_to_an_opt_out(word: str, end: str, case: object) -> None:
    assert callable(case)
    assert read_reply(case(word) + end).meaning is Meaning.STOP


@pytest.mark.skipif(not SHARED.exists(), reason="shared/data is not here")
def test_ordinary_texts_are_almost_never_taken_for_an_opt_out() -> None:
    lines = (SHARED / "uci_sms.tsv").read_text(encoding="utf-8").splitlines()
    ham = [line.partition("\t")[2] for line in lines if line.startswith("ham\t")]
    meanings = Counter(read_reply(text).meaning for text in ham)
    assert len(ham) > 4_000
    assert meanings[Meaning.STOP] <= 4  # three of them do say "don't text me"
    assert meanings[Meaning.DECEASED] == 0
    assert meanings[Meaning.WRONG_PERSON] <= 2
    assert meanings[Meaning.START] == 0


@pytest.mark.skipif(not SHARED.exists(), reason="shared/data is not here")
def test_what_people_ask_assistants_and_clinics_is_no_opt_out() -> None:
    with (SHARED / "clinc150_subset.csv").open(encoding="utf-8") as file:
        stops = [
            row["text"]
            for row in csv.DictReader(file)
            if read_reply(row["text"]).meaning is Meaning.STOP and row["intent"] not in ("cancel", "cancel_reservation")
        ]
    assert len(stops) <= 3
    with (SHARED / "utterances_es.csv").open(encoding="utf-8") as file:
        rows = [(row["text"], row["intent"]) for row in csv.DictReader(file)]
    taken = [text for text, intent in rows if read_reply(text).meaning is Meaning.STOP]
    assert len(taken) <= 3, taken
