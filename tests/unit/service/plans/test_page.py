"""The page of a plan: what is asked, the roster, its proof, the file, the prices that are kept."""

from __future__ import annotations

import csv
import html
import io
import re
from typing import Any

import pytest
from django.test import Client
from tests.standins.audiences import audience

from influencr.planning import Brief, Pricing, make_plan

PEOPLE = {"t:ana": list(range(100)), "t:bob": list(range(50, 160)), "t:dan": []}


def creator(who: str, **fields: Any) -> dict[str, Any]:
    plain = {"profile_id": who, "platform": "tiktok", "handle": who[2:], "display_name": who[2:]}
    return {**plain, "followers": 110, "verdict": "vetted", "topics": [], **fields}


@pytest.fixture
def planned(engine: Any) -> Any:
    brief = Brief(budget=300.0)
    cast = [
        creator("t:ana", display_name="=Ana"),
        creator("t:bob", influence=4.0),
        creator("t:dan"),
    ]
    prices = Pricing(typed={"t:ana": (80, 100), "t:bob": (60, 120)}, published=False)
    engine.planned = make_plan(brief, cast, audience(PEOPLE), prices, n_matching=3)
    return engine


def words_of(response: Any) -> str:
    markup = response.content.decode()
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", " ", markup)))


def test_without_a_question_the_page_asks(client: Client, engine: Any) -> None:
    response = client.get("/plan")
    assert response.status_code == 200
    assert "Give a budget, or how many people to reach." in words_of(response)
    assert engine.planned_with is None


def test_a_plan_shows_people_proof_and_who_was_not_weighed(client: Client, planned: Any) -> None:
    response = client.get("/plan?amount=300&text=rye&price.t%3Aana=80-100&posts=1&max=5")
    told = words_of(response)
    assert "Two creators reach 160 different people" in told
    assert "210 follows, counted 1.31 times on average" in told
    assert "No roster of these candidates for this budget can beat it" in told
    assert "dan" in told
    assert "not weighed, audience unknown" in told
    assert "Proven, not estimated." in told
    query, fields = planned.planned_with
    assert query.text == "rye"
    assert fields["budget"] == 300.0
    assert fields["prices"] == {"t:ana": (80.0, 100.0)}
    assert fields["max_creators"] == 5
    assert "Keep 1 price for later plans" in told
    assert response["X-Robots-Tag"] == "noindex"
    assert "exclude=t%3Abob" in response.content.decode()


def test_boxes_left_empty_are_no_part_of_the_address(client: Client, planned: Any) -> None:
    response = client.get("/plan?amount=300&text=&list=&goal=budget")
    assert response["Location"] == "/plan?amount=300&goal=budget"


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ("amount=many", "amount 'many' is no number"),
        ("amount=5&per=-3", "per -3 is below 0"),
        ("amount=5&price.t:ana=x", "price 'x' is no amount"),
        ("amount=5&posts=two", "posts 'two' is no number"),
        ("amount=5&colour=red", "colour"),
    ],
)
def test_what_cannot_be_meant_is_said_on_the_page(
    client: Client, planned: Any, asked: str, sentence: str
) -> None:
    response = client.get(f"/plan?{asked}")
    assert response.status_code == 200
    assert sentence in words_of(response)


def test_what_no_roster_can_do_is_said_with_the_form(client: Client, engine: Any) -> None:
    told = words_of(client.get("/plan?amount=5"))
    assert "Nobody matches; loosen the filters" in told


def test_a_goal_is_people(client: Client, planned: Any) -> None:
    client.get("/plan?goal=people&amount=1,500&published=0")
    _, fields = planned.planned_with
    assert (fields["budget"], fields["people"], fields["published"]) == (None, 1500, False)
    client.get("/plan?goal=people&amount=1500&published=0&published=1")
    assert planned.planned_with[1]["published"] is True


def test_the_roster_as_a_file(client: Client, planned: Any) -> None:
    response = client.get("/plan/export?amount=300")
    rows = list(csv.DictReader(io.StringIO(response.content.decode())))
    assert [row["handle"] for row in rows] == ["ana", "bob"]
    assert [row["new_people"] for row in rows] == ["100", "60"]
    assert rows[0]["name"] == "'=Ana"
    assert "attachment" in response["Content-Disposition"]
    assert client.get("/plan/export").status_code == 400


def test_typed_prices_can_be_kept(client: Client, planned: Any) -> None:
    sent = {"plan": "amount=300&price.t%3Aana=80-100&currency=EUR"}
    response = client.post("/plan/prices", sent)
    assert planned.kept_prices == ({"t:ana": (80.0, 100.0)}, "EUR")
    assert response["Location"] == "/plan?amount=300&currency=EUR&kept=1"
    assert "1 price kept" in words_of(client.get(response["Location"]))
    assert client.get("/plan/prices").status_code == 405


def test_the_frame_leads_here(client: Client, engine: Any) -> None:
    assert 'href="/plan"' in client.get("/search").content.decode()


def test_limits_of_lists_are_fields_of_the_page(client: Client, planned: Any) -> None:
    made = planned.lists.make("Agency North")
    field = f"per_list.{made.id}"
    response = client.get(f"/plan?amount=300&text=rye&{field}=2")
    page = response.content.decode()
    assert f'name="{field}" value="2"' in page
    assert "Agency North" in words_of(response)
    query, fields = planned.planned_with
    assert query.text == "rye"
    assert fields["per_list"] == {made.id: 2}
    refused = client.get(f"/plan?amount=300&{field}=few")
    assert "per_list 'few' is no number" in words_of(refused)
