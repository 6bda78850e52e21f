"""The pages as a Django app: templates, tags, static files; what staff choose for themselves."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Label `web`."""

    name = "beckon.web"
    label = "web"
