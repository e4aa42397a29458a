"""The page of a plan, its file, and keeping the prices typed in it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from influencr.errors import HomeError, UsageError
from influencr.service.accounts.views.again import members_only
from influencr.service.billing import entitlements
from influencr.service.lists.reach import reach
from influencr.service.plans.asked import PER_LIST, Asked
from influencr.service.plans.page import as_csv, told
from influencr.service.web.address import Address
from influencr.service.web.engine import engine_of

__all__ = ["export", "plan", "prices"]


@members_only
@require_safe
def plan(request: HttpRequest) -> HttpResponse:
    """A plan, or the form for one; what cannot be done is said beside the form."""
    if (shut := _shut(request)) is not None:
        return shut
    address = Address.of(request.GET)
    if any(value == "" for _, values in request.GET.lists() for value in values):
        # Boxes left empty say nothing: the address that is kept and shared is short.
        return HttpResponseRedirect(address.at("plan"))
    asked = Asked(address)
    engine = engine_of(request)
    kept_lists = engine.lists.all()
    context: dict[str, Any] = {
        "asked": asked,
        "goal": asked.goal,
        "amount": asked.one("amount"),
        "list": asked.one("list"),
        "lists": kept_lists,
        "text": asked.one("text"),
        "place": asked.one("place"),
        "audience": asked.one("audience"),
        "posts": asked.one("posts", "1"),
        "currency": asked.one("currency", "USD").upper(),
        "per": asked.one("per"),
        "most": asked.one("max"),
        "per_topic": asked.one("per_topic"),
        "limits": [
            (one, f"{PER_LIST}{one.id}", asked.one(f"{PER_LIST}{one.id}")) for one in kept_lists
        ],
        "limited": any(f.startswith(PER_LIST) for f, _ in address.fields()),
        "published": asked.published,
        "include": asked.address.values("include"),
        "exclude": asked.address.values("exclude"),
        "n_excluded": len(asked.address.values("exclude")),
        "kept": asked.one("kept"),
    }
    if asked.is_asked:
        if reach(engine, []).reading:
            context["reading"] = True
        else:
            try:
                made = engine.plan(
                    asked.query, on=asked.one("list") or None, prices=asked.prices, **asked.brief()
                )
                context["page"] = told(made, asked)
                context["typed"] = [f for f in address.fields() if f[0].startswith("price.")]
                context["csv"] = address.without("kept").at("plan-export")
                context["everybody_again"] = asked.changed({"exclude": []})
            except (UsageError, HomeError) as error:
                context["error"] = error.message
    response = render(request, "plans/plan.html", context)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@members_only
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """The roster as a CSV file."""
    if (shut := _shut(request)) is not None:
        return shut
    asked = Asked(Address.of(request.GET))
    if not asked.is_asked:
        raise UsageError("amount is missing; give a budget or a number of people.", field="amount")
    made = engine_of(request).plan(
        asked.query,
        on=asked.one("list") or None,
        prices=asked.prices,
        curve=False,
        **asked.brief(),
    )
    response = HttpResponse(as_csv(made), content_type="text/csv; charset=utf-8")
    name = f"influencr-plan-{timezone.now():%Y-%m-%d}.csv"
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or ""
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@members_only
@require_POST
def prices(request: HttpRequest) -> HttpResponse:
    """Keep the prices typed in a plan for the plans to come."""
    if (shut := _shut(request)) is not None:
        return shut
    back = Address.of(QueryDict(request.POST.get("plan", "")))
    asked = Asked(back)
    n = engine_of(request).keep_prices(asked.prices, currency=asked.one("currency", "USD").upper())
    typed = [name for name, _ in back.fields() if name.startswith("price.")]
    return HttpResponseRedirect(back.without(*typed).with_({"kept": [str(n)]}).at("plan"))


def _shut(request: HttpRequest) -> HttpResponse | None:
    entitled = entitlements.of(request)
    if entitled.may_search:
        return None
    context = {"entitled": entitled, "search": reverse("search")}
    return render(request, "plans/closed.html", context, status=403)
