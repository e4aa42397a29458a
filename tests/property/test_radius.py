"""Laws of places: a radius is exact, and any text at all gets an answer or a reason."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from influencr.errors import InfluencrError, PlaceError
from influencr.geography import Gazetteer, ask, judge, place_in_words
from influencr.geography.gazetteer._build import build
from influencr.geography.gazetteer._reader import DATA
from influencr.geography.location._resolve import resolve
from influencr.index import point_tokens
from influencr.search import Located

EARTH_RADIUS_KM = 6371.0088


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    if not (DATA / "manifest.json").exists():
        build(DATA)
    return Gazetteer.load()


@pytest.fixture(scope="module")
def cities(gazetteer: Gazetteer) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Ids and radians of all cities, read from the files and not through the code under test."""
    ids, kind, lat, lon = (np.load(DATA / f"places.{c}.npy") for c in ("id", "kind", "lat", "lon"))
    city = kind == 4
    return ids[city], np.radians(lat[city]), np.radians(lon[city])


def brute_force(
    cities: tuple[np.ndarray, np.ndarray, np.ndarray], lat: float, lon: float
) -> np.ndarray:
    """Distance by vectors: another formula than the code's, good to a centimetre."""
    _, phi, lam = cities
    here, there = math.radians(lat), math.radians(lon)
    points = np.stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)])
    centre = np.array(
        [math.cos(here) * math.cos(there), math.cos(here) * math.sin(there), math.sin(here)]
    )
    chord = np.sqrt(((points - centre[:, None]) ** 2).sum(axis=0))
    return 2 * EARTH_RADIUS_KM * np.arcsin(np.clip(chord / 2, 0, 1))


@given(
    lat=st.floats(-90, 90),
    lon=st.floats(-180, 180),
    km=st.one_of(st.floats(0, 300), st.floats(300, 20_015)),
)
@example(lat=90.0, lon=0.0, km=1_500.0)
@example(lat=-90.0, lon=77.0, km=4_000.0)
@example(lat=-17.8, lon=180.0, km=400.0)
@example(lat=-17.8, lon=-180.0, km=400.0)
@example(lat=66.0, lon=-179.9, km=900.0)
@example(lat=89.9, lon=180.0, km=2_500.0)
@example(lat=0.0, lon=0.0, km=20_015.2)
@example(lat=30.26715, lon=-97.74306, km=0.0)
@example(lat=30.26715, lon=-97.74306, km=0.1)
@example(lat=51.50853, lon=-0.12574, km=1_000.0)
@example(lat=-41.28664, lon=174.77557, km=19_900.0)
@settings(deadline=None, max_examples=80)
def test_a_radius_is_what_brute_force_finds(
    gazetteer: Gazetteer,
    cities: tuple[np.ndarray, np.ndarray, np.ndarray],
    lat: float,
    lon: float,
    km: float,
) -> None:
    away = brute_force(cities, lat, lon)
    found = gazetteer.within(lat, lon, km)
    assert found.tolist() == sorted(set(found.tolist()))
    # A centimetre at the rim belongs to the difference of the two formulas (arcsin near the
    # antipode loses half the digits); nothing else may differ.
    rim = 1e-5 if km < 19_000 else 1.0
    assert set(cities[0][away <= km - rim].tolist()) <= set(found.tolist())
    assert set(found.tolist()) <= set(cities[0][away <= km + rim].tolist())


