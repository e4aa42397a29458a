from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from influencr.errors import Busy, HomeError, PlaceError, UnknownValue


def test_an_unknown_parameter_is_named(client: Client, engine: Any):
    response = client.get("/search?text=gym&colour=red")
    assert response.status_code == 400
    markup = response.content.decode()
    assert "colour" in markup
    assert 'name="text" value="gym"' in markup
    assert 'href="/search?text=gym"' in markup
    assert engine.asked == []


@pytest.mark.parametrize(
    "query",
    [
        "sort=best",
        "followers_min=-5",
        "followers_min=abc",
        "engagement_percent_min=much",
        "limit=0",
        "verdict=good",
        "text=a&text=b",
        "within_km=0&place=Berlin",
        "active_within_days=soon",
    ],
)
def test_a_value_that_cannot_be_meant_is_a_sentence(client: Client, engine: Any, query: str):
    response = client.get(f"/search?{query}")
    assert response.status_code == 400
    assert '<p class="sentence">' in response.content.decode()
    assert "Traceback" not in response.content.decode()


def test_valid_values_are_listed(client: Client, engine: Any):
    engine.answer = UnknownValue("topic", "bakking", ["baking", "vegan"])
    markup = client.get("/search?topic=bakking").content.decode()
    assert "<code>baking</code>" in markup
    assert "<code>vegan</code>" in markup


def test_a_place_that_cannot_exist_keeps_the_boxes(client: Client, engine: Any):
    engine.answer = PlaceError("place: 'Atlantiss' is not known.", field="place")
    response = client.get("/search?text=diving&place=Atlantiss")
    assert response.status_code == 400
    markup = response.content.decode()
    assert 'value="diving"' in markup
    assert 'value="Atlantiss"' in markup


def test_nothing_to_search_says_how_to_begin(client: Client, engine: Any):
    engine.answer = HomeError("Nothing is indexed yet; run `influencr import FILE` first.")
    response = client.get("/search")
    assert response.status_code == 503
    assert "influencr import FILE" in response.content.decode()
    assert client.get("/").status_code == 503
    assert client.get("/methods").status_code == 200


def test_busy_says_when_to_ask_again(client: Client, engine: Any):
    engine.answer = Busy("Somebody else is writing the index.")
    response = client.get("/search")
    assert response.status_code == 503
    assert response["Retry-After"] == "2"


def test_errors_of_the_suggestions_are_json(client: Client, engine: Any, monkeypatch: Any):
    def fail(_: str) -> None:
        raise HomeError("The gazetteer is not built.")

    monkeypatch.setattr(engine, "suggest_places", fail)
    response = client.get("/suggest/places?q=a")
    assert response.status_code == 503
    assert response.json()["error"]["code"] == "home"


def test_an_unforeseen_failure_is_a_page_without_the_failure(engine: Any):
    engine.answer = RuntimeError("secret detail")
    client = Client(raise_request_exception=False)
    response = client.get("/search")
    assert response.status_code == 500
    assert "Something failed on our side" in response.content.decode()
    assert "secret detail" not in response.content.decode()


@pytest.mark.parametrize("address", ["/nope", "/c/bluesky/nobody", "/c/", "/search/"])
def test_what_is_not_there_is_a_page_too(client: Client, engine: Any, address: str):
    response = client.get(address)
    assert response.status_code == 404
    assert "Nothing is here" in response.content.decode()


def test_a_foreign_host_name_is_refused(client: Client, engine: Any):
    response = client.get("/search", headers={"host": "evil.example"})
    assert response.status_code == 400
    assert "evil.example" not in response.content.decode()


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_questions_are_only_read(client: Client, engine: Any, method: str):
    assert getattr(client, method)("/search").status_code == 405
