"""Checking the whole chain: at once where it is short, else by a worker; the result is kept for the page."""

from django.core.cache import cache
from procrastinate.contrib.django import app

from beckon.core.actors import Actor
from beckon.core.audit.actions import record_audit
from beckon.core.audit.chain import verify_chain
from beckon.core.clock import domain_now, wall_now
from beckon.core.models import Organization
from beckon.core.tenancy import current_organization, org_scope
from beckon.web.audit.queries import ChainState, chain_state, result_key, seals

AT_ONCE = 10
"""Seals (of up to 5,000 entries) that are checked while one waits: about two seconds."""
SHOWN = 20


def check_now(*, by: Actor) -> ChainState | None:
    """Check inside the scope one is in and keep the result; None where it takes longer and a worker does it."""
    organization = current_organization()
    if seals() > AT_ONCE:
        check_audit_chain.defer(organization_id=organization.pk, actor=by.key)
        return None
    return _check(organization, by)


@app.task(name="beckon.check_audit_chain")
def check_audit_chain(organization_id: int, actor: str) -> None:
    """The same as a job, for millions of entries."""
    organization = Organization.objects.get(pk=organization_id)
    with org_scope(organization):
        _check(organization, Actor(actor))


def _check(organization: Organization, by: Actor) -> ChainState:
    report = verify_chain()
    kept = {
        "checked_at": wall_now(),
        "checked": report.sealed,
        "erased": report.erased,
        "broken": report.broken[:SHOWN],
    }
    cache.set(result_key(organization.pk), kept, timeout=None)
    record_audit(
        action="audit.verified",
        object_kind="audit",
        object_ids=[],
        by=by,
        now=domain_now(organization),
        detail={"sealed": report.sealed, "broken": len(report.broken)},
    )
    return chain_state()
