"""Judging and indexing: whole, repeatable, and only when something changed."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import polars as pl
import pytest

from influencr.engine import Engine
from influencr.errors import Busy, OtherFormat, UsageError
from influencr.pipeline import CREATORS_SCHEMA, _judge, judge, read_report
from influencr.pipeline._durable import locked

from .conftest import NOW, post, profile, put


def creators(engine: Engine) -> pl.DataFrame:
    return pl.read_parquet(engine.home.judged / "creators.parquet")


def test_every_judge_is_in_the_row(village: Engine) -> None:
    village.refresh()
    row = village.show("tiktok:@ana")
    assert row is not None
    assert row["country"] == "FR"
    assert row["language"] == "en"
    assert row["topics"][0] == "baking"
    assert row["activity_state"] == "active"
    assert row["engagement_rate"] == pytest.approx(0.0225)
    assert (row["verdict"], row["influence"], row["closeness"]) == ("unknown", None, None)
    for reason in ("place", "activity", "engagement", "verdict", "label", "influence", "closeness"):
        assert row[f"{reason}_reason"], reason
    assert row["post_text"].splitlines()[0] == "fresh bread number 0 #baking"
    assert row["n_posts_seen"] == 6


def test_the_file_has_the_promised_columns(village: Engine) -> None:
    village.refresh()
    assert dict(creators(village).schema) == {
        name: dtype() if isinstance(dtype, type) else dtype
        for name, dtype in CREATORS_SCHEMA.items()
    }


def test_nothing_changed_nothing_done(village: Engine) -> None:
    first = village.refresh()
    again = village.refresh()
    assert (first.judged, first.indexed) == (True, True)
    assert (again.judged, again.indexed) == (False, False)
    assert again.generation == first.generation
    assert village.refresh(force=True).generation > first.generation


def test_a_new_observation_is_judged_and_indexed(village: Engine) -> None:
    village.refresh()
    put(village, "profiles", [profile("dora", bio_text="Potter and ceramics teacher")])
    assert village.search("potter").total == 0
    assert village.refresh().judged
    assert village.search("potter").total == 1


def test_as_of_is_the_newest_observation_unless_told(village: Engine) -> None:
    assert village.refresh().report.as_of == NOW
    later = NOW + timedelta(days=200)
    assert village.refresh(as_of=later).report.as_of == later
    row = village.show("tiktok:@ana")
    assert row is not None
    assert row["activity_state"] == "unknown"  # nobody looked since
    assert village.search(everything=True).as_of == later


def test_as_of_needs_a_zone(village: Engine) -> None:
    with pytest.raises(UsageError, match="no time zone"):
        village.refresh(as_of=datetime(2026, 1, 1))


def test_an_empty_catalogue_says_what_to_do(engine: Engine) -> None:
    with pytest.raises(UsageError, match="import a file first"):
        engine.refresh()


def test_the_same_catalogue_gives_the_same_bytes(village: Engine, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    judge(village.catalogue, out=first)
    judge(village.catalogue, out=second)
    assert (first / "creators.parquet").read_bytes() == (second / "creators.parquet").read_bytes()


def test_buckets_change_nothing(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [f"person{i}" for i in range(40)]
    put(
        engine, "profiles", [profile(p, bio_text=f"Baker number {i}") for i, p in enumerate(people)]
    )
    put(engine, "posts", [post(k, p) for p in people for k in range(3)])
    whole = judge(engine.catalogue, out=tmp_path / "whole")
    monkeypatch.setattr(_judge, "BUCKET_PROFILES", 7)
    monkeypatch.setattr(_judge, "_CUT_ROWS", 11)
    seen: list[tuple[int, int]] = []
    cut = judge(engine.catalogue, out=tmp_path / "cut", progress=lambda *now: seen.append(now))
    assert (cut.n_creators, cut.excluded) == (whole.n_creators, whole.excluded)
    frames = [
        pl.read_parquet(tmp_path / name / "creators.parquet").sort("profile_id")
        for name in ("whole", "cut")
    ]
    assert frames[0].equals(frames[1])
    assert seen[-1] == (40, 40)
    assert not list((tmp_path / "cut").glob(".work-*"))


def test_a_new_version_of_a_judge_asks_for_a_new_judgement(
    village: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    village.refresh()
    monkeypatch.setattr("influencr.topics.VERSION", "99")
    assert village.refresh().judged
    report = read_report(village.home.judged)
    assert report is not None
    assert report.methods["topics"].endswith(" 99")


def test_post_text_is_whole_posts_up_to_its_limit(engine: Engine) -> None:
    put(engine, "profiles", [profile("ana"), profile("bob")])
    put(engine, "posts", [post(i, "ana", text=f"{i} " + "word " * 99) for i in range(12)])
    put(engine, "posts", [post(0, "bob", text="x" * 9_000), post(1, "bob", text="older")])
    engine.refresh()
    rows = {r["handle"]: r["post_text"] for r in creators(engine).to_dicts()}
    assert len(rows["ana"]) <= 4_000
    assert [line.split()[0] for line in rows["ana"].splitlines()] == list("01234567")
    assert rows["bob"] == "x" * 4_000


def test_language_bio_then_posts_then_declared(engine: Engine) -> None:
    put(
        engine,
        "profiles",
        [
            profile("ana", bio_text="Ich liebe es, Brot zu backen", language="fr"),
            profile("bob", bio_text="🥖", language="fr"),
            profile("chloe", bio_text="🥖", language="pt-BR"),
            profile("dora", bio_text="🥖"),
        ],
    )
    put(engine, "posts", [post(i, "bob", text="Born and raised in London town") for i in range(2)])
    put(engine, "posts", [post(0, "dora", text="ok", language="nl")])
    engine.refresh()
    found = dict(creators(engine).select("handle", "language").iter_rows())
    assert found == {"ana": "de", "bob": "en", "chloe": "pt", "dora": "nl"}


def test_links_given_and_written_in_the_bio(engine: Engine) -> None:
    bio = "Shop: ana.example/shop and https://ana.example"
    put(engine, "profiles", [profile("ana", bio_text=bio, links=["https://ana.example"])])
    engine.refresh()
    assert creators(engine)["links"].to_list() == [["https://ana.example", "ana.example/shop"]]


def test_two_refreshes_at_once_are_not_both_done(village: Engine) -> None:
    with locked(village.home.judged, "refresh"), pytest.raises(Busy, match="another process"):
        village.refresh()
    assert village.refresh().indexed


def test_progress_names_its_stages(village: Engine) -> None:
    seen: list[tuple[str, int, int]] = []
    village.refresh(progress=lambda *now: seen.append(now))
    assert {stage for stage, _, _ in seen} == {"judge", "vet", "act", "index"}
    assert all(0 <= done <= total for _, done, total in seen)


def test_a_damaged_report_only_costs_time(village: Engine) -> None:
    village.refresh()
    (village.home.judged / "report.json").write_text("{", encoding="ascii")
    assert village.refresh().judged
    assert read_report(village.home.judged) is not None


def test_expired_rows_leave_at_the_next_refresh(engine: Engine) -> None:
    soon = datetime.now(UTC) + timedelta(seconds=-1)
    put(engine, "profiles", [profile("ana", expires_at=soon), profile("bob")])
    # Not even to be counted: what may not be kept is not kept.
    assert engine.refresh().report.excluded == {}
    assert engine.catalogue.scan("profiles").collect()["handle"].to_list() == ["bob"]
    assert engine.search().total == 1


def test_an_index_of_another_version_is_built_anew(village: Engine) -> None:
    first = village.refresh().generation
    manifest = next(village.home.index.glob("*.manifest"))
    written = msgspec.msgpack.decode(manifest.read_bytes())
    manifest.write_bytes(msgspec.msgpack.encode({**written, "format": written["format"] - 1}))
    with Engine(village.home.path) as other:
        with pytest.raises(OtherFormat, match="refresh it"):
            other.search("bread")
        again = other.refresh()
        assert again.indexed
        assert again.generation > first
        assert other.search("bread").total > 0
