"""Which creators answer the question, in which order, and why?"""

from influencr.search._lens import Lens
from influencr.search._lenses import Lenses
from influencr.search._located import Located
from influencr.search._make import (
    CHOICES,
    MAX_LIMIT,
    make_query,
    query_from_params,
    query_to_params,
)
from influencr.search._places import Geography, place_choice
from influencr.search._plan import ordinal
from influencr.search._query import (
    ACTIVITY_STATES,
    FACETS,
    FINDINGS,
    GROWTH_MONTHS,
    HISTOGRAMS,
    LABELS,
    SIMILAR_BY,
    SORTS,
    VERDICTS,
    Query,
)
from influencr.search._results import (
    Compared,
    Explained,
    FacetValue,
    FilterCheck,
    FunnelStep,
    Histogram,
    Hit,
    Loosening,
    Match,
    PartRatio,
    PiecePoints,
    PlaceChoice,
    PlaceOffer,
    Results,
    WayFound,
)
from influencr.search._saved import Beyond, Gone, News, SavedSearch, SavedSearches
from influencr.search._searcher import Searcher
from influencr.search._similar import Sharing, Similar
from influencr.search._suggest import PlaceSuggestion
from influencr.search._whereabouts import Coarse, NamedPlace, PlaceCount, Whereabouts

__all__ = [
    "ACTIVITY_STATES",
    "CHOICES",
    "FACETS",
    "FINDINGS",
    "GROWTH_MONTHS",
    "HISTOGRAMS",
    "LABELS",
    "MAX_LIMIT",
    "SIMILAR_BY",
    "SORTS",
    "VERDICTS",
    "Beyond",
    "Coarse",
    "Compared",
    "Explained",
    "FacetValue",
    "FilterCheck",
    "FunnelStep",
    "Geography",
    "Gone",
    "Histogram",
    "Hit",
    "Lens",
    "Lenses",
    "Located",
    "Loosening",
    "Match",
    "NamedPlace",
    "News",
    "PartRatio",
    "PiecePoints",
    "PlaceChoice",
    "PlaceCount",
    "PlaceOffer",
    "PlaceSuggestion",
    "Query",
    "Results",
    "SavedSearch",
    "SavedSearches",
    "Searcher",
    "Sharing",
    "Similar",
    "WayFound",
    "Whereabouts",
    "make_query",
    "ordinal",
    "place_choice",
    "query_from_params",
    "query_to_params",
]
