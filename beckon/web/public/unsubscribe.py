"""A patient's way out: the page behind the link in every e-mail, and its one-click form (RFC 8058)."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from beckon.consent.actions import OptOut, record_opt_out
from beckon.consent.facts import ALL
from beckon.core import actors
from beckon.core.clock import domain_now
from beckon.core.models import Organization
from beckon.core.tenancy import org_scope
from beckon.messaging.wording.links import Unsubscribe, read_unsubscribe_token
from beckon.web.access import public
from beckon.web.public.queries import Addressee, addressee_of, organization_numbered


@csrf_exempt  # mail programs post here by themselves; the token is the proof, and the act only ever stops something
@public
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks, POST ends e-mail (or everything, with what=all) to this address at once. Opening the link changes
    nothing: mail filters open links. A forged token is 404; a second POST says the same as the first."""
    named = _read(token)
    organization = organization_numbered(named.organization_id) if named else None
    if named is None or organization is None:
        raise Http404
    with org_scope(organization):
        addressee = addressee_of(named.person_id, named.number_id)
        if addressee is None:
            raise Http404
        done = ""
        if request.method == "POST":
            done = "all" if request.POST.get("what") == "all" else "email"
            _stop(organization, addressee, everything=done == "all")
        return _page(request, organization, addressee, done)


def _read(token: str) -> Unsubscribe | None:
    try:
        return read_unsubscribe_token(token)
    except ValueError:
        return None


def _stop(organization: Organization, addressee: Addressee, *, everything: bool) -> None:
    stop = OptOut(
        evidence="unsubscribe link in an e-mail",
        person_id=addressee.person_id,
        number_id=addressee.number_id,
        channel=ALL if everything else "email",
    )
    record_opt_out([stop], by=actors.person(addressee.person_id), now=domain_now(organization))


def _page(request: HttpRequest, organization: Organization, addressee: Addressee, done: str) -> HttpResponse:
    chosen = request.COOKIES.get("django_language")
    with translation.override(chosen if chosen in ("en", "es") else addressee.language):
        context = {"practice": organization.name, "address": addressee.masked, "done": done}
        return render(request, "public/unsubscribe.html", context)
