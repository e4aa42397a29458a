"""From followers that a test calls to the share that looks bought, with an honest interval.

A test that calls 3 % of genuine followers finds bought ones at everybody. So the share called, p,
is corrected for the test's sensitivity Se and specificity Sp (Rogan and Gladen 1978),

    share = (p + Sp - 1) / (Se + Sp - 1),

and the interval follows Lang and Reiczigel (Preventive Veterinary Medicine 113, 2014), which
counts the error of Se and Sp as well, measured as they are on a few hundred labelled accounts:
Se' = (n_Se Se + 1) / (n_Se + 2), the same for Sp; n' = n + z^2, p' = (n p + z^2 / 2) / n'; the
share from these, moved by

    2 z^2 (Se' (1 - Se') share / (n_Se + 2) - Sp' (1 - Sp') (1 - share) / (n_Sp + 2)),

+- z standard errors from p', Se' and Sp' together. Four things are our own:

- **The whole audience.** Where a share f of all followers was looked at, the part of the variance
  that comes from drawing them, share (1 - share) J^2 / n' with J = Se' + Sp' - 1, counts only
  1 - f times; the test's own error stays.
- **Few labels.** The variances of Se and Sp are taken with one account of each kind added, as Lang
  and Reiczigel do, from 500 labels on, with half a one up to 200, and in between with a part: with
  200 labels and Sp .99 a whole one says half as much variance again as there is, and intervals
  cover 96 to 98 % instead of 95.
- **Weights.** With strata, p is the weighted share and n the number of followers of a simple
  sample of the same variance (Kish), each stratum's share drawn towards the whole by one follower
  so that an empty stratum has a variance.
- **The edge.** Near 0 and 1 limits come from `edge_interval`, and near 0 the lower one, which is
  the one that may accuse, from half a follower less than were called (one and a half where
  everybody was seen): few called followers are skewed, and without it a share of 0 was missed in
  6-8 % of simulated cases.

Below MIN_YOUDEN = Se + Sp - 1 = 0.3 a test says too little and no share is given (the method's
choice). MIN_FOLLOWERS: our own choice; tests/unit/vetting/share/test_corrected.py fixes it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np

from influencr.errors import UsageError
from influencr.records import BoughtShare
from influencr.vetting.share._edge import edge_interval, normal_quantile

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

__all__ = [
    "LEVEL",
    "MIN_FOLLOWERS",
    "MIN_YOUDEN",
    "VERSION",
    "Rates",
    "Stratum",
    "corrected",
    "corrected_many",
    "corrected_strata",
    "no_share",
    "sampled_share",
]

VERSION = "2"
LEVEL = 0.95
#: Se + Sp - 1 below which no share is shown.
MIN_YOUDEN = 0.3
#: Followers judged below which no share is shown: the interval would be wider than 50 points.
MIN_FOLLOWERS = 30


class Rates(Protocol):
    """Error rates of a test: what `followers.error_rates` gives.

    se, sp        sensitivity and specificity at the cut, 0..1; None: not known here
    n_se, n_sp    labelled bought and genuine accounts that they were measured on
    calibration   name of the labelled set; version of the model
    """

    @property
    def se(self) -> float | None: ...
    @property
    def sp(self) -> float | None: ...
    @property
    def n_se(self) -> int: ...
    @property
    def n_sp(self) -> int: ...
    @property
    def calibration(self) -> str: ...
    @property
    def version(self) -> str: ...


class Stratum(NamedTuple):
    """One part of an audience that was sampled at random.

    size      followers in it; n of them judged, flagged of these called
    """

    size: int
    n: int
    flagged: int


def corrected(
    flagged: int,
    n: int,
    rates: Rates | None,
    *,
    followers: int | None = None,
    level: float = LEVEL,
) -> BoughtShare:
    """The share that looks bought in a simple random sample.

    flagged     followers that the test called, of n that were judged
    rates       of the test, on this platform and language; None: not known here
    followers   of the whole audience, where known; looked at all of them, n = followers
    returns     a share with interval, or one that says why it cannot be told

    Raises UsageError for counts that cannot be.

    >>> from types import SimpleNamespace
    >>> rates = SimpleNamespace(
    ...     se=0.90, sp=0.97, n_se=500, n_sp=500, calibration="example", version="1"
    ... )
    >>> share = corrected(214, 1_240, rates)
    >>> [round(100 * x, 1) for x in (share.point, share.lo, share.hi)]
    [16.4, 13.4, 19.2]
    """
    if not 0 <= flagged <= n or (followers is not None and followers < n):
        raise UsageError(
            f"{flagged} called of {n} judged of {followers} followers is impossible.",
            field="flagged",
        )
    reason = _refusal(n, rates)
    if rates is None or reason:
        return no_share(reason, n=n, flagged=flagged, followers=followers, rates=rates)
    seen = 0.0 if not followers else n / followers
    point, lo, hi = corrected_many(
        flagged, n, *_measured(rates), rates.n_se, rates.n_sp, seen=seen, level=level
    )
    return sampled_share(
        (float(point), float(lo), float(hi)),
        n=n,
        flagged=flagged,
        followers=followers,
        rates=rates,
        level=level,
        method="lang-reiczigel",
    )


def corrected_strata(
    strata: list[Stratum], rates: Rates | None, *, level: float = LEVEL
) -> BoughtShare:
    """The share that looks bought in an audience sampled stratum by stratum, weighted back.

    strata   every part of the audience; a part in which nobody was judged is taken to be like the
             others, and the reason says so

    Raises UsageError for counts that cannot be.
    """
    if any(not 0 <= s.flagged <= s.n <= s.size for s in strata):
        raise UsageError("A stratum has called <= judged <= followers in it.", field="strata")
    followers = sum(s.size for s in strata)
    looked = [s for s in strata if s.n]
    n = sum(s.n for s in looked)
    reason = _refusal(n, rates)
    size = np.array([s.size for s in looked], dtype=np.float64)
    number = np.array([s.n for s in looked], dtype=np.float64)
    called = np.array([s.flagged for s in looked], dtype=np.float64)
    if rates is None or reason:
        return no_share(reason, n=n, flagged=int(called.sum()), followers=followers, rates=rates)
    weight = size / size.sum()
    share_called = float(weight @ (called / number))
    smooth = (called + share_called) / (number + 1)
    like = max(share_called, 0.5 / n) * (1 - min(share_called, 1 - 0.5 / n))
    spread = float((weight**2 / number) @ np.maximum(smooth * (1 - smooth), 0.25 * like))
    alike = like / spread
    # Drawing counts only for the part of each stratum that was not looked at.
    seen = float((weight**2 / number) @ (number / size)) / float((weight**2 / number).sum())
    point, lo, hi = corrected_many(
        share_called * alike,
        alike,
        *_measured(rates),
        rates.n_se,
        rates.n_sp,
        seen=seen,
        level=level,
    )
    return sampled_share(
        (float(point), float(lo), float(hi)),
        n=n,
        flagged=round(share_called * n),
        followers=followers,
        rates=rates,
        level=level,
        method="lang-reiczigel, weighted",
        unseen=sum(s.size for s in strata if not s.n),
    )


def corrected_many(
    flagged: ArrayLike,
    n: ArrayLike,
    se: ArrayLike,
    sp: ArrayLike,
    n_se: ArrayLike,
    n_sp: ArrayLike,
    *,
    seen: ArrayLike = 0.0,
    level: float = LEVEL,
) -> tuple[Floats, Floats, Floats]:
    """Point, lower and upper limit for many creators at once; arrays of one shape, or numbers.

    seen   n as a share of all followers, 0..1: 1 when everybody was looked at
    NaN where Se + Sp - 1 is below MIN_YOUDEN or nobody was judged. MIN_FOLLOWERS is the caller's.
    """
    x, k, sens, spec, ks, kp, f = np.broadcast_arrays(
        *(np.asarray(a, np.float64) for a in (flagged, n, se, sp, n_se, n_sp, seen))
    )
    z = normal_quantile(level)
    with np.errstate(divide="ignore", invalid="ignore"):
        usable = (sens + spec - 1 >= MIN_YOUDEN) & (k > 0)
        point = np.clip((x / k + spec - 1) / (sens + spec - 1), 0, 1)
        above = _estimate(x, k, sens, spec, ks, kp, f, z)
        # Half a follower less, one and a half where all were seen; nothing far from the edge.
        fade = np.clip((4 - above[0] / above[1]) / 1.8, 0, 1)
        fewer = np.maximum(x - fade * (0.5 + f), 0)
        below = _estimate(fewer, k, sens, spec, ks, kp, f, z)
    lo, _ = edge_interval(*(np.where(usable, a, np.nan) for a in below), level=level)
    _, hi = edge_interval(*(np.where(usable, a, np.nan) for a in above), level=level)
    point = np.where(usable, point, np.nan)
    # A point outside its own interval (possible at the very edge) would only confuse.
    return np.clip(point, lo, hi), lo, hi


def _estimate(
    x: Floats, k: Floats, se: Floats, sp: Floats, ks: Floats, kp: Floats, f: Floats, z: float
) -> tuple[Floats, Floats]:
    """Centre, not cut off at 0 and 1, and its standard error, after Lang and Reiczigel."""
    se1, sp1 = (ks * se + 1) / (ks + 2), (kp * sp + 1) / (kp + 2)
    n1 = k + z**2
    p1 = (x + z**2 / 2) / n1
    youden = se1 + sp1 - 1
    theta = (p1 + sp1 - 1) / youden
    v_se, v_sp = se1 * (1 - se1) / (ks + 2), sp1 * (1 - sp1) / (kp + 2)
    shift = 2 * z**2 * (v_se * theta - v_sp * (1 - theta))
    w_se, w_sp = _variance(se, ks), _variance(sp, kp)
    inside = np.clip(theta, 0, 1)
    drawing = f * inside * (1 - inside) * youden**2 / n1
    variance = p1 * (1 - p1) / n1 - drawing + w_se * theta**2 + w_sp * (1 - theta) ** 2
    return theta + shift, np.sqrt(np.maximum(variance, 0)) / youden


def _variance(rate: Floats, labels: Floats) -> Floats:
    """Of a rate measured on so many labelled accounts; never 0, not even for a rate of 1."""
    more = 0.5 + 0.5 * np.clip((labels - 200) / 300, 0, 1)
    near = (labels * rate + more) / (labels + 2 * more)
    out: Floats = near * (1 - near) / (labels + 2 * more)
    return out


def sampled_share(
    limits: tuple[float, float, float],
    *,
    n: int,
    flagged: int,
    followers: int | None,
    rates: Rates,
    method: str,
    level: float = LEVEL,
    unseen: int = 0,
) -> BoughtShare:
    """A share that could be told: point, lower and upper limit with where they come from."""
    point, lo, hi = limits
    of = f" of {followers:,} followers" if followers is not None else ""
    reason = (
        f"{flagged:,} of {n:,} judged{of} were called, corrected for the test's measured error "
        f"(sensitivity {rates.se:.2f}, specificity {rates.sp:.2f}, version {rates.version}, "
        f"calibrated on {rates.calibration})."
    )
    if unseen:
        reason += f" {unseen:,} followers lie in parts that nobody looked at; taken as the rest."
    return BoughtShare(
        point=point,
        lo=lo,
        hi=hi,
        level=level,
        members=0,
        rest_point=point,
        rest_lo=lo,
        rest_hi=hi,
        n=n,
        flagged=flagged,
        n_seen=n,
        followers=followers,
        whole=followers is not None and n >= followers,
        method=method,
        se=rates.se,
        sp=rates.sp,
        n_se=rates.n_se,
        n_sp=rates.n_sp,
        calibration=rates.calibration,
        model_version=rates.version,
        cohort_p90=None,
        cohort_p95=None,
        reason=reason,
    )


def no_share(
    reason: str,
    *,
    n: int = 0,
    flagged: int = 0,
    followers: int | None = None,
    rates: Rates | None = None,
) -> BoughtShare:
    """A share that cannot be told, with the reason."""
    return BoughtShare(
        point=None,
        lo=None,
        hi=None,
        level=LEVEL,
        members=0,
        rest_point=None,
        rest_lo=None,
        rest_hi=None,
        n=n,
        flagged=flagged,
        n_seen=n,
        followers=followers,
        whole=followers is not None and n >= followers,
        method="none",
        se=None if rates is None else rates.se,
        sp=None if rates is None else rates.sp,
        n_se=0 if rates is None else rates.n_se,
        n_sp=0 if rates is None else rates.n_sp,
        calibration=None if rates is None else rates.calibration,
        model_version=None if rates is None else rates.version,
        cohort_p90=None,
        cohort_p95=None,
        reason=reason,
    )


def _refusal(n: int, rates: Rates | None) -> str:
    """Why no share is given; empty when one is."""
    if rates is None or rates.se is None or rates.sp is None:
        return "Not told: the test's error rates are not known for this platform and language."
    if rates.se + rates.sp - 1 < MIN_YOUDEN:
        return (
            f"Not told: at sensitivity {rates.se:.2f} and specificity {rates.sp:.2f} the test "
            "says too little here."
        )
    if n < MIN_FOLLOWERS:
        return f"Not told: {n} followers were judged, {MIN_FOLLOWERS} are needed."
    return ""


def _measured(rates: Rates) -> tuple[float, float]:
    if rates.se is None or rates.sp is None:
        raise UsageError("These error rates are not known; a share needs known ones.")
    return rates.se, rates.sp
