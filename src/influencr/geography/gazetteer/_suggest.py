"""The autocomplete list: which places does the start of a name mean, likeliest first?

The postings of all names with a prefix lie side by side, each with its weight, so the best of them
are found exactly, however many there are: one letter has about a hundred thousand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from influencr.errors import UsageError
from influencr.geography.gazetteer._format import (
    FOREIGN,
    KIND_SHIFT,
    NOT_SHOWN,
    ROW_MASK,
    WEIGHT_BASE,
    WEIGHT_UNIT,
    PlaceKind,
    suggestion_weight,
)
from influencr.geography.gazetteer._keys import name_key

if TYPE_CHECKING:
    from influencr.geography.gazetteer._reader import Gazetteer

__all__ = ["TYPED_OUT", "Suggester", "Suggestion"]

#: What a name typed out in full gains, in decades of people: "san" may be the town of that name,
#: but San Francisco comes first. Our own choice, as all weights.
TYPED_OUT = 1.0

type _Floats = np.ndarray[Any, np.dtype[np.float32]]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One line of the autocomplete list.

    matched   the folded name that fits what was typed, when that is not the name in `label`
              ("munchen" for Munich); show it beside the label
    """

    place_id: int
    label: str
    kind: str
    country: str | None
    population: int
    matched: str = ""


