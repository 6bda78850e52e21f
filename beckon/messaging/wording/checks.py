"""Everything that can be wrong with wording, found when it is written. Pure.

An error forbids saving, a warning must be looked at before sign-off. Sources: CAN-SPAM 16 CFR 316 (postal
address, opt-out in e-mail), CTIA 2023 and 47 CFR 64.1200(b) (who is calling, number, opt-out), HIPAA minimum
necessary 45 CFR 164.502(b) (nothing about health where others read it).
"""

import re
from dataclasses import dataclass
from typing import Final

from beckon.channels.templates import Template, check_template
from beckon.channels.text import Encoding, measure_text, offer_gsm7
from beckon.consent.facts import Channel
from beckon.core.wording.words import Words
from beckon.messaging.wording.variables import OPT_OUT, VARIABLES

MAX_TEXT_SEGMENTS: Final = 3
_MISSING: Final = {
    "empty": Words("There is no wording. Write the message.", "No hay texto. Escriba el mensaje."),
    "practice_name": Words(
        "Say who is writing: add {{ practice_name }}.", "Diga quién escribe: agregue {{ practice_name }}."
    ),
    "opt_out": Words("Say how to opt out: add {{ opt_out }}.", "Diga cómo darse de baja: agregue {{ opt_out }}."),
    "subject": Words("An e-mail needs a subject.", "Un correo necesita un asunto."),
    "unsubscribe": Words("Add {{ unsubscribe_url }} (CAN-SPAM).", "Agregue {{ unsubscribe_url }} (CAN-SPAM)."),
    "postal_address": Words("Add {{ postal_address }} (CAN-SPAM).", "Agregue {{ postal_address }} (CAN-SPAM)."),
    "call_back": Words(
        "Say the number to call back: add {{ practice_phone }}.",
        "Diga el número al que llamar: agregue {{ practice_phone }}.",
    ),
}
_PRIVATE: Final = Words(
    "“{word}” tells others about the person's health. Say it on the secure page or in the call.",
    "«{word}» revela a otros algo sobre la salud de la persona. Dígalo en la página segura o en la llamada.",
)
_LONG: Final = Words(
    "About {n} segments; carriers join at most {most} well. Shorten it.",
    "Unos {n} segmentos; los operadores unen bien {most} como máximo. Acórtelo.",
)
_COSTLY: Final = Words(
    "{shown} makes each segment 70 characters instead of 160. Write it without, if the sense allows.",
    "{shown} reduce cada segmento de 160 a 70 caracteres. Escríbalo sin eso, si el sentido lo permite.",
)
_A_VALUE: Final = Words("a value", "un valor")
_OPT_OUT_WORDS = re.compile(r"\b(stop|alto|opt[ -]?out|parar|baja)\b", re.I)
_PHONE = re.compile(r"\(?\d{3}\)?[ .-]?\d{3}[ .-]?\d{4}")
_HEALTH = re.compile(
    r"\b(diabet\w*|asthma\w*|asma|cancer\w*|c[aá]ncer|mammogra\w*|mamograf\w*|colonosc\w*|oncolog\w*|cardiolog\w*"
    r"|psychiatr\w*|psiquiatr\w*|psicolog\w*|psycholog\w*|therap(?:y|ist)|terapia|depress\w*|depresi\w*|anxiety|ansiedad"
    r"|hiv|vih|std|sti|pregnan\w*|embaraz\w*|obstetr\w*|gynecolog\w*|ginecolog\w*|urolog\w*|dermatolog\w*|neurolog\w*"
    r"|blood pressure|presi[oó]n arterial|hypertens\w*|hipertens\w*|cholesterol|colesterol|addict\w*|adicci\w*|dialysis"
    r"|di[aá]lisis|biopsy|biopsia|diagnos\w*|diagn[oó]stic\w*|test results?|lab results?|resultados?"
    r"|prescription|receta|medicati\w*|medicament\w*|refill)\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Wording:
    """A template as written, before it is saved."""

    key: str
    channel: Channel
    language: str
    body: str
    subject: str = ""
    back: str = ""
    is_first_message: bool = True


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong, in which part (subject, body, back), on which line of it, and what to do about it."""

    part: str
    line: int
    code: str
    words: Words
    is_error: bool


@dataclass(frozen=True, slots=True)
class Length:
    """What one text will cost with example values."""

    characters: int
    segments: int
    encoding: Encoding
    cheaper: str
    """The same wording in GSM-7 when that saves money, else empty. To be offered, never applied silently."""


def check_wording(wording: Wording) -> list[Finding]:
    """All findings, errors first, then by part and line. No errors: it may be saved."""
    findings = [
        Finding(part, problem.line, problem.code, problem.words, is_error=True)
        for part, source in _parts(wording)
        for problem in check_template(source, VARIABLES)
    ]
    if not findings:
        findings = [*_required(wording), *_private(wording), *_length(wording)]
    return sorted(findings, key=lambda f: (not f.is_error, f.part, f.line, f.code))


def measure_wording(wording: Wording) -> Length:
    """Length of a text rendered with example values. Call it only for wording without errors."""
    text = _example(wording.body)
    size, offer = measure_text(text), offer_gsm7(text)
    cheaper = offer.text if offer is not None and offer.segments_saved > 0 else ""
    return Length(len(text), size.segments, size.encoding, cheaper)


def _parts(wording: Wording) -> list[tuple[str, str]]:
    parts = [("subject", wording.subject), ("body", wording.body), ("back", wording.back)]
    return [(part, source) for part, source in parts if source or part == "body"]


def _example(source: str) -> str:
    rendered = Template(source, VARIABLES).render({v.name: v.example for v in VARIABLES})
    return rendered if isinstance(rendered, str) else source


def _required(wording: Wording) -> list[Finding]:
    text = "\n".join(source for _, source in _parts(wording))
    missing = [code for code, is_there in _requirements(wording, text).items() if not is_there]
    if not wording.body.strip():
        missing = ["empty"]
    return [Finding("body", 1, code, _MISSING[code], is_error=True) for code in missing]


def _requirements(wording: Wording, text: str) -> dict[str, bool]:
    """Code -> whether it is there."""
    name = {"practice_name": "practice_name" in text}
    opt_out = "opt_out" in text or bool(_OPT_OUT_WORDS.search(text))
    number = "practice_phone" in text or bool(_PHONE.search(text))
    match wording.channel:
        case Channel.SMS:
            return name | {"opt_out": opt_out or not wording.is_first_message}
        case Channel.EMAIL:
            return name | {
                "subject": bool(wording.subject.strip()),
                "unsubscribe": "unsubscribe_url" in text,
                "postal_address": "postal_address" in text,
            }
        case Channel.VOICEMAIL:
            return name | {"call_back": number}
        case Channel.POSTAL | Channel.VOICE:
            return name


def _private(wording: Wording) -> list[Finding]:
    """Words about health where somebody else may read them: texts, subjects, postcards, voicemail."""
    exposed = {"subject"} if wording.channel is Channel.EMAIL else {"subject", "body", "back"}
    return [
        Finding(
            part,
            source.count("\n", 0, match.start()) + 1,
            "private",
            _PRIVATE.filled(word=match[0]),
            is_error=False,
        )
        for part, source in _parts(wording)
        if part in exposed
        for match in _HEALTH.finditer(source)
    ]


def _length(wording: Wording) -> list[Finding]:
    if wording.channel is not Channel.SMS:
        return []
    length, size = measure_wording(wording), measure_text(wording.body)
    findings = []
    if length.segments > MAX_TEXT_SEGMENTS:
        words = _LONG.filled(n=length.segments, most=MAX_TEXT_SEGMENTS)
        findings.append(Finding("body", 1, "long", words, is_error=False))
    if length.encoding is Encoding.UCS2:
        first = wording.body.find(size.forcing[0]) if size.forcing else 0
        words = _COSTLY.filled(shown=" ".join(size.forcing) or _A_VALUE)
        line = wording.body.count("\n", 0, first) + 1
        findings.append(Finding("body", line, "costly_characters", words, is_error=False))
    return findings


def opt_out_words(language: str) -> str:
    """The sentence that tells how to opt out, in the language or in English."""
    return OPT_OUT.get(language[:2], OPT_OUT["en"])
