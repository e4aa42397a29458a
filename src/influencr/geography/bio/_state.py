"""What has been found in one bio so far, shared by the steps that read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from influencr.geography._evidence import Evidence, Prior
from influencr.geography.bio._items import Item, Sign
from influencr.geography.bio._lexicon import Lexicon
from influencr.geography.bio._names import Named, Names
from influencr.geography.gazetteer._reader import Gazetteer

__all__ = ["Pending", "Reading"]

#: Flags that look like another country's on most screens and are picked for it.
SAME_PICTURE = {"MF": "FR", "CP": "FR", "HM": "AU", "UM": "US", "BV": "NO", "SJ": "NO", "EA": "ES"}
#: Signs that a glance skips between a pin and its place: pictures, and a colon or dash.
_SKIPPED = frozenset((Sign.PICTURE, Sign.GLOBE))
_THIN_STOPS = frozenset((":", "-", "–", "—", ".", "•", "·"))


@dataclass(slots=True)
class Pending:
    """Words that name a place only if another clue of the bio names the same country."""

    kind: str
    text: str
    confidence: float
    words: str
    role: str = "lives"
    row: int | None = None


@dataclass(slots=True)
class Reading:
    """One bio being read.

    flag_roles   item position -> role of a flag that words or arrows around it have settled;
                 "" for a flag that is no clue any more
    """

    names: Names
    items: list[Item]
    hashtags: list[str]
    prior: Prior | None = None
    language: str | None = None
    found: list[Evidence] = field(default_factory=list)
    pending: list[Pending] = field(default_factory=list)
    flag_roles: dict[int, str] = field(default_factory=dict)

    @property
    def gazetteer(self) -> Gazetteer:
        """The gazetteer of the names."""
        return self.names.gazetteer

    @property
    def lexicon(self) -> Lexicon:
        """The tables."""
        return self.names.lexicon

    def add(
        self,
        kind: str,
        row: int | None,
        confidence: float,
        words: str,
        *,
        role: str = "lives",
        countries: Mapping[str, float] | None = None,
    ) -> None:
        """Keep one clue."""
        self.found.append(
            Evidence(kind, row, round(min(confidence, 0.99), 3), words, role, countries or {})
        )

    def add_named(
        self, kind: str, named: Named, share: float, words: str, *, role: str = "lives"
    ) -> None:
        """Keep a resolved name and the further places it lists ("Lagos / Accra")."""
        self.add(kind, named.row, named.confidence * share, words, role=role)
        for row, other, weight in named.others:
            kind_of_other = "origin" if other == "origin" else kind
            self.add(
                kind_of_other,
                row,
                named.confidence * share * min(1.0, 2 * weight),
                words,
                role=role if other == "lives" else other,
            )

    # --- items ------------------------------------------------------------------------------

    def flag_row(self, code: str) -> int | None:
        """Row of the country or British nation of a flag."""
        gazetteer = self.gazetteer
        code = SAME_PICTURE.get(code, code)
        return gazetteer.country_row.get(code, gazetteer.region_row.get(code))

    def flag_country(self, position: int) -> str | None:
        """Alpha-2 of the flag at a position; None when the item is none."""
        if not 0 <= position < len(self.items) or self.items[position].sign != Sign.FLAG:
            return None
        code = self.items[position].text[:2]
        return SAME_PICTURE.get(code, code)

    def beside(self, position: int) -> str | None:
        """Country of a flag right behind an item, else right before it: context for its name."""
        after = self.after(position)
        found = self.flag_country(after) if after is not None else None
        if found is None:
            before = self.before(position)
            found = self.flag_country(before) if before is not None else None
        return found

    def after(self, position: int, *, thin: bool = False) -> int | None:
        """Next item of the line behind pictures (and, if thin, a colon or dash)."""
        return self._step(position, 1, thin)

    def before(self, position: int) -> int | None:
        """The item of the line before pictures."""
        return self._step(position, -1, False)

    def _step(self, position: int, by: int, thin: bool) -> int | None:
        at = position + by
        skipped = 0
        while 0 <= at < len(self.items) and skipped < 4:
            item = self.items[at]
            if item.sign == Sign.LINE:
                return None
            if item.sign not in _SKIPPED and not (
                thin and item.sign == Sign.STOP and item.text in _THIN_STOPS
            ):
                return at
            at += by
            skipped += 1
        return None

    def country(self, row: int) -> str | None:
        """Alpha-2 of a row."""
        return self.gazetteer.country(row)
