"""Reads the artefact through memory maps: a place by id, places by name, by prefix, by radius."""

from __future__ import annotations

import json
import math
import mmap
import threading
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import xxhash

from influencr.errors import HomeError, PlaceError
from influencr.geography._distance import EARTH_RADIUS_KM, check_point, distance_km
from influencr.geography.gazetteer._format import (
    COLUMNS,
    FORMAT,
    KEY_FILES,
    KIND_SHIFT,
    ROW_MASK,
    NameKind,
    PlaceKind,
)
from influencr.geography.gazetteer._keys import name_key
from influencr.geography.gazetteer._similar import similar
from influencr.geography.gazetteer._suggest import Suggester, Suggestion

__all__ = ["DATA", "Gazetteer", "GazetteerPlace", "Suggestion"]

#: Where the artefact of this checkout or wheel lies.
DATA = Path(__file__).parent / "data"

_COMMAND = "python -m influencr.geography.gazetteer"

type Ids = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True, slots=True)
class GazetteerPlace:
    """One place as the gazetteer knows it.

    id           GeoNames id; negative for places of our own (unions, a few ISO divisions)
    kind         country, union, admin1, admin2 or city
    label        name with the places around it: "Lyon, Auvergne-Rhône-Alpes, France"
    country      ISO 3166-1 alpha-2; None for unions over several countries
    admin1       ISO 3166-2; GeoNames code (with a dot) where ISO has none; None above that level
    lat, lon     degrees WGS 84; of a division: its largest city; None where it has no city
    population   people; of a division: the sum of its cities, for ranking only
    """

    id: int
    kind: str
    name: str
    label: str
    country: str | None
    admin1: str | None
    lat: float | None
    lon: float | None
    population: int


