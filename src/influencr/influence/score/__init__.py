"""Whom do followers act for? The influence score and its parts.

    context = score.fit(creators, posts, acts, as_of=...)      once per home
    score.judge(creators, posts, acts, as_of=..., context=context)

Influence is the expected number of different accounts, not flagged, that make an effortful act
(repost, quote, a reply with something in it) on a post. Reach is no input: followers are the axis
along which creators are compared, and a divisor. docs/algorithms/influence.md tells how.
"""

from influencr.influence.score._context import Context
from influencr.influence.score._fit import fit
from influencr.influence.score._judge import MIN_POSTS, judge
from influencr.influence.score._parts import METHOD, PARTS, RESULT_SCHEMA, VERSION
from influencr.influence.score._posts import PER_POST_SCHEMA, per_post
from influencr.influence.score._shared import SHARED_HOURS, shared_with
from influencr.influence.score._told import HORIZON_DAYS

__all__ = [
    "HORIZON_DAYS",
    "METHOD",
    "MIN_POSTS",
    "PARTS",
    "PER_POST_SCHEMA",
    "RESULT_SCHEMA",
    "SHARED_HOURS",
    "VERSION",
    "Context",
    "fit",
    "judge",
    "per_post",
    "shared_with",
]
