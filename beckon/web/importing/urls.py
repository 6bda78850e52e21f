"""Addresses of the import's pages."""

from django.urls import path

from beckon.web.importing.views import running, sending

_ALL = "o/<slug:slug>/import/"
_ONE = f"{_ALL}<int:pk>/"

urlpatterns = [
    path(_ALL, sending.imports, name="imports"),
    path(f"{_ALL}send/", sending.import_send, name="import-send"),
    path(f"{_ALL}file/<slug:token>/", sending.import_draft, name="import-draft"),
    path(f"{_ALL}file/<slug:token>/forget/", sending.import_forget, name="import-forget"),
    path(_ONE, running.import_run, name="import-run"),
    path(f"{_ONE}reasons/", running.import_reasons, name="import-reasons"),
    path(f"{_ONE}start/", running.import_start, name="import-start"),
    path(f"{_ONE}cancel/", running.import_cancel, name="import-cancel"),
    path(f"{_ONE}resume/", running.import_resume, name="import-resume"),
    path(f"{_ONE}undo/", running.import_undo, name="import-undo"),
    path(f"{_ONE}report/<slug:report>/", running.import_report, name="import-report"),
]
