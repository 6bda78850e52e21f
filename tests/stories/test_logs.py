"""Whatever goes on and whatever goes wrong, the logs hold ids and the names of errors: no name, number, mail or word.

Names and numbers of this story are unlike any word, so that every single one of them can be looked for.
"""

import ast
import io
import json
import logging
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connections

from beckon.campaigns.defaults import install_defaults
from beckon.campaigns.tasks import advance_organization, run_organization
from beckon.channels.carriers.base import Channel, Inbound, OutgoingMessage, Receipt, Word
from beckon.core.actors import SYSTEM, simulated_agent
from beckon.core.clock import domain_now
from beckon.core.models import Organization
from beckon.core.organizations import create_organization, drop_organization
from beckon.core.tenancy import org_scope
from beckon.desk.actions import dispose, get_queue, open_tasks, take_next
from beckon.desk.rules import Details
from beckon.desk.values import NewTask, Outcome
from beckon.messaging.actions import queue_messages
from beckon.messaging.receiving import inbox
from beckon.messaging.sending.dispatch import dispatch
from beckon.messaging.sending.settle import settle_unknown
from beckon.messaging.tasks import understand_inbox
from beckon.messaging.tests.fakes import RecordingCarrier
from beckon.messaging.tests.samples import make_sender, texts
from beckon.ops.tasks import seal_audit, set_going
from beckon.people.importing.options import ImportOptions
from beckon.people.importing.running import prepare_import, run_import
from beckon.people.importing.undoing import undo_import
from beckon.people.models import ContactPoint, Person

HEADER = "First Name,Last Name,DOB,Cell,Email,Address,City,State,Zip,OK to text\n"
PEOPLE = [
    (f"Zebulonia{n}x", f"Quixworth{n}y", f"{n % 9 + 1}/1{n % 9}/1961", f"212-555-01{n:02}", f"quixz{n}@example.org")
    for n in range(40)
]
REMARK, REPLY, WORDS = (
    "limps since Thursdayish",
    "Pleeeze stopp, I am Zebulonia",
    "Riverside: kindly ring us backwards.",
)
AGENT = simulated_agent("dana")


