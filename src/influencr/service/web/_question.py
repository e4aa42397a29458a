"""Address parameters to a query."""

from __future__ import annotations

from influencr.errors import UnknownValue, UsageError
from influencr.search import Query

_INT = {"followers_min", "followers_max", "active_within_days", "limit"}
_FLOAT = {"engagement_min", "engagement_max", "posts_per_week_min", "within_km"}
_BOOL = {"everything", "include_region_level", "funnel"}
_MANY = {
    "country",
    "region",
    "platform",
    "language",
    "topic",
    "verdict",
    "label",
    "activity",
    "exclude",
    "facets",
}


def query_from_params(params):
    known = set(Query.__struct_fields__)
    out = {}
    for k, vs in params.items():
        if k not in known:
            raise UnknownValue("parameter", k, known)
        try:
            if k in _MANY:
                out[k] = tuple(vs)
            elif k in _INT:
                out[k] = int(vs[0])
            elif k in _FLOAT:
                out[k] = float(vs[0])
            elif k in _BOOL:
                out[k] = vs[0] in ("1", "true")
            else:
                out[k] = vs[0]
        except ValueError:
            raise UsageError(f"{k}: {vs[0]!r} is not a number.", field=k)
    return Query(**out)
