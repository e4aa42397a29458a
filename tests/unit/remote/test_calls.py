"""Questions as calls: what stands in the address, what in the body, and what is asked again."""

import json
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from influencr.answers import QUESTIONS, from_params, read_request
from influencr.errors import Unreachable
from influencr.remote._calls import Answer, Attempts, call_of


def call(name: str, **values: Any) -> Any:
    return call_of(QUESTIONS[name], values)


def test_a_question_goes_in_the_address() -> None:
    made = call("search", text="vegan food", country=("FR", "BE"), everything=True, place=None)
    assert made.method == "GET"
    assert made.body is None
    address = urlsplit(made.target)
    assert address.path == "/api/v1/search"
    assert parse_qs(address.query) == {
        "text": ["vegan food"],
        "country": ["FR", "BE"],
        "everything": ["true"],
    }


@pytest.mark.parametrize(
    "who", ["tiktok:@ana", "mastodon:https://town.example/users/ana?x=1#y", "@a/b", "ä % +"]
)
def test_a_name_stands_in_the_path_whatever_it_holds(who: str) -> None:
    made = call("creator", who=who)
    path = urlsplit(made.target).path
    assert path.count("/") == 4
    assert unquote(path.rpartition("/")[2]) == who


def test_what_an_address_cannot_say_is_sent_as_json() -> None:
    made = call("plan", budget=500, prices={"tiktok:@ana": (10, 20)})
    assert (made.method, made.target) == ("POST", "/api/v1/plan")
    assert json.loads(made.body) == {"budget": 500, "prices": {"tiktok:@ana": [10, 20]}}
    assert ("Content-Type", "application/json") in made.headers


def test_a_long_question_is_sent_as_json() -> None:
    many = [f"tiktok:{number}" for number in range(1_000)]
    made = call("search", exclude=many)
    assert (made.method, made.target) == ("POST", "/api/v1/search")
    assert json.loads(made.body) == {"exclude": many}


def test_both_ways_ask_the_same() -> None:
    asked = {"text": "gym", "facets": (), "size_bands": (), "followers_min": 10, "fit_min": None}
    made = call("search", **asked)
    by_address = from_params(QUESTIONS["search"], parse_qs(urlsplit(made.target).query))
    read = [read_request(QUESTIONS["search"], values) for values in (asked, by_address)]
    assert read[0] == read[1]
    assert read[0].query.facets == ()


def test_orders_carry_a_key_of_their_own() -> None:
    writing = next(one for one in QUESTIONS.values() if one.writes)
    given = dict.fromkeys(writing.in_path, "x")
    keys = [dict(call_of(writing, given).headers)["Idempotency-Key"] for _ in range(2)]
    assert keys[0] != keys[1]
    assert "Idempotency-Key" not in dict(call("search").headers)


def answer(status: int, **headers: str) -> Answer:
    return Answer(status, headers, b"")


def test_what_may_pass_is_asked_again_after_longer_and_longer() -> None:
    attempts = Attempts(4)
    gone = Unreachable("gone")
    waits = [attempts.wait_after(one) for one in (gone, answer(503), answer(502), gone)]
    assert waits == [0.5, 1.0, 2.0, None]


@pytest.mark.parametrize("status", [200, 301, 400, 401, 404, 422, 500])
def test_what_fails_the_same_way_again_is_not_asked_again(status: int) -> None:
    assert Attempts(9).wait_after(answer(status)) is None


def test_the_instance_says_how_long_but_nobody_waits_forever() -> None:
    waits = [
        Attempts(2).wait_after(answer(429, **{"retry-after": said})) for said in ("3", "3600", "x")
    ]
    assert waits == [3.0, None, 0.5]
