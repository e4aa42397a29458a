"""Who may ask: keys, their rights, teams whose trial is over, and what others keep."""

from django.test import Client
from tests.standins.members import let_in

from influencr.service.accounts import keys


def error(response, status, code):
    assert response.status_code == status, response.content
    found = response.json()["error"]
    assert found["code"] == code
    return found


def test_a_key_opens_the_search(cast, with_key):
    response = with_key(cast.olga).get("search", {"text": "vegan", "limit": 2})
    assert response.status_code == 200
    assert response.json()["hits"]
    assert "Set-Cookie" not in response.headers


def test_without_a_key_nothing_is_told(cast, with_key):
    for path in ("search", "status", "lists", "usage", "creators/@ana"):
        response = Client().get(f"/api/v1/{path}")
        error(response, 401, "no_key")
        assert response.headers["WWW-Authenticate"].startswith("Bearer")
        assert "Influencr-As-Of" not in response.headers


def test_who_is_signed_in_in_a_browser_is_nobody_to_the_interface(cast):
    error(let_in(cast.olga).get("/api/v1/search"), 401, "no_key")


def test_a_key_that_is_no_key(cast, with_key):
    for sent in ("Bearer inf_nothing", "Bearer else", "Bearer inf_" + "x" * 5_000):
        response = Client().get("/api/v1/search", headers={"Authorization": sent})
        error(response, 401, "key_refused")
        assert "invalid_token" in response.headers["WWW-Authenticate"]
    for sent in ("Basic aW5mXzp4", "inf_x", "Bearer", "Bearer  "):
        response = Client().get("/api/v1/search", headers={"Authorization": sent})
        error(response, 401, "no_key")


def test_a_revoked_key_is_worthless_at_once(cast, with_key):
    program = with_key(cast.olga)
    assert program.get("search").status_code == 200
    keys.revoke(cast.olga.team, cast.olga.team.keys.get().pk)
    error(program.get("search"), 401, "key_refused")


def test_a_key_may_do_what_it_was_made_for(cast, with_key):
    searching, listing = with_key(cast.olga, "search"), with_key(cast.olga, "lists")
    assert searching.get("search").status_code == 200
    found = error(searching.get("lists"), 403, "scope")
    assert found["valid"] == ["lists"]
    assert listing.get("lists").status_code == 200
    assert error(listing.get("search"), 403, "scope")["valid"] == ["search"]


def test_a_team_whose_trial_is_over_keeps_its_lists(cast, with_key):
    program = with_key(cast.ada)
    for path in ("search", "count", "creators/@ana", "creators/@ana/evidence", "overlap?who=@ana"):
        found = error(program.get(path), 402, "locked")
        assert "Your trial ended on" in found["message"]
        assert "/billing" in found["message"]
    error(program.post("plan", {"budget": 5}), 402, "locked")
    assert program.get("lists").status_code == 200
    assert program.get("saved").status_code == 200
    assert program.get("status").status_code == 200
    told = program.get("usage").json()
    assert told["state"] == "locked"
    assert told["may_search"] is False


def test_a_key_sees_what_its_team_keeps_and_nothing_else(cast, with_key, world):
    world.of(cast.olga.team.owner_key).lists.make("Bakers of Olga")
    world.of(cast.vera.team.owner_key).lists.make("Runners of Vera")
    try:
        told = [one["name"] for one in with_key(cast.tomas).get("lists").json()["lists"]]
        assert told == ["Bakers of Olga"]
        assert with_key(cast.vera).get("lists/Bakers of Olga").status_code == 404
        response = with_key(cast.vera).get("search", {"on_list": "Bakers of Olga"})
        assert response.status_code == 422
        assert "Bakers of Olga" not in response.json()["error"]["valid"]
    finally:
        for user in (cast.olga, cast.vera):
            world.of(user.team.owner_key).drop()


def test_usage_tells_the_key_and_how_long(cast, with_key):
    told = with_key(cast.olga, "search").get("usage").json()
    assert told["key"].startswith("inf_")
    assert told["scopes"] == ["search"]
    assert told["state"] == "trial"
    assert told["until"] is not None
    assert told["team"] == cast.olga.team.name


def test_whatever_a_key_may_do_it_may_ask_what_that_is(cast, with_key):
    assert with_key(cast.olga, "lists").get("usage").json()["scopes"] == ["lists"]


def test_the_use_of_a_key_is_noted(cast, with_key):
    program = with_key(cast.olga)
    assert cast.olga.team.keys.get().used_at is None
    program.get("status")
    assert cast.olga.team.keys.get().used_at is not None


def test_an_open_instance_needs_no_key_and_looks_nothing_up(api):
    # This test has no database: a question to it would fail.
    response = api.get("search", {"limit": 1}, Authorization="Bearer inf_something")
    assert response.status_code == 200
