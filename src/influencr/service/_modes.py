"""What differs between an instance that is open to everybody and one with members.

In the open mode (`none`) nothing that concerns a member is in the way of a request: no session, no
cookie, no question to the database. The tables exist in every mode, so that a mode can be changed.
"""

from __future__ import annotations

from typing import Any

__all__ = ["settings_of"]

_OUTSIDE = [
    "influencr.service.operations.middleware.Watched",
    "django.middleware.security.SecurityMiddleware",
    "influencr.service.web.middleware.Headers",
    "influencr.service.api.middleware.OneShape",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
_MEMBERS = [
    "influencr.service.accounts.sessions.SealedSessions",
]
_INSIDE = [
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
]
_KNOWN = [
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "influencr.service.accounts.middleware.SeenNowAndThen",
]
_LAST = [
    "influencr.service.operations.middleware.FairTurns",
    "django.middleware.http.ConditionalGetMiddleware",
    "influencr.service.web.middleware.Refusals",
]


def settings_of(billing: str) -> dict[str, Any]:
    """The settings of Django that a kind of billing decides."""
    open_ = billing == "none"
    between = [] if open_ else _MEMBERS
    known = [] if open_ else _KNOWN
    return {
        "INFLUENCR_BILLING": billing,
        "ROOT_URLCONF": f"influencr.service.{'urls' if open_ else 'urls_members'}",
        "MIDDLEWARE": [*_OUTSIDE, *between, *_INSIDE, *known, *_LAST],
    }
