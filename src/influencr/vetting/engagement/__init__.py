"""Is the engagement what creators like this one have, and do the comments look like talk?

fit, residuals    percentile inside platform, size, language and topic, by continuous curves
comment_quality   how many replies say nothing, how few people they come from, who answers whom
empty_texts       which replies say nothing, one by one
reciprocity       does it follow back more than creators of its size (family X)
evidence          the first two as rows of the ledger (family E), with a chart
"""

from influencr.vetting.engagement._comments import (
    COMMENT_SCHEMA,
    COPIED_AT,
    comment_quality,
    empty_texts,
)
from influencr.vetting.engagement._ledger import evidence
from influencr.vetting.engagement._reciprocity import FOLLOWED_BACK, reciprocity
from influencr.vetting.engagement._residuals import (
    HIGH,
    LOW,
    MEANINGS,
    METHOD,
    RESIDUAL_SCHEMA,
    VERSION,
    Curves,
    fit,
    residuals,
)

__all__ = [
    "COMMENT_SCHEMA",
    "COPIED_AT",
    "FOLLOWED_BACK",
    "HIGH",
    "LOW",
    "MEANINGS",
    "METHOD",
    "RESIDUAL_SCHEMA",
    "VERSION",
    "Curves",
    "comment_quality",
    "empty_texts",
    "evidence",
    "fit",
    "reciprocity",
    "residuals",
]
