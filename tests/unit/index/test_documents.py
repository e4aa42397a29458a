"""What an index is fed for a creator."""

from datetime import UTC, datetime

from influencr.index import COLUMNS, FIELDS, WORD_FIELDS, decode, document


def test_a_full_creator() -> None:
    row = {
        "profile_id": "mastodon:1",
        "platform": "mastodon",
        "handle": "Ana.B@social.example",
        "display_name": "Ana  Müller 🍜",
        "bio_text": "Loves #Vegan ramen東京",
        "topics": ["vegan food"],
        "post_text": "one line\nnext @bob",
        "called": ["Makers of ramen", "#Tokyo"],
        "followers": 12,
        "engagement_rate": 0.5,
        "last_post_at": datetime(2026, 1, 1, tzinfo=UTC),
        "place_id": 5,
        "country": "FR",
    }
    made = document(row, {})
    assert made["name"] == ["ana muller 🍜"]
    assert made["handle"] == ["ana b", "@ana.b@social.example @ana.b"]
    assert made["bio"] == ["loves vegan ramen 東 京", "#vegan"]
    assert made["sort_name"] == "ana muller 🍜"
    assert made["topics"] == ["vegan food"]
    assert made["posts"] == ["one line", "next bob", "@bob"]
    assert made["called"] == ["makers of ramen", "tokyo", "#tokyo"]
    assert made["last_post"] == 1767225600
    assert made["place"] == [5]
    stored = decode(made["creator"])
    assert set(stored) == set(COLUMNS)
    assert {k: v for k, v in stored.items() if v is not None} == row


def test_what_is_not_known_is_said() -> None:
    made = document({"profile_id": "x:1", "platform": "x"}, {})
    assert set(FIELDS) - {"all"} <= set(made)
    assert all(made[field] == [] for field in WORD_FIELDS)
    for field in ("country", "admin1", "language", "activity", "verdict", "label", "place_level"):
        assert made[field] == "unknown"
    for field in ("followers", "engagement", "last_post", "posts_per_week"):
        assert made[field] == -1
    assert made["place"] == made["topic"] == [] == made["called"]
