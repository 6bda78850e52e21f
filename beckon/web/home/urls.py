"""Addresses of the first pages."""

from django.urls import path

from beckon.web.home import views

urlpatterns = [
    path("", views.start, name="start"),
    path("o/<slug:slug>/", views.today, name="today"),
    path("o/<slug:slug>/today/week/", views.week, name="today_week"),
    path("o/<slug:slug>/today/running/", views.matters_part, name="today_running"),
    path("o/<slug:slug>/today/visits/<int:appointment_id>/", views.settle, name="today_settle"),
    path("o/<slug:slug>/floor/", views.the_floor, name="floor"),
    path("o/<slug:slug>/floor/pass-on/", views.pass_on, name="floor_pass_on"),
]
