"""Saving and signing off wording. A signed-off version is never changed; the database refuses it too."""

from dataclasses import dataclass
from datetime import datetime

from beckon.core.actors import Actor
from beckon.core.audit.actions import record_audit
from beckon.messaging.models import Template
from beckon.messaging.wording.checks import Finding, Wording, check_wording


@dataclass(frozen=True, slots=True)
class Saved:
    """The stored version, and warnings to look at before it is signed off."""

    template: Template
    warnings: tuple[Finding, ...] = ()
    is_new: bool = True


@dataclass(frozen=True, slots=True)
class NotSaved:
    """Nothing was stored; the errors say on which line and what to do."""

    errors: tuple[Finding, ...]


def save_template(wording: Wording, *, by: Actor, now: datetime) -> Saved | NotSaved:
    """Check and store wording. Same words as the newest version: that one again.

    An open draft is overwritten, a signed-off version is followed by the next one.
    """
    findings = check_wording(wording)
    errors = tuple(finding for finding in findings if finding.is_error)
    if errors:
        return NotSaved(errors)
    same_name = Template.objects.filter(
        key=wording.key, channel=wording.channel.value, language=wording.language
    ).select_for_update()
    newest = same_name.order_by("-version").first()
    words = {"subject": wording.subject, "body": wording.body, "back": wording.back}
    if newest is not None and words == {name: getattr(newest, name) for name in words}:
        return Saved(newest, tuple(findings), is_new=False)
    if newest is not None and newest.signed_off_at is None:
        for name, value in words.items():
            setattr(newest, name, value)
        newest.save(update_fields=list(words))
        template = newest
    else:
        highest = newest.version if newest is not None else 0
        template = Template.objects.create(
            key=wording.key, channel=wording.channel.value, language=wording.language, version=highest + 1, **words
        )
    record_audit(
        action="template.saved",
        object_kind="template",
        object_ids=[template.pk],
        by=by,
        now=now,
        detail={"key": template.key, "language": template.language, "version": template.version},
    )
    return Saved(template, tuple(findings))


def sign_off(template: Template, name: str, *, by: Actor, now: datetime) -> bool:
    """Fix a version for good under a person's name. False when it was signed off before (nothing changes).

    Raises ValueError for an empty name.
    """
    if not name.strip():
        raise ValueError("a template is signed off by a named person")
    changed = Template.objects.filter(pk=template.pk, signed_off_at=None).update(
        signed_off_by=name.strip(), signed_off_at=now
    )
    if changed != 1:
        return False
    template.refresh_from_db()
    record_audit(
        action="template.signed_off",
        object_kind="template",
        object_ids=[template.pk],
        by=by,
        now=now,
        detail={"key": template.key, "language": template.language, "version": template.version},
    )
    return True
