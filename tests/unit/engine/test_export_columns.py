"""A file's columns are the values of the rows, whatever they are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from influencr.engine._export import Piece, pieces
from influencr.pipeline import CREATORS_SCHEMA
from influencr.records import Policy

_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
_NUMBERS = st.floats(allow_nan=False, allow_infinity=False)


class _NobodyLeft:
    def is_removed(self, references: pl.Series) -> pl.Series:
        return pl.Series([False]).new_from_index(0, len(references))


def _row(number: int, **changed: Any) -> dict[str, Any]:
    return {
        **dict.fromkeys(CREATORS_SCHEMA),
        "profile_id": f"tiktok:{number}",
        "platform": "tiktok",
        "policy": int(Policy.default()),
        **changed,
    }


def _of(rows: list[dict[str, Any]], ending: str = ".parquet") -> bytes:
    further = {"score": 1.0, "distance_km": None}
    made: Iterator[Piece] = pieces(
        ((row, further) for row in rows),
        _NobodyLeft(),  # type: ignore[arg-type]
        ending,
        as_of=None,
        query="text=x",
    )
    return b"".join(piece.data for piece in made)


@given(
    st.lists(
        st.tuples(
            st.none() | st.lists(st.none() | _TEXTS, max_size=3),
            st.none() | st.lists(_NUMBERS, max_size=3),
            st.none() | st.lists(st.integers(-(2**62), 2**62), max_size=3),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_lists_come_back_as_they_were(values: list[tuple[Any, Any, Any]]) -> None:
    rows = [
        _row(i, topics=texts, topic_weights=numbers, other_place_ids=ids)
        for i, (texts, numbers, ids) in enumerate(values)
    ]
    frame = pl.read_parquet(_of(rows))
    assert frame["topics"].to_list() == [texts for texts, _, _ in values]
    assert frame["topic_weights"].to_list() == [numbers for _, numbers, _ in values]
    assert frame["other_place_ids"].to_list() == [ids for _, _, ids in values]
    assert frame["query"].unique().to_list() == ["text=x"]


@pytest.mark.parametrize("ending", [".csv", ".jsonl", ".parquet"])
def test_pieces_join_to_the_same_file_whatever_their_number(ending: str) -> None:
    rows = [_row(i, handle=f"h{i}", topics=["a", "b"], followers=i) for i in range(1_203)]
    whole = _of(rows, ending)
    if ending == ".parquet":
        assert pl.read_parquet(whole)["followers"].to_list() == list(range(1_203))
    else:
        lines = whole.decode().splitlines()
        assert len(lines) == 1_203 + (ending == ".csv")
    assert _of(rows, ending) == whole
