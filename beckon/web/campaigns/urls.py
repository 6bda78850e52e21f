"""Addresses of campaigns."""

from django.urls import path

from beckon.web.campaigns.views import checking, launching, living, overview, people

_C = "o/<slug:slug>/campaigns/"
_ONE = _C + "<int:pk>/"

urlpatterns = [
    path(_C, overview.campaigns, name="campaigns"),
    path(_C + "new/", launching.new, name="campaign_new"),
    path(_ONE + "playbook/", launching.playbook, name="campaign_playbook"),
    path(_ONE + "people/", launching.audience, name="campaign_audience"),
    path(_ONE + "people/reach/", launching.reach, name="campaign_reach"),
    path(_ONE + "plan/", launching.plan, name="campaign_plan"),
    path(_ONE + "discard/", launching.discard, name="campaign_discard"),
    path(_ONE + "check/", checking.check, name="campaign_check"),
    path(_ONE + "check/forecast/", checking.forecast, name="campaign_forecast"),
    path(_ONE + "check/left-out/", checking.left_out, name="campaign_left_out"),
    path(_ONE + "check/rehearsal/", checking.rehearsal, name="campaign_rehearsal"),
    path(_ONE + "check/rehearse/", checking.rehearse, name="campaign_rehearse"),
    path(_ONE + "launch/", checking.launch, name="campaign_launch"),
    path(_ONE, living.campaign, name="campaign"),
    path(_ONE + "results/", living.results, name="campaign_results"),
    path(_ONE + "left-out/", living.gone, name="campaign_gone"),
    path(_ONE + "changes/", living.changes, name="campaign_changes"),
    path(_ONE + "pause/", living.pause, name="campaign_pause"),
    path(_ONE + "resume/", living.resume, name="campaign_resume"),
    path(_ONE + "stop/", living.stop, name="campaign_stop"),
    path(_ONE + "pace/", living.pace, name="campaign_pace"),
    path(_ONE + "who/", people.who, name="campaign_people"),
    path(_ONE + "why/<int:person_id>/", people.why, name="campaign_why"),
]
