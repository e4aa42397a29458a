"""What else could have brought a wave of followers: each innocent cause, checked and printed.

Windows come from the families that found something unusual. For each window the excess is what
came beyond the creator's usual pace, and every alternative says `found`, `not found` or `not
checked`, with a sentence and the share of the excess that it explains. Shares of different
alternatives may overlap and sum to more than one. A cause that is there but too weak for the wave
(it explains less than MIN_EXPLAINS) is `not found`; the sentence and the small share stay.

pack         follows with the cause pack or list (`click_causes`). Followers who in the same window
             took in most of a pack of the creator's without such clicks are told, and explain
             nothing: that is how a seller's own pack looks
onboarding   follows with the cause onboarding
viral        an own post among the top VIRAL_TOP of the creator's by reposts, up to VIRAL_S before
giveaway     an own post that announces one, or whose replies are the creator's top, up to
             GIVEAWAY_S before
press        a mention by another account up to PRESS_S before
migration    all other creators grew in the same window, by newcomers or by everybody

A post explains the followers who reacted to it where it is known who reacted (`acts`); else at
most as many followers as it had reactions beyond the creator's median post. A mention explains at
most MENTION_BRINGS of the followers of who mentions. Both are generous on purpose: an upper bound
of what is innocent. What no record can show (an event, a newspaper, followers whom nobody asked
for) is not in the list; see docs/algorithms/crowds.md.

VIRAL_TOP and VIRAL_S are the method's; the other constants are our own choice, fixed by
tests/unit/vetting/crowds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import polars as pl

from influencr.errors import SchemaError
from influencr.vetting.crowds._clicks import CAUSES
from influencr.vetting.crowds._posts import GIVEAWAY_S, VIRAL_S, OwnPosts
from influencr.vetting.crowds._waves import Waves

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from influencr.vetting._audience import Audience

__all__ = ["ALTERNATIVES", "EXPLANATION_SCHEMA", "MENTION_BRINGS", "MIN_EXPLAINS", "explain"]

#: What is checked for every window, in this order.
ALTERNATIVES: Final = ("pack", "onboarding", "viral", "giveaway", "press", "migration")

EXPLANATION_SCHEMA: Final[dict[str, pl.DataType]] = {
    "window": pl.Int64(),
    "creator": pl.Int64(),
    "alternative": pl.String(),
    "outcome": pl.String(),
    "detail": pl.String(),
    "explains": pl.Float64(),
}
#: Less than this share of the excess is no explanation.
MIN_EXPLAINS = 0.1
#: A mention brings at most this share of the followers of who mentions.
MENTION_BRINGS = 0.01
#: A mention works for two days, as a viral post does.
PRESS_S = 2 * 86_400
#: The usual pace is that of so many days to either side.
BASE_DAYS = 28
_DAY = 86_400


class _Window(NamedTuple):
    """begin, end   seconds; both belong to it
    rows         follows of the window, or the finding's members: rows of the audience
    excess       follows beyond the usual pace, at least 1
    half         the moment by which half of the window's follows had come
    """

    number: int
    creator: int
    begin: int
    end: int
    rows: NDArray[np.int64]
    excess: float
    half: int


def explain(
    audience: Audience,
    windows: pl.DataFrame,
    posts: pl.DataFrame | None,
    mentions: pl.DataFrame | None,
    *,
    packs: pl.DataFrame | None = None,
    acts: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Every alternative for every window.

    audience   a group of creators; the larger, the better a wave of the whole platform is seen
    windows    `creator` (row of the audience), `from_at`, `to_at` (seconds UTC, inclusive);
               `excess` if the caller knows better how many follows are too many; `member_rows`
               (list, positions in the creator's order of arrival) where the finding is about these
               followers: then only their own causes and reactions count, and others who came in
               the same days excuse nobody. An empty list or null stands for the whole window
    posts      of these creators: `key`, `post_id`, `at`, `reposts`, `likes`, `replies`, `kind`,
               `text`; None where posts were not collected
    mentions   `key` (who is mentioned), `at`, `by` u64, `by_followers`; None where not collected
    packs      as for `click_causes`; None where packs were not collected
    acts       who reacted: `post_id`, `actor` u64 and `at`; None where that is not shown
    returns    EXPLANATION_SCHEMA, len(ALTERNATIVES) rows per window in that order; `window` is the
               row of `windows`

    Raises SchemaError for missing columns or a creator outside the audience.
    """
    _check(audience, windows, posts, mentions)
    if not len(windows):
        return pl.DataFrame(schema=EXPLANATION_SCHEMA)
    creators = np.unique(windows["creator"].to_numpy())
    keys = audience.creators["key"].gather(creators)
    own = None if posts is None else OwnPosts(posts, keys, acts)
    heard = None if mentions is None else _by_key(mentions, keys)
    waves = Waves(audience)
    of_packs = None if packs is None else _Packs(audience, packs, keys)
    rows: list[dict[str, Any]] = []
    for window in _windows(audience, windows):
        for alternative, (outcome, detail, share) in zip(
            ALTERNATIVES,
            (
                _pack(audience, window, of_packs),
                _onboarding(audience, window),
                _post(audience, window, own, giveaway=False),
                _post(audience, window, own, giveaway=True),
                _press(audience, window, heard),
                waves.migration(window.creator, window.begin, window.end, window.excess),
            ),
            strict=True,
        ):
            weak = outcome == "found" and share < MIN_EXPLAINS
            rows.append(
                {
                    "window": window.number,
                    "creator": window.creator,
                    "alternative": alternative,
                    "outcome": "not found" if weak else outcome,
                    "detail": detail,
                    "explains": float(min(share, 1.0)) if outcome == "found" else 0.0,
                }
            )
    return pl.DataFrame(rows, schema=EXPLANATION_SCHEMA)


