"""Places from mutual follows: whose word counts, what the limits do, what is refused."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from influencr.geography import Gazetteer, NeighbourRule, distance_km, infer_from_neighbours
from influencr.geography.followers._interval import wilson
from influencr.geography.followers._neighbours import _geometric_medians

LYON, VILLEURBANNE, PARIS, LONDON, SYDNEY = 2996944, 2968254, 2988507, 2643743, 2147714
FRANCE, RHONE_ALPES, SUVA, APIA = 3017382, 11071625, 2198148, 4035413


def places(*rows: tuple[str, int | None, str | None, str | None]) -> pl.DataFrame:
    schema = {
        "profile_id": pl.String,
        "place_id": pl.Int64,
        "place_level": pl.String,
        "place_basis": pl.String,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def in_city(names: str, place_id: int, basis: str = "declared") -> list[tuple[str, int, str, str]]:
    return [(name, place_id, "city", basis) for name in names]


def of(names: str, who: str = "Zoe") -> pl.DataFrame:
    return pl.DataFrame(
        {"profile_id": [who] * len(names), "neighbour_id": list(names)},
        schema={"profile_id": pl.String, "neighbour_id": pl.String},
    )


def one(found: pl.DataFrame) -> dict[str, object]:
    assert len(found) == 1
    return found.to_dicts()[0]


def test_a_city_that_most_share() -> None:
    known = places(*in_city("abcde", LYON), *in_city("f", PARIS), *in_city("g", SYDNEY))
    row = one(infer_from_neighbours(known, of("abcdefg")))
    assert (row["place_level"], row["place_name"], row["country"]) == ("city", "Lyon", "FR")
    assert row["place_basis"] == "network"
    assert row["place_reason"] == (
        "inferred from 5 of 7 mutual follows in Lyon, Auvergne-Rhône-Alpes, France"
    )
    assert (row["n_neighbours"], row["n_near"], row["dispersion_km"]) == (7, 5, 0.0)
    assert row["place_confidence"] == pytest.approx(6 / 9, abs=0.001)
    assert row["lat"] == pytest.approx(45.75, abs=0.05)


def test_towns_around_it_count_and_the_reason_says_how_far() -> None:
    known = places(*in_city("abc", LYON), *in_city("de", VILLEURBANNE, "bio"))
    row = one(infer_from_neighbours(known, of("abcde")))
    assert row["place_name"] == "Lyon"
    assert "5 of 5 mutual follows within 4 km of Lyon" in str(row["place_reason"])


def test_only_own_words_are_a_neighbours_place() -> None:
    """What was inferred or guessed is never passed on, and never makes up the number."""
    known = places(
        *in_city("ab", LYON),
        *in_city("cd", LYON, "network"),
        ("e", FRANCE, "country", "hints"),
        ("f", None, None, None),
    )
    row = one(infer_from_neighbours(known, of("abcdef")))
    assert row["place_level"] is None
    assert row["place_basis"] is None
    assert row["place_reason"] == "2 mutual follows tell a place; 4 are needed"


def test_who_tells_a_city_is_not_asked_about() -> None:
    known = places(*in_city("abcd", LYON), ("Zoe", PARIS, "city", "bio"))
    assert infer_from_neighbours(known, of("abcd")).is_empty()


def test_a_guess_from_hints_is_asked_about() -> None:
    known = places(*in_city("abcd", LYON), ("Zoe", PARIS, "city", "hints"))
    assert one(infer_from_neighbours(known, of("abcd")))["place_name"] == "Lyon"


@pytest.mark.parametrize(("level", "place_id"), [("country", FRANCE), ("admin1", RHONE_ALPES)])
def test_what_the_words_say_stands(level: str, place_id: int) -> None:
    """Only neighbours inside the country or region are asked: here they outvote nobody."""
    known = places(
        *in_city("abcdef", LONDON), *in_city("ghij", LYON), ("Zoe", place_id, level, "declared")
    )
    row = one(infer_from_neighbours(known, of("abcdefghij")))
    assert row["place_name"] == "Lyon"
    assert row["n_neighbours"] == 4


def test_a_country_known_is_never_changed() -> None:
    known = places(*in_city("abcdef", LONDON), ("Zoe", FRANCE, "country", "declared"))
    row = one(infer_from_neighbours(known, of("abcdef")))
    assert row["place_level"] is None
    assert row["place_reason"] == "0 mutual follows tell a place in France; 4 are needed"


def test_too_far_apart_gives_the_country_if_most_share_it() -> None:
    cities = (LYON, PARIS, 2995469, 2990440, 3031582, 2973783)  # all over France
    known = places(*(row for i, c in enumerate(cities) for row in in_city("abcdef"[i], c)))
    row = one(infer_from_neighbours(known, of("abcdef")))
    assert (row["place_level"], row["country"], row["lat"]) == ("country", "FR", None)
    assert "6 of 6 mutual follows in France" in str(row["place_reason"])


def test_too_far_apart_and_no_majority_is_unknown() -> None:
    known = places(
        *in_city("a", LYON), *in_city("b", LONDON), *in_city("c", SYDNEY), *in_city("d", SUVA)
    )
    row = one(infer_from_neighbours(known, of("abcd")))
    assert row["place_level"] is None
    assert "too far apart" in str(row["place_reason"])


def test_popular_accounts_say_less() -> None:
    known = places(*in_city("abc", LYON), *in_city("defg", VILLEURBANNE)).with_columns(
        followers=pl.Series([10, 10, 10, 5_000_000, 5_000_000, 5_000_000, 5_000_000])
    )
    assert one(infer_from_neighbours(known, of("abcdefg")))["place_name"] == "Lyon"
    alike = NeighbourRule(by_popularity=False)
    row = one(infer_from_neighbours(known, of("abcdefg"), rule=alike))
    assert row["place_name"] == "Villeurbanne"


def test_never_surer_than_the_cap() -> None:
    names = "".join(chr(97 + i) for i in range(26)) + "ABCDEFGHIJKLMNOPQRSTUVWXY"
    known = places(*in_city(names, LYON))
    assert one(infer_from_neighbours(known, of(names)))["place_confidence"] == 0.7


def test_nobody_asked_nobody_answered() -> None:
    assert infer_from_neighbours(places(), of("")).is_empty()
    assert infer_from_neighbours(places(*in_city("a", LYON)), of("bcd")).is_empty()


def test_doubles_selves_and_order_change_nothing() -> None:
    known = places(*in_city("abcd", LYON), *in_city("e", PARIS))
    plain = of("abcde")
    messy = pl.concat(
        [
            of("edcbaabc"),
            of("x", "Zoe"),
            pl.DataFrame(of("a")).with_columns(neighbour_id=pl.col("profile_id")),
        ]
    )
    assert infer_from_neighbours(known, messy).equals(infer_from_neighbours(known, plain))


def test_across_the_date_line() -> None:
    """Suva and Apia are 1,200 km apart, on both sides of the line; the middle is not in Africa."""
    known = places(*in_city("abc", SUVA), *in_city("de", APIA))
    wide = NeighbourRule(max_dispersion_km=2_000)
    row = one(infer_from_neighbours(known, of("abcde"), rule=wide))
    assert row["place_name"] == "Suva"
    assert (row["n_neighbours"], row["n_near"], row["dispersion_km"]) == (5, 5, 0.0)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.tuples(st.floats(-89, 89), st.floats(-180, 180), st.floats(0.05, 1.0)),
        min_size=4,
        max_size=12,
    )
)
def test_the_median_is_no_farther_than_any_of_its_points(
    rows: list[tuple[float, float, float]],
) -> None:
    lat, lon, weights = (np.array(column) for column in zip(*rows, strict=True))
    phi, lam = np.radians(lat), np.radians(lon)
    points = np.stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)], axis=1)
    start, seat = np.zeros(1, dtype=np.int64), np.zeros(len(rows), dtype=np.int64)
    centre = _geometric_medians(points, weights, start, seat)[0]

    def cost(at: np.ndarray) -> float:
        return float((weights * np.linalg.norm(points - at, axis=1)).sum())

    # Where the cost is nearly flat the rounds end before the very lowest point.
    assert cost(centre) <= 1.01 * min(cost(point) for point in points) + 1e-3


def test_dispersion_is_the_median_distance(gazetteer: Gazetteer) -> None:
    known = places(*in_city("abc", LYON), *in_city("de", PARIS))
    row = one(infer_from_neighbours(known, of("abcde"), gazetteer=gazetteer))
    lyon, paris = gazetteer.place(LYON), gazetteer.place(PARIS)
    km = distance_km(
        np.array([paris.lat]), np.array([paris.lon]), centre=(lyon.lat or 0, lyon.lon or 0)
    )[0]
    assert row["dispersion_km"] == 0.0
    even = one(
        infer_from_neighbours(places(*in_city("ab", LYON), *in_city("de", PARIS)), of("abde"))
    )
    assert even["dispersion_km"] == pytest.approx(km / 2, rel=1e-6)


@settings(deadline=None)
@given(st.integers(0, 300), st.integers(1, 300), st.integers(0, 10_000))
def test_wilson_holds_the_share_and_narrows_with_the_population(k: int, n: int, more: int) -> None:
    hits, size = np.array([float(min(k, n))]), np.array([float(n)])
    low, high = wilson(hits, size)
    few_low, few_high = wilson(hits, size, population=size + more)
    share = hits / size
    assert 0 <= low[0] <= few_low[0] <= share[0] <= few_high[0] <= high[0] <= 1
    if more == 0:
        assert few_low[0] == few_high[0] == share[0]


def test_wilson_of_nobody_is_everything() -> None:
    low, high = wilson(np.array([0.0]), np.array([0.0]))
    assert (low[0], high[0]) == (0.0, 1.0)
