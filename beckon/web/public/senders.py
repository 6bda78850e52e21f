"""The sender a callback names."""

from beckon.channels.models import Sender


def sender_numbered(sender_id: int) -> Sender | None:
    """The sender with this id in the organization one is in."""
    return Sender.objects.filter(pk=sender_id).first()
