"""Creators write what they like: no field of theirs may become markup, a link or an instruction."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client

ATTACKS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><svg/onload=alert(1)>",
    "{{ settings.SECRET_KEY }}{% debug %}",
    "</p></li></ol><iframe src=//evil.example>",
    "javascript:alert(1)",
    "&lt;b&gt;&#x3c;script&#x3e;",
    "\u202e\u2066evil\x00\ufeff",
]
TEXTS = (
    "display_name",
    "handle",
    "bio_text",
    "language",
    "place_name",
    "place_label",
    "place_reason",
    "place_level",
    "activity_reason",
    "engagement_reason",
    "engagement_definition",
    "verdict_reason",
    "label_reason",
    "influence_reason",
    "closeness_reason",
    "post_text",
    "source",
    "licence",
    "contact_email",
    "contact_source",
)
LISTS = ("links", "topics", "topic_evidence", "place_evidence", "other_place_labels")

# What legitimately depends on the words: matches, list entries, links that are safe to follow.
VARYING = {"mark", "li", "a", "svg", "path"}


class Elements(HTMLParser):
    """Collects what a browser would make of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]


def read(markup: str) -> Elements:
    found = Elements()
    found.feed(markup)
    return found


def assert_harmless(markup: str, shape: list[str]) -> None:
    found = read(markup)
    assert [t for t in found.tags if t not in VARYING] == shape
    assert not {"img", "iframe", "object", "embed", "style"} & set(found.tags)
    for tag, name, value in found.attributes:
        assert not name.startswith("on"), (tag, name)
        assert name != "style"
        if name in ("href", "src", "action"):
            assert not (value or "").strip().casefold().startswith(("javascript", "data:", "//"))
        if tag == "a" and (value or "").startswith("http"):
            assert ("a", "rel", "nofollow noopener ugc") in found.attributes
    assert "\u202e" not in markup
    assert "\x00" not in markup


def hostile(cast: Any, attack: str) -> dict[str, Any]:
    changes: dict[str, Any] = dict.fromkeys(TEXTS, attack)
    changes |= {name: [attack, attack] for name in LISTS}
    return cast.creator(**changes, policy=31)


def shape_of(markup: str) -> list[str]:
    return [t for t in read(markup).tags if t not in VARYING]


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_result_row_holds_no_markup_of_a_stranger(
    client: Client, engine: Any, cast: Any, attack: str
):
    tame = hostile(cast, "tame")
    engine.answer = cast.results(
        cast.hit(tame, why=tuple(cast.match(field=f, text="tame", spans=((1, 3),)) for f in FIELDS))
    )
    shape = shape_of(client.get("/search?text=x").content.decode())
    row = hostile(cast, attack)
    why = tuple(cast.match(field=f, text=attack, spans=((1, 3), (2, 9))) for f in FIELDS)
    engine.answer = cast.results(cast.hit(row, why=why))
    assert_harmless(client.get("/search?text=x").content.decode(), shape)


FIELDS = ("name", "handle", "bio", "posts", "topics")


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_dossier_holds_no_markup_of_a_stranger(
    client: Client, engine: Any, cast: Any, attack: str
):
    engine.people["bluesky:@tame"] = hostile(cast, "tame")
    engine.people["bluesky:@evil"] = hostile(cast, attack)
    tame = client.get("/c/bluesky/tame").content.decode()
    response = client.get("/c/bluesky/evil")
    assert response.status_code == 200
    assert_harmless(response.content.decode(), shape_of(tame))


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("parameter", ["text", "place", "topic", "exclude", "nonsense", "sort"])
def test_a_question_is_never_echoed_as_markup(
    client: Client, engine: Any, parameter: str, attack: str
):
    response = client.get("/search", {parameter: attack})
    markup = response.content.decode()
    found = read(markup)
    assert "img" not in found.tags
    assert "iframe" not in found.tags
    assert found.tags.count("script") == 1
    assert not [name for _, name, _ in found.attributes if name.startswith("on")]


@pytest.mark.parametrize("attack", ATTACKS)
def test_facets_and_places_from_the_index_are_text(
    client: Client, engine: Any, cast: Any, attack: str
):
    place = cast.place(
        asked=attack,
        label=attack,
        place_id=1,
        kind="city",
        lat=1.0,
        lon=1.0,
        within_km=5.0,
        n_places=3,
        alternatives=(attack,),
    )
    engine.answer = cast.results(
        cast.hit(),
        place=place,
        facets={
            name: (cast.facet(value=attack, label=attack, count=3),)
            for name in ("platform", "language", "country", "topic", "verdict", "activity", "label")
        },
        funnel=(cast.step(filter=attack, label=attack, left=3, removed=0),),
        loosenings=(cast.loosening(label=attack, change={"text": attack}, adds=3),),
    )
    markup = client.get("/search").content.decode()
    found = read(markup)
    assert not {"img", "iframe"} & set(found.tags)
    assert found.tags.count("script") == 1
    assert not [name for _, name, _ in found.attributes if name.startswith("on")]


def test_a_mail_address_is_offered_only_where_it_was_published_for_business(
    client: Client, engine: Any, cast: Any
):
    engine.people["bluesky:@a"] = cast.creator(contact_email="a@b.example", policy=31)
    engine.people["bluesky:@b"] = cast.creator(contact_email="a@b.example", policy=15)
    engine.people["bluesky:@c"] = cast.creator(
        contact_email="a@b.example?bcc=x@y.example", policy=31
    )
    assert "mailto:a@b.example" in client.get("/c/bluesky/a").content.decode()
    assert "mailto:" not in client.get("/c/bluesky/b").content.decode()
    assert "mailto:" not in client.get("/c/bluesky/c").content.decode()
