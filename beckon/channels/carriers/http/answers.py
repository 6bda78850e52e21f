"""What an HTTP answer, or the lack of one, means in our words. Pure."""

import email.utils
import math
from collections.abc import Mapping

from pydantic_core import from_json

from beckon.channels.alarms import ANSWERS, CERTIFICATE, alarm
from beckon.channels.carriers.base import SendResult, Word, result
from beckon.channels.carriers.http.config import Answer, HttpConfig
from beckon.channels.carriers.http.mapping import dig

DEFAULT_WAIT = 30.0
MAX_WAIT = 3600.0
_SETUP = frozenset({401, 402, 403, 404, 405, 407})
"""Statuses that speak about our account or URL, not about one message: the sender should pause."""


def read_answer(
    config: HttpConfig, reference: str, status: int, headers: Mapping[str, str], body: bytes, *, now: float
) -> SendResult:
    """The result of one request that was answered. `now` is wall seconds, for dates in Retry-After."""
    answer, at = load_json(body), config.answer
    code = at.code and dig(answer, at.code)
    carrier_ref = at.id and dig(answer, at.id)
    if code in config.codes:
        word = config.codes[code]
    elif status in config.accepted_statuses:
        word = _accepted(config, answer, code)
    else:
        return _refused(config, reference, status, headers, code, now=now)
    wait = retry_after(headers, now=now) if word is Word.TRY_LATER else None
    shown = "" if code in config.ok_codes else code
    segments = _whole(dig(answer, at.segments)) if at.segments else None
    return result(reference, word, carrier_ref=carrier_ref, vendor_code=shown, segments=segments, retry_after=wait)


def read_failure(reference: str, code: str, *, is_written: bool) -> SendResult:
    """The result of a request without an answer: before it was written it may be repeated, after it never."""
    if is_written:
        return result(reference, Word.UNKNOWN, vendor_code=code)
    told = CERTIFICATE if code == "tls" else ""
    return result(reference, Word.TRY_LATER, vendor_code=code, retry_after=DEFAULT_WAIT, alarm=told)


def unsendable(reference: str) -> SendResult:
    """A message that cannot be made into a request."""
    return result(reference, Word.FAILED, vendor_code="request")


def held_back(reference: str, cause: SendResult) -> SendResult:
    """A message not even tried, because the vendor just asked us to wait or refused our set-up."""
    return result(
        reference,
        Word.TRY_LATER,
        vendor_code=cause.vendor_code,
        retry_after=cause.retry_after or DEFAULT_WAIT,
        alarm=cause.alarm,
    )


def read_look_up(config: HttpConfig, answer_at: Answer, reference: str, body: bytes) -> SendResult | None:
    """What the vendor says about a message it was asked about; None where the answer says nothing."""
    answer = load_json(body)
    code = dig(answer, answer_at.code)
    word = config.codes.get(code) or config.statuses.get(dig(answer, answer_at.status))
    if word is None or word in {Word.UNKNOWN, Word.TRY_LATER}:
        return None
    shown = "" if code in config.ok_codes else code
    return result(reference, word, carrier_ref=dig(answer, answer_at.id), vendor_code=shown)


def retry_after(headers: Mapping[str, str], *, now: float) -> float:
    """Seconds to wait, from Retry-After as seconds or as a date (RFC 9110, 10.2.3), at most an hour."""
    value = headers.get("retry-after", "")
    try:
        seconds = float(value)
    except ValueError:
        parsed = email.utils.parsedate_tz(value)
        seconds = email.utils.mktime_tz(parsed) - now if parsed else DEFAULT_WAIT
    if not math.isfinite(seconds):
        return DEFAULT_WAIT
    return min(max(seconds, 0.0), MAX_WAIT)


def load_json(body: bytes) -> object:
    """The decoded answer, or None: a vendor's error page is not an error of ours."""
    try:
        decoded: object = from_json(body)
    except ValueError:
        return None
    return decoded


def _accepted(config: HttpConfig, answer: object, code: str) -> Word:
    if code not in config.ok_codes:
        return Word.FAILED
    said = config.answer.status and dig(answer, config.answer.status)
    return config.statuses.get(said, Word.ACCEPTED)


def _refused(
    config: HttpConfig, reference: str, status: int, headers: Mapping[str, str], code: str, *, now: float
) -> SendResult:
    shown = code or f"http-{status}"
    if status in config.retry_statuses:
        wait = retry_after(headers, now=now)
        return result(reference, Word.TRY_LATER, vendor_code=shown, retry_after=wait)
    if status in _SETUP or 300 <= status < 400:
        told = alarm(ANSWERS, status)
        return result(reference, Word.TRY_LATER, vendor_code=shown, retry_after=10 * DEFAULT_WAIT, alarm=told)
    if 400 <= status < 500 and status != 408:
        return result(reference, Word.FAILED, vendor_code=shown)
    return result(reference, Word.UNKNOWN, vendor_code=shown)


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() else None
