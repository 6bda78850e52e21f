"""The site's main menu: one line per area, with those who may go there."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from beckon.core.models import Role
from beckon.web import access


@dataclass(frozen=True)
class Entry:
    """An area of the menu; `path` follows /o/<slug>/, so does `count`, which says how much waits there."""

    name: str | Promise
    path: str
    icon: str
    roles: frozenset[Role]
    count: str = ""


AREAS: tuple[Entry, ...] = (
    Entry(_("Home"), "", "home", access.EVERYONE),
    Entry(_("Desk"), "desk/", "headset", access.WORKS_DESK),
    Entry(_("Inbox"), "inbox/", "inbox", access.SEES_PEOPLE, "inbox/count/"),
    Entry(_("People"), "people/", "users", access.SEES_PEOPLE),
    Entry(_("Campaigns"), "campaigns/", "speakerphone", access.SEES_CAMPAIGNS),
    Entry(_("Playbooks"), "playbooks/", "route", access.SEES_CAMPAIGNS),
    Entry(_("Segments"), "segments/", "filter", access.SEES_CAMPAIGNS),
    Entry(_("Import"), "import/", "file-import", access.RUNS_CAMPAIGNS),
    Entry(_("Reports"), "reports/", "chart-bar", access.SEES_FIGURES),
    Entry(_("Audit"), "audit/", "shield-check", access.AUDITS),
    Entry(_("Settings"), "settings/", "settings", access.SEES_SETTINGS),
)


@dataclass(frozen=True)
class Link:
    """An entry as one person sees it."""

    name: str | Promise
    url: str
    icon: str
    is_here: bool
    count_url: str = ""


def entries_for(role: Role | None, slug: str, path: str) -> tuple[Link, ...]:
    """The areas `role` may open; the one that `path` lies in is marked."""
    start = f"/o/{slug}/"
    found = []
    for entry in AREAS:
        if role not in entry.roles:
            continue
        url = start + entry.path
        here = path == url if not entry.path else path.startswith(url)
        found.append(Link(entry.name, url, entry.icon, here, start + entry.count if entry.count else ""))
    return tuple(found)
