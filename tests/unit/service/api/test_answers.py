"""What programs get over HTTP is what every other face gets, and nothing is passed over."""

import json
import re
from urllib.parse import quote

import pytest

from influencr.answers import QUESTIONS, answered
from influencr.service.api.application import application, openapi


def bare(document):
    """A document without how long it took."""
    return {name: value for name, value in document.items() if name != "took_ms"}


@pytest.fixture
def some(world):
    return [hit.profile_id for hit in world.search(limit=3, sort="followers").hits]


@pytest.mark.parametrize(
    ("path", "name", "params"),
    [
        ("search", "search", {"text": "vegan", "country": ["FR", "DE"], "everything": "true"}),
        ("search", "search", {"near": "Berlin", "within_km": "2000 km", "sort": "closeness"}),
        ("search", "search", {"followers_min": "1k", "facets": "none", "fields": ["score"]}),
        ("count", "count", {"text": "bread"}),
        ("whereabouts", "whereabouts", {"text": "vegan"}),
        ("suggest", "suggest", {"prefix": "near ber", "limit": "3"}),
        ("places", "place", {"place": "Spain, Portugal"}),
        ("status", "status", {}),
        ("lists", "lists", {}),
        ("saved", "saved", {}),
    ],
)
def test_an_address_gives_the_document_of_its_question(api, world, path, name, params):
    response = api.get(path, params)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/json"
    assert bare(response.json()) == bare(answered(world, name, params))


@pytest.mark.parametrize("way", ["", "/evidence", "/influence", "/similar"])
def test_a_creator_is_named_in_the_address(api, world, some, way):
    name = {"": "creator"}.get(way, way[1:])
    response = api.get(f"creators/{quote(some[0])}{way}")
    assert response.status_code == 200
    assert bare(response.json()) == bare(answered(world, name, {"who": some[0]}))


def test_a_name_may_hold_slashes(api, world):
    address = "https://www.tiktok.com/@nobody.of.that.name"
    for written in (address, quote(address, safe="")):
        response = api.get(f"creators/{written}")
        assert response.status_code == 404
        assert address in response.json()["error"]["message"]
    response = api.get(f"creators/{address}/evidence")
    assert address in response.json()["error"]["message"]
    assert "evidence" not in response.json()["error"]["message"]


def test_reasons_and_people(api, world, some):
    one, other = some[:2]
    for path, name, params in (
        ("explain", "explain", {"who": one, "text": "vegan"}),
        ("compare", "compare", {"one": one, "other": other, "text": "vegan"}),
        ("overlap", "overlap", {"who": some}),
    ):
        assert api.get(path, params).json() == answered(world, name, params)
        assert api.post(path, params).json() == answered(world, name, params)
    brief = {"budget": 5_000, "per_1000": [5, 10], "curve": False}
    assert api.post("plan", brief).json() == answered(world, "plan", brief)


def test_what_is_sent_as_json_is_what_an_address_says(api):
    asked = {"text": "vegan", "followers_min": 100, "country": ["FR", "US"], "limit": 3}
    by_post, by_get = api.post("search", asked), api.get("search", asked)
    assert by_post.status_code == by_get.status_code == 200
    assert bare(by_post.json()) == bare(by_get.json())


def test_cursors_walk_through_everybody_once(api):
    whole = [hit["profile_id"] for hit in api.get("search", {"limit": 10_000}).json()["hits"]]
    walked, after = [], None
    while True:
        page = api.get("search", {"limit": 17, **({"after": after} if after else {})}).json()
        walked += [hit["profile_id"] for hit in page["hits"]]
        after = page["next"]
        if after is None:
            break
    assert walked == whole
    assert len(whole) > 50


def test_a_cursor_of_another_question_is_refused(api):
    after = api.get("search", {"limit": 1}).json()["next"]
    response = api.get("search", {"limit": 1, "after": after, "text": "vegan"})
    assert response.status_code == 422
    assert response.json()["error"]["field"] == "after"


def test_the_same_answer_is_not_sent_twice(api):
    first = api.get("search", {"text": "vegan"})
    tag = first.headers["ETag"]
    again = api.get("search", {"text": "vegan"}, **{"If-None-Match": tag})
    assert again.status_code == 304
    assert again.content == b""
    assert api.get("search", {"text": "bread"}, **{"If-None-Match": tag}).status_code == 200


def test_an_answer_says_as_of_when_it_is_and_who_may_keep_it(api, world):
    response = api.get("search", {"text": "vegan"})
    as_of = world.index.snapshot().info.as_of
    assert response.headers["Influencr-As-Of"] == as_of.isoformat().replace("+00:00", "Z")
    assert response.headers["Cache-Control"] == "private, no-cache"
    assert "Authorization" in response.headers["Vary"]
    assert "Set-Cookie" not in response.headers


def test_a_head_is_a_get(api):
    response = api.client.head("/api/v1/search?text=vegan")
    assert response.status_code == 200
    assert response.headers["ETag"] == api.get("search", {"text": "vegan"}).headers["ETag"]


def test_every_question_has_its_address():
    paths = openapi()["paths"]
    for asked in QUESTIONS.values():
        verbs = paths[asked.address]
        assert asked.verb.lower() in verbs, asked.name
        assert not asked.by_post or "post" in verbs, asked.name


def test_the_description_is_served(api):
    response = api.client.get("/api/openapi.json")
    assert response.status_code == 200
    assert response.json() == json.loads(json.dumps(openapi()))


def test_every_parameter_of_an_address_is_told_once():
    for path, verbs in openapi()["paths"].items():
        for verb, one in verbs.items():
            told = [(p["in"], p["name"]) for p in one["parameters"]]
            assert len(told) == len(set(told)), f"{verb} {path}"
            in_path = {name for place, name in told if place == "path"}
            assert in_path == set(re.findall(r"{(\w+)}", path))


def test_usage_of_an_open_instance(api, world):
    told = api.get("usage").json()
    assert told["state"] == "open"
    assert told["may_search"] is True
    assert told["key"] is None
    assert told["creators"] == world.status()["creators"]
    assert api.get("usage", {"who": "me"}).status_code == 422


def test_the_application_is_made_once():
    assert application() is application()
