"""The operator's page, and the address that a load balancer asks."""

import logging
from typing import Any

from django.contrib import messages
from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from procrastinate.contrib.django import app

from beckon.core.clock import wall_now
from beckon.web.access import PageRequest, operator, public
from beckon.web.health import queries

log = logging.getLogger("beckon.web")


@public
@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """`ok` while the database answers, else 503. Says nothing more: anybody may ask."""
    try:
        queries.ping()
    except Error:
        return HttpResponse("no database", status=503, content_type="text/plain")
    return HttpResponse("ok", content_type="text/plain")


@operator
@require_safe
def health(request: PageRequest) -> HttpResponse:
    """Workers, jobs, database, practices, disk."""
    now = wall_now()
    seen = queries.workers(now)
    found: dict[str, Any] = {
        "workers": seen,
        "alive": [worker for worker in seen if worker.is_alive],
        "last_round": queries.last_round(),
        "queues": queries.queues(),
        "failed": queries.failed_jobs(),
        "database": queries.database(),
        "disk": queries.disk(),
    }
    if request.htmx:
        return render(request, "health/parts/jobs.html", found)
    found |= {"practices": queries.practices(), "version": queries.app_version()}
    return render(request, "health/health.html", found)


@operator
@require_POST
def retry(request: PageRequest, job_id: int) -> HttpResponse:
    """Put a failed job back into its queue; every job is safe to run twice."""
    if job_id in {job.id for job in queries.failed_jobs()}:
        app.job_manager.retry_job_by_id(job_id, wall_now())
        log.info("job put back by operator job=%s user=%s", job_id, request.user.pk)
        messages.success(request, gettext("The job is in its queue again."))
    else:
        messages.info(request, gettext("This job has not failed, or runs again already."))
    return redirect("health")


@operator
@require_POST
def retry_all(request: PageRequest) -> HttpResponse:
    """Put all failed jobs shown back into their queues."""
    jobs = queries.failed_jobs()
    for job in jobs:
        app.job_manager.retry_job_by_id(job.id, wall_now())
    log.info("jobs put back by operator count=%s user=%s", len(jobs), request.user.pk)
    told = ngettext("%d job is in its queue again.", "%d jobs are in their queues again.", len(jobs))
    messages.success(request, told % len(jobs))
    return redirect("health")
