"""Where the creators of one generation are: every point that occurs, and how many per place.

A radius is the set of points within it by great circle, over the points of this generation only:
some thousand where the gazetteer has hundreds of thousands. A country or region whose points all
lie inside is named as a whole, so that even half the Earth is a short list of exact values. Points
are the creators' own coordinates where they gave any, so nobody is found by their nearest town.

Points are read once per part of the index (`index.Held`): a generation that adds a few creators to
those of the one before costs the reading of their points alone. Points where nobody is any more
may be among them, which changes no answer.
"""

from __future__ import annotations

import functools
import math
import weakref
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from influencr.index import UNKNOWN, Anyone, Held, Snapshot

if TYPE_CHECKING:
    import numpy as np

__all__ = ["FIELDS", "Located"]

#: Index fields that say where somebody is, in the order in which they are read here.
FIELDS = ("place", "country", "admin1", "point")
_COUNTED = FIELDS[:3]
# Radius of the sphere of `geography.distance_km`, and how far the cosine of an angle may be off:
# 1e-12 is some metres at a radius of one kilometre, far more than 64-bit arithmetic errs.
_KM_PER_RADIAN = 6371.0088
_ROUNDING = 1e-12
# From this radius on (a quarter of the circumference) there is nothing to gain.
_FAR_KM = 10_000.0


class _Points(NamedTuple):
    """The points of one part: values of the index field `point`, their coordinates, and the
    region and country of each as a position in lists of different names."""

    tokens: list[str]
    lats: np.ndarray[Any, np.dtype[np.float64]]
    lons: np.ndarray[Any, np.dtype[np.float64]]
    regions: list[str]
    region_of: np.ndarray[Any, np.dtype[np.int64]]
    countries: list[str]
    country_of: np.ndarray[Any, np.dtype[np.int64]]


_READ: weakref.WeakKeyDictionary[Held, _Points] = weakref.WeakKeyDictionary()


class Located:
    """What one snapshot holds about places; made once per generation.

    held       values of the index fields FIELDS with their counts; {} where nobody is
    places     gazetteer id -> creators whose place it is exactly
    countries, regions   code -> creators in it, however closely known
    """

    def __init__(self, held: Mapping[str, Mapping[Any, int]]) -> None:
        self._counts: Callable[[], Mapping[str, Mapping[Any, int]]] = lambda: held
        self._set_points([_read(held.get("point", {}))])

    @classmethod
    def of(cls, snapshot: Snapshot) -> Located:
        """Where everybody of a snapshot is; who is where is counted when it is asked for."""
        located = cls.__new__(cls)
        located._counts = lambda: snapshot.values(Anyone(), _COUNTED)
        parts = []
        for held in snapshot.held("point"):
            points = _READ.get(held)
            if points is None:
                points = _READ[held] = _read(held.values)
            parts.append(points)
        located._set_points(parts)
        return located

    def _set_points(self, parts: Sequence[_Points]) -> None:
        import numpy as np

        points = parts[0] if len(parts) == 1 else _joined(parts)
        self._tokens = points.tokens
        self._lats, self._lons = points.lats, points.lons
        self._region_names, self._region_of = points.regions, points.region_of
        self._country_names, self._country_of = points.countries, points.country_of
        self._in_region = np.bincount(self._region_of, minlength=len(self._region_names))
        self._in_country = np.bincount(self._country_of, minlength=len(self._country_names))
        self._axes = _axes(self._lats, self._lons)

    @functools.cached_property
    def _counted(self) -> Mapping[str, Mapping[Any, int]]:
        return self._counts()

    @functools.cached_property
    def places(self) -> Mapping[int, int]:
        """Gazetteer id -> creators whose place it is exactly."""
        return {int(i): n for i, n in self._counted.get("place", {}).items()}

    @functools.cached_property
    def countries(self) -> Mapping[str, int]:
        """Country code -> creators in it."""
        return {c: n for c, n in self._counted.get("country", {}).items() if c != UNKNOWN}

    @functools.cached_property
    def regions(self) -> Mapping[str, int]:
        """Region code -> creators in it."""
        return {c: n for c, n in self._counted.get("admin1", {}).items() if c != UNKNOWN}

    def distances(
        self, lat: float, lon: float, *, within_km: float | None = None
    ) -> np.ndarray[Any, np.dtype[np.float64]]:
        """Kilometres from a point to every point that occurs; shape (n,).

        within_km   farther ones are of no interest and may be given as infinitely far
        """
        import numpy as np

        from influencr.geography import distance_km

        if within_km is None or within_km >= _FAR_KM or not len(self._lats):
            return distance_km(self._lats, self._lons, centre=(lat, lon))
        # The cosine of the angle between two directions is one product each and says who could be
        # near; the great circle itself is computed for those alone.
        (x,), (y,), (z,) = _axes(np.array([lat]), np.array([lon]))
        east, north, up = self._axes
        cosines = east * x
        cosines += north * y
        cosines += up * z
        near = np.flatnonzero(cosines >= math.cos(within_km / _KM_PER_RADIAN) - _ROUNDING)
        away = np.full(len(self._lats), np.inf)
        away[near] = distance_km(self._lats[near], self._lons[near], centre=(lat, lon))
        return away

    def tokens(self, inside: np.ndarray[Any, np.dtype[np.bool_]]) -> tuple[str, ...]:
        """The values of the index field `point` that these points are, as few as may be.

        inside   one truth value per point, shape (n,)
        """
        import numpy as np

        chosen = np.flatnonzero(inside)
        if len(chosen) == len(inside):
            return tuple(self._country_names)
        country = self._country_of[chosen]
        whole = np.bincount(country, minlength=len(self._in_country)) == self._in_country
        found = [self._country_names[i] for i in np.flatnonzero(whole).tolist()]
        chosen = chosen[~whole[country]]
        region = self._region_of[chosen]
        whole = np.bincount(region, minlength=len(self._in_region)) == self._in_region
        found += [self._region_names[i] for i in np.flatnonzero(whole).tolist()]
        chosen = chosen[~whole[region]]
        found += [self._tokens[i] for i in chosen.tolist()]
        return tuple(dict.fromkeys(found))

    def points(self, inside: np.ndarray[Any, np.dtype[np.bool_]]) -> frozenset[str]:
        """The points themselves, each by its last value in the index field `point`."""
        import numpy as np

        return frozenset(self._tokens[i] for i in np.flatnonzero(inside).tolist())


