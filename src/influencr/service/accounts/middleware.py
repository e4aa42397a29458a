"""When and where a session was last seen, without a write for every page."""

from __future__ import annotations

from collections.abc import Callable

from allauth.usersessions.middleware import UserSessionsMiddleware
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

__all__ = ["SeenNowAndThen"]

#: How exactly "seen" is kept, in seconds. Own choice: the list of sessions is read by people.
_EVERY_S = 300
_NOTED = "seen_noted_at"


class SeenNowAndThen:
    """allauth's note of the last visit, once in five minutes."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response
        self._noting = UserSessionsMiddleware(get_response)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer; before it the visit is noted when the last note is old."""
        now = timezone.now().timestamp()
        if not request.user.is_authenticated or now - request.session.get(_NOTED, 0) < _EVERY_S:
            return self._get_response(request)
        request.session[_NOTED] = now
        response: HttpResponse = self._noting(request)
        return response
