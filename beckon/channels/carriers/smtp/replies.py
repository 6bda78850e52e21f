"""What a mail server's reply means in our words: tables by enhanced code (RFC 3463), then by code. Pure."""

from collections.abc import Mapping
from typing import NamedTuple

from beckon.channels.alarms import REFUSED, alarm
from beckon.channels.carriers.base import SendResult, Word, result

GREYLIST_WAIT = 300.0
BUSY_WAIT = 60.0

ENHANCED: Mapping[str, Word] = {
    "5.1.1": Word.DEAD,  # no such mailbox
    "5.1.2": Word.DEAD,  # no such domain
    "5.1.3": Word.DEAD,  # not an address
    "5.1.6": Word.DEAD,  # mailbox has moved
    "5.1.10": Word.DEAD,  # the domain takes no mail (null MX, RFC 7505)
    "5.2.1": Word.DEAD,  # mailbox disabled
    "5.7.1": Word.BLOCKED,  # refused by policy
    "5.7.25": Word.BLOCKED,  # reverse DNS
    "5.7.26": Word.BLOCKED,  # SPF, DKIM or DMARC failed
    "5.7.28": Word.BLOCKED,  # mail flood
}
CODES: Mapping[int, Word] = {
    552: Word.FAILED,  # too big, or mailbox full
    553: Word.DEAD,  # mailbox name not allowed
    556: Word.DEAD,  # the domain takes no mail (RFC 7504)
}
_SETUP = frozenset({530, 534, 535, 538})
_OWN_FAULT = frozenset({"5.7.8", "5.7.9", "5.7.11"})


class Reply(NamedTuple):
    """A server's reply without its text, which may repeat an address: code and enhanced status."""

    code: int
    enhanced: str = ""

    @property
    def is_yes(self) -> bool:
        return 200 <= self.code < 400

    @property
    def shown(self) -> str:
        """For records: `550 5.1.1`."""
        return f"{self.code} {self.enhanced}".strip()


def read_refusal(reference: str, reply: Reply, *, about_sender: bool = False) -> SendResult:
    """The result of a message refused with 4xx or 5xx. A sender refused is our set-up, not the message."""
    if 400 <= reply.code < 500:
        wait = BUSY_WAIT if reply.code in {421, 452} else GREYLIST_WAIT
        return result(reference, Word.TRY_LATER, vendor_code=reply.shown, retry_after=wait)
    if reply.code in _SETUP or reply.enhanced in _OWN_FAULT or (about_sender and reply.code != 552):
        told = alarm(REFUSED, reply.shown)
        return result(reference, Word.TRY_LATER, vendor_code=reply.shown, retry_after=GREYLIST_WAIT, alarm=told)
    word = ENHANCED.get(reply.enhanced) or CODES.get(reply.code, Word.FAILED)
    return result(reference, word, vendor_code=reply.shown)