def _read(values: Iterable[Any]) -> _Points:
    """The points among values of the index field `point`."""
    import numpy as np

    points = sorted(token for token in values if token.count("/") == 2)
    pairs = [token.rpartition("/")[2].partition(",") for token in points]
    return _Points(
        points,
        np.array([float(lat) for lat, _, _ in pairs], dtype=np.float64),
        np.array([float(lon) for _, _, lon in pairs], dtype=np.float64),
        *_grouped([token.rpartition("/")[0] for token in points]),
        *_grouped([token.partition("/")[0] for token in points]),
    )


def _joined(parts: Sequence[_Points]) -> _Points:
    """The points of all parts; one that is in several stands there several times."""
    import numpy as np

    nothing = _read(())
    some = [nothing, *parts]
    regions = sorted({name for part in some for name in part.regions})
    countries = sorted({name for part in some for name in part.countries})
    return _Points(
        [token for part in some for token in part.tokens],
        np.concatenate([part.lats for part in some]),
        np.concatenate([part.lons for part in some]),
        regions,
        np.concatenate([_renumbered(p.regions, p.region_of, regions) for p in some]),
        countries,
        np.concatenate([_renumbered(p.countries, p.country_of, countries) for p in some]),
    )


def _renumbered(
    names: list[str], of: np.ndarray[Any, np.dtype[np.int64]], every: list[str]
) -> np.ndarray[Any, np.dtype[np.int64]]:
    import numpy as np

    at = {name: i for i, name in enumerate(every)}
    new = np.array([at[name] for name in names], dtype=np.int64)
    return new[of] if len(names) else of


def _grouped(names: list[str]) -> tuple[list[str], np.ndarray[Any, np.dtype[np.int64]]]:
    """(the different names, sorted; the position of each entry's name among them)."""
    import numpy as np

    different = sorted(set(names))
    at = {name: i for i, name in enumerate(different)}
    return different, np.array([at[name] for name in names], dtype=np.int64)


def _axes(
    lats: np.ndarray[Any, np.dtype[np.float64]], lons: np.ndarray[Any, np.dtype[np.float64]]
) -> tuple[np.ndarray[Any, np.dtype[np.float64]], ...]:
    """Directions from the centre of the Earth: three arrays, each of shape (n,)."""
    import numpy as np

    phi, lam = np.radians(lats), np.radians(lons)
    return np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)
