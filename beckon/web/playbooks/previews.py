"""A wording as it will arrive, with example values; its length, what it costs, and what is wrong with it."""

from dataclasses import dataclass

from beckon.channels.templates import Template
from beckon.consent.facts import Channel
from beckon.messaging.wording.checks import Finding, Length, Wording, check_wording, measure_wording, opt_out_words
from beckon.messaging.wording.variables import VARIABLES


@dataclass(frozen=True)
class Preview:
    """One language of a wording."""

    language: str
    channel: str
    subject: str
    body: str
    back: str
    findings: list[Finding]
    length: Length | None


def preview(key: str, channel: str, language: str, parts: dict[str, str]) -> Preview:
    """What the reader will see. A part that cannot be rendered is shown as written, its mistake is among findings."""
    wording = Wording(
        key=key,
        channel=Channel(channel),
        language=language,
        body=parts.get("body", ""),
        subject=parts.get("subject", ""),
        back=parts.get("back", ""),
    )
    findings = check_wording(wording)
    broken = any(finding.is_error for finding in findings)
    length = None if broken or channel != "sms" else measure_wording(wording)
    return Preview(
        language,
        channel,
        _shown(wording.subject, language),
        _shown(wording.body, language),
        _shown(wording.back, language),
        findings,
        length,
    )


def _shown(source: str, language: str) -> str:
    if not source:
        return ""
    values = {v.name: v.example for v in VARIABLES} | {"opt_out": opt_out_words(language)}
    try:
        rendered = Template(source, VARIABLES).render(values)
    except Exception:  # a template half typed; the findings say what is wrong
        return source
    return rendered if isinstance(rendered, str) else source
