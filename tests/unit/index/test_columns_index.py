"""What only the index of columns does: files, generations, readers, young segments, erasure."""

import subprocess
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import polars as pl
import pytest

from influencr.errors import HomeError, OtherFormat, SchemaError
from influencr.index import FIELDS, Anyone, Order, Term
from influencr.index.columns import ColumnIndex, _build, _transaction
from influencr.index.columns._files import Arrays
from influencr.index.columns._manifest import Folder
from influencr.index.columns._merge import Source, merge
from influencr.index.columns._segment import MANY, NUMBERS, SINGLE, Segment
from influencr.testing.check_index import sample

AS_OF = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def index(tmp_path: Path) -> ColumnIndex:
    made = ColumnIndex(tmp_path / "index")
    made.build(sample(), as_of=AS_OF)
    return made


def segments(index: ColumnIndex) -> list[Path]:
    return sorted(index.path.glob("*.segment"))


def everything(index: ColumnIndex) -> bytes:
    """Every byte of the folder, and behind compression."""
    found = [p.read_bytes() for p in index.path.rglob("*") if p.is_file()]
    for path in segments(index):
        segment = Segment.open(path)
        found += [segment.row(ord_) for ord_ in range(segment.n)]
    return b"\n".join(found)


def test_every_field_of_the_documents_has_its_place() -> None:
    numbers = {field for field, kind in FIELDS.items() if kind == "number"}
    assert set(NUMBERS) == numbers
    exact = {field for field, kind in FIELDS.items() if kind in ("keyword", "id")}
    assert {*SINGLE, *MANY} == exact


