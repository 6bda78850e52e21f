"""The letter that invites somebody, sent after the commit; a mail server that is down is told on the page."""

import logging
from smtplib import SMTPException

from django.conf import settings
from django.contrib import messages
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext, override

from beckon.core.staff.invitations import Invited
from beckon.web.access import PageRequest
from beckon.web.roles import ROLE_NAMES

log = logging.getLogger("beckon.web")


def send_invitation(request: PageRequest, invited: Invited) -> None:
    """Write to the invited person in the practice's language, once the invitation is recorded."""
    path = reverse("invitation", args=[invited.token]) if invited.token else ""
    with override(request.organization.language):
        subject = gettext("Your invitation to Beckon") if path else gettext("A practice was added to your account")
        facts = {
            "practice": request.organization.name,
            "role": ROLE_NAMES[invited.role],
            "link": request.build_absolute_uri(path) if path else "",
            "home": request.build_absolute_uri(f"/o/{request.organization.slug}/"),
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
