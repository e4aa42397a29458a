"""What lies in the database so that a copy of the database opens nothing.

The key is a secret of the home (`secrets/sealing`), not of the database: whoever has one without
the other reads no key of a second step and no session, and learns no address from a digest.
"""

from __future__ import annotations

import base64
import hmac
import os
from functools import cache
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from influencr.errors import HomeError
from influencr.home import Home

__all__ = ["digest", "is_sealed", "opened", "sealed"]

_KEY_FILE = "sealing"
#: What a sealed text begins with: how it was sealed, so that another way can follow.
_MARK = "s1."
#: Bytes of the number used once, as AES-GCM wants it (NIST SP 800-38D, 8.2).
_NONCE = 12


def sealed(text: str, purpose: str) -> str:
    """A text that only this home can read, and only for the same purpose."""
    nonce = os.urandom(_NONCE)
    box = nonce + _cipher().encrypt(nonce, text.encode(), purpose.encode())
    return _MARK + base64.urlsafe_b64encode(box).decode("ascii")


def opened(text: str, purpose: str) -> str:
    """The text that was sealed.

    Raises HomeError for one that was sealed elsewhere, for something else, or changed since.
    """
    try:
        if not is_sealed(text):
            raise ValueError
        box = base64.urlsafe_b64decode(text[len(_MARK) :])
        return _cipher().decrypt(box[:_NONCE], box[_NONCE:], purpose.encode()).decode()
    except (InvalidTag, ValueError) as error:
        raise HomeError(
            f"The database keeps a {purpose} that the key `secrets/{_KEY_FILE}` of this home does "
            "not open: database and home do not belong together. Restore both from one backup."
        ) from error


def is_sealed(text: str) -> bool:
    """Whether a text looks like one of ours."""
    return text.startswith(_MARK)


def digest(text: str, purpose: str) -> str:
    """64 hex digits by which a text is known again and, without the home, not guessed."""
    return hmac.digest(_key(b"digest"), f"{purpose}\n{text}".encode(), "sha256").hex()


def _cipher() -> AESGCM:
    return AESGCM(_key(b"seal"))


def _key(use: bytes) -> bytes:
    """A key per use, derived from the one secret: a digest never helps to open a seal."""
    return _derived(settings.INFLUENCR_HOME, use)


@cache
def _derived(home: str | None, use: bytes) -> bytes:
    return hmac.digest(Home(home).secret(_KEY_FILE), use, sha256)
