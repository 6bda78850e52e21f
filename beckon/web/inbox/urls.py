"""Addresses of the answers to read."""

from django.urls import path

from beckon.web.inbox import views

urlpatterns = [
    path("o/<slug:slug>/inbox/", views.inbox, name="inbox"),
    path("o/<slug:slug>/inbox/count/", views.count, name="inbox_count"),
    path("o/<slug:slug>/inbox/<int:message_id>/", views.conversation, name="inbox_one"),
    path("o/<slug:slug>/inbox/<int:message_id>/answer/", views.answer, name="inbox_answer"),
    path("o/<slug:slug>/inbox/<int:message_id>/done/", views.settle, name="inbox_settle"),
]
