"""Whatever is written in whatever order, the index of columns holds what a build would hold."""

import tempfile
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from influencr.index import WORD_FIELDS, decode
from influencr.index.columns import ColumnIndex, _merge, _transaction, _union, _writer
from influencr.index.columns._manifest import Folder, alive_bits
from influencr.index.columns._merge import Source, merge, merge_sorted
from influencr.index.columns._segment import MANY, NUMBERS, SINGLE, Segment, uid_hashes
from influencr.testing.check_index import sample

AS_OF = datetime(2026, 1, 1, tzinfo=UTC)
SCHEMA = sample().schema
FULL = {row["profile_id"]: row for row in sample(60).to_dicts()}
IDS = sorted(FULL)


def read_segment(segment: Segment) -> list[dict[str, Any]]:
    """The creators of a segment; raises AssertionError where its parts contradict each other."""
    n = segment.n
    stream: dict[int, str] = {}
    said: list[dict[str, tuple[int, int]]] = [{} for _ in range(n)]
    texts = segment.words.texts(0, len(segment.words))
    assert texts == sorted(set(texts))
    for word, text in enumerate(texts):
        low, high = segment.starts[word : word + 2].tolist()
        assert low < high, f"{text!r} is held by nobody"
        docs = segment.docs[low:high].tolist()
        assert docs == sorted(set(docs))
        at, end = segment.position_starts[word : word + 2].tolist()
        assert int(segment.counts[low:high].astype(np.int64).sum()) == end - at
        for doc, mask, count in zip(
            docs, segment.masks[low:high].tolist(), segment.counts[low:high].tolist(), strict=True
        ):
            said[doc][text] = (mask, count)
            for position in segment.positions[at : at + count].tolist():
                assert position not in stream
                assert segment.doc_starts[doc] <= position < segment.doc_starts[doc + 1]
                stream[position] = text
            at += count
    found = []
    for doc in range(n):
        start, end = segment.doc_starts[doc : doc + 2].tolist()
        row = decode(segment.row(doc))
        one: dict[str, Any] = {"uid": row["profile_id"], "row": row, "said": said[doc]}
        marks = segment.field_starts[doc].tolist()
        assert marks[0] == 0
        assert marks[-1] == end - start
        for i, field in enumerate(WORD_FIELDS):
            part = [stream.get(p) for p in range(start + marks[i], start + marks[i + 1])]
            one[field] = part
            for text in filter(None, part):
                assert said[doc][text][0] >> i & 1
        for field in (*SINGLE, "sort_name"):
            keyword = segment.keyword(field)
            one[field] = keyword.value(int(keyword.codes[doc]))
        for field in MANY:
            keyword = segment.keyword(field)
            assert keyword.starts is not None
            low, high = keyword.starts[doc : doc + 2].tolist()
            one[field] = [keyword.value(code) for code in keyword.codes[low:high].tolist()]
        for field in NUMBERS:
            one[field] = segment.number(field)[doc].item()
        assert segment.find_uid(one["uid"]) == doc
        found.append(one)
    for field in (*SINGLE, *MANY):
        keyword = segment.keyword(field)
        assert keyword.values == sorted(set(keyword.values))
        holders: dict[Any, list[int]] = defaultdict(list)
        for doc, one in enumerate(found):
            for value in [one[field]] if field in SINGLE else one[field]:
                holders[value].append(doc)
        assert {v: keyword.docs(keyword.find(v)).tolist() for v in keyword.values} == holders
    assert segment.find_uids(uid_hashes([o["uid"] for o in found])).tolist() == list(range(n))
    blocks = [segment.rows(b) for b in range(len(segment.row_starts) - 1)]
    assert sorted(row for rows in blocks for row in rows) == sorted(map(segment.row, range(n)))
    return found


def read_folder(path: Path) -> dict[str, dict[str, Any]]:
    """Profile id -> the creator, of everybody alive in the generation in use."""
    manifest = Folder(path).current()
    assert manifest is not None
    found: dict[str, dict[str, Any]] = {}
    for part in manifest.parts:
        segment = Segment.open(path / part.name)
        creators = read_segment(segment)
        assert len(creators) == part.n
        bits = None if part.alive is None else alive_bits(part.alive)
        alive = (
            np.ones(part.n, bool)
            if bits is None
            else np.unpackbits(bits, count=part.n, bitorder="little").astype(bool)
        )
        assert int(alive.sum()) == part.n_alive > 0
        for creator, lives in zip(creators, alive.tolist(), strict=True):
            if lives:
                assert creator["uid"] not in found
                found[creator["uid"]] = creator
    return found


