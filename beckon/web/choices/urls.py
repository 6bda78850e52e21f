"""Addresses of the choices anybody has."""

from django.urls import path

from beckon.web.choices import views

urlpatterns = [
    path("language/", views.set_language, name="set_language"),
    path("theme/", views.set_theme, name="set_theme"),
]
