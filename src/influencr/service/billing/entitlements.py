"""May this request search? The one question that the rest of the service asks about money."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from django.http import HttpRequest
from django.utils import timezone

from influencr.service.accounts import teams
from influencr.service.accounts.models import Team
from influencr.service.billing.models import Payer, Subscription
from influencr.service.billing.providers import by_card

__all__ = ["FIRST", "TRIAL_DAYS", "Entitlement", "State", "begin_trial", "judged", "of", "standing"]

#: Results that everybody sees of any search (interface.md, "Locked").
FIRST = 5
#: Length of the trial, from the confirmation of the address (product.md).
TRIAL_DAYS = 7
#: How long the search stays open when a payment that is due does not come. Own choice: a week lets
#: a weekend and the post of a new card pass, and is what a trial gives without being paid.
GRACE_DAYS = 7
#: What a month costs, in dollars (product.md); the price at Stripe is what is charged.
PRICE = 49

type State = Literal["open", "stranger", "trial", "active", "grace", "locked"]


class Entitlement(NamedTuple):
    """What somebody may do.

    until      when the state ends; None: it does not end by itself
    days_left  whole days until then, the day that has begun counted; None without an end
    sentence   the state in one sentence; empty in an open instance and for a stranger
    """

    state: State
    until: datetime | None
    sentence: str
    days_left: int | None = None

    @property
    def may_search(self) -> bool:
        """Whether every result may be seen, and not only the first FIRST."""
        return self.state in ("open", "trial", "active", "grace")


def of(asker: HttpRequest | Team, now: datetime | None = None) -> Entitlement:
    """What a request, or a team, may do at an instant (default: now).

    In an instance without members everybody may everything, and nothing is looked up.
    """
    if not teams.has_members():
        return Entitlement("open", None, "")
    if isinstance(asker, Team):
        return _of_team(asker, now or timezone.now())
    if now is not None:
        return _of_request(asker, now)
    if not hasattr(asker, "_influencr_entitlement"):
        found = _of_request(asker, timezone.now())
        asker._influencr_entitlement = found  # type: ignore[attr-defined]
    told: Entitlement = asker._influencr_entitlement  # type: ignore[attr-defined]
    return told


def begin_trial(team: Team, now: datetime | None = None, *, again: bool = False) -> None:
    """Begin the trial of a team; a team that had one keeps it as it was.

    again   its founder has had one before: it is over as it begins
    """
    until = (now or timezone.now()) + timedelta(days=0 if again else TRIAL_DAYS)
    told = {"trial_until": until, "trial_before": again}
    Subscription.objects.get_or_create(team=team, defaults=told)


def standing(now: datetime | None = None) -> dict[State, int]:
    """How many teams may do what at an instant (default: now)."""
    at = now or timezone.now()
    return dict(Counter(judged(one, at).state for one in Subscription.objects.iterator()))


def known_as(team: Team) -> str | None:
    """The number of a team at Stripe, where its invoices lie; None when it never was to pay."""
    payer = Payer.objects.filter(team=team).exclude(customer="").first()
    return payer.customer if payer else None


def cease(team: Team) -> None:
    """A team is about to be deleted: nothing is charged for it any more.

    Raises StripeAway when Stripe does not answer; then nothing has changed. Where cards are not
    taken any more, nothing is asked.
    """
    if by_card() and known_as(team):
        from influencr.service.billing.providers import stripe

        stripe.leave(team)


def _of_request(request: HttpRequest, now: datetime) -> Entitlement:
    team = teams.team_of(request)
    if team is None:
        return Entitlement("stranger", None, "")
    return _of_team(team, now)


def _of_team(team: Team, now: datetime) -> Entitlement:
    one = Subscription.objects.filter(team=team).first()
    return _locked("The trial has not begun.") if one is None else judged(one, now)


def judged(one: Subscription, now: datetime) -> Entitlement:
    """What the instants of a subscription mean at one of them."""
    paid = max((at for at in (one.paid_until, one.given_until) if at is not None), default=None)
    if now < one.trial_until and (paid is None or paid <= one.trial_until):
        on = paid is not None and not one.ends
        then = "the subscription begins then" if on else ""
        sentence = f"Your trial ends on {_day(one.trial_until)}{'; ' + then if then else ''}."
        return Entitlement("trial", one.trial_until, sentence, _days(one.trial_until, now))
    if paid is not None and now < paid:
        said = "ends" if one.ends else "is paid until"
        sentence = f"Your subscription {said} {'on ' if one.ends else ''}{_day(paid)}."
        return Entitlement("active", paid, sentence, _days(paid, now))
    if one.grace_until is not None and now < one.grace_until:
        return _owing(one, one.grace_until, now)
    if paid is None and one.trial_before:
        return _locked(
            "This address has had its 7 days within the last 12 months; "
            "the search opens with a subscription."
        )
    if paid is None or paid <= one.trial_until:
        return _locked(f"Your trial ended on {_day(one.trial_until)}.")
    return _locked(f"Your subscription ended on {_day(paid)}.")


def _owing(one: Subscription, until: datetime, now: datetime) -> Entitlement:
    """Paid for until a moment ago: the next payment has failed, or is still on its way."""
    if one.failed_at is None and one.paid_until is not None:
        sentence = f"Paid until {_day(one.paid_until)}; the next payment is on its way."
        return Entitlement("active", until, sentence, _days(until, now))
    sentence = f"The last payment failed; the search stays open until {_day(until)}."
    return Entitlement("grace", until, sentence, _days(until, now))


def _locked(sentence: str) -> Entitlement:
    return Entitlement("locked", None, sentence)


def _days(until: datetime, now: datetime) -> int:
    return -(-(until - now) // timedelta(days=1))


def _day(at: datetime) -> str:
    return f"{at.day} {at:%b %Y, %H:%M} UTC"
