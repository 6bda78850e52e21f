"""Users, their roles and invitations."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from beckon.core.models import Membership, Role
from beckon.core.staff.actions import NotChanged, add_member, end_membership
from beckon.core.staff.invitations import invite, invite_again, invited_at
from beckon.core.staff.joining import open_invitations, take_back
from beckon.web.access import SEES_SETTINGS, SETS_UP, PageRequest, page
from beckon.web.accounts.letters import send_invitation
from beckon.web.accounts.second_factor import take_off_all
from beckon.web.administration import queries
from beckon.web.administration.forms import Invite, RoleForm
from beckon.web.administration.presenters import STAFF_NOS
from beckon.web.roles import ROLE_HINTS, ROLE_NAMES

ROLES = [(ROLE_NAMES[role], ROLE_HINTS[role]) for role in Role]


@page(SEES_SETTINGS)
@require_safe
def users(request: PageRequest) -> HttpResponse:
    """Who works here, as what, and how they log in."""
    with_ended = "ended" in request.GET
    found = {
        "staff": queries.staff(with_ended=with_ended),
        "asked": open_invitations(days=settings.INVITATION_DAYS),
        "with_ended": with_ended,
        "may_change": request.role in SETS_UP,
        "roles": ROLES,
    }
    return render(request, "administration/users.html", found)


@page(SETS_UP)
@require_http_methods(["GET", "HEAD", "POST"])
def invite_user(request: PageRequest) -> HttpResponse:
    """Invite somebody by e-mail."""
    form = Invite(request.POST or None, initial={"role": Role.AGENT.value})
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        answer = invite(
            email=given["email"], role=Role(given["role"]), name=given["name"], by=request.actor, now=request.now
        )
        if not isinstance(answer, NotChanged):
            send_invitation(request, answer)
            messages.success(request, gettext("Invited. A letter is on its way to %s.") % answer.email)
            return redirect("settings_users", request.organization.slug)
        form.add_error("email", str(STAFF_NOS[answer.reason]))
    found = {"form": form, "roles": ROLES}
    return render(request, "administration/invite.html", found, status=400 if form.errors else 200)


@page(SETS_UP)
@require_http_methods(["GET", "HEAD", "POST"])
def user(request: PageRequest, user_id: int) -> HttpResponse:
    """One member: role, invitation, second factor, end."""
    row = _member(user_id)
    form = RoleForm(request.POST or None, initial={"role": row.role})
    if form.is_bound and form.is_valid():
        wanted = Role(form.cleaned_data["role"])
        answer = add_member(email=row.user.email, role=wanted, by=request.actor, now=request.now)
        if not isinstance(answer, NotChanged):
            messages.success(request, gettext("Saved. It is on record."))
            return redirect("settings_users", request.organization.slug)
        form.add_error("role", str(STAFF_NOS[answer.reason]))
    found: dict[str, Any] = {
        "form": form,
        "member": row,
        "roles": ROLES,
        "invited_at": invited_at(row.user),
        "works_elsewhere": queries.works_elsewhere(user_id),
        "is_oneself": user_id == request.user.pk,
    }
    return render(request, "administration/user.html", found, status=400 if form.errors else 200)


@page(SETS_UP)
@require_POST
def send_again(request: PageRequest, user_id: int) -> HttpResponse:
    """A new link for who has not come yet; the older one opens nothing any more."""
    answer = invite_again(user_id=user_id, by=request.actor, now=request.now)
    if isinstance(answer, NotChanged):
        raise Http404
    if answer.token:
        send_invitation(request, answer)
        messages.success(request, gettext("Sent again. The older link opens nothing any more."))
    else:
        messages.info(request, gettext("They have a password already: they log in as always."))
    return redirect("settings_users", request.organization.slug)


@page(SETS_UP)
@require_POST
def take_invitation_back(request: PageRequest, invitation_id: int) -> HttpResponse:
    """Take back that somebody with an account elsewhere was asked to join."""
    if not take_back(invitation_id, by=request.actor, now=request.now):
        raise Http404
    messages.success(request, gettext("Taken back."))
    return redirect("settings_users", request.organization.slug)


@page(SETS_UP)
@require_POST
def end(request: PageRequest, user_id: int) -> HttpResponse:
    """End a membership, or take an invitation back: what they hold on the desk is given back."""
    row = _member(user_id)
    answer = end_membership(email=row.user.email, by=request.actor, now=request.now)
    if isinstance(answer, NotChanged):
        messages.error(request, str(STAFF_NOS[answer.reason]))
        return redirect("settings_user", request.organization.slug, user_id)
    messages.success(request, gettext("%s is no member of this practice any more.") % row.user.email)
    return redirect("settings_users", request.organization.slug)


@page(SETS_UP)
@require_POST
def take_off_factors(request: PageRequest, user_id: int) -> HttpResponse:
    """Take a lost second factor off. Not one's own, and not of who works for another practice, too: the operator's."""
    row = _member(user_id)
    if user_id == request.user.pk or queries.works_elsewhere(user_id):
        messages.error(request, gettext("Only whoever runs the installation may do that for this user."))
    elif take_off_all(row.user, by=request.actor, practice=request.organization.name):
        messages.success(request, gettext("The second factor is off, and a letter tells them. They log in anew."))
    else:
        messages.info(request, gettext("They have no second factor."))
    return redirect("settings_user", request.organization.slug, user_id)


def _member(user_id: int) -> Membership:
    row = queries.member_by_id(user_id)
    if row is None:
        raise Http404
    return row
