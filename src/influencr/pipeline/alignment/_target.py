"""Whom a brand wants to reach, and which of the people who follow somebody are those.

Each piece that the target states is judged apart, for every person: yes, no or not known.

    place      their own words tell a place: yes inside the target's places, no outside; not known
               where they tell none, or one too coarse to say (Germany, when Berlin is wanted)
    language   yes when their bio is in one of the languages, or half (LANGUAGE_SHARE) of the
               other creators they follow here write in one; not known without a bio that tells and
               with fewer than MIN_OTHERS others
    topic      yes when their own words name one of the topics, or they follow clearly more other
               creators of these topics than chance gives: at least TOPIC_COUNT, and e + 3 sqrt(e),
               where e is what as many creators of those languages give, drawn without looking
               (three standard deviations of a count); not known without words that say
               so and with fewer than MIN_OTHERS others whose topics are known

"Other" creators: the one whose audience is judged never counts, so nobody matches only because
they follow the creator in question.

The constants are our own choice; `python -m benchmarks alignment` shows what they do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
import numpy as np

from influencr import geography
from influencr.pipeline.alignment._follows import NO_PLACE

if TYPE_CHECKING:
    from influencr.geography import Area, Gazetteer
    from influencr.pipeline.alignment._follows import Follows

__all__ = [
    "LANGUAGE_SHARE",
    "MIN_OTHERS",
    "TOPIC_COUNT",
    "TOPIC_DEVIATIONS",
    "People",
    "Target",
    "inside",
    "people",
]

type Numbers = np.ndarray[Any, Any]

#: Fewer other creators say too little about what somebody reads.
MIN_OTHERS = 5
#: From a half on one language outweighs all others together; English is followed by everybody.
LANGUAGE_SHARE = 0.5
TOPIC_COUNT = 3
#: Standard deviations above chance: one person in a thousand passes by accident.
TOPIC_DEVIATIONS = 3.0

YES, NO, UNKNOWN = 1, 0, -1


class Target(msgspec.Struct, frozen=True):
    """What a brand states of the people it wants; what it leaves empty is not asked.

    places      areas as `geography.ask` reads them; one of them suffices
    languages   ISO 639-1 codes
    topics      names as the topic facet shows them
    """

    places: tuple[Area, ...] = ()
    languages: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()

    @property
    def pieces(self) -> tuple[str, ...]:
        """Which of place, language and topic it states."""
        stated = (("place", self.places), ("language", self.languages), ("topic", self.topics))
        return tuple(name for name, values in stated if values)


class Side(NamedTuple):
    """A piece that is told by own words or by what somebody follows.

    own        int8 per person, by their own words: yes, no, not known
    n, k       per person: creators followed here whose side is known, and those that are on target
    expected   per person: how many of the n would be on target, had they been drawn blindly
    counted    bool per creator: its side is known
    on         bool per creator: it is on target
    usual      per creator: share of all creators in its language that are on target
    """

    own: Numbers
    n: Numbers
    k: Numbers
    expected: Numbers
    counted: Numbers
    on: Numbers
    usual: Numbers


@dataclass(frozen=True, slots=True)
class People:
    """Every person against one target; None for a piece that the target does not state."""

    place: Numbers | None
    language: Side | None
    topic: Side | None

    def judged(self, person: Numbers, creator: Numbers) -> dict[str, Numbers]:
        """piece -> int8 yes, no or not known, of each pair of a person and a creator followed."""
        found: dict[str, Numbers] = {}
        if self.place is not None:
            found["place"] = self.place[person]
        if (side := self.language) is not None:
            n, k, _ = _others(side, person, creator)
            reads = k >= LANGUAGE_SHARE * n
            found["language"] = _said(side.own[person], n, reads)
        if (side := self.topic) is not None:
            n, k, expected = _others(side, person, creator)
            expected = np.maximum(expected, 0.0)
            clearly = expected + TOPIC_DEVIATIONS * np.sqrt(expected)
            follows = (k >= TOPIC_COUNT) & (k >= clearly)
            found["topic"] = _said(side.own[person], n, follows)
        return found


def people(follows: Follows, target: Target, gazetteer: Gazetteer | None = None) -> People:
    """Judge everybody once; what depends on the creator is left to `People.judged`."""
    place = None
    if target.places:
        place = inside(follows.place, target.places, gazetteer)
    language = topic = None
    speaks = follows.creators["language"]
    if target.languages:
        wanted = np.isin(np.asarray(follows.languages, dtype=object), list(target.languages))
        # Who writes in another language may read this one all the same: what they follow tells.
        told = np.where(wanted, YES, NO)[follows.language]
        own = np.where(follows.language == 0, UNKNOWN, told).astype(np.int8)
        counted = speaks.is_not_null().to_numpy()
        on = speaks.is_in(list(target.languages)).fill_null(value=False).to_numpy()
        language = _side(follows, own, counted, on)
    if target.topics:
        about = follows.creators["topics"]
        counted = (about.list.len() > 0).fill_null(value=False).to_numpy()
        on = about.list.eval(_is_among(target.topics)).list.any().fill_null(value=False).to_numpy()
        topic = _side(follows, _own_topics(follows, target.topics), counted, on)
    return People(place, language, topic)


def _is_among(topics: tuple[str, ...]) -> Any:
    import polars as pl

    return pl.element().is_in(list(topics))


def _own_topics(follows: Follows, topics: tuple[str, ...]) -> Numbers:
    """Yes or not known: that a bio does not name a topic does not say that nobody cares."""
    wanted = np.isin(np.asarray(follows.topics, dtype=object), list(topics))
    own = np.full(follows.n_people, UNKNOWN, dtype=np.int8)
    if len(follows.topic_codes):
        hits = np.flatnonzero(wanted[follows.topic_codes])
        own[np.searchsorted(follows.topic_starts, hits, side="right") - 1] = YES
    return own


def _side(follows: Follows, own: Numbers, counted: Numbers, on: Numbers) -> Side:
    usual = _usual(follows, counted, on)
    return Side(
        own=own,
        n=_summed(follows, counted.astype(np.float32)).astype(np.int32),
        k=_summed(follows, (on & counted).astype(np.float32)).astype(np.int32),
        expected=_summed(follows, np.where(counted, usual, 0.0).astype(np.float32)),
        counted=counted,
        on=on & counted,
        usual=np.where(counted, usual, 0.0).astype(np.float32),
    )


def _usual(follows: Follows, counted: Numbers, on: Numbers) -> Numbers:
    """Per creator: of all creators in its language, the share that is on target.

    Languages differ in what there is to follow, and nobody follows what they cannot read. What
    people choose does not enter: where many want the target, that would raise what chance gives.
    """
    codes = follows.creators["language"].fill_null("").rank("dense").to_numpy().astype(np.int64)
    all_ = np.bincount(codes, weights=counted)
    hits = np.bincount(codes, weights=on & counted)
    shares = np.divide(hits, all_, out=np.zeros_like(hits), where=all_ > 0)
    result: Numbers = shares[codes]
    return result


def _summed(follows: Follows, value: Numbers) -> Numbers:
    """Per person the sum of a creator's value over the creators followed."""
    starts = follows.person_starts
    out = np.zeros(follows.n_people, dtype=np.float32)
    # Everybody here follows somebody, so no group of `reduceat` is empty; in steps, so that the
    # values of a billion follows never stand in memory at once.
    step = 2_000_000
    for low in range(0, follows.n_people, step):
        high = min(low + step, follows.n_people)
        first, last = int(starts[low]), int(starts[high])
        values = value[follows.followed[first:last]]
        out[low:high] = np.add.reduceat(values, np.asarray(starts[low:high]) - first)
    return out


