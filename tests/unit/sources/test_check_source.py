"""The published checks: our file source passes them, and sources that break a promise fail."""

from pathlib import Path

import polars as pl
import pytest

from influencr.sources import Batch
from influencr.sources.files import FileSource, inspect
from influencr.testing.check_source import check_source

FILES = {
    "tiktok.csv": "username,bio,tags,followers\n"
    + "".join(f'u{i},bio {i},"a,b",{i}\n' for i in range(40))
    + "u1,again,,1\n,nobody,,1\n",
    "videos.csv": "video_id,title,channel_id,channel_title,subscriber_count\n"
    + "".join(f"v{i},T{i},UC-1LknHyrjHLbFvfzuykYG{i % 7},C,5\n" for i in range(40)),
    "bluesky_follows.csv": "follower,followed,followed_at\n"
    + "".join(f"did:plc:{i},did:plc:x,2020-01-02\n" for i in range(40)),
    "tiktok_engagements.csv": "actor,post_id,kind,at\n"
    + "".join(f"a{i},p1,like,2020-01-02\n" for i in range(40)),
    "bluesky_packs.csv": "pack_id,name,member\n" + "".join(f"k,Pack,m{i}\n" for i in range(40)),
}


@pytest.fixture(scope="module")
def inputs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("inputs")
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def opener(path):
    def make(folder: Path) -> FileSource:
        return FileSource(
            inspect(path), licence="user-import", quarantine=folder / "quarantine", batch_rows=15
        )

    return make


PROMISES = [c.name.partition(": ")[2] for c in check_source("any", lambda folder: None)]


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("promise", PROMISES)
def test_file_source_keeps_its_promises(inputs, name, promise):
    checks = {c.name: c.run for c in check_source(name, opener(inputs / name))}
    checks[f"{name}: {promise}"]()


class Spoilt:
    """The file source with one promise broken."""

    def __init__(self, source, *, spoil, name=None):
        self._source, self._spoil = source, spoil
        self.name = source.name if name is None else name

    def batches(self):
        for number, (table, frame) in enumerate(self._source.batches()):
            yield Batch(table, self._spoil(frame, number))


RUNS: list[int] = []


def other_every_time(frame, number):
    RUNS.append(number)
    return frame.with_columns(handle=pl.lit(str(len(RUNS))))


@pytest.mark.parametrize(
    ("promise", "spoil"),
    [
        ("gives batches that fit their tables", lambda f, _: f.drop("licence")),
        ("gives batches that fit their tables", lambda f, _: f.with_columns(extra=pl.lit(1))),
        (
            "gives batches that fit their tables",
            lambda f, _: f.with_columns(pl.col("followers").cast(pl.Int32)),
        ),
        ("names every row by its natural key", lambda f, _: f.with_columns(profile_id=pl.lit(""))),
        ("never contradicts itself", lambda f, _: f.with_columns(profile_id=pl.lit("tiktok:1"))),
        (
            "writes references with their network",
            lambda f, _: f.with_columns(pl.col("handle").alias("profile_id")),
        ),
        ("says where every row comes from", lambda f, _: f.with_columns(source=pl.lit("me"))),
        (
            "says where every row comes from",
            lambda f, _: f.with_columns(pl.col("fetched_at").dt.offset_by("90y")),
        ),
        ("gives the same rows twice", other_every_time),
    ],
)
def test_a_broken_promise_is_found(inputs, promise, spoil):
    make = opener(inputs / "tiktok.csv")
    checks = check_source("spoilt", lambda folder: Spoilt(make(folder), spoil=spoil))
    run = next(c.run for c in checks if c.name.endswith(promise))
    with pytest.raises(AssertionError):
        run()


def test_writing_elsewhere_is_found(inputs):
    class Litterer(Spoilt):
        def batches(self):
            Path("litter.txt").write_text("x", encoding="utf-8")
            return super().batches()

    make = opener(inputs / "tiktok.csv")
    checks = check_source("l", lambda folder: Litterer(make(folder), spoil=lambda f, _: f))
    run = next(c.run for c in checks if "its own folder" in c.name)
    with pytest.raises(AssertionError, match=r"litter\.txt"):
        run()
