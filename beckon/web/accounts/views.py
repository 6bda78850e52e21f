"""A person's own account: name, second factors, sessions. Log-in itself is allauth's."""

from django.http import HttpResponse
from django.shortcuts import render

from beckon.web.access import PageRequest, signed_in


@signed_in
def account(request: PageRequest) -> HttpResponse:
    """What belongs to one's account, with links."""
    return render(request, "accounts/account.html", {})
