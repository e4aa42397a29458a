"""Webhooks of a team over HTTP: made, tried, paused, removed, and every call that was made."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, TypedDict

import msgspec
from msgspec import Meta

from influencr.errors import UsageError
from influencr.service.accounts.models import Team
from influencr.service.api.asker import Asker
from influencr.service.api.orders import order
from influencr.service.api.refusals import Refusal
from influencr.service.webhooks import kept
from influencr.service.webhooks.models import Delivery, Webhook

__all__ = ["DeliveryDocument", "WebhookDocument"]

_ID = Meta(description="the webhook, by its id")
#: Calls that are told of one webhook. Own choice: a day of a busy one.
_SHOWN = 100


class Nothing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Nothing has to be said."""


class MakeHook(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where to call."""

    url: Annotated[str, Meta(description="public https address that takes POST")]


class OneHook(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which webhook."""

    webhook: Annotated[str, _ID]


class ChangeHook(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which webhook, and whether it waits."""

    webhook: Annotated[str, _ID]
    paused: Annotated[bool | None, Meta(description="whether nothing is sent for now")] = None


class OneDelivery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which call."""

    webhook: Annotated[str, _ID]
    delivery: Annotated[str, Meta(description="the call, by its id")]


class WebhookDocument(TypedDict):
    """A webhook, without its secret."""

    id: str
    url: str
    made_at: datetime
    paused_at: datetime | None
    paused_because: str


class NewWebhookDocument(WebhookDocument):
    """A webhook just made; `secret` is told this once."""

    secret: str


class WebhooksDocument(TypedDict):
    """Every webhook of the team."""

    webhooks: list[WebhookDocument]


class DeliveryDocument(TypedDict):
    """One call; `state` is waiting, delivered or failed, `status` of HTTP, null without an
    answer."""

    id: str
    state: str
    alerts_after: int
    alerts_upto: int
    attempts: int
    made_at: datetime
    due_at: datetime | None
    done_at: datetime | None
    status: int | None
    problem: str


class DeliveriesDocument(TypedDict):
    """The last calls of a webhook, the newest first."""

    deliveries: list[DeliveryDocument]


@order("webhooks", Nothing, path="webhooks", returns=WebhooksDocument)
def webhooks(asker: Asker, request: Nothing) -> dict[str, Any]:
    """Every webhook of the team."""
    return {"webhooks": [_hook(one) for one in _team(asker).webhooks.all()]}


@order(
    "webhook_make", MakeHook, path="webhooks", verb="POST", writes=True, status=201,
    returns=NewWebhookDocument,
)  # fmt: skip
def make(asker: Asker, request: MakeHook) -> dict[str, Any]:
    """Have every alert from now on sent to an address, signed with a secret that is told once.

    A call is a POST of JSON, signed as Standard Webhooks 1.0 says (webhook-id, webhook-timestamp,
    webhook-signature). Any answer from 200 to 299 within 15 seconds is taken for received; others
    are tried again for two days, under the same id.
    """
    team = _team(asker)
    by = None if asker.key is None else asker.key.made_by
    made, secret = kept.make(team, by, request.url, asker.engine.alerts.kept.newest())
    return {**_hook(made), "secret": secret}


@order("webhook", OneHook, path="webhooks/{webhook}", returns=WebhookDocument)
def webhook(asker: Asker, request: OneHook) -> dict[str, Any]:
    """One webhook."""
    return _hook(kept.get(_team(asker), request.webhook))


@order(
    "webhook_change", ChangeHook, path="webhooks/{webhook}", verb="PATCH", writes=True,
    returns=WebhookDocument,
)  # fmt: skip
def change(asker: Asker, request: ChangeHook) -> dict[str, Any]:
    """Pause a webhook, or send again from where it stopped."""
    one = kept.get(_team(asker), request.webhook)
    if request.paused is None:
        raise UsageError("paused: say true or false; nothing else can be changed.", field="paused")
    kept.pause(one, on=request.paused)
    return _hook(one)


@order(
    "webhook_remove", OneHook, path="webhooks/{webhook}", verb="DELETE", writes=True,
    returns=WebhookDocument,
)  # fmt: skip
def remove(asker: Asker, request: OneHook) -> dict[str, Any]:
    """Call an address no more, and forget the calls that were made."""
    one = kept.get(_team(asker), request.webhook)
    told = _hook(one)
    kept.remove(one)
    return told


@order(
    "webhook_try", OneHook, path="webhooks/{webhook}/try", verb="POST", writes=True, status=202,
    returns=DeliveryDocument,
)  # fmt: skip
def try_(asker: Asker, request: OneHook) -> dict[str, Any]:
    """Send a call without alerts, within about a minute, to see whether it arrives."""
    return _delivery(kept.trial(kept.get(_team(asker), request.webhook)))


@order("deliveries", OneHook, path="webhooks/{webhook}/deliveries", returns=DeliveriesDocument)
def deliveries(asker: Asker, request: OneHook) -> dict[str, Any]:
    """The last hundred calls of a webhook with what came back, the newest first."""
    one = kept.get(_team(asker), request.webhook)
    return {"deliveries": [_delivery(call) for call in one.deliveries.all()[:_SHOWN]]}


@order(
    "delivery_again", OneDelivery, path="webhooks/{webhook}/deliveries/{delivery}/again",
    verb="POST", writes=True, status=202, returns=DeliveryDocument,
)  # fmt: skip
def again(asker: Asker, request: OneDelivery) -> dict[str, Any]:
    """Send a call once more, with the same id."""
    return _delivery(kept.again(kept.get(_team(asker), request.webhook), request.delivery))


def _team(asker: Asker) -> Team:
    if asker.key is None:
        raise Refusal(
            "forbidden",
            "Webhooks belong to teams, and this instance has no members; `alerts` tells the same.",
        )
    return asker.key.team


def _hook(one: Webhook) -> dict[str, Any]:
    return {
        "id": str(one.pk),
        "url": one.url,
        "made_at": one.made_at,
        "paused_at": one.paused_at,
        "paused_because": one.paused_because,
    }


def _delivery(one: Delivery) -> dict[str, Any]:
    return {
        "id": str(one.pk),
        "state": one.state,
        "alerts_after": one.after,
        "alerts_upto": one.upto,
        "attempts": one.attempts,
        "made_at": one.made_at,
        "due_at": one.due_at,
        "done_at": one.done_at,
        "status": one.status,
        "problem": one.problem,
    }
