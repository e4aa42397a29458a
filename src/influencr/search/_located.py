"""Where the creators of one generation are: every point that occurs, and how many per place.

A radius is the set of points within it by great circle, over the points of this generation only:
some thousand where the gazetteer has hundreds of thousands. A country or region whose points all
lie inside is named as a whole, so that even half the Earth is a short list of exact values. Points
are the creators' own coordinates where they gave any, so nobody is found by their nearest town.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from influencr.index import UNKNOWN, Anyone, Snapshot

if TYPE_CHECKING:
    import numpy as np

__all__ = ["FIELDS", "Located"]

#: Index fields that say where somebody is, in the order in which they are read here.
FIELDS = ("place", "country", "admin1", "point")


class Located:
    """What one snapshot holds about places; made once per generation.

    held       values of the index fields FIELDS with their counts; {} where nobody is
    places     gazetteer id -> creators whose place it is exactly
    countries, regions   code -> creators in it, however closely known
    """

    def __init__(self, held: Mapping[str, Mapping[Any, int]]) -> None:
        import numpy as np

        places, countries, regions, tokens = (held.get(field, {}) for field in FIELDS)
        self.places: Mapping[int, int] = {int(i): n for i, n in places.items()}
        self.countries = {c: n for c, n in countries.items() if c != UNKNOWN}
        self.regions = {c: n for c, n in regions.items() if c != UNKNOWN}
        points = sorted(token for token in tokens if token.count("/") == 2)
        self._tokens = points
        pairs = [token.rpartition("/")[2].partition(",") for token in points]
        self._lats = np.array([float(lat) for lat, _, _ in pairs], dtype=np.float64)
        self._lons = np.array([float(lon) for _, _, lon in pairs], dtype=np.float64)
        self._region_names, self._region_of = _grouped([t.rpartition("/")[0] for t in points])
        self._country_names, self._country_of = _grouped([t.partition("/")[0] for t in points])

    @classmethod
    def of(cls, snapshot: Snapshot) -> Located:
        """Where everybody of a snapshot is."""
        return cls(snapshot.values(Anyone(), FIELDS))

    def distances(self, lat: float, lon: float) -> np.ndarray[Any, np.dtype[np.float64]]:
        """Kilometres from a point to every point that occurs; shape (n,)."""
        from influencr.geography import distance_km

        return distance_km(self._lats, self._lons, centre=(lat, lon))

    def tokens(self, inside: np.ndarray[Any, np.dtype[np.bool_]]) -> tuple[str, ...]:
        """The values of the index field `point` that these points are, as few as may be.

        inside   one truth value per point, shape (n,)
        """
        import numpy as np

        if inside.all():
            return tuple(self._country_names)
        whole = _whole(self._country_of, len(self._country_names), inside)
        found = [name for name, all_in in zip(self._country_names, whole, strict=True) if all_in]
        left = inside & ~whole[self._country_of]
        regions = _whole(self._region_of, len(self._region_names), left)
        found += [name for name, all_in in zip(self._region_names, regions, strict=True) if all_in]
        left &= ~regions[self._region_of]
        found += [self._tokens[i] for i in np.flatnonzero(left).tolist()]
        return tuple(found)

    def points(self, inside: np.ndarray[Any, np.dtype[np.bool_]]) -> frozenset[str]:
        """The points themselves, each by its last value in the index field `point`."""
        import numpy as np

        return frozenset(self._tokens[i] for i in np.flatnonzero(inside).tolist())


def _grouped(names: list[str]) -> tuple[list[str], np.ndarray[Any, np.dtype[np.int64]]]:
    """(the different names, sorted; the position of each entry's name among them)."""
    import numpy as np

    different = sorted(set(names))
    at = {name: i for i, name in enumerate(different)}
    return different, np.array([at[name] for name in names], dtype=np.int64)


def _whole(
    group: np.ndarray[Any, np.dtype[np.int64]], n: int, inside: np.ndarray[Any, np.dtype[np.bool_]]
) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Which of n groups are inside with all of their members."""
    import numpy as np

    outside = np.bincount(group, weights=~inside, minlength=n)
    result: np.ndarray[Any, np.dtype[np.bool_]] = outside == 0
    return result
