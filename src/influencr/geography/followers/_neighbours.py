"""Where is somebody who does not say so? Where those are whom they follow and who follow back.

Asked only about profiles whose words give no city, and answered only from mutual follows whose
own words give a place: what was inferred, here or from hints, is never passed on. With at least
`min_neighbours` of them, the estimate is their weighted geometric median (Weiszfeld's iteration in
three dimensions, so that no meridian is special), moved to the nearest city that occurs among
them. It is believed when the neighbours' median distance to it, the dispersion, is at most
`max_dispersion_km` (Compton, Jurgens and Allen, IEEE BigData 2014, whose gate of 100 km this is).
Else their country is taken if a clear majority shares it, else nothing. A country or region known
from words stands: only neighbours inside it are asked, and only a city in it can come out.

The confidence is the share of the neighbours that agree, drawn towards a half when they are few
(Laplace), and never above `max_confidence`: it is not calibrated, for want of real data.

An account that everybody follows says little about one of them, so a neighbour weighs
1 / ln(e + followers), as common neighbours do in Adamic and Adar (Social Networks 2003).

`min_neighbours` is 4: the smallest number whose unanimity bounds their share above one half by
Wilson's 95 % interval (0.51; 0.44 for three). The bounds are tested on the synthetic world by
`python -m benchmarks places_network`, which cannot say how people behave.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from influencr.geography._distance import EARTH_RADIUS_KM
from influencr.geography.followers._interval import Z_95, wilson
from influencr.geography.gazetteer._format import PlaceKind
from influencr.geography.gazetteer._reader import Gazetteer

if TYPE_CHECKING:
    import polars as pl

type Numbers = np.ndarray[Any, Any]

__all__ = ["NEIGHBOUR_RULE", "NeighbourRule", "infer_from_neighbours"]

#: Evidence that is somebody's own word; nothing else counts as a neighbour's place.
_OWN_WORDS = ("declared", "bio", "said")
# Weiszfeld: enough for a thousandth of the gate on any measured set; a chord of about 60 m keeps
# an estimate that sits on a neighbour from dividing by nothing.
_ROUNDS, _CLOSE, _TINY_CHORD = 60, 1e-7, 1e-5


@dataclass(frozen=True, slots=True)
class NeighbourRule:
    """When neighbours are believed.

    min_neighbours      located mutual follows that are needed, for a city and for a country
    max_dispersion_km   largest median distance to the estimate; None asks for none
    majority            what the lower Wilson bound (95 %) of the commonest country must exceed
    max_confidence      an inference is never surer than this
    by_popularity       weigh neighbours by 1 / ln(e + followers); False counts them alike
    """

    min_neighbours: int = 4
    max_dispersion_km: float | None = 100.0
    majority: float = 0.5
    max_confidence: float = 0.7
    by_popularity: bool = True


NEIGHBOUR_RULE = NeighbourRule()


def infer_from_neighbours(
    places: pl.DataFrame,
    mutuals: pl.DataFrame,
    *,
    gazetteer: Gazetteer | None = None,
    rule: NeighbourRule = NEIGHBOUR_RULE,
) -> pl.DataFrame:
    """Places of profiles whose own words give no city, from those of their mutual follows.

    places    one row per profile: `profile_id` (text or number), `place_id`, `place_level`,
              `place_basis`; `followers` where present weighs neighbours. Profiles without a row
              have no known place
    mutuals   `profile_id, neighbour_id`: a row per profile that is asked about and profile that
              it follows and that follows it; doubles and selves do no harm
    returns   one row per asked profile with a located neighbour, in order of profile_id:
              profile_id, place_level (city, country or null), place_id, place_name, place_label,
              country, admin1, lat, lon, place_confidence, place_basis ("network" or null),
              place_reason, n_neighbours (located ones that were asked), n_near, dispersion_km.
              Refused is null with the reason.

    Who has a city by own words is not asked about. What hints alone give does not restrict.
    """
    import polars as pl

    found = gazetteer or Gazetteer.load()
    asked = _asked(places, mutuals, found)
    schema = _schema(mutuals.schema["profile_id"])
    if asked.is_empty():
        return pl.DataFrame(schema=schema)
    ids = asked["profile_id"].unique(maintain_order=True)
    of = asked["profile_id"].rank("dense").to_numpy().astype(np.int64) - 1
    rows = asked["row"].to_numpy()
    known = np.full(len(ids), -1, dtype=np.int64)
    known[of] = asked["known"].to_numpy()
    inside = _inside(rows, known[of], found)
    weights = _weights(asked, rule)
    is_city = inside & (_kinds(found)[rows] == PlaceKind.CITY)
    city = _medians(of[is_city], rows[is_city], weights[is_city], len(ids), found, rule)
    vote = _votes(of[inside], rows[inside], weights[inside], len(ids), found)
    answers = [_answer(i, int(known[i]), city, vote, found, rule) for i in range(len(ids))]
    return pl.DataFrame({"profile_id": ids}).hstack(
        pl.DataFrame(answers, schema=dict(list(schema.items())[1:]), orient="row")
    )


class _Medians(NamedTuple):
    """Per asked profile: city neighbours, their median's city (-1: too few), how near they are."""

    n: Numbers
    row: Numbers
    n_near: Numbers
    farthest_near_km: Numbers
    dispersion_km: Numbers


