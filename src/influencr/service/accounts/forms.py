"""The forms of allauth that say something of our own."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import (
    ChangePasswordForm,
    LoginForm,
    ReauthenticateForm,
    SignupForm,
)
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm

__all__ = ["AddPasskey", "Again", "FirstCode", "NewPassword", "SignIn", "SignUp"]


def _plain(form: Any, labels: dict[str, str]) -> None:
    """Labels above the fields, and no words inside them that vanish when one types."""
    for name, field in form.fields.items():
        field.widget.attrs.pop("placeholder", None)
        if name in labels:
            field.label = labels[name]


class SignIn(LoginForm):
    """Address and password."""

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        _plain(self, {"login": "E-mail address", "password": "Password"})
        # Where a forgotten password leads is said under the form.
        self.fields["password"].help_text = ""


class SignUp(SignupForm):
    """Address and password; no name, no company, no card."""

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        _plain(self, {"email": "E-mail address", "password1": "Password"})
        self.fields["password1"].help_text = "At least 10 characters."


class NewPassword(ChangePasswordForm):
    """The current password and a new one, twice."""

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        labels = {"password1": "New password", "password2": "New password, again"}
        _plain(self, {"oldpassword": "Current password", **labels})
        self.fields["oldpassword"].help_text = ""
        self.fields["password1"].help_text = "At least 10 characters."


class Again(ReauthenticateForm):
    """The password once more."""

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        _plain(self, {"password": "Password"})
        self.fields["password"].help_text = ""


class AddPasskey(AddWebAuthnForm):
    """A name for the passkey, and whether it opens the account alone."""

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        _plain(self, {"passwordless": "It also opens the account without the password"})


class FirstCode(ActivateTOTPForm):
    """The first code of an app."""

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        _plain(self, {"code": "Code"})
