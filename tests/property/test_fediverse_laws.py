"""Laws of reading the fediverse: whatever a server sends, nobody is kept who did not say yes."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from influencr.sources.mastodon._accounts import read_account, shown, withdrawn
from influencr.sources.mastodon._consent import REFUSALS
from influencr.sources.mastodon._frames import batch
from influencr.sources.mastodon._instance import next_page
from influencr.sources.mastodon._posts import Author, read_post
from influencr.sources.mastodon._text import plain

AT = datetime(2026, 11, 23, tzinfo=UTC)
HOSTS = frozenset({"a.example"})
FLAGS = ("locked", "noindex", "moved", "memorial", "suspended", "limited")

json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=30),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=8,
)
flag = st.none() | st.booleans() | st.just("true") | st.just(1)
words = st.text(max_size=60) | st.sampled_from(
    ["<p>Baker</p>", "#nobot", "<a class='hashtag'>#<span>NoIndex</span></a>", "a &amp; b"]
)
fields = st.lists(
    st.fixed_dictionaries({"name": words | json, "value": words | json}) | json, max_size=3
)
entities = st.fixed_dictionaries(
    {"id": st.sampled_from(["1", 2, None]), "acct": st.sampled_from(["ana", "ana@b.example", ""])},
    optional={
        "uri": st.sampled_from(["https://a.example/users/ana", "https://b.example/x", None, 3]),
        "discoverable": flag,
        "indexable": flag,
        "hide_collections": flag,
        **dict.fromkeys(FLAGS, flag),
        "note": words | json,
        "display_name": words | json,
        "fields": fields | json,
        "followers_count": json,
        "created_at": json,
        "last_status_at": st.sampled_from(["2026-11-20", "2026-11-20T10:00:00Z"]) | json,
        "avatar": json,
        "bot": json,
    },
)


@given(entities | json)
def test_only_a_yes_without_a_no_is_kept(entity: Any) -> None:
    found = read_account(entity, domain="a.example", hosts=HOSTS)
    if found is None:
        return
    assert found.refused is None or found.refused in REFUSALS
    if found.refused is None:
        assert entity["discoverable"] is True
        assert all(entity.get(name) in (None, False) for name in FLAGS)
        lowered = found.words.lower()
        assert not any(f"#{stop} " in f"{lowered} " for stop in ("nobot", "noindex", "nosearch"))
        row = shown(found, at=AT)
        assert row["indexable"] is (entity.get("indexable") is True)
        # Whatever came, the row fits its table.
        assert batch("profiles", [row]).frame.height == 1
    else:
        row = withdrawn(found, at=AT)
        assert not {"bio_text", "display_name", "links", "handle", "place_raw"} & set(row)
        assert (
            row["status"] != "active"
            or row["is_private"] is True
            or row["noindex"] is True
            or row["discoverable"] is False
        )


@given(entities, entities | json, st.booleans())
def test_words_of_posts_follow_the_flag(status: Any, more: Any, may: bool) -> None:
    extra = more if isinstance(more, dict) else {"content": more}
    entity = {
        **extra,
        "account": {"id": "1"},
        "uri": "https://a.example/users/ana/statuses/1",
        "visibility": status.get("locked") or "public",
        "content": status.get("note"),
        "tags": status.get("fields"),
    }
    author = Author("mastodon:x", "1", may)
    row = read_post(entity, author, at=AT, domain="a.example", hosts=HOSTS)
    if row is None:
        return
    assert entity["visibility"] == "public"
    assert ("text" in row) is may
    if not may:
        assert not {"hashtags", "mentions", "links", "language"} & set(row)
    assert batch("posts", [row]).frame.height == 1


@given(st.text(max_size=300))
def test_any_text_becomes_plain_text(markup: str) -> None:
    found = plain(markup)
    assert found.text == found.text.strip()
    assert all(link.lower().startswith(("http://", "https://")) for link in found.links)


@given(st.text(max_size=200))
def test_any_header_gives_an_address_or_none(header: str) -> None:
    next_page(header)
