"""All addresses, area by area. Each area's are in its own urls.py."""

from django.urls import include, path

AREAS = (
    "desk",
    "inbox",
    "choices",
    "accounts",
    "gallery",
    "home",
    "public",
    "sandbox",
    "segments",
    "playbooks",
    "campaigns",
    "reports",
    "people",
    "importing",
    "administration",
    "audit",
    "help",
    "health",
)

urlpatterns = [path("", include(f"beckon.web.{area}.urls")) for area in AREAS]
