"""Pages of money: what it costs, how a team stands, paying, cancelling; and where Stripe writes."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from influencr.errors import InfluencrError, Transient
from influencr.service.accounts import teams
from influencr.service.accounts.models import Membership, Team
from influencr.service.accounts.views.again import members_only, mine
from influencr.service.billing import entitlements, operating
from influencr.service.billing.plan import plan
from influencr.service.billing.providers import by_card
from influencr.service.billing.providers.bills import Invoice

__all__ = ["billing", "cancel", "card", "paid", "pay", "pricing", "resume", "webhook"]


@require_safe
def pricing(request: HttpRequest) -> HttpResponse:
    """One price, what is in it, and how to have it for nothing; in an open instance, that it costs
    nothing here.
    """
    context = {
        "price": entitlements.PRICE,
        "days": entitlements.TRIAL_DAYS,
        "grace_days": entitlements.GRACE_DAYS,
        "by_card": by_card(),
        "entitlement": entitlements.of(request),
    }
    return render(request, "billing/pricing.html", context)


@members_only
@require_safe
def billing(request: HttpRequest) -> HttpResponse:
    """The state in a sentence, how long it lasts, and how it goes on."""
    user, team = mine(request)
    owns = teams.role_of(user, team) == Membership.OWNER
    told = plan(team, timezone.now())
    shown, away = _invoices(team) if owns and told.is_customer else ([], "")
    owner = team.memberships.select_related("user").get(role=Membership.OWNER).user
    context = {
        "plan": told,
        "owns": owns,
        "owner": teams.shown_name(owner),
        "invoices": shown,
        "away": away,
        "owed": next((one for one in shown if one.status == "open" and one.href), None),
        "price": entitlements.PRICE,
        "by_card": by_card(),
        "is_test": (cards := settings.INFLUENCR_PAYMENTS) is not None and cards.is_test,
    }
    response = render(request, "billing/billing.html", context)
    return _may_lead_to_stripe(response)


@members_only
@require_POST
def pay(request: HttpRequest) -> HttpResponse:
    """To Stripe's page, where the card is typed. Raises UsageError, and StripeAway."""
    team = _owned(request)
    from influencr.service.billing.providers import stripe

    back = request.build_absolute_uri(reverse("billing"))
    done = request.build_absolute_uri(reverse("billing-paid"))
    return HttpResponseRedirect(stripe.checkout(team, back=back, done=done))


@members_only
@require_safe
def paid(request: HttpRequest) -> HttpResponse:
    """Back from Stripe's page: how the team stands is asked at once, events may come later."""
    team = _owned(request)
    _reread(team)
    told = plan(team, timezone.now())
    if told.is_alive:
        messages.success(request, f"Thank you. {told.entitlement.sentence}")
    else:
        messages.success(request, "Stripe is still working on it; this page will say when it did.")
    return HttpResponseRedirect(reverse("billing"))


@members_only
@require_POST
def card(request: HttpRequest) -> HttpResponse:
    """To Stripe's page of the card. Raises UsageError, and StripeAway."""
    team = _owned(request)
    from influencr.service.billing.providers import stripe

    back = request.build_absolute_uri(reverse("billing-paid"))
    return HttpResponseRedirect(stripe.card(team, back=back))


@members_only
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest) -> HttpResponse:
    """The second of two clicks: what happens then, and the button."""
    team = _owned(request)
    told = plan(team, timezone.now())
    if request.method != "POST":
        if not told.is_alive or told.ends:
            return HttpResponseRedirect(reverse("billing"))
        return render(request, "billing/cancel.html", {"plan": told})
    from influencr.service.billing.providers import stripe

    stripe.cancel(team)
    messages.success(request, "It is cancelled: nothing more is charged.")
    return HttpResponseRedirect(reverse("billing"))


@members_only
@require_POST
def resume(request: HttpRequest) -> HttpResponse:
    """Take the cancelling back. Raises UsageError, and StripeAway."""
    team = _owned(request)
    from influencr.service.billing.providers import stripe

    stripe.resume(team)
    messages.success(request, "The subscription goes on.")
    return HttpResponseRedirect(reverse("billing"))


@csrf_exempt  # Stripe has no cookie of ours; its signature says who it is
@require_POST
def webhook(request: HttpRequest) -> HttpResponse:
    """Take an event of Stripe: 400 without its signature, 503 when it should be sent again."""
    if not by_card():
        raise Http404
    from influencr.service.billing.providers import stripe

    try:
        done = stripe.take(request.body, request.headers.get("Stripe-Signature"))
    except InfluencrError as error:
        told = {"error": {"code": error.code, "message": error.message}}
        return JsonResponse(told, status=503 if isinstance(error, Transient) else 400)
    return JsonResponse({"done": done})


def _owned(request: HttpRequest) -> Team:
    """The team of a member who owns it, where cards are taken; else the page does not exist."""
    user, team = mine(request)
    if not by_card() or teams.role_of(user, team) != Membership.OWNER:
        raise Http404
    return team


def _reread(team: Team) -> None:
    from influencr.service.billing.providers import stripe

    payer = operating.payer_of(team)
    if payer is not None:
        stripe.reread(payer)


def _invoices(team: Team) -> tuple[list[Invoice], str]:
    """The invoices, or why they cannot be shown: the rest of the page needs nobody."""
    try:
        return operating.invoices(team), ""
    except Transient:
        return [], "The invoices lie at Stripe, who does not answer just now; look again later."


def _may_lead_to_stripe(response: HttpResponse) -> HttpResponse:
    """Browsers hold the way that a sent form takes against the policy of its page: on this page,
    and on no other, it may lead to where cards are typed.
    """
    if (cards := settings.INFLUENCR_PAYMENTS) is not None:
        policy: dict[str, list[Any]] = dict(settings.SECURE_CSP)
        policy["form-action"] = [*policy["form-action"], *cards.pages]
        response._csp_config = policy  # type: ignore[attr-defined]
    return response
