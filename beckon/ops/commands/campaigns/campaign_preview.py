"""`beckon campaign preview`."""

import argparse
import json
from zoneinfo import ZoneInfo

from beckon.campaigns.life import get_campaign
from beckon.campaigns.planning.forecast import Planned
from beckon.campaigns.planning.preview import Preview, preview
from beckon.campaigns.reasons import reason_sentence
from beckon.core.clock import domain_now
from beckon.core.tenancy import get_organization, org_scope
from beckon.ops.printing import channel_words

HELP = "Show who would get what when if nobody answered, and who is left out and why. Records nothing."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The campaign may be a draft."""
    parser.add_argument("name", help="the campaign; `beckon campaign launch` without --confirm makes a draft")
    parser.add_argument("--org", required=True)
    parser.add_argument("--weeks", type=int, default=14)
    parser.add_argument("--people", type=int, default=3, metavar="N", help="show the plan of the first N people")
    parser.add_argument("--json", action="store_true")


def run(args: argparse.Namespace) -> int:
    """Prints weeks, exclusions and some plans; people are shown by id only."""
    organization = get_organization(args.org)
    now = domain_now(organization)
    with org_scope(organization):
        shown = preview(get_campaign(args.name), now=now, weeks=args.weeks)
    if args.json:
        print(json.dumps(_document(shown)))
        return 0
    zone = ZoneInfo(organization.time_zone)
    print("\n".join([*_people(shown), *_weeks(shown, zone), *_not_sent(shown), *_plans(shown, zone, args.people)]))
    return 0


def _people(shown: Preview) -> list[str]:
    """The same people as `campaign launch` counts: in the segment, who may be contacted, how, and who not and why."""
    looked = f" (from {shown.looked_at:,} looked at)" if shown.looked_at < shown.people else ""
    lines = [f"{shown.people:,} people in the segment: {shown.taken_in:,} may be contacted{looked}"]
    lines += [f"  {channel_words(channel):<16} {people:,} people at most" for channel, people in shown.reach.items()]
    lines.append(f"in these weeks {shown.enrolled:,} are taken in; {shown.waiting:,} wait longer")
    lines += [f"  left out {number:>7,}  {reason_sentence(reason)}" for reason, number in shown.excluded.items()]
    return lines


def _weeks(shown: Preview, zone: ZoneInfo) -> list[str]:
    """Weeks in which something happens."""
    lines = []
    for week in shown.weeks:
        parts = [f"{week.enrolled:,} taken in"] if week.enrolled else []
        parts += [f"{number:,} {_piece(name)}" for name, number in week.messages.items()]
        parts += [f"{week.calls:,} calls"] if week.calls else []
        if parts:
            lines.append(f"  week of {week.starts_at.astimezone(zone):%Y-%m-%d}  {', '.join(parts)}")
    return lines


def _piece(name: str) -> str:
    step, _, channel = name.rpartition("/")
    return f"{channel_words(channel)} ({_words(step)})"


def _not_sent(shown: Preview) -> list[str]:
    return [f"  not sent {number:>7,}  {_refusal(refusal)}" for refusal, number in shown.refused.items()]


def _refusal(detail: str) -> str:
    channel, colon, reason = detail.partition(": ")
    return f"{channel_words(channel)}: {reason_sentence(reason)}" if colon else reason_sentence(detail)


_DONE = {"call": "call", "refused": "not sent", "skipped": "left out", "left": "leaves", "gave_up": "gives up"}
_ONE = {"sms": "text", "voicemail": "voicemail drop", "email": "e-mail", "postal": "postcard"}


def _plans(shown: Preview, zone: ZoneInfo, most: int) -> list[str]:
    lines = []
    for plan in shown.plans[:most]:
        lines.append(f"person {plan.person_id}" + (f": {reason_sentence(plan.left)}" if plan.left else ""))
        lines += [f"  {item.at.astimezone(zone):%a %Y-%m-%d %H:%M}  {_planned(item)}" for item in plan.planned]
    return lines


def _planned(item: Planned) -> str:
    what = _ONE.get(item.what) or _DONE.get(item.what, _words(item.what))
    if item.what in _ONE or item.what == "call":
        return f"{what}: {_words(item.detail or item.step)}"
    return f"{what}: {_refusal(item.detail)}"


def _words(code: str) -> str:
    return code.replace("_", " ")


def _document(shown: Preview) -> dict[str, object]:
    return {
        "people": shown.people,
        "looked_at": shown.looked_at,
        "taken_in": shown.taken_in,
        "reach": dict(shown.reach),
        "enrolled": shown.enrolled,
        "excluded": dict(shown.excluded),
        "waiting": shown.waiting,
        "refused": dict(shown.refused),
        "left": dict(shown.left),
        "weeks": [
            {
                "starts_at": week.starts_at.isoformat(),
                "enrolled": week.enrolled,
                "messages": dict(week.messages),
                "calls": week.calls,
            }
            for week in shown.weeks
        ],
    }
