"""Part of B9: two legitimate accounts with very young followers are not called bought.

The followers of each go the way of a user's data, from files to a verdict, three times: with no
times of follows (only that they follow), with the earliest times that are possible (the running
maximum of creation dates in order of arrival, so that everybody follows the moment they exist,
which is the most suspicious reading), and the same among an invented world of other creators.
That world's own sign-ups know nothing of these weeks, so the third is harder than any real
instance, whose other creators gain from the same newcomers.
"""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
from benchmarks.vetting.goals import figure, need

from influencr.sources.synthetic import Size, write_world

__all__ = ["run"]

_NEWS = ("bluesky-samples", "followers_1713.csv")
_OFFICIAL = ("bluesky-profiles-4k", "profiles.jsonl.gz")
#: Followers that the two accounts show, in round numbers; what was seen is the newest of them.
_SHOWN = {"news account": 1_300_000, "official account": 30_000_000}
#: Other creators beside the crowd.
_NEIGHBOURS = Size(1_200, 12_000, mean_follows=40, mean_posts=4)
_DID = "did:example:crowd"
_READINGS = ("no times", "earliest times", "earliest times, in an invented world")


class _Crowd(NamedTuple):
    """Followers of one account, oldest first: did, handle, displayName, createdAt."""

    name: str
    followers: pl.DataFrame


def run(datasets: Path | None, *, quick: bool) -> dict[str, Any]:
    """Verdicts on both crowds; the shape of `goals.KEYS`."""
    news, official = need(datasets, *_NEWS), need(datasets, *_OFFICIAL)
    crowds = [_Crowd("news account", _csv(news)), _Crowd("official account", _lines(official))]
    rows, inflated, standing = [], 0, 0
    for crowd in crowds:
        for reading in _READINGS[: 2 if quick else 3]:
            status, families, seen = _vetted(crowd, reading)
            rows.append([f"{crowd.name}, {reading}", seen, status, ", ".join(families) or "none"])
            inflated += status == "looks_inflated"
            if reading != _READINGS[2]:
                standing += bool({"G", "C", "D"} & set(families))
    columns = ["", "followers seen", "verdict", "families that stand"]
    return {
        "id": "b9",
        "title": "legitimate crowds of very new accounts",
        "data": "bluesky-samples (1,713 newest followers of a news account), bluesky-profiles-4k "
        "(followers of the network's official account)",
        "protocol": __doc__.split("\n\n", 1)[1].replace("\n", " ").strip(),
        "figures": [
            figure("audiences that look inflated", inflated, goal=0, more_is_better=False),
            figure("group findings that stand, alone", standing, goal=0, more_is_better=False),
        ],
        "tables": [{"title": "Verdicts", "columns": columns, "rows": rows}],
        "notes": [
            "Both are lists of the newest followers, so nothing said of them holds for the whole "
            "audience; the worlds without sellers (worlds) test whole audiences.",
        ],
    }


def _csv(path: Path) -> pl.DataFrame:
    """The newest stand first in the file."""
    frame = pl.read_csv(path).reverse()
    return frame.select(
        "did", "handle", displayName="display_name", createdAt=_instant("created_at")
    )


def _lines(path: Path) -> pl.DataFrame:
    """No order is known here; by creation is what newcomers come in."""
    frame = pl.read_ndjson(path, infer_schema_length=None)
    made = frame.with_row_index("number").select(
        pl.format("did:example:newcomer{}", "number").alias("did"),
        "handle",
        displayName="display_name",
        createdAt=_instant("created_at"),
        followersCount="followers_count",
        followsCount="follows_count",
        postsCount="posts_count",
        description="description",
    )
    return made.drop_nulls("createdAt").sort("createdAt")


def _instant(column: str) -> pl.Expr:
    return (
        pl.col(column)
        .cast(pl.String)
        .str.slice(0, 19)
        .str.replace(" ", "T")
        .str.strptime(pl.Datetime("us"), "%Y-%m-%dT%H:%M:%S", strict=False)
        .dt.replace_time_zone("UTC")
    )


def _vetted(crowd: _Crowd, reading: str) -> tuple[str, list[str], int]:
    """Status, families that stand, followers seen."""
    from influencr.engine import Engine
    from influencr.vetting.verdict import is_standing

    followers = crowd.followers
    newest = followers["createdAt"].max()
    as_of = (newest if isinstance(newest, datetime) else datetime.now(UTC)) + timedelta(days=1)
    with tempfile.TemporaryDirectory(prefix="influencr-crowd-") as folder:
        place = Path(folder)
        files = place / "files"
        files.mkdir()
        _write(crowd, files, times=reading != _READINGS[0], as_of=as_of)
        if reading == _READINGS[2]:
            world = write_world(place / "world", **_NEIGHBOURS._asdict(), seed=1, as_of=as_of)
            files_of = [files, world.observed]
        else:
            files_of = [files]
        engine = Engine(place / "home", create=True)
        report = engine.import_files(files_of, licence="research", platform=None, observed_at=as_of)
        for failed in report.failed:
            if failed.error is not None:
                raise failed.error
        engine.refresh(as_of=as_of)
        (row,) = engine.vet([f"bluesky:{_DID}"])
        ledger = pl.read_parquet(engine.home.judged / "evidence.parquet")
        stands = ledger.filter((pl.col("profile_id") == row.profile_id) & is_standing())
        return row.verdict.status, sorted(set(stands["family"])), row.verdict.n_seen


def _write(crowd: _Crowd, folder: Path, *, times: bool, as_of: datetime) -> None:
    """Files as an exporter of that network writes them."""
    followers = crowd.followers
    account = pl.DataFrame(
        {
            "did": [_DID],
            "handle": ["crowd.example"],
            "displayName": [crowd.name],
            "createdAt": [as_of - timedelta(days=1_000)],
            "followersCount": [_SHOWN[crowd.name]],
            "followsCount": [116],
            "postsCount": [9_000],
        }
    )
    pl.concat([followers, account], how="diagonal_relaxed").write_parquet(
        folder / "bluesky_profiles.parquet"
    )
    earliest = (
        pl.col("createdAt").cum_max() + pl.duration(seconds=60)
        if times
        else pl.lit(None, pl.Datetime("us", "UTC"))
    )
    followers.select(follower="did", followed=pl.lit(_DID), followed_at=earliest).write_parquet(
        folder / "bluesky_follows.parquet"
    )
    pl.DataFrame(
        {
            "uri": [f"at://{_DID}/app.bsky.feed.post/1"],
            "did": [_DID],
            "createdAt": [as_of - timedelta(days=1)],
            "text": ["The news of the day."],
        }
    ).write_parquet(folder / "bluesky_posts.parquet")
