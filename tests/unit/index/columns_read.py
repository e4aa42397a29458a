"""Everything that an index of columns holds, read back creator by creator."""

from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np

from influencr.index import WORD_FIELDS, decode
from influencr.index.columns._manifest import Folder, alive_bits
from influencr.index.columns._segment import MANY, NUMBERS, SINGLE, Segment, uid_hashes

__all__ = ["read_folder", "read_segment"]


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
    assert [row for b in range(-(-n // 8)) for row in segment.rows(b)] == [
        segment.row(doc) for doc in range(n)
    ]
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
        bits = alive_bits(part)
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
