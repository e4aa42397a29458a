"""What every page of listed people has in common: nothing of it is kept anywhere on the way."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from influencr.service.rights.limits import TooOften
from influencr.service.web import words

__all__ = ["over", "page", "platform_of", "too_often"]


def page(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    *,
    status: int = 200,
    is_secret: bool = True,
) -> HttpResponse:
    """One of our pages.

    is_secret   its address opens a record or names somebody: no cache and no engine keeps it
    """
    response = render(request, f"rights/{template}", context, status=status)
    if not is_secret:
        return response
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def over(request: HttpRequest, sentence: str) -> HttpResponse:
    """410: the address opens nothing any more, and what to do."""
    return page(request, "over.html", {"sentence": sentence}, status=410)


def too_often(request: HttpRequest, error: TooOften) -> HttpResponse:
    """429: asked too often."""
    response = page(request, "over.html", {"sentence": error.message, "later": True}, status=429)
    response.headers["Retry-After"] = str(error.wait_s)
    return response


def platform_of(profile_id: str) -> str:
    """The network of a profile, as it is called."""
    return words.platform(profile_id.partition(":")[0])
