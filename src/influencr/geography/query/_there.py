"""How many creators of an index are at each place: for ranking readings and suggestions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from influencr.geography._distance import distance_km
from influencr.geography.gazetteer._format import PlaceKind
from influencr.geography.gazetteer._reader import Gazetteer
from influencr.geography.query._area import city_limits

__all__ = ["CreatorsThere"]


class _Around(NamedTuple):
    """The places of a region that creators are at: (row, creators), latitudes, longitudes."""

    places: list[tuple[int, int]]
    lats: np.ndarray[Any, np.dtype[np.float64]]
    lons: np.ndarray[Any, np.dtype[np.float64]]


class CreatorsThere:
    """Creators per place, made once per generation of an index.

    places     gazetteer id -> creators whose place is exactly that
    countries  alpha-2 code -> creators in the country, however closely known
    regions    region code -> creators in the region

    `counts` is gazetteer id -> creators: of a country, region, county or union all inside, of a
    city those at the city itself. `count` adds the places that a city holds.
    """

    def __init__(
        self,
        places: Mapping[int, int],
        countries: Mapping[str, int],
        regions: Mapping[str, int],
        gazetteer: Gazetteer,
    ) -> None:
        self._gazetteer = gazetteer
        self._in_region: dict[int, _Around] = {}
        self._cities: dict[int, int] = {}
        counts: dict[int, int] = {}
        found: dict[int, list[tuple[int, int]]] = {}
        ids = gazetteer.ids
        for place_id, n in places.items():
            row = gazetteer.row(place_id)
            if row is None or gazetteer.kinds[row] < PlaceKind.ADMIN2:
                continue
            counts[place_id] = counts.get(place_id, 0) + n
            county = gazetteer.admin2s[row]
            if gazetteer.kinds[row] == PlaceKind.CITY and county >= 0:
                counts[ids[county]] = counts.get(ids[county], 0) + n
            found.setdefault(gazetteer.admin1s[row], []).append((row, n))
        for codes, rows in ((countries, gazetteer.country_row), (regions, gazetteer.region_row)):
            for code, n in codes.items():
                if code in rows:
                    counts[ids[rows[code]]] = n
        for row in gazetteer.union_members:
            n = sum(counts.get(ids[member], 0) for member in gazetteer.members(row))
            if n:
                counts[ids[row]] = n
        self.counts: Mapping[int, int] = counts
        for region, places_there in found.items():
            lats = np.array([gazetteer.lats[r] for r, _ in places_there])
            lons = np.array([gazetteer.lons[r] for r, _ in places_there])
            self._in_region[region] = _Around(places_there, lats, lons)

    def count(self, place_id: int) -> int:
        """Creators that a search for the place finds; a city with the places that it holds."""
        gazetteer = self._gazetteer
        row = gazetteer.row(place_id)
        if row is None or gazetteer.kinds[row] != PlaceKind.CITY:
            return self.counts.get(place_id, 0)
        if place_id not in self._cities:
            self._cities[place_id] = self._in_city(row)
        return self._cities[place_id]

    def _in_city(self, row: int) -> int:
        gazetteer = self._gazetteer
        region = gazetteer.admin1s[row]
        around = self._in_region.get(region)
        limits = city_limits(row, gazetteer)
        found = 0
        if region in limits.whole:
            # A state that is the city: those known to nothing finer are in it.
            known = 0 if around is None else sum(n for _, n in around.places)
            found = max(0, self.counts.get(gazetteer.ids[region], 0) - known)
        if around is None:
            return found
        centre = gazetteer.lats[row], gazetteer.lons[row]
        near = distance_km(around.lats, around.lons, centre=centre) <= limits.km
        for i, (other, n) in enumerate(around.places):
            if gazetteer.kinds[other] != PlaceKind.CITY:
                found += n if other in limits.whole else 0
            elif near[i] and limits.may_hold(other, gazetteer):
                found += n
        return found
