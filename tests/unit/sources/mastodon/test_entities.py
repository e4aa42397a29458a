"""Account and Status entities in all their forms; the real ones, where they are to be had."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from influencr.sources.mastodon._accounts import (
    Account,
    instant,
    lives_elsewhere,
    read_account,
    shown,
    withdrawn,
)
from influencr.sources.mastodon._instance import next_page
from influencr.sources.mastodon._posts import Author, read_post

from .conftest import account, status

ROOT = Path(__file__).parents[4]
DATASETS = Path(os.environ.get("INFLUENCR_DATASETS", ROOT.parent / "shared" / "datasets"))
AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOSTS = frozenset({"lisbon.example"})


def read(**fields: Any) -> Account:
    found = read_account(account("ana", **fields), domain="lisbon.example", hosts=HOSTS)
    assert found is not None
    return found


def row(**fields: Any) -> dict[str, Any]:
    return shown(read(**fields), at=AT)


def test_both_forms_of_every_loose_field() -> None:
    assert row(note="Plain words")["bio_text"] == row(note="<p>Plain words</p>")["bio_text"]
    day = datetime(2026, 11, 20, tzinfo=UTC)
    assert row(last_status_at="2026-11-20")["last_active_at"] == day
    told = row(last_status_at="2026-11-20T17:24:26.291984+01:00")["last_active_at"]
    assert told == datetime(2026, 11, 20, 16, 24, 26, 291984, UTC)
    assert row(last_status_at=None)["last_active_at"] is None
    assert row(last_status_at="never")["last_active_at"] is None
    assert row(followers_count="1200")["followers"] == row(followers_count=1200)["followers"]
    assert row(followers_count=-1)["followers"] is None
    assert instant("1899-01-01") is None
    assert instant(float("inf")) is None


def test_fields_give_links_and_a_place_and_nothing_private() -> None:
    fields = [
        {"name": "Pronouns", "value": "she/her"},
        {"name": "Wohnort", "value": "K&ouml;ln"},
        {"name": "Web", "value": '<a href="https://ana.example/">ana.example</a>'},
        {"name": "Shop", "value": "https://shop.example/ana"},
        {"name": "Location", "value": '<a href="https://osm.example/1">Here</a>'},
        "broken",
    ]
    found = row(fields=fields, note="<p>Hi</p>")
    assert found["place_raw"] == "Köln"
    assert found["links"] == [
        *("https://ana.example/", "https://shop.example/ana", "https://osm.example/1"),
    ]
    assert "she/her" not in str(found)


def test_stop_words_are_heard_in_fields_and_name() -> None:
    fields = [{"name": "x", "value": "<a class='hashtag'>#<span>NoIndex</span></a>"}]
    assert read(fields=fields).refused == "stop_word"
    assert read(display_name="Ana #nosearch").refused == "stop_word"
    assert read(display_name="Ana #nobotany").refused is None


@pytest.mark.parametrize("value", ["true", 1, "yes", {}])
def test_a_flag_of_another_type_is_a_no(value: Any) -> None:
    assert read(noindex=value).refused == "noindex"
    assert read(discoverable=value).refused == "not_discoverable"
    assert not read(indexable=value).may_be_read


def test_what_was_taken_away_does_not_stay() -> None:
    found = row(display_name="", note="", fields=[], avatar="https://x.example/missing.png")
    assert (found["display_name"], found["bio_text"], found["place_raw"]) == ("", "", "")
    assert (found["links"], found["has_avatar"]) == ([], False)


def test_a_withdrawal_holds_no_word() -> None:
    said = read(note="Secret words", locked=True)
    assert "Secret" not in str(withdrawn(said, at=AT))
    assert withdrawn(said, at=AT)["is_private"] is True


@pytest.mark.parametrize(
    "entity",
    [
        None,
        [],
        {},
        {"id": "1"},
        {"id": None, "acct": "ana"},
        {"id": "1", "acct": "a na"},
        account("ana", uri="https://other.example/users/ana"),
        account("ana", uri="https://lisbon.example/users/a na"),
        account("ana", uri="ftp://lisbon.example/users/ana"),
        account("ana", uri=7),
        account("ana", acct="ana@other.example"),
        account("ana", acct=""),
    ],
)
def test_what_cannot_be_an_account_of_this_server(entity: Any) -> None:
    assert read_account(entity, domain="lisbon.example", hosts=HOSTS) is None


def test_without_an_address_the_handle_names_the_account() -> None:
    assert read(uri=None).name == "mastodon:@ana@lisbon.example"
    assert read().name == "mastodon:https://lisbon.example/users/ana"
    assert lives_elsewhere({"acct": "ana@porto.example"}, "lisbon.example")
    assert not lives_elsewhere({"acct": "ana@Lisbon.example"}, "lisbon.example")


ANA = account("ana")
AUTHOR = Author("mastodon:https://lisbon.example/users/ana", ANA["id"], True)


def posted(**fields: Any) -> dict[str, Any] | None:
    told = status(ANA, 1, **fields)
    return read_post(told, AUTHOR, at=AT, domain="lisbon.example", hosts=HOSTS)


@pytest.mark.parametrize(
    "fields",
    [
        {"visibility": "unlisted"},
        {"visibility": "private"},
        {"visibility": None},
        {"reblog": status(account("bea"), 2)},
        {"account": account("bea")},
        {"account": None},
        {"uri": "https://other.example/1"},
        {"uri": None},
    ],
)
def test_only_own_public_posts_are_kept(fields: dict[str, Any]) -> None:
    assert posted(**fields) is None


def test_kinds_words_and_names() -> None:
    kinds = [posted(in_reply_to_id="3"), posted(quote={"state": "accepted"}), posted()]
    assert [found["kind"] for found in kinds if found] == ["reply", "quote", "post"]
    found = posted(
        spoiler_text="Food",
        mentions=[{"acct": "bea"}, {"acct": "Eva@porto.example"}, {"acct": "bea"}, 3],
        content="<p>Bread</p>",
    )
    assert found is not None
    assert found["text"] == "Food\nBread"
    assert found["mentions"] == ["bea@lisbon.example", "eva@porto.example"]


@pytest.mark.parametrize(
    ("header", "address"),
    [
        (None, None),
        ("", None),
        ('<https://a.example/x?max_id=1&limit=80>; rel="next"', "https://a.example/x?max_id=1&limit=80"),
        ('<https://a.example/p>; rel="prev", <https://a.example/n>; rel=next', "https://a.example/n"),
        ('<https://a.example/p>; rel="prev"', None),
        ('<https://a.example/n>; title="a; b"; rel="next"', "https://a.example/n"),
        ('<https://a.example/n>; rel="nextish"', None),
        ("garbage; rel=next", None),
    ],
)  # fmt: skip
def test_link_headers(header: str | None, address: str | None) -> None:
    assert next_page(header) == address


# The forms that real servers send; not part of the repository.


def real(name: str) -> list[dict[str, Any]]:
    file = DATASETS / "mastodon-samples" / name
    if not file.exists():
        pytest.skip(f"{file} is not here; set INFLUENCR_DATASETS to the folder that holds it")
    with file.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def at_home(entity: dict[str, Any]) -> tuple[str, frozenset[str]]:
    """Domain and hosts of the server that an account lives on, as the entity shows them."""
    host = urlsplit(entity["uri"]).netloc
    return entity["acct"].partition("@")[2].casefold() or host, frozenset({host})


def test_real_accounts_that_opted_in() -> None:
    entities = real("accounts_discoverable.jsonl")
    kept = 0
    for entity in entities:
        domain, hosts = at_home(entity)
        found = read_account(entity, domain=domain, hosts=hosts)
        assert found is not None, entity["acct"]
        flags = ("locked", "noindex", "limited", "suspended", "memorial", "moved")
        says_no = any(entity.get(flag) for flag in flags)
        says_no |= any(f"#<span>{w}" in entity["note"].lower() for w in ("nobot", "noindex"))
        assert (found.refused is None) is not says_no, (found.refused, entity["acct"])
        if found.refused is None:
            kept += 1
            made = shown(found, at=AT)
            assert "<" not in made["bio_text"].replace("<3", "").replace("< ", "")
            assert made["account_created_at"] is not None
            assert made["last_active_at"] is not None
            assert made["followers"] == entity["followers_count"]
            assert made["indexable"] is entity["indexable"]
    assert 50 < kept < len(entities) == 64


def test_real_accounts_that_did_not_opt_in_are_never_kept() -> None:
    entities = real("accounts_not_discoverable_flags_only.jsonl")
    assert len(entities) == 24
    for entity in entities:
        whole = {**entity, "acct": "somebody", "uri": "https://a.example/users/somebody"}
        found = read_account(whole, domain="a.example", hosts=frozenset({"a.example"}))
        assert found is not None
        assert found.refused is not None


def test_real_posts_lose_their_markup_and_keep_their_words() -> None:
    for entity in real("statuses_indexable.jsonl"):
        _, hosts = at_home(entity["account"])
        hosts |= {urlsplit(entity["uri"]).netloc}
        author = Author("mastodon:x", entity["account"]["id"], True)
        found = read_post(entity, author, at=AT, domain="a.example", hosts=hosts)
        assert found is not None, entity["uri"]
        assert "<p" not in found["text"]
        assert "</" not in found["text"]
        assert found["created_at"] is not None
        assert found["likes"] == entity["favourites_count"]
        assert len(found["hashtags"]) == len({t["name"].casefold() for t in entity["tags"]})
