"""Addresses of the first pages."""

from django.urls import path

from beckon.web.home import views

urlpatterns = [
    path("", views.start, name="start"),
    path("o/<slug:slug>/", views.today, name="today"),
]
