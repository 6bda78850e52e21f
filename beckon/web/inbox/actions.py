"""Answering and settling what people wrote. Belongs into messaging once that keeps a state of its own for it."""

from datetime import datetime, timedelta

from beckon.consent.facts import Channel, Purpose
from beckon.core.actors import Actor
from beckon.core.audit.actions import record_audit
from beckon.core.events.actions import record_events
from beckon.core.events.registry import NewEvent
from beckon.messaging.actions import queue_messages
from beckon.messaging.keys import manual_key, reply_key
from beckon.messaging.models import Message
from beckon.messaging.values import AlreadyThere, NewMessage, NotQueued, QueueResult
from beckon.web.inbox.queries import REOPENED, SETTLED, is_settled

GOOD_FOR = timedelta(days=1)


def answer(
    message: Message, *, body: str, template_key: str, form_id: str, is_again: bool, by: Actor, now: datetime
) -> QueueResult:
    """Text somebody back who wrote. The answer has the key of the message answered, so that a double click, or two
    people who answer at once, send one. `is_again`: another answer is meant, after one has been seen; it has its
    form's key. The gate is asked again when it leaves."""
    assert message.person_id is not None
    assert message.sender_id is not None
    new = NewMessage(
        manual_key(form_id) if is_again else reply_key(message.pk),
        message.person_id,
        Channel.SMS,
        Purpose.REPLY,
        message.sender_id,
        template_key=template_key,
        body="" if template_key else body,
        language=message.language,
        requested_at=message.settled_at or message.recorded_at,
        expires_at=now + GOOD_FOR,
        campaign_id=message.campaign_id,
    )
    result = queue_messages([new], by=by, now=now)[0]
    if not isinstance(result, NotQueued | AlreadyThere):
        record_audit(action="message.written", object_kind="message", object_ids=[result.message_id], by=by, now=now)
        settle(message, by=by, now=now)
    return result


def settle(message: Message, *, by: Actor, now: datetime) -> bool:
    """Say that nothing more is to be done about an answer; False when that was said before."""
    if is_settled(message.pk, message.person_id, now):
        return False
    _tell(SETTLED, message, by, now)
    return True


def reopen(message: Message, *, by: Actor, now: datetime) -> bool:
    """Put an answer back on the list; False when it stands there."""
    if not is_settled(message.pk, message.person_id, now):
        return False
    _tell(REOPENED, message, by, now)
    return True


def _tell(kind: str, message: Message, by: Actor, now: datetime) -> None:
    record_events([NewEvent(kind, message.person_id, message.pk)], by=by, now=now)
    record_audit(action=kind, object_kind="message", object_ids=[message.pk], by=by, now=now)
