"""Who may search until when, and what a page shows to those who may not."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client, RequestFactory
from hypothesis import given
from hypothesis import strategies as st
from tests.standins.members import signed_in

from influencr.errors import UsageError
from influencr.service.billing import entitlements, operating
from influencr.service.billing.models import Subscription

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def set_to(team: Any, **instants: Any) -> None:
    Subscription.objects.filter(team=team).update(**instants)


@pytest.mark.parametrize(
    ("instants", "state", "days"),
    [
        ({"trial_until": NOW + 7 * DAY}, "trial", 7),
        ({"trial_until": NOW + timedelta(seconds=1)}, "trial", 1),
        ({"trial_until": NOW + DAY + timedelta(seconds=1)}, "trial", 2),
        ({"trial_until": NOW}, "locked", None),
        ({"trial_until": NOW - DAY, "paid_until": NOW + 30 * DAY}, "active", 30),
        ({"trial_until": NOW + DAY, "paid_until": NOW + 30 * DAY}, "active", 30),
        ({"trial_until": NOW - DAY, "paid_until": NOW}, "locked", None),
        (
            {
                "trial_until": NOW - DAY,
                "paid_until": NOW - DAY,
                "grace_until": NOW + 3 * DAY,
                "failed_at": NOW - DAY,
            },
            "grace",
            3,
        ),
        (
            {"trial_until": NOW - DAY, "paid_until": NOW, "grace_until": NOW + 7 * DAY},
            "active",
            7,
        ),
        ({"trial_until": NOW + DAY, "paid_until": NOW + DAY}, "trial", 1),
        ({"trial_until": NOW - DAY, "given_until": NOW + DAY}, "active", 1),
        ({"trial_until": NOW - DAY, "paid_until": NOW, "given_until": NOW + DAY}, "active", 1),
        ({"trial_until": NOW - DAY, "paid_until": NOW, "grace_until": NOW}, "locked", None),
    ],
)
def test_the_state_follows_from_the_instants(
    members: Any, instants: dict[str, Any], state: str, days: int | None
):
    set_to(members.olga.team, **instants)
    told = entitlements.of(members.olga.team, NOW)
    assert (told.state, told.days_left) == (state, days)
    assert told.may_search == (state != "locked")
    assert told.sentence.endswith(".")


@given(st.lists(st.integers(-40, 40), min_size=4, max_size=4), st.integers(-40, 40), st.booleans())
def test_whoever_has_paid_or_tries_may_search_and_nobody_else(
    hours: list[int], at: int, failed: bool
):
    trial, paid, grace, given_ = (NOW + timedelta(hours=h) for h in hours)
    now = NOW + timedelta(hours=at)
    one = Subscription(
        trial_until=trial,
        paid_until=paid,
        grace_until=grace,
        given_until=given_,
        failed_at=NOW if failed else None,
    )
    told = entitlements.judged(one, now)
    assert told.may_search == (now < max(trial, paid, grace, given_))


def test_a_trial_is_given_once(members: Any):
    with time_machine.travel(NOW, tick=False):
        set_to(members.ada.team, trial_until=NOW - DAY)
        entitlements.begin_trial(members.ada.team)
        assert entitlements.of(members.ada.team).state == "locked"


def test_a_stranger_and_a_member_without_a_team(members: Any):
    request = RequestFactory().get("/")
    assert entitlements.of(request).state == "stranger"
    members.ada.team.delete()
    request = RequestFactory().get("/")
    members.ada.refresh_from_db()
    request.user = members.ada
    assert entitlements.of(request).state == "stranger"


def test_an_open_instance_asks_nobody(engine: Any):
    told = entitlements.of(RequestFactory().get("/"))
    assert (told.state, told.may_search, told.sentence) == ("open", True, "")


# What pages show.


def searched(client: Client, engine: Any, cast: Any, address: str = "/search?text=rye") -> str:
    rows = [
        cast.hit(cast.creator(profile_id=f"bluesky:{i}", handle=f"baker{i}.example"))
        for i in range(20)
    ]
    engine.answer = cast.results(*rows[:5], total=412, next="CURSOR", generation=93)
    engine.asked.clear()
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("who", ["stranger", "ada"])
@pytest.mark.parametrize(
    "address",
    [
        "/search?text=rye",
        "/search?text=rye&limit=100",
        "/search?text=rye&after=CURSOR&start=20&trail=A",
        "/search?text=rye&sort=followers&limit=3",
    ],
)
def test_who_may_not_search_sees_five_and_the_real_count(
    members: Any, engine: Any, cast: Any, who: str, address: str
):
    client = Client() if who == "stranger" else signed_in(members.ada)
    markup = searched(client, engine, cast, address)
    query = engine.asked[-1]
    assert query.limit <= 5
    assert query.after is None
    assert "412\xa0creators" in markup
    assert "The other 407" in markup
    assert 'class="pager"' not in markup
    assert "CURSOR" not in markup.replace("after=CURSOR", "").replace("after%3DCURSOR", "")
    if who == "stranger":
        assert "Start 7 days free" in markup
        assert "Save search" not in markup
    else:
        assert "Your trial ended on" in markup
        assert 'href="/billing"' in markup
        assert "Search closed" in markup


@pytest.mark.parametrize("who", ["olga", "tomas", "vera"])
def test_who_may_search_sees_all_of_it(members: Any, engine: Any, cast: Any, who: str):
    markup = searched(signed_in(getattr(members, who)), engine, cast, "/search?text=r&limit=100")
    assert engine.asked[-1].limit == 100
    assert "The other" not in markup
    assert "Next 100" in markup
    assert re.search(r"5 days left", markup)


def test_nothing_is_closed_where_nothing_is_behind(members: Any, engine: Any, cast: Any):
    engine.answer = cast.results(cast.hit(), total=1)
    assert "locked-title" not in Client().get("/search?text=rye").content.decode()


def test_the_front_page_asks_a_stranger_to_try(members: Any, engine: Any, cast: Any):
    markup = Client().get("/").content.decode()
    assert 'href="/signup">Start 7 days free' in markup
    assert "Start 7 days free" not in signed_in(members.olga).get("/").content.decode()


def test_the_lock_falls_with_the_clock_and_what_is_kept_stays(members: Any, engine: Any, cast: Any):
    with time_machine.travel(NOW, tick=False) as clock:
        set_to(members.olga.team, trial_until=NOW + DAY)
        client = signed_in(members.olga)
        assert "The other" not in searched(client, engine, cast)
        clock.shift(DAY)
        assert "The other 407 are closed" in searched(client, engine, cast)
        for address in ("/saved", "/brand", "/team", "/account", "/billing"):
            assert client.get(address).status_code == 200
        assert "Your trial ended on 24 Nov 2026, 12:00 UTC." in client.get(
            "/billing"
        ).content.decode().replace("\xa0", " ")


# Who has paid, as the operator says.


def test_the_operator_says_who_has_paid(members: Any):
    with time_machine.travel(NOW, tick=False):
        said = io.StringIO()
        call_command("subscription", "Tomas@rye.example", "--until", "2027-01-31", stdout=said)
        assert "active" in said.getvalue()
        told = entitlements.of(members.olga.team)
        assert told.until == datetime(2027, 2, 1, tzinfo=UTC)
        call_command("subscription", "olga@rye.example", "--end", stdout=said)
        assert entitlements.of(members.olga.team).state == "locked"


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["nobody@x.example"], "no member"),
        (["olga@rye.example", "--until", "soon"], "no day"),
        (["olga@rye.example", "--until", "2020-01-01"], "has passed"),
    ],
)
def test_what_the_operator_cannot_say(members: Any, words: list[str], why: str):
    with pytest.raises(CommandError, match=why):
        call_command("subscription", *words)


def test_a_day_that_has_passed_pays_nothing(members: Any):
    with pytest.raises(UsageError, match="has passed"):
        operating.give(members.olga.team, datetime(2020, 1, 1, tzinfo=UTC))
