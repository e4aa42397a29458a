"""A word finds who is about its topic, in any language; the word itself comes first."""

from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from influencr.index.columns import ColumnIndex
from influencr.search import ACTIVITY_STATES, Searcher, make_query

AS_OF = datetime(2026, 3, 1, tzinfo=UTC)


def person(name: str, bio: str, language: str, topics: tuple[str, ...] = (), **more: str) -> dict:
    return {
        "profile_id": f"tiktok:{name}", "platform": "tiktok", "handle": name, "bio_text": bio,
        "language": language, "topics": list(topics),
        "topic_evidence": [f"'{t}' in bio; more" for t in topics], "activity_state": "active",
        **more,
    }  # fmt: skip


PEOPLE = [
    person("said", "comédie tous les soirs", "fr", ("comedy",)),
    person("french", "humour tous les soirs", "fr", ("comedy",)),
    person("english", "stand-up every night", "en", ("music", "comedy")),
    person("silent", "cooking", "en", ("food",)),
]


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    folder: Path = tmp_path_factory.mktemp("topics")
    index = ColumnIndex(folder)
    index.build(pl.DataFrame(PEOPLE), as_of=AS_OF)
    return Searcher(index)


def found(searcher: Searcher, text: str) -> list[str]:
    return [hit.handle or "" for hit in searcher.search(make_query(text=text)).hits]


def test_the_word_itself_then_who_is_about_its_topic(searcher: Searcher) -> None:
    assert found(searcher, "comédie")[0] == "said"
    assert set(found(searcher, "comédie")) == {"said", "french", "english"}
    assert set(found(searcher, "Comedy")) == {"said", "french", "english"}


def test_quotes_and_exclusions_ask_for_the_word_alone(searcher: Searcher) -> None:
    assert found(searcher, '"comédie"') == ["said"]
    assert "french" in found(searcher, "humour -comédie")


def test_the_reason_says_which_words_made_the_topic(searcher: Searcher) -> None:
    hits = {h.handle: h for h in searcher.search(make_query(text="comédie")).hits}
    match = next(m for m in hits["english"].why if m.field == "topics")
    assert match.text == "music, comedy ('comedy' in bio)"
    assert [match.text[a:b] for a, b in match.spans] == ["comedy"]
    (piece,) = hits["english"].words
    topic = next(way for way in piece.found if way.kind == "topic")
    assert (topic.said, topic.fields, topic.weight) == ("comedy", ("topics",), 0.375)


def test_a_list_that_fell_silent_offers_the_dormant(tmp_path: Path) -> None:
    index = ColumnIndex(tmp_path)
    rows = [{**p, "activity_state": "dormant"} for p in PEOPLE]
    index.build(pl.DataFrame(rows), as_of=AS_OF)
    searcher = Searcher(index)
    results = searcher.search(make_query(text="comédie"))
    assert results.total == 0
    (offer,) = results.loosenings
    assert (offer.label, offer.adds) == ("dormant creators too", 3)
    assert offer.change == {"activity": ACTIVITY_STATES}
    assert searcher.search(make_query(text="comédie", **offer.change)).total == 3
