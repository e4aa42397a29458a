"""Facets: for each value, how many results there would be with it. Exact, every value.

A facet's own filter is left out while its values are counted, so the numbers beside "TikTok" and
"Instagram" both say what choosing them gives, whichever is chosen now (OR inside a filter, AND
across). Values that were chosen stay in the list when they have no result.
"""

from __future__ import annotations

from influencr.index import UNKNOWN, Node, Snapshot
from influencr.search._places import PlaceReader
from influencr.search._plan import FACET_FIELDS, Plan
from influencr.search._results import FacetValue

__all__ = ["count_facets"]


def count_facets(
    plan: Plan, snapshot: Snapshot, places: PlaceReader
) -> dict[str, tuple[FacetValue, ...]]:
    """The facets of plan.query.facets, in its order; values by falling count, unknown last."""
    # Facets whose filters leave the same creators are counted in one pass.
    passes: dict[Node, list[str]] = {}
    for facet in plan.query.facets:
        if facet in FACET_FIELDS:
            passes.setdefault(plan.node(without=(facet,)), []).append(facet)
    counts: dict[str, dict[str, int]] = {}
    for node, facets in passes.items():
        found = snapshot.values(node, [FACET_FIELDS[f] for f in facets])
        for facet in facets:
            counts[facet] = found[FACET_FIELDS[facet]]
    answer: dict[str, tuple[FacetValue, ...]] = {}
    for facet in plan.query.facets:
        if facet == "size":
            answer[facet] = _sizes(plan, snapshot)
        else:
            answer[facet] = _values(plan, facet, counts[facet], places)
    return answer


def _chosen(plan: Plan, facet: str, places: PlaceReader) -> tuple[str, ...]:
    asked: tuple[str, ...] = getattr(plan.query, facet)
    if facet == "country":
        return tuple(c if c == UNKNOWN else places.country(c) for c in asked)
    return asked


def _values(
    plan: Plan, facet: str, counts: dict[str, int], places: PlaceReader
) -> tuple[FacetValue, ...]:
    chosen = _chosen(plan, facet, places)
    every = {**dict.fromkeys(chosen, 0), **counts}

    def label(value: str) -> str:
        if facet == "country" and value != UNKNOWN:
            return places.country_label(value)
        return value.replace("_", " ")

    values = [
        FacetValue(value=v, label=label(v), count=n, chosen=v in chosen) for v, n in every.items()
    ]
    values.sort(key=lambda v: (v.value == UNKNOWN, -v.count, v.value))
    return tuple(values)


def _sizes(plan: Plan, snapshot: Snapshot) -> tuple[FacetValue, ...]:
    """Bands of followers: value "1000-9999", open at the end "1000000-", and "unknown"."""
    edges = plan.query.size_bands
    bands = snapshot.bands(plan.node(without=("followers",)), "followers", edges)
    asked = (plan.query.followers_min, plan.query.followers_max)
    starts = (0, *edges)
    values: list[FacetValue] = []
    for i, start in enumerate(starts):
        last = starts[i + 1] - 1 if i + 1 < len(starts) else None
        values.append(
            FacetValue(
                value=f"{start}-{'' if last is None else last}",
                label=f"{start:,} and more" if last is None else f"{start:,} to {last:,}",
                count=bands[i + 1],
                chosen=asked in ((start, last), (start or None, last)) and asked != (None, None),
            )
        )
    values.append(FacetValue(value=UNKNOWN, label="unknown", count=bands[0]))
    return tuple(values)