class Everywhere:
    """An index with one creator at each city: what a radius asks of it, and whom that finds."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        held: dict[str, int] = {}
        self.points: dict[str, list[int]] = {}
        for row in range(len(gazetteer)):
            if gazetteer.kind(row) == "city":
                where = {
                    "country": gazetteer.country(row),
                    "admin1": gazetteer.admin1(row),
                    "lat": gazetteer.lats[row],
                    "lon": gazetteer.lons[row],
                }
                for token in point_tokens(where):
                    held[token] = held.get(token, 0) + 1
                    self.points.setdefault(token, []).append(gazetteer.ids[row])
        self.located = Located({"point": held})

    def found(self, lat: float, lon: float, km: float) -> list[int]:
        """Ids of the cities that the terms of a radius find; nobody may be found twice."""
        terms = self.located.tokens(self.located.distances(lat, lon) <= km)
        return sorted(i for term in terms for i in self.points[term])


@pytest.fixture(scope="module")
def everywhere(gazetteer: Gazetteer) -> Everywhere:
    return Everywhere(gazetteer)


@given(
    lat=st.floats(-90, 90),
    lon=st.floats(-180, 180),
    km=st.one_of(st.floats(0.1, 300), st.floats(300, 20_015)),
)
@example(lat=90.0, lon=0.0, km=1_500.0)
@example(lat=-90.0, lon=77.0, km=4_000.0)
@example(lat=-17.8, lon=180.0, km=400.0)
@example(lat=-17.8, lon=-180.0, km=400.0)
@example(lat=0.0, lon=0.0, km=20_015.2)
@example(lat=30.26715, lon=-97.74306, km=0.1)
@example(lat=51.50853, lon=-0.12574, km=1_000.0)
@settings(deadline=None, max_examples=40)
def test_the_terms_of_a_radius_find_exactly_its_cities(
    gazetteer: Gazetteer, everywhere: Everywhere, lat: float, lon: float, km: float
) -> None:
    assert everywhere.found(lat, lon, km) == gazetteer.within(lat, lon, km).tolist()


@given(
    lat=st.floats(-90, 90), lon=st.floats(-180, 180), km=st.floats(0, 2_000), more=st.floats(0, 500)
)
@settings(deadline=None, max_examples=40)
def test_a_larger_radius_never_loses_a_place(
    gazetteer: Gazetteer, lat: float, lon: float, km: float, more: float
) -> None:
    small, large = gazetteer.within(lat, lon, km), gazetteer.within(lat, lon, km + more)
    assert set(small.tolist()) <= set(large.tolist())


@given(lat=st.floats(-90, 90), lon=st.floats(-180, 180))
@example(lat=0.0, lon=179.999)
@settings(deadline=None, max_examples=30)
def test_the_nearest_city_is_the_nearest(
    gazetteer: Gazetteer,
    cities: tuple[np.ndarray, np.ndarray, np.ndarray],
    lat: float,
    lon: float,
) -> None:
    _, km = gazetteer.nearest_city(lat, lon)
    assert km == pytest.approx(brute_force(cities, lat, lon).min(), abs=1e-5)


@pytest.mark.parametrize(
    ("lat", "lon", "km"),
    [(90.1, 0, 1), (0, 180.1, 1), (math.nan, 0, 1), (0, 0, -1), (0, 0, math.nan), (0, 0, math.inf)],
)
def test_impossible_circles_are_refused(
    gazetteer: Gazetteer, lat: float, lon: float, km: float
) -> None:
    with pytest.raises(PlaceError):
        gazetteer.within(lat, lon, km)


ASKED = st.lists(
    st.sampled_from(
        [
            *(
                "Paris",
                "TX",
                "near",
                "in",
                "within",
                "50 km",
                "of",
                "or",
                ";",
                ",",
                "except",
                "not",
            ),
            *("Wien", "um", "東京", "周辺", "قرب", "القاهرة", "Spain", "52.5, 13.4", "(country)"),
            *("5", "mi", "+", "à moins de", "d'", "Bay Area", "the", "Georgia", "\ud800", "🇫🇷"),
        ]
    ),
    max_size=8,
).map(" ".join)


@given(text=st.one_of(ASKED, st.text(max_size=40)))
@example(text="Berlin or near Hamburg except Potsdam")
@example(text="52.5, 13.4 of Georgia")
@settings(deadline=None, max_examples=300)
def test_any_question_for_a_place_gets_an_area_or_one_sentence(
    gazetteer: Gazetteer, text: str
) -> None:
    place_in_words(text, gazetteer)
    try:
        area = ask(text, gazetteer)
    except InfluencrError:
        return  # anything else would be a fault
    assert area.label
    for part in area.parts or (area,):
        assert part.codes or part.place_ids is not None
    for label, asked in zip(area.alternatives, area.asks, strict=True):
        assert label
        ask(asked, gazetteer)  # every reading that is offered can be asked for


PLACE_TEXT = st.one_of(
    st.text(max_size=60),
    st.text(
        alphabet=st.sampled_from(list("Paris,TX/|.- 東京市🇫🇷🇩🇪📍&()'áé0123456789\n\ud800‍️")),
        max_size=40,
    ),
    st.lists(
        st.sampled_from(
            ["Paris", "TX", "and", "of", "the", "Lagos", "via", "USA", "東京", "🇫🇷", ",", "/", "in"]
        ),
        max_size=8,
    ).map(" ".join),
)


@given(text=PLACE_TEXT)
@example(text="(" * 50)
@example(text="A.B.C.D.E.F.G")
@example(text="0&\x08")
@settings(deadline=None, max_examples=300)
def test_any_text_gets_an_answer_or_a_reason(gazetteer: Gazetteer, text: str) -> None:
    for query in (False, True):
        found = resolve(text, gazetteer, query=query)
        assert (found.row is None) == bool(found.reason) or found.reason in ("flag", "coordinates")
        assert 0.0 <= found.confidence <= 1.0
    gazetteer.suggest(text)


@given(
    rows=st.lists(st.tuples(PLACE_TEXT, PLACE_TEXT, PLACE_TEXT, PLACE_TEXT, PLACE_TEXT), max_size=4)
)
@settings(deadline=None, max_examples=60)
def test_a_judgement_is_whole_and_does_not_depend_on_order(
    gazetteer: Gazetteer, rows: list[tuple[str, ...]]
) -> None:
    names = ["place_country", "place_region", "place_city", "place_raw", "bio_text"]
    clean = [[t.encode(errors="ignore").decode() for t in row] for row in rows]
    frame = pl.DataFrame(
        [[str(i), *row] for i, row in enumerate(clean)],
        schema=dict.fromkeys(["profile_id", *names], pl.String),
        orient="row",
    )
    out = judge(frame, gazetteer)
    assert judge(frame.reverse(), gazetteer).reverse().equals(out)
    for row in out.to_dicts():
        assert row["place_reason"]
        assert (row["lat"] is not None) == (row["place_level"] == "city")
        assert (row["place_confidence"] is None) == (row["place_level"] is None)
        if row["place_level"] is not None:
            assert row["country"] is not None
