"""Addresses of the site: all of them are pages."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [path("", include("beckon.web.urls"))]
