"""What the pipeline prepared for a brand, as a search reads it: alignment and mentions.

Files and columns are those of `pipeline.alignment`. Nothing here is computed: a search never waits
for follows to be read. What was prepared for an earlier judgement is still used, and said to be.
"""

from __future__ import annotations

import bisect
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from influencr.index import Among, And, IdSet, Node, Not, Or

if TYPE_CHECKING:
    import polars as pl

__all__ = [
    "UNKNOWN_FACTOR",
    "Alignment",
    "Mention",
    "Prepared",
    "alignment_factor",
    "read_prepared",
]

#: Factor of an audience of which not enough is known: between none and all of it aligned.
UNKNOWN_FACTOR = 0.75
_QUARTERS = 4


class Alignment(msgspec.Struct, frozen=True, kw_only=True):
    """Which share of a creator's audience matches the brand's, of those of whom enough is known.

    share, low, high   0..1 with the 95 % interval; None when it is unknown. Of fewer than five
                       matching (or not matching) people the share is that of two
    n_match, n_not     people; None where one of them is from 1 to 4, which is not told
    n_unknown          sampled followers of whom some piece is unknown; never counted as "not"
    n_sampled, n_followers   followers judged, of those known one by one
    known              piece (place, language, topic) -> sampled followers of whom it is known
    reason             one sentence that says all of it, or why it is unknown
    factor             what it multiplies the score by
    """

    share: float | None
    low: float | None
    high: float | None
    n_match: int | None
    n_not: int | None
    n_unknown: int
    n_sampled: int
    n_followers: int
    known: dict[str, int]
    reason: str
    factor: float


class Mention(msgspec.Struct, frozen=True, kw_only=True):
    """A passage that names the brand or a competitor.

    of        brand or competitor
    where     post or bio; `at` and `post_id` are None for a bio
    start, end   of the name in the passage
    marked    the tag that marks the post as advertising, None when it carries none
    """

    of: str
    name: str
    where: str
    at: datetime | None
    post_id: str | None
    passage: str
    start: int
    end: int
    marked: str | None


def alignment_factor(share: float | None) -> float:
    """1/2 and an eighth for each whole quarter of the audience that matches; 3/4 when unknown.

    >>> [alignment_factor(x) for x in (None, 0.1, 0.6, 1.0)]
    [0.75, 0.5, 0.75, 1.0]
    """
    if share is None:
        return UNKNOWN_FACTOR
    return 0.5 + int(share * _QUARTERS) / 8


class Prepared:
    """What is prepared for one brand; `judged_at` is the judgement that it belongs to.

    reason   why no audience is aligned at all; None where some are
    """

    def __init__(
        self,
        *,
        judged_at: datetime | None,
        pieces: tuple[str, ...],
        reason: str | None,
        alignment: pl.DataFrame | None = None,
        mentions: pl.DataFrame | None = None,
    ) -> None:
        self.judged_at, self.pieces, self.reason = judged_at, pieces, reason
        self._alignment, self._mentions = alignment, mentions
        self._ids = None if alignment is None else alignment["profile_id"].set_sorted()
        self._at_least: dict[float, Node] = {}
        #: (who, factor) for a `Scale`, the others 3/4; the same nodes at every search.
        self.tiers: tuple[tuple[Node, float], ...] = ()
        self._joined: tuple[object, tuple[tuple[Node, float], ...]] | None = None
        self.n_aligned = 0
        if alignment is not None:
            import polars as pl

            known = alignment.filter(pl.col("share").is_not_null())
            self.n_aligned = len(known)
            quarter = (known["share"] * _QUARTERS).cast(pl.Int64)
            sets = [
                (IdSet(known.filter(quarter == k)["profile_id"].to_list()), 0.5 + k / 8)
                for k in range(_QUARTERS, -1, -1)
                if 0.5 + k / 8 != UNKNOWN_FACTOR
            ]
            self.tiers = tuple((Among(ids), factor) for ids, factor in sets if len(ids))

    def joined(
        self, fits: tuple[tuple[Node, float], ...], otherwise: float
    ) -> tuple[tuple[Node, float], ...]:
        """Fit and alignment as one list of (who, factor) for a `Scale`, the greatest first.

        One list of forty is cheaper to rank by than a list inside a list. The same nodes at every
        search with the same fits. Everybody is in it.
        """
        known = self._joined
        if known is None or known[0] is not fits:
            rest = Not(Or(tuple(who for who, _ in self.tiers)))
            by = [
                (who if fit is None else And((fit, who)), factor * alignment)
                for who, alignment in (*self.tiers, (rest, UNKNOWN_FACTOR))
                for fit, factor in (*fits, (None, otherwise))
            ]
            by.sort(key=lambda pair: -pair[1])
            self._joined = known = fits, tuple(by)
        return known[1]

    def at_least(self, share: float) -> Node:
        """Creators whose audience is known to match this much or more."""
        found = self._at_least.get(share)
        if found is None:
            ids: list[str] = []
            if self._alignment is not None:
                import polars as pl

                ids = self._alignment.filter(pl.col("share") >= share)["profile_id"].to_list()
            found = self._at_least[share] = Among(IdSet(ids))
        return found

    def alignment(self, profile_id: str) -> Alignment:
        """What is known of one creator's audience."""
        row = self._row(profile_id)
        if row is None:
            reason = self.reason or "observed after the brand's audiences were last read"
            return Alignment(
                share=None,
                low=None,
                high=None,
                n_match=None,
                n_not=None,
                n_unknown=0,
                n_sampled=0,
                n_followers=0,
                known={},
                reason=reason,
                factor=alignment_factor(None),
            )
        pieces = {name: row.pop(f"n_{name}") for name in ("place", "language", "topic")}
        known = {name: n for name, n in pieces.items() if n is not None}
        row.pop("profile_id")
        return Alignment(**row, known=known, factor=alignment_factor(row["share"]))

    def mentions(self, profile_id: str) -> tuple[Mention, ...]:
        """The passages in which a creator names the brand or a competitor, the newest first."""
        if self._mentions is None or not len(self._mentions):
            return ()
        ids = self._mentions["profile_id"].set_sorted()
        low, high = bisect.bisect_left(ids, profile_id), bisect.bisect_right(ids, profile_id)
        rows = self._mentions.slice(low, high - low).drop("profile_id")
        return tuple(Mention(**row) for row in rows.iter_rows(named=True))

    def _row(self, profile_id: str) -> dict[str, Any] | None:
        if self._alignment is None or self._ids is None or not len(self._ids):
            return None
        at = bisect.bisect_left(self._ids, profile_id)
        if at >= len(self._ids) or self._ids[at] != profile_id:
            return None
        return self._alignment.row(at, named=True)


def read_prepared(folder: Path) -> Prepared:
    """What lies in `<home>/brands/<digest>`; without it everything is unknown, with the reason."""
    import polars as pl

    try:
        about: Mapping[str, Any] = msgspec.json.decode((folder / "about.json").read_bytes())
        alignment = pl.read_parquet(folder / "alignment.parquet")
        mentions = pl.read_parquet(folder / "mentions.parquet")
    except FileNotFoundError:
        reason = "audiences and mentions were not read for this brand yet; refresh to do it"
        return Prepared(judged_at=None, pieces=(), reason=reason)
    return Prepared(
        judged_at=datetime.fromisoformat(about["judged_at"]),
        pieces=tuple(about["pieces"]),
        reason=about["reason"],
        alignment=alignment if len(alignment) else None,
        mentions=mentions,
    )
