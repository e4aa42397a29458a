from datetime import UTC, datetime, timedelta, timezone

import polars as pl
import pytest

from influencr.catalogue import TABLES, empty, fit
from influencr.errors import SchemaError, UnknownValue
from influencr.records import OBSERVED, columns

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def follow(**changed):
    row = {
        "follower_id": "tiktok:1",
        "followed_id": "tiktok:2",
        "source": "s",
        "fetched_at": NOW,
        "fetch_method": "import",
        "licence": "l",
        "policy": 15,
    }
    return pl.DataFrame({k: [v] for k, v in {**row, **changed}.items()})


def test_every_table_has_the_columns_of_its_record_in_order():
    for table, record in OBSERVED.items():
        stored = [name for name in TABLES[table].stored if name != "content_hash"]
        assert stored == [column.name for column in columns(record)]
        assert empty(table).columns == stored


def test_no_stored_type_is_one_that_delta_cannot_hold():
    allowed = {
        pl.String(),
        pl.Int64(),
        pl.Float64(),
        pl.Boolean(),
        pl.Datetime("us", "UTC"),
        pl.List(pl.String()),
    }
    assert {dtype for schema in TABLES.values() for dtype in schema.stored.values()} <= allowed


def test_absent_optional_columns_are_null_and_order_is_kept():
    fitted = fit("follows", follow().select(pl.all().reverse()))
    assert fitted.schema == pl.Schema(empty("follows").schema)
    assert fitted["via_id"].to_list() == [None]


@pytest.mark.parametrize(
    ("table", "column", "values", "dtype", "stored"),
    [
        ("follows", "policy", [3], pl.UInt8, [3]),
        ("follows", "policy", [3.0], pl.Float64, [3]),
        ("follows", "source", ["a"], pl.Categorical, ["a"]),
        ("follows", "via_id", [None], pl.Null, [None]),
        ("follows", "via_id", [None], pl.Int8, [None]),
        ("follows", "followed_at", [NOW], pl.Datetime("ms", "UTC"), [NOW]),
    ],
)
def test_values_that_fit_are_stored_as_given(table, column, values, dtype, stored):
    frame = follow().with_columns(pl.Series(column, values, dtype=dtype))
    assert fit(table, frame)[column].to_list() == stored


def test_an_instant_of_another_zone_is_the_same_instant():
    lisbon_summer = timezone(timedelta(hours=1))
    frame = follow().with_columns(
        followed_at=pl.lit(datetime(2026, 7, 1, 12, tzinfo=lisbon_summer)).dt.convert_time_zone(
            "Europe/Lisbon"
        )
    )
    assert fit("follows", frame)["followed_at"][0] == datetime(2026, 7, 1, 11, tzinfo=UTC)


@pytest.mark.parametrize(
    ("column", "series", "words"),
    [
        ("policy", pl.Series(["15"]), "'15' has type String"),
        ("policy", pl.Series([1.5]), "1.5 cannot be held exactly"),
        ("policy", pl.Series([2**63], dtype=pl.UInt64), "9223372036854775808 cannot be held"),
        ("policy", pl.Series([float("nan")]), "nan cannot be held exactly"),
        ("policy", pl.Series([True]), "True has type Boolean"),
        ("follower_id", pl.Series([7]), "7 has type Int64"),
        ("followed_at", pl.Series([datetime(2026, 1, 1)]), "needs a time zone"),
        ("followed_at", pl.Series([1700000000]), "an instant in UTC"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_by_column_and_value(column, series, words):
    with pytest.raises(SchemaError, match=rf"^follows\.{column}: ") as caught:
        fit("follows", follow().with_columns(series.alias(column)))
    assert words in str(caught.value)
    assert caught.value.field == column


@pytest.mark.parametrize(
    ("column", "series", "words"),
    [
        ("mean_likes", pl.Series([float("inf")]), "inf is not a finite number"),
        ("mean_likes", pl.Series([2**60]), "cannot be held exactly"),
        ("is_bot", pl.Series([1]), "holds true or false"),
        ("links", pl.Series([["a", None]]), "holds a null"),
        ("links", pl.Series([[1]]), "a list of texts"),
    ],
)
def test_profiles_refuse_what_is_no_value_of_the_column(column, series, words):
    frame = follow().rename({"follower_id": "profile_id", "followed_id": "platform"})
    with pytest.raises(SchemaError) as caught:
        fit("profiles", frame.with_columns(series.alias(column)))
    assert words in str(caught.value)


def test_a_long_value_is_cut_in_the_sentence():
    frame = follow().with_columns(policy=pl.Series(["x" * 5000]))
    with pytest.raises(SchemaError) as caught:
        fit("follows", frame)
    assert len(str(caught.value)) < 250


def test_a_missing_required_column_a_null_in_it_and_a_strange_column_are_named():
    with pytest.raises(SchemaError, match="required column 'licence' is missing"):
        fit("follows", follow().drop("licence"))
    two = pl.concat([follow(), follow().with_columns(follower_id=pl.lit(None, dtype=pl.String))])
    with pytest.raises(SchemaError, match="'follower_id' is null in row 1"):
        fit("follows", two)
    with pytest.raises(SchemaError, match="no column 'follower'; valid: follower_id"):
        fit("follows", follow().rename({"follower_id": "follower"}))


def test_an_unknown_table_names_the_nearest():
    with pytest.raises(UnknownValue, match="did you mean 'follows'"):
        fit("follow", follow())
