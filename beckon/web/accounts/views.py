"""A person's own account: name, second factors, sessions; taking up an invitation. Log-in itself is allauth's."""

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from beckon.core.models import User
from beckon.core.staff.invitations import LinkNo, accept, read_link
from beckon.core.staff.joining import answer, open_invitations_to
from beckon.web.access import PageRequest, public, signed_in
from beckon.web.accounts.forms import Name, TakeUpInvitation
from beckon.web.accounts.queries import factors_of, other_sessions, practices_of, session_of, sessions_of
from beckon.web.accounts.second_factor import is_required


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: PageRequest) -> HttpResponse:
    """Name, password, second factor, sessions and practices of whoever looks."""
    form = Name(request.POST or None, instance=User.objects.get(pk=request.user.pk))
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, gettext("Your name is saved."))
        return redirect("account_home")
    found = {
        "form": form,
        "factors": factors_of(request.user),
        "factor_required": is_required(request.user),
        "sessions": sessions_of(request.user, request.session.session_key),
        "practices": practices_of(request.user),
        "invitations": open_invitations_to(request.user, days=settings.INVITATION_DAYS).values(),
        "session_hours": settings.SESSION_HOURS,
    }
    return render(request, "accounts/account.html", found, status=400 if form.errors else 200)


@signed_in
@require_GET
def second_factor(request: PageRequest) -> HttpResponse:
    """App, passkeys and recovery codes; where the role asks for one and none is there, it says so first."""
    found = {"factors": factors_of(request.user), "required": is_required(request.user)}
    return render(request, "accounts/second_factor.html", found)


@signed_in
@require_POST
def end_session(request: PageRequest, session_id: int) -> HttpResponse:
    """Log off one of one's own sessions, somewhere else."""
    session = session_of(request.user, session_id)
    if session is None:
        raise Http404
    session.end()
    messages.success(request, gettext("That session has ended."))
    return redirect("account_home")


@signed_in
@require_POST
def end_other_sessions(request: PageRequest) -> HttpResponse:
    """Log off everywhere but here."""
    for session in other_sessions(request.user, request.session.session_key):
        session.end()
    messages.success(request, gettext("You are signed in here only."))
    return redirect("account_home")


@signed_in
@require_POST
def answer_invitation(request: PageRequest, invitation_id: int) -> HttpResponse:
    """Accept or decline to join a practice that has invited one."""
    accepts = request.POST.get("answer") == "accept"
    row = answer(invitation_id, request.user, accepts=accepts, days=settings.INVITATION_DAYS)
    if row is None:
        messages.warning(request, gettext("This invitation is over: it was answered, taken back, or is too old."))
    elif accepts:
        messages.success(request, gettext("You are a member of %s now.") % row.organization.name)
    else:
        messages.info(request, gettext("Declined. %s sees nothing of you.") % row.organization.name)
    return redirect("account_home")


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def still_here(request: HttpRequest) -> HttpResponse:
    """204 while the session lasts, else 401. A POST is an act: the person types or clicks. A GET asked by a page that
    nobody touches carries X-Beckon-Poll and is none."""
    return HttpResponse(status=204 if request.user.is_authenticated else 401)


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Name and password of somebody who was invited; then they are signed in."""
    found = read_link(token, days=settings.INVITATION_DAYS)
    if isinstance(found, LinkNo):
        return _link_is_over(request, found)
    form = TakeUpInvitation(request.POST or None, initial={"name": found.name})
    if request.method == "POST" and form.is_valid():
        taken = accept(
            token,
            name=form.cleaned_data["name"],
            password=form.cleaned_data["password"],
            days=settings.INVITATION_DAYS,
        )
        if isinstance(taken, User):
            return _welcome(request, taken)
        if isinstance(taken, LinkNo):
            return _link_is_over(request, taken)
        form.add_error("password", list(taken.details))
    page = {"form": form, "invitation": found, "signed_in": request.user.is_authenticated}
    return render(request, "accounts/invitation.html", page, status=400 if form.errors else 200)


def _welcome(request: HttpRequest, user: User) -> HttpResponse:
    if request.user.is_authenticated:  # somebody else sat at this browser
        request.session.flush()
    record_authentication(request, user, method="password", reauthenticated=True)
    welcome: HttpResponse = perform_login(request, Login(user=user, redirect_url="/"))
    return welcome


def _link_is_over(request: HttpRequest, why: LinkNo) -> HttpResponse:
    return render(request, "accounts/invitation_over.html", {"is_expired": why is LinkNo.EXPIRED}, status=410)


@public
@require_GET
def no_sign_up(request: HttpRequest) -> HttpResponse:
    """Accounts are made by invitation."""
    return render(request, "account/signup_closed.html", {})


@signed_in
@require_GET
def to_account(request: PageRequest) -> HttpResponseRedirect:
    """Everything of one's own is on one page."""
    return HttpResponseRedirect(reverse("account_home"))


@signed_in
@require_GET
def to_second_factor(request: PageRequest) -> HttpResponseRedirect:
    """Passkeys stand on the page of the second factor."""
    return HttpResponseRedirect(reverse("mfa_index"))
