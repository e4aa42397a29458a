"""The share of every creator of an audience at once, batches counted as batches.

Followers inside a batch that stands unexplained (families C and G) look bought as a group, whatever
each profile looks like; judged one by one the good ones among them would be called genuine. So they
are counted, and the profile test is asked about the rest only:

    share = m + (1 - m) rest        with m = members / followers seen
    lower = (1 - BATCH_ERROR) m + (1 - m) rest_lower
    upper = (1 + BATCH_ERROR) m + (1 - m) rest_upper, at most 1

The rest is told by probabilities (`by_scores`) where those of labelled accounts are known bin by
bin, else by a count at the cut. Whether the test says enough to tell a share at all is decided at
the cut for both (MIN_YOUDEN): a test too weak there is not trusted to rank either.

Where the profile test has no known error rates only the lower limit (1 - BATCH_ERROR) m can be
told ("at least"), and where there is no batch either, nothing.

Beside it the same test over all followers judged, batch or not, gives the columns `profile_*`:
what family P says on its own, so that a batch that P sees too counts as two families and not one.

BATCH_ERROR = 0.1: the size of a batch is right within 10 % (what vetting promises and the
benchmark on unseen worlds measures). MIN_COHORT: our own choice, the method's "cohorts below 200
are too small".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol

import msgspec
import numpy as np
import polars as pl

from influencr.records import BoughtShare
from influencr.vetting.share._corrected import (
    LEVEL,
    MIN_FOLLOWERS,
    MIN_YOUDEN,
    Rates,
    corrected_many,
)
from influencr.vetting.share._scores import Calibration, bins_of, by_scores_many
from influencr.vetting.verdict._ledger import EVIDENCE_SCHEMA, is_standing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from influencr.vetting._audience import Audience

    Floats = NDArray[np.float64]

__all__ = [
    "BATCH_ERROR",
    "BATCH_FAMILIES",
    "MIN_COHORT",
    "PROFILE_STATISTIC",
    "SHARES_SCHEMA",
    "CutRates",
    "combine",
    "complete",
    "measure",
]

BATCH_ERROR: Final = 0.10
#: Families whose unexplained findings are batches of followers.
BATCH_FAMILIES: Final = ("C", "G")
#: Creators with a share below which a cohort has no percentiles.
MIN_COHORT: Final = 200
#: Name of the number in the ledger's rows of family P.
PROFILE_STATISTIC: Final = "share_by_profiles"

_KINDS: Final = {float: pl.Float64(), int: pl.Int64(), str: pl.String(), bool: pl.Boolean()}

_LIMITS: Final = tuple(
    f"{part}{limit}" for part in ("", "rest_", "profile_") for limit in ("point", "lo", "hi")
)


def _columns() -> dict[str, pl.DataType]:
    found: dict[str, pl.DataType] = {}
    for field in msgspec.structs.fields(BoughtShare):
        arms = [a for a in getattr(field.type, "__args__", (field.type,)) if a is not type(None)]
        found[field.name] = _KINDS[arms[0]]
    return found


#: One row per creator: `creator` (row of the audience), the fields of `BoughtShare`, and what the
#: profile test says of all followers judged, batches included.
SHARES_SCHEMA: Final[dict[str, pl.DataType]] = {
    "creator": pl.Int64(),
    **_columns(),
    "profile_point": pl.Float64(),
    "profile_lo": pl.Float64(),
    "profile_hi": pl.Float64(),
    "profile_n": pl.Int64(),
    "profile_flagged": pl.Int64(),
}


class Binned(Protocol):
    """Probabilities of labelled accounts by bin: inner edges, rising, and counts of each class."""

    @property
    def edges(self) -> Sequence[float]: ...
    @property
    def bought(self) -> Sequence[int]: ...
    @property
    def genuine(self) -> Sequence[int]: ...


class CutRates(Rates, Protocol):
    """Error rates with the cut that they hold for: p at least `cut` is called.

    An attribute `scores` (Binned, or None), where there is one, lets shares be told by
    probabilities.
    """

    @property
    def cut(self) -> float: ...


def measure(
    audience: Audience,
    evidence: pl.DataFrame,
    rates_of: Callable[[str, str | None], CutRates | None],
) -> pl.DataFrame:
    """The share of each creator of the audience, in its order: SHARES_SCHEMA without cohorts.

    evidence   the ledger of these creators with the other explanations already in `checked`
    rates_of   (platform, language) -> error rates of the probabilities in `accounts.p` there, or
               None where they are not known
    """
    n_creators = len(audience.creators)
    owner = np.repeat(np.arange(n_creators), audience.seen)
    batch, unlisted = _batches(audience, evidence)
    members = np.bincount(owner[batch], minlength=n_creators) + unlisted
    members = np.minimum(members, audience.seen)
    facts, labelled = _rates(audience.creators, rates_of)
    p = audience.accounts.p[audience.who]
    judged = ~np.isnan(p)
    with np.errstate(invalid="ignore"):
        called = judged & (p >= facts["cut"].to_numpy()[owner])
    counts = {
        name: np.bincount(owner[mask], minlength=n_creators)
        for name, mask in (
            ("n", judged & ~batch),
            ("flagged", called & ~batch),
            ("profile_n", judged),
            ("profile_flagged", called),
        )
    }
    seen = audience.seen
    shown = audience.creators["followers"].cast(pl.Int64)
    all_of_them = np.maximum(shown.fill_null(0).to_numpy(), seen)
    known = shown.is_not_null().to_numpy()
    rest = _corrected(counts["n"], counts["flagged"], facts, all_of_them - members, known)
    profile = _corrected(counts["profile_n"], counts["profile_flagged"], facts, all_of_them, known)
    scored = np.zeros(n_creators, dtype=bool)
    for number, calibration in enumerate(labelled):
        here = facts["labelled"].eq_missing(number).to_numpy()
        mine = here[owner] & judged
        outside = mine & ~batch
        scored |= _by_scores(
            rest, p[outside], owner[outside], here, calibration, all_of_them - members, known
        )
        _by_scores(profile, p[mine], owner[mine], here, calibration, all_of_them, known)
    point, lo, hi = combine(rest, members, seen)
    frame = facts.with_columns(
        creator=pl.int_range(n_creators, dtype=pl.Int64),
        level=pl.lit(LEVEL),
        members=pl.Series(members),
        n_seen=pl.Series(seen),
        followers=shown,
        whole=pl.Series(known & (seen >= all_of_them)),
        cohort_p90=pl.lit(None, pl.Float64),
        cohort_p95=pl.lit(None, pl.Float64),
        **{name: pl.Series(values) for name, values in counts.items()},
        **{
            name: pl.Series(values).fill_nan(None)
            for name, values in zip(
                _LIMITS,
                (point, lo, hi, *rest, *profile),
                strict=True,
            )
        },
    )
    frame = frame.with_columns(
        method=pl.when(pl.col("rest_point").is_null())
        .then(pl.lit("none"))
        .when(pl.Series(scored))
        .then(pl.lit("by-scores"))
        .otherwise(pl.lit("lang-reiczigel"))
    )
    return frame.with_columns(reason=_reason()).select(
        pl.col(name).cast(kind) for name, kind in SHARES_SCHEMA.items()
    )


def combine(
    rest: tuple[Floats, Floats, Floats], members: NDArray[np.int64], seen: NDArray[np.int64]
) -> tuple[Floats, Floats, Floats]:
    """Point, lower and upper limit of the whole share; NaN where it cannot be told.

    rest      point, lower and upper limit among followers outside batches, NaN unknown
    members   followers inside batches, of `seen`

    >>> nothing = tuple(np.array([np.nan]) for _ in range(3))
    >>> [round(x.item(), 3) for x in combine(nothing, np.array([100]), np.array([1_000]))]
    [nan, 0.09, nan]
    """
    m = members / np.maximum(seen, 1)
    point, lo, hi = rest
    least = np.where(m > 0, (1 - BATCH_ERROR) * m, np.nan)
    return (
        m + (1 - m) * point,
        np.where(np.isnan(lo), least, (1 - BATCH_ERROR) * m + (1 - m) * lo),
        np.minimum(1.0, (1 + BATCH_ERROR) * m + (1 - m) * hi),
    )


def complete(
    shares: pl.DataFrame, creators: pl.DataFrame, *, cap: float
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Shares with the percentiles of their cohorts, and the ledger rows of family P.

    shares     SHARES_SCHEMA of all creators of the instance
    creators   `creator, platform, language`; the cohort is everybody of the same platform and
               language, where MIN_COHORT of them have a share, else of the platform
    cap        family P fires where its lower limit is above both this and the cohort's 95th
               percentile
    """
    who = shares.select("creator", "profile_point").join(
        creators.select("creator", "platform", "language"), on="creator", how="left"
    )
    enough = pl.col("profile_point").count() >= MIN_COHORT

    def percentile(q: float) -> pl.Expr:
        value = pl.col("profile_point").quantile(q, "linear")
        narrow = pl.when(enough).then(value).over("platform", "language")
        return pl.coalesce(narrow, pl.when(enough).then(value).over("platform"))

    cohort = who.select("creator", cohort_p90=percentile(0.90), cohort_p95=percentile(0.95))
    full = (
        shares.drop("cohort_p90", "cohort_p95")
        .join(cohort, on="creator", how="left", maintain_order="left")
        .select(list(SHARES_SCHEMA))
    )
    limit = pl.max_horizontal(pl.lit(cap), pl.col("cohort_p95"))
    rows = full.filter(pl.col("profile_point").is_not_null()).select(
        "creator",
        family=pl.lit("P"),
        statistic=pl.lit(PROFILE_STATISTIC),
        value="profile_point",
        p=pl.lit(None),
        q=pl.lit(None),
        from_at=pl.lit(None),
        to_at=pl.lit(None),
        members="profile_flagged",
        member_rows=pl.lit([], pl.List(pl.Int32)),
        share=pl.col("profile_flagged") / pl.col("profile_n"),
        fires=pl.col("profile_lo") > limit,
        chart=pl.concat_str(
            pl.lit('{"lo":'),
            pl.col("profile_lo").round(4),
            pl.lit(',"hi":'),
            pl.col("profile_hi").round(4),
            pl.lit(',"n":'),
            pl.col("profile_n"),
            pl.lit(',"limit":'),
            limit.round(4),
            pl.lit("}"),
        ),
        checked=pl.lit([], EVIDENCE_SCHEMA["checked"]),
        version=pl.coalesce("model_version", pl.lit("")),
    )
    return full, rows.select(pl.col(name).cast(kind) for name, kind in EVIDENCE_SCHEMA.items())


