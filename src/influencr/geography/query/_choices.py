"""Which places a name in a query can mean, in which order, and which names go together.

A query is weighed apart from a profile: nothing is refused, no habit of writers counts. Places are
ordered by decades of people, by what kind of name it is and by what kind of place; a city goes
before the region or country around it that only shares its name; creators in the index turn the
order where they tell far more than people do. The weights are our own choice, fixed by
tests/unit/geography/test_ask.py.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from influencr.geography.gazetteer._format import KIND_SHIFT, ROW_MASK, NameKind, PlaceKind
from influencr.geography.gazetteer._keys import name_key
from influencr.geography.gazetteer._reader import Gazetteer
from influencr.geography.query._area import is_its_city
from influencr.geography.query._phrases import parse_phrase

__all__ = [
    "comma_groups",
    "creators_first",
    "framed",
    "is_called",
    "is_strong",
    "labelled",
    "lies_in",
    "readings",
]

#: How many times more creators than the likeliest reading another one needs to go before it, in
#: decades, and how much more for every decade of people that it has less. Our own choice, fixed by
#: tests/unit/geography/test_ask.py.
_LEAD = 1.0
_LEAD_PER_DECADE = 0.5
#: Names of one kind: a place's own, our own alias, another language's or an old one, a code; of our
#: own list in capitals (who asks need not press shift) and with support only.
_NAME_WEIGHT = {
    NameKind.OFFICIAL: 1.0,
    NameKind.ALIAS: 2.0,
    NameKind.ALTERNATE: -0.5,
    NameKind.CODE: -0.5,
    NameKind.CAPITALS: 2.0,
    NameKind.WEAK: -0.5,
}
_STRONG = (NameKind.OFFICIAL, NameKind.ALIAS, NameKind.CAPITALS)
#: Above these decades of people a country or region does not count for more.
_CAPS = {PlaceKind.COUNTRY: 7.2, PlaceKind.ADMIN1: 7.0, PlaceKind.UNION: 7.0}
#: Few ask for a county who could ask for a town.
_COUNTY = -1.0
#: Whoever types accents means a place that is written with them: San José, not San Jose.
_AS_WRITTEN = 0.7
#: Share of the people that a city needs to go before the region, or the country, of its name:
#: Vienna and Madrid are cities, Quebec is the province; Singapore is a city, Luxembourg a country.
_CITY_OF_REGION = 0.1
_CITY_OF_COUNTRY = 0.5
#: Places of one name that are weighed, and other readings that are kept.
_WEIGHED = 40
_KEPT = 8
#: People from which a foreign or old name, or a code, is worth offering.
_KNOWN = 100_000
#: A large city beside a place ("Brooklyn, NYC") as `resolve` understands it.
_SIBLING_KM = 40.0
_SIBLING_PEOPLE = 100_000


def framed(name: str, gazetteer: Gazetteer) -> list[int]:
    """Rows that "Paris, TX" or "Hackney, London, UK" can mean: the first name, in all the others.

    The places that lie there come first, the likeliest first, then the other readings of the first
    name; empty when none lies there.
    """
    parts = [part for part in name.split(",") if part.strip()]
    if len(parts) < 2:
        return []
    head, *tails = parts
    frames = [[p & ROW_MASK for p in gazetteer.postings(name_key(tail))] for tail in tails]
    if not all(frames):
        return []
    inside = readings(head, gazetteer, frames)
    if not inside:
        return []
    return [*inside, *(r for r in readings(head, gazetteer) if r not in inside)][:_KEPT]


def readings(name: str, gazetteer: Gazetteer, frames: Sequence[Sequence[int]] = ()) -> list[int]:
    """Rows of the places that a whole name can mean, the likeliest first; empty when unknown.

    frames   rows of each name behind it: only places that lie in one of each are meant
    """
    key = name_key(name)
    kinds, people = gazetteer.kinds, gazetteer.populations
    scored: list[tuple[float, int, NameKind]] = []
    postings = [
        p
        for p in gazetteer.postings(key)
        if all(any(_within(p & ROW_MASK, f, gazetteer) for f in frame) for frame in frames)
    ]
    for posting in postings[:_WEIGHED]:
        row, name_kind = posting & ROW_MASK, NameKind(posting >> KIND_SHIFT)
        size = min(_decades(people[row]), _CAPS.get(PlaceKind(kinds[row]), 9.0))
        if kinds[row] == PlaceKind.ADMIN2:
            size += _COUNTY
        if (
            kinds[row] == PlaceKind.CITY
            and not name.isascii()
            and gazetteer.name(row).casefold() == name.casefold()
        ):
            size += _AS_WRITTEN
        scored.append((size + _NAME_WEIGHT[name_kind], row, name_kind))
    if not scored:
        return []
    scored.sort(key=lambda s: (-s[0], gazetteer.ids[s[1]]))
    best = _city_before_region(scored, key, gazetteer)
    found = [best]
    for _, row, name_kind in scored:
        known = name_kind in _STRONG or people[row] >= _KNOWN
        if known and row not in found and not _idle(row, best, name_kind, gazetteer):
            found.append(row)
    return found[:_KEPT]


def _idle(row: int, best: int, name_kind: NameKind, gazetteer: Gazetteer) -> bool:
    """Does another reading only say the best one again?

    Somebody may mean the state of New York, or the city when Luxembourg is read as the country;
    nobody asks for a county beside its city, nor for the state that Berlin or Tokyo is.
    """
    kinds = gazetteer.kinds
    if lies_in(best, row, gazetteer):
        is_city = kinds[best] == PlaceKind.CITY and kinds[row] == PlaceKind.ADMIN1
        return kinds[row] >= PlaceKind.ADMIN2 or (is_city and is_its_city(row, best, gazetteer))
    if lies_in(row, best, gazetteer):
        return kinds[row] != PlaceKind.CITY or name_kind > NameKind.ALIAS
    return False


def _city_before_region(
    scored: list[tuple[float, int, NameKind]], key: str, gazetteer: Gazetteer
) -> int:
    """The best reading, or the city in it that the name means more often."""
    best = scored[0][1]
    kind = gazetteer.kinds[best]
    if kind in (PlaceKind.CITY, PlaceKind.UNION):
        return best
    share = _CITY_OF_COUNTRY if kind == PlaceKind.COUNTRY else _CITY_OF_REGION
    own = name_key(gazetteer.name(best))
    for _, row, name_kind in scored[1:]:
        # "Belize" is not Belize City, which some call by that name.
        called_so = name_key(gazetteer.name(row)) == own or (
            kind != PlaceKind.COUNTRY and (name_kind <= NameKind.ALIAS or not key.isascii())
        )
        if (
            called_so
            and gazetteer.kinds[row] == PlaceKind.CITY
            and lies_in(row, best, gazetteer)
            and gazetteer.populations[row] >= share * gazetteer.populations[best]
        ):
            return row
    return best


def is_called(words: str, gazetteer: Gazetteer) -> bool:
    """Are the words a place's name as they stand? Codes are none: "in UK" is not IN-UK."""
    return any(p >> KIND_SHIFT != NameKind.CODE for p in gazetteer.postings(name_key(words)))


