"""The first page of operators: numbers with their days, how the index stands, what it covers."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from influencr.service.admin import deeds, instance, tallies
from influencr.service.admin.access import operators_only
from influencr.service.jobs.overview import overview as queue
from influencr.service.web.engine import get_engine

__all__ = ["jobs_view", "log", "overview", "removals", "sources"]


@operators_only
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """How many, and whether anything waits for an operator."""
    engine = get_engine()
    platforms, countries = instance.coverage(engine)
    told = queue()
    left = instance.removals(engine, timezone.now())
    context = {
        "counts": tallies.counts(),
        "days": tallies.DAYS,
        "standing": instance.standing(engine),
        "platforms": platforms,
        "countries": countries,
        "n_failed": told.failed,
        "n_cases": len(engine.rights.cases("open")),
        "n_leaving": sum(1 for one in left if one.took.startswith("under way")),
        "newest": deeds.newest()[:5],
    }
    return render(request, "admin/overview.html", context)


@operators_only
@require_safe
def sources(request: HttpRequest) -> HttpResponse:
    """How the networks stand that are asked."""
    engine = get_engine()
    context = {"sources": instance.sources(engine), "standing": instance.standing(engine)}
    return render(request, "admin/sources.html", context)


@operators_only
@require_safe
def removals(request: HttpRequest) -> HttpResponse:
    """Who left, against the clock that they are promised."""
    found = instance.removals(get_engine(), timezone.now())
    context = {"removals": found, "promised": int(instance.PROMISED_S)}
    return render(request, "admin/removals.html", context)


@operators_only
@require_safe
def jobs_view(request: HttpRequest) -> HttpResponse:
    """How the queue stands, and what failed."""
    return render(request, "admin/jobs.html", {"queue": queue()})


@operators_only
@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """What operators did."""
    return render(request, "admin/log.html", {"lines": deeds.newest()})