class Gazetteer:
    """The places of the world. Immutable, thread-safe, one per process: use `Gazetteer.load()`.

    folder   the artefact; default the one built into the package

    Raises HomeError, naming the command that builds it, when it is absent or of another format.
    """

    _loaded: ClassVar[dict[Path, Gazetteer]] = {}
    _lock: ClassVar[threading.Lock] = threading.Lock()

    def __init__(self, folder: Path = DATA) -> None:
        manifest = folder / "manifest.json"
        if not manifest.exists():
            raise HomeError(f"The gazetteer is not built yet; run `{_COMMAND}` (about a minute).")
        self.manifest: dict[str, Any] = json.loads(manifest.read_text(encoding="utf-8"))
        if self.manifest.get("format") != FORMAT:
            raise HomeError(
                f"The gazetteer in {folder} is of format {self.manifest.get('format')}, this "
                f"version reads {FORMAT}; run `{_COMMAND}` to build it again."
            )
        self._folder = folder
        columns = {c: self._array(f"places.{c}") for c in COLUMNS}
        self._columns = columns
        # memoryviews: reading one value costs a third of a numpy scalar.
        self.ids = memoryview(columns["id"])
        self.kinds = memoryview(columns["kind"])
        self.countries = memoryview(columns["country"])
        self.admin1s = memoryview(columns["admin1"])
        self.admin2s = memoryview(columns["admin2"])
        self.lats = memoryview(columns["lat"])
        self.lons = memoryview(columns["lon"])
        self.populations = memoryview(columns["population"])
        self._zone_at = memoryview(columns["zone"])
        self._names = self._bytes("names.bin")
        self._name_at = memoryview(self._array("places.name_at"))
        self._keys = self._bytes("keys.bin")
        arrays = {f: self._array(f) for f in KEY_FILES}
        self._key_at = memoryview(arrays["keys.at"])
        self._slots = memoryview(arrays["keys.slots"])
        self._best = arrays["keys.best"]
        self._posting_at = memoryview(arrays["postings.at"])
        self._posting = memoryview(arrays["postings.row"])
        self._mask = len(arrays["keys.slots"]) - 1
        self.n_keys = len(arrays["keys.best"])
        codes = json.loads((folder / "codes.json").read_text(encoding="utf-8"))
        self.country_codes: list[str] = codes["countries"]
        self.alpha3: list[str] = codes["alpha3"]
        self.zones: list[str] = codes["zones"]
        self.alphabets: dict[str, str] = codes["alphabets"]
        self.country_names: dict[str, dict[str, str]] = codes["country_names"]
        self.region_of: dict[int, str] = {int(r): c for r, c in codes["regions"].items()}
        self.union_members: dict[int, list[str]] = {int(r): m for r, m in codes["unions"].items()}
        self.country_row = {c: row for row, c in enumerate(self.country_codes)}
        self.alpha3_row = {c: row for row, c in enumerate(self.alpha3)}
        self.region_row = {c: row for row, c in self.region_of.items()}
        self._by_id = np.argsort(columns["id"], kind="stable")
        self._sorted_ids = columns["id"][self._by_id]
        self._first_city = int(np.searchsorted(columns["kind"], PlaceKind.CITY))
        self.label = lru_cache(maxsize=65_536)(self._label)
        self._suggester = Suggester(
            self, *(arrays[f"postings.{f}"] for f in ("row", "weight", "shared"))
        )

    @classmethod
    def load(cls, folder: Path = DATA) -> Gazetteer:
        """The gazetteer in a folder, opened once per process.

        >>> Gazetteer.load().place(2996944).label
        'Lyon, Auvergne-Rhône-Alpes, France'
        """
        with cls._lock:
            if folder not in cls._loaded:
                cls._loaded[folder] = cls(folder)
            return cls._loaded[folder]

    def __len__(self) -> int:
        return len(self.ids)

    def __reduce__(self) -> tuple[Any, ...]:
        # A worker process opens the same files instead of receiving a copy.
        return (Gazetteer.load, (self._folder,))

    # --- places -----------------------------------------------------------------------------

    def row(self, place_id: int) -> int | None:
        """Position of a place in the columns; None for an id that is not in the gazetteer."""
        at = int(np.searchsorted(self._sorted_ids, place_id))
        if at < len(self._sorted_ids) and int(self._sorted_ids[at]) == place_id:
            return int(self._by_id[at])
        return None

    def rows_of(self, place_ids: Ids) -> tuple[Ids, np.ndarray[Any, np.dtype[np.bool_]]]:
        """Rows of many ids, and which of them are known (the others' rows mean nothing)."""
        at = np.minimum(np.searchsorted(self._sorted_ids, place_ids), len(self._sorted_ids) - 1)
        return self._by_id[at], self._sorted_ids[at] == place_ids

    def place(self, place_id: int) -> GazetteerPlace:
        """The place of an id; PlaceError when the gazetteer has none."""
        row = self.row(place_id)
        if row is None:
            raise PlaceError(f"No place has the id {place_id}; use an id that a search gave.")
        return self.at(row)

    def at(self, row: int) -> GazetteerPlace:
        """The place of a row."""
        lat, lon = self.lats[row], self.lons[row]
        return GazetteerPlace(
            id=self.ids[row],
            kind=self.kind(row),
            name=self.name(row),
            label=self.label(row),
            country=self.country(row),
            admin1=self.admin1(row),
            lat=None if math.isnan(lat) else lat,
            lon=None if math.isnan(lon) else lon,
            population=self.populations[row],
        )

    def kind(self, row: int) -> str:
        """country, union, admin1, admin2 or city."""
        return PlaceKind(self.kinds[row]).name.lower()

    def name(self, row: int) -> str:
        """The name as shown, without the places around it."""
        return self._names[self._name_at[row] : self._name_at[row + 1]].decode()

    def country(self, row: int) -> str | None:
        """ISO 3166-1 alpha-2 of a row."""
        at = self.countries[row]
        return self.country_codes[at] if at < len(self.country_codes) else None

    def admin1(self, row: int) -> str | None:
        """ISO 3166-2 (else GeoNames) code of the first-level division that a row lies in."""
        parent = self.admin1s[row]
        return self.region_of[parent] if parent >= 0 else None

    def country_row_of(self, row: int) -> int:
        """Row of the country that a row lies in; -1 for unions over several countries."""
        at = self.countries[row]
        return at if at < len(self.country_codes) else -1

    def flat_km(self, one: int, other: int) -> float:
        """Distance of two neighbouring rows on a flat map: for ranking, not for radii."""
        north = self.lats[one] - self.lats[other]
        east = (self.lons[one] - self.lons[other]) * math.cos(math.radians(self.lats[one]))
        return math.hypot(north, east) * math.pi * EARTH_RADIUS_KM / 180.0

    def _label(self, row: int) -> str:
        parts = [self.name(row)]
        kind = self.kinds[row]
        if kind in (PlaceKind.CITY, PlaceKind.ADMIN2) and (parent := self.admin1s[row]) >= 0:
            parts.append(self.name(parent))
        if kind not in (PlaceKind.COUNTRY, PlaceKind.UNION) and (
            country := self.countries[row]
        ) < len(self.country_codes):
            parts.append(self.name(country))
        # "Berlin, Germany", not "Berlin, Berlin, Germany".
        return ", ".join(p for i, p in enumerate(parts) if i == 0 or p != parts[i - 1])

    # --- names ------------------------------------------------------------------------------

    def postings(self, key: str) -> Sequence[int]:
        """Places called by a folded name, best first, as `kind << 28 | row`; empty when unknown."""
        raw = key.encode()
        at = xxhash.xxh3_64_intdigest(raw) & self._mask
        keys, offsets = self._keys, self._key_at
        while position := self._slots[at]:
            start = offsets[position - 1]
            if keys[start : offsets[position]] == raw:
                first, last = self._posting_at[position - 1], self._posting_at[position]
                return self._posting[first:last].tolist()
            at = (at + 1) & self._mask
        return ()

    def perhaps_known(self, keys: Iterable[str]) -> list[str]:
        """Those of many folded names that may be known: a fast sieve, which lets some others by."""
        slots, mask, digest = self._slots, self._mask, xxhash.xxh3_64_intdigest
        return [key for key in keys if slots[digest(key.encode()) & mask]]

    def named(self, name: str) -> list[tuple[GazetteerPlace, NameKind]]:
        """Places of exactly that name in any spelling of case, accents and punctuation.

        >>> [p.label for p, _ in Gazetteer.load().named("wien")][:1]
        ['Vienna, Austria']
        """
        return [
            (self.at(p & ROW_MASK), NameKind(p >> KIND_SHIFT))
            for p in self.postings(name_key(name))
        ]

    def names_of(self, place_id: int) -> list[tuple[str, NameKind]]:
        """Every folded name of a place with its kind, by kind and name; a scan of about 10 ms.

        Raises PlaceError for an id that the gazetteer does not have.

        >>> ("lisboa", NameKind.ALIAS) in Gazetteer.load().names_of(2267057)
        True
        """
        place = self.place(place_id)
        postings = np.asarray(self._posting)
        at = np.flatnonzero((postings & ROW_MASK) == self.row(place.id))
        found = {
            (self.key(self.position_of(int(i))), NameKind(int(postings[i]) >> KIND_SHIFT))
            for i in at
        }
        return sorted(found, key=lambda one: (one[1], one[0]))

    def key_range(self, prefix: str) -> tuple[int, int]:
        """First and one-past-last position of the folded names that start with a folded prefix."""
        raw = prefix.encode()
        # No key holds a byte 0xFF, so this bound lies right after the last one with the prefix.
        return self._bisect(raw), self._bisect(raw + b"\xff")

    def key(self, position: int) -> str:
        """The folded name at a position of the sorted list."""
        return self._keys[self._key_at[position] : self._key_at[position + 1]].decode()

    def posting_range(self, first: int, last: int) -> tuple[int, int]:
        """Where the postings of the names at these positions lie; they are contiguous."""
        return self._posting_at[first], self._posting_at[last]

    def _bisect(self, raw: bytes) -> int:
        low, high = 0, self.n_keys
        keys, offsets = self._keys, self._key_at
        while low < high:
            middle = (low + high) // 2
            if keys[offsets[middle] : offsets[middle + 1]] < raw:
                low = middle + 1
            else:
                high = middle
        return low

    def position_of(self, posting: int) -> int:
        """Position of the name that the posting at this index belongs to."""
        return bisect_right(self._posting_at, posting) - 1

    def best_keys(self, prefix: str, limit: int) -> list[int]:
        """Positions of the names with that prefix whose places are largest, best first."""
        low, high = self.key_range(prefix)
        best = self._best[low:high]
        if len(best) > limit:
            chosen = np.argpartition(best, len(best) - limit)[-limit:]
        else:
            chosen = np.arange(len(best))
        order = np.lexsort((chosen, -best[chosen].astype(np.int32)))
        return [low + int(i) for i in chosen[order]]

    def suggest(
        self, prefix: str, limit: int = 8, *, counts: Mapping[int, int] | None = None
    ) -> list[Suggestion]:
        """Autocomplete: places with a name, in any script, that starts with `prefix`.

        limit    1..100
        counts   place id -> creators there: adds log10(creators + 1) to the rank. It is read once
                 and remembered by identity, so pass a new mapping when the numbers change

        Rank: `suggestion_weight`, so people first; a name typed out in full comes a decade
        earlier. Names in other languages that nothing confirms stand last, and only where nothing
        else fits or the name is typed out. A city and the region around it that share a label
        stand once.

        "paris, te" keeps the places called "paris" whose surroundings start with "te".

        >>> [s.label for s in Gazetteer.load().suggest("東京", 1)]
        ['Tokyo, Japan']
        """
        return self._suggester(prefix, limit, counts)

    def similar(self, key: str, within: int) -> list[int]:
        """Postings of the names one typing error away from a folded name, best first.

        within   row of a country, division or union: only places in it
        returns  as `postings`; empty when the key has fewer than six letters, or its script has
                 no alphabet (Han, Kana, Hangul)

        One error is a letter missing, too much, wrong, or swapped with its neighbour; the first
        letter must be right. Codes and names in capitals are left out.

        >>> g = Gazetteer.load()
        >>> [g.label(p & ROW_MASK) for p in g.similar("pheonix", g.region_row["US-AZ"])]
        ['Phoenix, Arizona, United States']
        """
        return similar(self, key, within)

    def zone(self, row: int) -> str | None:
        """IANA time zone of a city; None for a country or region, and where no source knows.

        >>> g = Gazetteer.load()
        >>> g.zone(g.row(2996944))
        'Europe/Paris'
        """
        if self.kinds[row] != PlaceKind.CITY:
            return None
        at = self._zone_at[row]
        return self.zones[at] if at < len(self.zones) else None

    def contains(self, frame: int, row: int) -> bool:
        """Does a place lie in a country, division or union? A place does not lie in itself."""
        if row == frame:
            return False
        kind = self.kinds[frame]
        if kind == PlaceKind.COUNTRY:
            return bool(self.countries[row] == self.countries[frame])
        if kind == PlaceKind.ADMIN1:
            return bool(self.admin1s[row] == frame)
        if kind == PlaceKind.ADMIN2:
            return bool(self.admin2s[row] == frame)
        if kind == PlaceKind.UNION:
            return any(row == m or self.contains(m, row) for m in self.members(frame))
        return False

    # --- distance ---------------------------------------------------------------------------

    def rows_within(self, lat: float, lon: float, km: float) -> Ids:
        """Rows of the cities at most `km` from a point, in order of latitude."""
        check_point(lat, lon)
        if not (math.isfinite(km) and km >= 0):
            raise PlaceError(f"{km} km is not a distance; give a number from 0 up.")
        city = slice(self._first_city, None)
        lats = self._columns["lat"][city]
        # A degree of latitude is the same everywhere on a sphere; the margin covers rounding.
        band = math.degrees(km / EARTH_RADIUS_KM) + 1e-9
        low = int(np.searchsorted(lats, lat - band, side="left"))
        high = int(np.searchsorted(lats, lat + band, side="right"))
        near = (
            distance_km(lats[low:high], self._columns["lon"][city][low:high], centre=(lat, lon))
            <= km
        )
        rows: Ids = np.flatnonzero(near).astype(np.int64) + (self._first_city + low)
        return rows

    def within(self, lat: float, lon: float, km: float) -> Ids:
        """Ids of the cities at most `km` (great circle) from a point, ascending; shape (n,).

        Exact: the same as comparing every city by `distance_km`. Raises PlaceError for a point
        that cannot exist or a distance that is not a number from 0 up.

        >>> g = Gazetteer.load()
        >>> 2996944 in g.within(45.75, 4.85, 5)
        True
        """
        ids: Ids = np.sort(self._columns["id"][self.rows_within(lat, lon, km)])
        return ids

    def nearest_city(self, lat: float, lon: float) -> tuple[int, float]:
        """Row of the city nearest to a point and its distance in km."""
        check_point(lat, lon)
        for km in (20.0, 200.0, 2_000.0, 20_100.0):
            rows = self.rows_within(lat, lon, km)
            if len(rows):
                away = distance_km(
                    self._columns["lat"][rows], self._columns["lon"][rows], centre=(lat, lon)
                )
                at = int(np.argmin(away))
                return int(rows[at]), float(away[at])
        raise HomeError(f"The gazetteer holds no city; run `{_COMMAND}` to build it again.")

    def cities_in(self, row: int) -> Ids:
        """Rows of the cities inside a country or division; of a union: inside any member."""
        columns = self._columns
        kind = self.kinds[row]
        if kind == PlaceKind.UNION:
            inner = [self.cities_in(member) for member in self.members(row)]
            return np.unique(np.concatenate(inner))
        column = {PlaceKind.COUNTRY: "country", PlaceKind.ADMIN1: "admin1"}.get(
            PlaceKind(kind), "admin2"
        )
        mine = self.countries[row] if kind == PlaceKind.COUNTRY else row
        found: Ids = np.flatnonzero(columns[column][self._first_city :] == mine).astype(np.int64)
        return found + self._first_city

    def members(self, row: int) -> list[int]:
        """Rows that a union is made of."""
        found = []
        for member in self.union_members.get(row, ()):
            if member.startswith("#"):
                inner = self.row(int(member[1:]))
            else:
                inner = self.country_row.get(member, self.region_row.get(member))
            if inner is not None:
                found.append(inner)
        return found

    # --- files ------------------------------------------------------------------------------

    def _array(self, name: str) -> np.ndarray[Any, Any]:
        # A plain ndarray over the map: np.memmap's own class slows every slice.
        return np.asarray(np.load(self._folder / f"{name}.npy", mmap_mode="r"))

    def _bytes(self, name: str) -> mmap.mmap:
        with (self._folder / name).open("rb") as file:
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
