"""Why somebody is found or not, and why one stands above another, as /why tells it."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.test import Client

from influencr.errors import UsageError
from influencr.records import Policy
from influencr.search import Compared, Explained, FilterCheck, PartRatio, PiecePoints, WayFound


def shown(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", response.content.decode())))


def links(client: Client, address: str) -> list[str]:
    markup = client.get(address).content.decode()
    return [html.unescape(href) for href in re.findall(r'href="([^"]*)"', markup)]


def told(cast: Any, *, found: bool = True, **changes: Any) -> Explained:
    row = cast.creator(profile_id=f"bluesky:{changes.get('handle', 'juno')}", **changes)
    vegan = WayFound(
        said="vegane",
        kind="form",
        because="form of vegan",
        weight=0.875,
        fields=("bio", "called"),
        points=4.5,
    )
    words = (
        PiecePoints(
            piece="vegan", is_soft=True, read_as=None, rarity=2.0, found=(vegan,), points=4.5
        ),
        PiecePoints(piece="bread", is_soft=True, read_as=None, rarity=3.0, found=(), points=0.0),
    )
    return Explained(
        profile_id=row["profile_id"],
        platform=row["platform"],
        handle=row["handle"],
        found=found,
        because="...",
        filters=(
            FilterCheck(filter="text", label="words: vegan", passed=True, value="1 of 2 words"),
            FilterCheck(filter="followers", label="followers", passed=found, value="6,840"),
            FilterCheck(filter="activity", label="not dormant", passed=True, value="active"),
        ),
        missing=("bread",),
        hit=cast.hit(row, words=words, parts={"words": 4.5, "activity": 0.5}, score=2.25),
    )


@pytest.fixture
def juno(engine: Any, cast: Any) -> Explained:
    one = told(cast, found=False, handle="juno")
    engine.people["@juno"] = {**one.hit.creator, "indexed": True}
    engine.explained[one.profile_id] = one
    return one


def test_every_filter_is_passed_or_not_with_the_creators_own_value(
    client: Client, engine: Any, juno: Explained
):
    address = "/why?text=vegan+bread&followers_min=10000&who=%40juno"
    text = shown(client, address)
    assert "Why Juno Sauerteig is not found" in text
    assert "Juno Sauerteig is not among the results: one filter is not passed." in text
    assert "followers ≥ 10,000 search without it not passed 6,840" in text
    assert "not dormant passed Active" in text
    assert "/search?text=vegan+bread" in links(client, address)
    assert engine.asked[-1].followers_min == 10_000


def test_the_words_are_told_piece_by_piece(client: Client, engine: Any, juno: Explained):
    text = shown(client, "/why?text=vegan+bread&who=%40juno")
    assert "“vegan” rarity 2.00 4.50 vegane form of vegan bio, packs and lists 0.88 4.50" in text
    assert "“bread” not said in any way; rarity 3.00 0.00" in text
    assert "activity when they last posted × 0.50" in text
    assert "score compares within one search only 2.25" in text


@pytest.mark.parametrize("who", ["nobody", "left", "shy"])
def test_who_is_unknown_left_or_hidden_gets_the_same_answer(
    client: Client, engine: Any, cast: Any, who: str
):
    engine.people["left"] = {"indexed": False, "why_not": "left", "profile_id": "bluesky:1"}
    engine.people["shy"] = cast.creator(policy=int(Policy.INDEX))
    text = shown(client, f"/why?text=vegan&who={who}", 400)
    assert f"Nobody called “{who}” is listed here: never imported, gone from the network" in text
    assert 'value="vegan"' in client.get(f"/why?text=vegan&who={who}").content.decode()


def test_several_of_one_name_are_a_choice(
    client: Client, engine: Any, monkeypatch: pytest.MonkeyPatch
):
    def ambiguous(who: str) -> None:
        names = ["bluesky:@ana", "tiktok:@ana"]
        raise UsageError(f"{who!r} names 2 profiles; say which.", field="reference", valid=names)

    monkeypatch.setattr(engine, "show", ambiguous)
    response = client.get("/why?text=a&who=ana")
    assert response.status_code == 400
    assert 'href="/why?text=a&amp;who=tiktok%3A%40ana"' in response.content.decode()


def test_two_stand_side_by_side_with_the_part_that_decides(client: Client, engine: Any, cast: Any):
    upper = told(cast, handle="juno")
    lower = told(cast, handle="bela", display_name="Bela Butterfrei")
    for name, one in (("@juno", upper), ("@bela", lower)):
        engine.people[name] = {**one.hit.creator, "indexed": True}
    engine.compared = Compared(
        upper=upper,
        lower=lower,
        parts=(
            PartRatio(part="words", upper=4.5, lower=1.5, ratio=3.0),
            PartRatio(part="activity", upper=0.5, lower=1.0, ratio=0.5),
        ),
        decides="words",
        because="...",
    )
    address = "/why?text=vegan&who=%40bela&who=%40juno"
    text = shown(client, address)
    assert "Why Juno Sauerteig stands above Bela Butterfrei" in text
    assert "by words: 4.50 against 1.50, 3.00 times as much, in spite of activity." in text
    assert "4.50 1.50 Juno Sauerteig , 3.00 times" in text
    assert "0.50 1.00 Bela Butterfrei , 2.00 times" in text
    row = client.get(address).content.decode().split('class="decides"', 1)[1].split("</tr>")[0]
    assert "words" in row


def test_who_is_found_is_set_beside_the_first(client: Client, engine: Any, cast: Any):
    first, other = told(cast, handle="juno"), told(cast, handle="bela")
    engine.people["@bela"] = {**other.hit.creator, "indexed": True}
    engine.explained[other.profile_id] = other
    engine.answer = cast.results(first.hit)
    engine.compared = Compared(upper=first, lower=other, parts=(), decides="tie", because="")
    assert "fixed shuffle, which puts Juno Sauerteig first" in shown(
        client, "/why?text=vegan&who=%40bela"
    )
    engine.answer = cast.results(other.hit)
    assert "Nobody stands above." in shown(client, "/why?text=vegan&who=%40bela")


def test_three_are_too_many_and_none_is_a_question(client: Client, engine: Any):
    text = shown(client, "/why?text=a&who=x&who=y&who=z", 400)
    assert "3 creators were chosen; choose two at a time." in text
    assert "Name one creator to see why they are found or not" in shown(client, "/why?text=a&who=")


def test_rows_lead_to_their_neighbours(client: Client, engine: Any, cast: Any):
    a, b = told(cast, handle="juno").hit, told(cast, handle="bela", display_name="Bela B").hit
    engine.answer = cast.results(a, b, total=9, n_all=9)
    found = links(client, "/search?text=vegan&after=X&start=20")
    assert "/why?text=vegan&who=bluesky%3Ajuno&who=bluesky%3Abela" in found
    assert "/why?text=vegan&who=bluesky%3Abela&who=bluesky%3Ajuno" in found
    assert "Why above 22, Bela B?" in shown(client, "/search?text=vegan&after=X&start=20")
