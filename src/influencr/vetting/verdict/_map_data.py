"""The follower map as data: order of arrival across, creation of the account up.

What is kept is what the picture shows and no more: a byte per follower up to DOTS followers, above
that how many lie in each cell of a grid. A map of a million followers and one of three thousand
take the same few kilobytes, and neither says which follower is which.

DOTS, COLUMNS, ROWS, STREAKS: our own choice; a picture from them stays below 60 KB
(tests/unit/vetting/verdict/test_map.py).
"""

from __future__ import annotations

import base64
import zlib
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np
import polars as pl

from influencr.vetting.verdict._ledger import BESIDE, is_explained

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from influencr.vetting._audience import Audience

__all__ = [
    "COLUMNS",
    "DOTS",
    "ROWS",
    "FollowerMap",
    "Streak",
    "bounds",
    "drawn_findings",
    "map_data",
]

#: Followers up to which each has a mark of its own.
DOTS: Final = 1_500
COLUMNS: Final = 132
ROWS: Final = 60
#: Findings that are outlined, the largest first.
STREAKS: Final = 6
#: Heights of a mark: the creation date in so many steps.
_STEPS: Final = 250
_NO_DATE: Final = 255
#: Kinds of marks: a follower like any other, one in a batch that stands, one in a known crowd.
KINDS: Final = 3


