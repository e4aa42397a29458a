"""Words for people ("Kenyan", "carioca"), places in running text, and hashtags with a place inside.

The weakest clues: a name in running text may be a team, an employer, a wish or a journey, so the
words beside it decide (words.csv), and in scripts with capitals a name must have one.
"""

from __future__ import annotations

import re
from itertools import islice

from influencr.geography.bio._items import Item, Sign
from influencr.geography.bio._lexicon import UNSPACED
from influencr.geography.bio._names import Named
from influencr.geography.bio._state import Pending, Reading
from influencr.geography.gazetteer._keys import name_key
from influencr.geography.location._words import SUPRANATIONAL

__all__ = ["read_mentions", "read_tags"]

#: People of a city whose name in running text is read; with an occupation beside it.
_FAMOUS, _WITH_PERSON = 300_000, 50_000
_MILLION = 1_000_000
_CODE = frozenset(("code",))
_MAX_NAME = 4
_REACH = 3
_UNSPACED_RUN = re.compile(f"[{UNSPACED}]{{2,}}")
#: Runs of such text in one item, and signs of a run, that are read.
_MAX_RUNS, _MAX_SIGNS = 30, 200
_MIN_TAG = 4
_MAX_TAGS = 30


def read_mentions(reading: Reading) -> None:
    """Words for people and place names in all text that nothing else has read."""
    lexicon = reading.lexicon
    for position, item in enumerate(reading.items):
        if item.sign != Sign.TEXT:
            continue
        keys = [w.key for w in item.words]
        at = 0
        while at < len(keys):
            key = keys[at]
            step = 0
            if key in lexicon.demonym_starts:
                step = _demonym(reading, item, keys, at)
            if not step and key in lexicon.known_starts:
                step = _mention(reading, position, item, keys, at)
            at += step or 1
        if not item.text.isascii():
            for match in islice(_UNSPACED_RUN.finditer(item.text), _MAX_RUNS):
                _in_run(reading, item, match[0], match.start())


def _is_person(reading: Reading, keys: list[str], at: int) -> bool:
    """Does a word for an occupation or a person start here?"""
    if not 0 <= at < len(keys):
        return False
    lexicon = reading.lexicon
    return lexicon.has(keys[at], "person") or lexicon.has(" ".join(keys[at : at + 2]), "person")


def _demonym(reading: Reading, item: Item, keys: list[str], at: int) -> int:
    lexicon = reading.lexicon
    for n in (3, 2, 1):
        key = " ".join(keys[at : at + n])
        demonym = lexicon.demonyms.get(key)
        if demonym is None or len(keys) < at + n:
            continue
        start, last = item.words[at].start, item.words[at + n - 1].end
        if not item.free(start, last):
            return 0
        follows = keys[at + n] if at + n < len(keys) else ""
        precedes = keys[at - 1] if at else ""
        person = _is_person(reading, keys, at + n) or _is_person(reading, keys, at - 1)
        near = any(_is_person(reading, keys, at + n + i) for i in range(1, 4))
        if lexicon.has(follows, "thing") and not person and not near:
            return n
        if lexicon.has(" ".join(keys[at + n : at + n + 2]), "thing"):
            return n
        if lexicon.has(follows, "speech") or lexicon.has(precedes, "speech"):
            return n
        if lexicon.has(precedes, "half") or (lexicon.has(precedes, "away") and not person):
            return n
        words = item.text[start:last]
        alone = len(keys) == n
        beside = {precedes, follows, keys[at + n + 1] if at + n + 1 < len(keys) else ""}
        is_language = lexicon.has(key, "tongue")
        if (
            is_language
            and not person
            and any(
                lexicon.has(b, "tongue") or b in lexicon.demonyms for b in beside if b and b != key
            )
        ):
            return n
        if precedes == "the" and not person:
            return n  # "The New Yorker"
        confidence = 0.9 if person or (alone and not is_language) else 0.75
        role = (
            "origin"
            if any(lexicon.has(b, "born") for b in beside) or demonym.role == "origin"
            else "lives"
        )
        item.used.append((start, last))
        if is_language and not person:
            reading.pending.append(Pending("demonym", "", 0.7, words, role, demonym.row))
        else:
            reading.add("demonym", demonym.row, confidence, words, role=role)
        return n
    return 0


