"""Changing an organization's playbook: a copy under a key of its own, and edits that become its next version."""

from copy import deepcopy
from datetime import datetime
from typing import Any

from beckon.campaigns.errors import PlaybookError, PlaybookProblem
from beckon.campaigns.models import PlaybookVersion
from beckon.campaigns.playbooks.installing import install_playbook
from beckon.campaigns.playbooks.reading import library_keys, parse_playbook
from beckon.core.actors import Actor
from beckon.core.wording.words import Words

_TAKEN = Words(
    "there is a playbook of this name already; choose another", "ya hay un guion de campaña con este nombre; elija otro"
)
_LIBRARY = Words(
    "playbooks of the library are not edited; make a copy", "los guiones de la biblioteca no se editan; haga una copia"
)
_NEWER = Words(
    "somebody has saved a newer version meanwhile; open it again",
    "alguien guardó una versión más nueva entretanto; ábralo de nuevo",
)
_KEY_STAYS = Words(
    "the name of a playbook stays; make a copy to have another",
    "el nombre de un guion no cambia; haga una copia para tener otro",
)


def copy_playbook(
    version: PlaybookVersion, *, key: str, title: dict[str, str], by: Actor, now: datetime
) -> PlaybookVersion:
    """A playbook of the organization's own that begins as `version` does. Raises PlaybookError; a key may be taken."""
    if key in library_keys() or PlaybookVersion.objects.filter(key=key).exists():
        raise PlaybookError(key, [PlaybookProblem("key", _TAKEN)])
    definition = deepcopy(version.definition)
    definition |= {"key": key, "title": title}
    return install_playbook(definition, by=by, now=now)


def save_edit(version: PlaybookVersion, definition: dict[str, Any], *, by: Actor, now: datetime) -> PlaybookVersion:
    """Store an edit of the newest version as the next one; nothing changed gives the version there is.

    Versions never change, so whoever runs on an older one goes on as it was. Raises PlaybookError with every problem,
    for a playbook of the library (copy it), and when `version` is not the newest any more.
    """
    if version.key in library_keys():
        raise PlaybookError(version.key, [PlaybookProblem("key", _LIBRARY)])
    newest = PlaybookVersion.objects.select_for_update().filter(key=version.key).order_by("-version").first()
    if newest is None or newest.pk != version.pk:
        raise PlaybookError(version.key, [PlaybookProblem("version", _NEWER)])
    if definition.get("key") != version.key:
        raise PlaybookError(version.key, [PlaybookProblem("key", _KEY_STAYS)])
    parse_playbook(definition)
    return install_playbook(definition, by=by, now=now)
