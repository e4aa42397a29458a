"""The three addresses for programs that look after the service."""

from __future__ import annotations

import hmac
from ipaddress import ip_address
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4

from influencr.service.operations.figures import figures
from influencr.service.operations.readiness import missing

__all__ = ["health", "metrics", "ready"]

#: What a proxy adds: whoever sends it is not simply on this machine.
_FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_HOST", "HTTP_FORWARDED", "HTTP_VIA")


@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """200: the process is alive and answers. Nothing else is looked at."""
    return JsonResponse({"alive": True})


@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """200 when searches can be answered and members served; else 503 with what is missing."""
    lacking = missing()
    told = {"ready": not lacking, "missing": lacking}
    response = JsonResponse(told, status=503 if lacking else 200)
    response.headers["Cache-Control"] = "no-store"
    return response


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Figures for Prometheus: for whoever has the token, else for this machine alone.

    Anybody else is told that nothing is here.
    """
    if not _may_see(request):
        raise Http404
    response = HttpResponse(figures(), content_type=CONTENT_TYPE_PLAIN_0_0_4)
    response.headers["Cache-Control"] = "no-store"
    return response


def _may_see(request: HttpRequest) -> bool:
    token = settings.INFLUENCR_METRICS_TOKEN
    if token:
        sent = request.headers.get("Authorization", "")
        return hmac.compare_digest(sent.encode(), f"Bearer {token}".encode())
    return is_from_here(request)


def is_from_here(request: HttpRequest) -> bool:
    """Whether a call comes from this machine, and through nobody else."""
    # A proxy on this machine also comes from loopback: it passes on a name or says that it did.
    if any(name in request.META for name in _FORWARDED):
        return False
    return _is_loopback(request.META.get("REMOTE_ADDR", "")) and _is_loopback(
        urlsplit(f"//{request.get_host()}").hostname or ""
    )


def _is_loopback(name: str) -> bool:
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"
