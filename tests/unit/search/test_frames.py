"""Results as data frames: what stands in them is what the hits say, for polars and for pandas."""

import math
import sys
from typing import Any

import pandas as pd
import polars as pl
import pytest

from influencr.errors import UsageError
from influencr.search import Results, make_query
from influencr.search._frames import FOUND, schema
from influencr.search.brand import Brand

from .brand.conftest import World


@pytest.fixture
def world(tmp_path: Any) -> World:
    return World(tmp_path)


def asked(world: World, **fields: Any) -> Results:
    return world.searcher.search(make_query(everything=True, **fields))


def test_creators_have_the_types_that_the_judges_write() -> None:
    from influencr.pipeline import CREATORS_SCHEMA

    kinds = {
        pl.String: "text",
        pl.Int64: "whole",
        pl.Float64: "number",
        pl.Boolean: "flag",
        pl.Datetime("us", "UTC"): "instant",
        pl.List(pl.String): "texts",
        pl.List(pl.Int64): "wholes",
        pl.List(pl.Float64): "numbers",
    }
    frame = pl.DataFrame(schema=CREATORS_SCHEMA)
    written = {name: kinds[dtype] for name, dtype in frame.schema.items() if name != "post_text"}
    said = {name: kind for name, kind in schema().items() if name not in FOUND and name != "as_of"}
    assert said == written


def test_one_row_per_hit_in_their_order(world: World) -> None:
    found = asked(world, text="bread")
    frame = found.to_polars()
    assert frame["profile_id"].to_list() == [hit.profile_id for hit in found.hits]
    assert frame["score"].to_list() == [hit.score for hit in found.hits]
    assert frame["followers"].to_list() == [hit.creator["followers"] for hit in found.hits]
    assert frame["topics"].to_list() == [hit.creator["topics"] for hit in found.hits]
    assert frame["matched"].to_list() == [
        [f"{match.field}: {match.text}" for match in hit.why] for hit in found.hits
    ]
    assert frame["as_of"].unique().to_list() == [found.as_of]
    assert "post_text" not in frame.columns


@pytest.mark.parametrize(
    "fields", [{}, {"text": "bread"}, {"similar": "@rita"}, {"text": "bread", "brand": "Loaf"}]
)
def test_the_parts_of_a_row_multiply_to_its_score(world: World, fields: dict[str, Any]) -> None:
    if "brand" in fields:
        world.keep(Brand(name="Loaf", description="bread and sourdough"))
    found = asked(world, **fields)
    assert found.hits
    for row in found.to_polars().iter_rows(named=True):
        parts = [v for name, v in row.items() if name.startswith("part_") and v is not None]
        assert math.prod(parts) == pytest.approx(row["score"], rel=1e-12)


def test_every_part_of_a_score_has_its_column(world: World) -> None:
    world.keep(Brand(name="Loaf", description="bread and sourdough"))
    for fields in ({"text": "bread", "brand": "Loaf"}, {"similar": "@rita"}):
        for hit in asked(world, **fields).hits:
            assert {f"part_{name}" for name in hit.parts} <= set(FOUND)


def test_a_brand_tells_fit_and_alignment(world: World) -> None:
    world.keep(Brand(name="Loaf", description="bread and sourdough"))
    found = asked(world, brand="Loaf")
    rows = found.to_polars().select("fit", "alignment").rows()
    assert rows == [(hit.brand.fit.fit, hit.brand.alignment.share) for hit in found.hits]  # type: ignore[union-attr]


def test_the_same_columns_and_types_whatever_was_asked(world: World) -> None:
    nobody, somebody = asked(world, text="zyxwv"), asked(world)
    assert nobody.total == 0
    assert somebody.total > 0
    assert nobody.to_polars().schema == somebody.to_polars().schema
    assert nobody.to_pandas().dtypes.equals(somebody.to_pandas().dtypes)
    assert list(somebody.to_pandas()) == somebody.to_polars().columns == list(schema())


def test_pandas_holds_the_same_values(world: World) -> None:
    found = asked(world, text="bread")
    pandas = found.to_pandas()
    for name, values in found.to_polars().to_dict(as_series=False).items():
        told = [
            None if not isinstance(v, list) and pd.isna(v) else v for v in pandas[name].tolist()
        ]
        assert told == values, name


def test_unknown_stays_unknown_in_pandas(world: World) -> None:
    frame = asked(world).to_pandas()
    assert frame["lat"].isna().all()
    assert str(frame["lat"].dtype) == "Float64"
    assert str(frame["likes_received"].dtype) == "Int64"
    assert str(frame["last_post_at"].dtype) == "datetime64[us, UTC]"


def test_without_pandas_it_says_what_to_install(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(UsageError, match=r"influencr\[pandas\]"):
        asked(world).to_pandas()
