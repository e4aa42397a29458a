"""How many of the people reached are likely to see a post, and how many to respond?

**Seeing.** A follower sees a post with probability

    q = views of a post / followers,   views of a post = reactions of a post / reactions per view,

where posts with counts of views were seen (`influence`: engagement_median, engagement_per_view with
their intervals), at most 1. Where none were, the lower end is the share of followers who react to a
post, for who reacts has seen it; the likely value is not known and the upper end is 1.

**Several posts.** Of r posts at least one is seen with probability 1 - (1 - q)^r when each reaches
people anew (likely, best), and with q when it always reaches the same ones (worst).

**Several creators.** Somebody who follows some of the roster sees at least one of them with
probability 1 - prod (1 - q_i); summed over all people, that is how many see anything. A creator of
whom nothing is measured adds nobody to the worst number and all followers to the best, and the
likely one is then not known.

**Responding.** Distinct people who act on a post with effort, as measured (`influence`): likely is
the sum over the roster, worst and best are the sums of the ends of the intervals. They are per post
each, and a person who responds to two of the roster counts twice: who they are is not known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import numpy as np

from influencr.planning.roster import Instance

__all__ = ["Spread", "exposure", "responders", "seen_by"]


class Spread(msgspec.Struct, frozen=True):
    """A number as worst, likely and best; `likely` None where it is not known."""

    worst: float
    likely: float | None
    best: float


def exposure(creator: Mapping[str, Any], facts: Mapping[str, Any] | None) -> Spread | None:
    """Probability that a follower sees one post; None where nothing at all is measured.

    creator   a row of the index
    facts     their row of judged/influence.parquet
    """
    followers = creator.get("followers")
    if not followers or facts is None:
        return None
    reactions = _ends(facts, "engagement_median")
    per_view = _ends(facts, "engagement_per_view")
    if reactions is not None and per_view is not None and per_view[0] > 0:
        worst = reactions[0] / per_view[2] / followers
        likely = reactions[1] / per_view[1] / followers
        best = reactions[2] / per_view[0] / followers
        return Spread(min(1.0, worst), min(1.0, likely), min(1.0, best))
    share = facts.get("engagement_per_follower_low")
    if share is None:
        return None
    return Spread(max(0.0, min(1.0, float(share))), None, 1.0)


def _ends(facts: Mapping[str, Any], name: str) -> tuple[float, float, float] | None:
    values = [facts.get(f"{name}_low"), facts.get(name), facts.get(f"{name}_high")]
    if any(v is None for v in values):
        return None
    low, middle, high = (float(v) for v in values if v is not None)
    return low, middle, high


def responders(creator: Mapping[str, Any]) -> Spread | None:
    """Distinct people who act with effort on one post of a creator; None where not measured."""
    middle = creator.get("influence")
    if middle is None:
        return None
    low, high = creator.get("influence_low"), creator.get("influence_high")
    return Spread(
        float(middle if low is None else low),
        float(middle),
        float(middle if high is None else high),
    )


def seen_by(
    instance: Instance, rows: Sequence[int], seen: Sequence[Spread | None], posts: int
) -> Spread:
    """People who see at least one post of a roster.

    rows   its members in the instance
    seen   of each, the probability that a follower sees one post
    """
    ends = [
        [0.0 if s is None else s.worst for s in seen],
        [0.0 if s is None or s.likely is None else _again(s.likely, posts) for s in seen],
        [1.0 if s is None else _again(s.best, posts) for s in seen],
    ]
    worst, likely, best = (_expected(instance, rows, q) for q in ends)
    unknown = any(s is None or s.likely is None for s in seen)
    return Spread(worst, None if unknown else likely, best)


def _again(q: float, posts: int) -> float:
    return float(1.0 - (1.0 - q) ** posts)


def _expected(instance: Instance, rows: Sequence[int], q: Sequence[float]) -> float:
    missed = np.ones(len(instance.weight))
    for row, chance in zip(rows, q, strict=True):
        missed[instance.of(row)] *= 1.0 - chance
    return float((instance.weight * (1.0 - missed)).sum())