def _mention(reading: Reading, position: int, item: Item, keys: list[str], at: int) -> int:
    lexicon, names = reading.lexicon, reading.names
    for n in range(min(_MAX_NAME, len(keys) - at), 0, -1):
        key = " ".join(keys[at : at + n])
        row = lexicon.known.get(key)
        if n > 1 and key in SUPRANATIONAL:
            return n  # "Latin America" is not America
        if row is None:
            continue
        start, last = item.words[at].start, item.words[at + n - 1].end
        if not item.free(start, last):
            continue
        written = item.text[start:last]
        person = (
            _is_person(reading, keys, at + n)
            or _is_person(reading, keys, at - 1)
            or (at > 1 and lexicon.has(keys[at - 2], "person"))
            # "Sydney wedding and family photographer"
            or (at == 0 and any(_is_person(reading, keys, n + ahead) for ahead in (1, 2, 3)))
        )
        if not names.is_large(row, _WITH_PERSON if person else _FAMOUS):
            continue
        is_small = _is_cased(written) and written[0].islower()
        # "toronto photographer" in a bio without capitals
        if is_small and not (person and names.is_large(row, _FAMOUS)):
            continue
        if n == 1 and lexicon.words.get(key, _CODE) != _CODE:
            continue
        named, end = _widened(reading, position, item, at, n)
        if named is None:
            continue
        last = item.words[end - 1].end
        words = item.text[start:last]
        item.used.append((start, last))
        _keep(reading, item, keys, at, end, named, words, person=person, key=key)
        return end - at
    return 0


def _widened(
    reading: Reading, position: int, item: Item, at: int, n: int
) -> tuple[Named | None, int]:
    """The name, with a country or region that follows it: "Lagos, Nigeria"."""
    country = reading.beside(position)
    for end in range(min(len(item.words), at + n + 3), at + n, -1):
        if item.words[end - 1].key in reading.lexicon.frame_ends:
            gap = item.text[item.words[at + n - 1].end : item.words[at + n].start]
            named = reading.names.span(item, at, end, country=country, prior=reading.prior)
            if named is not None and not reading.names.is_framing(named.row) and len(gap) <= 2:
                return named, end
    return reading.names.span(item, at, at + n, country=country, prior=reading.prior), at + n


def _keep(
    reading: Reading,
    item: Item,
    keys: list[str],
    at: int,
    end: int,
    named: Named,
    words: str,
    *,
    person: bool,
    key: str,
) -> None:
    lexicon = reading.lexicon
    before = keys[max(0, at - _REACH) : at]
    follows = keys[end] if end < len(keys) else ""
    two = " ".join(keys[end : end + 2])
    said_behind = _is_person(reading, keys, end)
    if any(lexicon.has(k, "away") for k in before) and not said_behind:
        reading.add_named("mention", named, 0.5, words, role="visits")
        return
    is_pair = "," in words and not reading.names.is_framing(named.row)
    if is_pair:
        reading.add_named("pair", named, 0.95, words)
        return
    gap = item.text[item.words[at - 1].end : item.words[at].start] if at else ""
    in_name = (
        "@" in gap
        or lexicon.has(follows, "org_after")
        or lexicon.has(two, "org_after")
        or any(lexicon.has(" ".join(before[-n:]), "org_before") for n in (1, 2) if len(before) >= n)
    )
    if in_name and not lexicon.has(follows, "person"):
        if key not in lexicon.traps:
            reading.add_named("mention", named, 0.4, words)
        return
    if key in lexicon.traps:
        # "Sydney florist" is the city; "Sofia, 23, florist" is a name.
        behind = item.text[item.words[end - 1].end :].lstrip().startswith((",", "،"))
        is_city = not reading.names.is_framing(named.row)
        is_million = is_city and reading.names.is_large(named.row, _MILLION)
        if not (is_million and not behind and (said_behind or (person and at == 0))):
            reading.pending.append(Pending("mention", words, 0.7, words, row=named.row))
            return
    if person and before[-1:] == ["the"]:
        reading.add_named("mention", named, 0.65, words)  # "THE BOSTON GIRL" is a book
        return
    if person:
        reading.add_named("mention", named, 0.95, _wider_words(item, at, end))
    else:
        reading.add_named("mention", named, 0.7, words)


