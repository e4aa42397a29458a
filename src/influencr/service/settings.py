"""Where the service is put together: the environment in, Django's settings out.

Importing this touches no data home: the secret key is read on first use.
"""

from __future__ import annotations

from pathlib import Path

from django.utils.csp import CSP
from django.utils.functional import SimpleLazyObject

from influencr.home import Home
from influencr.service import _environment

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

ROOT_URLCONF = "influencr.service.urls"
WSGI_APPLICATION = "influencr.service.wsgi.application"
INSTALLED_APPS = ["influencr.service.web"]
# Nothing is kept about people who search: no database until there are members.
DATABASES: dict[str, dict[str, str]] = {}

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "influencr.service.web.middleware.Headers",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "influencr.service.web.middleware.Refusals",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["influencr.service.web.templatetags.page"],
            "context_processors": [
                "django.template.context_processors.request",
                "influencr.service.web.frame.frame",
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

# Failures go to stderr with their traceback; questions people ask are never logged.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "django.request": {"handlers": ["stderr"], "level": "ERROR", "propagate": False},
        "django.security.DisallowedHost": {"handlers": [], "propagate": False},
        "waitress.queue": {"level": "ERROR"},
    },
}
