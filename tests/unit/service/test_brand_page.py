"""The brand page, and what a brand adds to results."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.test import Client

from influencr.errors import UnknownValue
from influencr.search.brand import (
    Alignment,
    Brand,
    BrandHit,
    BrandRead,
    Fit,
    Mention,
    Resembles,
    SaysWord,
)

FILLED = {
    "name": "Acme Oven",
    "words": "sourdough, cold brew\nrye",
    "description": "Tins for people who bake.",
    "handles": "@acme.oven",
    "examples": "bluesky:@juno, @bela",
    "places": "Paris, Texas\nBavaria",
    "languages": "German, fr",
    "topics": ["baking", "coffee"],
    "competitors": "Rival Mill",
}


def words_of(markup: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", " ", markup)))


def shown(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return words_of(response.content.decode())


READ = BrandRead(
    name="Acme Oven",
    words=("sourdough",),
    topics=("baking",),
    example_words=("levain",),
    examples=("bluesky:@juno",),
    missing=("@bela",),
    pieces=("place", "language"),
    n_aligned=1_204,
    reason=None,
    judged_at=None,
)


def aligned(**changes: Any) -> Alignment:
    return Alignment(
        **{
            "share": 0.41,
            "low": 0.33,
            "high": 0.49,
            "n_match": 123,
            "n_not": 177,
            "n_unknown": 700,
            "n_sampled": 1_000,
            "n_followers": 1_000,
            "known": {"place": 300},
            "reason": "place known of 300 of 1000 followers known here; 123 match",
            "factor": 0.625,
            **changes,
        }
    )


FIT = Fit(
    fit=0.75,
    factor=0.75,
    words=(SaysWord("sourdough", "sauerteig", "German for sourdough"),),
    topics=("baking",),
    resembles=(Resembles("bluesky:@juno", ("levain", "crumb"), ("baking",)),),
    language="de",
)
MENTION = Mention(
    of="competitor",
    name="Rival Mill",
    where="post",
    at=None,
    post_id=None,
    passage="my <b>new</b> Rival Mill flour",
    start=14,
    end=24,
    marked="#ad",
)


@pytest.fixture
def acme(engine: Any) -> Any:
    """A home that keeps one brand."""
    engine.brands.kept["Acme Oven"] = Brand(name="Acme Oven", words=("sourdough",), places=("X",))
    engine.brands.told["Acme Oven"] = READ
    engine.read_place = lambda text: type("Area", (), {"label": "Xanten", "within_km": 40.0})
    return engine.brands


def test_a_filled_form_becomes_a_brand(client: Client, engine: Any):
    response = client.post("/brand", FILLED)
    assert response["Location"] == "/brand?name=Acme+Oven&done=kept"
    ((_, brand),) = engine.brands.calls
    assert brand.words == ("sourdough", "cold brew", "rye")
    assert brand.places == ("Paris, Texas", "Bavaria")
    assert brand.languages == ("de", "fr")
    assert brand.topics == ("baking", "coffee")
    assert brand.examples == ("bluesky:@juno", "@bela")
    assert brand.competitors == ("Rival Mill",)


@pytest.mark.parametrize(
    ("wrong", "box", "sentence"),
    [
        ({"name": " "}, "name", "Give the brand a name"),
        ({"languages": "Klingon"}, "languages", "'Klingon' is not known"),
        ({"examples": "not an account!"}, "examples", "is no account"),
        ({"words": "...", "topics": []}, "words", "holds no word"),
    ],
)
def test_what_is_wrong_is_said_at_its_box_and_nothing_is_lost(
    client: Client, engine: Any, wrong: dict[str, Any], box: str, sentence: str
):
    response = client.post("/brand", {**FILLED, **wrong})
    assert response.status_code == 400
    markup = response.content.decode()
    said = words_of(markup.split(f'id="hint-{box}"', 1)[1].split("</p>", 1)[0])
    assert sentence in said
    assert "Tins for people who bake." in markup
    assert "Rival Mill" in markup
    assert engine.brands.calls == []


def test_a_place_that_does_not_exist_is_said_at_the_places(client: Client, engine: Any):
    engine.brands.refusal = UnknownValue("place", "Xyzzyville", ["Xanten"])
    response = client.post("/brand", FILLED)
    markup = response.content.decode()
    assert response.status_code == 400
    assert "Xyzzyville" in markup.split('id="hint-places"', 1)[1].split("</p>", 1)[0]
    assert 'value="baking" checked' in markup


def test_a_brand_is_not_overwritten_by_another_of_its_name(client: Client, engine: Any, acme: Any):
    response = client.post("/brand", FILLED)
    assert response.status_code == 400
    assert "is kept already" in response.content.decode()
    assert client.post("/brand", {**FILLED, "was": "Acme Oven"}).status_code == 302


def test_a_renamed_brand_leaves_no_other_behind(client: Client, engine: Any, acme: Any):
    client.post("/brand", {**FILLED, "was": "Acme Oven", "name": "Acme Tins"})
    assert list(acme.kept) == ["Acme Tins"]


def test_the_page_shows_the_form_how_it_is_understood_and_who_comes_first(
    client: Client, engine: Any, acme: Any, cast: Any
):
    brand = BrandHit(fit=FIT, alignment=aligned(), mentions=())
    engine.answer = cast.results(cast.hit(brand=brand))
    markup = client.get("/brand?name=Acme+Oven").content.decode()
    text = words_of(markup)
    assert 'value="Acme Oven"' in markup
    assert "A fitting creator says sourdough" in text
    assert "and whose audience is in 40 km around Xanten" in text
    assert "not in this index @bela" in text
    assert "Audiences of 1,204 creators are known well enough, by place and language." in text
    assert "Juno Sauerteig" in text
    assert engine.asked[-1].brand == "Acme Oven"


def test_an_unknown_brand_names_those_there_are(client: Client, engine: Any, acme: Any):
    assert "Acme Oven" in shown(client, "/brand?name=Acme+Ofen", 400)


def test_removing_twice_is_removing_once(client: Client, engine: Any, acme: Any):
    for _ in range(2):
        response = client.post("/brand/remove", {"name": "Acme Oven"})
        assert response["Location"] == "/brand?done=removed&of=Acme+Oven"
    assert "“Acme Oven” is no longer kept." in shown(client, response["Location"])


def test_results_show_fit_and_alignment_apart_with_their_reasons(
    client: Client, engine: Any, acme: Any, cast: Any
):
    brand = BrandHit(fit=FIT, alignment=aligned(), mentions=(MENTION,))
    engine.answer = cast.results(cast.hit(brand=brand), brand=READ)
    markup = client.get("/search?brand=Acme+Oven").content.decode()
    text = words_of(markup)
    assert "75 % says “sauerteig” (German for sourdough); is about baking; is like" in text
    assert "41 % 95 % interval 33–49 %; 123 match, 177 do not; too little is known" in text
    assert "of the other 700 (70 %) sampled" in text
    assert "names the competitor Rival Mill in the bio, marked as advertising (#ad):" in text
    assert "my &lt;b&gt;new&lt;/b&gt; <mark>Rival Mill</mark> flour" in markup
    assert 'data-key="brand:Acme Oven" aria-current="true"' in markup


def test_an_unknown_audience_says_why(client: Client, engine: Any, acme: Any, cast: Any):
    unknown = aligned(share=None, low=None, high=None, reason="no follower is known one by one")
    engine.answer = cast.results(
        cast.hit(brand=BrandHit(fit=None, alignment=unknown, mentions=())), brand=READ
    )
    text = shown(client, "/search?brand=Acme+Oven")
    assert "Audience aligned unknown: no follower is known one by one" in text
    assert "unknown: the brand says nothing to go by" in text


def test_few_people_are_not_counted_one_by_one(client: Client, engine: Any, acme: Any, cast: Any):
    few = aligned(n_match=None, reason="fewer than five match")
    engine.answer = cast.results(
        cast.hit(brand=BrandHit(fit=FIT, alignment=few, mentions=())), brand=READ
    )
    assert "fewer than five match" in shown(client, "/search?brand=Acme+Oven")


def test_shares_are_typed_in_percent_and_go_with_the_brand(client: Client, engine: Any, acme: Any):
    response = client.get("/search?brand=Acme+Oven&fit_percent_min=50&alignment_percent_min=")
    assert response["Location"] == "/search?brand=Acme+Oven&fit_min=0.5"
    markup = client.get(response["Location"]).content.decode()
    assert engine.asked[-1].fit_min == 0.5
    chips = markup.split('class="chips"', 1)[1].split("</ul>", 1)[0]
    assert "brand Acme Oven" in words_of(chips)
    assert "fit ≥ 50 %" in words_of(chips)
    assert 'href="/search" rel="nofollow" aria-label="Remove brand Acme Oven"' in chips


def test_similar_creators_are_told_with_what_they_share(client: Client, engine: Any, cast: Any):
    from influencr.search import Similar

    like = Similar(by="content", likeness=0.9, factor=0.875, words=("crumb",), topics=("baking",))
    engine.people["bluesky:@juno"] = cast.creator()
    engine.alike = cast.results(cast.hit(similar=like), total=42)
    markup = client.get("/c/bluesky/juno").content.decode()
    text = words_of(markup)
    assert "90 % alike both are about baking ; both say “crumb”" in text
    assert "Search like this: 42 creators" in text
    assert 'href="/search?similar=bluesky%3A%40junosauerteig.example"' in markup
    text = shown(client, "/search?similar=bluesky%3A%40juno")
    assert "42 creators like @juno" in text
    assert "like bluesky:@juno, by content" in text


def test_a_creator_without_known_followers_says_so(client: Client, engine: Any, cast: Any):
    from influencr.errors import UsageError

    engine.people["bluesky:@juno"] = cast.creator()
    engine.alike = UsageError(
        "similar: 'x' cannot be compared by audience: too few followers are known; ask by content.",
        field="similar",
    )
    assert "Unknown: too few followers are known." in shown(client, "/c/bluesky/juno")


def test_a_page_never_waits_for_audiences_to_be_read(
    client: Client, engine: Any, cast: Any, monkeypatch: pytest.MonkeyPatch
):
    import threading

    from influencr.service.web import audiences

    held = threading.Event()
    monkeypatch.setattr(engine, "similar", lambda *_, **__: held.wait(20))
    monkeypatch.setattr(audiences, "_PATIENCE_S", 0.01)
    engine.people["bluesky:@juno"] = cast.creator()
    assert "Who follows whom is being read" in shown(client, "/c/bluesky/juno")
    text = shown(client, "/search?similar=bluesky%3A%40juno&similar_by=audience", 503)
    assert "Who follows whom is being read" in text
    held.set()
