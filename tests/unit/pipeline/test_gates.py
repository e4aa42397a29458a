"""Who may be found: every network's rules, counted by reason."""

from collections import Counter
from datetime import timedelta
from typing import Any

import polars as pl
import pytest

from influencr.engine import Engine
from influencr.pipeline import EXCLUSIONS, excluded_because, read_report
from influencr.pipeline._gates import may_be_counted
from influencr.records import Policy
from influencr.testing.check_judge import a_small_world

from .conftest import NOW, post, profile, put

EMPTY = a_small_world(0)

LEFT_OUT: list[tuple[str, dict[str, Any]]] = [
    ("policy", {"policy": int(Policy.SCORE)}),
    ("status", {"status": "moved"}),
    ("status", {"status": "memorial"}),
    ("private", {"is_private": True}),
    ("made_for_kids", {"made_for_kids": True}),
    ("declared_minor", {"bio_text": "15 yo | I dance"}),
    ("declared_minor", {"bio_text": "hi, I'm 16, I draw"}),
    ("declared_minor", {"bio_text": "High school student | NYC"}),
    ("declared_minor", {"bio_text": "9th grader, cats"}),
    ("declared_minor", {"bio_text": "Tänzerin • Schülerin in Köln"}),
    ("declared_minor", {"bio_text": "lycéenne, photo"}),
    ("declared_minor", {"bio_text": "写真|現役高校生"}),
    ("no_signed_out", {"policy": int(Policy.default() & ~Policy.SHOW_SIGNED_OUT)}),
    ("status", {"status": "limited", "platform": "mastodon"}),
    ("no_signed_out", {"no_signed_out": True, "platform": "bluesky"}),
    ("no_recommend", {"no_recommend": True, "platform": "bluesky"}),
    ("noindex", {"noindex": True, "platform": "mastodon"}),
    ("stop_word", {"bio_text": "Painter #NoBot", "platform": "mastodon"}),
    ("stop_word", {"bio_text": "Painter #nosearch"}),
    ("not_discoverable", {"discoverable": False, "platform": "mastodon"}),
    ("not_discoverable", {"source": "mastodon", "platform": "mastodon"}),
    ("bridged_copy", {"handle": "ana.mastodon.social.ap.brid.gy", "platform": "bluesky"}),
    ("no_posts", {"posts_count": 0}),
]
LISTED: list[dict[str, Any]] = [
    {},
    {"posts_count": None},
    {"status": "active"},
    {"discoverable": False},  # only the fediverse knows this flag
    {"discoverable": None, "platform": "mastodon"},  # an operator's own file
    {"discoverable": True, "source": "mastodon", "platform": "mastodon"},
    {"bio_text": "mum of a 5 year old, 17 yrs of nursing, #nobody"},
    {"bio_text": "High school student teacher. 9th grade maths, mum of two middle schoolers"},
    {"bio_text": "Lehrer, meine Schülerin malt; 高校生の母"},
    {"indexable": False, "platform": "mastodon"},
    {"is_bot": True},
]


def gated(fields: dict[str, Any], n_posts: int = 0) -> str | None:
    row = pl.DataFrame([{**profile("ana"), **fields}], schema=EMPTY.profiles.schema)
    said = row.with_columns(n_posts_seen=pl.lit(n_posts)).select(excluded_because())
    return str(said.item()) if said.item() is not None else None


@pytest.mark.parametrize(("word", "fields"), LEFT_OUT)
def test_left_out(word: str, fields: dict[str, Any]) -> None:
    assert gated(fields) == word
    assert word in EXCLUSIONS


@pytest.mark.parametrize("fields", LISTED)
def test_listed(fields: dict[str, Any]) -> None:
    assert gated(fields) is None


#: One for every way of the pattern, in whatever case.
AT_SCHOOL = (
    *("9th grader", "a 12TH-GRADER", "middle schooler", "Highschooler", "high-schooler"),
    *("primary school pupil", "High School Student at X", "junior high school kid"),
    *("year 9 student", "6th former", "5th former", "schoolboy", "SCHÜLERIN", "Schüler in Ulm"),
    *("gymnasiast", "collégienne", "COLLÉGIEN", "lycéen", "Estudiante de ESO"),
    *("estudiante de secundaria", "estudiante de bachillerato", "aluna do ensino médio"),
    *("studentessa del liceo", "studente di liceo", "scholier", "leerling op X"),
    *("小学生", "現役中学生", "高校生", "中学生", "高中生", "초등학생", "중학생", "고등학생"),
)


@pytest.mark.parametrize("said", AT_SCHOOL)
def test_who_says_to_be_at_school(said: str) -> None:
    assert gated({"bio_text": f"{said} | bread"}) == "declared_minor"


COUNTED: list[dict[str, Any]] = [
    {},
    {"no_signed_out": True, "platform": "bluesky"},
    {"no_recommend": True},
    {"is_private": True},
    {"discoverable": False, "platform": "mastodon"},  # an operator's own file
    {"discoverable": True, "platform": "mastodon", "source": "mastodon"},
]
NOT_COUNTED: list[dict[str, Any]] = [
    {"policy": int(Policy.INDEX)},
    {"made_for_kids": True},
    {"bio_text": "schoolgirl"},
    {"handle": "ana.social.example.ap.brid.gy", "platform": "bluesky"},
    *(
        {"platform": "mastodon", "source": "mastodon", "discoverable": True, **fields}
        for fields in (
            {"discoverable": False},
            {"discoverable": None},
            {"noindex": True},
            {"is_private": True},
            {"status": "limited"},
            {"bio_text": "Baker #noindex"},
        )
    ),
]


