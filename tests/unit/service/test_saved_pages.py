"""Saved searches: kept from the search page, listed with what is new, marked, removed."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from influencr.errors import UsageError
from influencr.search import Gone, News, SavedSearch

SEEN = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)


def words_of(markup: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", " ", markup)))


def shown(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return words_of(response.content.decode())


@pytest.fixture
def kept(engine: Any, cast: Any) -> Any:
    """A shelf with one search in which two of eleven are new and three are gone."""
    engine.saved.kept["berlin rye"] = SavedSearch(
        name="berlin rye",
        query={"text": "rye", "place": "Berlin", "engagement_min": 0.02},
        saved_at=SEEN,
        seen_at=SEEN,
    )
    engine.saved.told["berlin rye"] = News(
        name="berlin rye",
        since=SEEN,
        n_found=11,
        results=cast.results(cast.hit(), total=2),
        n_gone=3,
        gone=(Gone(profile_id="bluesky:1", platform="bluesky", handle="olga"),),
        n_unlisted=1,
    )
    return engine.saved


def test_the_search_page_offers_to_keep_the_question(client: Client, engine: Any):
    markup = client.get("/search?text=rye&place=Berlin&after=CUR&start=20").content.decode()
    form = markup.split('action="/saved/keep"', 1)[1].split("</form>", 1)[0]
    assert 'name="query" value="text=rye&amp;place=Berlin"' in form
    assert 'name="name" value="rye Berlin"' in form
    assert "csrfmiddlewaretoken" in form


def test_a_search_is_kept_under_its_name(client: Client, engine: Any):
    sent = {"name": " my rye ", "query": "text=rye&followers_min=10k&start=20"}
    response = client.post("/saved/keep", sent)
    assert response["Location"] == "/saved?done=kept&name=my+rye"
    (call,) = engine.saved.calls
    assert call[:2] == ("save", "my rye")
    assert (call[2].text, call[2].followers_min) == ("rye", 10_000)


def test_a_taken_name_asks_before_it_replaces(client: Client, engine: Any, kept: Any):
    sent = {"name": "berlin rye", "query": "text=rye"}
    response = client.post("/saved/keep", sent)
    assert response.status_code == 400
    markup = response.content.decode()
    assert "A search called “berlin rye” is kept already." in markup
    assert 'name="query" value="text=rye"' in markup
    assert 'value="berlin rye"' in markup
    assert kept.calls == []
    assert client.post("/saved/keep", {**sent, "replace": "yes"}).status_code == 302


def test_a_name_that_cannot_be_is_refused_with_the_form_as_it_was(client: Client, engine: Any):
    engine.saved.refusal = UsageError("name: give the search a name.", field="name")
    response = client.post("/saved/keep", {"name": "x" * 90, "query": "text=rye"})
    assert response.status_code == 400
    assert "give the search a name." in response.content.decode()
    assert "x" * 90 in response.content.decode()


def test_another_site_cannot_keep_or_remove(engine: Any, kept: Any):
    strict = Client(enforce_csrf_checks=True)
    for address in ("/saved/keep", "/saved/remove", "/saved/seen", "/brand", "/brand/remove"):
        response = strict.post(address, {"name": "berlin rye", "query": "text=rye"})
        assert response.status_code == 403
        assert "Nothing was changed" in words_of(response.content.decode())
    assert kept.calls == []


def test_nothing_changes_by_following_a_link(client: Client, engine: Any, kept: Any):
    for address in ("/saved/keep", "/saved/remove", "/saved/seen", "/brand/remove"):
        assert client.get(address).status_code == 405
    client.get("/saved")
    client.get("/saved/new?name=berlin+rye")
    assert all(call[0] == "run" and call[3] is False for call in kept.calls)


def test_the_list_says_what_is_new_in_each(client: Client, engine: Any, kept: Any):
    text = shown(client, "/saved")
    assert "berlin rye words rye place Berlin engagement ≥ 2 %" in text
    assert "2 new , 3 gone 11 creators found; seen 20 Nov 2026, 08:30 UTC" in text
    assert "whoever uses it sees the same ones" in text
    href = 'href="/search?text=rye&amp;place=Berlin&amp;engagement_min=0.02"'
    assert href in client.get("/saved").content.decode()


def test_a_search_that_cannot_be_asked_any_more_says_why_and_hides_no_other(
    client: Client, engine: Any, kept: Any
):
    kept.kept["old"] = SavedSearch(name="old", query={"brand": "Gone"}, saved_at=SEEN, seen_at=None)
    kept.told["old"] = UsageError("brand: no brand is kept here.", field="brand")
    text = shown(client, "/saved")
    assert "brand: no brand is kept here." in text
    assert "2 new" in text


def test_an_empty_list_says_how_to_begin(client: Client, engine: Any):
    assert "No search is saved yet." in shown(client, "/saved")


def test_the_new_ones_are_rows_and_the_gone_are_named(client: Client, engine: Any, kept: Any):
    text = shown(client, "/saved/new?name=berlin+rye")
    assert "2 new creators in berlin rye" in text
    assert "Since 20 Nov 2026, 08:30 UTC. 11 creators are found in all." in text
    assert "Juno Sauerteig" in text
    assert "1 more is new" in text
    assert "@olga , and 1 more; 1 no longer listed at all." in text


def test_marking_needs_the_generation_that_was_shown(client: Client, engine: Any, kept: Any):
    sent = {"name": "berlin rye", "generation": "7"}
    response = client.post("/saved/seen", sent)
    assert response["Location"] == "/saved?done=seen&name=berlin+rye"
    assert kept.calls[-1] == ("run", "berlin rye", 1, True)

    kept.calls.clear()
    response = client.post("/saved/seen", {**sent, "generation": "6"})
    assert response["Location"] == "/saved/new?name=berlin+rye&changed=yes"
    assert all(call[3] is False for call in kept.calls)
    assert "nobody was marked as seen" in shown(client, response["Location"])


def test_removing_twice_is_removing_once(client: Client, engine: Any, kept: Any):
    for _ in range(2):
        response = client.post("/saved/remove", {"name": "berlin rye"})
        assert response["Location"] == "/saved?done=removed&name=berlin+rye"
    assert [call[0] for call in kept.calls] == ["remove"]
    assert "“berlin rye” is no longer kept." in shown(client, response["Location"])


def test_an_unknown_name_is_a_page_with_the_names_there_are(client: Client, engine: Any, kept: Any):
    assert "berlin rye" in shown(client, "/saved/new?name=berlin+ry", 400)


def test_what_was_done_is_one_of_our_own_sentences(client: Client, engine: Any):
    text = shown(client, "/saved?done=Call+us+now&name=x")
    assert "Call us now" not in text