@pytest.fixture
def heard() -> Iterator[io.StringIO]:
    """All that any logger says, down to the last detail of ours, with every traceback."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(logging.Formatter("%(name)s %(levelname)s %(message)s"))
    loggers = [logging.getLogger(name) for name in ("", "beckon", "procrastinate", "django")]
    levels = [logger.level for logger in loggers]
    loggers[0].addHandler(handler)
    for logger in loggers:
        logger.setLevel(logging.DEBUG if logger.name == "beckon" else logging.INFO)
    try:
        yield out
    finally:
        loggers[0].removeHandler(handler)
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


@pytest.fixture
def live(django_db_setup: None, django_db_blocker: Any) -> Iterator[Organization]:
    """A live practice on the wall clock; dropped afterwards."""
    with django_db_blocker.unblock():
        organization = create_organization(slug="story-of-logs", name="Story", kind="live")
        try:
            with org_scope(organization):
                install_defaults(by=SYSTEM, now=domain_now(organization), signed_off_by="A Tester")
            yield organization
        finally:
            drop_organization(organization)
            connections.close_all()


def test_the_logs_of_a_bad_day_name_nobody(
    live: Organization, heard: io.StringIO, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BECKON_HOME", str(tmp_path / "home"))
    now = domain_now(live)
    _imports_that_go_well_wrong_and_back(live, tmp_path, now, monkeypatch)
    people = _people(live)
    _calls(live, people, now)
    _sending_that_fails(live, people)
    _answers_that_break(live, people, monkeypatch)
    _rounds(live)
    _seal(heard)
    logged = heard.getvalue()
    for event in ("round done", "carrier.failed", "sender.paused", "inbox.failed", "audit sealed"):
        assert event in logged, f"the story must have come past {event!r}"
    assert leaks(logged, live) == []


def _imports_that_go_well_wrong_and_back(
    organization: Organization, folder: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [",".join((*row, f"{n} Zyxwabe Lane", "New York", "NY", "10001", "yes")) for n, row in enumerate(PEOPLE)]
    broken = ["Quixworthless,,2/30/1980,4.15556E+09,none,,,,", ",,,,,,,,,", "Zebulonia77x,Quixworth77y,,,,,,,,"]
    path = folder / "list.csv"
    path.write_text(HEADER + "\n".join([*rows, *broken]))
    options = ImportOptions(consent={"sms": "written"}, evidence="cards")

    def prepare(name: str) -> int:
        return prepare_import(organization, path, source_name=name, options=options, by=SYSTEM, now=now)

    run_import(organization, prepare("list"), by=SYSTEM, now=now)
    with monkeypatch.context() as patch:
        patch.setattr("beckon.people.importing.running._Run._finish", _raising(f"DETAIL: Key (name)=({PEOPLE[0][1]})"))
        with pytest.raises(IntegrityError):
            run_import(organization, prepare("other"), by=SYSTEM, now=now)
    again = prepare("third")
    run_import(organization, again, by=SYSTEM, now=now)
    undo_import(organization, again, by=SYSTEM, now=now)
    run_import(organization, prepare("list"), by=SYSTEM, now=now)


def _raising(text: str) -> Callable[..., Any]:
    def fail(*_: object, **__: object) -> Any:
        raise IntegrityError(text)

    return fail


def _people(organization: Organization) -> list[Person]:
    with org_scope(organization):
        people = list(Person.objects.filter(merged_into=None).order_by("pk"))
        assert len(people) >= len(PEOPLE)
        return people


def _calls(organization: Organization, people: list[Person], now: datetime) -> None:
    noon = now.replace(hour=17, minute=0) + timedelta(days=(1 - now.weekday()) % 7)
    with org_scope(organization):
        queue = get_queue("calls").pk
        open_tasks([NewTask(person_id=p.pk, queue_id=queue, due_at=noon) for p in people[:6]], by=SYSTEM, now=noon)
        served = take_next(AGENT, [queue], by=AGENT, now=noon, limit=6)
        assert served
        codes = ("NOANS", "NOT_NOW", "DNC", "WNUM", "DUPLICATE", "NO SUCH CODE")
        said = [
            Outcome(f"f{n}", AGENT, code, noon, task_id=s.task_id, details=Details(remarks=REMARK, may_text=True))
            for n, (s, code) in enumerate(zip(served, codes, strict=False))
        ]
        dispose(said, by=AGENT, now=noon)


def _sending_that_fails(organization: Organization, people: list[Person]) -> None:
    noon = datetime.fromisoformat("2026-11-18T18:00:00+00:00")
    with org_scope(organization):
        senders = [make_sender("http"), make_sender("http", name="second")]
        for sender, who in zip(senders, (people[10:20], people[20:30]), strict=True):
            queue_messages(texts(who, sender, noon, body=WORDS), by=SYSTEM, now=noon)

    def refuses(message: OutgoingMessage) -> Word:
        raise ConnectionError(f"vendor would not take {message.to}: {message.body}")

    words = iter((Word.BLOCKED, Word.LANDLINE, Word.OPTED_OUT, Word.DEAD, *[Word.FAILED] * 20))
    for sender, carrier in zip(
        senders, (RecordingCarrier(refuses), RecordingCarrier(lambda _: next(words))), strict=True
    ):
        done = dispatch(
            organization, sender.pk, by=SYSTEM, clock=lambda: noon, carrier_of=lambda _, c=carrier: c, seconds=5
        )
        assert done.unknown or done.failed
        settle_unknown(organization, sender.pk, by=SYSTEM, carrier_of=lambda _, c=carrier: c)


def _answers_that_break(organization: Organization, people: list[Person], monkeypatch: pytest.MonkeyPatch) -> None:
    with org_scope(organization):
        numbers = ContactPoint.objects.filter(kind="phone").values_list("number__value", flat=True)
        sender = make_sender("http", name="third")
        inbound = [Inbound(f"in-{n}", Channel.SMS, value, sender.address, REPLY) for n, value in enumerate(numbers[:5])]
        items = [*inbound, Receipt("nobody-knows", Word.FAILED, vendor_code=str(numbers[0]))]
        inbox.store_callbacks(items, sender_id=sender.pk, carrier="http")
    with monkeypatch.context() as patch:
        patch.setattr(inbox, "record_inbound", _saying(f"cannot read {REPLY} of {PEOPLE[3][0]}"))
        understand_inbox(organization.pk)
    understand_inbox(organization.pk)


def _saying(text: str) -> Callable[..., Any]:
    def fail(*_: object, **__: object) -> Any:
        raise ValueError(text)

    return fail


def _rounds(organization: Organization) -> None:
    run_organization(organization.pk)
    advance_organization(organization.pk)
    set_going(organization)


def _seal(heard: io.StringIO) -> None:
    """Other databases of the server may hold transactions open for a while, and nothing newer is sealed."""
    waited = threading.Event()
    for _ in range(1_800):
        seal_audit(0)
        if "audit sealed" in heard.getvalue():
            return
        waited.wait(0.1)


def leaks(logged: str, organization: Organization) -> list[str]:
    """Every piece of personal data of this organization that stands in the logs."""
    with org_scope(organization), connections["default"].cursor() as cursor:
        cursor.execute(
            """SELECT given_name FROM people_person UNION SELECT family_name FROM people_person
               UNION SELECT value FROM people_number
               UNION SELECT right(value, 7) FROM people_number WHERE kind = 'phone'
               UNION SELECT body FROM messaging_message UNION SELECT remarks FROM desk_call
               UNION SELECT postal->>'line1' FROM people_number WHERE postal IS NOT NULL"""
        )
        found = {row[0] for row in cursor.fetchall() if row[0] and len(row[0]) > 5}
    assert len(found) > 100
    pieces = found | {REMARK, REPLY, WORDS, "Quixworthless", "Thursdayish", "Zyxwabe", *(row[3] for row in PEOPLE)}
    return sorted(piece for piece in pieces if piece.lower() in logged.lower())


def test_the_scan_finds_what_it_is_there_to_find(live: Organization, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("BECKON_HOME", str(tmp_path / "home"))
    _imports_that_go_well_wrong_and_back(live, tmp_path, domain_now(live), monkeypatch)
    person = _people(live)[0]
    assert leaks(f"sent to {person.family_name.upper()}", live)
    assert leaks(json.dumps({"to": "+12125550107"}), live)


LOGGERS = {"log", "logger", "logging"}
LEVELS = {"debug", "info", "warning", "error", "critical", "exception", "log"}


def test_no_log_call_prints_a_traceback_or_an_error_itself() -> None:
    """A traceback ends with the error's own words, and those quote rows, addresses and texts. The name is enough."""
    wrong = []
    for path in sorted((Path(__file__).resolve().parents[2] / "beckon").rglob("*.py")):
        if "tests" in path.parts or "node_modules" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and _is_log_call(node) and _quotes_an_error(node):
                wrong.append(f"{path.name}:{node.lineno}")
    assert wrong == []


def _is_log_call(call: ast.Call) -> bool:
    function = call.func
    if not isinstance(function, ast.Attribute) or not isinstance(function.value, ast.Name):
        return False
    return function.value.id in LOGGERS and function.attr in LEVELS


def _quotes_an_error(call: ast.Call) -> bool:
    assert isinstance(call.func, ast.Attribute)
    has_traceback = call.func.attr == "exception" or any(k.arg in ("exc_info", "stack_info") for k in call.keywords)
    is_built = bool(call.args) and not isinstance(call.args[0], ast.Constant)
    names = {argument.id for argument in call.args if isinstance(argument, ast.Name)}
    return has_traceback or is_built or bool(names & {"error", "exc", "e", "exception"})
