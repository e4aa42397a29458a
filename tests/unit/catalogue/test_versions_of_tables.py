"""Tables outlive the program: older ones grow, newer ones are refused, old versions are swept."""

from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
from deltalake import DeltaTable, write_deltalake

from influencr.catalogue import TABLES, Appended, fit
from influencr.catalogue._hashing import content_hashes
from influencr.errors import HomeError, UsageError

ANA = {"profile_id": "tiktok:1", "platform": "tiktok", "followers": 10}


def as_stored(frame):
    fitted = fit("profiles", frame)
    hashes = content_hashes(TABLES["profiles"], fitted)
    return fitted.with_columns(content_hash=pl.Series(hashes))


@pytest.fixture
def older(catalogue, rows):
    """A profiles table as a version without four of today's columns would have left it."""
    frame = as_stored(rows([ANA])).drop("no_recommend", "made_for_kids", "links", "listed_count")
    write_deltalake(f"{catalogue.root}/profiles", frame)
    return catalogue


def test_an_older_table_reads_with_nulls_and_grows_on_the_next_append(older, rows):
    assert older.latest("profiles").collect()["links"].to_list() == [None]
    assert older.append("profiles", rows([ANA])) == Appended(0, 1, 0)
    linked = {**ANA, "links": ["https://a.example"], "made_for_kids": False}
    assert older.append("profiles", rows([linked], day=2)).new == 1
    stored = older.scan("profiles").sort("fetched_at").collect()
    assert stored["links"].to_list() == [None, ["https://a.example"]]
    assert stored.schema == TABLES["profiles"].stored
    assert older.latest("profiles").collect()["made_for_kids"].to_list() == [False]
    older.compact()
    assert older.scan("profiles").collect().height == 2


def test_an_older_table_stops_keeping_names_in_its_log(older, rows):
    """It was written with statistics of every column; after an erasure they are gone."""
    log = Path(older.root, "profiles", "_delta_log")
    assert "tiktok:1" in next(log.glob("*.json")).read_text()
    older.append("profiles", rows([{**ANA, "profile_id": "tiktok:2"}], day=2))
    older.erase(["tiktok:1"], reason="opt_out")
    for file in log.iterdir():
        text = file.read_bytes().decode("latin-1")
        if file.suffix == ".parquet":
            text += str(pl.read_parquet(file).to_dicts())
        assert "tiktok:1" not in text


def test_a_newer_table_is_refused_by_name_of_the_column(catalogue, rows):
    newer = as_stored(rows([ANA])).with_columns(shoe_size=pl.lit(43))
    write_deltalake(f"{catalogue.root}/profiles", newer)
    for attempt in (
        lambda: catalogue.append("profiles", rows([ANA])),
        lambda: catalogue.latest("profiles"),
        lambda: catalogue.statistics(),
    ):
        with pytest.raises(HomeError, match=r"'shoe_size'.*newer version"):
            attempt()
    stored = pl.read_parquet(DeltaTable(f"{catalogue.root}/profiles").file_uris())
    assert stored.height == 1


def test_a_column_of_another_type_is_refused(catalogue, rows):
    other = as_stored(rows([ANA])).with_columns(pl.col("followers").cast(pl.Int32))
    write_deltalake(f"{catalogue.root}/profiles", other)
    with pytest.raises(HomeError, match=r"'followers'.*another version"):
        catalogue.scan("profiles")


def test_compact_merges_files_and_keeps_what_readers_hold_within_the_retention(catalogue, rows):
    for i in range(12):
        catalogue.append("follows", rows([{"follower_id": f"x:{i}", "followed_id": "x:0"}]))
    reader = catalogue.latest("follows")
    before = {path.name for path in Path(catalogue.root, "follows").glob("*.parquet")}
    assert catalogue.compact("follows") == {"follows": 12}
    assert reader.collect().height == 12
    assert catalogue.compact("follows", retention=timedelta(0)) == {"follows": 0}
    after = {path.name for path in Path(catalogue.root, "follows").glob("*.parquet")}
    assert len(after) == 1
    assert not after & before
    assert catalogue.latest("follows").collect().height == 12
    assert list(Path(catalogue.root, "follows", "_delta_log").glob("*.checkpoint.parquet"))


def test_compact_of_nothing_and_impossible_retention(catalogue):
    assert set(catalogue.compact().values()) == {0}
    with pytest.raises(UsageError, match="negative"):
        catalogue.compact(retention=timedelta(hours=-1))


def test_a_root_may_be_given_as_text_or_path(catalogue, rows):
    from influencr.catalogue import Catalogue

    catalogue.append("profiles", rows([ANA]))
    for root in (str(catalogue.root) + "/", Path(catalogue.root), f"file://{catalogue.root}"):
        found = Catalogue(root, salt=b"salt of the tests")
        assert found.append("profiles", rows([ANA])).unchanged == 1
