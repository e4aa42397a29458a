"""The specification of refusals: one shape, a stable code, a sentence, and what to do."""

import threading

import pytest
from django.test import Client

from influencr.errors import Busy, HomeError
from influencr.service.api.mounted import MAX_BODY
from influencr.service.api.refusals import CODES
from influencr.service.operations.turns import EACH, MOST_WAITING, turns


def told(response, status, code):
    """The error of a response, which is of the one shape."""
    assert response.status_code == status, response.content
    assert response.headers["Content-Type"] == "application/json"
    document = response.json()
    assert set(document) == {"error"}
    error = document["error"]
    assert {"code", "message"} <= set(error) <= {"code", "message", "field", "valid"}
    assert error["code"] == code
    assert error["message"].endswith((".", "?"))
    return error


@pytest.mark.parametrize(
    ("path", "params", "code", "field"),
    [
        ("search", {"follower_min": "5"}, "unknown_parameter", "follower_min"),
        ("search", {"sort": "followrs"}, "unknown_value", "sort"),
        ("search", {"limit": "0"}, "usage", "limit"),
        ("search", {"text": ["a", "b"]}, "usage", "text"),
        ("search", {"place": "Atlantis on the Moon"}, "usage", "place"),
        ("search", {"fit_min": "0.5"}, "usage", "fit_min"),
        ("search", {"similar_by": "audience"}, "usage", "similar_by"),
        ("search", {"brand": "none.of.ours"}, "usage", "brand"),
        ("search", {"fields": "folowers"}, "unknown_value", "fields"),
        ("search", {"after": "???"}, "usage", "after"),
        ("suggest", {}, "usage", "prefix"),
        ("suggest", {"prefix": "b", "limit": "many"}, "usage", "limit"),
        ("explain", {}, "usage", "who"),
    ],
)
def test_what_cannot_be_meant_is_422_and_names_the_field(api, path, params, code, field):
    response = api.get(path, params)
    assert response.status_code == 422, response.content
    error = response.json()["error"]
    assert error["field"] == field
    if code != "usage":
        assert error["valid"]
    told(response, 422, error["code"])


def test_a_misspelt_filter_tells_the_right_one_and_all_of_them(api):
    error = told(api.get("search", {"follower_min": "5"}), 422, "unknown_parameter")
    assert "'followers_min'" in error["message"]
    assert {"text", "country", "followers_max", "fields"} <= set(error["valid"])


def test_the_same_in_json(api):
    error = told(api.post("search", {"follower_min": 5}), 422, "unknown_parameter")
    assert error["field"] == "follower_min"
    error = told(api.post("search", {"followers_min": {"more": 1}}), 422, "usage")
    assert error["field"] == "followers_min"


def test_parameters_of_a_post_are_in_its_body(api):
    error = told(api.post("search?text=vegan", {}), 422, "usage")
    assert error["field"] == "text"


def test_what_stands_in_the_address_is_not_said_twice(api):
    error = told(api.get("creators/tiktok:@ana", {"who": "@bo"}), 422, "usage")
    assert error["field"] == "who"


@pytest.mark.parametrize("way", ["", "/evidence", "/influence"])
def test_nobody_of_that_name_is_404(api, way):
    error = told(api.get(f"creators/tiktok:@nobody.at.all{way}"), 404, "not_listed")
    assert error["field"] == "who"


def test_who_is_known_and_not_listed_is_told_like_nobody(api, world):
    status = world.status()
    assert status["profiles"] > status["creators"]
    import polars as pl

    known = pl.scan_delta(str(world.home.catalogue / "profiles")).select("profile_id").collect()
    listed = {hit.profile_id for hit in world.every(everything=True)}
    hidden = next(one for one in known["profile_id"].to_list() if one not in listed)
    nobody = told(api.get("creators/bluesky:did:plc:nobody"), 404, "not_listed")
    error = told(api.get(f"creators/{hidden}"), 404, "not_listed")
    assert error["message"].replace(hidden, "X") == nobody["message"].replace(
        "bluesky:did:plc:nobody", "X"
    )
    assert told(api.get("explain", {"who": hidden}), 404, "not_listed")["field"] == "who"
    error = told(api.get("compare", {"one": listed.pop(), "other": hidden}), 404, "not_listed")
    assert error["field"] == "other"


def test_a_list_that_is_not_kept_is_404(api, world):
    world.lists.make("Kept for the test of lists")
    try:
        error = told(api.get("lists/Another"), 404, "unknown_value")
        assert error["field"] == "list"
        assert "Kept for the test of lists" in error["valid"]
    finally:
        world.lists.remove("Kept for the test of lists")


def test_no_such_address(api):
    told(api.get("serch"), 404, "not_found")
    told(api.client.get("/api/"), 404, "not_found")
    told(api.client.get("/api/v2/search"), 404, "not_found")


def test_the_wrong_verb_names_the_right_ones(api):
    error = told(api.client.put("/api/v1/search"), 405, "method_not_allowed")
    assert error["valid"] == ["GET", "POST"]
    assert api.client.delete("/api/v1/search").headers["Allow"] == "GET, POST"
    told(api.client.post("/api/openapi.json"), 405, "method_not_allowed")


