"""Which parts of a text must nobody see? Keys, tokens and passwords, in every form they travel in.

Two rules together: whatever was given as a secret is replaced wherever it stands, as it is or
encoded for an address or for JSON; and values under telling names (parameters, headers, JSON
fields) are replaced even when nobody declared them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

__all__ = ["HIDDEN", "Redactor"]

#: What stands where a secret stood.
HIDDEN = "***"

# Parameters of the services that we ask (YouTube key, Meta access_token and appsecret_proof) and
# the names that others commonly give to the same things; our own choice, fixed by the tests.
_NAMES = (
    r"(?:api[_-]?)?key|(?:access|refresh|id|auth|session)[_-]?(?:token|jwt|secret)|token|jwt|"
    r"(?:client|app)[_-]?secret|appsecret_proof|secret|passw(?:or)?d|signature|sig"
)
_PARAMETER = re.compile(rf"(?i)([?&;](?:{_NAMES}|code)=)[^&;#\s\"'<>]+")
_FIELD = re.compile(rf"(?i)(\"(?:{_NAMES}|accessJwt|refreshJwt)\"\s*:\s*\")(?:[^\"\\]|\\.)*")
_HEADER = re.compile(
    r"(?i)\b((?:proxy-)?authorization|(?:set-)?cookie|x-[a-z-]*(?:key|token))\b"
    r"(\"?'?\s*[:=,]\s*(?:b?[\"'])?)[^\r\n\"']+"
)
_SCHEME = re.compile(r"(?i)\b(bearer|basic|dpop)\s+[A-Za-z0-9._~+/=-]{8,}")
_USER = re.compile(r"(?i)\b([a-z][a-z0-9+.-]*://)[^/?#\s@]+@")


class Redactor:
    """Replaces secrets in texts; knows them, so it must not be shown itself.

    secrets   texts that are never to be seen; ones shorter than 4 characters are replaced only
              where they are a whole word
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        forms: set[str] = set()
        for secret in secrets:
            if not secret:
                continue
            inside = json.dumps(secret)[1:-1]
            forms |= {secret, quote(secret, safe=""), quote(secret), quote_plus(secret), inside}
            forms |= {json.dumps(secret, ensure_ascii=False)[1:-1]}
        ordered = sorted(forms, key=len, reverse=True)
        parts = [re.escape(f) if len(f) >= 4 else rf"\b{re.escape(f)}\b" for f in ordered]
        # Addresses may be written with small hexadecimal digits too.
        self._known = re.compile("|".join(parts), re.IGNORECASE) if parts else None

    def __call__(self, text: str) -> str:
        """`text` without secrets.

        >>> Redactor(["s3cr3t"])("see https://example.org/?key=abc&v=s3cr3t")
        'see https://example.org/?key=***&v=***'
        """
        text = self.body(text)
        text = _HEADER.sub(rf"\1\2{HIDDEN}", text)
        return _SCHEME.sub(rf"\1 {HIDDEN}", text)

    def body(self, text: str) -> str:
        """The same for what people wrote: a bio that says "cookie: vanilla" stays as it is."""
        if self._known is not None:
            text = self._known.sub(HIDDEN, text)
        text = _USER.sub(rf"\1{HIDDEN}@", text)
        text = _PARAMETER.sub(rf"\1{HIDDEN}", text)
        return _FIELD.sub(rf"\1{HIDDEN}", text)

    def __repr__(self) -> str:
        return "Redactor(***)"
