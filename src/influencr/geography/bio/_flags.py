"""What the flags of a bio say: one flag, several, and flags that say something else.

A flag beside "I speak", "fan" or "shipping to" is about languages, teams and parcels; 🇺🇦 and 🇵🇸
beside another flag, a rainbow or "stand with" are solidarity.
"""

from __future__ import annotations

from itertools import pairwise

from influencr.geography.bio._items import Sign
from influencr.geography.bio._state import Reading

__all__ = ["read_flags"]

#: Flags that people also raise for others.
_CAUSES = frozenset(("UA", "PS", "IL", "EU", "UN"))
_RAINBOW = ("🌈", "🏳", "🎗", "✊", "☮", "🍉", "🕊")
#: More different flags than this are a collection.
_MAX_FLAGS = 6
#: Countries with clearly more immigrants than emigrants (after UN DESA, International Migrant Stock
#: 2020). Of two flags one is mostly the home and one the family's: people more often live in these.
_RECEIVING = frozenset(
    """US CA AU NZ GB DE AT CH FR BE NL LU SE NO DK ES IT AE QA KW BH OM SA SG HK IL ZA CL MY TH
    CI""".split()  # noqa: SIM905
)
#: How much likelier such a country is than the other flag's. Our own judgement.
_RECEIVING_ODDS = 2.5


def read_flags(reading: Reading) -> None:
    """Every flag that no pin and no phrase has used."""
    if all(item.sign != Sign.FLAG for item in reading.items):
        return
    lives: dict[str, int] = {}
    weak: dict[str, int] = {}
    n_signs = 0
    about = _contexts(reading)
    for position, item in enumerate(reading.items):
        if item.sign != Sign.FLAG:
            continue
        role = reading.flag_roles.get(position)
        row = reading.flag_row(item.text)
        if row is None or role == "":
            continue
        n_signs += 1
        context = about[position]
        if context in ("speech", "market"):
            continue
        if role == "origin":
            words = f"flag of {reading.gazetteer.name(row)}"
            reading.add("origin", row, 0.9, words, role="origin")
        elif role == "lives":
            reading.add("flag", row, 0.97, f"flag of {reading.gazetteer.name(row)}")
        elif context:
            weak.setdefault(item.text, row)
        else:
            lives.setdefault(item.text, row)
    if len(lives) > 1 or weak:
        for code in [c for c in lives if c in _CAUSES and (len(lives) > 1 or weak)]:
            if len(lives) > 1:
                weak.setdefault(code, lives.pop(code))
    if any(p.text.startswith(_RAINBOW) for p in reading.items if p.sign == Sign.PICTURE):
        for code in [c for c in lives if c in _CAUSES]:
            weak.setdefault(code, lives.pop(code))
    names = reading.gazetteer.name
    if len(lives) == 1:
        (row,) = lives.values()
        settled = any(e.kind == "flag" for e in reading.found)
        reading.add("flag", row, 0.97 if not settled else 0.7, f"flag of {names(row)}")
    elif 1 < len(lives) <= _MAX_FLAGS:
        _several(reading, lives)
    for row in weak.values():
        country = reading.country(row)
        if country is not None:
            reading.add("flags", None, 0.3, f"flag of {names(row)}", countries={country: 0.5})


def _several(reading: Reading, lives: dict[str, int]) -> None:
    shares: dict[str, float] = {}
    for row in lives.values():
        if (code := reading.country(row)) is not None:
            shares[code] = _RECEIVING_ODDS if code in _RECEIVING else 1.0
    if len(shares) == 1:  # 🏴󠁧󠁢󠁳󠁣󠁴󠁿🇬🇧
        row = next(iter(lives.values()))
        reading.add("flag", row, 0.97, f"flag of {reading.gazetteer.name(row)}")
        return
    total = sum(shares.values())
    words = "flags of " + ", ".join(reading.gazetteer.name(row) for row in lives.values())
    countries = {code: round(share / total, 3) for code, share in shares.items()}
    reading.add("flags", None, 0.9, words, countries=countries)


def _contexts(reading: Reading) -> dict[int, str]:
    """Per flag position what the words of its line are about: speech, market, support, fan, ""."""
    lexicon = reading.lexicon
    found: dict[int, str] = {}
    line: list[int] = []
    keys: list[str] = []

    def close() -> None:
        if not line:
            return
        context = ""
        for kind in ("speech", "market", "support", "fan"):
            if any(lexicon.has(k, kind) for k in keys) or any(
                lexicon.has(f"{a} {b}", kind) for a, b in pairwise(keys)
            ):
                context = kind
                break
        for position in line:
            found[position] = context

    for position, item in enumerate(reading.items):
        if item.sign == Sign.LINE:
            close()
            line, keys = [], []
        elif item.sign == Sign.FLAG:
            line.append(position)
        elif item.sign == Sign.TEXT and len(keys) < 60:
            keys.extend(w.key for w in item.words)
    close()
    return found
