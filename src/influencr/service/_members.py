"""How members sign in: passwords, confirmation by mail, second steps, sessions."""

from __future__ import annotations

from typing import Any

__all__ = ["settings_of"]

#: Own choices: a fortnight signed in; ten letters, as current guidance asks at least eight.
_FORTNIGHT_S = 14 * 24 * 3600
_PASSWORD_MIN = 10


def settings_of(*, https: bool) -> dict[str, Any]:
    """The settings of Django and allauth that concern members."""
    validators = "django.contrib.auth.password_validation."
    return {
        "AUTH_USER_MODEL": "accounts.User",
        "AUTHENTICATION_BACKENDS": ["allauth.account.auth_backends.AuthenticationBackend"],
        "PASSWORD_HASHERS": [
            "django.contrib.auth.hashers.Argon2PasswordHasher",
            "django.contrib.auth.hashers.ScryptPasswordHasher",
        ],
        "AUTH_PASSWORD_VALIDATORS": [
            {"NAME": f"{validators}UserAttributeSimilarityValidator"},
            {
                "NAME": f"{validators}MinimumLengthValidator",
                "OPTIONS": {"min_length": _PASSWORD_MIN},
            },
            {"NAME": f"{validators}CommonPasswordValidator"},
        ],
        "LOGIN_URL": "account_login",
        "LOGIN_REDIRECT_URL": "search",
        "LOGOUT_REDIRECT_URL": "front",
        "SESSION_ENGINE": "influencr.service.accounts.sessions",
        "SESSION_COOKIE_HTTPONLY": True,
        # Lax, so that the link in a mail finds the member signed in.
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_AGE": _FORTNIGHT_S,
        "MESSAGE_STORAGE": "django.contrib.messages.storage.session.SessionStorage",
        "ACCOUNT_ADAPTER": "influencr.service.accounts.adapter.Adapter",
        "ACCOUNT_FORMS": {
            "login": "influencr.service.accounts.forms.SignIn",
            "signup": "influencr.service.accounts.forms.SignUp",
            "change_password": "influencr.service.accounts.forms.NewPassword",
            "reauthenticate": "influencr.service.accounts.forms.Again",
        },
        "ACCOUNT_USER_MODEL_USERNAME_FIELD": None,
        "ACCOUNT_LOGIN_METHODS": {"email"},
        "ACCOUNT_SIGNUP_FIELDS": ["email*", "password1*"],
        "ACCOUNT_EMAIL_VERIFICATION": "mandatory",
        "ACCOUNT_EMAIL_NOTIFICATIONS": True,
        "ACCOUNT_CHANGE_EMAIL": True,
        "ACCOUNT_PREVENT_ENUMERATION": True,
        "ACCOUNT_REAUTHENTICATION_REQUIRED": True,
        "ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION": True,
        "ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS": 3,
        "ACCOUNT_SESSION_REMEMBER": True,
        "ACCOUNT_SESSION_COOKIE_AGE": _FORTNIGHT_S,
        "ACCOUNT_USER_DISPLAY": "influencr.service.accounts.teams.shown_name",
        "ACCOUNT_DEFAULT_HTTP_PROTOCOL": "https" if https else "http",
        "ACCOUNT_SIGNUP_REDIRECT_URL": "search",
        "MFA_FORMS": {
            "add_webauthn": "influencr.service.accounts.forms.AddPasskey",
            "activate_totp": "influencr.service.accounts.forms.FirstCode",
        },
        "MFA_ADAPTER": "influencr.service.accounts.adapter.SecondSteps",
        "MFA_SUPPORTED_TYPES": ["totp", "webauthn", "recovery_codes"],
        "MFA_PASSKEY_LOGIN_ENABLED": True,
        "MFA_TOTP_ISSUER": "influencr",
        # A clock that is half a minute off is no reason to be locked out.
        "MFA_TOTP_TOLERANCE": 1,
        "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN": not https,
        "USERSESSIONS_TRACK_ACTIVITY": True,
    }
