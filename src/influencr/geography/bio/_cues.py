"""Places beside a phrase that says what they are: "based in", "born in", "City:", 在住, में रहता."""

from __future__ import annotations

import re
from itertools import islice

from influencr.geography.bio._items import Item, Sign
from influencr.geography.bio._lexicon import UNSPACED, Cue
from influencr.geography.bio._names import MAX_RUN, Named
from influencr.geography.bio._state import Pending, Reading

__all__ = ["read_cues"]

_LABEL_ENDS = frozenset((":", "-", "–", "—", "=", "•", "·", "|"))
_UNSPACED = re.compile(f"[{UNSPACED}]")
_LATIN = re.compile(r"[\s:]*([^\W\d_][\w.'’-]*(?:[ ,]{1,2}[^\W\d_][\w.'’-]*){0,3})")
# "a ten-year resident", "plant based": words before an after-cue that are no names of places.
_MIN_BASED = 5_000
_MIN_BASED_SMALL_LETTERS = 300_000
#: Phrases of one text in a script without spaces that are read.
_MAX_SOLID = 40
#: Words before a bare preposition among which an occupation or a wish is looked for.
_REACH = 3


def read_cues(reading: Reading) -> None:
    """Every phrase of the tables that has a place beside it."""
    starts, ends = reading.lexicon.before, reading.lexicon.after
    for position, item in enumerate(reading.items):
        if item.sign != Sign.TEXT:
            continue
        _label(reading, position, item)
        if _UNSPACED.search(item.text):
            _solid(reading, item)
        keys = [w.key for w in item.words]
        at = 0
        while at < len(keys):
            key = keys[at]
            step = 0
            if key in starts:
                step = _ahead(reading, position, item, keys, at, starts[key])
            if not step and key in ends and at:
                _behind(reading, position, item, keys, at, ends[key])
            if not step and reading.lexicon.glued and not key.isascii():
                step = _glued(reading, position, item, keys, at)
            at += step or 1


def _ahead(
    reading: Reading, position: int, item: Item, keys: list[str], at: int, cues: list[Cue]
) -> int:
    """Phrases that start at a word; returns how many words were read."""
    for cue in cues:
        n = len(cue.words)
        if tuple(keys[at : at + n]) != cue.words:
            continue
        end = at + n
        if end == len(keys):
            if not cue.glue:
                _flags_behind(reading, position, item, keys, at, cue)
            continue
        shift = 0
        if cue.glue:
            shift = _unglue(item, end, cue.glue)
            if not shift:
                continue
        found = reading.names.right(
            item,
            end,
            weak=cue.weak or cue.role == "in",
            languages=cue.languages,
            country=reading.beside(position),
            prior=reading.prior,
        )
        if shift:
            item.words[end].start -= shift
            item.words[end].key = cue.glue + item.words[end].key
        if found is None:
            continue
        named, after = found
        start = item.words[at].start
        last = item.words[after - 1].end
        if not item.free(start, last):
            return 0
        item.used.append((start, last))
        _keep(reading, position, item, keys, at, cue, named, item.text[start:last])
        _listed(reading, item, keys, after, cue, named)
        return after - at
    return 0


def _unglue(item: Item, at: int, glue: str) -> int:
    """Take a letter that is joined to a word off it, for the time of a look-up."""
    word = item.words[at]
    if not word.key.startswith(glue) or len(word.key) < len(glue) + 2:
        return 0
    word.start += len(glue)
    word.key = word.key[len(glue) :]
    return len(glue)


def _glued(reading: Reading, position: int, item: Item, keys: list[str], at: int) -> int:
    """Hebrew and Arabic prepositions that are one letter before the name."""
    for cue in reading.lexicon.glued:
        if keys[at].startswith(cue.glue) and len(keys[at]) >= len(cue.glue) + 3:
            shift = _unglue(item, at, cue.glue)
            found = reading.names.right(item, at, weak=True, country=reading.beside(position))
            item.words[at].start -= shift
            item.words[at].key = keys[at]
            if found is not None and item.free(item.words[at].start, item.words[at].end):
                named, after = found
                last = item.words[after - 1].end
                start = item.words[at].start
                item.used.append((start, last))
                _keep(reading, position, item, keys, at, cue, named, item.text[start:last])
                return after - at
    return 0


def _keep(
    reading: Reading,
    position: int,
    item: Item,
    keys: list[str],
    at: int,
    cue: Cue,
    named: Named,
    words: str,
) -> None:
    before = keys[max(0, at - _REACH) : at]
    if cue.role == "in":
        _keep_in(reading, position, item, keys, at, named, words)
    elif cue.role == "visits" or any(reading.lexicon.has(k, "not_now") for k in before[-2:]):
        reading.add_named("mention", named, 0.8, words, role="visits")
    elif cue.role == "origin":
        reading.add_named("origin", named, 0.95, words, role="origin")
    else:
        reading.add_named("based", named, 0.85 if cue.weak else 0.97, words)


