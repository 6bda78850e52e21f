"""The pages as a Django app: templates, tags, static files; what staff choose for themselves."""

from django.apps import AppConfig
from django.core.signals import got_request_exception


class WebConfig(AppConfig):
    """Label `web`."""

    name = "beckon.web"
    label = "web"

    def ready(self) -> None:
        """Failures go to the log."""
        from beckon.web.middleware import tell_failure  # knows models, which are not there before

        got_request_exception.connect(tell_failure, dispatch_uid="beckon.web.failures")
