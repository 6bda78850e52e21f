"""Letters to staff: the invitation, sent after the commit, and the password link, sent by a worker."""

import logging
from smtplib import SMTPException

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.contrib import messages
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext, override
from procrastinate.contrib.django import app

from beckon.core.models import Membership, User
from beckon.core.staff.invitations import Invited
from beckon.core.staff.joining import Asked
from beckon.web.access import PageRequest
from beckon.web.roles import ROLE_NAMES

log = logging.getLogger("beckon.web")


def send_invitation(request: PageRequest, invited: Invited | Asked) -> None:
    """Write to the invited person in the practice's language, once the invitation is recorded."""
    is_new = isinstance(invited, Invited)
    path = reverse("invitation", args=[invited.token]) if isinstance(invited, Invited) and invited.token else ""
    with override(request.organization.language):
        subject = gettext("Your invitation to Beckon") if is_new else gettext("A practice invites you to join")
        facts = {
            "practice": request.organization.name,
            "role": ROLE_NAMES[invited.role],
            "link": request.build_absolute_uri(path) if path else "",
            "account": request.build_absolute_uri(reverse("account_home")),
            "days": settings.INVITATION_DAYS,
        }
        body = render_to_string("accounts/invitation_letter.txt", facts)

    def deliver() -> None:
        try:
            send_mail(subject, body, None, [invited.email])
        except (SMTPException, OSError) as error:
            log.error("invitation not sent user=%s error=%s", invited.user_id, type(error).__name__)
            told = gettext("The e-mail could not be sent. Send the invitation again once the mail server works.")
            messages.error(request, told)

    transaction.on_commit(deliver)


def tell_factors_gone(user: User, *, practice: str) -> None:
    """Write to somebody whose second factor was taken off, so that it is not done behind their back."""
    row = Membership.objects.select_related("organization").filter(user_id=user.pk, ended_at=None).first()
    with override(row.organization.language if row else "en"):
        subject = gettext("Your second factor for Beckon was taken off")
        body = render_to_string("accounts/factors_gone_letter.txt", {"practice": practice})

    def deliver() -> None:
        try:
            send_mail(subject, body, None, [user.email])
        except (SMTPException, OSError) as error:
            log.error("letter about factors not sent user=%s error=%s", user.pk, type(error).__name__)

    transaction.on_commit(deliver)


@app.task(name="beckon.send_password_link", pass_context=False)
def send_password_link(email: str, origin: str, language: str) -> None:
    """Write to the user with this e-mail, if there is one, where a new password is set. `origin`: scheme and host."""
    user = User.objects.filter(email=email, is_active=True).first()
    if user is None:
        return
    key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"}).replace("UID-KEY", key)
    with override(language):
        facts = {"password_reset_url": origin.rstrip("/") + path}
        subject = render_to_string("account/email/password_reset_key_subject.txt", facts).strip()
        body = render_to_string("account/email/password_reset_key_message.txt", facts)
    try:
        send_mail(subject, body, None, [user.email])
    except (SMTPException, OSError) as error:
        log.error("password link not sent user=%s error=%s", user.pk, type(error).__name__)


def defer_password_link(email: str, *, origin: str, language: str) -> None:
    """Have a worker send the link. The same work whoever asks, and whether or not there is such an account."""
    send_password_link.defer(email=email, origin=origin, language=language)
