"""Addresses of the site. The pages come with the issue after the main job; until then there are none."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
