"""What a file says of each result: row, score and distance, for millions without reading a text.

A hit carries its reasons, for which all that a creator says is cut into words again: a millisecond.
The index works out the same score from its own arrays, exactly (`testing.check_index`,
`tests/property/test_search_oracle`), so a file takes it from there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import batched
from typing import Any

from influencr.index import ACTIVITY_FACTORS, UNKNOWN, Entry, Snapshot, quality_512
from influencr.search._plan import Plan, attended

__all__ = ["told"]

#: Creators whose worth is asked of the index at once. Own choice.
_AT_ONCE = 500
_QUALITY_UNIT = 512


def told(
    plan: Plan, snapshot: Snapshot, entries: Iterable[Entry]
) -> Iterator[tuple[dict[str, Any], float, float | None]]:
    """(row, score, distance in km) of each entry, in the order in which they come."""
    edges, place = snapshot.info.edges, plan.place
    scored = None if plan.is_plain else plan.scored()
    for some in batched(entries, _AT_ONCE):
        worths: dict[str, float] = {}
        if scored is not None:
            worths = snapshot.scores(scored, [entry.profile_id for entry in some])
        for entry in some:
            row = entry.creator
            activity = ACTIVITY_FACTORS.get(row["activity_state"] or UNKNOWN)
            quality = quality_512(
                ACTIVITY_FACTORS[UNKNOWN] if activity is None else activity,
                attended(row, edges).factor,
            )
            yield (
                row,
                worths.get(entry.profile_id, 1.0) * quality / _QUALITY_UNIT,
                None if place is None else place.distance(row),
            )
