"""Front page, methods, rights, colours, headers, health."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client, override_settings

from influencr import index, influence, vetting

PAGES = ["/", "/search", "/methods", "/creators", "/c/bluesky/juno", "/nope"]


@pytest.fixture
def juno(engine: Any, cast: Any) -> Any:
    engine.people["bluesky:@juno"] = cast.creator()
    return engine


@pytest.mark.parametrize("address", PAGES)
def test_every_page_is_closed_to_foreign_code(client: Client, juno: Any, address: str):
    response = client.get(address)
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert "camera=()" in response["Permissions-Policy"]
    assert response["Cache-Control"] == "private, no-cache"
    assert "Cookie" in response["Vary"]
    assert "Set-Cookie" not in response
    markup = response.content.decode()
    assert not re.search(r"<style|style=|<script(?![^>]*src=)|\son\w+=", markup)


@pytest.mark.parametrize("address", PAGES)
def test_every_page_has_one_heading_one_main_and_a_way_past_the_header(
    client: Client, juno: Any, address: str
):
    markup = client.get(address).content.decode()
    assert len(re.findall(r"<h1[ >]", markup)) == 1
    assert len(re.findall(r"<main[ >]", markup)) == 1
    ids = re.findall(r'\sid="([^"]+)"', markup)
    assert len(ids) == len(set(ids))
    if address != "/nope":
        assert '<a class="skip" href="#main">' in markup


def test_the_front_page_answers_with_real_rows(client: Client, engine: Any, cast: Any):
    engine.answer = cast.results(
        cast.hit(),
        total=412,
        next="x",
        generation=91,
        facets={
            "topic": (cast.facet(value="baking", label="baking", count=9),),
            "country": (cast.facet(value="DE", label="Germany", count=9),),
        },
    )
    markup = client.get("/").content.decode()
    assert "<b>412\xa0creators</b> for baking in Germany" in markup
    assert "Juno Sauerteig" in markup
    assert 'href="/search?text=baking&amp;place=Germany"' in markup
    assert "See the other 411" in markup


def test_an_index_without_topics_has_a_front_page_too(client: Client, engine: Any, cast: Any):
    engine.answer = cast.results(total=0, generation=92)
    response = client.get("/")
    assert response.status_code == 200
    assert "for  in" not in response.content.decode()


def test_the_methods_page_states_the_constants_in_force(client: Client, engine: Any):
    text = client.get("/methods").content.decode()
    assert f"posted within {vetting.ACTIVE_DAYS} days" in text
    assert f"from {influence.MIN_POSTS} posts on" in text
    for state in index.ACTIVITY_FACTORS:
        assert state in text


def test_the_rights_page_names_who_to_write_to(client: Client, engine: Any):
    assert "has not stated how to be reached" in client.get("/creators").content.decode()
    with override_settings(INFLUENCR_OPERATOR_CONTACT="rights@search.example"):
        markup = client.get("/creators").content.decode()
        assert 'href="mailto:rights@search.example"' in markup


def test_colours_are_chosen_without_a_script(client: Client, engine: Any):
    response = client.post("/theme", {"theme": "dark", "back": "/search?text=a"})
    assert response["Location"] == "/search?text=a"
    cookie = response.cookies["theme"]
    assert (cookie["samesite"], cookie["httponly"]) == ("Lax", True)
    assert '<html lang="en" data-theme="dark">' in client.get("/methods").content.decode()
    client.post("/theme", {"theme": "auto"})
    assert '<html lang="en">' in client.get("/methods").content.decode()


@pytest.mark.parametrize(
    "back", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x", "", "x"]
)
def test_nobody_is_sent_to_another_site(client: Client, engine: Any, back: str):
    assert client.post("/theme", {"theme": "dark", "back": back})["Location"] == "/"


def test_no_other_site_presses_the_button(client: Client, engine: Any):
    response = client.post("/theme", {"theme": "dark"}, headers={"sec-fetch-site": "cross-site"})
    assert response.status_code == 403
    assert not response.cookies


def test_unknown_colours_are_refused(client: Client, engine: Any):
    assert client.post("/theme", {"theme": "pink"}).status_code == 400
    client.cookies["theme"] = '"><script>'
    assert "data-theme" not in client.get("/methods").content.decode()
