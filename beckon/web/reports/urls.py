"""Addresses of the reports."""

from django.urls import path

from beckon.web.reports.views import downloads, report, weekly

_R = "o/<slug:slug>/reports/"

urlpatterns = [
    path(_R, report.report, name="reports"),
    path(_R + "people/", report.people, name="report_people"),
    path(_R + "figures.csv", downloads.figures_csv, name="report_csv"),
    path(_R + "people.csv", downloads.people_csv, name="report_people_csv"),
    path(_R + "weekly/", weekly.weekly, name="reports_weekly"),
    path(_R + "weekly/<str:week>.<str:language>.pdf", weekly.pdf, name="report_pdf"),
    path(_R + "weekly/schedules/<int:pk>/end/", weekly.end, name="report_unschedule"),
]