def _check(
    audience: Audience,
    windows: pl.DataFrame,
    posts: pl.DataFrame | None,
    mentions: pl.DataFrame | None,
) -> None:
    asked = (
        ("windows", windows, ("creator", "from_at", "to_at")),
        ("posts", posts, ("key", "post_id", "at", "reposts", "likes", "replies", "kind", "text")),
        ("mentions", mentions, ("key", "at", "by", "by_followers")),
    )
    for what, frame, columns in asked:
        if frame is None:
            continue
        for name in columns:
            if name not in frame.columns:
                raise SchemaError(f"The {what} need the column {name!r}.", field=name)
    n = len(audience.creators)
    creator = windows["creator"]
    if len(windows) and not 0 <= creator.min() <= creator.max() < n:  # type: ignore[operator]
        raise SchemaError(f"A window names a creator outside the {n} of the audience.")


def _windows(audience: Audience, windows: pl.DataFrame) -> list[_Window]:
    told = windows["excess"].to_list() if "excess" in windows.columns else [None] * len(windows)
    named = (
        windows["member_rows"].to_list()
        if "member_rows" in windows.columns
        else [None] * len(windows)
    )
    out = []
    for number, (creator, begin, end) in enumerate(
        windows.select("creator", "from_at", "to_at").iter_rows()
    ):
        mine = audience.rows(creator)
        at = audience.at[mine]
        better = told[number]
        if named[number]:
            inside = np.array(named[number], dtype=np.int64)
            excess = float(len(inside)) if better is None else float(better)
        else:
            inside = np.flatnonzero((at >= begin) & (at <= end))
            usual = usual_per_day(at, begin, end) * (end - begin + 1) / _DAY
            excess = len(inside) - usual if better is None else float(better)
        when = at[inside]
        when = when[when >= 0]
        half = int(np.median(when)) if len(when) else begin
        out.append(
            _Window(number, creator, begin, end, inside + mine.start, max(excess, 1.0), half)
        )
    return out