class Streak(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A finding to outline.

    family               its letter; known: another explanation explains it
    first, last          positions of its members in order of arrival, 0 = the first follower
    made_from, made_to   creation of the middle 90 % of its members, seconds UTC
    from_at, to_at       arrival, seconds UTC; None where times are not known
    cause                what explains it, "" where nothing does
    """

    family: str
    first: int
    last: int
    made_from: int
    made_to: int
    members: int
    from_at: int | None = None
    to_at: int | None = None
    cause: str = ""


class FollowerMap(msgspec.Struct, frozen=True, kw_only=True):
    """One creator's map; `msgspec.json` reads and writes it.

    n             followers drawn, in order of arrival; followers: shown by the platform
    undated       of them without a creation date: counted, not drawn
    low, high     creation dates at the lower and upper edge, seconds UTC
    marks         n <= DOTS: one byte per follower, its height 0.._STEPS or 255; above: a byte per
                  cell and kind, COLUMNS x ROWS, square root of how many; packed as text
    kinds         n <= DOTS: one byte per follower, 0 like any other, 1 in a batch that stands, 2 in
                  a known crowd; above: empty
    parts         followers of each kind with a creation date, twelfth by twelfth of the arrivals
    arrived       seconds UTC of the middle arrival of each twelfth; empty where times are unknown
    """

    n: int
    followers: int | None
    undated: int
    low: int
    high: int
    marks: str
    kinds: str
    parts: tuple[tuple[int, int, int], ...]
    arrived: tuple[int, ...]
    streaks: tuple[Streak, ...]
    version: str = "1"

    def heights(self) -> NDArray[np.uint8]:
        """uint8[n] or uint8[KINDS, COLUMNS, ROWS]: `marks` unpacked."""
        packed = _unpacked(self.marks)
        return packed if self.n <= DOTS else packed.reshape(KINDS, COLUMNS, ROWS)

    def kind_of(self) -> NDArray[np.uint8]:
        """uint8[n], empty above DOTS."""
        return _unpacked(self.kinds)


def map_data(
    audience: Audience,
    creator: int,
    evidence: pl.DataFrame | Mapping[int, Sequence[dict[str, object]]],
) -> FollowerMap | None:
    """The map of one creator, None where no follower's creation date is known.

    creator    row of the audience
    evidence   rows of the ledger, those of other creators are not read; or what `drawn_findings`
               made of the ledger of all, for who draws many
    """
    own = audience.rows(creator)
    created = audience.accounts.created[audience.who[own]]
    dated = created >= 0
    if not dated.any():
        return None
    n = len(created)
    # The youngest account is the upper edge; at the lower a few very old ones may not press
    # everybody else together.
    high = int(created[dated].max())
    low = int(np.quantile(created[dated], 0.002))
    low = min(low, high - 86_400)
    if isinstance(evidence, pl.DataFrame):
        evidence = drawn_findings(evidence.filter(pl.col("creator") == creator))
    findings = evidence.get(creator, [])
    kinds = np.where(audience.cause[own] > 0, 2, 0).astype(np.uint8)
    streaks: list[Streak] = []
    for row in findings:
        members = np.array(row["member_rows"], dtype=np.int64)
        if row["family"] in ("B", "E", *BESIDE):
            # A burst is a time; who came in it by chance is not marked. A reciprocal group is no
            # batch.
            continue
        kinds[members] = 2 if row["known"] else 1
        if len(streaks) < STREAKS:
            streaks.append(_streak(row, members, created))
    height = np.full(n, _NO_DATE, dtype=np.uint8)
    height[dated] = np.clip((created[dated] - low) / (high - low), 0, 1) * _STEPS
    chosen = audience.creators["followers"][creator]
    return FollowerMap(
        n=n,
        followers=None if chosen is None else int(chosen),
        undated=int((~dated).sum()),
        low=low,
        high=high,
        marks=_packed(height if n <= DOTS else _grid(height, kinds)),
        kinds=_packed(kinds) if n <= DOTS else "",
        parts=_parts(kinds, dated),
        arrived=_arrived(audience.at[own]),
        streaks=tuple(streaks),
    )


def drawn_findings(evidence: pl.DataFrame) -> dict[int, list[dict[str, object]]]:
    """Per creator the findings with members, those that stand first, the larger first."""
    rows = (
        evidence.filter(pl.col("fires") & (pl.col("member_rows").list.len() > 0))
        .with_columns(known=is_explained())
        .sort("creator", "known", "members", descending=[False, False, True], maintain_order=True)
    )
    found: dict[int, list[dict[str, object]]] = {}
    for row in rows.iter_rows(named=True):
        found.setdefault(row["creator"], []).append(row)
    return found


def _streak(
    row: dict[str, object], members: NDArray[np.int64], created: NDArray[np.int64]
) -> Streak:
    made = created[members]
    made = made[made >= 0]
    first, last = np.quantile(members, [0.01, 0.99])
    made_from, made_to = np.quantile(made, [0.05, 0.95]) if len(made) else (-1, -1)
    checked: Sequence[dict[str, str]] = row["checked"]  # type: ignore[assignment]
    causes = [one["alternative"] for one in checked if one["outcome"] == "found"]
    return Streak(
        family=str(row["family"]),
        first=int(first),
        last=int(last),
        made_from=int(made_from),
        made_to=int(made_to),
        members=len(members),
        from_at=row["from_at"],  # type: ignore[arg-type]
        to_at=row["to_at"],  # type: ignore[arg-type]
        cause=causes[0] if row["known"] and causes else "",
    )


def _grid(height: NDArray[np.uint8], kinds: NDArray[np.uint8]) -> NDArray[np.uint8]:
    n = len(height)
    drawn = height != _NO_DATE
    column = np.arange(n) * COLUMNS // n
    row = np.minimum(height.astype(np.int64) * ROWS // (_STEPS + 1), ROWS - 1)
    cell = (kinds.astype(np.int64) * COLUMNS + column) * ROWS + row
    counts = np.bincount(cell[drawn], minlength=KINDS * COLUMNS * ROWS)
    return np.minimum(np.ceil(np.sqrt(counts)), 255).astype(np.uint8)


def bounds(n: int) -> list[int]:
    """Where the twelfths of n arrivals begin and end; fewer parts where n is below twelve."""
    pieces = min(12, n)
    return [n * k // pieces for k in range(pieces + 1)]


def _parts(kinds: NDArray[np.uint8], dated: NDArray[np.bool_]) -> tuple[tuple[int, int, int], ...]:
    found = []
    for first, last in pairwise(bounds(len(kinds))):
        counts = np.bincount(kinds[first:last][dated[first:last]], minlength=KINDS)
        found.append((int(counts[0]), int(counts[1]), int(counts[2])))
    return tuple(found)


def _arrived(at: NDArray[np.int64]) -> tuple[int, ...]:
    known = at >= 0
    if known.mean() < 0.5:
        return ()
    middles = []
    for first, last in pairwise(bounds(len(at))):
        told = at[first:last][at[first:last] >= 0]
        middles.append(_middle(told) if len(told) else -1)
    return tuple(middles)


def _middle(values: NDArray[np.int64]) -> int:
    """The median; `np.median` costs ten times as much for a few hundred numbers."""
    told, n = np.sort(values), len(values)
    return int(told[(n - 1) // 2] + told[n // 2]) // 2


def _packed(values: NDArray[np.uint8]) -> str:
    # Level 9 takes six times as long for two per cent less.
    return base64.b85encode(zlib.compress(values.tobytes(), 6)).decode("ascii")


def _unpacked(text: str) -> NDArray[np.uint8]:
    if not text:
        return np.zeros(0, dtype=np.uint8)
    return np.frombuffer(zlib.decompress(base64.b85decode(text)), dtype=np.uint8)
