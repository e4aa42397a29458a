"""Which follows came with one click, or from what a network proposes to newcomers.

Told follower by follower, from whole follow lists, so that a crowd is never excused as a crowd: a
follow has a cause only where its own follower shows it. Two causes exist.

pack, list    one click on a starter pack or list follows everybody in it (`_packs`)
onboarding    a follow within minutes of the follower's own sign-up, of an account that newcomers
              of many other weeks follow just as fast (`_onboarding`)

Families P, C and D never read causes of other follows: an account that clicked a pack is still
counted there for everybody else whom it follows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from influencr.errors import SchemaError
from influencr.vetting.crowds._onboarding import proposed_rows
from influencr.vetting.crowds._packs import clicked_rows

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

__all__ = [
    "CAUSES",
    "click_causes",
]

#: What explains a follow; the number stored is the place in this tuple.
CAUSES: Final = ("none", "pack", "list", "onboarding", "viral", "giveaway", "press", "ring")
_PACK, _LIST, _ONBOARDING = (CAUSES.index(word) for word in ("pack", "list", "onboarding"))


def click_causes(follows: pl.DataFrame, created: pl.DataFrame, packs: pl.DataFrame) -> pl.Series:
    """The cause of each follow that its own follower shows.

    follows   `follower` u64, `followed` u64, `at` i64 (seconds UTC, -1 or null unknown), `via` u64
              (the pack or list that the record names, null for none). Whole follow lists of some
              followers; which follower falls into which call must not depend on whom they follow
              (cut by a hash), because proposals to newcomers are found in the call's own rows.
              Sorted by follower and time it is fastest
    created   `key` u64, `created` i64 (-1 or null unknown); `language` (any type) makes newcomers
              be compared with those who speak the same
    packs     `pack` u64, `member` u64, `added` i64, `removed` i64 (null unknown); `kind` "list"
              for those that are lists, "pack" otherwise
    returns   i8, one per row of `follows` in its order: a place in CAUSES, 0 for none

    Raises SchemaError when a column is missing.
    """
    import polars as pl

    _need(follows, ("follower", "followed", "at", "via"), "follows")
    _need(created, ("key", "created"), "created")
    _need(packs, ("pack", "member", "added", "removed"), "packs")
    n = len(follows)
    if not n:
        return pl.Series("cause", [], dtype=pl.Int8)
    follower = follows["follower"].to_numpy()
    at = follows["at"].fill_null(-1).to_numpy()
    order = _order(follower, at)
    if order is not None:
        follows = follows[order]
        follower, at = follower[order], at[order]
    cause = np.zeros(n, dtype=np.int8)
    first = np.ones(n, dtype=bool)
    np.not_equal(follower[1:], follower[:-1], out=first[1:])
    starts = np.flatnonzero(first)
    rows, is_list = clicked_rows(follows, first, at, created, packs)
    cause[rows] = np.where(is_list, _LIST, _PACK)
    cause[proposed_rows(follows, starts, at, cause == 0, created)] = _ONBOARDING
    if order is not None:
        back = np.empty(n, dtype=np.int8)
        back[order] = cause
        cause = back
    return pl.Series("cause", cause)


def _need(frame: pl.DataFrame, columns: tuple[str, ...], what: str) -> None:
    for name in columns:
        if name not in frame.columns:
            raise SchemaError(
                f"The {what} need the column {name!r}; received {', '.join(frame.columns)}.",
                field=name,
                valid=list(columns),
            )


def _order(follower: NDArray[np.uint64], at: NDArray[np.int64]) -> NDArray[np.int64] | None:
    """Rows by follower and time; None when they lie so already."""
    step = follower[1:] == follower[:-1]
    if (~step | (at[1:] >= at[:-1])).all() and (step | (follower[1:] > follower[:-1])).all():
        return None
    by_time = np.argsort(at, kind="stable")
    rows: NDArray[np.int64] = by_time[np.argsort(follower[by_time], kind="stable")]
    return rows
