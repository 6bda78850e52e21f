"""A person's consent: what holds and why, the ledger behind it, and recording a change with its evidence."""

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from beckon.consent.actions import Grant, OptIn, OptOut, record_consent, record_opt_in, record_opt_out
from beckon.consent.facts import Basis, Channel
from beckon.consent.rules import explain_contact
from beckon.core.actors import Actor
from beckon.web.access import CHANGES_PEOPLE, SEES_PEOPLE, PageRequest, page
from beckon.web.people import words
from beckon.web.people.consent_table import PURPOSES, Holding, LedgerEntry, holdings
from beckon.web.people.forms import GRANT, OPT_OUT, ConsentForm
from beckon.web.people.lines import CheckLine, check_lines, holding_lines, ledger_lines
from beckon.web.people.profile import Profile, ask_about
from beckon.web.people.queries import actor_names, ledger_of
from beckon.web.people.views.shared import back_to, open_profile, show, survivor_page
from beckon.web.templatetags.beckon import phone


@page(SEES_PEOPLE)
@require_http_methods(["GET", "POST"])
def person_consent(request: PageRequest, pk: int) -> HttpResponse:
    """Channel by purpose: state, since when, evidence, who. A change is appended, never edited."""
    profile = open_profile(request, pk, "consent")
    moved = survivor_page(request, profile, pk, "person-consent")
    if moved:
        return moved
    numbers = [(p.number_id, phone(p.text)) for p in profile.active_points if p.kind != "postal"]
    may_change = request.role in CHANGES_PEOPLE
    form = ConsentForm(request.POST if request.method == "POST" and may_change else None, numbers=numbers)
    if form.is_bound and form.is_valid():
        _record(form, profile, request)
        messages.success(request, _("Recorded. It holds from this moment on."))
        return back_to(request, "person-consent", profile.person.pk)
    ledger = ledger_of(profile.everyone, [p.number_id for p in profile.active_points])
    names = actor_names(entry.actor for entry in ledger)
    return show(
        request,
        "people/consent.html",
        profile,
        "person-consent",
        table=holding_lines(_table(profile, ledger), names),
        ledger=ledger_lines(ledger, names, {p.number_id: phone(p.text) for p in profile.card.points}),
        checks=_checks(profile, request),
        form=form,
    )


def _record(form: ConsentForm, profile: Profile, request: PageRequest) -> None:
    given = form.cleaned_data
    number = int(given["number"]) if given["number"] else None
    person, channel, purpose, evidence = profile.person.pk, given["channel"], given["purpose"], given["evidence"]
    by: Actor = request.actor
    if given["what"] == OPT_OUT:
        stop = OptOut(evidence=evidence, person_id=person, number_id=number, channel=channel, purpose=purpose)
        record_opt_out([stop], by=by, now=request.now)
    elif given["what"] == GRANT:
        basis = Basis(given["basis"])
        grant = Grant(person, channel, basis, evidence, number_id=number, purpose=purpose)
        record_consent([grant], by=by, now=request.now)
    else:
        basis = Basis(given["basis"] or Basis.EXPRESS)
        resume = OptIn(evidence, person_id=person, number_id=number, channel=channel, purpose=purpose, basis=basis)
        record_opt_in([resume], by=by, now=request.now)


def _table(profile: Profile, ledger: list[LedgerEntry]) -> list[Holding]:
    asks = {(c, p): ask_about(profile.person, c, p) for c in Channel for p in PURPOSES}
    people = frozenset(profile.everyone) | {profile.person.pk}
    return holdings(profile.facts, ledger, asks, profile.policy, people)


def _checks(profile: Profile, request: PageRequest) -> list[tuple[str, list[CheckLine]]]:
    """Every check of the gate, channel by channel, for an ordinary message now."""
    points = {p.contact_point_id: phone(p.value) for p in profile.card.points}
    return [
        (
            str(words.CHANNELS[channel]),
            check_lines(
                explain_contact(profile.facts, ask_about(profile.person, channel), request.now, profile.policy), points
            ),
        )
        for channel in Channel
    ]
