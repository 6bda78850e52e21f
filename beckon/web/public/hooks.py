"""Where vendors deliver receipts and replies: checked, kept, answered; understood later by a worker."""

import logging

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from beckon.channels.carriers.errors import CallbackRefusedError, MisconfiguredError
from beckon.channels.carriers.registry import build_carrier
from beckon.core.tenancy import org_scope
from beckon.messaging.receiving.inbox import store_callbacks
from beckon.web.access import public
from beckon.web.public.queries import organization_numbered
from beckon.web.public.senders import sender_numbered

log = logging.getLogger("beckon.web")

LONGEST = 256 * 1024
"""Bytes of a callback we read; vendors send a few hundred."""


@csrf_exempt  # a vendor has no cookie of ours; its signature is checked instead
@public
@require_POST
def receive(request: HttpRequest, organization_id: int, sender_id: int) -> HttpResponse:
    """Store what one callback says, durable before the answer (204). The same callback again stores nothing.

    403 when it is not signed by the vendor, 404 for a sender that is not there, 413 when it is too long: vendors try
    again after any of them.
    """
    if int(request.headers.get("Content-Length") or 0) > LONGEST:
        return HttpResponse(status=413)
    organization = organization_numbered(organization_id)
    if organization is None:
        return HttpResponse(status=404)
    with org_scope(organization):
        sender = sender_numbered(sender_id)
        if sender is None:
            return HttpResponse(status=404)
        headers = {name.lower(): value for name, value in request.headers.items()}
        url = settings.BASE_URL + request.get_full_path()
        try:
            items = build_carrier(sender.carrier, sender.config).parse_callback(headers, request.body, url=url)
        except (CallbackRefusedError, MisconfiguredError) as refusal:
            log.warning(
                "callback refused organization=%s sender=%s why=%s", organization_id, sender_id, type(refusal).__name__
            )
            return HttpResponse(status=403)
        store_callbacks(items, sender_id=sender.pk, carrier=sender.carrier)
    return HttpResponse(status=204)