class _Votes(NamedTuple):
    """Per asked profile: located neighbours, the commonest country (-1: none), how many share it,
    and the lower bound of that share."""

    n: Numbers
    country: Numbers
    n_same: Numbers
    low: Numbers


def _schema(dtype: pl.DataType) -> dict[str, Any]:
    import polars as pl

    return {
        "profile_id": dtype,
        "place_level": pl.String,
        "place_id": pl.Int64,
        "place_name": pl.String,
        "place_label": pl.String,
        "country": pl.String,
        "admin1": pl.String,
        "lat": pl.Float64,
        "lon": pl.Float64,
        "place_confidence": pl.Float64,
        "place_basis": pl.String,
        "place_reason": pl.String,
        "n_neighbours": pl.Int64,
        "n_near": pl.Int64,
        "dispersion_km": pl.Float64,
    }


def _asked(places: pl.DataFrame, mutuals: pl.DataFrame, gazetteer: Gazetteer) -> pl.DataFrame:
    """profile_id, known (row of a region or country known from words, else -1), row of the
    neighbour, followers of the neighbour; sorted by profile_id."""
    import polars as pl

    ids = places["place_id"].drop_nulls().unique()
    rows = [gazetteer.row(number) for number in ids.to_list()]
    own = (
        places.filter(pl.col("place_basis").is_in(_OWN_WORDS) & pl.col("place_level").is_not_null())
        .join(
            pl.DataFrame({"place_id": ids, "row": pl.Series(rows, dtype=pl.Int64)}), on="place_id"
        )
        .filter(pl.col("row").is_not_null())
    )
    popularity = (
        pl.col("followers") if "followers" in places.columns else pl.lit(None, dtype=pl.Int64)
    )
    return (
        mutuals.select("profile_id", "neighbour_id")
        .filter(pl.col("profile_id") != pl.col("neighbour_id"))
        .unique()
        .join(
            own.select("profile_id", known="row", level="place_level"), on="profile_id", how="left"
        )
        .filter(pl.col("level").is_null() | (pl.col("level") != "city"))
        .join(
            own.select(neighbour_id="profile_id", row="row", followers=popularity),
            on="neighbour_id",
        )
        .with_columns(pl.col("known").fill_null(-1))
        .sort("profile_id", "neighbour_id")
    )


def _kinds(gazetteer: Gazetteer) -> Numbers:
    return np.asarray(gazetteer.kinds)


