"""Addresses of the help."""

from django.urls import path

from beckon.web.help import views

urlpatterns = [
    path("help/", views.contents, name="help"),
    path("help/<slug:name>/", views.chapter, name="help_chapter"),
]
