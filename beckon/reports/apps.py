"""Registers the package with Django; imports its registrations when all models are loaded."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """App `reports`."""

    name = "beckon.reports"
    label = "reports"

    def ready(self) -> None:
        """Load what the package registers (subscribers, segment fields) where it has such files."""
        from beckon.core.registrations import load_registrations

        load_registrations(self.name)
