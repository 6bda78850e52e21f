"""How a person is reached: numbers and addresses with their health, who shares them, and a text by hand."""

import secrets
from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from beckon.consent.facts import Channel, Purpose
from beckon.messaging.actions import queue_messages
from beckon.messaging.keys import manual_key
from beckon.messaging.values import AlreadyThere, NewMessage, NotQueued
from beckon.people.actions import add_email, add_phone, add_postal, end_contact_points, mark_number_dead
from beckon.people.models import ContactKind
from beckon.people.queries import household_of, lines_of
from beckon.web.access import CHANGES_PEOPLE, SEES_PEOPLE, PageRequest, page, record_look
from beckon.web.people import words
from beckon.web.people.forms import AddressForm, ContactForm, TextForm
from beckon.web.people.lines import point_lines
from beckon.web.people.profile import CLASS_OF_OWN, Profile
from beckon.web.people.queries import ledger_of, sender_of_texts, stopped_numbers, suppressed_on
from beckon.web.people.views.shared import back_to, open_profile, show, survivor_page

GOOD_FOR = timedelta(hours=24)
"""How long a text by hand may wait for a lawful hour before it is dropped."""
ENDINGS = ("wrong_person", "replaced", "dead")


@page(SEES_PEOPLE)
@require_http_methods(["GET", "POST"])
def person_contact(request: PageRequest, pk: int) -> HttpResponse:
    """Contact points with line type and health, the household, and a form to add a number or address."""
    profile = open_profile(request, pk, "contact")
    moved = survivor_page(request, profile, pk, "person-contact")
    if moved:
        return moved
    may_change = request.role in CHANGES_PEOPLE
    sent = request.POST if request.method == "POST" and may_change else None
    is_address = sent is not None and "line1" in sent
    form, address = ContactForm(None if is_address else sent), AddressForm(sent if is_address else None)
    if any(each.is_bound and each.is_valid() for each in (form, address)):
        _add(address if is_address else form, profile, request)
        messages.success(request, _("Added; it is tried first from now on."))
        return back_to(request, "person-contact", profile.person.pk)
    active = profile.active_points
    stopped = stopped_numbers(ledger_of([], [p.number_id for p in active]))
    suppressed = suppressed_on([p.value for p in active])
    household = lines_of(household_of(profile.person.pk)[:50])
    record_look(request, "people.listed", "person", [line.person.pk for line in household])
    return show(
        request,
        "people/contact.html",
        profile,
        "person-contact",
        points=point_lines(active, stopped, suppressed),
        ended=point_lines(profile.ended_points, {}, {}),
        household=household,
        relations=words.RELATIONS,
        form=form,
        address=address,
    )


def _add(form: ContactForm | AddressForm, profile: Profile, request: PageRequest) -> None:
    if isinstance(form, AddressForm):
        add_postal(profile.person.pk, form.address(), by=request.actor, now=request.now)
        return
    given = form.cleaned_data
    if given["kind"] == ContactKind.EMAIL:
        add_email(profile.person.pk, given["value"], by=request.actor, now=request.now)
        return
    add_phone(
        profile.person.pk,
        given["value"],
        line_type=form.line_type,
        use=given["use"],
        by=request.actor,
        now=request.now,
    )


@page(CHANGES_PEOPLE)
@require_POST
def person_contact_end(request: PageRequest, pk: int, point: int) -> HttpResponse:
    """End the person's link to a number (wrong person, replaced), or mark the number dead for everybody."""
    profile = open_profile(request, pk, "contact-end")
    found = next((p for p in profile.active_points if p.contact_point_id == point), None)
    why = request.POST.get("why", "")
    if found is None or why not in ENDINGS:
        raise Http404
    if why == "dead":
        mark_number_dead([found.number_id], "staff", by=request.actor, now=request.now)
        messages.success(request, _("The number is marked as not working, for everybody who has it."))
    else:
        end_contact_points([point], why, by=request.actor, now=request.now)
        messages.success(request, _("Ended. Others who use it keep it."))
    return back_to(request, "person-contact", profile.person.pk)


@page(CHANGES_PEOPLE)
@require_http_methods(["GET", "POST"])
def person_text(request: PageRequest, pk: int) -> HttpResponse:
    """Write one text by hand. The gate is asked like for every other message, here and at the moment of sending."""
    profile = open_profile(request, pk, "text")
    moved = survivor_page(request, profile, pk, "person-text")
    if moved:
        return moved
    permit = next(p for p in profile.permits if p.channel == Channel.SMS)
    sender = sender_of_texts(profile.everyone)
    form = TextForm(request.POST or None, initial={"form_id": secrets.token_hex(12)})
    if form.is_bound and form.is_valid() and permit.answer != "no" and sender is not None:
        return _text(form, profile, sender.pk, request)
    return show(
        request,
        "people/text.html",
        profile,
        "person",
        form=form,
        permit=permit,
        sender=sender,
    )


def _text(form: TextForm, profile: Profile, sender_id: int, request: PageRequest) -> HttpResponse:
    new = NewMessage(
        manual_key(form.cleaned_data["form_id"]),
        profile.person.pk,
        Channel.SMS,
        Purpose.INFORMATIONAL,
        sender_id,
        body=form.cleaned_data["body"],
        expires_at=request.now + GOOD_FOR,
        hipaa_class=CLASS_OF_OWN if profile.person.origin == "own" else "",
    )
    result = queue_messages([new], by=request.actor, now=request.now)[0]
    match result:
        case NotQueued(reason=reason):
            messages.error(request, _("Not sent: %(why)s") % {"why": words.why(reason)})
        case AlreadyThere():
            messages.info(request, _("This message is on its way already."))
        case _:
            record_look(request, "message.written", "person", [profile.person.pk], message=result.message_id)
            messages.success(request, _("The message is on its way."))
    return back_to(request, "person", profile.person.pk)
