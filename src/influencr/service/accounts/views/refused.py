"""The page for who asks too often."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

__all__ = ["too_many"]


def too_many(request: HttpRequest) -> HttpResponse:
    """429: tried too often in a short time."""
    context = {
        "title": "Too many tries",
        "text": "This was tried very often in a short time, from here or for this address. "
        "Nothing is lost: wait for five minutes, then try again.",
    }
    response = render(request, "failure.html", context, status=429)
    response.headers["Retry-After"] = "300"
    return response
