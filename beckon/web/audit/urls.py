"""Addresses of the audit record."""

from django.urls import path

from beckon.web.audit import views

START = "o/<slug:slug>/audit/"
urlpatterns = [
    path(START, views.audit, name="audit"),
    path(START + "export/", views.export, name="audit_export"),
    path(START + "verify/", views.verify, name="audit_verify"),
    path(START + "<int:entry_id>/", views.entry, name="audit_entry"),
]
