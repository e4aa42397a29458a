"""What the builder gathers: places in row order, and who is called what."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from zlib import crc32

from influencr.geography.gazetteer._format import KIND_SHIFT, NameKind
from influencr.geography.gazetteer._keys import name_key

__all__ = ["CODE_POPULATION", "NOTHING", "Collected", "Place", "own_id", "text_id"]

#: People from which a code of three letters stands for a city without context (design document).
CODE_POPULATION = 200_000

#: No country, no time zone: the largest value of the column.
NOTHING = 65_535

#: What counts for more when one place has the same name in two ways. Our own list comes first: it
#: says that people mean this place, which an official name of a small district does not.
_STRENGTH = {
    NameKind.ALIAS: 0,
    NameKind.OFFICIAL: 1,
    NameKind.CAPITALS: 2,
    NameKind.ALTERNATE: 3,
    NameKind.CODE: 4,
    NameKind.WEAK: 5,
}


@dataclass(slots=True)
class Place:
    """One row; `admin1` and `admin2` are rows, -1 when unknown."""

    id: int
    kind: int
    name: str
    country: int = NOTHING
    admin1: int = -1
    admin2: int = -1
    lat: float = float("nan")
    lon: float = float("nan")
    population: int = 0
    zone: int = NOTHING


@dataclass(slots=True)
class Collected:
    """Places in row order, name key -> postings, and the content of codes.json.

    trusted   (key, row) of names in other languages that a second source confirms
    """

    places: list[Place] = field(default_factory=list)
    names: dict[str, set[int]] = field(default_factory=dict)
    codes: dict[str, Any] = field(default_factory=dict)
    trusted: set[tuple[str, int]] = field(default_factory=set)

    def name(self, row: int, text: str, kind: NameKind) -> None:
        """Call a row so, unless the text is nothing or the row has a stronger name of that key."""
        key = name_key(text)
        if not key:
            return
        postings = self.names.get(key)
        if postings is None:
            self.names[key] = {kind << KIND_SHIFT | row}
            return
        strength = _STRENGTH[kind]
        for other, other_strength in _STRENGTH.items():
            posting = other << KIND_SHIFT | row
            if posting in postings:
                if other_strength <= strength:
                    return
                postings.remove(posting)
        postings.add(kind << KIND_SHIFT | row)


def own_id(code: str) -> int:
    """The negative id of a place that GeoNames has none for, from its code."""
    return -(int(code.replace("-", ""), 36))


def text_id(text: str, family: int) -> int:
    """The same for a place that has no code either; far below the ids made from codes.

    family   1 unions: keeps the ids of several families apart
    """
    return -(family * 10**12) - crc32(text.encode())
