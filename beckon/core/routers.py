"""Which tables belong in which schema: shared ones in `public`, a practice's in its own."""

from typing import Any

from django.conf import settings
from django.db import connections

PUBLIC = "public"


def is_shared(app_label: str) -> bool:
    """True when the app's tables live in `public`."""
    return app_label in {name.rsplit(".", 1)[-1] for name in settings.SHARED_APPS} | {"procrastinate"}


class SchemaRouter:
    """Django asks this before every table operation of a migration."""

    def allow_migrate(self, db: str, app_label: str, model_name: str | None = None, **hints: Any) -> bool:
        """Shared apps only in `public`, tenant apps only elsewhere."""
        schema = getattr(connections[db], "schema_name", PUBLIC)
        return is_shared(app_label) == (schema == PUBLIC)
