"""The tables of this folder, folded and indexed by first word; loaded once per process.

Also which place names are well known: everything that the gazetteer ranks high by people
(`Gazetteer.best_keys`), and the names of all countries in all languages it has.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from influencr.errors import HomeError
from influencr.geography.gazetteer._format import KIND_SHIFT, ROW_MASK, NameKind, PlaceKind
from influencr.geography.gazetteer._keys import name_key
from influencr.geography.gazetteer._reader import Gazetteer

__all__ = ["MAX_PHRASE", "UNSPACED", "Cue", "Demonym", "Lexicon"]

_HERE = Path(__file__).parent

#: Words of the longest phrase of any table.
MAX_PHRASE = 5
#: How many of the best-ranked names count as well known: down to towns of about 50,000 by their
#: own name and cities of about a million by a foreign one. Our own choice.
N_KNOWN = 90_000

#: Scripts that write words together: Han, Kana, Thai, Lao, Khmer, Burmese. Not Hangul.
UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u9fff"
# Country names in Latin letters are read in these languages: in all 40 they meet too many words.
_READ_IN_LATIN = frozenset(
    "en|es|fr|de|it|pt|nl|sv|da|nb|fi|pl|cs|ro|hu|tr|id|ms|vi|fil".split("|")  # noqa: SIM905
)
_UNSPACED_LANGUAGES = {"ja", "zh", "th"}


@dataclass(slots=True, frozen=True)
class Cue:
    """A phrase that stands beside a place; `weak` ones need a well-known place."""

    words: tuple[str, ...]
    languages: tuple[str, ...]
    role: str
    side: str
    glue: str = ""
    weak: bool = False


@dataclass(slots=True, frozen=True)
class Demonym:
    """A word for people: the gazetteer row it points to."""

    row: int
    role: str
    language: str


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (_HERE / name).open(encoding="utf-8", newline="") as file:
        lines = (line for line in file if not line.startswith("#"))
        yield from csv.DictReader(lines)


class Lexicon:
    """All tables for one gazetteer: use `Lexicon.of(gazetteer)`."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self.before: dict[str, list[Cue]] = {}
        self.after: dict[str, list[Cue]] = {}
        self.labels: dict[str, Cue] = {}
        self.glued: list[Cue] = []
        before: dict[str, Cue] = {}
        after: dict[str, Cue] = {}
        self.words: dict[str, frozenset[str]] = {}
        for row in _rows("words.csv"):
            key = name_key(row["word"])
            self.words[key] = self.words.get(key, frozenset()) | {row["kind"]}
        for row in _rows("cues.csv"):
            cue = _cue(row, self)
            phrase = " ".join(cue.words)
            if cue.side == "label":
                self.labels.setdefault(phrase, cue)
            elif _UNSPACED_LANGUAGES.intersection(cue.languages) and not phrase.isascii():
                (before if cue.side == "before" else after).setdefault(phrase, cue)
            elif cue.glue and not cue.words:
                self.glued.append(cue)
            else:
                table = self.before if cue.side == "before" else self.after
                table.setdefault(cue.words[0], []).append(cue)
        for table in (self.before, self.after):
            for cues in table.values():
                cues.sort(key=lambda c: -len(c.words))
        self.solid_before, self.solid_after = before, after
        self.solid = re.compile(
            "|".join(sorted({*before, *after}, key=lambda p: (-len(p), p))) or r"(?!)"
        )
        self.endings: dict[str, list[tuple[str, str]]] = {}
        for row in _rows("endings.csv"):
            self.endings.setdefault(row["language"], []).append((row["ending"], row["nominative"]))
        traps = {name_key(row["word"]): row["kind"] for row in _rows("traps.csv")}
        self.traps = frozenset(traps)
        self.everyday = frozenset(word for word, kind in traps.items() if kind == "word")
        self.first_names = frozenset(word for word, kind in traps.items() if kind == "name")
        self.demonyms = self._demonyms(gazetteer)
        self.demonym_starts = frozenset(key.split()[0] for key in self.demonyms)
        self.known, self.frames = self._known(gazetteer)
        self.known_starts = frozenset(key.split()[0] for key in self.known)
        self.frame_ends = frozenset(key.split()[-1] for key in self.frames)
        self.frame_starts = frozenset(key.split()[0] for key in self.frames)

    @staticmethod
    @lru_cache(maxsize=4)
    def of(gazetteer: Gazetteer) -> Lexicon:
        """The tables bound to a gazetteer, built on first use (about half a second)."""
        return Lexicon(gazetteer)

    def has(self, word: str, kind: str) -> bool:
        """Is this folded word or phrase of that kind (words.csv)?"""
        return kind in self.words.get(word, ())

    def _demonyms(self, gazetteer: Gazetteer) -> dict[str, Demonym]:
        rows: dict[str, int] = {}
        found: dict[str, Demonym] = {}
        for line in _rows("demonyms.csv"):
            place = line["place"]
            if place not in rows:
                rows[place] = _place(place, gazetteer)
            # The first of two meanings stands: countries before regions and cities of that name.
            found.setdefault(
                name_key(line["form"]), Demonym(rows[place], line["role"], line["language"])
            )
        return found

    @staticmethod
    def _known(gazetteer: Gazetteer) -> tuple[dict[str, int], frozenset[str]]:
        known: dict[str, int] = {}
        frames: set[str] = set()
        framing = (PlaceKind.COUNTRY, PlaceKind.ADMIN1, PlaceKind.UNION)
        for position in gazetteer.best_keys("", N_KNOWN):
            key = gazetteer.key(position)
            posting = gazetteer.postings(key)[0]
            kind = posting >> KIND_SHIFT
            if kind == NameKind.CODE or kind == NameKind.WEAK:
                continue
            if key.isascii() and len(key) < (3 if kind != NameKind.ALTERNATE else 5):
                continue
            known[key] = posting & ROW_MASK
            if gazetteer.kinds[posting & ROW_MASK] in framing:
                frames.add(key)
        for language, names in gazetteer.country_names.items():
            for code, name in names.items():
                key = name_key(name)
                if not key.isascii() or (len(key) > 3 and language in _READ_IN_LATIN):
                    known[key] = gazetteer.country_row[code]
                    frames.add(key)
        for row, code in gazetteer.region_of.items():
            frames.add(name_key(gazetteer.name(row)))
            if code[:3] in ("US-", "CA-", "AU-") and code[3:].isalpha():
                frames.add(code[3:].lower())
        frames.update(code.lower() for code in gazetteer.country_codes)
        frames.update(code.lower() for code in gazetteer.alpha3 if code)
        frames.update(("uk", "usa", "uae", "gb", "eng", "scot"))
        frames.discard("")
        return known, frozenset(frames)


