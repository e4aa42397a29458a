"""The speed benchmark at a tiny size: what is tested is that everybody finds the same creators."""

import json
import random

import pytest
from benchmarks.search_speed import builds, compare, corpus, creators, figures, freshness, page
from benchmarks.search_speed.__main__ import main, write
from benchmarks.search_speed.answers import Answer, difference, funnel_of_masks, top_topics
from benchmarks.search_speed.missing import Missing
from benchmarks.search_speed.questions import Question, logs

N = 1_000


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    folder = tmp_path_factory.mktemp("speed")
    corpus.Corpus.write(folder / "corpus", N)
    return folder


def test_a_batch_is_the_same_however_it_is_come_by():
    whole = list(creators.frames(90, batch=30))
    (alone,) = creators.frames(7, first=60, batch=30)
    assert [len(frame) for frame in whole] == [30, 30, 30]
    assert whole[2].head(7).equals(alone)
    with pytest.raises(ValueError, match="no multiple"):
        next(creators.frames(5, first=7, batch=30))


def test_creators_are_as_the_world_says():
    (frame,) = creators.frames(2_000, batch=2_000)
    assert frame["profile_id"].n_unique() == 2_000
    assert 0.8 < frame["lat"].is_not_null().mean() < 0.9
    assert frame.filter(frame["place_level"] == "country")["lat"].null_count() > 100
    assert frame["post_text"].str.contains("#").mean() > 0.9
    assert frame["engagement_rate"].drop_nulls().is_between(0, 0.6).all()


def test_no_question_is_asked_twice():
    first, second = logs(1, 1)
    assert len(first) == len(second) == 72
    keys = {
        (frozenset(q.words), q.any_word, q.country, q.vetting, q.radius) for q in first + second
    }
    assert len(keys) == 144
    assert logs(1)[0] == first


def test_the_corpus_is_kept_when_it_is_just_that(root):
    before = (root / "corpus" / "00000.parquet").stat().st_mtime_ns
    again = corpus.Corpus.write(root / "corpus", N)
    assert again.n == N
    assert (root / "corpus" / "00000.parquet").stat().st_mtime_ns == before
    (table,) = again.tables()
    assert set(table["id"]) == set(range(N))
    row = table.row(5, named=True)
    assert set(row["name"].split()) <= set(row["everything"].split())
    assert corpus.weighted(row).split().count(row["name"].split()[0]) >= 3


@pytest.mark.parametrize("engine", ["ours", "ours tantivy", "tantivy plain"])
def test_engines_find_the_same_as_sqlite(root, engine):
    for name in (engine, "sqlite"):
        told = builds.build(root, name, N, say=lambda _: None)
        assert told["creators"] == N
        assert told["bytes"] > 0
    one, other = builds.opened(root, engine), builds.opened(root, "sqlite")
    found = 0
    for question in random.Random(3).sample(logs(2)[0], 60):
        answer, expected = one.ask(question), other.ask(question)
        assert difference(answer, expected) is None, question
        assert sum(answer.size) == sum(answer.country.values()) == answer.total
        assert len(set(answer.top)) == min(20, answer.total)
        found += answer.total > 0
    assert found > 10
    one.close()
    other.close()


def test_sqlite_agrees_with_a_look_at_every_creator(root):
    builds.build(root, "sqlite", N, say=lambda _: None)
    engine = builds.opened(root, "sqlite")
    (table,) = corpus.Corpus(root / "corpus").tables()
    rows = table.to_dicts()
    for question in logs(1)[0]:
        wanted = [row for row in rows if _holds(question, row)]
        answer = engine.ask(question)
        assert answer.total == len(wanted), question
        conditions = question.vetting
        if conditions is None:
            continue
        first, second = answer.funnel[:2]
        with_words = [row for row in rows if _has_words(question, row)]
        assert first[0] == len(with_words)
        assert second[0] == sum(row["platform"] == conditions.platform for row in with_words)
    engine.close()


def _has_words(question: Question, row: dict) -> bool:
    held = set(row["everything"].split())
    return (any if question.any_word else all)(word in held for word in question.words)


def _holds(question: Question, row: dict) -> bool:
    from influencr.search._places import distance_km

    if not _has_words(question, row):
        return False
    if question.country is not None and row["country"] != question.country:
        return False
    if (asked := question.vetting) is not None and not (
        row["platform"] == asked.platform
        and asked.followers_min <= row["followers"] <= asked.followers_max
        and row["engagement"] >= asked.engagement_min
        and row["last_post"] >= asked.last_post_min
        and row["posts_per_week"] >= asked.posts_per_week_min
        and row["verdict"] == asked.verdict
    ):
        return False
    if (radius := question.radius) is not None:
        if row["lat"] is None:
            return False
        return distance_km(radius.lat, radius.lon, row["lat"], row["lon"]) <= radius.km
    return True


