"""Addresses of playbooks."""

from django.urls import path

from beckon.web.playbooks import views

START = "o/<slug:slug>/playbooks/"

urlpatterns = [
    path(START, views.library, name="playbooks"),
    path(START + "<slug:key>/", views.playbook, name="playbook"),
    path(START + "<slug:key>/copy/", views.copy, name="playbook_copy"),
    path(START + "<slug:key>/sign/", views.sign, name="playbook_sign"),
    path(START + "<slug:key>/arrange/", views.arrange, name="playbook_arrange"),
    path(START + "<slug:key>/text/", views.text, name="playbook_text"),
    path(START + "<slug:key>/wording/<slug:name>/", views.wording, name="playbook_wording"),
    path(START + "<slug:key>/wording/<slug:name>/check/", views.check_wording, name="playbook_wording_check"),
    path(START + "<slug:key>/scripts/<slug:name>/", views.script, name="playbook_script"),
    path(START + "<slug:key>/steps/<slug:step_id>/", views.step, name="playbook_step"),
]