@pytest.mark.parametrize(
    ("fields", "counted"), [(f, True) for f in COUNTED] + [(f, False) for f in NOT_COUNTED]
)
def test_who_is_counted_unnamed(fields: dict[str, Any], counted: bool) -> None:
    row = pl.DataFrame([{**profile("ana"), **fields}], schema=EMPTY.profiles.schema)
    assert row.select(may_be_counted()).item() is counted


def test_posts_make_up_for_a_count_of_zero() -> None:
    assert gated({"posts_count": 0}, n_posts=1) is None


def test_the_first_rule_that_applies_is_the_one_counted() -> None:
    assert gated({"is_private": True, "posts_count": 0, "noindex": True}) == "private"


def test_everybody_is_listed_or_counted_once(engine: Engine) -> None:
    hidden = [{"status": "deleted"}, {"expires_at": NOW - timedelta(days=900)}]
    rows = [fields for _, fields in LEFT_OUT] + hidden + LISTED
    people = [
        {**profile(f"p{i}", platform=f.get("platform", "tiktok")), **f} for i, f in enumerate(rows)
    ]
    put(engine, "profiles", people)
    report = engine.refresh().report
    expected = Counter(word for word, _ in LEFT_OUT)
    # What ran out is deleted, and so is counted nowhere.
    expected["hidden_or_expired"] = len(hidden) - 1
    assert report.excluded == dict(expected)
    assert report.n_creators == len(LISTED)
    assert report.n_profiles == len(people) - 1
    assert read_report(engine.home.judged) == report
    found = {h.profile_id for h in engine.search(everything=True, limit=100).hits}
    assert found == {p["profile_id"] for p in people[-len(LISTED) :]}
    excluded = engine.status()["excluded"]
    assert {word: entry["n"] for word, entry in excluded.items()} == dict(expected)
    assert all(entry["because"] for entry in excluded.values())


def test_words_of_posts_need_consent(engine: Engine) -> None:
    api = {"source": "mastodon", "discoverable": True}
    cases: dict[str, tuple[dict[str, Any], bool]] = {
        "no": ({"indexable": False}, False),
        "yes": ({"indexable": True}, True),
        "silent": ({"indexable": None}, True),
        "api-silent": ({"indexable": None, **api}, False),
        "api-yes": ({"indexable": True, **api}, True),
    }
    people = [profile(name, platform="mastodon", **fields) for name, (fields, _) in cases.items()]
    put(engine, "profiles", people)
    put(engine, "posts", [post(i, name, platform="mastodon") for name in cases for i in range(6)])
    engine.refresh()
    found = {h.handle for h in engine.search("fresh bread").hits}
    assert found == {name for name, (_, read) in cases.items() if read}
    for name, (_, read) in cases.items():
        row = engine.show(f"mastodon:@{name}")
        assert row is not None
        assert (row["post_text"] is not None) is read, name
        assert ("baking" in row["topics"]) is read, name
        # Counts are not words: that somebody posts, and is answered, stays known.
        assert (row["activity_state"], row["n_posts_seen"]) == ("active", 6)
        assert row["engagement_definition"] == "median_of_posts"


def test_a_label_is_only_what_the_account_says(engine: Engine) -> None:
    cases: dict[str, tuple[dict[str, Any], str]] = {
        "robot": ({"is_bot": True}, "bot"),
        "club": ({"is_group": True}, "group"),
        "shop": ({"is_business": True}, "unknown"),
        "shopbot": ({"is_bot": True, "is_business": True}, "bot"),
        "person": ({"is_bot": False, "is_business": False}, "unknown"),
        "silent": ({}, "unknown"),
    }
    put(engine, "profiles", [profile(name, **fields) for name, (fields, _) in cases.items()])
    engine.refresh()
    rows = {h.handle: h.creator for h in engine.search(everything=True).hits}
    assert {name: row["label"] for name, row in rows.items()} == {
        name: label for name, (_, label) in cases.items()
    }
    assert all(row["label_reason"] for row in rows.values())


def test_who_asked_not_to_be_recommended_is_found_by_name_only(engine: Engine) -> None:
    put(engine, "profiles", [profile("ana", bio_text="baker", no_recommend=True)])
    engine.refresh()
    assert engine.search("baker", everything=True).total == 0
    assert engine.show("@ana") == {
        "profile_id": "tiktok:id-ana",
        "platform": "tiktok",
        "handle": "ana",
        "why_not": EXCLUSIONS["no_recommend"],
        "indexed": False,
    }


def test_nothing_of_the_left_out_is_in_the_creators_file(engine: Engine) -> None:
    put(
        engine,
        "profiles",
        [profile("ana", bio_text="unique-words", is_private=True), profile("bob")],
    )
    engine.refresh()
    rows = pl.read_parquet(engine.home.judged / "creators.parquet")
    assert rows["handle"].to_list() == ["bob"]
