"""Reads for workers and pages: which senders have work, a person's messages. Inside org_scope; never writes."""

from datetime import datetime
from typing import Final

from django.db import connection
from django.db.models import QuerySet

from beckon.core.clock import wall_now
from beckon.messaging.models import Inbox, Message

_DUE_SENDERS: Final = """
SELECT s.id FROM channels_sender s WHERE
  (s.is_active AND s.paused_reason = ''
   AND EXISTS (SELECT 1 FROM messaging_message m WHERE m.sender_id = s.id AND m.sent_at IS NULL
                  AND m.settled_at IS NULL AND m.not_before <= %s))
  OR EXISTS (SELECT 1 FROM messaging_message m WHERE m.sender_id = s.id AND m.look_up_at <= %s)
 ORDER BY s.id
"""


def senders_with_due_work(now: datetime) -> list[int]:
    """Senders with something due at `now`, left over by a dead worker, or unknown and to be asked about."""
    with connection.cursor() as cursor:
        cursor.execute(_DUE_SENDERS, [now, wall_now()])
        return [row[0] for row in cursor.fetchall()]


def has_open_inbox() -> bool:
    """True while something received waits to be understood."""
    return Inbox.objects.filter(handled_at=None).exists()


def messages_of(person_id: int) -> QuerySet[Message]:
    """Everything sent to and received from a person, newest first."""
    return Message.objects.filter(person_id=person_id).order_by("-id")
