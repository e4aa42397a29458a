from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.test import Client

from influencr.records import Policy


def shown(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    text = re.sub(r"<[^>]*>", " ", response.content.decode())
    return html.unescape(re.sub(r"\s+", " ", text))


def test_everything_that_is_known_is_said_with_its_reason(client: Client, engine: Any, cast: Any):
    engine.people["bluesky:@juno"] = cast.creator()
    text = shown(client, "/c/bluesky/juno")
    assert "Juno Sauerteig" in text
    assert "No followers of this creator were observed." in text
    assert "Where Berlin, Germany (city)" in text
    assert "Median of (likes + replies) over 12 posts" in text
    assert "baking 0.80 bio: Bäckerin, Sauerteig" in text
    assert "Heute: Roggen mit Kümmel." in text
    assert "import:bakers.csv" in text
    assert "Influence is not computed in this version." in text


def test_the_place_has_its_evidence(client: Client, engine: Any, cast: Any):
    engine.people["bluesky:@juno"] = cast.creator()
    text = shown(client, "/c/bluesky/juno")
    for said in (
        "Place Where Berlin, Germany (city) Confidence 95\N{NO-BREAK SPACE}%",
        "% that the country is right; rests on what the profile declares",
        "Says so declared city 'Berlin' → Berlin, Germany Speaks against it flag of Nigeria",
        "Also named from Lagos, Nigeria Amsterdam, Netherlands",
    ):
        assert said in text


def test_an_unknown_place_says_what_was_read(client: Client, engine: Any, cast: Any):
    nowhere = dict.fromkeys(
        ("place_level", "place_id", "place_name", "place_label", "country", "place_confidence")
    )
    engine.people["bluesky:@juno"] = cast.creator(
        **nowhere,
        place_basis=None,
        place_reason="no words name a place; best guess Mexico (23%)",
        place_evidence=["language: writes Spanish -> Mexico, Colombia, Argentina and others"],
        other_place_ids=[],
        other_place_labels=[],
        other_place_roles=[],
    )
    text = shown(client, "/c/bluesky/juno")
    assert "Where unknown: no words name a place; best guess Mexico (23%) Was read language" in text
    assert "Also named" not in text


def test_a_row_of_an_older_version_has_its_place_in_the_ledger(
    client: Client, engine: Any, cast: Any
):
    engine.people["bluesky:@juno"] = cast.creator(place_evidence=None)
    assert "Berlin, Germany (city) declared city 'Berlin' 95 %" in shown(client, "/c/bluesky/juno")


def test_somebody_without_a_handle_has_an_address_too(client: Client, engine: Any, cast: Any):
    person = cast.creator(profile_id="youtube:UCx/1", platform="youtube", handle=None)
    engine.answer = cast.results(cast.hit(person))
    engine.people["youtube:UCx/1"] = person
    href = re.search(r'<h2><a href="([^"]*)"', client.get("/search").content.decode())[1]
    assert href == "/c/youtube/id:UCx%2F1"
    assert client.get(href).status_code == 200


@pytest.mark.parametrize("handle", ["..", "a/b", "ana@host.example", "名前", "a?b#c"])
def test_any_handle_leads_to_its_dossier(client: Client, engine: Any, cast: Any, handle: str):
    person = cast.creator(profile_id="x:77", platform="x", handle=handle)
    engine.answer = cast.results(cast.hit(person))
    engine.people[f"x:@{handle}"] = engine.people["x:77"] = person
    href = html.unescape(
        re.search(r'<h2><a href="([^"]*)"', client.get("/search").content.decode())[1]
    )
    assert client.get(href).status_code == 200


def test_who_is_not_listed_looks_like_nobody(client: Client, engine: Any, cast: Any):
    engine.people["bluesky:@left"] = {
        "profile_id": "bluesky:left",
        "platform": "bluesky",
        "handle": "left",
        "indexed": False,
        "why_not": "asked search engines to stay away",
    }
    engine.people["bluesky:@quiet"] = cast.creator(policy=int(Policy.INDEX | Policy.SCORE))
    nobody = client.get("/c/bluesky/nobody")
    assert nobody.status_code == 404
    for address in ("/c/bluesky/left", "/c/bluesky/quiet"):
        response = client.get(address)
        assert response.status_code == 404
        assert response.content == nobody.content


def test_links_out_are_marked_as_a_strangers(client: Client, engine: Any, cast: Any):
    engine.people["bluesky:@juno"] = cast.creator(
        handle="juno", links=["https://juno.example/a", "javascript:alert(1)"]
    )
    markup = client.get("/c/bluesky/juno").content.decode()
    assert '<a href="https://juno.example/a" rel="nofollow noopener ugc">' in markup
    assert 'href="https://bsky.app/profile/juno" rel="nofollow noopener ugc"' in markup
    assert "javascript:alert(1)" in markup  # said, but not linked
    assert 'href="javascript' not in markup


def test_an_invented_creator_never_links_to_a_real_network(client: Client, engine: Any, cast: Any):
    engine.is_demo = True
    engine.people["bluesky:@juno"] = cast.creator(handle="juno")
    assert "bsky.app" not in client.get("/c/bluesky/juno").content.decode()


def test_search_engines_are_asked_to_stay_away(client: Client, engine: Any, cast: Any):
    engine.people["bluesky:@juno"] = cast.creator()
    response = client.get("/c/bluesky/juno")
    assert response["X-Robots-Tag"] == "noindex"
    assert "Disallow: /c/" in client.get("/robots.txt").content.decode()