def _keep_in(
    reading: Reading, position: int, item: Item, keys: list[str], at: int, named: Named, words: str
) -> None:
    """A bare "in": with an occupation before it, or at the start of a part, it says residence."""
    lexicon = reading.lexicon
    before = keys[max(0, at - _REACH) : at]
    if any(lexicon.has(key, "away") for key in before) and "pat" not in before:
        reading.add_named("mention", named, 0.6, words, role="visits")
        return
    is_person = any(lexicon.has(key, "person") or key in lexicon.demonyms for key in before)
    is_person = is_person or (len(before) > 1 and lexicon.has(" ".join(before[-2:]), "person"))
    if is_person:
        start = item.words[at - 1].start
        reading.add_named("based", named, 0.85, f"{item.text[start : item.words[at].start]}{words}")
    elif at == 0:
        before_item = reading.before(position)
        if before_item is not None and reading.items[before_item].sign == Sign.FLAG:
            # "🇧🇷 in Lyon"
            reading.add_named("based", named, 0.9, words)
            reading.flag_roles.setdefault(before_item, "origin")
        else:
            reading.add_named("mention", named, 0.75, words)
    else:
        reading.add_named("mention", named, 0.6, words)


def _listed(
    reading: Reading, item: Item, keys: list[str], after: int, cue: Cue, first: Named
) -> None:
    """ "Berlin and Lisbon", "London & Lagos" behind a phrase."""
    if after >= len(keys):
        return
    gap = item.text[item.words[after - 1].end : item.words[after].start]
    at = after
    if reading.lexicon.has(keys[after], "and"):
        at += 1
    elif "&" not in gap and "," not in gap:
        return
    if at >= len(keys):
        return
    found = reading.names.right(item, at, weak=True, languages=cue.languages)
    if found is None or found[0].row == first.row:
        return
    named, end = found
    start, last = item.words[at].start, item.words[end - 1].end
    if not item.free(start, last):
        return
    item.used.append((start, last))
    kind, role = {"origin": ("origin", "origin"), "visits": ("mention", "visits")}.get(
        cue.role, ("based" if cue.role == "lives" else "mention", "lives")
    )
    reading.add_named(kind, named, 0.8, item.text[start:last], role=role)


def _behind(
    reading: Reading, position: int, item: Item, keys: list[str], at: int, cues: list[Cue]
) -> None:
    """Phrases behind a place: "NYC-based", "İstanbul'da yaşıyorum", "서울 거주"."""
    for cue in cues:
        n = len(cue.words)
        if tuple(keys[at : at + n]) != cue.words:
            continue
        found = reading.names.left(
            item,
            at,
            weak=cue.weak,
            languages=cue.languages,
            country=reading.beside(position),
            prior=reading.prior,
        )
        if found is None:
            continue
        named, first = found
        start, last = item.words[first].start, item.words[at + n - 1].end
        name = item.text[start : item.words[at - 1].end]
        is_small = name[0].islower()
        floor = _MIN_BASED_SMALL_LETTERS if is_small else _MIN_BASED
        key = " ".join(keys[first:at])
        if key in reading.lexicon.traps and name[0].islower():
            continue
        if not reading.names.is_large(named.row, floor):
            reading.pending.append(
                Pending("based", name, 0.8 * named.confidence, item.text[start:last])
            )
            continue
        if not item.free(start, last):
            return
        item.used.append((start, last))
        _keep(reading, position, item, keys, first, cue, named, item.text[start:last])
        return


def _flags_behind(
    reading: Reading, position: int, item: Item, keys: list[str], at: int, cue: Cue
) -> None:
    """ "living in 🇩🇪", "from 🇳🇬": the flag is the place."""
    if cue.side != "before":
        return
    following = reading.after(position)
    if following is None or reading.items[following].sign != Sign.FLAG:
        return
    if cue.role == "in":
        behind = reading.before(position)
        of_flag = behind is not None and reading.items[behind].sign == Sign.FLAG
        # "PT/EN 🇧🇷" is a list of languages.
        if not of_flag and (at == 0 or reading.lexicon.has(keys[at - 1], "away")):
            return
    role = {"in": "lives", "lives": "lives", "visits": "visits"}.get(cue.role, "origin")
    start = item.words[at].start
    phrase = item.text[start:]
    is_first = True
    while following < len(reading.items) and reading.items[following].sign == Sign.FLAG:
        row = reading.flag_row(reading.items[following].text)
        if row is not None and following not in reading.flag_roles:
            kind = {"lives": "based", "origin": "origin"}.get(role, "mention")
            words = f"{phrase} flag of {reading.gazetteer.name(row)}"
            reading.add(kind, row, 0.9 if is_first else 0.6, words, role=role)
            reading.flag_roles[following] = ""
            is_first = False
        following += 1
    item.used.append((start, len(item.text)))
    if following < len(reading.items) and reading.items[following].sign == Sign.TEXT:
        text = reading.items[following]
        named = reading.names.span(text, 0, len(text.words)) if len(text.words) <= 4 else None
        country = reading.items[following - 1].text[:2]
        if named is not None and reading.country(named.row) == country:
            text.used.append((0, len(text.text)))
            kind = {"lives": "based", "origin": "origin"}.get(role, "mention")
            reading.add(
                kind, named.row, named.confidence * 0.95, f"{phrase} {text.text}", role=role
            )


