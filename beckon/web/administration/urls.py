"""Addresses of the settings."""

from django.urls import path

from beckon.web.administration.views import (
    care,
    dispositions,
    policy,
    practice,
    senders,
    sources,
    suppression,
    users,
    wording,
)

START = "o/<slug:slug>/settings/"
urlpatterns = [
    path(START, practice.overview, name="settings"),
    path(START + "practice/", practice.practice, name="settings_practice"),
    path(START + "practice/locations/new/", practice.location, name="settings_new_location"),
    path(START + "practice/locations/<int:location_id>/", practice.location, name="settings_location"),
    path(START + "practice/clinicians/new/", care.clinician, name="settings_new_clinician"),
    path(START + "practice/clinicians/<int:clinician_id>/", care.clinician, name="settings_clinician"),
    path(START + "practice/visit-types/new/", care.visit_type, name="settings_new_visit_type"),
    path(START + "practice/visit-types/<int:visit_type_id>/", care.visit_type, name="settings_visit_type"),
    path(START + "users/", users.users, name="settings_users"),
    path(START + "users/invite/", users.invite_user, name="settings_invite"),
    path(
        START + "users/invitations/<int:invitation_id>/take-back/",
        users.take_invitation_back,
        name="settings_take_invitation_back",
    ),
    path(START + "users/<int:user_id>/", users.user, name="settings_user"),
    path(START + "users/<int:user_id>/invite-again/", users.send_again, name="settings_invite_again"),
    path(START + "users/<int:user_id>/end/", users.end, name="settings_end_user"),
    path(START + "users/<int:user_id>/factors/", users.take_off_factors, name="settings_factors"),
    path(START + "senders/", senders.senders, name="settings_senders"),
    path(START + "senders/<int:sender_id>/", senders.sender, name="settings_sender"),
    path(START + "senders/<int:sender_id>/resume/", senders.resume, name="settings_resume_sender"),
    path(START + "wording/", wording.wording, name="settings_wording"),
    path(START + "wording/templates/<int:template_id>/", wording.template, name="settings_template"),
    path(START + "wording/templates/<int:template_id>/sign-off/", wording.sign, name="settings_sign_template"),
    path(START + "wording/scripts/<int:script_id>/", wording.script, name="settings_script"),
    path(START + "dispositions/", dispositions.dispositions, name="settings_dispositions"),
    path(START + "dispositions/<str:code>/", dispositions.disposition, name="settings_disposition"),
    path(START + "hours/", policy.hours, name="settings_hours"),
    path(START + "hours/policy/", policy.change, name="settings_policy"),
    path(START + "suppression/", suppression.suppression, name="settings_suppression"),
    path(START + "suppression/upload/", suppression.upload, name="settings_upload_suppression"),
    path(START + "sources/", sources.sources, name="settings_sources"),
]
