"""The labelled sets of profiles, read into the columns that the follower test understands.

Nothing of a set is kept but what a benchmark counts. A set that is not there raises MissingData.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl
from benchmarks.vetting.goals import need

#: Columns of Purba et al. that one profile call gives; the other eleven need recent posts.
PURBA_PROFILE = (
    *("nmedia", "nfollower", "nfollowing", "biol"),
    *("pic", "url", "followerToFollowing", "hasMedia"),
)
CRESCI_LEAKS_LEFT_OUT = (
    "dataset, updated, lang, time_zone, utc_offset, geo_enabled, default_profile, profile_*, "
    "banner and image addresses, url, crawled_at"
)


class Labelled(NamedTuple):
    """One set: profiles in the columns of `followers score`, labels (1 = positive), languages."""

    profiles: pl.DataFrame
    labels: np.ndarray
    languages: pl.Series | None = None


def srf(datasets: Path | None) -> Labelled:
    """SRF Data 2017: followers of Swiss Instagram influencers, labelled by hand (1 = fake)."""
    file = need(datasets, "srf-instagram-fake-followers", "labelled_followers.csv.gz")
    rows = pl.read_csv(file, infer_schema_length=None).unique("Username", maintain_order=True)
    profiles = rows.select(
        platform=pl.lit("instagram"),
        handle=pl.col("Username").cast(pl.String),
        posts="Number.of.posts",
        followers="Number.of.followers",
        following="Number.of.people.they.follow",
        has_avatar="has_profile_picture",
        is_private="Private.account",
    )
    return Labelled(profiles, rows["rating"].cast(pl.Int8).to_numpy())


def purba(datasets: Path | None) -> tuple[pl.DataFrame, np.ndarray]:
    """Purba et al. 2020 as found (19 columns), exact duplicates dropped, and its labels."""
    file = need(datasets, "purba-2020-instagram-bought-followers", "accounts.csv.gz")
    rows = pl.read_csv(file, infer_schema_length=None).unique(maintain_order=True)
    return rows.drop("fake"), rows["fake"].cast(pl.Int8).to_numpy()


def purba_profiles(datasets: Path | None) -> Labelled:
    """Purba et al. 2020, what one profile call gives."""
    rows, labels = purba(datasets)
    profiles = rows.select(
        platform=pl.lit("instagram"),
        posts="nmedia",
        followers="nfollower",
        following="nfollowing",
        has_avatar="pic",
        bio_length="biol",
        has_link="url",
    )
    return Labelled(profiles, labels)


def instafake(datasets: Path | None) -> Labelled:
    """InstaFake 2019, fake against real profiles; exact duplicates dropped."""
    folder = "instafake-2019"
    rows = pl.concat(
        [
            pl.read_ndjson(need(datasets, folder, name))
            for name in ("fakeAccountData.jsonl.gz", "realAccountData.jsonl.gz")
        ],
        how="vertical_relaxed",
    ).unique(maintain_order=True)
    profiles = rows.select(
        platform=pl.lit("instagram"),
        posts="userMediaCount",
        followers="userFollowerCount",
        following="userFollowingCount",
        has_avatar="userHasProfilPic",
        is_private="userIsPrivate",
        handle_digit_share=pl.col("usernameDigitCount") / pl.col("usernameLength"),
        bio_length="userBiographyLength",
    )
    return Labelled(profiles, rows["isFake"].cast(pl.Int8).to_numpy())


def instafake_automated(datasets: Path | None) -> tuple[pl.DataFrame, np.ndarray, np.ndarray]:
    """InstaFake 2019, automated against not: columns, labels, and True where the file trains."""
    rows = pl.read_csv(
        need(datasets, "instafake-2019", "automated_v1_aggregated.csv.gz"),
        infer_schema_length=None,
    )
    labels = rows["fake"].cast(pl.Int8).to_numpy()
    return rows.drop("fake", "split"), labels, (rows["split"] == "train").to_numpy()


def _twitter(file: Path, positive: str, observed: str) -> Labelled:
    rows = pl.read_csv(file, infer_schema=False).unique("id", maintain_order=True)
    profiles = rows.select(
        platform=pl.lit("twitter"),
        handle="screen_name",
        display_name=pl.col("name").fill_null(""),
        bio=pl.col("description").fill_null(""),
        posts=pl.col("statuses_count").cast(pl.Float64),
        followers=pl.col("followers_count").cast(pl.Float64),
        following=pl.col("friends_count").cast(pl.Float64),
        likes_given=pl.col("favourites_count").cast(pl.Float64),
        listed=pl.col("listed_count").cast(pl.Float64),
        is_private=pl.col("protected").is_not_null().cast(pl.Int8),
        created_at="created_at",
        observed_at=pl.lit(observed),
    )
    labels = (rows["label"] == positive).cast(pl.Int8).to_numpy()
    return Labelled(profiles, labels, rows["lang"].str.to_lowercase().str.slice(0, 2))


def cresci_2015(datasets: Path | None) -> Labelled:
    """INT (bought Twitter followers) against E13 (verified people); leaking columns left out."""
    return _twitter(
        need(datasets, "cresci-2015-int-e13", "users.csv.gz"), "fake_follower", "2015-02-14"
    )


def cresci_2017(datasets: Path | None) -> Labelled:
    """Genuine Twitter profiles against social spambots #1 (another target than bought)."""
    return _twitter(
        need(datasets, "cresci-2017-genuine-spambots1", "users.csv.gz"),
        "social_spambot_1",
        "2015-05-02",
    )


def gilani(datasets: Path | None) -> tuple[pl.DataFrame, np.ndarray, pl.Series]:
    """Gilani et al. 2017: automation by band of followers; columns, labels (bot), bands."""
    rows = pl.read_csv(need(datasets, "gilani-2017", "accounts.csv.gz"), infer_schema_length=None)
    columns = rows.drop("screen_name", "source_identity", "follower_band", "label")
    labels = (rows["label"] == "bot").cast(pl.Int8).to_numpy()
    return columns, labels, rows["follower_band"]