def _wider_words(item: Item, at: int, end: int) -> str:
    """The name with the word on either side, for the reason."""
    first, last = max(0, at - 1), min(len(item.words), end + 1)
    return item.text[item.words[first].start : item.words[last - 1].end]


def _is_cased(text: str) -> bool:
    return text[0].lower() != text[0].upper()


def _in_run(reading: Reading, item: Item, run: str, offset: int) -> None:
    """Well-known names inside text without spaces."""
    lexicon = reading.lexicon
    at = 0
    run = run[:_MAX_SIGNS]
    while at < len(run) - 1:
        for n in range(min(8, len(run) - at), 1, -1):
            text = run[at : at + n]
            row = lexicon.known.get(name_key(text)) if n > 2 or text in lexicon.known else None
            demonym = lexicon.demonyms.get(text)
            start = offset + at
            if (row is None and demonym is None) or not item.free(start, start + n):
                continue
            if demonym is not None:
                reading.add("demonym", demonym.row, 0.85, text, role=demonym.role)
            elif row is not None and reading.names.is_large(row, 1_000_000):
                named = reading.names.whole(text)
                if named is None:
                    continue
                reading.add_named("mention", named, 0.7, text)
            else:
                continue
            item.used.append((start, start + n))
            at += n - 1
            break
        at += 1


# --- hashtags -------------------------------------------------------------------------------


def read_tags(reading: Reading) -> None:
    """ "#londonfoodie", "#MadeInNaija", "#parisienne"."""
    seen: set[int] = set()
    for tag in reading.hashtags[:_MAX_TAGS]:
        key = name_key(tag.replace("_", " ")).replace(" ", "")
        if len(key) < _MIN_TAG and key.isascii():
            continue
        row = _tagged(reading, key)
        if row is not None and row not in seen:
            seen.add(row)
            reading.add("place_tag", row, 0.85, f"#{tag}")


def _tagged(reading: Reading, key: str) -> int | None:
    lexicon = reading.lexicon
    demonym = lexicon.demonyms.get(key)
    if demonym is not None and not lexicon.has(key, "tongue"):
        return demonym.row
    if key in lexicon.traps:
        return None
    if (row := _tag_place(reading, key)) is not None:
        return row
    for at in range(len(key) - 2, 3, -1):
        if _is_tag_word(reading, key[at:]) and (row := _tag_place(reading, key[:at])) is not None:
            return row
        if _is_tag_word(reading, key[:at]) and (row := _tag_place(reading, key[at:])) is not None:
            return row
    for start in (
        "in",
        "from",
        "visit",
        "proudly",
        "the",
        "madein",
        "livingin",
        "basedin",
        "bornin",
    ):
        if key.startswith(start) and (row := _tag_place(reading, key[len(start) :])) is not None:
            return row
    return None


def _is_tag_word(reading: Reading, word: str) -> bool:
    word = word.removesuffix("s") if len(word) > 3 else word
    return reading.lexicon.has(word, "tag") or reading.lexicon.has(word, "person")


def _tag_place(reading: Reading, key: str) -> int | None:
    """A well-known place by its name written together ("newyork"), or a word for people."""
    lexicon, names = reading.lexicon, reading.names
    if len(key) < _MIN_TAG and key.isascii() and key not in ("nyc", "ldn", "dxb", "atl", "usa"):
        return None
    if key in lexicon.traps or lexicon.has(key, "person"):
        return None
    row = lexicon.known.get(key)
    if row is None:
        demonym = lexicon.demonyms.get(key)
        return demonym.row if demonym is not None else _together(reading, key)
    if not names.is_large(row, _FAMOUS):
        return None
    named = names.whole(key if len(key) > 3 else key.upper())
    return named.row if named is not None else None


def _together(reading: Reading, key: str) -> int | None:
    """ "newyork", "southafrica", "buenosaires"."""
    if not key.isascii() or len(key) < 7:
        return None
    lexicon = reading.lexicon
    for at in range(3, len(key) - 2):
        name = f"{key[:at]} {key[at:]}"
        row = lexicon.known.get(name)
        if row is not None and reading.names.is_large(row, _FAMOUS):
            return row
    return None
