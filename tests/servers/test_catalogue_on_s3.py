"""The same catalogue on S3-compatible storage: conditional puts, several writers, erasure."""

import os
import subprocess
import sys
import urllib.request
import uuid
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

import influencr
from influencr.catalogue import Appended, Catalogue

pytestmark = pytest.mark.server_s3


@pytest.fixture
def bucket(s3_server):
    name = f"catalogue-{uuid.uuid4().hex[:12]}"
    address = f"{s3_server['AWS_ENDPOINT_URL']}/{name}"
    with urllib.request.urlopen(urllib.request.Request(address, method="PUT"), timeout=20):
        pass
    return name


@pytest.fixture
def catalogue(s3_server, bucket):
    return Catalogue(f"s3://{bucket}/home/catalogue", salt=b"s", storage_options=s3_server)


def people(*numbers, day=1, **more):
    return pl.DataFrame({"profile_id": [f"tiktok:{n}" for n in numbers]}).with_columns(
        platform=pl.lit("tiktok"),
        handle=pl.format("name{}", pl.Series(numbers)),
        source=pl.lit("s"),
        fetched_at=pl.lit(datetime(2026, 1, day, tzinfo=UTC)),
        fetch_method=pl.lit("import"),
        licence=pl.lit("l"),
        policy=pl.lit(15),
        **{k: pl.lit(v) for k, v in more.items()},
    )


def test_append_read_compact(catalogue):
    assert catalogue.latest("profiles").collect().is_empty()
    assert catalogue.append("profiles", people(1, 2, 3)) == Appended(3, 0, 0)
    assert catalogue.append("profiles", people(1, 2, 3)) == Appended(0, 3, 0)
    assert catalogue.append("profiles", people(2, day=2, followers=9)).new == 1
    found = catalogue.latest("profiles").sort("profile_id").collect()
    assert found["followers"].to_list() == [None, 9, None]
    assert catalogue.compact("profiles") == {"profiles": 2}
    assert catalogue.scan("profiles").collect().height == 4
    assert catalogue.statistics()[0].rows == 4


def test_erasure_blocks_and_deletes(catalogue):
    catalogue.append("profiles", people(1, 2, 3))
    assert catalogue.erase(["tiktok:@name2"], reason="opt_out").rows["profiles"] == 1
    assert catalogue.append("profiles", people(1, 2, 3)) == Appended(0, 2, 1)
    assert sorted(catalogue.latest("profiles").collect()["profile_id"]) == ["tiktok:1", "tiktok:3"]
    assert not catalogue.recover()


WRITER = """
import os, sys
from datetime import UTC, datetime
import polars as pl
from influencr.catalogue import Catalogue

options = {k: v for k, v in os.environ.items() if k.startswith("AWS_")}
catalogue = Catalogue(sys.argv[1], salt=b"s", storage_options=options)
for batch in range(8):
    numbers = [int(sys.argv[2]) * 100 + batch, 900 + batch]
    frame = pl.DataFrame({"profile_id": [f"tiktok:{n}" for n in numbers]}).with_columns(
        platform=pl.lit("tiktok"), source=pl.lit("s"), fetch_method=pl.lit("import"),
        fetched_at=pl.lit(datetime(2026, 1, 1, tzinfo=UTC)), licence=pl.lit("l"),
        policy=pl.lit(15))
    done = catalogue.append("profiles", frame)
    assert sum(done) == 2 and done.new >= 1
"""


def test_two_processes_lose_nothing(catalogue, s3_server):
    environment = {
        **os.environ,
        **s3_server,
        "PYTHONPATH": str(Path(influencr.__file__).parents[1]),
    }
    started = [
        subprocess.Popen([sys.executable, "-c", WRITER, catalogue.root, str(i)], env=environment)
        for i in range(2)
    ]
    assert [process.wait(timeout=200) for process in started] == [0, 0]
    expected = {f"tiktok:{w * 100 + b}" for w in (0, 1, 9) for b in range(8)}
    latest = catalogue.latest("profiles").collect()["profile_id"].to_list()
    assert sorted(latest) == sorted(expected)
