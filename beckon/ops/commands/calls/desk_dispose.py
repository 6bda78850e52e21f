"""`beckon desk dispose`."""

import argparse
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from beckon.core.actors import Actor
from beckon.core.clock import domain_now
from beckon.core.errors import BeckonError
from beckon.core.tenancy import get_organization, org_scope
from beckon.desk.actions import dispose, undo_last
from beckon.desk.models import Call, CallTask
from beckon.desk.rules import Details
from beckon.desk.timing import NOTHING_NAMED, Moment
from beckon.desk.values import NotDisposed, NotUndone, Outcome
from beckon.ops.commands.calls.desk_next import add_agent_argument, agent_of
from beckon.people.models import Person
from beckon.scheduling.actions import NewAppointment, Refused, book
from beckon.scheduling.models import VisitType
from beckon.scheduling.queries import open_slots

HELP = (
    "Record how a call ended. DONE books the soonest free slot unless --at names one; --undo takes the last one back."
)


class NotTaken(BeckonError):
    """The desk did not take the outcome; nothing was recorded."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Times are the practice's own, such as 2026-11-24T15:00; a call-back's day or hour alone is the person's."""
    parser.add_argument("code", nargs="?", help="NOANS, LVM, DONE, CBACK, NOT_NOW, WNUM ...")
    parser.add_argument("--org", required=True)
    add_agent_argument(parser)
    parser.add_argument("--task", type=int, help="as shown by `beckon desk next`")
    parser.add_argument(
        "--at",
        type=moment,
        metavar="TIME",
        help="visit (DONE) or call-back (CBACK, UNAVLBL); of a call-back 2026-11-24 or 15:30 alone will do",
    )
    parser.add_argument("--anyone", action="store_true", help="anyone may make the call-back, not only this agent")
    parser.add_argument("--visit", type=_instant, metavar="TIME", help="the visit they have already (RECONFIRMED)")
    parser.add_argument("--other", type=int, metavar="PERSON_ID", help="the same person's other record (DUPLICATE)")
    asked = parser.add_mutually_exclusive_group()
    asked.add_argument("--may-text", dest="may_text", action="store_true", default=None, help="asked, and said yes")
    asked.add_argument("--no-text", dest="may_text", action="store_false", help="asked, and said no")
    parser.add_argument("--mobile", default="", help="mobile number the person gave")
    parser.add_argument("--remarks", default="")
    parser.add_argument("--undo", action="store_true", help="take this agent's last outcome back")


def moment(text: str) -> Moment:
    """A day, an hour with its minutes, or both. Raises ValueError."""
    if "T" in text or " " in text:
        return Moment(at=datetime.fromisoformat(text))
    return Moment(clock=time.fromisoformat(text)) if ":" in text else Moment(on=date.fromisoformat(text))


def _instant(text: str) -> datetime:
    at = moment(text).at
    if at is None:
        raise ValueError(text)
    return at


def run(args: argparse.Namespace) -> int:
    """Exit code 1 when the outcome is not taken; the reason says what is missing."""
    organization = get_organization(args.org)
    agent = agent_of(args.agent, organization)
    now = domain_now(organization)
    with org_scope(organization):
        if args.undo:
            return _undo(agent, now)
        if not args.code or not args.task:
            raise NotTaken("name the outcome's code and --task")
        outcome = _outcome(args, ZoneInfo(organization.time_zone), agent, now)
        answer = dispose([outcome], by=agent, now=now)[0]
        if isinstance(answer, NotDisposed):
            raise NotTaken(f"not taken: {answer.reason.replace('_', ' ')}")
    effects = answer.effects
    print(f"recorded as call {answer.call_id}")
    if effects and effects.due_at:
        print(
            f"on the list again from {effects.due_at.astimezone(ZoneInfo(organization.time_zone)):%a %Y-%m-%d %H:%M %Z}"
        )
    elif effects and effects.closed_reason:
        print(f"off the list: {effects.closed_reason.replace('_', ' ')}")
    return 0


def _undo(agent: Actor, now: datetime) -> int:
    undone = undo_last(agent, by=agent, now=now)
    if isinstance(undone, NotUndone):
        raise NotTaken(f"not taken back: {undone.reason.replace('_', ' ')}")
    print(f"call {undone.call_id} is taken back")
    if undone.appointment_id:
        print(f"its visit {undone.appointment_id} still stands")
    if undone.texts_already_gone:
        print("its text has left already")
    if undone.still_opted_out:
        print("an earlier opt-out of the person or of a number still stands")
    return 0


def _outcome(args: argparse.Namespace, zone: ZoneInfo, agent: Actor, now: datetime) -> Outcome:
    code = args.code.upper()
    task = CallTask.objects.filter(pk=args.task).first()
    if task is None:
        raise NotTaken(f"there is no task {args.task}")
    if args.other is not None and not Person.objects.filter(pk=args.other).exclude(pk=task.person_id).exists():
        raise NotTaken(f"{args.other} is no other person")
    named: Moment = args.at or NOTHING_NAMED
    at = _here(named.at, zone)
    if code == "DONE" and at is None and not named.is_empty:
        raise NotTaken("a visit needs its day and its hour, such as 2026-11-24T15:00")
    taken_back = Call.objects.filter(task_id=task.pk, undone_at__isnull=False).count()
    appointment = _book(task, agent, at, now) if code == "DONE" else None
    return Outcome(
        form_id=f"cli:{task.pk}:{taken_back}:{now:%Y%m%d%H%M%S}",
        agent=agent,
        code=code,
        started_at=now - timedelta(minutes=1),
        task_id=task.pk,
        number_id=task.number_id,
        details=Details(
            callback=NOTHING_NAMED if code == "DONE" else replace(named, at=at),
            callback_for_me=not args.anyone,
            appointment_id=appointment,
            existing_visit_at=_here(args.visit, zone),
            other_person_id=args.other,
            captured_mobile=args.mobile,
            may_text=args.may_text,
            remarks=args.remarks,
        ),
    )


def _here(at: datetime | None, zone: ZoneInfo) -> datetime | None:
    return at.replace(tzinfo=at.tzinfo or zone) if at else None


def _book(task: CallTask, agent: Actor, at: datetime | None, now: datetime) -> int:
    visit_type = VisitType.objects.filter(is_active=True, for_new_patients=True).order_by("pk").first()
    if visit_type is None:
        raise NotTaken("there is no visit type to book; the practice's schedule is empty")
    end = at + timedelta(minutes=1) if at else now + timedelta(days=14)
    slots = open_slots(start=at or now, end=end, visit_type_id=visit_type.pk, limit=1)
    if not slots:
        raise NotTaken("no free slot at that time" if at else "no free slot within 14 days")
    wish = NewAppointment(
        person_id=task.person_id,
        clinician_id=slots[0].clinician_id,
        visit_type_id=visit_type.pk,
        starts_at=slots[0].starts_at,
        campaign_id=task.campaign_id,
        enrollment_id=task.enrollment_id,
    )
    answer = book([wish], by=agent, now=now)[0]
    if isinstance(answer, Refused):
        raise NotTaken(f"not booked: {answer.reason.replace('_', ' ')}")
    print(f"booked {answer.starts_at:%a %Y-%m-%d %H:%M %Z}")
    return answer.appointment_id
