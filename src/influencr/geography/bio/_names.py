"""Finds the place name that begins or ends at a word, in running text and behind case endings.

A cheap gate first (is there any such name, or a country or region at either end?), then
`_resolve.resolve`, remembered. Nothing here decides whether the words are about the creator.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from influencr.geography._evidence import Prior
from influencr.geography.bio._items import Item
from influencr.geography.bio._lexicon import UNSPACED, Lexicon
from influencr.geography.gazetteer._format import KIND_SHIFT, ROW_MASK, NameKind, PlaceKind
from influencr.geography.gazetteer._keys import name_key
from influencr.geography.gazetteer._reader import Gazetteer
from influencr.geography.location._resolve import resolve

__all__ = ["LARGE", "Named", "Names"]

#: Words of the longest name that is tried.
MAX_WORDS = 6
#: People from which a city counts as large: a name alone may mean it.
LARGE = 100_000
#: People below which a name is not believed when only a changed ending or part of a longer word
#: run gives it.
MIN_CHANGED = 20_000
#: Characters of the longest name in a script that writes words together.
MAX_RUN = 12

_REMEMBERED = 50_000
_CHANGED_CONFIDENCE = 0.85
_UNSPACED = re.compile(f"[{UNSPACED}]")
# Two letters that people also write small at the end of a part ("based in la").
_SMALL_CODES = frozenset(("uk", "la", "nz", "sf", "dc", "hk", "ph", "sg", "us", "nyc", "uae"))


@dataclass(slots=True, frozen=True)
class Named:
    """A place that words name."""

    row: int
    confidence: float
    others: tuple[tuple[int, str, float], ...] = ()


class Names:
    """Place names in text, for one gazetteer; keeps what it has resolved."""

    def __init__(self, gazetteer: Gazetteer, lexicon: Lexicon) -> None:
        self.gazetteer = gazetteer
        self.lexicon = lexicon
        self._memory: dict[tuple[str, str | None], Named | None] = {}

    @staticmethod
    @lru_cache(maxsize=4)
    def of(gazetteer: Gazetteer) -> Names:
        """The one for a gazetteer."""
        return Names(gazetteer, Lexicon.of(gazetteer))

    # --- about places -----------------------------------------------------------------------

    def is_large(self, row: int, people: int = LARGE) -> bool:
        """A country, a first-level division, or a city of that many people."""
        kind = self.gazetteer.kinds[row]
        if kind in (PlaceKind.COUNTRY, PlaceKind.ADMIN1):
            return True
        return self.gazetteer.populations[row] >= people

    def is_own_name(self, key: str, row: int) -> bool:
        """Is this the place's own or everyday name, not one in another language?"""
        return any(
            posting & ROW_MASK == row and posting >> KIND_SHIFT <= NameKind.ALIAS
            for posting in self.gazetteer.postings(key)
        )

    def is_framing(self, row: int) -> bool:
        """A country or first-level division: it can contain a city."""
        return self.gazetteer.kinds[row] in (PlaceKind.COUNTRY, PlaceKind.ADMIN1)

    # --- resolving --------------------------------------------------------------------------

    def whole(
        self, text: str, country: str | None = None, prior: Prior | None = None
    ) -> Named | None:
        """The place that the whole text names."""
        if prior is not None:
            return self._resolve(text, country, prior)
        key = (text, country)
        if key not in self._memory:
            if len(self._memory) >= _REMEMBERED:
                self._memory.clear()
            self._memory[key] = self._resolve(text, country, None)
        return self._memory[key]

    def _resolve(self, text: str, country: str | None, prior: Prior | None) -> Named | None:
        found = resolve(text, self.gazetteer, country=country, prior=prior, phrases=False)
        if found.row is None:
            return None
        return Named(found.row, found.confidence, tuple(found.others))

    def may_be(self, keys: Sequence[str]) -> bool:
        """Are these folded words names and nothing else: one, or one in a country or region?

        What `resolve` finds after cutting words off is left to a shorter span.
        """
        if self.gazetteer.postings(" ".join(keys)):
            return True
        frames, ends, starts = (
            self.lexicon.frames,
            self.lexicon.frame_ends,
            self.lexicon.frame_starts,
        )
        for cut in range(1, len(keys)):
            # "Lagos Nigeria", "Austin Texas USA"; "Egypt Cairo"
            head, tail = " ".join(keys[:cut]), " ".join(keys[cut:])
            if (
                keys[-1] in ends
                and tail in frames
                and (self._is_name(head) if cut == 1 else self.may_be(keys[:cut]))
            ):
                return True
            if (
                keys[0] in starts
                and len(head) > 2
                and head in frames
                and self.gazetteer.postings(tail)
            ):
                return True
        return False

    def _is_name(self, key: str) -> bool:
        """More than a code: "dj berlin" is not Berlin in Djibouti."""
        return any(
            posting >> KIND_SHIFT not in (NameKind.CODE, NameKind.WEAK)
            for posting in self.gazetteer.postings(key)
        )

    def listed(self, item: Item, at: int, end: int) -> bool:
        """Do commas divide the words into names only: "Shoreditch, London"?"""
        words = item.words
        start = at
        if end - at < 2 or ("," not in item.text and "،" not in item.text):
            return False
        n_pieces = 0
        for cut in range(at + 1, end + 1):
            gap = "," if cut == end else item.text[words[cut - 1].end : words[cut].start]
            if "," not in gap and "،" not in gap:
                continue
            key = " ".join(w.key for w in words[start:cut])
            # The place around must be a known one: "Graz, vis ..." is not an island's.
            if not self.gazetteer.postings(key) or (start > at and key not in self.lexicon.known):
                return False
            start = cut
            n_pieces += 1
        return n_pieces == 2

    # --- a name that begins or ends at a word -------------------------------------------------

    def right(
        self,
        item: Item,
        at: int,
        *,
        weak: bool = False,
        languages: Sequence[str] = (),
        country: str | None = None,
        prior: Prior | None = None,
    ) -> tuple[Named, int] | None:
        """The longest name that starts at word `at`, and the word after it.

        weak       only well-known places, with a capital where the script has them
        languages  whose case endings the name may have
        """
        words = item.words
        if at < len(words) and words[at].key == "the":
            at += 1
        if at >= len(words) or self.lexicon.has(words[at].key, "article"):
            return None
        found: tuple[Named, int] | None = None
        for end in range(min(len(words), at + MAX_WORDS), at, -1):
            named = self.span(item, at, end, weak=weak, country=country, prior=prior)
            if named is not None:
                found = named, end
                break
        if found is None and at + 1 < len(words) and self.lexicon.has(words[at].key, "qualifier"):
            return self.right(item, at + 1, weak=weak, country=country, prior=prior)
        if languages and any(lang in self.lexicon.endings for lang in languages):
            changed = self._changed(item, at, languages)
            people = self.gazetteer.populations
            if changed and (
                found is None
                or (
                    not self.is_large(found[0].row)
                    and people[changed[0].row] > people[found[0].row]
                )
            ):
                return changed
        if found is None and _UNSPACED.match(item.text[words[at].start]):
            run = self.start_of_run(item.text[words[at].start : words[at].end])
            if run is not None:
                return run[0], at + 1
        return found

    def left(
        self,
        item: Item,
        end: int,
        *,
        weak: bool = False,
        languages: Sequence[str] = (),
        country: str | None = None,
        prior: Prior | None = None,
    ) -> tuple[Named, int] | None:
        """The longest name that ends before word `end`, and its first word."""
        if end > 1 and self.lexicon.has(item.words[end - 1].key, "suffix"):
            # "geneva-ish", "Durban area", but "Kansas City"
            whole = any(
                self.gazetteer.postings(" ".join(w.key for w in item.words[at:end]))
                for at in range(max(0, end - 3), end - 1)
            )
            end -= not whole
        for at in range(max(0, end - MAX_WORDS), end):
            if self.lexicon.has(item.words[at].key, "article"):
                continue
            named = self.span(item, at, end, weak=weak, country=country, prior=prior)
            if named is not None:
                return named, at
        if end and any(lang in self.lexicon.endings for lang in languages):
            for at in range(max(0, end - 3), end):
                changed = self._changed(item, at, languages)
                if changed is not None and changed[1] == end:
                    return changed[0], at
        if end and _UNSPACED.match(item.text[item.words[end - 1].end - 1]):
            word = item.words[end - 1]
            named_run = self.end_of_run(item.text[word.start : word.end])
            if named_run is not None:
                return named_run, end - 1
        return None

    def span(
        self,
        item: Item,
        at: int,
        end: int,
        *,
        weak: bool = False,
        country: str | None = None,
        prior: Prior | None = None,
    ) -> Named | None:
        """The place that exactly the words `at` to `end` name."""
        words = item.words
        keys = [w.key for w in words[at:end]]
        if not (self.may_be(keys) or self.listed(item, at, end)):
            return None
        text = item.text[words[at].start : words[end - 1].end]
        last = end == len(words)
        if len(keys) == 1 and len(text) <= 4 and text.isascii() and not text.isupper():
            if self.lexicon.has(keys[0], "code") or (last and keys[0] in _SMALL_CODES):
                text = text.upper()
            elif text.islower() and len(text) <= 3:
                return None
        if text[0].islower() and " ".join(keys) in self.lexicon.traps:
            return None
        if weak and " ".join(keys) in self.lexicon.everyday:
            return None
        if weak and len(text) == 2 and text.isascii() and keys[0] not in _SMALL_CODES:
            return None
        named = self.whole(text, country, prior)
        if named is None and len(keys) > 1 and len(keys[-1]) <= 3 and text[-1].islower():
            # "osaka, jpn"
            cut = len(text) - len(keys[-1])
            named = self.whole(text[:cut] + text[cut:].upper(), country, prior)
        if len(keys) > 1 and (named is None or self.is_framing(named.row)):
            # Written from large to small with nothing between: "Peru-Cusco".
            named = self._turned(keys, country) or named
        if named is None or not self._code_fits(keys, text, named.row):
            return None
        if not weak:
            return named
        if not self.is_large(named.row):
            return None
        if text[0].islower() and not (last and at <= 1):
            return None
        return named

    def _turned(self, keys: Sequence[str], country: str | None) -> Named | None:
        for cut in range(1, len(keys)):
            head, tail = " ".join(keys[:cut]), " ".join(keys[cut:])
            if len(head) > 2 and head in self.lexicon.frames and self.gazetteer.postings(tail):
                named = self.whole(f"{tail}, {head}", country)
                if named is not None and not self.is_framing(named.row):
                    return named
        return None

    def _code_fits(self, keys: Sequence[str], text: str, row: int) -> bool:
        """Is a last word of two or three small letters ("dallas tx") a code of where it lies?

        Otherwise it is a word: "london in", "paris la nuit".
        """
        code = keys[-1]
        if len(keys) < 2 or len(code) > 3 or not code.isascii():
            return True
        if not text[-len(code) :].islower() or self.gazetteer.postings(" ".join(keys)):
            return True
        country = self.gazetteer.country(row) or ""
        inside = (country, (self.gazetteer.admin1(row) or "")[3:])
        if self.lexicon.has(code, "code") or code.upper() in inside:
            return True
        return self.gazetteer.alpha3_row.get(code.upper()) == self.gazetteer.country_row_of(row)

    def _changed(self, item: Item, at: int, languages: Sequence[str]) -> tuple[Named, int] | None:
        """A name with a case ending, put back into the nominative; the largest place wins."""
        best: tuple[int, int, str, int] | None = None
        for end in range(min(len(item.words), at + 3), at, -1):
            written = " ".join(w.key for w in item.words[at:end])
            for language in languages:
                for ending, nominative in self.lexicon.endings.get(language, ()):
                    if not written.endswith(ending) or len(written) - len(ending) < 2:
                        continue
                    name = written[: len(written) - len(ending)] + nominative
                    row = self._largest(name)
                    if row is None:
                        continue
                    people = self.gazetteer.populations[row]
                    if best is None or people > best[0]:
                        best = people, row, name, end
            if best is not None:
                break
        if best is None:
            return None
        _, row, name, end = best
        # "Beč" alone is too short to be believed; here a phrase says that it is a place.
        return self.whole(name.title()) or Named(row, _CHANGED_CONFIDENCE), end

    def _largest(self, name: str) -> int | None:
        """The best place of a folded name, if it is large enough to be meant."""
        if len(name) < (3 if name.isascii() else 2):
            return None
        for posting in self.gazetteer.postings(name):
            row, kind = posting & ROW_MASK, posting >> KIND_SHIFT
            if kind not in (NameKind.CODE, NameKind.WEAK) and self.is_large(row, MIN_CHANGED):
                return row
        return None

    # --- scripts that write words together ---------------------------------------------------

    def start_of_run(self, run: str, *, weak: bool = False) -> tuple[Named, int] | None:
        """The longest place name at the start of a run of signs, and its length."""
        for end in range(min(len(run), MAX_RUN), 1, -1):
            named = self._of_run(run[:end], weak)
            if named is not None:
                return named, end
        return None

    def end_of_run(self, run: str, *, weak: bool = False) -> Named | None:
        """The longest place name at the end of a run of signs."""
        for start in range(max(0, len(run) - MAX_RUN), len(run) - 1):
            named = self._of_run(run[start:], weak)
            if named is not None:
                return named
        return None

    def _of_run(self, text: str, weak: bool) -> Named | None:
        postings = self.gazetteer.postings(name_key(text))
        if not postings:
            if not weak and len(text) >= 4 and self.gazetteer.postings(name_key(text[:3])):
                named = self.whole(text)  # "埼玉県川越市": region and city in one run
                return named if named and self.is_large(named.row, MIN_CHANGED) else None
            return None
        named = self.whole(text)
        floor = LARGE if weak else MIN_CHANGED
        return named if named and self.is_large(named.row, floor) else None
