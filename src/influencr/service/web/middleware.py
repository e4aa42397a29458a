"""What every answer gets: closed device features, and a designed page for each refusal."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from influencr.errors import InfluencrError, PlaceError, UsageError
from influencr.service.web.views import failures

__all__ = ["Headers", "Refusals"]

_CLOSED = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "serial",
        "usb",
    )
)


class Headers:
    """Closed device features on every answer; no shared cache may keep a page about people."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer with the headers."""
        response = self._get_response(request)
        response.headers["Permissions-Policy"] = _CLOSED
        if response.headers.get("Content-Type", "").startswith("text/html"):
            # A page that is shown once (a key, a code) has said more already.
            if "no-store" not in response.headers.get("Cache-Control", ""):
                response.headers["Cache-Control"] = "private, no-cache"
            patch_vary_headers(response, ("Cookie",))
        return response


class Refusals:
    """Turns the engine's errors into pages: 400 for a question that cannot be understood, 503 for
    an instance with nothing to search or busy; anything else is Django's 500.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer as it is."""
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The page for an error that is ours, else None."""
        if isinstance(error, UsageError | PlaceError):
            return failures.misunderstood(request, error)
        if isinstance(error, InfluencrError):
            return failures.unavailable(request, error)
        return None
