"""One of everything in a practice, so that every address of the site can be opened, and the arguments they take.

A new address needs nothing here while its arguments are among SAMPLES; else one line.
"""

from collections.abc import Callable
from datetime import UTC, datetime

from beckon.campaigns.drafts import start_draft
from beckon.campaigns.models import Campaign
from beckon.campaigns.playbooks.installing import install_playbook
from beckon.campaigns.playbooks.reading import FOLDER, read_definition
from beckon.channels.models import Sender
from beckon.core.actors import SYSTEM
from beckon.core.audit.models import AuditEntry
from beckon.core.models import Membership, Organization, Role, User
from beckon.desk.actions import install_default_dispositions
from beckon.desk.models import Script
from beckon.messaging.models import Template
from beckon.people.models import Import, Person, Source
from beckon.scheduling.models import Clinician, Location, VisitType
from beckon.segments.models import Segment
from beckon.web.addresses import Address

PASSWORD = "four unrelated quiet lamps"
NOW = datetime(2026, 11, 16, 15, 0, tzinfo=UTC)


def make_world() -> None:
    """Inside the scope of a practice."""
    Person.objects.create(given_name="Maria", family_name="Lopez", state="NY", created_at=NOW, updated_at=NOW)
    source = Source.objects.create(name="Prospects", created_at=NOW)
    Import.objects.create(source=source, file_name="prospects.csv", file_sha256="0" * 64, by="system:beckon", at=NOW)
    place = Location.objects.create(name="Main Street", time_zone="America/New_York")
    Clinician.objects.create(name="Dr Sample", location=place, weekly_hours={"mon": [["09:00", "12:00"]]})
    VisitType.objects.create(name="First visit")
    Sender.objects.create(name="Texts", channel="sms", carrier="sandbox", address="+12125550100")
    Segment.objects.create(
        name="Everybody", definition={"everyone": True}, by="system:beckon", created_at=NOW, updated_at=NOW
    )
    install_default_dispositions(by=SYSTEM, now=NOW)
    version = install_playbook(read_definition(FOLDER / "reactivation" / "playbook.yaml"), by=SYSTEM, now=NOW)
    start_draft(name="Come back", version=version, agents=1, starts_at=NOW, by=SYSTEM, now=NOW)


def make_members(practice: Organization) -> dict[Role, User]:
    """A member of each role."""
    found = {}
    for role in Role:
        found[role] = User.objects.create_user(f"{role}@example.org", None, name=f"Some {role}")
        Membership.objects.create(user=found[role], organization=practice, role=role)
    return found


def _first(model: type) -> Callable[[], object]:
    return lambda: model.objects.order_by("pk").values_list("pk", flat=True).first() or 1  # type: ignore[attr-defined]


SAMPLES: dict[str, Callable[[], object]] = {
    "slug": lambda: "test",
    "person_id": _first(Person),
    "segment_id": _first(Segment),
    "user_id": _first(User),
    "sender_id": _first(Sender),
    "template_id": _first(Template),
    "script_id": _first(Script),
    "location_id": _first(Location),
    "clinician_id": _first(Clinician),
    "visit_type_id": _first(VisitType),
    "entry_id": _first(AuditEntry),
    "code": lambda: "LOST",
    "key": lambda: "reactivation",
    "week": lambda: "2026-11-16",
    "language": lambda: "en",
    "uidb36": lambda: "1",
    "people/pk": _first(Person),
    "campaigns/pk": _first(Campaign),
    "import/pk": _first(Import),
}
"""Parameter, or the word before it and the parameter, to a value. Others: 1 for numbers, `x` for words."""


def path_of(address: Address) -> str:
    """The address with arguments in it."""
    path = address.route
    for kind, name in address.parameters:
        placed = f"<{kind}:{name}>" if f"<{kind}:{name}>" in path else f"<{name}>"
        word = path.split(placed)[0].rstrip("/").rsplit("/", 1)[-1]
        sample = SAMPLES.get(f"{word}/{name}") or SAMPLES.get(name)
        value = sample() if sample else 1 if kind == "int" else "x"
        path = path.replace(placed, str(value), 1)
    return path
