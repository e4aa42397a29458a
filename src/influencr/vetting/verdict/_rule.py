"""The rule that turns evidence into one of four words, and nothing but the rule.

    looks inflated   the lower limit of the share is above CAP and the cohort's 95th percentile, and
                     at least FAMILIES_NEEDED families stand, one of them group-level (G, C, D); or
                     one lockstep group holds BLOCK_SHARE of the followers with p < BLOCK_P. Either
                     way it is about SMALLEST_BATCH followers or more, and the group-level finding
                     must be solid: every guard was run and none was found
    needs a look     something stands, but less than that; or a burst by a pack or an onboarding
                     list holds CROWD_SHARE of the followers; or the interval is too wide; or
                     nothing stands but that the creator does not post (family A)
    vetted           nothing stands, the creator posts, and enough was looked at, in one of two
                     ways (docs/decisions/0016-verdict.md):
        profiles     the test has Sp >= MIN_SP on >= MIN_LABELS labelled accounts here, and the
                     upper limit of the share is at most the cohort's 90th percentile, between
                     VETTED_FLOOR and CAP
        batches      no error rates, but every family of BATCH_WAY looked at a whole or fairly
                     sampled audience of >= MIN_SEEN followers; the sentence says that followers
                     were not judged one by one
    unknown          anything else, and always where no follower was seen

A finding *stands* when its family's own rule fires and no alternative explains it. Families A
(activity) and X (exchange) never count towards "looks inflated".

The rule reads sums over a creator's evidence rows. So what it says without one row is the same
rule on the sums less that row, and the stated effect of a reason cannot differ from a re-run.

CAP, FAMILIES_NEEDED, BLOCK_SHARE, BLOCK_P, MIN_SP, MIN_LABELS, MIN_SEEN: the method's section 9.
VETTED_FLOOR, ENGAGEMENT_ALONE, SMALLEST_BATCH, SMALLEST_SHARE, CROWD_SHARE, HELD_BY, GUARDS: our
own choice; see 0016. FOUND_OF_100: measured.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import polars as pl

from influencr.vetting.share._measure import BATCH_FAMILIES, combine
from influencr.vetting.verdict._ledger import (
    BESIDE,
    FAMILIES,
    GROUP_FAMILIES,
    is_explained,
    is_standing,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

__all__ = [
    "BATCH_WAY",
    "BLOCK_P",
    "BLOCK_SHARE",
    "CAP",
    "CODES",
    "CROWD_SHARE",
    "DESIGNS",
    "ENGAGEMENT_ALONE",
    "FAMILIES_NEEDED",
    "FOUND_OF_100",
    "GUARDS",
    "HELD_BY",
    "MIN_LABELS",
    "MIN_SEEN",
    "MIN_SP",
    "SMALLEST_BATCH",
    "SMALLEST_SHARE",
    "STATUS_OF",
    "VERSION",
    "VETTED_FLOOR",
    "Creators",
    "Sums",
    "apply",
    "found_of_100",
    "row_sums",
    "smallest_batch",
    "total",
]

VERSION: Final = "2"
#: Share above which an audience may look inflated, and at most which it may be vetted.
CAP: Final = 0.15
#: A clean instance's 90th percentile may be nearly 0; no limit is drawn below this.
VETTED_FLOOR: Final = 0.05
FAMILIES_NEEDED: Final = 2
BLOCK_SHARE: Final = 0.05
BLOCK_P: Final = 1e-6
MIN_SP: Final = 0.99
MIN_LABELS: Final = 200
MIN_SEEN: Final = 300
#: Engagement alone asks for a look from this p on. Its family fires for every twentieth creator by
#: its own definition (beyond the 2.5th and 97.5th percentile), which beside another sign means
#: something and alone would only mean that somebody is at the end of a list.
ENGAGEMENT_ALONE: Final = 0.01
#: Families that must have looked for "vetted" without error rates.
BATCH_WAY: Final = ("B", "C", "D", "G")
#: The smallest delivery that "vetted" speaks about, as followers and as a share of those seen, and
#: the fewest followers about whom anything "looks inflated": whoever got a handful of accounts
#: that nobody ordered is not to read more than that there are some.
SMALLEST_BATCH: Final = 30
SMALLEST_SHARE: Final = 0.03
#: Followers seen, at least -> deliveries of SMALLEST_SHARE found by the families of BATCH_WAY, of
#: 100 simulated ones. Measured: worlds that nobody had seen (docs/benchmarks/vetting.md, "Purchases
#: of 3 % or more found, by followers"), the worse of the two first runs (seeds 1001 to 1005 and
#: 2001 to 2003): .94 and .97, .99 and 1.00. Nothing is vetted below MIN_SEEN, where it is less.
FOUND_OF_100: Final[Mapping[int, int]] = {1_000: 98, MIN_SEEN: 94}
#: Family -> alternatives that do not explain its findings but keep them from carrying
#: "looks inflated".
HELD_BY: Final[Mapping[str, tuple[str, ...]]] = {
    "C": ("pack", "viral", "giveaway", "press"),
    "D": ("pack", "onboarding", "viral", "giveaway", "press", "migration"),
    "G": ("viral", "press", "migration"),
}
#: Family -> alternatives that must have been checked before it carries "looks inflated": those
#: that could explain it, as far as `crowds.explain` looks for them.
GUARDS: Final[Mapping[str, tuple[str, ...]]] = {
    "C": ("onboarding", "migration"),
    "D": (),
    "G": ("pack", "onboarding", "giveaway"),
}
#: A burst by a pack or an onboarding list with so many of the followers vets nobody: anybody can
#: send accounts that way, and who came is not told by how they came.
CROWD_SHARE: Final = CAP
_CLICKS: Final = ("pack", "onboarding")
#: How the followers seen were chosen; only the first two speak for the whole audience.
DESIGNS: Final = ("whole", "sample", "newest", "unknown")

#: What the rule concluded, finer than the status: the sentence depends on it.
STATUS_OF: Final[Mapping[str, str]] = {
    "inflated": "looks_inflated",
    "block": "looks_inflated",
    "signs": "needs_a_look",
    "sign": "needs_a_look",
    "exchange": "needs_a_look",
    "crowd": "needs_a_look",
    "wide": "needs_a_look",
    "silent_profiles": "needs_a_look",
    "silent_batches": "needs_a_look",
    "vetted_profiles": "vetted",
    "vetted_batches": "vetted",
    "no_followers": "unknown",
    "few": "unknown",
    "part": "unknown",
    "not_run": "unknown",
    "no_activity": "unknown",
}
CODES: Final = tuple(STATUS_OF)

_LETTERS: Final = tuple(FAMILIES)
# Columns of the sums: for each family rows, rows that stand, rows that are solid; then the rest.
_N: Final = len(_LETTERS)
_BLOCK, _OWN, _ALONE, _CROWD = (3 * _N + i for i in range(4))
_WIDTH: Final = 3 * _N + 4
_COUNTED: Final = [i for i, letter in enumerate(_LETTERS) if letter not in BESIDE]
_GROUP: Final = [_LETTERS.index(letter) for letter in GROUP_FAMILIES]
_E, _P, _X = (_LETTERS.index(letter) for letter in "EPX")


class Sums(NamedTuple):
    """What the rule reads of evidence rows, one line per row or per creator.

    counts   int64[lines, _WIDTH]
    creator  int64[lines], number of the creator
    """

    counts: NDArray[np.int64]
    creator: NDArray[np.int64]


class Creators(NamedTuple):
    """What the rule reads beside the evidence; arrays over creators.

    members, seen            followers in batches that stand; followers seen
    rest_point, rest_lo, rest_hi   share outside batches, NaN unknown
    n                        followers judged by profile
    tested                   the profile test is good enough to vet by (MIN_SP, MIN_LABELS)
    cohort_p90, cohort_p95   NaN where the cohort is too small
    active                   int8: 1 posts, 0 does not, -1 unknown
    fair                     what was seen speaks for the whole audience
    whole                    every follower was seen
    """

    members: NDArray[np.int64]
    seen: NDArray[np.int64]
    rest_point: NDArray[np.float64]
    rest_lo: NDArray[np.float64]
    rest_hi: NDArray[np.float64]
    n: NDArray[np.int64]
    tested: NDArray[np.bool_]
    cohort_p90: NDArray[np.float64]
    cohort_p95: NDArray[np.float64]
    active: NDArray[np.int8]
    fair: NDArray[np.bool_]
    whole: NDArray[np.bool_]

    def take(self, rows: NDArray[np.int64]) -> Creators:
        """The same of some creators."""
        return Creators(**{name: column[rows] for name, column in self._asdict().items()})


def smallest_batch(seen: int) -> int:
    """Followers in the smallest delivery that "vetted by batches" speaks about.

    >>> smallest_batch(400), smallest_batch(10_000)
    (30, 300)
    """
    return max(SMALLEST_BATCH, -int(-seen * SMALLEST_SHARE // 1))


def found_of_100(seen: int) -> int:
    """Of 100 simulated deliveries of `smallest_batch`, how many are found among so many followers.

    >>> found_of_100(400), found_of_100(10_000)
    (94, 98)
    """
    return next((n for least, n in FOUND_OF_100.items() if seen >= least), 0)


def row_sums(evidence: pl.DataFrame) -> Sums:
    """What each row of the ledger adds to the sums of its creator."""
    facts = evidence.select(
        "creator",
        "family",
        stands=is_standing(),
        solid=is_standing() & _guards_run() & ~_is_held(),
        crowd=(pl.col("family") == "B")
        & pl.col("fires")
        & is_explained()
        & (pl.col("share") >= CROWD_SHARE)
        & _by_click(),
        alone=is_standing() & (pl.col("p") <= ENGAGEMENT_ALONE).fill_null(value=True),
        block=(pl.col("family") == "G")
        & (pl.col("members") >= SMALLEST_BATCH)
        & (pl.col("share") >= BLOCK_SHARE)
        & (pl.col("p") < BLOCK_P),
    )
    letters = pl.Series(_LETTERS)
    codes = facts["family"].replace_strict(letters, pl.int_range(_N, eager=True)).to_numpy()
    n = len(evidence)
    counts = np.zeros((n, _WIDTH), dtype=np.int64)
    lines = np.arange(n)
    stands, solid = facts["stands"].to_numpy(), facts["solid"].to_numpy()
    counts[lines, codes] = 1
    counts[lines, _N + codes] = stands
    counts[lines, 2 * _N + codes] = solid
    counts[:, _BLOCK] = facts["block"].fill_null(value=False).to_numpy() & solid
    counts[:, _CROWD] = facts["crowd"].fill_null(value=False).to_numpy()
    counts[:, _ALONE] = facts["alone"].to_numpy() & (codes == _E)
    counts[:, _OWN] = _own_members(evidence, stands)
    return Sums(counts, facts["creator"].to_numpy())


def total(rows: Sums, n_creators: int) -> Sums:
    """The sums of every creator."""
    counts = np.zeros((n_creators, _WIDTH), dtype=np.int64)
    np.add.at(counts, rows.creator, rows.counts)
    return Sums(counts, np.arange(n_creators))


def apply(sums: Sums, creators: Creators, *, without: Sums | None = None) -> NDArray[np.int8]:
    """The conclusion of each line of `sums`, as a place in CODES.

    creators   of these lines
    without    one row to leave out of each line
    """
    counts = sums.counts if without is None else sums.counts - without.counts
    gone = 0 if without is None else without.counts[:, _OWN]
    c = creators
    ran, stands, solid = counts[:, :_N], counts[:, _N : 2 * _N], counts[:, 2 * _N : 3 * _N]
    # Without its ledger row the profile test was not looked at.
    rest = tuple(
        np.where(ran[:, _P] > 0, limit, np.nan) for limit in (c.rest_point, c.rest_lo, c.rest_hi)
    )
    _, lo, hi = combine((rest[0], rest[1], rest[2]), np.maximum(c.members - gone, 0), c.seen)
    bar = np.fmax(CAP, c.cohort_p95)
    ceiling = np.clip(np.nan_to_num(c.cohort_p90, nan=CAP), VETTED_FLOOR, CAP)
    families = (stands[:, _COUNTED] > 0).sum(axis=1)
    grouped = (solid[:, _GROUP] > 0).any(axis=1)
    exchange = stands[:, _X] > 0
    faint = (families == 1) & (stands[:, _E] > 0) & (counts[:, _ALONE] == 0)
    profiles = c.tested & ~np.isnan(hi) & ((c.n >= MIN_SEEN) | (c.whole & (c.n >= c.seen)))
    looked = (ran[:, [_LETTERS.index("C"), _LETTERS.index("G")]] > 0).any(axis=1)
    everything = (ran[:, [_LETTERS.index(letter) for letter in BATCH_WAY]] > 0).all(axis=1)
    batches = c.fair & (c.seen >= MIN_SEEN) & everything
    by_profiles = profiles & looked & (hi <= ceiling)
    with np.errstate(invalid="ignore"):
        conditions = {
            "block": counts[:, _BLOCK] > 0,
            "inflated": (lo > bar)
            & (lo * c.seen >= SMALLEST_BATCH)
            & (families >= FAMILIES_NEEDED)
            & grouped,
            "signs": families >= 2,
            "sign": (families == 1) & ~faint,
            "exchange": exchange,
            "crowd": counts[:, _CROWD] > 0,
            "no_followers": c.seen == 0,
            "wide": profiles & looked & ~by_profiles & (c.n >= MIN_SEEN),
            "no_activity": (by_profiles | batches) & (c.active < 0),
            "silent_profiles": by_profiles & (c.active == 0),
            "silent_batches": batches & (c.active == 0),
            "vetted_profiles": by_profiles & (c.active == 1),
            "vetted_batches": batches & (c.active == 1),
            "few": c.seen < MIN_SEEN,
            "part": ~c.fair,
        }
    found: NDArray[np.int8] = np.select(
        list(conditions.values()),
        [CODES.index(code) for code in conditions],
        default=CODES.index("not_run"),
    ).astype(np.int8)
    return found


def _guards_run() -> pl.Expr:
    """Every guard of the family was checked; families without guards never carry anything."""
    return pl.any_horizontal(
        (pl.col("family") == family)
        & pl.all_horizontal(
            pl.lit(value=True),
            *(
                pl.col("checked")
                .list.eval(
                    (pl.element().struct.field("alternative") == guard)
                    & (pl.element().struct.field("outcome") != "not checked")
                )
                .list.any()
                for guard in guards
            ),
        )
        for family, guards in GUARDS.items()
    )


def _by_click() -> pl.Expr:
    return (
        pl.col("checked")
        .list.eval(
            pl.element().struct.field("alternative").is_in(list(_CLICKS))
            & (pl.element().struct.field("outcome") == "found")
        )
        .list.any()
    )


def _is_held() -> pl.Expr:
    return pl.any_horizontal(
        (pl.col("family") == family)
        & pl.col("checked")
        .list.eval(
            pl.element().struct.field("alternative").is_in(list(causes))
            & (pl.element().struct.field("outcome") == "found")
        )
        .list.any()
        for family, causes in HELD_BY.items()
    )


def _own_members(evidence: pl.DataFrame, stands: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Followers that lie in this batch and in no other one of the creator's that stands."""
    own = np.zeros(len(evidence), dtype=np.int64)
    batches = (
        evidence.with_row_index("row")
        .filter(pl.Series(stands) & pl.col("family").is_in(BATCH_FAMILIES))
        .select("row", "creator", "members", "member_rows")
    )
    if batches.is_empty():
        return own
    unlisted = batches.filter(pl.col("member_rows").list.len() == 0)
    own[unlisted["row"].to_numpy()] = unlisted["members"].to_numpy()
    listed = (
        batches.filter(pl.col("member_rows").list.len() > 0)
        .select("row", "creator", pl.col("member_rows").list.unique())
        .explode("member_rows")
        .filter(pl.len().over("creator", "member_rows") == 1)
        .group_by("row")
        .len()
    )
    own[listed["row"].to_numpy()] = listed["len"].to_numpy()
    return own
