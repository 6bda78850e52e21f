"""Django's settings, all of them derived from beckon.config. Nothing here reads the environment itself."""

import os
import secrets
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from beckon import config

BASE_DIR = Path(__file__).resolve().parent
PRODUCTION = config.is_production()
DEBUG = False
LEAST_SIGNS = 16
"""Different signs a secret key must have at least; a random one of 50 has about 35."""


def _secret_key() -> str:
    given = config.get("BECKON_SECRET_KEY")
    if given:
        if len(given) < 50:
            raise config.ConfigError(
                "BECKON_SECRET_KEY is shorter than 50 characters; make one with `beckon secret-key`"
            )
        if len(set(given)) < LEAST_SIGNS:
            raise config.ConfigError("BECKON_SECRET_KEY repeats itself; make one with `beckon secret-key`")
        return given
    if PRODUCTION:
        raise config.ConfigError("BECKON_SECRET_KEY is not set; make one with `beckon secret-key`")
    path = config.home() / "secret-key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        # Made whole under another name, then linked: of two processes at once, the first one's key stands.
        with NamedTemporaryFile("w", dir=path.parent, prefix=".secret-") as fresh:  # mode 0600
            fresh.write(secrets.token_urlsafe(64))
            fresh.flush()
            with suppress(FileExistsError):
                os.link(fresh.name, path)
    return path.read_text().strip()


def _allowed_hosts() -> list[str]:
    hosts = [h.strip() for h in (config.get("BECKON_ALLOWED_HOSTS") or "").split(",") if h.strip()]
    if PRODUCTION and "*" in hosts:
        raise config.ConfigError("BECKON_ALLOWED_HOSTS may not be '*' in production; list the host names")
    if PRODUCTION and not os.environ.get("BECKON_ALLOWED_HOSTS", "").strip():
        raise config.ConfigError("BECKON_ALLOWED_HOSTS is not set; list the host names this installation answers to")
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
    if PRODUCTION and not address.is_private:
        raise config.ConfigError(
            "the database is on another machine and its URL asks for no encryption; add ?sslmode=verify-full"
        )
    return {
        "ENGINE": "django_tenants.postgresql_backend",
        "HOST": address.host,
        "PORT": address.port,
        "NAME": address.name,
        "USER": address.user,
        "PASSWORD": address.password,
        # A page's thread keeps its connection: logging in to PostgreSQL and warming up a new server process cost more
        # than most pages. One that broke is noticed and made anew (ADR 12).
        "CONN_MAX_AGE": 0 if admin else 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "application_name": "beckon-admin" if admin else "beckon",
            "connect_timeout": 10,
            **dict(address.options),
        },
        # The owner role is for migrations and schemas only; tests reach it through its own fixture.
        "TEST": {"MIRROR": "default"} if admin else {},
    }


def _log_level() -> str:
    level = (config.get("BECKON_LOG_LEVEL") or "INFO").upper()
    if level not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        raise config.ConfigError("BECKON_LOG_LEVEL must be DEBUG, INFO, WARNING or ERROR")
    if PRODUCTION and level == "DEBUG":
        raise config.ConfigError("BECKON_LOG_LEVEL may not be DEBUG in production: it shows whole errors")
    return level


def _two_roles() -> None:
    if PRODUCTION and not config.uses_embedded_database():
        if not config.get("BECKON_DATABASE_ADMIN_URL"):
            raise config.ConfigError("BECKON_DATABASE_ADMIN_URL is not set; migrations need the owner's role")
        if config.database_address(admin=True).user == config.database_address(admin=False).user:
            raise config.ConfigError("both database URLs log in as one role; the application needs one without DDL")


def _mail() -> config.MailServer | None:
    server = config.mail_server()
    if PRODUCTION and server is None:
        raise config.ConfigError("BECKON_EMAIL_URL is not set; invitations and password links leave by e-mail")
    if PRODUCTION and server is not None and server.tls == "none" and server.host not in ("localhost", "127.0.0.1"):
        raise config.ConfigError("BECKON_EMAIL_URL asks for no encryption; add ?tls=1 or use smtps://")
    return server


def _proxies() -> int:
    given = config.get("BECKON_PROXIES") or "0"
    if not given.isdigit():
        raise config.ConfigError("BECKON_PROXIES must be a number: how many proxies of yours stand in front")
    return int(given)


_two_roles()
SECRET_KEY = _secret_key()
ALLOWED_HOSTS = _allowed_hosts()
BASE_URL = _base_url()

