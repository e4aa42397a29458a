"""Points of a generation: read part by part, near ones measured exactly."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from influencr.geography import distance_km
from influencr.index import Held
from influencr.index.columns import ColumnIndex
from influencr.index.tantivy import TantivyIndex
from influencr.search import Located, _located

AS_OF = datetime(2026, 1, 1, tzinfo=UTC)


def towns(first: int, points: Sequence[tuple[str, str | None, float, float]]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "profile_id": [f"bluesky:{first + i}" for i in range(len(points))],
            "platform": ["bluesky"] * len(points),
            "country": [p[0] for p in points],
            "admin1": [p[1] for p in points],
            "place_id": [first + i for i in range(len(points))],
            "lat": [p[2] for p in points],
            "lon": [p[3] for p in points],
        },
        schema_overrides={"admin1": pl.String},
    )


OLD = towns(0, [("PT", "PT-11", 38.7, -9.1), ("PT", "PT-13", 41.1, -8.6), ("ES", None, 40.4, -3.7)])
NEW = towns(9, [("PT", "PT-13", 41.2, -8.7), ("IS", "IS-1", 64.1, -21.9)])


@pytest.mark.parametrize("engine", [ColumnIndex, TantivyIndex])
def test_a_new_generation_knows_the_points_of_all_its_parts(engine: Any, tmp_path: Path) -> None:
    index = engine(tmp_path / "index")
    index.build(OLD, as_of=AS_OF)
    old = Located.of(index.snapshot())
    index.upsert(NEW)
    index.commit()
    new = Located.of(index.snapshot())
    assert old.tokens(old.distances(41.1, -8.6) <= 100) == ("PT/PT-13",)
    near = new.tokens(new.distances(41.1, -8.6, within_km=100) <= 100)
    assert near == ("PT/PT-13",)
    assert new.tokens(new.distances(41.1, -8.6) <= 9) == ("PT/PT-13/41.1,-8.6",)
    assert new.tokens(new.distances(39.0, -8.0) <= 300) == ("PT",)
    assert set(new.tokens(new.distances(0.0, 0.0) <= 21_000)) == {"PT", "ES", "IS"}
    assert (old.countries, new.countries) == ({"PT": 2, "ES": 1}, {"PT": 3, "ES": 1, "IS": 1})
    assert set(new.places) == {0, 1, 2, 9, 10}
    assert new.regions["PT-13"] == 2
    index.close()


def test_points_of_a_part_are_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index = ColumnIndex(tmp_path / "index")
    index.build(OLD, as_of=AS_OF)
    Located.of(index.snapshot())
    index.upsert(NEW)
    index.commit()
    read: list[Any] = []
    whole = _located._read
    monkeypatch.setattr(_located, "_read", lambda values: (read.extend(values), whole(values))[1])
    Located.of(index.snapshot())
    Located.of(index.snapshot())
    assert {token for token in read if token.count("/") == 2} == {
        "PT/PT-13/41.2,-8.7",
        "IS/IS-1/64.1,-21.9",
    }
    index.close()


@pytest.mark.parametrize("km", [0.0, 0.4, 30.0, 2_500.0, 9_999.0, 15_000.0])
def test_near_points_are_as_far_as_they_are(km: float) -> None:
    rng = np.random.default_rng(7)
    lats = np.concatenate((rng.uniform(-90, 90, 300), [90.0, -90.0, 12.0, 12.0, 12.000001]))
    lons = np.concatenate((rng.uniform(-180, 180, 300), [0.0, 50.0, 180.0, -180.0, 179.999999]))
    held = {f"XX/unknown/{a!r},{b!r}": 1 for a, b in zip(lats.tolist(), lons.tolist(), strict=True)}
    located = Located({"point": held})
    for lat, lon in ((12.0, 180.0), (90.0, 3.0), (-41.5, 20.0)):
        every = located.distances(lat, lon)
        some = located.distances(lat, lon, within_km=km)
        assert np.array_equal(every <= km, some <= km)
        assert np.array_equal(every[every <= km], some[every <= km])
    assert distance_km(np.array([12.0]), np.array([-180.0]), centre=(12.0, 180.0))[0] < 1e-6


def test_who_asks_again_is_given_the_same_part() -> None:
    held = Held(("PT/PT-11/38.7,-9.1",))
    assert held != Held(("PT/PT-11/38.7,-9.1",))
    assert hash(held) == hash(held)