def frame(rows: list[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=SCHEMA)


def rebuilt(rows: list[dict[str, Any]], folder: Path) -> dict[str, dict[str, Any]]:
    with ColumnIndex(folder) as index:
        index.build(frame(rows), as_of=AS_OF, edges={})
    return read_folder(folder)


words = st.sampled_from(["kiln", "loom", "oat", "moss", "🍜", "#fern", "陶"])
bios = st.none() | st.lists(words, max_size=4).map(" ".join)
creators = st.builds(
    lambda who, bio, n: {**FULL[who], "bio_text": bio, "followers": n},
    st.sampled_from(IDS),
    bios,
    st.none() | st.integers(0, 2**40),
)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("upsert"), st.lists(creators, min_size=1, max_size=8)),
        st.tuples(st.just("delete"), st.lists(st.sampled_from(IDS), max_size=8)),
        st.tuples(st.just("commit"), st.none()),
        st.tuples(st.just("rollback"), st.none()),
        st.tuples(st.just("erase"), st.lists(st.sampled_from(IDS), max_size=4)),
    ),
    max_size=14,
)


@settings(deadline=None, max_examples=25)
@given(steps, st.integers(2, 50), st.integers(1, 3))
def test_any_history_holds_what_a_build_would_hold(
    history: list[tuple[str, Any]], spill: int, young: int
) -> None:
    held: dict[str, dict[str, Any]] = {row["profile_id"]: row for row in sample(12).to_dicts()}
    with (
        tempfile.TemporaryDirectory() as folder,
        mock.patch.object(_transaction, "MOST_SMALL", young),
        mock.patch.object(_transaction, "MOST_LARGE", young),
        mock.patch.object(_transaction, "_LARGE", 4),
        mock.patch.object(_writer, "_MOST_DOCUMENTS", spill),
        mock.patch.object(_merge, "_AT_A_TIME", 7),
        mock.patch.object(_union, "_AT_A_TIME", 70),
        ColumnIndex(Path(folder) / "index") as index,
    ):
        index.build(frame(list(held.values())), as_of=AS_OF, edges={})
        pending = dict(held)
        for what, value in [*history, ("commit", None)]:
            if what == "upsert":
                index.upsert(frame(list({row["profile_id"]: row for row in value}.values())))
                pending |= {row["profile_id"]: row for row in value}
            elif what == "delete":
                index.delete(value)
                pending = {who: row for who, row in pending.items() if who not in value}
            elif what == "commit":
                index.commit()
                held = dict(pending)
            elif what == "rollback":
                index.rollback()
                pending = dict(held)
            else:
                index.erase(value)
                held = {who: row for who, row in held.items() if who not in value}
                pending = dict(held)
        found = read_folder(index.path)
        assert found == rebuilt(list(held.values()), Path(folder) / "calm")
        assert index.snapshot().info.n_creators == len(held)


@settings(deadline=None, max_examples=25)
@given(
    st.lists(creators, min_size=1, max_size=40, unique_by=lambda row: row["profile_id"]),
    st.integers(1, 40),
    st.integers(20, 400),
    st.sets(st.sampled_from(IDS), max_size=10),
)
def test_merging_parts_is_building_the_whole(
    rows: list[dict[str, Any]], part: int, most: int, gone: set[str]
) -> None:
    """In parts or at once, in one segment or in several, sorted or not."""
    with (
        tempfile.TemporaryDirectory() as name,
        mock.patch.object(_merge, "_AT_A_TIME", 50),
        mock.patch.object(_union, "_AT_A_TIME", 100),
    ):
        folder = Path(name)
        with mock.patch.object(_writer, "_MOST_DOCUMENTS", part):
            whole = rebuilt(rows, folder / "parts")
        assert whole == rebuilt(rows, folder / "calm")
        sources = []
        for i in range(0, len(rows), part):
            rebuilt(rows[i : i + part], folder / f"part{i}")
            (path,) = (folder / f"part{i}").glob("*.segment")
            segment = Segment.open(path)
            alive = np.array([c["uid"] not in gone for c in read_segment(segment)])
            sources.append(Source(segment, None if alive.all() else alive))
        left = {who: creator for who, creator in whole.items() if who not in gone}
        merge(sources, folder / "one")
        assert {c["uid"]: c for c in read_segment(Segment.open(folder / "one"))} == left
        names = iter(folder / f"several{i}" for i in range(99))
        several = [Segment.open(p) for p in merge_sorted(sources, lambda: next(names), most=most)]
        found = [creator for segment in several for creator in read_segment(segment)]
        assert {c["uid"]: c for c in found} == left
        assert len(found) == len(left)
        assert all(segment.is_sorted for segment in several)
        assert all(len(s.positions) <= most or s.n == 1 for s in several)
        order = ("country", "admin1", "place", "platform", "language")
        keys = [tuple(creator[field] for field in order) for creator in found]
        assert keys == sorted(keys)
