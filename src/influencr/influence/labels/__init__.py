"""Is this a celebrity, a public figure, a brand, an automated account, a group, or a creator?

From what the profile says of itself, what the platform says of it, its habits, its audience's
topics, and, where the operator brings one, a file of who is known off the platform. Size is a prior
and never the reason; a person who says nothing and whom nothing tells stays "unknown". No list of
names of known people stands here. See docs/algorithms/labels.md.
"""

from influencr.influence.labels._diffusion import audience_diffusion
from influencr.influence.labels._judge import (
    LABELS,
    METHOD,
    VERSION,
    Context,
    judge,
    reasons_dtype,
)
from influencr.influence.labels._notability import NOTABILITY_COLUMNS, read_notability

__all__ = [
    "LABELS",
    "METHOD",
    "NOTABILITY_COLUMNS",
    "VERSION",
    "Context",
    "audience_diffusion",
    "judge",
    "read_notability",
    "reasons_dtype",
]
