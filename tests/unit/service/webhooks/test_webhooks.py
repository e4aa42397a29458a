"""Calls of programs: signed, sent again until they arrive, stopped when nobody is there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
import time_machine

from influencr.errors import Refused, Unreachable, UsageError
from influencr.service.accounts import keys
from influencr.service.webhooks import kept, sending, signing, tasks
from influencr.service.webhooks.models import Delivery, Webhook
from influencr.sources.http import Answer, Call

URL = "https://hooks.example/in"
SILENT = ("bluesky:1", "silent", {"activity": "active"}, {"activity": "dormant"}, 1)


class Receiver:
    """Takes calls, and answers what the test says."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.says: Any = 204

    def __call__(self, call: Call) -> Answer:
        self.calls.append(call)
        if isinstance(self.says, BaseException):
            raise self.says
        return Answer(self.says, {}, b"", call.url)

    @property
    def bodies(self) -> list[Any]:
        return [msgspec.json.decode(call.body) for call in self.calls]


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Receiver:
    taken = Receiver()
    monkeypatch.setattr(sending, "transport", lambda: taken)
    return taken


@pytest.fixture
def team(members: Any) -> Any:
    return members.olga.team


@pytest.fixture
def hook(team: Any) -> Webhook:
    return kept.make(team, None, URL, 0)[0]


def tell(engine: Any, team: Any, *told: Any) -> Any:
    alerts = engine.of(team.owner_key).alerts.kept
    alerts.watch("list", "l1")
    (watch,) = alerts.watches()
    alerts.looked(watch, asks=b"", generation=1, as_of=None, came={}, told=list(told))
    return alerts


def work() -> None:
    """What the queue does in a minute."""
    for due in sending.gather():
        sending.send(due)


def test_the_signature_is_the_one_of_the_specification() -> None:
    # The example of Standard Webhooks 1.0.
    told = signing.headers(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        b'{"test": 2432232314}',
    )
    assert told["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_an_alert_is_sent_once_and_signed(
    team: Any, hook: Webhook, receiver: Receiver, engine: Any
) -> None:
    tell(engine, team, SILENT)
    work()
    work()
    (call,) = receiver.calls
    assert call.url == URL
    (alert,) = receiver.bodies[0]["alerts"]
    assert (alert["what"], alert["profile_id"]) == ("silent", "bluesky:1")
    expected = signing.headers(
        kept.secret_of(hook), call.headers["webhook-id"],
        int(call.headers["webhook-timestamp"]), call.body,
    )  # fmt: skip
    assert call.headers["webhook-signature"] == expected["webhook-signature"]
    one = Delivery.objects.get()
    assert (one.state, one.status, one.due_at) == ("delivered", 204, None)


def test_what_was_told_before_a_webhook_was_made_is_not_sent(
    team: Any, receiver: Receiver, engine: Any
) -> None:
    alerts = tell(engine, team, SILENT)
    kept.make(team, None, URL, alerts.newest())
    work()
    assert receiver.calls == []


def test_a_call_that_fails_is_sent_again_later_under_the_same_id(
    team: Any, hook: Webhook, receiver: Receiver, engine: Any
) -> None:
    tell(engine, team, SILENT)
    receiver.says = 500
    now = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
    with time_machine.travel(now, tick=False) as clock:
        for wait in (timedelta(), *sending.BACK_OFF):
            clock.shift(wait - timedelta(seconds=1) if wait else wait)
            work()
            if wait:
                clock.shift(timedelta(seconds=1))
                work()
        assert len(receiver.calls) == 1 + len(sending.BACK_OFF)
        assert len({call.headers["webhook-id"] for call in receiver.calls}) == 1
        one = Delivery.objects.get()
        assert (one.state, one.status, one.attempts) == ("failed", 500, 8)
        hook.refresh_from_db()
        assert "given up after 8 attempts" in hook.paused_because
        # Nothing more is sent before somebody says so; then nothing is lost.
        tell(engine, team, ("bluesky:1", "again", None, None, 1))
        work()
        assert len(receiver.calls) == 8
        receiver.says = 200
        kept.pause(hook, on=False)
        kept.again(hook, str(one.pk))
        work()
    assert [a["what"] for body in receiver.bodies[8:] for a in body["alerts"]] == [
        "silent",
        "again",
    ]


def test_an_address_that_is_gone_is_called_no_more(
    team: Any, hook: Webhook, receiver: Receiver, engine: Any
) -> None:
    tell(engine, team, SILENT)
    receiver.says = 410
    work()
    hook.refresh_from_db()
    assert hook.paused_at is not None
    assert "gone (410)" in hook.paused_because


def test_who_has_left_is_named_in_no_later_call(
    team: Any, hook: Webhook, receiver: Receiver, engine: Any
) -> None:
    from influencr.kept import Kept

    tell(engine, team, SILENT)
    receiver.says = Unreachable("nobody there")
    with time_machine.travel(datetime(2026, 11, 24, 9, 0, tzinfo=UTC), tick=False) as clock:
        work()
        Kept(engine.folder).forget(["bluesky:1"])
        receiver.says = 200
        clock.shift(sending.BACK_OFF[0])
        work()
    assert receiver.bodies[0]["alerts"][0]["profile_id"] == "bluesky:1"
    assert receiver.bodies[1]["alerts"] == []
    assert "bluesky" not in str(list(Delivery.objects.values()))


