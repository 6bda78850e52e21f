"""A sender's alarm is stored as a code and told in both languages."""

import pytest

from beckon.channels.alarms import _TOLD, ANSWERS, alarm, alarm_words


def test_an_alarm_keeps_what_the_vendor_said() -> None:
    words = alarm_words(alarm(ANSWERS, 401))
    assert words.en == "the vendor answers 401: check the URL, the account and its secret"
    assert words.es == "el proveedor responde 401: revise la URL, la cuenta y su secreto"


@pytest.mark.parametrize("code", list(_TOLD))
def test_every_alarm_is_told_also_without_a_vendor_s_word(code: str) -> None:
    words = alarm_words(alarm(code))
    assert code not in (words.en, words.es)
    assert "{" not in words.en + words.es


def test_what_somebody_wrote_by_hand_stays_as_it_is() -> None:
    assert alarm_words("key refused").es == "key refused"
