"""The roles in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from beckon.core.models import Role

ROLE_NAMES: dict[Role, str | Promise] = {
    Role.ADMINISTRATOR: _("Administrator"),
    Role.MANAGER: _("Manager"),
    Role.SUPERVISOR: _("Supervisor"),
    Role.AGENT: _("Agent"),
    Role.SCHEDULER: _("Scheduler"),
    Role.ANALYST: _("Analyst"),
    Role.AUDITOR: _("Auditor"),
}
ROLE_HINTS: dict[Role, str | Promise] = {
    Role.ADMINISTRATOR: _("Everything, and settings, users and roles."),
    Role.MANAGER: _("People, imports, campaigns, reports; reads the settings."),
    Role.SUPERVISOR: _("The desk and its floor, people, reports; sees campaigns."),
    Role.AGENT: _("Calls: the desk and the people called."),
    Role.SCHEDULER: _("Books and moves appointments, works the desk."),
    Role.ANALYST: _("Figures and reports without names."),
    Role.AUDITOR: _("Sees everything, changes nothing."),
}