def _others(side: Side, person: Numbers, creator: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """n, k and expected of a person without the creator in question."""
    return (
        side.n[person] - side.counted[creator],
        side.k[person] - side.on[creator],
        side.expected[person] - side.usual[creator],
    )


def _said(own: Numbers, n: Numbers, follows: Numbers) -> Numbers:
    by_others = np.where(n >= MIN_OTHERS, np.where(follows, YES, NO), UNKNOWN)
    result: Numbers = np.where(
        own == YES, YES, np.where(by_others == UNKNOWN, own, by_others)
    ).astype(np.int8)
    return result


def inside(place: Numbers, areas: tuple[Area, ...], gazetteer: Gazetteer | None = None) -> Numbers:
    """Whether each of these gazetteer places (NO_PLACE: none) lies in one of the areas: yes, no, or
    not known, int8."""
    ids, seat = np.unique(place, return_inverse=True)
    around = _Inside(areas, gazetteer or geography.Gazetteer.load())
    answers = np.array([around.tell(int(i)) for i in ids.tolist()], dtype=np.int8)
    result: Numbers = answers[seat]
    return result


class _Inside:
    """Whether a place lies in one of some areas: yes, no, or too coarse to say."""

    def __init__(self, areas: tuple[Area, ...], gazetteer: Gazetteer) -> None:
        self._gazetteer = gazetteer
        self._areas = [part for area in areas for part in (area.parts or (area,))]
        self._out = [out for area in areas for out in area.but]
        #: Rows of countries and regions that hold a part of each area, but not all of it.
        self._around = [self._holders(area) for area in self._areas]

    def tell(self, place_id: int) -> int:
        """The answer for a gazetteer place."""
        row = None if place_id == NO_PLACE else self._gazetteer.row(place_id)
        country = -1 if row is None else self._gazetteer.country_row_of(row)
        if row is None or country < 0:
            return UNKNOWN
        if any(self._covers(area, place_id, row, country) for area in self._out):
            return NO
        if any(self._covers(area, place_id, row, country) for area in self._areas):
            return YES
        if any(row in around for around in self._around):
            return UNKNOWN
        return NO

    def _covers(self, area: Area, place_id: int, row: int, country: int) -> bool:
        gazetteer = self._gazetteer
        if area.place_ids is not None:
            at = int(np.searchsorted(area.place_ids, place_id))
            if at < len(area.place_ids) and area.place_ids[at] == place_id:
                return True
        return bool(area.codes) and (
            gazetteer.country(country) in area.codes or gazetteer.admin1(row) in area.codes
        )

    def _holders(self, area: Area) -> frozenset[int]:
        gazetteer = self._gazetteer
        rows: set[int] = set()
        ids = () if area.place_ids is None else area.place_ids.tolist()
        for at in (gazetteer.row(int(i)) for i in ids):
            if at is not None:
                holders = (
                    gazetteer.country_row_of(at),
                    gazetteer.admin1s[at],
                    gazetteer.admin2s[at],
                )
                rows |= {int(r) for r in holders if r >= 0}
        for code in area.codes:
            if len(code) > 2 and code[:2] in gazetteer.country_row:
                rows.add(int(gazetteer.country_row[code[:2]]))
        return frozenset(rows)
