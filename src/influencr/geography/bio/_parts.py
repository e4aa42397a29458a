"""Parts that are nothing but a place, flags, and the order of several places.

"Seattle, WA" or "London" between separators; "Lagos ✈️ London", "🇧🇷 in 🇩🇪" and "London via Lagos"
say which one is home. A name alone must be well known and no first name or everyday word
(traps.csv); otherwise it waits for another clue of the same country.
"""

from __future__ import annotations

from dataclasses import dataclass

from influencr.geography.bio._items import Item, Sign
from influencr.geography.bio._names import LARGE, Named
from influencr.geography.bio._state import Pending, Reading
from influencr.geography.gazetteer._format import PlaceKind

__all__ = ["read_parts"]

#: Words of the longest part that can be nothing but a place.
_MAX_WORDS = 7
#: People of a city that another language's name in small letters, or a first name, may mean.
_MILLION = 1_000_000
#: People of a city whose name alone is believed.
_ALONE = LARGE
#: Countries of one bio among which arrows are read.
_MAX_ORDERED = 4
#: The same for a name in another script, which no everyday word of Latin script can be.
_OTHER_SCRIPT = 300_000
#: What is left of the second place of several, and again of the third.
_LATER = 0.85
_TO = frozenset(
    (
        "in", "to", "living in", "now in", "based in", "currently in", "en", "viviendo en", "au",
        "aux", "a", "em", "i", "im", "in the", "into", "moved to", "now", "born but in", "heart in",
    )
)  # fmt: skip
_FROM = frozenset(
    ("via", "from", "by way of", "but from", "originally from", "born in", "aus", "de", "ex")
)


@dataclass(slots=True)
class _Node:
    """A place or flag in the order of the line; nodes of one country side by side are one stop."""

    positions: list[int]
    country: str | None
    role: str = ""


@dataclass(slots=True)
class _Part:
    """A part that names a place."""

    named: Named
    text: str
    share: float
    sure: bool
    role: str = "lives"


def read_parts(reading: Reading) -> None:
    """Every part, with the roles that signs between places and flags give them."""
    parts: dict[int, _Part] = {}
    for position, item in enumerate(reading.items):
        if item.sign == Sign.TEXT and (part := _part(reading, position, item)) is not None:
            parts[position] = part
            if _is_delivery(reading, position):
                part.role = "visits"
    _order(reading, parts)
    n_lives = 0
    # "Washington, DC" goes before a name alone wherever it stands.
    contained = any(p.sure and "," in p.text for p in parts.values())
    for part in parts.values():
        kind = {"origin": "origin", "visits": "mention"}.get(part.role, "part")
        if part.role == "lives":
            # The first home that is named is the one.
            if "," not in part.text:
                part.share *= _LATER ** min(n_lives, 3) * (0.8 if contained else 1.0)
            n_lives += 1
        if part.sure:
            reading.add_named(kind, part.named, part.share, part.text, role=part.role)
        else:
            confidence = part.named.confidence * part.share
            reading.pending.append(
                Pending(kind, part.text, confidence, part.text, part.role, part.named.row)
            )


def _is_delivery(reading: Reading, position: int) -> bool:
    """ "Shipping: UK, Ireland", "Next: Lisbon": where things go is not where somebody is."""
    items = reading.items
    if position < 2 or items[position - 1].text != ":" or items[position - 2].sign != Sign.TEXT:
        return False
    return any(
        reading.lexicon.has(word.key, kind)
        for word in items[position - 2].words[-3:]
        for kind in ("market", "away", "speech")
    )


def _part(reading: Reading, position: int, item: Item) -> _Part | None:
    first, last = _unread(item)
    words = item.words[first:last]
    # Ages and years around a name: "22 London", "Leeds 19".
    while words and words[0].key.isdigit():
        words = words[1:]
        first += 1
    while words and words[-1].key.isdigit():
        words = words[:-1]
        last -= 1
    if not words or words[0].start < 0:
        return None
    whole = first == 0 or all(w.key.isdigit() for w in item.words[:first])
    if len(words) <= _MAX_WORDS:
        named = reading.names.span(
            item, first, last, country=reading.beside(position), prior=reading.prior
        )
        if named is None:
            named, first, last = _trimmed(reading, item, first, last)
        if named is not None:
            part = _judged(reading, position, item, first, last, named)
            if not whole:
                part.share *= 0.9
            return part
    return _behind_comma(reading, position, item, first, last)


def _trimmed(reading: Reading, item: Item, first: int, last: int) -> tuple[Named | None, int, int]:
    """A name in words that add nothing: "near Graz", "Casablanca city", "Durban area"."""
    lexicon = reading.lexicon
    if last - first > 1 and lexicon.has(item.words[first].key, "qualifier"):
        return reading.names.span(item, first + 1, last), first + 1, last
    if last - first > 1 and lexicon.has(item.words[last - 1].key, "suffix"):
        return reading.names.span(item, first, last - 1), first, last - 1
    return None, first, last


