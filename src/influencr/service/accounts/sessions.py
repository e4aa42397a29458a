"""Sessions of which the database keeps no key and no word.

A row is found by the digest of what the browser sends, so nobody can sign in with what a copy of
the database says; and what a session knows (an address, a key that is just being set up) is sealed.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any, cast

from django.conf import settings
from django.contrib.sessions.backends import db
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse

from influencr.errors import HomeError
from influencr.service.accounts.sealed import opened, sealed

__all__ = ["SealedSessions", "SessionStore"]

_PURPOSE = "session"
#: Width of Django's column; 160 bits of a digest of 165 random bits.
_KEY_LENGTH = 40


class SessionStore(db.SessionStore):
    """Django's sessions in the database. `session_key` is a digest everywhere; `in_browser` is
    what the cookie holds, known while a request lasts and kept nowhere.
    """

    def __init__(self, session_key: str | None = None, *, in_browser: str = "") -> None:
        self.in_browser = in_browser
        super().__init__(_digest(in_browser) if in_browser else session_key)

    def _get_new_session_key(self) -> str:
        while True:
            self.in_browser = super()._get_new_session_key()  # type: ignore[misc]
            if not self.exists(key := _digest(self.in_browser)):
                return key

    def encode(self, session_dict: dict[str, Any]) -> str:
        """What a session knows, sealed."""
        return sealed(super().encode(session_dict), _PURPOSE)

    def decode(self, session_data: Any) -> dict[str, Any]:
        """What a session knows; one that this home did not seal knows nothing."""
        try:
            return super().decode(opened(str(session_data), _PURPOSE))
        except HomeError:
            return {}


class SealedSessions(SessionMiddleware):
    """Django's middleware, between the cookie and the digest of it."""

    def process_request(self, request: HttpRequest) -> None:
        """Find the session of the cookie."""
        held = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
        request.session = SessionStore(in_browser=held)

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Keep the session; the browser is given what it is found by."""
        answer = super().process_response(request, response)
        cookie = answer.cookies.get(settings.SESSION_COOKIE_NAME)
        if cookie is not None and cookie.value == request.session.session_key:
            held = cast("SessionStore", request.session).in_browser
            cookie.set(cookie.key, held, held)
        return answer


def _digest(in_browser: str) -> str:
    return sha256(in_browser.encode()).hexdigest()[:_KEY_LENGTH]
