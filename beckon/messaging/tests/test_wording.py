"""Wording is checked when written, versioned, signed off for good; links are signed."""

from datetime import datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from beckon.consent.facts import Channel
from beckon.core.actors import SYSTEM
from beckon.core.audit.models import AuditEntry
from beckon.messaging.models import Template
from beckon.messaging.receiving.notices import notice_for
from beckon.messaging.replies.meanings import Meaning, Reading
from beckon.messaging.wording.authoring import NotSaved, Saved, save_template, sign_off
from beckon.messaging.wording.checks import Wording, check_wording, measure_wording
from beckon.messaging.wording.links import make_unsubscribe_token, read_unsubscribe_token
from beckon.messaging.wording.variables import OPT_OUT

TEXT = 'Hi {{ first_name or "there" }}, {{ practice_name }} here. Call us. {{ opt_out }}'
EMAIL = 'Hello from {{ practice_name }}.\n{{ postal_address or "" }}\n{{ unsubscribe_url or "" }}'


def wording(**more: Any) -> Wording:
    return Wording(**({"key": "k/text-1", "channel": Channel.SMS, "language": "en", "body": TEXT} | more))


@pytest.mark.parametrize(
    ("channel", "body", "subject", "missing"),
    [
        (Channel.SMS, "Call us. {{ opt_out }}", "", {"practice_name"}),
        (Channel.SMS, "{{ practice_name }}: call us.", "", {"opt_out"}),
        (Channel.EMAIL, "From {{ practice_name }}", "Hello", {"unsubscribe", "postal_address"}),
        (Channel.EMAIL, EMAIL, "", {"subject"}),
        (Channel.VOICEMAIL, "This is {{ practice_name }}, please call.", "", {"call_back"}),
        (Channel.VOICEMAIL, "This is {{ practice_name }}, call 415-555-0100.", "", set()),
        (Channel.POSTAL, "Come and see us", "", {"practice_name"}),
        (Channel.EMAIL, EMAIL, "News from us", set()),
        (Channel.SMS, TEXT, "", set()),
        (Channel.SMS, "{{ practice_name }}: responda ALTO para salir.", "", set()),
    ],
)
def test_each_channel_has_its_required_parts(channel: Channel, body: str, subject: str, missing: set[str]) -> None:
    found = check_wording(wording(channel=channel, body=body, subject=subject))
    assert {f.code for f in found if f.is_error} == missing


def test_a_later_text_need_not_repeat_how_to_opt_out() -> None:
    assert check_wording(wording(body="{{ practice_name }}: see you.", is_first_message=False)) == []


def test_a_wrong_variable_is_refused_with_its_line_and_a_hint() -> None:
    finding = check_wording(wording(body=TEXT + "\n{{ first_nam }}"))[0]
    assert (finding.line, finding.code, finding.is_error) == (2, "unknown_variable", True)
    assert "first_name" in finding.words.en


@pytest.mark.parametrize("word", ["diabetes", "mammogram", "your test results", "cardiology", "cáncer", "refill"])
def test_words_about_health_are_warned_of_where_others_read(word: str) -> None:
    def codes(**more: Any) -> list[str]:
        return [f.code for f in check_wording(wording(**more))]

    assert "private" in codes(body=f"{TEXT} About {word}.")
    assert "private" in codes(channel=Channel.EMAIL, subject=f"Your {word}", body=EMAIL)
    assert "private" not in codes(channel=Channel.EMAIL, subject="Hello", body=f"{EMAIL} {word}")
    assert "private" in codes(channel=Channel.POSTAL, body="{{ practice_name }}", back=f"It is about {word}")


def test_length_and_costly_characters_are_told() -> None:
    short = measure_wording(wording())
    assert (short.segments, short.encoding, short.cheaper) == (1, "GSM-7", "")
    spanish = "Aquí {{ practice_name }}: ¿podría llamarnos cuando esté más libre? {{ opt_out }}"
    accents = wording(language="es", body=spanish)
    assert measure_wording(accents).cheaper.startswith("Aqui")
    assert [f.code for f in check_wording(accents)] == ["costly_characters"]
    assert "long" in [f.code for f in check_wording(wording(body=TEXT + " please" * 80))]


def test_versions_follow_each_other_and_drafts_are_overwritten(org: Any, now: datetime) -> None:
    first = save_template(wording(), by=SYSTEM, now=now)
    assert isinstance(first, Saved)
    draft = save_template(wording(body=TEXT + " Thanks."), by=SYSTEM, now=now)
    assert isinstance(draft, Saved)
    assert (draft.template.pk, draft.template.version) == (first.template.pk, 1)
    assert sign_off(draft.template, "Dr. Rivera", by=SYSTEM, now=now)
    assert not sign_off(draft.template, "Somebody else", by=SYSTEM, now=now)
    same = save_template(wording(body=TEXT + " Thanks."), by=SYSTEM, now=now)
    assert isinstance(same, Saved)
    assert not same.is_new
    second = save_template(wording(), by=SYSTEM, now=now)
    assert isinstance(second, Saved)
    assert second.template.version == 2
    assert list(Template.objects.order_by("version").values_list("signed_off_by", flat=True)) == ["Dr. Rivera", ""]
    assert AuditEntry.objects.filter(action="template.signed_off").count() == 1


def test_the_database_refuses_to_change_what_was_signed_off(org: Any, now: datetime) -> None:
    saved = save_template(wording(), by=SYSTEM, now=now)
    assert isinstance(saved, Saved)
    sign_off(saved.template, "Dr. Rivera", by=SYSTEM, now=now)
    with pytest.raises(IntegrityError, match="signed-off"), transaction.atomic():
        Template.objects.filter(pk=saved.template.pk).update(body="other")
    with pytest.raises(IntegrityError, match="signed-off"), transaction.atomic():
        saved.template.delete()


def test_wording_with_errors_is_not_stored(org: Any, now: datetime) -> None:
    assert isinstance(save_template(wording(body="no name"), by=SYSTEM, now=now), NotSaved)
    assert not Template.objects.exists()


def test_an_unsubscribe_link_says_who_and_cannot_be_made_up() -> None:
    token = make_unsubscribe_token(3, 14, 15)
    read = read_unsubscribe_token(token)
    assert read is not None
    assert (read.organization_id, read.person_id, read.number_id) == (3, 14, 15)
    assert read_unsubscribe_token(token.replace("14", "15", 1)) is None
    assert read_unsubscribe_token("rubbish") is None


@pytest.mark.parametrize("meaning", [Meaning.STOP, Meaning.START, Meaning.HELP])
@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("asks", [True, False])
def test_automatic_answers_are_one_plain_segment_and_name_the_practice(
    meaning: Meaning, language: str, asks: bool
) -> None:
    from beckon.channels.text import measure_text

    text = notice_for(Reading(meaning, language, asks), "Riverside Family Medicine", "(415) 555-0100")
    assert "Riverside" in text
    assert "555-0100" in text or meaning is Meaning.START
    assert measure_text(text).segments == 1
    assert "  " not in text


def test_how_to_opt_out_is_said_in_plain_characters() -> None:
    from beckon.channels.text import measure_text

    assert all(measure_text(words).encoding == "GSM-7" for words in OPT_OUT.values())


def test_nothing_is_answered_automatically_to_other_replies() -> None:
    assert notice_for(Reading(Meaning.QUESTION, "en"), "Riverside", "") == ""
