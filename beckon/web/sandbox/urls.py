"""Addresses of what only a sandbox has."""

from django.urls import path

from beckon.web.sandbox import views

urlpatterns = [
    path("o/<slug:slug>/sandbox/clock/", views.clock, name="sandbox_clock"),
    path("o/<slug:slug>/sandbox/speed/", views.change_speed, name="sandbox_speed"),
]