def _cue(row: dict[str, str], lexicon: Lexicon) -> Cue:
    *words, last = row["phrase"].split()
    glue = last[:-1] if last.endswith("+") else ""
    words = [name_key(w) for w in (words if glue else [*words, last])]
    words = [w for w in words if w]
    weak = len(words) <= 1 and not (words and lexicon.has(words[0], "strong"))
    return Cue(
        tuple(words),
        tuple(row["languages"].split("|")),
        row["role"],
        row["side"],
        name_key(glue),
        weak and row["side"] != "label",
    )


def _place(place: str, gazetteer: Gazetteer) -> int:
    name, at, code = place.partition("@")
    if not at:
        row = gazetteer.country_row.get(place, gazetteer.region_row.get(place))
        if row is None:
            raise HomeError(f"demonyms.csv names {place!r}, which the gazetteer does not have.")
        return row
    country = gazetteer.country_row[code]
    cities = [
        p & ROW_MASK
        for p in gazetteer.postings(name_key(name))
        if gazetteer.kinds[p & ROW_MASK] == PlaceKind.CITY
        and gazetteer.country_row_of(p & ROW_MASK) == country
    ]
    if not cities:
        raise HomeError(f"demonyms.csv names {place!r}, which the gazetteer does not have.")
    return max(cities, key=lambda r: gazetteer.populations[r])