def _inside(rows: Numbers, known: Numbers, gazetteer: Gazetteer) -> Numbers:
    """Which neighbours lie in the country or region that the words gave (all, where none)."""
    kinds = _kinds(gazetteer)[np.maximum(known, 0)]
    of_country = np.asarray(gazetteer.countries)
    same = of_country[rows] == of_country[np.maximum(known, 0)]
    for kind, column in (
        (PlaceKind.ADMIN1, gazetteer.admin1s),
        (PlaceKind.ADMIN2, gazetteer.admin2s),
    ):
        at = kinds == kind
        same = np.where(at, (np.asarray(column)[rows] == known) | (rows == known), same)
    result: Numbers = (known < 0) | same
    return result


def _weights(asked: pl.DataFrame, rule: NeighbourRule) -> Numbers:
    if not rule.by_popularity:
        return np.ones(len(asked))
    followers = asked["followers"].fill_null(0).to_numpy().astype(np.float64)
    result: Numbers = 1.0 / np.log(np.e + followers)
    return result


def _medians(
    of: Numbers,
    rows: Numbers,
    weights: Numbers,
    n_sets: int,
    gazetteer: Gazetteer,
    rule: NeighbourRule,
) -> _Medians:
    n = np.bincount(of, minlength=n_sets)
    row = np.full(n_sets, -1, dtype=np.int64)
    n_near = np.zeros(n_sets, dtype=np.int64)
    farthest, dispersion = np.zeros(n_sets), np.full(n_sets, np.nan)
    enough = n[of] >= rule.min_neighbours
    of, rows, weights = of[enough], rows[enough], weights[enough]
    if not len(of):
        return _Medians(n, row, n_near, farthest, dispersion)
    sets, start, seat = np.unique(of, return_index=True, return_inverse=True)
    points = _points(rows, gazetteer)
    centre = _geometric_medians(points, weights, start, seat)
    chord = np.linalg.norm(points - centre[seat], axis=1)
    # The nearest city that occurs; of equally near ones the most populous, then the first.
    people = np.asarray(gazetteer.populations)[rows]
    order = np.lexsort((rows, -people, np.round(chord, 9), seat))
    best = order[start]
    row[sets] = rows[best]
    km = _chord_km(np.linalg.norm(points - points[best][seat], axis=1))
    by_km = np.lexsort((km, seat))
    size = np.diff(np.append(start, len(of)))
    low, high = start + (size - 1) // 2, start + size // 2
    dispersion[sets] = (km[by_km[low]] + km[by_km[high]]) / 2
    gate = np.inf if rule.max_dispersion_km is None else rule.max_dispersion_km
    near = km <= gate
    n_near[sets] = np.add.reduceat(near, start)
    farthest[sets] = np.maximum.reduceat(np.where(near, km, 0.0), start)
    return _Medians(n, row, n_near, farthest, dispersion)


def _geometric_medians(points: Numbers, weights: Numbers, start: Numbers, seat: Numbers) -> Numbers:
    """The point of least weighted distance to each set's points, shape (sets, 3).

    Weiszfeld 1937, all sets at once; inside the ball, where the sum of distances is convex.
    """
    centre = (
        np.add.reduceat(points * weights[:, None], start) / np.add.reduceat(weights, start)[:, None]
    )
    for _ in range(_ROUNDS):
        away = np.linalg.norm(points - centre[seat], axis=1)
        pull = weights / np.maximum(away, _TINY_CHORD)
        moved = (
            np.add.reduceat(points * pull[:, None], start) / np.add.reduceat(pull, start)[:, None]
        )
        step = float(np.abs(moved - centre).max())
        centre = moved
        if step < _CLOSE:
            break
    result: Numbers = centre
    return result


def _points(rows: Numbers, gazetteer: Gazetteer) -> Numbers:
    """Unit vectors of cities, shape (n, 3)."""
    lat = np.radians(np.asarray(gazetteer.lats)[rows])
    lon = np.radians(np.asarray(gazetteer.lons)[rows])
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=1)


def _chord_km(chord: Numbers) -> Numbers:
    """Great-circle distance of two points whose straight distance on the unit sphere is given."""
    result: Numbers = 2.0 * EARTH_RADIUS_KM * np.arcsin(np.minimum(chord / 2.0, 1.0))
    return result