def _label(reading: Reading, position: int, item: Item) -> None:
    """ "City: Lagos", "Ort - Graz": a field of a form inside the bio."""
    if len(item.words) > 4 or position + 2 >= len(reading.items):
        return
    sign = reading.items[position + 1]
    if sign.sign not in (Sign.STOP, Sign.ARROW) or (
        sign.sign == Sign.STOP and sign.text not in _LABEL_ENDS
    ):
        return
    for n in (2, 1):
        phrase = " ".join(w.key for w in item.words[-n:])
        cue = reading.lexicon.labels.get(phrase)
        if cue is None or n > len(item.words):
            continue
        if sign.text != ":" and n != len(item.words):
            continue
        following = reading.after(position + 1, thin=True)
        if following is None:
            return
        target = reading.items[following]
        if target.sign == Sign.FLAG:
            row = reading.flag_row(target.text)
            if row is not None:
                reading.flag_roles[following] = ""
                kind = "origin" if cue.role == "origin" else "based"
                reading.add(kind, row, 0.9, f"{phrase}: flag", role=cue.role)
            return
        if target.sign != Sign.TEXT:
            return
        found = reading.names.right(
            target, 0, country=reading.beside(following), prior=reading.prior
        )
        if found is None:
            return
        named, end = found
        last = target.words[end - 1].end
        target.used.append((0, last))
        item.used.append((item.words[-n].start, len(item.text)))
        kind = "origin" if cue.role == "origin" else "based"
        words = f"{item.text}: {target.text[:last]}"
        reading.add_named(kind, named, 0.97, words, role=cue.role)
        return


def _solid(reading: Reading, item: Item) -> None:
    """Phrases of scripts without spaces: 東京在住, 坐标上海, อาศัยอยู่เชียงใหม่."""
    lexicon, names = reading.lexicon, reading.names
    for match in islice(lexicon.solid.finditer(item.text), _MAX_SOLID):
        phrase, start, end = match[0], match.start(), match.end()
        cue = lexicon.solid_after.get(phrase)
        if cue is not None and item.text[max(0, start - 2) : end] in lexicon.demonyms:
            continue  # 日本人 is a word for people
        if cue is not None:
            run = item.text[max(0, start - MAX_RUN - 2) : start].rstrip(" にのでを・:")
            run = re.split(r"[\s,、。/|・&]", run)[-1]
            named = names.end_of_run(run, weak=cue.weak) if len(run) > 1 else None
            if named is not None and item.free(start - 1, end):
                first = max(0, start - MAX_RUN)
                item.used.append((first, end))
                _keep_solid(reading, cue, named, item.text[first:end])
                continue
        cue = lexicon.solid_before.get(phrase)
        if cue is None:
            continue
        if latin := _LATIN.match(item.text, end):
            named = None
            if not _UNSPACED.match(latin[1]):
                named = names.whole(latin[1])
            if named is not None and names.is_large(named.row) and item.free(end, latin.end()):
                item.used.append((start, latin.end()))
                _keep_solid(reading, cue, named, item.text[start : latin.end()])
                continue
        rest = item.text[end : end + MAX_RUN + 2].lstrip(" :了在")
        found = names.start_of_run(re.split(r"[\s,、。/|・&]", rest)[0], weak=cue.weak)
        if found is not None and item.free(end, end + found[1]):
            item.used.append((start, end + found[1] + 1))
            _keep_solid(reading, cue, found[0], item.text[start : end + found[1]])


def _keep_solid(reading: Reading, cue: Cue, named: Named, words: str) -> None:
    if cue.role == "origin":
        reading.add_named("origin", named, 0.9, words, role="origin")
    elif cue.role == "in":
        reading.add_named("mention", named, 0.8, words)
    else:
        reading.add_named("based", named, 0.95, words)
