"""`beckon senders`."""

import argparse

from beckon.channels.alarms import alarm_words
from beckon.channels.models import Sender
from beckon.core.actors import COMMAND_LINE
from beckon.core.clock import domain_now
from beckon.core.errors import BeckonError
from beckon.core.tenancy import get_organization, org_scope
from beckon.messaging.actions import resume_sender

HELP = "List a practice's senders with their state; set one going again that a carrier's alarm has paused."


class NoSuchSender(BeckonError):
    """No sender has this name."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """--resume after the cause has been mended."""
    parser.add_argument("--org", required=True)
    parser.add_argument("--resume", metavar="NAME", help="the paused sender to set going again")


def run(args: argparse.Namespace) -> int:
    """One line each: name, channel, carrier, rate, state."""
    organization = get_organization(args.org)
    with org_scope(organization):
        if args.resume:
            paused = Sender.objects.filter(name=args.resume).first()
            if paused is None:
                raise NoSuchSender(f"there is no sender {args.resume!r}; `beckon senders --org {args.org}` lists them")
            done = resume_sender(paused.pk, by=COMMAND_LINE, now=domain_now(organization))
            print(f"{args.resume} sends again" if done else f"{args.resume} was not paused")
        for sender in Sender.objects.order_by("channel", "name"):
            state = "on" if sender.is_active else "off"
            if sender.paused_reason:
                state = f"paused: {alarm_words(sender.paused_reason).en}"
            print(f"{sender.name:<24} {sender.channel:<10} {sender.carrier:<8} {sender.rate_per_second:>8}/s  {state}")
    return 0