def test_a_comparison_end_to_end(root, tmp_path, monkeypatch):
    def nothing_there(_folder, _corpus):
        raise Missing("no such server")

    monkeypatch.setitem(builds._BUILDERS, "postgres", nothing_there)
    found, rows = compare.compare(root, N, engines=("ours", "sqlite", "postgres"), each=1)
    assert found["missing"] == {"postgres": "no such server"}
    assert found["compared"] == ["ours", "sqlite"]
    assert found["differences"]["questions"] == 0
    assert len(rows) == 2 * found["questions"] == 144
    assert found["engines"]["ours"]["memory"]["resident"] > 0
    assert found["ratios"]["sqlite"]["wall"]["p95"]["low"] > 0
    assert found["goals"] == []
    told = {"version": "1", "measured_at": "2026-01-01 10:00 UTC"}
    told["machine"] = {"cores": 2, "processor": "a processor", "python": "3.13"}
    write(tmp_path, "runs", {**found, **told})
    first = (tmp_path / "search-speed.md").read_text(encoding="utf-8")
    assert "do not edit" in first
    assert "**Missing: postgres** (no such server)." in first
    kept = json.loads((tmp_path / "search-speed.json").read_text(encoding="utf-8"))
    assert page.page(kept) == first
    assert "**Not measured.** Goals: p95 in milliseconds: at most 60;" in first
    write(tmp_path, "runs", {**found, **told, "creators": 5_000_000})
    second = (tmp_path / "search-speed.md").read_text(encoding="utf-8")
    assert f"## {N:,} creators" in second
    assert "## 5,000,000 creators" in second


def test_changes_are_seen_by_another_process(root):
    found = freshness.freshness(root, N, rate=200, seconds=1.5, quiet=0.5, each=1)
    assert found["errors"] == {"number": 0, "first": []}
    assert found["upserted"] == 300
    assert found["visible_after_s"]["upsert"]["max"] > 0
    assert not (root / "freshness").exists()


def test_goals_are_reached_or_not_or_not_measured():
    run = {
        "creators": 1_000_000,
        "ratios": {"postgres": {t: {"p95": {"ratio": 0.06}} for t in ("wall", "cpu")}},
        "engines": {
            "ours": {"wall": {"p95": 9.0}, "cpu": {"p95": 8.0}, "memory": {"resident": 10**9}}
        },
    }
    told = {(g["goal"], g["reached"]) for g in compare._goals(run)}
    assert told == {
        ("p95 against PostgreSQL", False),
        ("p95 against SQLite", None),
        ("p95 against Lucene", None),
        ("p95 in milliseconds", True),
    }


def test_differences_are_named():
    one = Answer(2, {"FR": 2}, {"fr": 2}, [], [2, 0, 0, 0, 0], [(2, 9)], [4, 5])
    assert difference(one, one) is None
    other = Answer(2, {"FR": 1, "DE": 1}, {"fr": 2}, [], [2, 0, 0, 0, 0], [(2, 9)], [4, 5])
    assert "country" in difference(one, other)


def test_a_funnel_from_masks():
    masks = {0b00: 5, 0b01: 3, 0b10: 2, 0b11: 1}
    assert funnel_of_masks(masks, 2, 40) == [(11, 40), (4, 3), (1, 4)]
    assert top_topics({"b": 1, "a": 1, "c": 3, "d": 0}) == [("c", 3), ("a", 1), ("b", 1)]


def test_ratios_and_percentiles():
    assert figures.summary([0.001] * 99 + [0.101]) == {
        **{"p50": 1.0, "p95": 1.0, "p99": pytest.approx(2.0, abs=0.1), "mean": 2.0}
    }
    found = figures.ratios([0.002] * 40, [0.004] * 40)
    assert found["p95"] == {"ratio": 0.5, "low": 0.5, "high": 0.5}
    question = logs(1)[0][0]
    row = figures.Row("ours", question, 500, 0.001, 0.0005)
    assert figures.heaviest([row])["wall_ns"] == 2_000
    assert figures.heaviest([]) is None


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--engines", "solr"], "'solr' is not known"),
        (["--creators", "20"], "at least 1000"),
        (["--freshness", "--engines", "lucene"], "is not ours"),
    ],
)
def test_what_cannot_be_measured_is_said(capsys, words, told):
    assert main(words) == 2
    assert told in json.loads(capsys.readouterr().out)["error"]
