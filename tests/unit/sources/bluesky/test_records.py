"""Records of the protocol: addresses, instants, words."""

from datetime import UTC, datetime

import pytest

from influencr.sources.bluesky._records import (
    did_of,
    instant,
    quoted,
    said,
    sort_at,
    tid_instant,
)

AT = datetime(2026, 10, 1, 12, 0, tzinfo=UTC)


def facet(**feature):
    return {"index": {"byteStart": 0, "byteEnd": 3}, "features": [feature]}


def test_a_posts_words_tags_mentions_and_links():
    found = said(
        {
            "text": "Bica com a @rita #café",
            "langs": ["pt-PT", "en"],
            "tags": ["Lisboa", "café"],
            "facets": [
                facet(**{"$type": "app.bsky.richtext.facet#tag", "tag": "café"}),
                facet(**{"$type": "app.bsky.richtext.facet#mention", "did": "did:plc:rita"}),
                facet(**{"$type": "app.bsky.richtext.facet#link", "uri": "https://a.example/1"}),
            ],
            "embed": {
                "$type": "app.bsky.embed.external",
                "external": {"uri": "https://b.example/2", "title": "t", "description": "d"},
            },
        }
    )
    assert found.text == "Bica com a @rita #café"
    assert found.language == "pt"
    assert found.hashtags == ["café", "Lisboa"]
    assert found.mentions == ["bluesky:did:plc:rita"]
    assert found.links == ["https://a.example/1", "https://b.example/2"]


@pytest.mark.parametrize(
    "embed",
    [
        {"$type": "app.bsky.embed.images", "images": [{"alt": "latte art"}, {"alt": ""}]},
        {"$type": "app.bsky.embed.video", "alt": "latte art"},
        {"$type": "app.bsky.embed.gallery", "items": [{"alt": "latte art"}]},
        {
            "$type": "app.bsky.embed.recordWithMedia",
            "record": {"record": {"uri": "at://did:plc:x/app.bsky.feed.post/1"}},
            "media": {"$type": "app.bsky.embed.images", "images": [{"alt": "latte art"}]},
        },
    ],
)
def test_descriptions_of_pictures_stand_behind_the_words(embed):
    assert said({"text": "morning", "embed": embed}).text == "morning\nlatte art"


def test_a_damaged_record_says_what_is_left_of_it():
    found = said({"text": 7, "langs": "en", "facets": [None, {"features": "x"}], "embed": []})
    assert found == ("", None, [], [], [])


def test_a_quote_with_and_without_pictures():
    uri = "at://did:plc:x/app.bsky.feed.post/1"
    plain = {"embed": {"$type": "app.bsky.embed.record", "record": {"uri": uri}}}
    wrapped = {
        "embed": {"$type": "app.bsky.embed.recordWithMedia", "record": {"record": {"uri": uri}}}
    }
    feed = {"embed": {"record": {"uri": "at://did:plc:x/app.bsky.feed.generator/1"}}}
    assert [quoted(record) for record in (plain, wrapped, feed, {})] == [uri, uri, None, None]


def test_what_a_client_says_counts_unless_it_lies_in_the_future():
    seen = "2026-10-01T12:00:00Z"
    assert sort_at("2026-09-30T00:00:00Z", seen).day == 30
    # within the skew of clocks it is the client's, later it is the AppView's
    assert sort_at("2026-10-01T12:01:59Z", seen).minute == 1
    assert sort_at("2026-10-01T12:02:01Z", seen) == AT
    assert sort_at("1969-01-01T00:00:00Z", seen) == AT
    assert sort_at("no time", seen) == AT
    assert sort_at("2030-01-01T00:00:00Z", None).year == 2030


def test_instants_of_every_written_form():
    assert instant("2026-10-01T14:00:00+02:00") == AT
    assert instant("2026-10-01T12:00:00") == AT
    assert instant("2026-10-01T12:00:00.000Z") == AT
    assert instant(None) is None
    assert instant("0000-13-01") is None


def test_a_record_key_tells_when_it_was_made():
    assert tid_instant("3kntb7rvkhk2a") == datetime(2024, 3, 16, 16, 41, 23, 634608, tzinfo=UTC)
    assert tid_instant("self") is None
    assert tid_instant("zzzzzzzzzzzzz") is None


def test_who_owns_an_address():
    assert did_of("at://did:plc:abc/app.bsky.graph.list/1") == "did:plc:abc"
    assert did_of("at://name.example/app.bsky.graph.list/1") is None