def _votes(
    of: Numbers, rows: Numbers, weights: Numbers, n_sets: int, gazetteer: Gazetteer
) -> _Votes:
    country = np.asarray(gazetteer.countries)[rows].astype(np.int64)
    named = country < len(gazetteer.country_codes)
    of, country, weights = of[named], country[named], weights[named]
    n = np.bincount(of, minlength=n_sets)
    winner = np.full(n_sets, -1, dtype=np.int64)
    n_same = np.zeros(n_sets, dtype=np.int64)
    if len(of):
        pair, at, counts = np.unique(of * 65_536 + country, return_inverse=True, return_counts=True)
        weight = np.bincount(at, weights=weights)
        whose, which = pair // 65_536, pair % 65_536
        order = np.lexsort((which, -counts, -np.round(weight, 9), whose))
        sets, first = np.unique(whose[order], return_index=True)
        winner[sets], n_same[sets] = which[order][first], counts[order][first]
    low, _ = wilson(n_same.astype(np.float64), n.astype(np.float64), z=Z_95)
    return _Votes(n, winner, n_same, low)


def _answer(
    i: int, known: int, city: _Medians, vote: _Votes, gazetteer: Gazetteer, rule: NeighbourRule
) -> tuple[object, ...]:
    n, n_near, dispersion = int(city.n[i]), int(city.n_near[i]), float(city.dispersion_km[i])
    spread = None if np.isnan(dispersion) else dispersion
    gate = rule.max_dispersion_km
    if city.row[i] >= 0 and (gate is None or dispersion <= gate):
        row = int(city.row[i])
        far = float(city.farthest_near_km[i])
        where = "in" if far < 0.5 else f"within {int(np.ceil(far))} km of"
        words = f"inferred from {n_near} of {n} mutual follows {where} {gazetteer.label(row)}"
        return (
            *_place(row, gazetteer),
            _sure(n_near, n, rule),
            "network",
            words,
            n,
            n_near,
            spread,
        )
    total, same = int(vote.n[i]), int(vote.n_same[i])
    if known < 0 and total >= rule.min_neighbours and vote.low[i] > rule.majority:
        row = int(vote.country[i])
        words = f"inferred from {same} of {total} mutual follows in {gazetteer.label(row)}"
        if spread is not None:
            words += f"; their cities lie {spread:,.0f} km apart from the middle one (median)"
        return (
            *_place(row, gazetteer),
            _sure(same, total, rule),
            "network",
            words,
            total,
            same,
            spread,
        )
    return (*[None] * 10, _refusal(n, total, spread, known, gazetteer, rule), total, n_near, spread)


def _sure(hits: int, n: int, rule: NeighbourRule) -> float:
    """Laplace's rule of succession, (hits + 1) / (n + 2): the chance that one more agrees."""
    return round(min((hits + 1) / (n + 2), rule.max_confidence), 3)


def _place(row: int, gazetteer: Gazetteer) -> tuple[object, ...]:
    place = gazetteer.at(row)
    is_city = place.kind == "city"
    return (
        "city" if is_city else "country",
        place.id,
        place.name,
        place.label,
        place.country,
        place.admin1,
        place.lat if is_city else None,
        place.lon if is_city else None,
    )


def _refusal(
    n_cities: int,
    n: int,
    spread: float | None,
    known: int,
    gazetteer: Gazetteer,
    rule: NeighbourRule,
) -> str:
    where = f" in {gazetteer.label(known)}" if known >= 0 else ""
    if n < rule.min_neighbours:
        have = "1 mutual follow tells a place" if n == 1 else f"{n} mutual follows tell a place"
        return f"{have}{where}; {rule.min_neighbours} are needed"
    if spread is None:
        return (
            f"{n_cities} of {n} mutual follows tell a city{where}; {rule.min_neighbours} are needed"
        )
    return f"{n_cities} mutual follows{where} are too far apart ({spread:,.0f} km, median)"
