"""Pages for what went wrong: what failed, what is valid, where to go from here."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from influencr.errors import HomeError, InfluencrError, Transient
from influencr.search import Query
from influencr.service.web.address import Address

__all__ = [
    "bad_request",
    "failed",
    "forbidden",
    "misunderstood",
    "not_found",
    "unavailable",
]

# More valid values than this are a list to search in, not to read.
_VALID_SHOWN = 60


# Pages that change something and ask nothing: their refusals speak of no search.
_KEPT_FOR_MEMBERS = ("/account/", "/billing/", "/creators/", "/team/")


def misunderstood(request: HttpRequest, error: InfluencrError) -> HttpResponse:
    """400: the question could not be understood; the page keeps what was typed."""
    if request.path.startswith("/suggest/"):
        return _json(error, 400)
    if request.path.startswith(_KEPT_FOR_MEMBERS):
        message = error.message.partition(": ")[2] or error.message
        told = {"message": message[:1].upper() + message[1:], "back": _above(request.path)}
        return render(request, "refused.html", told, status=400)
    asked = Address.of(request.GET)
    # Other pages have parameters of their own, which no search takes.
    address = Address((k, v) for k in Query.__struct_fields__ for v in asked.values(k))
    field = error.field
    lifted = address.without(field).href if field and asked.values(field) else ""
    # A misspelt place has a few names near it: each is a click away.
    near = (error.valid or [])[:_VALID_SHOWN] if field == "place" else []
    box = "near" if address.values("near") else "place"
    context = {
        "error": error,
        "near": [(value, address.with_({box: [value]}).href) for value in near],
        "valid": [] if near else (error.valid or [])[:_VALID_SHOWN],
        "n_valid_more": 0 if near else max(0, len(error.valid or ()) - _VALID_SHOWN),
        "field": field or "",
        "lifted": lifted,
        "what": "".join(address.values("text")[:1]),
        "where": "".join((address.values("place") or address.values("near"))[:1]),
    }
    return render(request, "misunderstood.html", context, status=400)


def unavailable(request: HttpRequest, error: InfluencrError) -> HttpResponse:
    """503: nothing to search yet, or busy for the moment."""
    if request.path.startswith("/suggest/"):
        return _json(error, 503)
    context = {"error": error, "empty": isinstance(error, HomeError)}
    response = render(request, "unavailable.html", context, status=503)
    if isinstance(error, Transient):
        response.headers["Retry-After"] = "2"
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400 raised by Django itself (unknown host name, malformed request)."""
    return render(request, "failure.html", _TEXTS[400], status=400)


def forbidden(
    request: HttpRequest, exception: Exception | None = None, reason: str = ""
) -> HttpResponse:
    """403: from another site, or from a page that was open for too long."""
    return render(request, "failure.html", _TEXTS[403], status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    return render(request, "failure.html", _TEXTS[404], status=404)


def failed(request: HttpRequest) -> HttpResponse:
    """500: nothing here may depend on what has just failed."""
    told = {**_TEXTS[500], "number": getattr(request, "influencr_number", "")}
    return render(request, "failure.html", told, status=500)


def _above(path: str) -> str:
    return f"/{path.split('/')[1]}"


def _json(error: InfluencrError, status: int) -> JsonResponse:
    told = {"code": error.code, "message": error.message, "field": error.field}
    return JsonResponse({"error": told}, status=status)


_TEXTS = {
    400: {
        "title": "This request cannot be understood",
        "text": "The address or the host name is not one that this instance answers to.",
    },
    403: {
        "title": "This is not allowed from there",
        "text": "The request came from another site, or from a page of an earlier visit. Nothing "
        "was changed: go back, load the page again, and send it once more.",
    },
    404: {
        "title": "Nothing is here",
        "text": "The page does not exist, or the creator is not listed: never imported, gone "
        "from the network, or removed on their own wish. We do not say which.",
    },
    500: {
        "title": "Something failed on our side",
        "text": "The failure is written down. Your question was not lost: go back and ask again; "
        "the other pages still work.",
    },
}
