"""What only the embedded index does: files, generations, erasure, a fresh process, exact floats."""

import re
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
import tantivy

from influencr.errors import HomeError
from influencr.index import Anyone, Order, Term
from influencr.index.tantivy import TantivyIndex
from influencr.index.tantivy._schema import add_weight, open_index, schema, true_score
from influencr.testing.check_index import sample

AS_OF = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def index(tmp_path: Path) -> TantivyIndex:
    made = TantivyIndex(tmp_path / "index")
    made.build(sample(), as_of=AS_OF)
    return made


def generations(index: TantivyIndex) -> list[str]:
    return sorted(p.name for p in index.path.iterdir() if p.name.startswith("gen-"))


def test_every_quality_is_exact_in_the_engine() -> None:
    """All products of the factors, times small and large worths, come back without rounding."""
    qualities = sorted({state * (128 + k) for state in (1, 2, 3, 4) for k in range(128)})
    index = open_index(None)
    writer = index.writer(20_000_000, 1)
    for quality in qualities:
        fields = {"uid": str(quality), "all": ["x"], "quality": quality, "tie": quality}
        writer.add_document(tantivy.Document.from_dict(add_weight(fields), schema()))
    writer.commit()
    index.reload()
    searcher = index.searcher()
    for worth in (1.0, 3.0, 0.625, 37 * 0.875, 1023 * 0.625, 1023.0):
        query = tantivy.Query.const_score_query(tantivy.Query.all_query(), worth)
        hits = searcher.search(query, limit=len(qualities), weight_by_field="w").hits
        scores = [true_score(score) for score, _ in hits]
        assert scores == [q / 512 * worth for q in reversed(qualities)]


def test_a_fresh_process_can_read_write_and_count(
    index: TantivyIndex, child: Callable[[str], subprocess.Popen[str]]
) -> None:
    """Trap 4: the engine does not store its analyzers."""
    index.close()
    process = child(
        f"""
from pathlib import Path
from influencr.index import Anyone, Phrase, Term
from influencr.index.tantivy import TantivyIndex
from influencr.testing.check_index import sample
index = TantivyIndex(Path({str(index.path)!r}))
index.upsert(sample(41).tail(1))
index.commit()
found = index.snapshot()
assert found.count(Phrase("all", ("makeup", "artist"))) == 8
assert found.values(Anyone(), ("topic",))["topic"]["food"] == 30
print(found.count(Term("all", "someone")))
"""
    )
    out, err = process.communicate()
    assert (out, process.returncode) == ("41\n", 0), err
    assert index.snapshot().count(Anyone()) == 41


def test_a_build_replaces_the_old_generation_and_readers_go_on(index: TantivyIndex) -> None:
    reader = TantivyIndex(index.path)
    before = reader.snapshot()
    assert generations(index) == ["gen-000001"]
    index.build(sample(7), as_of=AS_OF, demo=True)
    assert generations(index) == ["gen-000002"]
    assert before.count(Term("all", "ramen")) == 8
    assert len(before.page(Anyone(), Order("score"), limit=100)) == 40
    assert reader.snapshot().info.n_creators == 7
    assert reader.snapshot().info.demo


def test_a_stream_of_frames_is_one_build(index: TantivyIndex) -> None:
    seen: list[int] = []
    index.build(iter([sample(40).head(20), sample(40).tail(20)]), as_of=AS_OF, progress=seen.append)
    assert index.snapshot().info.n_creators == 40
    assert seen[-1] == 40


def test_as_of_moves_with_a_commit(index: TantivyIndex) -> None:
    later = datetime(2026, 2, 2, tzinfo=UTC)
    first = index.snapshot().info.generation
    index.upsert(sample(1))
    assert index.commit(as_of=later) > first
    assert index.snapshot().info.as_of == later
    assert TantivyIndex(index.path).snapshot().info.as_of == later


@pytest.mark.parametrize("written", [0, 99])
def test_another_format_is_refused_with_a_sentence(index: TantivyIndex, written: int) -> None:
    index.close()
    sheet = index.path / "gen-000001" / "generation.json"
    sheet.write_text(re.sub(r'"format":\d+', f'"format":{written}', sheet.read_text()))
    with pytest.raises(HomeError, match="refresh"):
        index.snapshot()


def holding(folder: Path, needle: str) -> list[str]:
    raw = needle.encode()
    return [str(f) for f in folder.rglob("*") if f.is_file() and raw in f.read_bytes()]


def test_no_byte_of_the_erased_is_left(index: TantivyIndex) -> None:
    person = sample(1).with_columns(
        profile_id=pl.lit("tiktok:7777jqx"),
        handle=pl.lit("zyxqvw"),
        display_name=pl.lit("Qxzbrk Wvfjpl"),
        bio_text=pl.lit("wzbqfk jxqwrd"),
    )
    index.upsert(person)
    index.commit()
    needles = ("7777jqx", "zyxqvw", "Qxzbrk Wvfjpl", "wzbqfk jxqwrd")
    for needle in needles:
        assert holding(index.path, needle), "the check itself sees stored text"
    index.erase(["tiktok:7777jqx"])
    for needle in (*needles, "qxzbrk", "wvfjpl", "Qxzbrk", "wzbqfk", "jxqwrd", "jqx"):
        assert not holding(index.path, needle)
    snapshot = index.snapshot()
    assert snapshot.info.n_creators == 40
    assert generations(index) == ["gen-000002"]
    assert all("jqx" not in e.profile_id for e in snapshot.page(Anyone(), Order("tie"), limit=99))


def test_an_erasure_cut_short_is_finished_by_the_next_writer(index: TantivyIndex) -> None:
    index.delete(["tiktok:1"])
    index.commit()
    (index.path / "gen-000001" / "PURGE").touch()  # what a kill inside erase() leaves
    index.upsert(sample(2).tail(1).with_columns(profile_id=pl.lit("tiktok:new")))
    index.commit()
    assert generations(index) == ["gen-000002"]
    assert index.snapshot().count(Anyone()) == 40
    assert not list(index.path.rglob("PURGE"))


def test_purge_keeps_everybody(index: TantivyIndex) -> None:
    before = index.snapshot().creators(sample()["profile_id"].to_list())
    index.purge()
    assert index.snapshot().creators(sample()["profile_id"].to_list()) == before
    assert generations(index) == ["gen-000002"]


def test_large_groups_of_equal_scores_page_in_order(tmp_path: Path) -> None:
    """More equal scores than one slice of tie numbers: the walk must neither skip nor repeat."""
    n = 5_000
    frame = pl.DataFrame(
        {
            "profile_id": [f"tiktok:{i}" for i in range(n)],
            "platform": ["tiktok"] * n,
            "bio_text": ["vegan" if i % 10 else "vegan food" for i in range(n)],
        }
    )
    with TantivyIndex(tmp_path / "index") as index:
        index.build(frame, as_of=AS_OF)
        snapshot = index.snapshot()
        order = Order("score")
        whole = snapshot.page(Term("all", "vegan"), order, limit=n)
        pages = []
        while len(pages) < 2_000:
            last = (pages[-1].value, pages[-1].tie) if pages else None
            pages += snapshot.page(
                Term("all", "vegan"), order, limit=400, after=last, rank=len(pages)
            )
        assert pages == whole[: len(pages)]
        assert [e.tie for e in whole] == sorted(e.tie for e in whole)
