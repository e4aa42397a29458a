"""Which bios are the same, or nearly: groups of texts that differ in no more than a detail.

Case, accents of width, digits, punctuation, emoji, links and handles are taken off first: sellers
change these between copies. What is left and equal is one group. Of longer texts those are joined
too that share most of their word pairs (Jaccard at least `SIMILAR`), found by MinHash, so that no
text is compared with all others.

An empty bio is no bio and is in no group, as is one that nobody else has. How common a group is,
and hence whether it means anything, is not decided here (`_signs.base_rates`).
"""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

__all__ = ["MIN_PAIRS", "SIMILAR", "bio_groups"]

#: Share of common word pairs from which on two texts are nearly the same. Own choice.
SIMILAR: Final = 0.7
#: Texts with fewer word pairs than this are only ever compared as a whole. Own choice.
MIN_PAIRS: Final = 5
#: MinHash: bands of rows. Two texts with 70 % in common meet with a chance of 98.9 %.
_BANDS: Final = 12
_ROWS: Final = 3
#: What is taken off before texts are compared.
_CLEAN: Final = (
    (r"https?://\S+|www\.\S+|\S+@\S+|@\S+", " "),
    (r"[^\p{L}\p{M}]+", " "),
)


def bio_groups(bios: pl.Series) -> pl.Series:
    """Group numbers of bios.

    bios      text, may be null
    returns   int32, one per bio: equal for those that are equal or nearly so, -1 for empty ones
              and for those that nobody shares. Numbers depend on the texts alone, not on order

    >>> bio_groups(pl.Series(["Sea and salt 2019", "salt & sea", "Sea and SALT!", None])).to_list()
    [0, -1, 0, -1]
    """
    plain = bios.cast(pl.String).fill_null("").str.normalize("NFKC").str.to_lowercase()
    for pattern, by in _CLEAN:
        plain = plain.str.replace_all(pattern, by)
    frame = pl.DataFrame({"text": plain.str.strip_chars()})
    distinct = (
        frame.filter(pl.col("text") != "")
        .group_by("text")
        .len("n")
        .sort("text")
        .with_row_index("number")
    )
    if distinct.is_empty():
        return pl.Series("bio_group", np.full(len(bios), -1), dtype=pl.Int32)
    label = _joined(distinct["text"])
    distinct = distinct.with_columns(label=pl.Series(label)).with_columns(
        total=pl.col("n").sum().over("label")
    )
    shared = (
        distinct.filter(pl.col("total") > 1)
        .with_columns(group=(pl.col("label").rank("dense") - 1).cast(pl.Int32))
        .select("text", "group")
    )
    groups = frame.join(shared, on="text", how="left", maintain_order="left")["group"]
    return groups.fill_null(-1).cast(pl.Int32).alias("bio_group")


def _joined(texts: pl.Series) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """A label per distinct text: the smallest number of those it is nearly the same as."""
    n = len(texts)
    label = np.arange(n, dtype=np.int64)
    words = pl.DataFrame({"words": texts.str.split(" ")}).with_row_index("number")
    words = words.filter(pl.col("words").list.len() > MIN_PAIRS)
    if len(words) < 2:
        return label
    pairs = (
        words.explode("words")
        .with_columns(next=pl.col("words").shift(-1).over("number"))
        .drop_nulls("next")
        .select("number", pair=(pl.col("words") + " " + pl.col("next")).hash(seed=7))
        .unique(maintain_order=True)
    )
    signature = pairs.group_by("number", maintain_order=True).agg(
        *(pl.col("pair").hash(seed=100 + i).min().alias(f"h{i}") for i in range(_BANDS * _ROWS))
    )
    # In each band, everybody in a bucket is compared with the bucket's first text.
    candidates = pl.concat(
        signature.select(
            "number",
            first=pl.col("number").min().over([f"h{band * _ROWS + row}" for row in range(_ROWS)]),
        ).filter(pl.col("number") != pl.col("first"))
        for band in range(_BANDS)
    ).unique()
    if candidates.is_empty():
        return label
    sizes = pairs.group_by("number").len("size")
    common = (
        candidates.join(pairs, on="number")
        .join(pairs, left_on=["first", "pair"], right_on=["number", "pair"], how="semi")
        .group_by("number", "first")
        .len("common")
        .join(sizes, on="number")
        .join(sizes, left_on="first", right_on="number", suffix="_first")
        .filter(
            pl.col("common") >= SIMILAR * (pl.col("size") + pl.col("size_first") - pl.col("common"))
        )
    )
    a, b = common["number"].to_numpy().astype(np.int64), common["first"].to_numpy().astype(np.int64)
    while True:
        low = np.minimum(label[a], label[b])
        before = label.copy()
        np.minimum.at(label, a, low)
        np.minimum.at(label, b, low)
        label = label[label]
        if (label == before).all():
            return label