def _unread(item: Item) -> tuple[int, int]:
    """The longest run of words at the start or the end that no earlier step has read."""
    n = len(item.words)
    if not item.used:
        return 0, n
    start = min(s for s, _ in item.used)
    end = max(e for _, e in item.used)
    head = sum(w.end <= start for w in item.words)
    tail = sum(w.start < end for w in item.words)
    return (0, head) if head >= n - tail else (tail, n)


def _judged(
    reading: Reading, position: int, item: Item, first: int, last: int, named: Named
) -> _Part:
    """May this name stand for a home with nothing else beside it?"""
    words = item.words[first:last]
    text = item.text[words[0].start : words[-1].end]
    item.used.append((words[0].start, words[-1].end))
    key = " ".join(w.key for w in words)
    gazetteer, names, lexicon = reading.gazetteer, reading.names, reading.lexicon
    kind = gazetteer.kinds[named.row]
    is_code = len(key) <= 3 and key.isascii()
    if len(words) > 1 and not gazetteer.postings(key):
        if kind == PlaceKind.ADMIN2 and "," not in text:
            return _Part(named, text, 0.8, False)  # "Georgia cherry"
        # Made of several names: "Lahore Pakistan", "Seattle, WA".
        is_finer = not names.is_framing(named.row) or "," in text
        sure = is_finer and (not text.islower() or names.is_large(named.row))
        return _Part(named, text, 0.97, sure)
    is_city = kind == PlaceKind.CITY
    people = gazetteer.populations[named.row]
    if position + 1 < len(reading.items) and reading.items[position + 1].text == ":":
        return _Part(named, text, 0.8, False)  # "Sydney: a good dog"
    if key in lexicon.first_names and is_city and people >= _MILLION and not text.islower():
        return _Part(named, text, 0.85, True)
    if lexicon.has(key, "code"):
        return _Part(named, text, 0.9, True)
    if key in lexicon.traps or (" " not in key and key in lexicon.words):
        return _Part(named, text, 0.8, False)
    if is_code:
        return _Part(named, text, 0.9, text.isupper() and key in lexicon.known and len(key) == 3)
    if kind == PlaceKind.COUNTRY:
        return _Part(named, text, 0.97, key in lexicon.known)
    if text[0].islower() and text.isascii():
        floor = _ALONE if names.is_own_name(key, named.row) else _MILLION
        return _Part(named, text, 0.9, key in lexicon.known and names.is_large(named.row, floor))
    if not key.isascii() and names.is_large(named.row, _OTHER_SCRIPT):
        return _Part(named, text, 0.95, True)
    return _Part(named, text, 0.95, key in lexicon.known and names.is_large(named.row, _ALONE))


def _behind_comma(
    reading: Reading, position: int, item: Item, first: int, last: int
) -> _Part | None:
    """ "Photographer, London, UK": the longest end behind a comma that is a place."""
    if "," not in item.text and "،" not in item.text:
        return None
    for at in range(first + 1, last):
        gap = item.text[item.words[at - 1].end : item.words[at].start]
        if "," not in gap and "،" not in gap:
            continue
        if last - at > _MAX_WORDS:
            continue
        named = reading.names.span(
            item, at, last, country=reading.beside(position), prior=reading.prior
        )
        if named is not None:
            part = _judged(reading, position, item, at, last, named)
            part.share *= 0.9
            return part
    return None


# --- order ----------------------------------------------------------------------------------


def _order(reading: Reading, parts: dict[int, _Part]) -> None:
    nodes: list[_Node] = []
    links: list[str] = []
    link = ""
    for position, item in enumerate(reading.items):
        if item.sign == Sign.LINE:
            link = "line"
            continue
        country: str | None = None
        if item.sign == Sign.FLAG:
            country = item.text[:2]
        elif position in parts:
            country = reading.country(parts[position].named.row)
        if country is None:
            link = _link(link, item)
            continue
        if nodes and nodes[-1].country == country and link in ("", "list"):
            nodes[-1].positions.append(position)
        else:
            nodes.append(_Node([position], country))
            links.append(link)
        link = ""
    if len(nodes) > _MAX_ORDERED:
        return  # a tour, a collection
    for before, after, between in zip(nodes, nodes[1:], links[1:], strict=False):
        if between == "to":
            before.role, after.role = "origin", "lives"
        elif between == "from":
            before.role, after.role = before.role or "lives", "origin"
    for node in nodes:
        if not node.role:
            continue
        for position in node.positions:
            if position in parts:
                parts[position].role = node.role
                parts[position].sure = parts[position].sure or reading.names.is_large(
                    parts[position].named.row
                )
            elif position not in reading.flag_roles:
                reading.flag_roles[position] = node.role


def _link(link: str, item: Item) -> str:
    """What the signs and words between two places say about their order."""
    if link in ("line", "other", "from"):
        return "other" if item.sign != Sign.PICTURE else link
    if item.sign in (Sign.ARROW, Sign.PLANE):
        return "to"
    if item.sign == Sign.TEXT:
        if link == "list":
            return "other"
        phrase = " ".join(w.key for w in item.words)
        if phrase in _TO:
            return "to"
        return "from" if phrase in _FROM else "other"
    if item.sign == Sign.STOP and link == "":
        return "list"
    return link
