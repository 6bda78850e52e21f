"""Addresses of segments."""

from django.urls import path

from beckon.web.segments import views

urlpatterns = [
    path("o/<slug:slug>/segments/", views.segment_list, name="segments"),
    path("o/<slug:slug>/segments/new/", views.new, name="segment_new"),
    path("o/<slug:slug>/segments/build/", views.build, name="segment_build"),
    path("o/<slug:slug>/segments/count/", views.exact_count, name="segment_count"),
    path("o/<slug:slug>/segments/save/", views.save, name="segment_save"),
    path("o/<slug:slug>/segments/<int:segment_id>/", views.segment, name="segment"),
    path("o/<slug:slug>/segments/<int:segment_id>/edit/", views.edit, name="segment_edit"),
    path("o/<slug:slug>/segments/<int:segment_id>/archive/", views.archive, name="segment_archive"),
    path("o/<slug:slug>/segments/<int:segment_id>/why/<int:person_id>/", views.why, name="segment_why"),
]
