"""Around every call of a program: whatever refuses it, the refusal has the one shape."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from influencr.service.api.refusals import of_status

__all__ = ["OneShape"]

_BELOW = "/api/"


class OneShape:
    """Pages that Django shows for what it refuses become the error shape below /api/.

    A HEAD is a GET without its body, which the server leaves out.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer, or the refusal."""
        if not request.path_info.startswith(_BELOW):
            return self._get_response(request)
        if request.method == "HEAD":
            request.method = "GET"
        response = self._get_response(request)
        is_ours = response.headers.get("Content-Type", "").startswith("application/json")
        if response.status_code >= 400 and not is_ours:
            return of_status(request, response)
        return response
