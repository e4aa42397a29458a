"""The stored fingerprint may never change: old rows would look new to every later import."""

from datetime import UTC, datetime

import polars as pl
import pytest

from influencr.catalogue import TABLES, fit
from influencr.catalogue._hashing import content_hashes, key_hashes

NOW = datetime(2026, 1, 1, tzinfo=UTC)
REQUIRED = {
    "profile_id": "tiktok:1",
    "platform": "tiktok",
    "source": "s",
    "fetched_at": NOW,
    "fetch_method": "import",
    "licence": "l",
    "policy": 15,
}


def fingerprint(table="profiles", **changed):
    frame = pl.DataFrame({k: [v] for k, v in {**REQUIRED, **changed}.items()})
    return int(content_hashes(TABLES[table], fit(table, frame))[0])


@pytest.mark.parametrize(
    ("changed", "known"),
    [
        ({}, -5646759548661312746),
        ({"bio_text": "كوميدي 🥐"}, -3442972122232439084),
        ({"links": ["https://a.example", ""]}, 4244605823421344894),
        ({"followers": 1234, "mean_likes": 0.5, "is_bot": False}, -8862330398744328049),
        ({"account_created_at": NOW}, -3702908267722640610),
    ],
)
def test_known_fingerprints(changed, known):
    assert fingerprint(**changed) == known


def test_where_and_when_something_was_heard_is_not_content():
    other = {"source": "t", "fetched_at": NOW.replace(day=9), "fetch_method": "api"}
    assert fingerprint(**other) == fingerprint()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"bio_text": ""}, {}),
        ({"links": []}, {}),
        ({"links": []}, {"links": [""]}),
        ({"links": ["a", "b"]}, {"links": ["a\x1eb"]}),
        ({"followers": 0}, {}),
        ({"is_bot": False}, {}),
        ({"is_bot": False}, {"is_bot": True}),
        ({"followers": 5}, {"following": 5}),
        ({"handle": "a", "display_name": "b"}, {"handle": "b", "display_name": "a"}),
        ({"policy": 7}, {"policy": 15}),
        ({"licence": "other"}, {}),
        ({"expires_at": NOW}, {}),
    ],
)
def test_what_means_something_else_has_another_fingerprint(one, other):
    assert fingerprint(**one) != fingerprint(**other)


def test_minus_zero_is_zero():
    assert fingerprint(mean_likes=-0.0) == fingerprint(mean_likes=0.0)


def test_a_row_has_the_same_fingerprint_in_every_batch():
    names = [f"name {i % 7}" if i % 3 else None for i in range(300)]
    frame = pl.DataFrame({**{k: [v] * 300 for k, v in REQUIRED.items()}, "display_name": names})
    together = content_hashes(TABLES["profiles"], fit("profiles", frame))
    alone = [fingerprint(display_name=name) for name in names]
    assert together.tolist() == alone


def test_key_fingerprints_tell_both_directions_of_an_edge_apart():
    frame = pl.DataFrame({"follower_id": ["a", "b", "a"], "followed_id": ["b", "a", "b"]})
    first, second, third = key_hashes(TABLES["follows"], frame).tolist()
    assert first != second
    assert first == third
