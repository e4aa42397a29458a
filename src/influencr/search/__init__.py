"""Which creators answer the question, in which order, and why?"""

from influencr.search._query import ACTIVITY_STATES, FACETS, LABELS, SORTS, VERDICTS, Query
from influencr.search._results import (
    FacetValue,
    FunnelStep,
    Hit,
    Loosening,
    Match,
    PlaceChoice,
    Results,
)

__all__ = [
    "ACTIVITY_STATES",
    "FACETS",
    "LABELS",
    "SORTS",
    "VERDICTS",
    "FacetValue",
    "FunnelStep",
    "Hit",
    "Loosening",
    "Match",
    "PlaceChoice",
    "Query",
    "Results",
]
