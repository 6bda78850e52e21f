"""Django's settings, all of them derived from beckon.config. Nothing here reads the environment itself."""

import secrets
from pathlib import Path
from typing import Any

from beckon import config

BASE_DIR = Path(__file__).resolve().parent
PRODUCTION = config.is_production()
DEBUG = False


def _secret_key() -> str:
    given = config.get("BECKON_SECRET_KEY")
    if given:
        if len(given) < 50:
            raise config.ConfigError(
                "BECKON_SECRET_KEY is shorter than 50 characters; make one with `beckon secret-key`"
            )
        return given
    if PRODUCTION:
        raise config.ConfigError("BECKON_SECRET_KEY is not set; make one with `beckon secret-key`")
    path = config.home() / "secret-key"
    if path.exists():
        return path.read_text().strip()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(secrets.token_urlsafe(64))
    return path.read_text().strip()


def _allowed_hosts() -> list[str]:
    hosts = [h.strip() for h in (config.get("BECKON_ALLOWED_HOSTS") or "").split(",") if h.strip()]
    if PRODUCTION and "*" in hosts:
        raise config.ConfigError("BECKON_ALLOWED_HOSTS may not be '*' in production; list the host names")
    return hosts


def _base_url() -> str:
    url = (config.get("BECKON_BASE_URL") or "").rstrip("/")
    if PRODUCTION and not url.startswith("https://"):
        raise config.ConfigError("BECKON_BASE_URL must start with https:// in production")
    return url


def _database(*, admin: bool) -> dict[str, Any]:
    address = config.database_address(admin=admin)
    if PRODUCTION and config.uses_embedded_database() is False and not address.password:
        raise config.ConfigError("the database URL carries no password; production refuses that")
    return {
        "ENGINE": "django_tenants.postgresql_backend",
        "HOST": address.host,
        "PORT": address.port,
        "NAME": address.name,
        "USER": address.user,
        "PASSWORD": address.password,
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": False,
        "OPTIONS": {"application_name": "beckon-admin" if admin else "beckon", "connect_timeout": 10},
        # The owner role is for migrations and schemas only; tests reach it through its own fixture.
        "TEST": {"MIRROR": "default"} if admin else {},
    }


SECRET_KEY = _secret_key()
ALLOWED_HOSTS = _allowed_hosts()
BASE_URL = _base_url()

SHARED_APPS = [
    "beckon.core",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "procrastinate.contrib.django",
]
TENANT_APPS = [
    "beckon.core.events",
    "beckon.core.audit",
    "beckon.people",
    "beckon.segments",
    "beckon.channels",
    "beckon.consent",
    "beckon.scheduling",
    "beckon.messaging",
    "beckon.desk",
    "beckon.campaigns",
    "beckon.reports",
    "beckon.lab",
    "beckon.ops",
]
INSTALLED_APPS = [*SHARED_APPS, *TENANT_APPS]

DATABASES = {"default": _database(admin=False), "admin": _database(admin=True)}
DATABASE_ROUTERS = ["beckon.core.routers.SchemaRouter"]
TENANT_LIMIT_SET_CALLS = True
AUTH_USER_MODEL = "core.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

MIDDLEWARE: list[str] = []
ROOT_URLCONF = "beckon.urls"
TEMPLATES: list[dict[str, Any]] = []
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("es", "Español")]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION

PROCRASTINATE_ON_APP_READY = None

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "loggers": {
        "beckon": {"handlers": ["stderr"], "level": config.get("BECKON_LOG_LEVEL"), "propagate": True},
        # Bind parameters are personal data; the query log stays shut whatever the level.
        "django.db.backends": {"handlers": [], "level": "WARNING", "propagate": False},
    },
}
