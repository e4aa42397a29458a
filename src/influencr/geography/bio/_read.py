"""All clues about place in one bio, strongest first.

The steps go from strong to weak, and words that one step has read are not read again: pins,
phrases, parts and the order of places, flags, words for people, names in running text, hashtags.
Names that could be something else wait until the end for another clue of the same country.
"""

from __future__ import annotations

from dataclasses import replace

from influencr.geography._evidence import Evidence, Prior
from influencr.geography.bio._cues import read_cues
from influencr.geography.bio._flags import read_flags
from influencr.geography.bio._items import layout
from influencr.geography.bio._mentions import read_mentions, read_tags
from influencr.geography.bio._names import Names
from influencr.geography.bio._parts import read_parts
from influencr.geography.bio._pins import read_pins
from influencr.geography.bio._state import Reading
from influencr.geography.gazetteer._keys import name_key
from influencr.geography.gazetteer._reader import Gazetteer

__all__ = ["read_bio"]

_ORDER = {
    kind: at
    for at, kind in enumerate(
        (
            "pin",
            "based",
            "part",
            "pair",
            "flag",
            "mention",
            "demonym",
            "origin",
            "flags",
            "place_tag",
        )
    )
}
_ROLES = {"lives": 0, "origin": 1, "visits": 2}
#: Clues that say where somebody is now; against these, a nationality word is where they are from.
_NOW = frozenset(("pin", "based", "part", "pair"))
#: Against these a flag or a further part is where they are from, too.
_HERE = frozenset(("pin", "based"))
#: People from which a doubtful name is sure once another clue agrees.
_MIN_SUPPORTED = 20_000
#: Natural log of the odds from which a prior alone supports a doubtful name.
_PRIOR_SUPPORT = 2.0


def read_bio(
    text: str,
    gazetteer: Gazetteer,
    *,
    prior: Prior | None = None,
    language: str | None = None,
) -> list[Evidence]:
    """Every clue about place that a bio holds, strongest first; empty when it holds none.

    prior      what other fields say: chooses between places of one name and supports doubtful ones
    language   ISO 639-1 of the bio; not needed, phrases of all languages are read

    Kinds: pin, based, part, pair, flag, flags, origin, demonym, mention, place_tag. Places of the
    past and of journeys have the role "visits". Handles, links and e-mail addresses are not read.

    >>> g = Gazetteer.load()
    >>> [(e.kind, g.name(e.row), e.role) for e in read_bio("🇧🇷 in Lyon, France", g)]
    [('based', 'Lyon', 'lives'), ('origin', 'Brazil', 'origin')]
    >>> read_bio("write me @paris or paris@example.org", g)
    []
    """
    names = Names.of(gazetteer)
    laid = layout(text)
    reading = Reading(names, laid.items, laid.hashtags, prior, language)
    if laid.items:
        read_pins(reading)
        read_cues(reading)
        read_parts(reading)
        read_flags(reading)
        read_mentions(reading)
    if laid.hashtags:
        read_tags(reading)
    if reading.pending:
        _settle(reading)
    return _ordered(reading)


def _settle(reading: Reading) -> None:
    """Doubtful names that lie in a country which a sure clue names."""
    support = {
        code for e in reading.found if e.row is not None and (code := reading.country(e.row))
    }
    for e in reading.found:
        support.update(e.countries)
    leaning: set[str] = set()
    if reading.prior is not None:
        odds = reading.prior.countries
        leaning = {c for c in odds if odds[c] >= _PRIOR_SUPPORT} - support
    for pending in reading.pending:
        for code in (*sorted(support), *sorted(leaning)):
            row = pending.row
            confidence = pending.confidence
            if row is None or reading.country(row) != code:
                named = reading.names.whole(pending.text, code) if pending.text else None
                if named is None or reading.country(named.row) != code:
                    continue
                row = named.row
            # The language of a bio says nothing about words that are words of that language.
            if code in leaning and (
                not reading.names.is_large(row)
                or name_key(pending.text) in reading.lexicon.everyday
                or name_key(pending.text) in reading.lexicon.words
            ):
                continue
            if pending.kind != "demonym":
                sure = reading.names.is_large(row, _MIN_SUPPORTED)
                confidence = max(confidence, 0.8) if sure else min(confidence, 0.6)
            reading.add(pending.kind, row, confidence, pending.words, role=pending.role)
            break


def _ordered(reading: Reading) -> list[Evidence]:
    found = reading.found
    if len(found) < 2:
        return found
    homes = [(e.kind, e.row) for e in found if e.role == "lives" and e.row is not None]
    now = {reading.country(row) for kind, row in homes if kind in _NOW}
    here = {reading.country(row) for kind, row in homes if kind in _HERE}
    best: dict[tuple[str, int | None, tuple[str, ...], str], Evidence] = {}
    for e in found:
        if e.role == "lives" and e.row is not None:
            country = reading.country(e.row)
            if e.kind == "demonym" and now and country not in now:
                e = replace(e, role="origin")
            elif e.kind in ("flag", "part") and here and country not in here:
                e = replace(e, kind="origin", role="origin")
            elif e.kind == "mention" and here and country not in here:
                e = replace(e, confidence=round(0.5 * e.confidence, 3))
        key = (e.kind, e.row, tuple(e.countries), e.role)
        kept = best.get(key)
        if kept is None or e.confidence > kept.confidence:
            best[key] = e
    return sorted(best.values(), key=lambda e: (_ROLES[e.role], _ORDER[e.kind], -e.confidence))
