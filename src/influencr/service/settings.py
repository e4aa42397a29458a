"""Where the service is put together: the environment in, Django's settings out.

Importing this touches no data home: the secret key and the database are opened on first use.
"""

from __future__ import annotations

from pathlib import Path

from django.utils.csp import CSP
from django.utils.functional import SimpleLazyObject

from influencr.home import Home
from influencr.service import _environment, _members, _modes, _stores
from influencr.service.operations import logs

_here = Path(__file__).parent
_env = _environment.read()


def _secret() -> str:
    return Home(_env.home).secret("django").hex()


INFLUENCR_HOME = _env.home
INFLUENCR_OPERATOR = _env.operator
INFLUENCR_OPERATOR_CONTACT = _env.operator_contact

DEBUG = _env.debug
SECRET_KEY = SimpleLazyObject(_secret)
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", *_env.allowed_hosts]

WSGI_APPLICATION = "influencr.service.wsgi.application"
INSTALLED_APPS = [
    "influencr.service.web",
    "influencr.service.accounts",
    "influencr.service.billing",
    "influencr.service.rights",
    "influencr.service.lists",
    "influencr.service.plans",
    "influencr.service.jobs",
    "influencr.service.alerts",
    "influencr.service.webhooks",
    "influencr.service.imports",
    "influencr.service.api",
    "influencr.service.operations",
    "influencr.service.admin",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "influencr.service.accounts.apps.Addresses",
    "allauth.mfa",
    "allauth.usersessions",
    "django_tasks_db",
]

_mode = _modes.settings_of(_env.billing)
INFLUENCR_BILLING = _mode["INFLUENCR_BILLING"]
INFLUENCR_PAYMENTS = _env.payments
ROOT_URLCONF = _mode["ROOT_URLCONF"]
MIDDLEWARE = _mode["MIDDLEWARE"]

DATABASES = {"default": _stores.database(_env.home, _env.database)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
#: Whether `serve` does what waits in the queue, beside answering.
INFLUENCR_WORKER = _env.worker
CACHES = {"default": _stores.cache(_env.database, _env.processes)}

#: Whether mail can be sent, without which nobody can sign up.
INFLUENCR_MAIL_READY = _env.mail is not None
globals().update(_stores.mail(_env.mail))
globals().update(_members.settings_of(https=_env.https))

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "OPTIONS": {
            "loaders": [
                (
                    "influencr.service.web.quick.Loader",
                    ["django.template.loaders.app_directories.Loader"],
                )
            ],
            "builtins": ["influencr.service.web.templatetags.page"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "influencr.service.web.frame.frame",
                "influencr.service.accounts.frame.frame",
                "influencr.service.alerts.frame.frame",
            ],
        },
    }
]

# Files are served from the package itself: their names carry a content hash (assets/build.mjs), so
# there is no collecting step.
STATIC_URL = "/static/"
STATIC_ROOT = _here / "web" / "static"
WHITENOISE_USE_FINDERS = False
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_IMMUTABLE_FILE_TEST = r"/dist/.+-[0-9A-Z]{8}\.\w+$"

LANGUAGE_CODE = "en"
USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"

SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "font-src": [CSP.SELF],
    "img-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_HSTS_SECONDS = 31_536_000 if _env.https else 0
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _env.https
# Only pages with a form that changes something set the cookie; it ends with the browser.
CSRF_COOKIE_AGE = None
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_FAILURE_VIEW = "influencr.service.web.views.failures.forbidden"

# One page never needs more; nothing is uploaded.
DATA_UPLOAD_MAX_MEMORY_SIZE = 65_536
DATA_UPLOAD_MAX_NUMBER_FIELDS = 400
FILE_UPLOAD_HANDLERS: list[str] = []

# One line each to stderr; questions people ask and who they are never get there (operations/logs).
LOGGING = logs.settings_of(requests=_env.log == "requests", debug=_env.debug)

#: Whoever sends it may read /metrics from anywhere; without one, this machine alone.
INFLUENCR_METRICS_TOKEN = _env.metrics_token
