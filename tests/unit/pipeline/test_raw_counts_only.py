"""Rows whose source allows no numbers of our own (YouTube by default): every face shows raw counts.

The columns that may be filled are listed here, so a new judge that does not ask the policy fails.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from influencr.engine import Engine
from influencr.pipeline import CREATORS_SCHEMA
from influencr.records import Policy
from influencr.search import Query

from .conftest import put

NOW = datetime.now(UTC) - timedelta(hours=1)
RAW = int(Policy.INDEX | Policy.SHOW_SIGNED_OUT)

#: What the account says, what the network counts, where it says that it is; and reasons why not.
MAY_BE_TOLD = {
    *("profile_id", "platform", "handle", "display_name", "bio_text", "language", "links"),
    *("followers", "following", "posts_count", "likes_received", "account_created_at"),
    *("is_verified", "is_business", "post_text", "n_posts_seen", "activity_n_posts"),
    *("source", "fetched_at", "licence", "policy", "activity_state", "last_post_at"),
    *(
        c
        for c in CREATORS_SCHEMA
        if c.startswith(("place_", "other_place_")) or c in ("lat", "lon")
    ),
    *("country", "admin1"),
    *(c for c in CREATORS_SCHEMA if c.endswith("_reason")),
}
#: Filled with a word or a number that says that nothing is said.
SAYS_NOTHING = {
    "verdict": "unknown",
    "label": "unknown",
    "engagement_n_posts": 0,
    "followers_seen": 0,
}


def rows(policy: int, names: list[str]) -> dict[str, list[dict[str, object]]]:
    told = {
        "source": "youtube",
        "fetched_at": NOW,
        "fetch_method": "api",
        "licence": "youtube-api",
        "policy": policy,
    }
    people = [
        {
            "profile_id": f"youtube:id-{name}",
            "platform": "youtube",
            "handle": name,
            "display_name": name.title(),
            "bio_text": "Vegan baking, sourdough every day",
            "place_country": "PT",
            "topics_declared": ["Food"],
            "followers": 5_000,
            "posts_count": 40,
            "views_received": 100_000,
            **told,
        }
        for name in names
    ]
    earlier = [{**p, "followers": 4_000, "fetched_at": NOW - timedelta(days=200)} for p in people]
    return {
        "profiles": [*earlier, *people],
        "posts": [
            {
                "post_id": f"youtube:{name}-{n}",
                "profile_id": f"youtube:id-{name}",
                "created_at": NOW - timedelta(days=3 * n + 1),
                "kind": "video",
                "text": f"Vegan baking number {n} #baking",
                "likes": 200 + n,
                "replies": 5,
                "views": 4_000,
                **told,
            }
            for name in names
            for n in range(12)
        ],
        "follows": [
            {"follower_id": f"youtube:id-fan{k}", "followed_id": f"youtube:id-{name}", **told}
            for name in names
            for k in range(40)
        ],
        "packs": [
            {
                "pack_id": "youtube:list",
                "member_id": f"youtube:id-{name}",
                "name": "Bakers",
                **told,
            }
            for name in names
        ],
    }


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    with Engine(tmp_path_factory.mktemp("raw") / "home", create=True) as engine:
        for policy, names in ((RAW, ["raw0", "raw1"]), (15, ["full0", "full1"])):
            for table, made in rows(policy, names).items():
                put(engine, table, made)
        put(engine, "profiles", rows(15, [f"fan{k}" for k in range(40)])["profiles"])
        engine.refresh()
        yield engine


def test_the_world_would_allow_numbers(engine):
    """Else this file proves nothing."""
    row = engine.show("youtube:@full0")
    for column in ("engagement_rate", "posts_per_week", "influence", "called", "audience_codes"):
        assert row[column] is not None, column
    assert row["followers_seen"] == 40


def test_nothing_is_judged_but_what_is_told(engine):
    row = engine.show("youtube:@raw0")
    assert row["followers"] == 5_000
    for column in CREATORS_SCHEMA:
        if column in SAYS_NOTHING:
            assert row[column] == SAYS_NOTHING[column], column
        elif column in ("topics", "topic_weights", "topic_evidence"):
            continue
        elif column not in MAY_BE_TOLD:
            assert not row[column], f"{column} = {row[column]!r}"
    # Only the subject that was declared, and no word of ours about the videos.
    assert row["topic_evidence"] == ["declared category 'Food'"]
    for column in ("verdict_reason", "engagement_reason", "influence_reason", "audience_reason"):
        assert "allow" in row[column], column


def test_the_judged_files_hold_no_number_either(engine):
    folder = engine.home.judged
    influence = pl.read_parquet(folder / "influence.parquet").filter(
        pl.col("profile_id").str.contains("raw")
    )
    for name, dtype in influence.schema.items():
        if dtype.is_numeric() and not name.endswith("_n"):
            assert influence[name].null_count() == len(influence), name
        elif dtype.is_numeric():
            assert influence[name].fill_null(0).sum() == 0, name
    evidence = pl.read_parquet(folder / "evidence.parquet")
    assert evidence.filter(pl.col("profile_id").str.contains("raw")).is_empty()


def test_a_search_ranks_them_by_words_alone(engine):
    hits = {hit.handle: hit for hit in engine.search("vegan baking", limit=100).hits}
    raw = hits["raw0"]
    assert raw.attention == "unknown"
    assert raw.parts["attention"] == 1.0
    assert hits["full0"].attention != "unknown"


def test_they_are_found_and_not_exported(engine, tmp_path: Path):
    out = tmp_path / "all.jsonl"
    done = engine.export(Query(everything=True), out)
    assert done.n_not_allowed == 2
    assert "raw0" not in out.read_text(encoding="utf-8")


def test_vetting_refuses(engine):
    vetted = next(iter(engine.vet(["youtube:@raw0"])))
    assert vetted.verdict is not None
    assert vetted.verdict.status == "unknown"
    assert "does not allow" in vetted.verdict.sentence
    assert not vetted.families


def test_the_dossier_shows_no_number_of_ours(engine):
    from influencr.service.web.dossier import dossier

    page = dossier(engine.show("youtube:@raw0"), demo=False)
    assert page.source == "youtube"
    assert "exported" not in page.allowed
    assert "judged" not in page.allowed
    shown = {figure.name: figure.value for figure in page.figures if figure.value is not None}
    assert shown == {"Followers": "5,000"}
    assert page.audience is None
    told = dossier(engine.show("youtube:@full0"), demo=False)
    assert {"Influence", "Engagement", "Posts a week"} <= {f.name for f in told.figures if f.value}
    numbers = engine.influence("youtube:id-raw0").facts
    assert all(
        value is None or not isinstance(value, float)
        for name, value in numbers.items()
        if name != "followers"
    )
