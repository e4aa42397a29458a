"""How many creators of an index are at each place: for ranking readings and suggestions."""

from __future__ import annotations

from collections.abc import Mapping

from influencr.geography._area import city_limits
from influencr.geography.gazetteer._format import PlaceKind
from influencr.geography.gazetteer._reader import Gazetteer

__all__ = ["CreatorsThere"]


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
        self._in_region: dict[int, list[tuple[int, int]]] = {}
        self._cities: dict[int, int] = {}
        counts: dict[int, int] = {}
        ids = gazetteer.ids
        for place_id, n in places.items():
            row = gazetteer.row(place_id)
            if row is None or gazetteer.kinds[row] < PlaceKind.ADMIN2:
                continue
            counts[place_id] = counts.get(place_id, 0) + n
            county = gazetteer.admin2s[row]
            if gazetteer.kinds[row] == PlaceKind.CITY and county >= 0:
                counts[ids[county]] = counts.get(ids[county], 0) + n
            self._in_region.setdefault(gazetteer.admin1s[row], []).append((row, n))
        for codes, rows in ((countries, gazetteer.country_row), (regions, gazetteer.region_row)):
            for code, n in codes.items():
                if code in rows:
                    counts[ids[rows[code]]] = n
                    if codes is regions:
                        self._in_region.setdefault(rows[code], []).append((rows[code], 0))
        for row in gazetteer.union_members:
            n = sum(counts.get(ids[member], 0) for member in gazetteer.members(row))
            if n:
                counts[ids[row]] = n
        self.counts: Mapping[int, int] = counts

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
        around = self._in_region.get(gazetteer.admin1s[row])
        if not around:
            return 0
        limits = city_limits(row, gazetteer)
        if any(gazetteer.kinds[d] == PlaceKind.ADMIN1 for d in limits.whole):
            # A state that is the city: those known only to the state are in it.
            return self.counts.get(gazetteer.ids[gazetteer.admin1s[row]], 0)
        return sum(n for other, n in around if limits.holds(other, gazetteer))