def usual_per_day(at: NDArray[np.int64], begin: int, end: int) -> float:
    """Follows per day around a window: of BASE_DAYS to either side the busiest tenth left out.

    Days before the first follow seen and after the last one do not count. 0 when nothing is left.
    """
    known = at[at >= 0]
    if not len(known):
        return 0.0
    low = max(begin - BASE_DAYS * _DAY, int(known.min()))
    high = min(end + BASE_DAYS * _DAY, int(known.max()))
    n_before, n_after = max((begin - low) // _DAY, 0), max((high - end) // _DAY, 0)
    if n_before + n_after == 0:
        return 0.0
    before = (begin - 1 - known[(known < begin) & (known >= begin - n_before * _DAY)]) // _DAY
    after = (known[(known > end) & (known <= end + n_after * _DAY)] - end - 1) // _DAY
    counts = np.concatenate(
        [np.bincount(before, minlength=n_before), np.bincount(after, minlength=n_after)]
    )
    calm = np.sort(counts)[: max(1, int(np.ceil(0.9 * len(counts))))]
    return float(calm.mean())


def _by_key(frame: pl.DataFrame, keys: pl.Series) -> dict[int, pl.DataFrame]:
    chosen = frame.filter(pl.col("key").is_in(keys.implode())).sort("at")
    return {
        key: part
        for (key,), part in chosen.partition_by("key", as_dict=True, include_key=False).items()
    }


_Answer = tuple[str, str, float]


class _Packs:
    """Of each creator asked for: the other members of its packs, as rows of the audience."""

    def __init__(self, audience: Audience, packs: pl.DataFrame, keys: pl.Series) -> None:
        mine = packs.filter(pl.col("member").is_in(keys.implode())).select("pack", key="member")
        rows = audience.creators.select(key="key").with_row_index("row")
        # Every pack of the creators asked for, with how many members it has in all.
        whole = packs.join(mine.select("pack").unique(), on="pack")
        sizes = whole.group_by("pack").agg(n=pl.col("member").n_unique())
        seen = whole.join(rows, left_on="member", right_on="key").group_by("pack").agg("row")
        joined = mine.join(sizes, on="pack").join(seen, on="pack", how="left")
        self.of: dict[int, list[tuple[NDArray[np.int64], int]]] = {}
        for key, n, found in joined.select("key", "n", "row").iter_rows():
            members = np.unique(np.array(found or [], dtype=np.int64))
            self.of.setdefault(key, []).append((members, n))


def _pack(audience: Audience, window: _Window, packs: _Packs | None) -> _Answer:
    cause = audience.cause[window.rows]
    clicked = np.isin(cause, [CAUSES.index("pack"), CAUSES.index("list")])
    n_clicks = int(clicked.sum())
    if packs is None:
        if not n_clicks and not np.isin(audience.cause, [1, 2]).any():
            return "not checked", "No starter packs or lists are known here.", 0.0
        best, members = 0, 0
    else:
        best, members = _pack_wave(audience, window, packs)
    told = ""
    if best > n_clicks:
        told = (
            f" {best} took in most of the {members} other members of one pack of this creator in "
            "the same time, but not by clicks that count."
        )
    if not n_clicks:
        return "not found", f"Nobody came with a known starter pack or list.{told}", 0.0
    return (
        "found",
        f"{n_clicks} of {len(cause)} came with one click on a known starter pack or list.{told}",
        n_clicks / window.excess,
    )


#: A wave of a pack is looked for where this many of its other members are in the audience.
_PACK_SEEN = 4


def _pack_wave(audience: Audience, window: _Window, packs: _Packs) -> tuple[int, int]:
    """Most followers of the window who took in most of one pack; and that pack's other members."""
    best = (0, 0)
    who = np.unique(audience.who[window.rows])
    key = audience.creators["key"][window.creator]
    for members, _ in packs.of.get(key, ()):
        others = members[members != window.creator]
        if len(others) < _PACK_SEEN:
            continue
        taken = np.zeros(len(who), dtype=np.int64)
        for other in others:
            mine = audience.rows(int(other))
            at = audience.at[mine]
            there = audience.who[mine][(at >= window.begin) & (at <= window.end)]
            taken += np.isin(who, there)
        n = int((2 * taken >= len(others)).sum())
        best = max(best, (n, len(others)))
    return best


def _onboarding(audience: Audience, window: _Window) -> _Answer:
    n = int((audience.cause[window.rows] == CAUSES.index("onboarding")).sum())
    if not n:
        return "not found", "Nobody came from what the network proposes at sign-up.", 0.0
    return (
        "found",
        f"{n} of {len(window.rows)} followed within minutes of signing up, as newcomers of other "
        "weeks do.",
        n / window.excess,
    )


def _post(audience: Audience, window: _Window, own: OwnPosts | None, *, giveaway: bool) -> _Answer:
    what = "a giveaway" if giveaway else "a post that spread"
    if own is None:
        return "not checked", f"Posts were not collected; {what} cannot be excluded.", 0.0
    key = audience.creators["key"][window.creator]
    begin = window.begin - (GIVEAWAY_S if giveaway else VIRAL_S)
    new = audience.accounts.key[audience.who[window.rows]]
    found = own.best(
        key, begin, max(window.half, window.begin), new, window.excess, giveaway=giveaway
    )
    if found is not None:
        outcome, sentence, brought = found
        return outcome, sentence, brought / window.excess
    if not own.covers(key, begin):
        return (
            "not checked",
            f"No posts are known from before this wave; {what} cannot be excluded.",
            0.0,
        )
    return "not found", f"No own post of that time looks like {what}.", 0.0


def _press(audience: Audience, window: _Window, heard: dict[int, pl.DataFrame] | None) -> _Answer:
    if heard is None:
        return "not checked", "Mentions by others were not collected.", 0.0
    key = audience.creators["key"][window.creator]
    mine = heard.get(key)
    if mine is not None:
        mine = mine.filter(
            pl.col("at").is_between(window.begin - PRESS_S, max(window.half, window.begin)),
            pl.col("by") != key,
        )
    if mine is None or not len(mine):
        return (
            "not found",
            "No mention by another account of the network in that time; the press was not read.",
            0.0,
        )
    largest = mine.group_by("by").agg(pl.col("by_followers").max().fill_null(0))
    readers = int(largest["by_followers"].sum())
    return (
        "found",
        f"Mentioned by {len(largest)} accounts with {readers:,} followers together in that time.",
        MENTION_BRINGS * readers / window.excess,
    )
