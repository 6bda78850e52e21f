"""Addresses that patients and vendors use: no log-in, everything proven by a token or a signature."""

from django.urls import path

from beckon.web.public import hooks, unsubscribe

urlpatterns = [
    path("u/<str:token>", unsubscribe.unsubscribe, name="unsubscribe"),
    path("hooks/<int:organization_id>/<int:sender_id>", hooks.receive, name="hook"),
]