def labelled(name: str, gazetteer: Gazetteer) -> list[int]:
    """Places whose label is exactly this text, cities first: what a list of choices sends back."""
    same: list[int] = []
    at = name.find(",")
    while at > 0:  # names hold commas too
        for posting in gazetteer.postings(name_key(name[:at])):
            row = posting & ROW_MASK
            if gazetteer.label(row) == name and row not in same:
                same.append(row)
        at = name.find(",", at + 1)
    return sorted(same, key=lambda r: gazetteer.kinds[r] != PlaceKind.CITY)


def comma_groups(
    piece: str, gazetteer: Gazetteer, is_whole_name: Callable[[str], bool]
) -> list[str]:
    """ "Spain, Portugal" are two places, "Paris, Texas" is one; each as it is written.

    A part belongs to the place before it when some reading of that place lies in some reading of
    the part, when it is a wider kind of place ("Palermo, Argentina" is not all of Argentina), or
    when it is no name at all. Two countries are always two places.
    """
    if "," not in piece and "、" not in piece and "،" not in piece:
        return [piece]
    if is_whole_name(piece) or labelled(piece, gazetteer) or any(c.isdigit() for c in piece):
        return [piece]
    parts = [p.strip() for p in piece.replace("、", ",").replace("،", ",").split(",") if p.strip()]
    groups: list[list[str]] = []
    heads: list[list[int]] = []
    for part in parts:
        rows = _rows(parse_phrase(part, is_whole_name).name, gazetteer)
        if groups and (not rows or _belongs(heads[-1], rows, gazetteer)):
            groups[-1].append(part)
            continue
        groups.append([part])
        heads.append(rows)
    return [", ".join(group) for group in groups]


