"""Finding a member, seeing how their team stands, and what an operator may do about it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from influencr.errors import InfluencrError, UsageError
from influencr.service.accounts.models import Team, User
from influencr.service.admin import deeds
from influencr.service.admin.access import operator_of, operators_only
from influencr.service.billing import entitlements, operating
from influencr.service.web import numbers

__all__ = ["member", "members"]

_SHOWN = 50
#: Members that a search for a state looks through; beyond it says so.
_SEARCHED = 5_000
STATES = ("trial", "active", "grace", "locked", "unconfirmed")


class Found(NamedTuple):
    """A member in the list."""

    pk: int
    email: str
    name: str
    team: str
    state: str
    until: str
    joined: str


class Act(NamedTuple):
    """Something that is asked for twice: what will happen, and how the button says it."""

    verb: str
    sentence: str
    button: str
    dangerous: bool


@operators_only
@require_safe
def members(request: HttpRequest) -> HttpResponse:
    """Members by address, team and state, the newest first."""
    words, state = request.GET.get("q", "").strip()[:200], request.GET.get("state", "")
    state = state if state in STATES else ""
    before = request.GET.get("before", "")
    rows = User.objects.select_related("team").order_by("-pk")
    if words and words.isprintable():
        rows = rows.filter(
            Q(email__icontains=words) | Q(name__icontains=words) | Q(team__name__icontains=words)
        )
    if before.isascii() and before.isdecimal():
        rows = rows.filter(pk__lt=min(int(before), 2**62))
    found: list[Found] = []
    more = False
    for user in rows[: _SEARCHED if state else _SHOWN + 1]:
        one = _found(user)
        if state and one.state != state:
            continue
        if len(found) == _SHOWN:
            more = True
            break
        found.append(one)
    context = {"found": found, "q": words, "state": state, "states": STATES, "more": more}
    return render(request, "admin/members.html", context)


def _found(user: User) -> Found:
    told = None if user.team is None else entitlements.of(user.team)
    return Found(
        user.pk,
        user.email,
        user.name,
        user.team.name if user.team else "",
        told.state if told else "unconfirmed",
        numbers.instant(told.until) if told and told.until else "",
        numbers.day(user.joined_at),
    )


@operators_only
@require_http_methods(["GET", "HEAD", "POST"])
def member(request: HttpRequest, pk: int) -> HttpResponse:
    """One member; a change is shown as a sentence first and happens when it is sent again."""
    user = get_object_or_404(User.objects.select_related("team"), pk=pk)
    if request.method != "POST":
        return render(request, "admin/member.html", _shown(user))
    try:
        act = _act(request, user)
        if act.verb == "resend" or request.POST.get("sure") == "yes":
            said = _do(request, user, act)
            messages.success(request, said)
            return HttpResponseRedirect(reverse("staff-member", args=[pk]))
    except InfluencrError as error:
        return render(
            request, "admin/member.html", {**_shown(user), "wrong": error.message}, status=400
        )
    sent = {
        name: request.POST[name]
        for name in ("verb", "until", "invoice", "cents", "amount", "also_end")
        if request.POST.get(name)
    }
    return render(request, "admin/sure.html", {"member": user, "act": act, "sent": sent})


def _shown(user: User) -> dict[str, Any]:
    told: dict[str, Any] = {"member": user, "team": user.team, "invoices": (), "away": ""}
    told["addresses"] = EmailAddress.objects.filter(user=user).order_by("-primary", "pk")
    told["unconfirmed"] = not any(one.verified for one in told["addresses"])
    kinds = Authenticator.objects.filter(user=user).values_list("type", flat=True)
    told["has_second"] = bool({*kinds} & {"totp", "webauthn"})
    keys: list[object] = [user.pk]
    if user.team is not None:
        told["plan"] = operating.overview(user.team)
        told["others"] = user.team.memberships.exclude(user=user).select_related("user")
        keys.append(user.team.pk)
        try:
            told["invoices"] = operating.invoices(user.team)
        except InfluencrError as error:
            told["away"] = error.message
    told["lines"] = [
        *deeds.newest("member", [user.pk]),
        *(deeds.newest("team", [user.team.pk]) if user.team else ()),
    ]
    return told


def _act(request: HttpRequest, user: User) -> Act:
    """What is asked for, in a sentence. Raises UsageError for what makes no sense."""
    verb = request.POST.get("verb", "")
    if verb == "resend":
        return Act(verb, "", "Send it again", dangerous=False)
    team = _team(user)
    if verb == "give":
        until = _end_of(request.POST.get("until", ""))
        said = f"“{team}” may search until {numbers.instant(until)}, whatever it pays."
        return Act(verb, said, "Let them search", dangerous=False)
    if verb == "take back":
        said = f"What was given to “{team}” ends now; what it pays for itself stays."
        return Act(verb, said, "Take it back", dangerous=True)
    if verb == "end":
        said = f"Trial, gift and subscription of “{team}” end now, at the card’s provider too."
        return Act(verb, said, "End it now", dangerous=True)
    if verb == "refund":
        cents = _cents(request.POST.get("amount", ""))
        much = "everything that is left" if cents is None else f"{cents / 100:.2f}"
        said = f"{much} of invoice {request.POST.get('invoice', '')[:80]} goes back to “{team}”."
        said = said[0].upper() + said[1:]
        if request.POST.get("also_end"):
            said += " Its subscription ends now too."
        return Act(verb, said, "Give it back", dangerous=True)
    raise UsageError("verb: choose one of the buttons.", field="verb")


def _do(request: HttpRequest, user: User, act: Act) -> str:
    """Do it, write it down, and say what happened."""
    by = operator_of(request)
    if act.verb == "resend":
        address = EmailAddress.objects.filter(user=user, verified=False).first()
        if address is None:
            raise UsageError("member: every address is confirmed already.", field="member")
        address.send_confirmation(request)
        deeds.note(by, "resend", "member", user.pk)
        return "The confirmation is on its way again."
    team = _team(user)
    if act.verb == "give":
        until = _end_of(request.POST.get("until", ""))
        operating.give(team, until)
        deeds.note(by, "give", "team", team.pk, numbers.instant(until))
        return f"“{team}” may search until {numbers.instant(until)}."
    if act.verb == "take back":
        operating.give(team, None)
        deeds.note(by, "take back", "team", team.pk)
        return "What was given is taken back."
    if act.verb == "end":
        operating.end(team)
        deeds.note(by, "end", "team", team.pk)
        return "It has ended."
    also = bool(request.POST.get("also_end"))
    invoice = request.POST.get("invoice", "")
    back = operating.refund(team, invoice, _cents(request.POST.get("amount", "")), end=also)
    much = f"{back.cents / 100:.2f} {back.currency.upper()}"
    deeds.note(by, "refund", "team", team.pk, f"{much} of {invoice}{', ended' if also else ''}")
    return f"{much} are on their way back ({back.status})."


def _team(user: User) -> Team:
    if user.team is None:
        raise UsageError("member: they are in no team yet.", field="member")
    return user.team


def _end_of(typed: str) -> datetime:
    try:
        found = date.fromisoformat(typed.strip())
        return datetime.combine(found + timedelta(days=1), time(), UTC)
    except (ValueError, OverflowError) as error:
        raise UsageError("until: write a day like 2027-01-31.", field="until") from error


def _cents(typed: str) -> int | None:
    words = typed.strip()
    if not words:
        return None
    whole, _, part = words.partition(".")
    if not (whole + part).isascii() or not (whole + part).isdecimal() or len(part) > 2:
        raise UsageError("amount: write it like 12.50, or nothing for all of it.", field="amount")
    if len(whole) > 7:
        raise UsageError("amount: that is more than any invoice.", field="amount")
    return int(whole or "0") * 100 + int(part.ljust(2, "0") or "0")