def _batches(
    audience: Audience, evidence: pl.DataFrame
) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Which follows lie in a batch that stands, and members of batches that list nobody."""
    batch = np.zeros(len(audience.who), dtype=bool)
    unlisted = np.zeros(len(audience.creators), dtype=np.int64)
    standing = evidence.filter(pl.col("family").is_in(BATCH_FAMILIES) & is_standing())
    if standing.is_empty():
        return batch, unlisted
    listed = standing.filter(pl.col("member_rows").list.len() > 0)
    places = listed.select("creator", "member_rows").explode("member_rows")
    rows = audience.starts[places["creator"].to_numpy()] + places["member_rows"].to_numpy()
    batch[rows] = True
    for creator, members in (
        standing.filter(pl.col("member_rows").list.len() == 0)
        .group_by("creator")
        .agg(pl.col("members").sum())
        .iter_rows()
    ):
        unlisted[creator] = members
    return batch, unlisted


def _rates(
    creators: pl.DataFrame, rates_of: Callable[[str, str | None], CutRates | None]
) -> tuple[pl.DataFrame, list[Calibration]]:
    """What is known of the test per creator, null where it is not, and calibrations by number.

    returns   cut, se, sp, n_se, n_sp, calibration, model_version, labelled (number of the
              calibration), and the calibrations
    """
    groups = creators.select("platform", "language")
    rows: list[tuple[Any, ...]] = []
    labelled: list[Calibration] = []
    for platform, language in groups.unique(maintain_order=True).iter_rows():
        rates = rates_of(platform, language)
        if rates is None or rates.se is None or rates.sp is None:
            rows.append((platform, language, None, None, None, 0, 0, None, None, None))
            continue
        scores: Binned | None = getattr(rates, "scores", None)
        number = None
        if scores is not None:
            number = len(labelled)
            edges, bought, genuine = (
                np.asarray(part) for part in (scores.edges, scores.bought, scores.genuine)
            )
            labelled.append(Calibration(edges, bought, genuine, rates.calibration, rates.version))
        facts = (float(rates.cut), float(rates.se), float(rates.sp))
        sizes = (int(rates.n_se), int(rates.n_sp))
        rows.append((platform, language, *facts, *sizes, rates.calibration, rates.version, number))
    table = pl.DataFrame(
        rows,
        schema={
            "platform": groups.schema["platform"],
            "language": groups.schema["language"],
            **{name: pl.Float64() for name in ("cut", "se", "sp")},
            **{name: pl.Int64() for name in ("n_se", "n_sp")},
            **{name: pl.String() for name in ("calibration", "model_version")},
            "labelled": pl.Int64(),
        },
        orient="row",
    )
    facts_of = groups.join(
        table, on=["platform", "language"], how="left", nulls_equal=True, maintain_order="left"
    )
    return facts_of, labelled


def _by_scores(
    told: tuple[Floats, Floats, Floats],
    p: NDArray[np.float32],
    owner: NDArray[np.int64],
    here: NDArray[np.bool_],
    calibration: Calibration,
    followers: NDArray[np.int64],
    known: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """Puts shares by probabilities in the place of those by a count, where these could be told.

    told        point, lower and upper limit by creator; changed in place
    p, owner    probabilities of followers judged, and their creators
    here        creators whom the calibration is for
    followers   of each creator that the share is of, where `known`
    returns     creators whose share was changed
    """
    bins = len(calibration.bought)
    rows = np.flatnonzero(here & ~np.isnan(told[0]))
    place = owner * bins + bins_of(p.astype(np.float64), calibration)
    found = np.bincount(place, minlength=len(here) * bins).reshape(len(here), bins)[rows]
    n = found.sum(axis=1)
    seen = np.where(known[rows], n / np.maximum(followers[rows], 1), 0.0)
    shares = by_scores_many(found, n, calibration, seen=np.minimum(seen, 1.0))
    usable = ~np.isnan(shares[0])
    changed = np.zeros(len(here), dtype=bool)
    changed[rows[usable]] = True
    for old, new in zip(told, shares, strict=True):
        old[rows[usable]] = new[usable]
    return changed


def _corrected(
    n: NDArray[np.int64],
    flagged: NDArray[np.int64],
    facts: pl.DataFrame,
    followers: NDArray[np.int64],
    known: NDArray[np.bool_],
) -> tuple[Floats, Floats, Floats]:
    se, sp = facts["se"].to_numpy(), facts["sp"].to_numpy()
    seen = np.where(known, n / np.maximum(followers, 1), 0.0)
    usable = n >= MIN_FOLLOWERS
    found = corrected_many(
        flagged,
        n,
        se,
        sp,
        facts["n_se"].to_numpy(),
        facts["n_sp"].to_numpy(),
        seen=np.minimum(seen, 1.0),
    )
    point, lo, hi = (np.where(usable, values, np.nan) for values in found)
    return point, lo, hi


def _reason() -> pl.Expr:
    """What the numbers are, or why there are none."""
    youden = pl.col("se") + pl.col("sp") - 1
    called = pl.format(
        "{} of {} followers judged by their profile were called, corrected for the test's "
        "measured error (sensitivity {}, specificity {}, version {}, calibrated on {}).",
        "flagged",
        "n",
        pl.col("se").round(2),
        pl.col("sp").round(2),
        "model_version",
        "calibration",
    )
    scored = pl.format(
        "The probabilities of {} followers, put right by those of {} bought and {} genuine "
        "accounts (version {}, calibrated on {}); {} were called at the cut.",
        "n",
        "n_se",
        "n_sp",
        "model_version",
        "calibration",
        "flagged",
    )
    rest = (
        pl.when(pl.col("se").is_null())
        .then(
            pl.lit("Not told: the test's error rates are not known for this platform and language.")
        )
        .when(youden < MIN_YOUDEN)
        .then(
            pl.format(
                "Not told: at sensitivity {} and specificity {} the test says too little here.",
                pl.col("se").round(2),
                pl.col("sp").round(2),
            )
        )
        .when(pl.col("n") < MIN_FOLLOWERS)
        .then(
            pl.format(
                f"Not told: {{}} followers were judged, {MIN_FOLLOWERS} are needed.", pl.col("n")
            )
        )
        .when(pl.col("method") == "by-scores")
        .then(scored)
        .otherwise(called)
    )
    batches = (
        pl.when(pl.col("members") > 0)
        .then(pl.format("{} of {} seen lie in batches. The rest: ", "members", "n_seen"))
        .otherwise(pl.lit(""))
    )
    return pl.concat_str(batches, rest)