class Suggester:
    """Suggests places of one gazetteer."""

    def __init__(
        self,
        gazetteer: Gazetteer,
        postings: np.ndarray[Any, np.dtype[np.uint32]],
        weights: np.ndarray[Any, np.dtype[np.uint16]],
        shared: np.ndarray[Any, np.dtype[np.uint8]],
    ) -> None:
        self._gazetteer = gazetteer
        self._postings = postings
        self._weights = weights
        self._shared = shared
        self._lifted: tuple[Mapping[int, int], _Floats] | None = None

    def __call__(
        self, prefix: str, limit: int, counts: Mapping[int, int] | None
    ) -> list[Suggestion]:
        """See `Gazetteer.suggest`."""
        if not 1 <= limit <= 100:
            raise UsageError(f"limit is {limit}; give 1 to 100.", field="limit")
        head, comma, tail = prefix.partition(",")
        start, around = name_key(head), name_key(tail)
        if not start:
            return []
        lift = self._lift(counts) if counts else None
        low, high = self._gazetteer.key_range(start)
        exact = low if low < high and self._gazetteer.key(low) == start else -1
        if comma:
            if exact < 0:
                return []
            scored = self._typed_out(exact, start, lift)
            if around:
                scored = {r: s for r, s in scored.items() if self._surrounded(r, around)}
            return self._listed(scored, limit, start)
        # Labels repeat (a city and its region) and names share a place, hence the reserve.
        scored = self._started(low, high, 6 * limit, lift, n_typed=len(start))
        if exact >= 0:
            for row, score in self._typed_out(exact, start, lift).items():
                scored[row] = max(score, scored.get(row, score))
        if not scored:
            scored = self._started(low, high, 6 * limit, lift, n_typed=None)
        return self._listed(scored, limit, start)

    def _lift(self, counts: Mapping[int, int]) -> _Floats:
        """Decades of creators by row."""
        if self._lifted is None or self._lifted[0] is not counts:
            ids = np.fromiter(counts.keys(), dtype=np.int64, count=len(counts))
            n_creators = np.fromiter(counts.values(), dtype=np.float64, count=len(counts))
            rows, known = self._gazetteer.rows_of(ids)
            lift = np.zeros(len(self._gazetteer), dtype=np.float32)
            lift[rows[known]] = np.log10(n_creators[known] + 1)
            self._lifted = (counts, lift)
        return self._lifted[1]

    def _started(
        self, low: int, high: int, most: int, lift: _Floats | None, *, n_typed: int | None
    ) -> dict[int, float]:
        """Row -> score of the best places among the names at positions low to high.

        n_typed   letters typed; None for the unconfirmed names in other languages
        """
        first, last = self._gazetteer.posting_range(low, high)
        weights = self._weights[first:last]
        if n_typed is None:
            at = np.flatnonzero((weights > 0) & (weights <= FOREIGN))
            scores = (weights[at] - 1) / np.float32(100) - np.float32(WEIGHT_BASE)
        else:
            at = np.flatnonzero(weights > FOREIGN)
            scores = (weights[at] - (FOREIGN + 1)) / np.float32(WEIGHT_UNIT) - np.float32(
                WEIGHT_BASE
            )
            scores[self._shared[first:last][at] < n_typed] -= np.float32(NOT_SHOWN)
        rows = self._postings[first:last][at] & ROW_MASK
        if lift is not None:
            scores = scores + lift[rows]
        found: dict[int, float] = {}
        take = min(len(scores), 2 * most)
        while True:
            chosen = (
                np.argpartition(scores, len(scores) - take)[-take:]
                if take < len(scores)
                else np.arange(len(scores))
            )
            for position in chosen.tolist():
                row, score = int(rows[position]), float(scores[position])
                if score > found.get(row, score - 1.0):
                    found[row] = score
            # A place with dozens of spellings may fill the share; ask for more until it does not.
            if len(found) >= most or take == len(scores):
                return found
            take = min(len(scores), 4 * take)

    def _typed_out(self, position: int, key: str, lift: _Floats | None) -> dict[int, float]:
        """Row -> score of the places of the name at a position, codes among them."""
        gazetteer = self._gazetteer
        first, last = gazetteer.posting_range(position, position + 1)
        found: dict[int, float] = {}
        for posting in self._postings[first:last].tolist():
            row = posting & ROW_MASK
            score = TYPED_OUT + suggestion_weight(
                gazetteer.populations[row],
                posting >> KIND_SHIFT,
                gazetteer.kinds[row],
                latin=key < "\u0250",
            )
            if lift is not None:
                score += float(lift[row])
            found[row] = max(score, found.get(row, score))
        return found

    def _listed(self, scored: Mapping[int, float], limit: int, start: str) -> list[Suggestion]:
        gazetteer = self._gazetteer
        best = sorted(scored, key=lambda r: (-scored[r], gazetteer.ids[r]))
        by_label: dict[str, int] = {}
        for row in best:
            if len(by_label) > limit:
                break
            at = by_label.setdefault(gazetteer.label(row), row)
            # "Berlin, Germany" the city and the state: the city, as `ask` reads it.
            if gazetteer.kinds[row] == PlaceKind.CITY != gazetteer.kinds[at]:
                by_label[gazetteer.label(row)] = row
        return [
            Suggestion(
                place_id=gazetteer.ids[row],
                label=gazetteer.label(row),
                kind=gazetteer.kind(row),
                country=gazetteer.country(row),
                population=gazetteer.populations[row],
                matched=self._matched(row, start),
            )
            for row in list(by_label.values())[:limit]
        ]

    def _matched(self, row: int, start: str) -> str:
        """The largest-weighted name of a row with that start, if its shown name has another."""
        gazetteer = self._gazetteer
        if name_key(gazetteer.name(row)).startswith(start):
            return ""
        low, high = gazetteer.key_range(start)
        first, last = gazetteer.posting_range(low, high)
        at = np.flatnonzero((self._postings[first:last] & ROW_MASK) == row)
        if not len(at):
            return ""
        weights = self._weights[first:last][at]
        best = at[weights == weights.max()]
        keys = [gazetteer.key(gazetteer.position_of(first + int(p))) for p in best[:8]]
        return min(keys, key=len)

    def _surrounded(self, row: int, start: str) -> bool:
        gazetteer = self._gazetteer
        frames = [
            r for r in (gazetteer.admin1s[row], gazetteer.admin2s[row]) if r >= 0 and r != row
        ]
        names = [gazetteer.name(r) for r in frames]
        codes = [c.partition("-")[2] for r in frames if (c := gazetteer.region_of.get(r))]
        if code := gazetteer.country(row):
            names.append(gazetteer.name(gazetteer.country_row[code]))
            codes.append(code)
        return any(name_key(n).startswith(start) for n in (*names, *codes))
