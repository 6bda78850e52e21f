"""Bringing a playbook into an organization: a version that never changes, its wording and scripts, and the sign-off."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from beckon.campaigns.errors import PlaybookError, PlaybookProblem
from beckon.campaigns.models import PlaybookVersion
from beckon.campaigns.playbooks.checks import wording_of
from beckon.campaigns.playbooks.reading import digest_of, parse_playbook
from beckon.campaigns.playbooks.schema import Playbook
from beckon.core.actors import Actor
from beckon.core.audit.actions import record_audit
from beckon.desk.models import Script
from beckon.messaging.models import Template
from beckon.messaging.wording.authoring import NotSaved, save_template
from beckon.messaging.wording.authoring import sign_off as sign_off_template


@dataclass(frozen=True, slots=True)
class SignedOff:
    """How much was signed: 0 where everything was before."""

    templates: int
    scripts: int


def install_playbook(definition: dict[str, Any], *, by: Actor, now: datetime) -> PlaybookVersion:
    """Store a checked definition as the next version of its key, with its wording and scripts as drafts.

    The newest version's definition again gives that version; an older one's comes back as a new version.
    Raises PlaybookError with every problem.
    """
    playbook = parse_playbook(definition)
    stored = playbook.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    stored["steps"] = [
        step.model_dump(mode="json", by_alias=True, exclude_defaults=True) | {"id": step.id, "kind": step.kind}
        for step in playbook.steps
    ]
    digest = digest_of(stored)
    versions = PlaybookVersion.objects.filter(key=playbook.key).order_by("-version")
    newest = versions.first()
    if newest is not None and newest.digest == digest:
        return newest
    version = PlaybookVersion.objects.create(
        key=playbook.key, version=newest.version + 1 if newest else 1, definition=stored, digest=digest, created_at=now
    )
    _save_wording(playbook, by, now)
    _save_scripts(playbook)
    record_audit(action="playbook.installed", object_kind="playbook_version", object_ids=[version.pk], by=by, now=now)
    return version


def sign_off_playbook(version: PlaybookVersion, name: str, *, by: Actor, now: datetime) -> SignedOff:
    """Sign the version, its wording and its scripts off under a person's name; what is signed stays as it is.

    Raises ValueError for an empty name.
    """
    if not name.strip():
        raise ValueError("a playbook is signed off by a named person")
    PlaybookVersion.objects.filter(pk=version.pk, signed_off_at=None).update(
        signed_off_by=name.strip(), signed_off_at=now
    )
    version.refresh_from_db()
    playbook = Playbook.model_validate(version.definition)
    keys = [playbook.template_key(template) for template in playbook.templates]
    open_templates = Template.objects.filter(key__in=keys, signed_off_at=None).order_by("pk")
    signed = [sign_off_template(template, name, by=by, now=now) for template in open_templates]
    scripts = Script.objects.filter(
        key__in=[playbook.template_key(script) for script in playbook.scripts], signed_off_at=None
    ).update(signed_off_by=name.strip(), signed_off_at=now)
    record_audit(
        action="playbook.signed_off",
        object_kind="playbook_version",
        object_ids=[version.pk],
        by=by,
        now=now,
        detail={"templates": sum(signed), "scripts": scripts},
    )
    return SignedOff(sum(signed), scripts)


def unsigned_wording(playbook: Playbook) -> list[str]:
    """Names of wordings and scripts of the playbook that have no signed-off version, with their language."""
    missing: list[str] = []
    for model, names in ((Template, playbook.templates), (Script, playbook.scripts)):
        wanted = {(playbook.template_key(name), language) for name in names for language in ("en", "es")}
        rows = model.objects.filter(key__in={key for key, _ in wanted}).exclude(signed_off_at=None)
        missing += [
            f"{key} ({language})" for key, language in sorted(wanted - set(rows.values_list("key", "language")))
        ]
    return missing


def _save_wording(playbook: Playbook, by: Actor, now: datetime) -> None:
    problems: list[PlaybookProblem] = []
    for name, template in playbook.templates.items():
        for language, words in (("en", template.en), ("es", template.es)):
            saved = save_template(wording_of(playbook, name, language, words), by=by, now=now)
            if isinstance(saved, NotSaved):
                place = f"templates.{name}.{language}"
                problems += [PlaybookProblem(place, finding.words) for finding in saved.errors]
    if problems:
        raise PlaybookError(playbook.key, problems)


def _save_scripts(playbook: Playbook) -> None:
    """A draft per language; an open draft is overwritten, a signed-off version followed by the next."""
    keys = [playbook.template_key(name) for name in playbook.scripts]
    newest = {
        (script.key, script.language): script
        for script in Script.objects.filter(key__in=keys).order_by("key", "language", "version")
    }
    for name, script in playbook.scripts.items():
        for language, body in (("en", script.en), ("es", script.es)):
            known = newest.get((playbook.template_key(name), language))
            if known is not None and known.body == body:
                continue
            if known is not None and known.signed_off_at is None:
                Script.objects.filter(pk=known.pk).update(body=body)
                continue
            Script.objects.create(
                key=playbook.template_key(name),
                language=language,
                body=body,
                version=known.version + 1 if known else 1,
            )
