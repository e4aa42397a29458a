"""Which cities lie near a point? A grid of quarter degrees, for the builder only."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from influencr.geography._distance import EARTH_RADIUS_KM
from influencr.geography.gazetteer._collected import Place

__all__ = ["Grid", "flat_km"]

_CELLS = 4  # per degree
_KM_PER_DEGREE = math.pi * EARTH_RADIUS_KM / 180.0


def flat_km(lat: float, lon: float, place: Place) -> float:
    """Distance on a flat map: right to a per cent over the tens of kilometres asked here."""
    east = (lon - place.lon + 180.0) % 360.0 - 180.0
    return math.hypot(lat - place.lat, east * math.cos(math.radians(lat))) * _KM_PER_DEGREE


class Grid:
    """Rows by cell of a quarter degree."""

    def __init__(self, places: Sequence[Place], rows: Iterable[int]) -> None:
        self.places = places
        self.cells: dict[tuple[int, int], list[int]] = {}
        for row in rows:
            place = places[row]
            cell = (math.floor(place.lat * _CELLS), math.floor(place.lon * _CELLS))
            self.cells.setdefault(cell, []).append(row)

    def near(self, lat: float, lon: float, km: float) -> list[tuple[float, int]]:
        """(distance, row) of the places within `km`, nearest first."""
        tall = km / _KM_PER_DEGREE
        wide = tall / max(math.cos(math.radians(lat)), 0.02)
        around = 180 * _CELLS
        found = []
        for y in range(math.floor((lat - tall) * _CELLS), math.floor((lat + tall) * _CELLS) + 1):
            for x in range(
                math.floor((lon - wide) * _CELLS), math.floor((lon + wide) * _CELLS) + 1
            ):
                for row in self.cells.get((y, (x + around) % (2 * around) - around), ()):
                    away = flat_km(lat, lon, self.places[row])
                    if away <= km:
                        found.append((away, row))
        return sorted(found)