def _rows(name: str, gazetteer: Gazetteer) -> list[int]:
    return [p & ROW_MASK for p in gazetteer.postings(name_key(name))]


def _belongs(heads: list[int], frames: list[int], gazetteer: Gazetteer) -> bool:
    if not heads:
        return True
    kinds = gazetteer.kinds
    if kinds[heads[0]] == kinds[frames[0]] == PlaceKind.COUNTRY:
        return False
    return bool(kinds[frames[0]] < kinds[heads[0]]) or any(
        _within(head, frame, gazetteer) for head in heads for frame in frames
    )


def lies_in(row: int, frame: int, gazetteer: Gazetteer) -> bool:
    """Does a place lie in a country, division or union? No place lies in itself."""
    if row == frame:
        return False
    kind = gazetteer.kinds[frame]
    if kind == PlaceKind.COUNTRY:
        return bool(gazetteer.countries[row] == gazetteer.countries[frame])
    if kind == PlaceKind.ADMIN1:
        return bool(gazetteer.admin1s[row] == frame)
    if kind == PlaceKind.ADMIN2:
        return bool(gazetteer.admin2s[row] == frame)
    if kind == PlaceKind.UNION:
        return any(row == m or lies_in(row, m, gazetteer) for m in gazetteer.members(frame))
    return False


def _within(row: int, frame: int, gazetteer: Gazetteer) -> bool:
    return lies_in(row, frame, gazetteer) or _beside(row, frame, gazetteer)


def _beside(row: int, city: int, gazetteer: Gazetteer) -> bool:
    kinds, people = gazetteer.kinds, gazetteer.populations
    return (
        kinds[row] == kinds[city] == PlaceKind.CITY
        and people[city] >= _SIBLING_PEOPLE
        and people[city] > 2 * people[row]
        and gazetteer.admin1s[city] == gazetteer.admin1s[row] >= 0
        and gazetteer.flat_km(row, city) <= _SIBLING_KM
    )


def creators_first(rows: list[int], counts: Mapping[int, int], gazetteer: Gazetteer) -> list[int]:
    """The readings, likeliest first, with one moved to the front that far more creators are in.

    Between a place and one that holds it (Madrid the city and the region) creators decide nothing:
    the larger one always has more.
    """
    best = rows[0]
    leader, lead = best, 0.0
    for row in rows[1:]:
        if lies_in(row, best, gazetteer) or lies_in(best, row, gazetteer):
            continue
        more = _decades(counts.get(gazetteer.ids[row], 0)) - _decades(
            counts.get(gazetteer.ids[best], 0)
        )
        fewer_people = _decades(gazetteer.populations[best]) - _decades(gazetteer.populations[row])
        over = more - _LEAD - _LEAD_PER_DECADE * max(0.0, fewer_people)
        if over >= 0.0 and (leader == best or over > lead):
            leader, lead = row, over
    return [leader, *(r for r in rows if r != leader)]


def _decades(number: int) -> float:
    return math.log10(number + 1)


def is_strong(posting: int, gazetteer: Gazetteer, *, people: int, foreign: int) -> bool:
    """Is a name of a place one that people know: its own or our alias from `people` on, another
    language's from `foreign` on, never a code? Countries, regions and unions always are."""
    row, kind = posting & ROW_MASK, NameKind(posting >> KIND_SHIFT)
    if kind == NameKind.CODE:
        return False
    if gazetteer.kinds[row] in (PlaceKind.COUNTRY, PlaceKind.UNION):
        return True
    size = gazetteer.populations[row]
    if kind == NameKind.ALTERNATE:
        return bool(size >= foreign)
    return gazetteer.kinds[row] == PlaceKind.ADMIN1 or bool(size >= people)