def test_a_process_that_is_killed_while_it_sends_leaves_the_call_due(
    team: Any, hook: Webhook, receiver: Receiver, engine: Any
) -> None:
    tell(engine, team, SILENT)
    receiver.says = KeyboardInterrupt()
    with time_machine.travel(datetime(2026, 11, 24, 9, 0, tzinfo=UTC), tick=False) as clock:
        with pytest.raises(KeyboardInterrupt):
            work()
        receiver.says = 200
        work()
        assert len(receiver.calls) == 1
        clock.shift(sending.BACK_OFF[0])
        work()
    assert len(receiver.calls) == 2
    assert Delivery.objects.get().state == "delivered"


def test_many_alerts_are_sent_in_their_order_and_in_parts(
    team: Any, hook: Webhook, receiver: Receiver, engine: Any
) -> None:
    tell(engine, team, *(("bluesky:1", "new", None, i, 1) for i in range(250)))
    work()
    told = [alert["after"] for body in receiver.bodies for alert in body["alerts"]]
    assert told == list(range(250))
    assert [len(body["alerts"]) for body in receiver.bodies] == [100, 100, 50]


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example/in",
        "https://127.0.0.1/in",
        "https://localhost/in",
        "https://[::1]/in",
        "https://10.1.2.3/in",
        "https://169.254.169.254/latest/meta-data",
        "ftp://hooks.example/in",
        "nonsense",
        "https://hooks.example:99999/in",
        "https://hooks.example/" + "x" * 500,
    ],
)
def test_addresses_that_are_not_public_are_refused(team: Any, url: str) -> None:
    with pytest.raises(UsageError, match="url: "):
        kept.make(team, None, url, 0)


def test_a_name_that_leads_into_a_private_network_is_refused_when_it_is_called() -> None:
    with pytest.raises(Refused):
        sending.transport()(Call("POST", "https://127.0.0.1:9/in", {}, b"{}", 1_000))


def test_a_team_has_few_webhooks_and_each_address_once(team: Any) -> None:
    kept.make(team, None, URL, 0)
    with pytest.raises(UsageError, match="called already"):
        kept.make(team, None, URL, 0)
    for i in range(kept.HOOKS_MAX - 1):
        kept.make(team, None, f"{URL}/{i}", 0)
    with pytest.raises(UsageError, match="are enough"):
        kept.make(team, None, f"{URL}/more", 0)


def test_the_secret_lies_sealed_in_the_database(team: Any) -> None:
    made, secret = kept.make(team, None, URL, 0)
    assert secret.startswith("whsec_")
    assert secret not in str(Webhook.objects.values())
    assert kept.secret_of(made) == secret


def test_the_minute_puts_each_call_into_the_queue(
    team: Any, hook: Webhook, receiver: Receiver, engine: Any
) -> None:
    tell(engine, team, SILENT)
    tasks.gather.call()
    from django_tasks_db.models import DBTaskResult

    assert DBTaskResult.objects.filter(task_path__endswith="webhooks.tasks.call").count() == 1


def test_over_http_a_team_makes_tries_pauses_and_removes(
    members: Any, receiver: Receiver, engine: Any, client: Any
) -> None:
    _, key = keys.make(members.olga.team, members.olga, "robot", ["lists"])
    _, other = keys.make(members.vera.team, members.vera, "other", ["lists"])

    def call(verb: str, path: str, key: str = key, **body: Any) -> Any:
        sent = msgspec.json.encode(body) if verb in ("POST", "PATCH") else b""
        return client.generic(
            verb, f"/api/v1/{path}", sent,
            content_type="application/json", headers={"Authorization": f"Bearer {key}"},
        )  # fmt: skip

    made = call("POST", "webhooks", url=URL)
    assert made.status_code == 201, made.content
    hook = made.json()
    assert hook["secret"].startswith("whsec_")
    told = call("GET", "webhooks").json()["webhooks"]
    assert [one["id"] for one in told] == [hook["id"]]
    assert "secret" not in told[0]
    # Nobody else's.
    assert call("GET", f"webhooks/{hook['id']}", other).status_code == 404
    assert call("DELETE", f"webhooks/{hook['id']}", other).status_code == 404
    assert call("POST", f"webhooks/{hook['id']}/try").status_code == 202
    work()
    assert receiver.bodies[0]["type"] == "trial"
    (one,) = call("GET", f"webhooks/{hook['id']}/deliveries").json()["deliveries"]
    assert (one["state"], one["status"]) == ("delivered", 204)
    again = call("POST", f"webhooks/{hook['id']}/deliveries/{one['id']}/again")
    assert again.json()["state"] == "waiting"
    assert call("PATCH", f"webhooks/{hook['id']}", paused=True).json()["paused_at"]
    assert call("PATCH", f"webhooks/{hook['id']}").status_code == 422
    refused = call("POST", "webhooks", url="https://10.0.0.1/")
    assert refused.status_code == 422
    assert refused.json()["error"]["field"] == "url"
    assert call("DELETE", f"webhooks/{hook['id']}").status_code == 200
    assert call("GET", f"webhooks/{hook['id']}").status_code == 404
