"""The promises about a world as a whole: bytes, labels, parts, refusals."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from influencr.errors import UnknownValue, UsageError
from influencr.sources.synthetic import AS_OF, PARTS, TINY, write_world


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_same_seed_gives_the_same_bytes(tmp_path):
    write_world(tmp_path / "a", **TINY._asdict(), seed=5)
    write_world(tmp_path / "b", **TINY._asdict(), seed=5)
    write_world(tmp_path / "c", **TINY._asdict(), seed=6)
    assert digests(tmp_path / "a") == digests(tmp_path / "b")
    other = digests(tmp_path / "c")
    assert all(other[name] != sha for name, sha in digests(tmp_path / "a").items() if "." in name)


def test_another_process_with_another_hash_seed_gives_the_same_bytes(tmp_path):
    write_world(tmp_path / "here", **TINY._asdict(), seed=5)
    code = (
        "import sys; from influencr.sources.synthetic import TINY, write_world; "
        "write_world(sys.argv[1], **TINY._asdict(), seed=5)"
    )
    source = Path(__file__).resolve().parents[3] / "src"
    subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "there")],
        check=True,
        env={"PYTHONPATH": str(source), "PYTHONHASHSEED": "77", "POLARS_MAX_THREADS": "1"},
    )
    assert digests(tmp_path / "here") == digests(tmp_path / "there")


def test_leaving_parts_out_does_not_change_the_others(tmp_path):
    whole = write_world(tmp_path / "whole", **TINY._asdict(), seed=5)
    part = write_world(tmp_path / "part", **TINY._asdict(), seed=5, only=["profiles", "follows"])
    names = {path.name for path in part.files}
    assert names == {"bluesky_profiles.parquet", "bluesky_follows.parquet"}
    for name in names:
        assert (whole.observed / name).read_bytes() == (part.observed / name).read_bytes()


def test_every_file_is_dated_and_labelled(loaded):
    world = loaded.world
    assert world.as_of == AS_OF
    for path in world.folder.rglob("*.*"):
        assert path.stat().st_mtime == AS_OF.timestamp(), path
    assert "SYNTHETIC" in (world.folder / "README").read_text()
    told = json.loads((world.folder / "world.json").read_text())
    assert told["synthetic"] is True
    assert told["licence"] == "synthetic"
    assert told["parameters"]["seed"] == 11


def test_nobody_could_be_taken_for_a_real_account(loaded):
    profiles = loaded.seen("bluesky_profiles")
    assert profiles["handle"].str.ends_with(".example").all()
    assert profiles["did"].str.starts_with("did:example:").all()
    assert profiles["handle"].n_unique() == profiles["did"].n_unique() == profiles.height
    folder = loaded.world.observed
    for line in (folder / "mastodon_accounts.jsonl").read_text().splitlines():
        assert json.loads(line)["acct"].endswith(".example")
    for name, column, separator in (
        ("youtube_channels", "customUrl", ","),
        ("tiktok_creators", "username", ","),
        ("instagram_creators", "username", ";"),
    ):
        frame = pl.read_csv(folder / f"{name}.csv", separator=separator, infer_schema_length=None)
        assert frame[column].str.ends_with(".example").all()
        assert frame[column].n_unique() == frame.height


def test_a_world_replaces_a_world_and_nothing_else(tmp_path):
    first = write_world(tmp_path / "w", **TINY._asdict(), seed=1)
    stray = first.observed / "left_over.parquet"
    stray.write_bytes(b"old")
    write_world(tmp_path / "w", **TINY._asdict(), seed=2, only=["packs"])
    assert not stray.exists()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear diary")
    with pytest.raises(UsageError, match="not empty"):
        write_world(tmp_path / "mine", **TINY._asdict())
    assert (tmp_path / "mine" / "letter.txt").read_text() == "dear diary"


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"n_creators": 3}, "n_creators"),
        ({"n_audience": 10**9}, "n_audience"),
        ({"seed": -1}, "seed"),
        ({"mean_follows": 0.0}, "mean_follows"),
        ({"n_days": 3}, "n_days"),
        ({"as_of": datetime(2026, 1, 1)}, "as_of"),
    ],
)
def test_impossible_sizes_are_refused_before_anything_is_written(tmp_path, change, named):
    arguments = {**TINY._asdict(), **change}
    with pytest.raises(UsageError, match=named):
        write_world(tmp_path / "w", **arguments)
    assert not (tmp_path / "w").exists()


def test_an_unknown_part_is_named(tmp_path):
    with pytest.raises(UnknownValue, match="follows"):
        write_world(tmp_path / "w", **TINY._asdict(), only=["folows"])


def test_progress_reaches_the_end_of_every_stage(tmp_path):
    heard: dict[str, tuple[int, int]] = {}

    def listen(stage: str, done: int, total: int) -> None:
        heard[stage] = (done, total)

    write_world(tmp_path / "w", **TINY._asdict(), only=PARTS, progress=listen)
    assert set(heard) >= {"people", "follows", "posts and engagements", "profiles"}
    assert all(done == total for done, total in heard.values())


def test_as_of_moves_the_world(tmp_path):
    moment = datetime(2025, 3, 1, tzinfo=UTC)
    world = write_world(tmp_path / "w", **TINY._asdict(), as_of=moment)
    posts = pl.read_parquet(world.observed / "bluesky_posts.parquet")
    newest = posts["createdAt"].max()
    assert newest < moment
    assert (moment - newest).days < 3


def test_a_world_without_sellers_has_no_bought_account(tmp_path):
    world = write_world(tmp_path / "w", **TINY._asdict(), bought=False)
    accounts = pl.read_parquet(world.truth / "accounts.parquet")
    creators = pl.read_parquet(world.truth / "creators.parquet")
    assert "bought" not in accounts["planted_kind"].unique()
    assert creators["planted_bought_share"].max() == 0
    assert not (world.truth / "batches.parquet").exists()


def test_chunked_files_hold_the_same_promises(tmp_path, monkeypatch):
    """The path that large worlds take: several files of follows, profiles, posts, accounts."""
    from influencr.sources.synthetic import _follows, _network, _truth

    monkeypatch.setattr(_follows, "_ROWS_PER_FILE", 1_500)
    monkeypatch.setattr(_network, "_PROFILES_PER_FILE", 100)
    monkeypatch.setattr(_network, "_CREATORS_PER_BLOCK", 40)
    monkeypatch.setattr(_network, "_ACTS_PER_BLOCK", 400)
    monkeypatch.setattr(_truth, "_ACCOUNTS_PER_FILE", 100)
    world = write_world(tmp_path / "w", **TINY._asdict(), seed=5)
    assert len(list(world.observed.glob("bluesky_profiles-*.parquet"))) == 3
    assert len(list(world.observed.glob("bluesky_posts-*.parquet"))) >= 3
    assert len(list(world.truth.glob("accounts-*.parquet"))) == 3
    follows = pl.read_parquet(world.observed / "bluesky_follows*.parquet")
    profiles = pl.read_parquet(world.observed / "bluesky_profiles*.parquet")
    assert profiles["did"].n_unique() == profiles.height
    assert profiles["followsCount"].sum() == follows.height
    posts = pl.read_parquet(world.observed / "bluesky_posts*.parquet")
    assert posts["uri"].n_unique() == posts.height
