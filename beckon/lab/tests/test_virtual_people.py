"""What virtual people do: the shares of the table come out, keyed by the seed, and every answer has its disposition."""

import csv
from collections import Counter
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from beckon.desk.outcomes.defaults import DEFAULTS
from beckon.lab.agents import CODES
from beckon.lab.population import Rate, default_population
from beckon.lab.rules import WORDS, Answer, Said, VirtualPerson, answer_to_dial, delivery, keeps_visit, reply_to_text
from beckon.lab.virtual_people import HEADER, write_people

RATES = default_population()
ELEVEN = datetime(2026, 8, 18, 11, tzinfo=ZoneInfo("America/New_York"))


def _someone(number: int, *, is_known: bool = False) -> VirtualPerson:
    return VirtualPerson(f"V{number}", "en", is_known)


def _answers(seed: int, *, is_known: bool = False, attempt: int = 1) -> list[Answer]:
    return [
        answer_to_dial(RATES, seed, _someone(n, is_known=is_known), number=f"+1212{n:07}", attempt=attempt, when=ELEVEN)
        for n in range(6_000)
    ]


def test_every_rate_names_its_source() -> None:
    assert all(rate.source == "assumption" or len(rate.source) >= 5 for rate in RATES.rates.values())
    with pytest.raises(ValidationError):
        Rate.model_validate({"value": 0.5})


def test_an_unknown_rate_is_an_error() -> None:
    with pytest.raises(KeyError):
        RATES.number("calls.picked_upp")


def test_every_answer_has_a_disposition_of_the_default_set() -> None:
    assert set(CODES) == set(Said)
    assert set(CODES.values()) <= {disposition.code for disposition in DEFAULTS}


def test_the_same_seed_gives_the_same_answers_and_another_seed_others() -> None:
    assert _answers(1) == _answers(1)
    assert _answers(1) != _answers(2)


def test_about_a_fifth_of_the_dials_reach_a_human() -> None:
    said = Counter(answer.said for answer in _answers(1))
    silent = said[Said.NO_ANSWER] + said[Said.VOICEMAIL] + said[Said.DISCONNECTED]
    assert 0.16 < 1 - silent / 6_000 < 0.21  # 20 % of those whose number works, a little fewer at eleven
    assert 0.03 < said[Said.DISCONNECTED] / 6_000 < 0.05


def test_who_has_been_here_before_agrees_more_often_and_later_attempts_agree_less() -> None:
    known, cold = (sum(a.said is Said.AGREES for a in _answers(1, is_known=k)) for k in (True, False))
    fifth = sum(a.said is Said.AGREES for a in _answers(1, is_known=True, attempt=5))
    assert known > 1.2 * cold
    assert fifth < 0.9 * known


def test_a_disconnected_number_stays_disconnected_whoever_is_called_and_whenever() -> None:
    dead = next(n for n, answer in enumerate(_answers(1)) if answer.said is Said.DISCONNECTED)
    later = datetime(2026, 9, 1, 17, tzinfo=ELEVEN.tzinfo)
    again = answer_to_dial(RATES, 1, _someone(99_999), number=f"+1212{dead:07}", attempt=4, when=later)
    assert again.said is Said.DISCONNECTED


def test_replies_come_in_the_persons_language_and_further_texts_get_fewer() -> None:
    def replies(earlier: int, language: str = "en") -> list[str]:
        people = (VirtualPerson(f"V{n}", language, False) for n in range(4_000))
        found = (reply_to_text(RATES, 1, p, reference="c:text:1", earlier_texts=earlier) for p in people)
        return [reply.text for reply in found if reply]

    spanish = {text for texts in WORDS["es"].values() for text in texts}
    assert 0.10 < len(replies(0)) / 4_000 < 0.155
    assert len(replies(2)) < 0.7 * len(replies(0))
    assert set(replies(0, "es")) <= spanish


def test_seven_of_ten_keep_their_visit_and_most_texts_arrive() -> None:
    kept = sum(keeps_visit(RATES, 1, _someone(n), starts="2026-09-01T10:00") for n in range(4_000))
    arrived = sum(delivery(RATES, 1, f"+1212{n:07}", channel="sms", reference="sms") for n in range(4_000))
    assert 0.67 < kept / 4_000 < 0.73
    assert 0.95 < arrived / 4_000 < 0.99


def test_the_made_up_file_is_the_same_for_one_seed_and_uses_fictional_numbers_only(tmp_path: Path) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        write_people(tmp_path / name, 500, seed=seed, today=date(2026, 8, 17), playbook="community-outreach")
    assert (tmp_path / "a").read_text() == (tmp_path / "b").read_text() != (tmp_path / "c").read_text()
    with (tmp_path / "a").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 500
    assert list(rows[0]) == list(HEADER)
    phones = [row[column] for row in rows for column in ("Cell Phone", "Home Phone") if row[column]]
    assert all(" 555-01" in phone for phone in phones)
    assert all(not row["Email"] or row["Email"].endswith("@example.org") for row in rows)
