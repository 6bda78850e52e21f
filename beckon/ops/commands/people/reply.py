"""`beckon reply`."""

import argparse
import secrets

from beckon.channels.carriers.base import Channel, Inbound
from beckon.channels.models import Sender
from beckon.core.actors import COMMAND_LINE
from beckon.core.clock import domain_now
from beckon.core.errors import BeckonError
from beckon.core.tenancy import get_organization, org_scope
from beckon.messaging.receiving.inbound import record_inbound

HELP = (
    "Take in by hand what a person answered to a text or an e-mail. It is understood and acted on as if it had come "
    "from the carrier: STOP stops the number at once."
)


class NoSender(BeckonError):
    """There is no sender the answer could have come to."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Until a vendor's callbacks are connected, this is the way in for answers."""
    parser.add_argument("text", help="the words as written")
    parser.add_argument("--org", required=True)
    parser.add_argument("--from", dest="sender", required=True, metavar="ADDRESS", help="+12125550100 or an e-mail")


def run(args: argparse.Namespace) -> int:
    """Says how the answer was understood and whether the address is known."""
    organization = get_organization(args.org)
    channel = Channel.EMAIL if "@" in args.sender else Channel.SMS
    with org_scope(organization):
        ours = Sender.objects.filter(channel=channel.value, is_active=True).order_by("pk").first()
        if ours is None:
            raise NoSender(f"the practice has no sender for {channel.value}; `beckon practice` loads one")
        message = Inbound(
            f"by-hand-{secrets.token_hex(8)}", channel, args.sender.strip().lower(), ours.address, args.text
        )
        received = record_inbound(
            [message], sender_id=ours.pk, carrier=ours.carrier, by=COMMAND_LINE, now=domain_now(organization)
        )[0]
    known = f"person {received.person_id}" if received.person_id else "nobody on file has this address"
    print(f"understood as {received.reading.meaning.value.replace('_', ' ')} ({known})")
    return 0