SHARED_APPS = [
    "beckon.core",
    "beckon.web",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "django_htmx",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
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

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "beckon.web.middleware.NoNul",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "beckon.web.middleware.AutomaticLogOff",
    "beckon.web.middleware.SecondFactorWhereNeeded",
    "beckon.web.middleware.NothingKeptByBrowsers",
]
ROOT_URLCONF = "beckon.urls"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # The pages' own folder first, so that it may replace allauth's; then each area's.
        "DIRS": [BASE_DIR / "web/templates", *sorted((BASE_DIR / "web").glob("*/templates"))],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "beckon.web.context.shell",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static", "beckon.web.templatetags.beckon"],
        },
    }
]
STATIC_URL = "/static/"
STATIC_ROOT = config.home() / "static"
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "beckon.web.assets.NpmFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "beckon.web.assets.NamedByContent"},
}
WHITENOISE_USE_FINDERS = False
WHITENOISE_MAX_AGE = 3600
LOCALE_PATHS = [BASE_DIR / "web/locale"]
FORMAT_MODULE_PATH = ["beckon.web.formats"]
FILE_UPLOAD_HANDLERS = ["beckon.web.middleware.OnlyAskedFor"]
FORM_RENDERER = "beckon.web.forms.PlainForms"
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("es", "Español")]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
LANGUAGE_COOKIE_SECURE = PRODUCTION
LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600  # since the last change; a session's end is SESSION_HOURS after its log-in
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_HOURS = 12
IDLE_MINUTES = int(config.get("BECKON_IDLE_MINUTES") or 15)
REQUIRE_SECOND_FACTOR = (config.get("BECKON_SECOND_FACTOR") or "required") == "required"

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_SSL_REDIRECT = False  # the proxy in front does that; see docs/howto
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PRODUCTION else None
X_FRAME_OPTIONS = "DENY"
CSRF_TRUSTED_ORIGINS = [BASE_URL] if BASE_URL.startswith("https://") else []
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}

# Shared by all processes, so that allauth's limits on log-ins hold over them.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "web_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},  # the default of 300 would forget limits under an attack
    }
}

MAIL_SERVER = _mail()
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if MAIL_SERVER else 'filebased'}.EmailBackend"
EMAIL_FILE_PATH = config.home() / "mail"
DEFAULT_FROM_EMAIL = SERVER_EMAIL = config.get("BECKON_EMAIL_FROM") or ""
EMAIL_TIMEOUT = 15
if MAIL_SERVER:
    EMAIL_HOST, EMAIL_PORT = MAIL_SERVER.host, MAIL_SERVER.port
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = MAIL_SERVER.user, MAIL_SERVER.password
    EMAIL_USE_TLS, EMAIL_USE_SSL = MAIL_SERVER.tls == "starttls", MAIL_SERVER.tls == "tls"

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_ADAPTER = "beckon.web.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_DISPLAY = "beckon.web.accounts.adapter.display_name"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # accounts are made by invitation, and the invitation goes to the address
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # else anybody could have us write to anybody
ACCOUNT_EMAIL_NOTIFICATIONS = True  # a changed password or factor is told to the person
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if PRODUCTION else "http"
ACCOUNT_FORMS = {
    "login": "beckon.web.accounts.forms.LogIn",
    "reset_password": "beckon.web.accounts.forms.AskForLink",
    "reset_password_from_key": "beckon.web.accounts.forms.NewPassword",
    "change_password": "beckon.web.accounts.forms.ChangePassword",
    "reauthenticate": "beckon.web.accounts.forms.OnceMore",
}
# A contact centre starts its shift behind one address; guesses at one account stay few.
ACCOUNT_RATE_LIMITS = {"login": "240/m/ip", "login_failed": "60/m/ip,5/5m/key"}
ALLAUTH_TRUSTED_PROXY_COUNT = _proxies()
INVITATION_DAYS = 7
PASSWORD_RESET_TIMEOUT = 24 * 3600
MFA_ADAPTER = "beckon.web.accounts.second_factor.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_PASSKEY_SIGNUP_ENABLED = False
MFA_TOTP_ISSUER = "Beckon"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION
USERSESSIONS_TRACK_ACTIVITY = False

PROCRASTINATE_ON_APP_READY = None

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "loggers": {
        "beckon": {"handlers": ["stderr"], "level": _log_level(), "propagate": True},
        # Bind parameters are personal data; the query log stays shut whatever the level.
        "django.db.backends": {"handlers": [], "level": "WARNING", "propagate": False},
    },
}
