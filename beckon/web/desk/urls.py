"""Addresses of the desk."""

from django.urls import path

from beckon.web.desk.views import booking, call, inbound, parts

urlpatterns = [
    path("o/<slug:slug>/desk/", call.desk, name="desk"),
    path("o/<slug:slug>/desk/next/", call.serve_next, name="desk_next"),
    path("o/<slug:slug>/desk/record/", call.record, name="desk_record"),
    path("o/<slug:slug>/desk/undo/", call.undo, name="desk_undo"),
    path("o/<slug:slug>/desk/give-back/", call.give_back, name="desk_give_back"),
    path("o/<slug:slug>/desk/keep/<int:task_id>/", call.keep, name="desk_keep"),
    path("o/<slug:slug>/desk/times/", booking.times, name="desk_times"),
    path("o/<slug:slug>/desk/book/", booking.take, name="desk_book"),
    path("o/<slug:slug>/desk/inbound/", inbound.inbound, name="desk_inbound"),
    path("o/<slug:slug>/desk/inbound/<int:person_id>/", inbound.inbound_call, name="desk_inbound_call"),
    path("o/<slug:slug>/desk/status/", parts.status, name="desk_status"),
    path("o/<slug:slug>/desk/promises/", parts.promises, name="desk_promises"),
    path("o/<slug:slug>/desk/lists/", parts.lists, name="desk_lists"),
    path("o/<slug:slug>/desk/others/<int:person_id>/", parts.others, name="desk_others"),
]