def test_a_fresh_process_can_read_write_and_count(
    index: ColumnIndex, child: Callable[[str], subprocess.Popen[str]]
) -> None:
    index.close()
    process = child(
        f"""
from influencr.index import Anyone, Phrase, Term
from influencr.index.columns import ColumnIndex
from influencr.testing.check_index import sample
index = ColumnIndex({str(index.path)!r})
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


def test_a_build_replaces_the_old_files_and_readers_go_on(index: ColumnIndex) -> None:
    reader = ColumnIndex(index.path)
    before, old = reader.snapshot(), segments(index)
    index.build(sample(7), as_of=AS_OF, demo=True)
    assert not set(segments(index)) & set(old)
    assert before.count(Term("all", "ramen")) == 8
    assert len(before.page(Anyone(), Order("score"), limit=100)) == 40
    assert reader.snapshot().info.n_creators == 7
    assert reader.snapshot().info.demo


def test_a_stream_of_frames_is_one_sorted_segment(
    index: ColumnIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("influencr.index.columns._writer._MOST_DOCUMENTS", 7)
    seen: list[int] = []
    index.build(iter([sample(40).head(20), sample(40).tail(20)]), as_of=AS_OF, progress=seen.append)
    assert index.snapshot().info.n_creators == 40
    assert seen[-1] == 40
    (path,) = segments(index)
    segment = Segment.open(path)
    assert segment.is_sorted
    for field in ("country",):
        codes = segment.keyword(field).codes.tolist()
        assert codes == sorted(codes)


@pytest.mark.parametrize("cores", [1, 2])
def test_a_long_build_takes_a_second_process_in(
    index: ColumnIndex, monkeypatch: pytest.MonkeyPatch, cores: int
) -> None:
    monkeypatch.setattr(_build, "_LONG", 2)
    monkeypatch.setattr(_build, "_n_cores", lambda: cores)
    started: list[_build._Second] = []
    second_of = _build._Second

    def start(*given: Any) -> _build._Second:
        started.append(second_of(*given))
        return started[-1]

    monkeypatch.setattr(_build, "_Second", start)
    seen: list[int] = []
    frames = [sample(40).slice(start, 4) for start in range(0, 40, 4)]
    index.build(iter(frames), as_of=AS_OF, progress=seen.append)
    assert len(started) == cores - 1
    assert all(second.n > 0 for second in started)
    assert seen == sorted(seen)
    assert seen[-1] == 40
    assert index.snapshot().count(Anyone()) == 40
    assert index.snapshot().count(Term("all", "ramen")) == 8
    assert len(list(index.path.iterdir())) == 4
    with pytest.raises(SchemaError, match="4 rows name a profile that came before"):
        index.build([*frames, sample(4)], as_of=AS_OF)
    with pytest.raises(SchemaError, match="platform"):
        index.build([*frames, sample(4).drop("platform")], as_of=AS_OF)
    assert index.snapshot().count(Anyone()) == 40
    assert len(list(index.path.iterdir())) == 4


def test_a_second_process_that_ends_early_ends_the_build(
    index: ColumnIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    second_of = _build._Second

    def killed(*given: Any) -> _build._Second:
        second = second_of(*given)
        second._process.kill()
        second._process.wait()
        return second

    monkeypatch.setattr(_build, "_LONG", 2)
    monkeypatch.setattr(_build, "_n_cores", lambda: 2)
    monkeypatch.setattr(_build, "_Second", killed)
    with pytest.raises(HomeError, match="ended early"):
        index.build([sample(4)] * 9, as_of=AS_OF)
    assert index.snapshot().count(Anyone()) == 40
    assert len(list(index.path.iterdir())) == 4


def test_as_of_moves_with_a_commit(index: ColumnIndex) -> None:
    later = datetime(2026, 2, 2, tzinfo=UTC)
    first = index.snapshot().info.generation
    index.upsert(sample(1))
    assert index.commit(as_of=later) > first
    assert index.snapshot().info.as_of == later
    assert ColumnIndex(index.path).snapshot().info.as_of == later


def test_snapshots_of_an_unchanged_index_are_the_same_one(index: ColumnIndex) -> None:
    assert index.snapshot() is index.snapshot()


@pytest.mark.parametrize(("written", "age"), [(0, "an older"), (99, "a newer")])
def test_another_format_is_refused_with_a_sentence(
    index: ColumnIndex, written: int, age: str
) -> None:
    index.close()
    (manifest,) = index.path.glob("*.manifest")
    found = msgspec.msgpack.decode(manifest.read_bytes())
    manifest.write_bytes(msgspec.msgpack.encode({**found, "format": written}))
    with pytest.raises(HomeError, match=f"{age} influencr .*refresh"):
        index.snapshot()
    index.build(sample(3), as_of=AS_OF)
    assert index.snapshot().count(Anyone()) == 3
    assert len(list(index.path.glob("*.manifest"))) == 1


def test_a_missing_file_is_said(index: ColumnIndex) -> None:
    index.close()
    segments(index)[0].unlink()
    with pytest.raises(OtherFormat, match=r"missing.*refresh"):
        index.snapshot()


@pytest.mark.parametrize("cut", [1, 5_000, 10**9])
def test_a_damaged_segment_is_said(index: ColumnIndex, cut: int) -> None:
    index.close()
    (path,) = segments(index)
    path.write_bytes(path.read_bytes()[:-cut] or b"?")
    with pytest.raises(OtherFormat, match=r"damaged.*refresh"):
        index.snapshot()


def test_no_byte_of_the_erased_is_left(index: ColumnIndex) -> None:
    """Not of who is there, nor of who was replaced or deleted before."""
    person = sample(1).with_columns(
        profile_id=pl.lit("tiktok:7777jqx"),
        handle=pl.lit("zyxqvw"),
        display_name=pl.lit("Qxzbrk Wvfjpl"),
        bio_text=pl.lit("wzbqfk jxqwrd"),
        country=pl.lit("QZ"),
        topics=pl.lit(pl.Series([["kjqzw"]])),
    )
    former = person.with_columns(
        bio_text=pl.lit("hqzvkw"), topics=pl.Series([[]], dtype=pl.List(pl.String))
    )
    left = former.with_columns(profile_id=pl.lit("tiktok:8888zqk"), bio_text=pl.lit("vqjkzx"))
    index.build(pl.concat([sample(), former, left], how="vertical_relaxed"), as_of=AS_OF)
    index.upsert(pl.concat([person, sample(3)], how="vertical_relaxed"))
    index.commit()
    index.delete(["tiktok:8888zqk"])
    index.commit()
    needles = [
        *(b"7777jqx", b"zyxqvw", b"Qxzbrk Wvfjpl", b"wzbqfk", b"jxqwrd", b"hqzvkw", b"vqjkzx"),
        *(b"qxzbrk wvfjpl", b"QZ", b"kjqzw"),
    ]
    held = everything(index)
    assert all(needle in held for needle in needles), "the check itself sees them"
    index.erase(["tiktok:7777jqx", "tiktok:8888zqk"])
    held = everything(index)
    for needle in (*needles, *(n[::-1] for n in needles), b"8888zqk", b"qxzbrk", b"wvfjpl"):
        assert needle not in held
    snapshot = index.snapshot()
    assert snapshot.info.n_creators == 40
    assert len(snapshot.page(Anyone(), Order("tie"), limit=99)) == 40
    for path in segments(index):
        assert Segment.open(path).find_uid("tiktok:7777jqx") == -1


def test_who_is_forgotten_before_the_commit_leaves_nothing(index: ColumnIndex) -> None:
    person = sample(1).with_columns(profile_id=pl.lit("tiktok:zqx"), bio_text=pl.lit("hqzvkw"))
    index.upsert(person)
    index.upsert(sample(2))
    index.delete(["tiktok:zqx"])
    index.commit()
    held = everything(index)
    assert b"hqzvkw" not in held
    assert b"tiktok:zqx" not in held


def test_an_erasure_of_everybody_leaves_no_segment(index: ColumnIndex) -> None:
    index.erase(sample()["profile_id"].to_list())
    assert index.snapshot().count(Anyone()) == 0
    assert segments(index) == []
    assert index.snapshot().info.as_of == AS_OF


def test_purge_keeps_everybody_and_nothing_else(index: ColumnIndex) -> None:
    ids = sample()["profile_id"].to_list()
    index.delete(ids[:3])
    index.commit()
    before = index.snapshot().creators(ids)
    index.purge()
    assert index.snapshot().creators(ids) == before
    assert b"tiktok:2\xa8" not in everything(index)
    (part,) = Folder(index.path).current().parts  # type: ignore[union-attr]
    assert (part.n, part.alive) == (37, None)


def test_young_segments_stay_few(index: ColumnIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_transaction, "_LARGE", 50)
    monkeypatch.setattr(_transaction, "MOST_LARGE", 1)
    for round_ in range(40):
        frame = (
            sample(45)
            .tail(5)
            .with_columns(profile_id=pl.format("tiktok:r{}_{}", pl.lit(round_), pl.int_range(5)))
        )
        index.upsert(frame)
        index.commit()
        assert len(segments(index)) <= 1 + _transaction.MOST_SMALL + 1
        assert index.snapshot().count(Anyone()) == 45 + 5 * round_
    assert index.snapshot().count(Term("all", "someone")) == 240


def test_what_is_merged_at_a_commit_is_bounded() -> None:
    def small(*creators: int) -> list[int]:
        return _transaction._due_small([_transaction._Size(n, 1) for n in creators])

    def large(*creators: int, positions: int = 1) -> list[int]:
        return _transaction._due_large([_transaction._Size(n, positions) for n in creators])

    assert small(500, 200) == []
    assert small(500, 200, 100) == [0, 1, 2]
    # The large one is no longer merged with what comes, and one more than twice as large not yet.
    assert small(10**6, 500, 200, 100) == [1, 2, 3]
    assert small(9_000, 200, 100) == [1, 2]
    assert small(9_999, 9_999, 9_999) == [0, 1]
    assert large(9_999, *[10_000] * 4) == []
    assert large(9_999, *[10_000] * 5) == [1, 2, 3, 4, 5]
    assert large(*[60_000] * 5) == []
    assert large(*[60_000] * 16) == list(range(16))
    assert large(*[60_000] * 16, positions=2**31) == []


def test_files_that_a_kill_left_are_removed_by_the_next_writer(index: ColumnIndex) -> None:
    for name in (".000009-x.segment.partial", "000009-x.segment", "columns-000099.manifest"):
        (index.path / name).write_bytes(b"left")
    assert index.snapshot().count(Anyone()) == 40
    index.delete([])
    index.commit()
    left = {p.suffix for p in index.path.iterdir()}
    assert left == {"", ".segment", ".manifest"}
    assert len(list(index.path.iterdir())) == 4


def test_readers_never_fail_while_somebody_writes(
    index: ColumnIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Commits, merges, erasures and builds under two readers with an index of their own each."""
    monkeypatch.setattr(_transaction, "_LARGE", 20)
    monkeypatch.setattr(_transaction, "MOST_LARGE", 1)
    done = threading.Event()

    def read() -> int:
        generations = set()
        with ColumnIndex(index.path) as mine:
            while True:
                last = done.is_set()
                snapshot = mine.snapshot()
                info = snapshot.info
                found = snapshot.page(Anyone(), Order("tie"), limit=1000)
                assert len({e.profile_id for e in found}) == info.n_creators
                assert snapshot.count(Anyone()) == info.n_creators
                # Creators come and go in tens: half of one would be a torn generation.
                assert info.n_creators % 10 == 0
                generations.add(info.generation)
                if last:
                    return len(generations)

    with ThreadPoolExecutor(2) as pool:
        readers = [pool.submit(read) for _ in range(2)]
        try:
            for round_ in range(12):
                ten = sample(10).with_columns(
                    profile_id=pl.format("tiktok:r{}_{}", pl.lit(round_), pl.int_range(10))
                )
                index.upsert(ten)
                index.commit()
                if round_ % 4 == 1:
                    index.erase(ten["profile_id"].to_list())
                if round_ == 8:
                    index.build(sample(20), as_of=AS_OF)
        finally:
            done.set()
        assert all(reader.result() > 1 for reader in readers)


def test_rows_of_a_file_say_what_they_are(index: ColumnIndex) -> None:
    (path,) = segments(index)
    arrays = Arrays(path)
    assert arrays.meta == {"n": 40, "sorted": True}
    assert "docs" in arrays
    assert arrays.get("nothing") is None


def test_merging_when_nobody_is_left_gives_nobody(index: ColumnIndex, tmp_path: Path) -> None:
    segment = Segment.open(segments(index)[0])
    merge([Source(segment, np.zeros(segment.n, bool))], tmp_path / "nobody.segment")
    empty = Segment.open(tmp_path / "nobody.segment")
    assert empty.n == 0
    assert len(empty.words) == 0
