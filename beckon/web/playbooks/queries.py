"""What the playbook pages read."""

from dataclasses import dataclass

from django.db.models import Count, Max, Q

from beckon.campaigns.models import PlaybookVersion
from beckon.campaigns.playbooks.reading import installed, library_keys
from beckon.campaigns.playbooks.schema import Playbook


@dataclass(frozen=True)
class Listed:
    """A playbook of the organization, newest version. `running`: campaigns under way on any version of it."""

    version: PlaybookVersion
    playbook: Playbook
    is_library: bool
    running: int


def newest_versions() -> list[Listed]:
    """Every playbook of the organization by key."""
    latest = PlaybookVersion.objects.values("key").annotate(last=Max("version"))
    wanted = Q(pk__in=[])
    for row in latest:
        wanted |= Q(key=row["key"], version=row["last"])
    running = Count("campaigns", filter=Q(campaigns__status__in=["running", "paused"]))
    counts = {row["key"]: row["n"] for row in PlaybookVersion.objects.values("key").annotate(n=running)}
    library = set(library_keys())
    return [
        Listed(row, playbook_of(row), row.key in library, counts.get(row.key, 0))
        for row in PlaybookVersion.objects.filter(wanted).order_by("key")
    ]


def versions_of(key: str) -> list[PlaybookVersion]:
    """All versions of a playbook, newest first."""
    return list(PlaybookVersion.objects.filter(key=key).order_by("-version"))


def playbook_of(version: PlaybookVersion) -> Playbook:
    """The checked playbook of a version."""
    return installed(version.digest, version.definition)
