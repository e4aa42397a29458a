"""The page of webhooks: the secret once, what came back, and nothing of another team."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.utils import timezone
from tests.standins.members import signed_in

from influencr.service.webhooks import kept
from influencr.service.webhooks.models import Delivery, Webhook

URL = "https://hooks.example/in"
PAGE = "/account/webhooks"


@pytest.fixture
def hook(members: Any) -> Webhook:
    return kept.make(members.olga.team, members.olga, URL, 0)[0]


def act(client: Any, hook: Webhook, word: str, **more: str) -> Any:
    return client.post(f"{PAGE}/change", {"webhook": str(hook.pk), "act": word, **more})


def test_the_secret_is_shown_once(members: Any, engine: Any):
    client = signed_in(members.olga)
    made = client.post(PAGE, {"url": URL})
    assert made["Cache-Control"] == "private, no-store"
    secret = re.search(r"<code>(whsec_\S+)</code>", made.content.decode())[1]
    assert kept.secret_of(Webhook.objects.get()) == secret
    later = client.get(PAGE).content.decode()
    assert URL in later
    assert secret not in later


def test_alerts_told_before_are_not_sent(members: Any, engine: Any):
    alerts = engine.of(members.olga.team.owner_key).alerts.kept
    alerts.watch("list", "l1")
    (watch,) = alerts.watches()
    told = [("bluesky:1", "silent", {"activity": "active"}, {"activity": "dormant"}, 1)]
    alerts.looked(watch, asks=b"", generation=1, as_of=None, came={}, told=told)
    signed_in(members.olga).post(PAGE, {"url": URL})
    assert Webhook.objects.get().upto == alerts.newest() > 0


@pytest.mark.parametrize(
    "url", ["", "http://hooks.example/in", "https://127.0.0.1/in", "https://x.example/\u202e", "x"]
)
def test_an_address_that_cannot_be_called_is_refused_beside_its_field(
    members: Any, engine: Any, url: str
):
    response = signed_in(members.olga).post(PAGE, {"url": url})
    assert response.status_code == 400
    assert 'id="hook-error"' in response.content.decode()
    assert not Webhook.objects.exists()


def test_it_is_tried_paused_woken_and_removed(members: Any, hook: Webhook, engine: Any):
    client = signed_in(members.tomas)
    assert act(client, hook, "try").status_code == 302
    assert "a trial" in client.get(PAGE).content.decode()
    act(client, hook, "pause")
    hook.refresh_from_db()
    assert hook.paused_at is not None
    assert "paused" in client.get(PAGE).content.decode()
    act(client, hook, "wake")
    hook.refresh_from_db()
    assert hook.paused_at is None
    act(client, hook, "remove")
    assert "No webhook yet" in client.get(PAGE).content.decode()


def test_what_came_back_is_told_and_a_call_goes_out_again(members: Any, hook: Webhook, engine: Any):
    one = Delivery.objects.create(
        webhook=hook, after=3, upto=5, state="failed", attempts=8, status=500,
        problem="<b>It answered</b> 500.", done_at=timezone.now(),
    )  # fmt: skip
    client = signed_in(members.olga)
    markup = client.get(PAGE).content.decode()
    assert "Given up" in markup
    assert "answered 500" in markup
    assert '<p class="note">alerts,' in markup
    assert "8 attempts" in markup
    assert "<b>It answered" not in markup
    act(client, hook, "again", delivery=str(one.pk))
    one.refresh_from_db()
    assert (one.state, one.attempts) == ("waiting", 0)


@pytest.mark.parametrize("word", ["try", "pause", "wake", "again", "remove", "sell", ""])
def test_nobody_touches_the_webhooks_of_another_team(
    members: Any, hook: Webhook, engine: Any, word: str
):
    one = Delivery.objects.create(webhook=hook, state="failed")
    response = act(signed_in(members.vera), hook, word, delivery=str(one.pk))
    assert response.status_code in (400, 404)
    assert URL not in response.content.decode()
    hook.refresh_from_db()
    assert (hook.paused_at, hook.deliveries.get().state) == (None, "failed")


@pytest.mark.parametrize(
    ("word", "call", "named"),
    [
        ("sell", "", "ay try, pause, wake, again or remove."),
        ("again", "x", "x"),
        ("again", "", ""),
    ],
)
def test_an_act_that_there_is_not_is_refused(
    members: Any, hook: Webhook, engine: Any, word: str, call: str, named: str
):
    one = Delivery.objects.create(webhook=hook, state="failed")
    response = act(signed_in(members.olga), hook, word, delivery=call)
    assert response.status_code in (400, 404)
    assert named in response.content.decode()
    one.refresh_from_db()
    assert one.state == "failed"
