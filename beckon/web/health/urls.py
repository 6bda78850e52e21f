"""Addresses of the installation's health."""

from django.urls import path

from beckon.web.health import views

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("health/", views.health, name="health"),
    path("health/jobs/retry/", views.retry_all, name="health_retry_all"),
    path("health/jobs/<int:job_id>/retry/", views.retry, name="health_retry"),
]
