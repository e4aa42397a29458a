"""All clues about one creator weighed against each other: one place, how sure, and the others.

Level by level, country first. Every clue is a distribution over countries: its reliability times
its confidence on the countries that it names, the rest on all others by their people. The clues
multiply (naive Bayes), with four corrections for what that gets wrong:

1. **Dependent clues.** Of the clues of one family ("based in" and a pin, two flags) that agree, the
   second and later ones count a part (`again`); so does a language beside the flag of its country.
2. **From there, lives here.** An origin says where somebody lives only while nothing better does
   ("São Paulo → Watford" lives in Watford), and then explains the language too.
3. **Precedence.** A clue that contradicts one of a smaller rank keeps CONTRADICTED of its
   reliability: the location field before the bio, the bio before the platform, words before hints.
4. **Floors.** Below COUNTRY_FLOOR nothing is claimed; hints alone (language, phone, domain, clock)
   claim a country from HINTS_FLOOR on, and never anything finer. A division or city is claimed
   only from words that name it, when it is likelier right than wrong.

Nothing is dropped: places that lose stay as others with their weight, "from Lagos" as origin.
Words for where somebody is from are read as places only; nothing is concluded about the person.

The constants are our own choice, fixed by tests/unit/geography/test_fuse.py; the reliabilities and
their reasons are in reliability.toml.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from influencr.geography._evidence import Evidence
from influencr.geography.fusion._reliability import Reliability, reliability
from influencr.geography.fusion._sentences import guess, sentence
from influencr.geography.gazetteer._format import PlaceKind
from influencr.geography.gazetteer._reader import Gazetteer
from influencr.geography.hints import base_rates

__all__ = ["COUNTRY_FLOOR", "FINER_FLOOR", "HINTS_FLOOR", "Fused", "Other", "fuse"]

#: A country is claimed from here on.
COUNTRY_FLOOR = 0.5
#: A country that no words name is claimed from here on.
HINTS_FLOOR = 0.8
#: A division or city is claimed from here on (the chance that it is right, country included).
FINER_FLOOR = 0.5
#: What is left of the reliability of a clue that contradicts one of a smaller rank.
CONTRADICTED = 0.75
#: Whatever a profile says, its owner may have moved since: nothing is surer than this.
MOST_SURE = 0.995
#: Other places that are kept.
MAX_OTHERS = 3

# A hint that leaves more than this of the odds is not shown as speaking against the place: English
# is written everywhere.
AGAINST = 0.5

# Of a clue without one place, only its largest countries compete; the rest stand for all others.
_COMPETING = 8
# Up to this rank a clue states the home (location, field, pin, "based in", a part of its own).
_HOME_RANK = 3
# How many divisions a country has and cities a division has, for what "another one" is worth.
_N_REGIONS, _N_CITIES = 15, 30
# Two named cities within this distance are one place said twice ("Brooklyn", "New York").
_SAME_CITY_KM = 40.0


class Other(NamedTuple):
    """A further place: `role` is lives or origin, `weight` 0..1 how much speaks for it."""

    row: int
    role: str
    weight: float


@dataclass(slots=True)
class Fused:
    """What all clues say together.

    row          the place claimed; None for unknown
    country      alpha-2 of the place
    confidence   that the country is right, 0..1
    finest       that the claimed level is right, 0..1; equals `confidence` for a country
    basis        declared, bio, hints or network: what the claimed level rests on; None if unknown
    point        coordinates that the deciding words held
    reason       a sentence: "bio: 'based in Wien' -> Vienna, Austria"
    evidence     a sentence per clue, strongest first; contradicting ones begin with "against: ",
                 origins and second homes with "besides: "
    others       further places, strongest first
    """

    row: int | None = None
    country: str | None = None
    confidence: float = 0.0
    finest: float = 0.0
    basis: str | None = None
    point: tuple[float, float] | None = None
    reason: str = ""
    evidence: list[str] = field(default_factory=list)
    others: list[Other] = field(default_factory=list)


@dataclass(slots=True)
class _Clue:
    """One clue made ready: where it points, how strongly, and whether it supports the winner."""

    said: Evidence
    kind: Reliability
    countries: Mapping[str, float]
    strength: float
    ratio: float = 1.0
    is_silent: bool = False

    @property
    def country(self) -> str | None:
        """The one country it names, if it names one."""
        best = max(self.countries, key=lambda c: self.countries[c])
        return best if self.countries[best] >= 0.9 else None


def fuse(evidence: Sequence[Evidence], gazetteer: Gazetteer) -> Fused:
    """One place from all clues about a creator, or unknown with the best guess in the reason.

    evidence   any order; clues of role "visits" are not weighed

    >>> g = Gazetteer.load()
    >>> lyon = g.row(2996944)
    >>> fuse([Evidence("pin", lyon, 0.95, "Lyon, France")], g).reason
    "bio: 📍 'Lyon, France' -> Lyon, Auvergne-Rhône-Alpes, France"
    """
    clues = _ready(evidence, gazetteer)
    if not clues:
        return Fused()
    posterior = _countries(clues)
    best = min(posterior, key=lambda c: (-posterior[c], c))
    p = min(posterior[best], MOST_SURE)
    for clue in clues:
        clue.ratio = _share(clue, best) / base_rates()[best]
    clues.sort(key=_loudness, reverse=True)
    worded = any(c.kind.basis != "hints" and best in c.countries for c in clues)
    if p < (COUNTRY_FLOOR if worded else HINTS_FLOOR):
        lines = [sentence(c.said, gazetteer) for c in clues]
        row = gazetteer.country_row[best]
        reason = guess(row, p, clues[0].said, gazetteer, hints_only=not worded)
        return Fused(
            reason=reason, evidence=lines, others=_others(clues, None, posterior, gazetteer)
        )
    row, finest, decided = _finer(clues, best, p, gazetteer)
    supporting = [c for c in clues if c.ratio > 1.0]
    against = [
        c for c in clues if c.ratio <= 1.0 and (c.kind.basis != "hints" or c.ratio < AGAINST)
    ]
    lead = decided or supporting[0]
    fused = Fused(
        row=row,
        country=best,
        confidence=round(p, 3),
        finest=round(finest, 3),
        basis=_basis(lead, supporting),
        point=lead.said.point if decided else None,
        reason=sentence(lead.said, gazetteer, place=row),
        evidence=[
            *(sentence(c.said, gazetteer) for c in supporting),
            *(sentence(c.said, gazetteer, before=_before(c)) for c in against),
        ],
    )
    if loudest := next((c for c in against if c.country is not None and _before(c) == "against: "
                        and c.kind.basis != "hints"), None):  # fmt: skip
        fused.reason += f" (against {sentence(loudest.said, gazetteer, arrow=False)})"
    fused.others = _others(clues, row, posterior, gazetteer)
    return fused


def _ready(evidence: Sequence[Evidence], gazetteer: Gazetteer) -> list[_Clue]:
    base = base_rates()
    clues: list[_Clue] = []
    for said in evidence:
        if said.role == "visits":
            continue
        countries: Mapping[str, float] = said.countries
        if said.row is not None:
            code = gazetteer.country(said.row)
            countries = {code: 1.0} if code is not None else {}
        # The gazetteer has places (Kosovo, Antarctica) that a table of people may lack.
        countries = {c: n for c, n in countries.items() if c in base}
        if countries:
            kind = reliability(said.kind)
            strength = min(kind.country * said.confidence, MOST_SURE)
            clues.append(_Clue(said, kind, countries, strength))
    clues.sort(key=lambda c: (c.kind.rank, -c.strength, *_identity(c)))
    _give_way(clues)
    return clues


def _give_way(clues: list[_Clue]) -> None:
    """Clues against one that goes before them lose strength; `clues` are in order of rank."""
    leader: _Clue | None = None
    for clue in clues:
        if leader is None:
            if clue.country is not None and clue.strength >= 0.5 and clue.said.role == "lives":
                leader = clue
        elif clue.said.role == "origin" and leader.kind.rank <= _HOME_RANK:
            clue.is_silent = leader.country not in clue.countries
        elif leader.kind.rank < clue.kind.rank and leader.country not in clue.countries:
            clue.strength *= CONTRADICTED


def _share(clue: _Clue, country: str) -> float:
    """P(country) by one clue alone."""
    return (
        clue.strength * clue.countries.get(country, 0.0)
        + (1.0 - clue.strength * sum(clue.countries.values())) * base_rates()[country]
    )


def _countries(clues: Sequence[_Clue]) -> dict[str, float]:
    """Posterior of every competing country; what is missing to 1 is all the others."""
    base = base_rates()
    competing = {
        country
        for clue in clues
        for country in sorted(clue.countries, key=lambda c: -clue.countries[c])[:_COMPETING]
    }
    scores = {country: math.log(base[country]) for country in competing}
    base_rest = max(1.0 - sum(base[c] for c in competing), 1e-9)
    rest = math.log(base_rest)
    seen: list[_Clue] = []
    for clue in clues:
        weight = 1.0
        for earlier in seen:
            akin = earlier.kind.family in (clue.kind.family, *clue.kind.kin)
            if akin and _agree(earlier, clue):
                weight = min(weight, clue.kind.again)
        seen.append(clue)
        if clue.is_silent:
            continue
        named = 0.0
        for country in competing:
            share = _share(clue, country)
            named += share
            scores[country] += weight * math.log(share / base[country])
        rest += weight * math.log(max(1.0 - named, 1e-6) / base_rest)
    top = max(*scores.values(), rest)
    total = sum(math.exp(s - top) for s in scores.values()) + math.exp(rest - top)
    return {country: math.exp(s - top) / total for country, s in scores.items()}


def _agree(one: _Clue, other: _Clue) -> bool:
    """Does the second clue make likelier what the first one says?"""
    best = max(one.countries, key=lambda c: one.countries[c])
    return _share(other, best) > base_rates()[best]


def _identity(clue: _Clue) -> tuple[str, str, str, int]:
    """Orders clues that weigh the same, so that the order of the input never decides."""
    return (clue.said.kind, clue.said.words, clue.said.role, clue.said.row or -1)


def _loudness(clue: _Clue) -> tuple[float, float, str, str, str, int]:
    # How far it moves the odds of the winner, either way; words before hints where equal.
    distance = abs(math.log(max(clue.ratio, 1e-9)))
    return (-clue.kind.rank if clue.ratio > 1.0 else -99.0, distance, *_identity(clue))


def _before(clue: _Clue) -> str:
    # Who is from Lagos and lives in London contradicts nothing.
    besides = clue.said.role == "origin" or clue.said.kind == "also"
    return "besides: " if besides else "against: "


def _basis(lead: _Clue, supporting: Sequence[_Clue]) -> str:
    if lead.kind.basis != "hints":
        return lead.kind.basis
    return next((c.kind.basis for c in supporting if c.kind.basis != "hints"), "hints")


# --- inside the country ---------------------------------------------------------------------


def _finer(
    clues: Sequence[_Clue], country: str, p: float, gazetteer: Gazetteer
) -> tuple[int, float, _Clue | None]:
    """The finest place that words name and that is likelier right than wrong.

    returns   row, chance that it is right, the clue that named it (None for the country itself)
    """
    home = gazetteer.country_row[country]
    named = [
        c
        for c in clues
        if c.said.row is not None
        and gazetteer.country_row_of(c.said.row) == home
        and c.said.row != home
        and gazetteer.kinds[c.said.row] != PlaceKind.UNION
    ]
    if not named:
        return home, p, None
    regions = [(gazetteer.admin1s[c.said.row or 0], c.kind.region * c.said.confidence, c)
               for c in named if gazetteer.admin1s[c.said.row or 0] >= 0]  # fmt: skip
    row, sure, decided = home, p, None
    region = -1
    if regions:
        region, p_region, clue = _elect(regions, _N_REGIONS)
        if p * p_region >= FINER_FLOOR:
            row, sure, decided = region, p * p_region, clue
        else:
            return row, sure, decided
    spots = [
        (_spot(c.said.row, named, gazetteer), c.kind.city * c.said.confidence, c)
        for c in named
        if c.said.row is not None
        and gazetteer.kinds[c.said.row] in (PlaceKind.CITY, PlaceKind.ADMIN2)
        and gazetteer.admin1s[c.said.row] in (region, -1)
    ]
    if spots:
        spot, p_spot, clue = _elect(spots, _N_CITIES)
        # Words that name the city name its region with it: the region's doubt counts once.
        if sure * p_spot >= FINER_FLOOR or p * p_spot >= FINER_FLOOR:
            row, sure, decided = spot, max(sure * p_spot, FINER_FLOOR), clue
    return row, sure, decided


def _spot(row: int, named: Sequence[_Clue], gazetteer: Gazetteer) -> int:
    """The city or district that a row stands for among those that are named.

    A district gives way to a named city inside it; a city to one of a smaller rank close by.
    """
    for clue in sorted(named, key=lambda c: c.kind.rank):
        other = clue.said.row
        if other is None or other == row or gazetteer.kinds[other] != PlaceKind.CITY:
            continue
        if gazetteer.kinds[row] == PlaceKind.ADMIN2:
            if gazetteer.admin2s[other] == row:
                return other
        elif clue.kind.rank < next(c.kind.rank for c in named if c.said.row == row) and (
            gazetteer.flat_km(row, other) <= _SAME_CITY_KM
        ):
            return other
    return row


def _elect(votes: Sequence[tuple[int, float, _Clue]], n_others: int) -> tuple[int, float, _Clue]:
    """The likeliest of several candidates by the same rule as for countries, all equally likely."""
    scores: dict[int, float] = {row: 0.0 for row, _, _ in votes}
    rest = math.log(max(n_others - len(scores), 1))
    votes = sorted(votes, key=lambda vote: (vote[2].kind.rank, -vote[1], vote[0]))
    leader = votes[0]
    heard: set[tuple[str, int]] = set()
    for row, strength, clue in votes:
        if row != leader[0] and clue.kind.rank > leader[2].kind.rank:
            strength *= CONTRADICTED
        weight = clue.kind.again if (clue.kind.family, row) in heard else 1.0
        heard.add((clue.kind.family, row))
        miss = (1.0 - strength) / n_others
        for candidate in scores:
            share = strength + miss if candidate == row else miss
            scores[candidate] += weight * math.log(max(share * n_others, 1e-6))
        rest += weight * math.log(max(miss * n_others, 1e-6))
    top = max(*scores.values(), rest)
    total = sum(math.exp(s - top) for s in scores.values()) + math.exp(rest - top)
    best = min(scores, key=lambda r: (-scores[r], r))
    decided = next(clue for row, _, clue in votes if row == best)
    return best, math.exp(scores[best] - top) / total, decided


# --- what else was named --------------------------------------------------------------------


def _others(
    clues: Sequence[_Clue], chosen: int | None, posterior: Mapping[str, float], gazetteer: Gazetteer
) -> list[Other]:
    found: dict[int, Other] = {}
    for clue in clues:
        row = clue.said.row
        if row is None or clue.kind.basis == "hints" or clue.said.kind == "platform_country":
            continue
        if clue.said.role == "lives" and chosen is not None and _one_place(row, chosen, gazetteer):
            continue
        if clue.said.role == "origin" and row == chosen:
            continue
        country = gazetteer.country(row)
        weight = clue.strength
        if clue.said.role == "lives" and country is not None:
            weight = min(weight, posterior.get(country, 0.0))
        if row not in found or found[row].weight < weight:
            found[row] = Other(row, clue.said.role, round(weight, 3))
    ranked = sorted(found.values(), key=lambda o: (-o.weight, o.row))
    # A country whose city is named already says nothing more.
    kept = [o for o in ranked if not any(_inside(x.row, o.row, gazetteer) for x in ranked)]
    return kept[:MAX_OTHERS]


def _one_place(one: int, other: int, gazetteer: Gazetteer) -> bool:
    return one == other or _inside(one, other, gazetteer) or _inside(other, one, gazetteer)


def _inside(row: int, frame: int, gazetteer: Gazetteer) -> bool:
    return row != frame and frame in (
        gazetteer.country_row_of(row),
        gazetteer.admin1s[row],
        gazetteer.admin2s[row],
    )