@pytest.mark.parametrize(
    ("body", "code", "status"),
    [
        (b"{", "json", 400),
        (b"[1]", "json", 400),
        (b"\xff\xfe", "json", 400),
        (b'{"text": "\\ud800"}', "json", 400),
        (b"[" * 100_000, "json", 400),
        (b" " * (MAX_BODY + 1), "too_large", 413),
    ],
    ids=["cut", "list", "bytes", "surrogate", "deep", "large"],
)
def test_a_body_that_is_no_object(api, body, code, status):
    told(api.post("search", body), status, code)


def test_a_form_of_another_site_is_refused(api):
    for kind in ("application/x-www-form-urlencoded", "text/plain", "multipart/form-data"):
        response = api.client.post("/api/v1/search", b"{}", content_type=kind)
        assert told(response, 415, "content_type")["valid"] == ["application/json"]


def test_a_host_that_is_not_ours(door):
    told(Client(headers={"host": "evil.example"}).get("/api/v1/search"), 400, "bad_request")


@pytest.mark.parametrize(
    ("error", "code", "retry"),
    [
        (Busy("Another process refreshes."), "busy", "2"),
        (HomeError("Nothing is here."), "home", None),
    ],
)
def test_what_cannot_be_answered_now_is_503(api, world, monkeypatch, error, code, retry):
    def refuse(*_, **__):
        raise error

    monkeypatch.setattr(world, "query", refuse)
    response = api.get("search")
    told(response, 503, code)
    assert response.headers.get("Retry-After") == retry


def test_a_failure_of_ours_says_nothing_of_itself(api, world, monkeypatch):
    def fail(*_, **__):
        raise RuntimeError("a secret of the machine")

    monkeypatch.setattr(world, "query", fail)
    api.client.raise_request_exception = False
    response = api.get("search")
    error = told(response, 500, "failed")
    assert "secret" not in error["message"]
    assert response.headers["X-Request-Id"] in error["message"]


def test_one_asker_waits_for_their_own_searches(api, world, monkeypatch):
    held, going = threading.Event(), threading.Semaphore(0)
    asked = world.query

    def slow(query):
        going.release()
        held.wait(20)
        return asked(query)

    monkeypatch.setattr(world, "query", slow)
    monkeypatch.setattr(turns, "_patience", 0.05)
    outside = {"REMOTE_ADDR": "203.0.113.9"}
    answers = []
    running = [
        threading.Thread(
            target=lambda: answers.append(Client().get("/api/v1/search", **outside).status_code)
        )
        for _ in range(EACH)
    ]
    try:
        for thread in running:
            thread.start()
        for _ in running:
            assert going.acquire(timeout=20)
        response = Client().get("/api/v1/search", **outside)
        told(response, 429, "too_many_at_once")
        assert response.headers["Retry-After"] == "2"
        # What costs no search is answered all the same.
        assert Client().get("/api/v1/status", **outside).status_code == 200
    finally:
        held.set()
        for thread in running:
            thread.join()
    assert answers == [200] * EACH
    assert turns.running == 0


def test_everybody_waits_when_very_many_search(api, monkeypatch):
    monkeypatch.setattr(turns, "queued", lambda: MOST_WAITING + 1)
    response = api.get("search")
    told(response, 503, "overloaded")
    assert response.headers["Retry-After"] == "2"


def test_every_code_says_what_it_means():
    for code, (status, meaning) in CODES.items():
        assert 400 <= status < 600, code
        assert meaning.endswith("."), code


def test_nothing_that_is_refused_is_kept_by_anybody(api):
    assert api.get("search", {"nope": "1"}).headers["Cache-Control"] == "no-store"


def test_refusals_of_pages_stay_pages(door):
    response = Client().get("/nothing-here")
    assert response.status_code == 404
    assert response.headers["Content-Type"].startswith("text/html")


def test_nobody_waits_while_who_follows_whom_is_read(api, world, monkeypatch):
    from influencr.service.lists import reach
    from influencr.service.web import audiences

    held = threading.Event()
    whole, like = world.audiences, world.similar
    monkeypatch.setattr(world, "audiences", lambda: held.wait(20) and whole())
    monkeypatch.setattr(world, "similar", lambda *a, **b: held.wait(20) and like(*a, **b))
    one, other = (hit.profile_id for hit in world.search(limit=2).hits)
    for module in (audiences, reach):
        module.forget_reading()
        monkeypatch.setattr(module, "_PATIENCE_S", 0.01)
    try:
        for path, params in (
            ("overlap", {"who": [one, other]}),
            (f"creators/{one}/similar", {"by": "audience"}),
            ("search", {"similar": one, "similar_by": "audience"}),
        ):
            response = api.get(path, params)
            told(response, 503, "busy")
            assert response.headers["Retry-After"] == "2"
        told(api.post("plan", {"budget": 5}), 503, "busy")
        assert api.get("search").status_code == 200
    finally:
        held.set()
        monkeypatch.undo()
        for module in (audiences, reach):
            module.forget_reading()
