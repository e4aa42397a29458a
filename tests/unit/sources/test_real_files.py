"""Real files, with no hand-made mapping: every row is accounted for and lands where it should.

The files are not part of the repository. They are looked for in INFLUENCR_DATASETS, else beside the
checkout; what is absent is skipped.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import polars as pl
import pytest

from influencr.sources.files import FileSource, inspect

ROOT = Path(__file__).parents[3]
DATASETS = Path(os.environ.get("INFLUENCR_DATASETS", ROOT.parent / "shared" / "datasets"))


class Case(NamedTuple):
    path: str
    platform: str
    kind: str
    n_read: int
    least_kept: int
    look: Callable[[pl.DataFrame], bool]
    only: dict[str, str] | None = None


def _top_lists() -> list[Case]:
    wanted = {
        "instagram": lambda f: (
            f["followers"].min() > 1_000_000
            and 0.6 < f["authentic_share_claimed"].mean() < 0.8
            and f["mean_engagements"].null_count() == 0
            and f["place_country"].null_count() < 20
        ),
        "tiktok": lambda f: f["mean_views"].median() > 1e6 and f["mean_shares"].null_count() < 20,
        "youtube": lambda f: f["followers"].min() > 8e6 and f["mean_views"].null_count() < 10,
    }
    rows = {
        "instagram": {"dec": 1000, "nov": 1000, "oct": 1000, "sep": 1050},
        "tiktok": {"dec": 1000, "nov": 1000, "oct": 1000, "sep": 1000},
        "youtube": {"dec": 1003, "nov": 1000, "oct": 1000, "sep": 1047},
    }
    return [
        # A third of the YouTube lists give a title with spaces where the handle should stand.
        Case(
            f"influencers-top1000-2022/{p}_2022_{m}.csv.gz",
            p,
            "profiles",
            n,
            600 if p == "youtube" else 980,
            wanted[p],
        )
        for p, months in rows.items()
        for m, n in months.items()
    ]


CASES = [
    Case(
        "tiktok-samples/restricted/tiktok_creators.csv",
        "tiktok",
        "profiles",
        3531,
        3531,
        lambda f: (
            f["place_country"].str.len_chars().eq(2).all()
            and f["followers"].min() == 1007
            and f["bio_text"].null_count() < 300
            and set(f["language"]) == {"en", "es", "fr", "de", "it"}
            and f["is_verified"].sum() == 525
            and f["profile_id"].str.contains(r"^tiktok:\d+$").all()
        ),
    ),
    Case(
        "bluesky-profiles-4k/profiles.jsonl.gz",
        "bluesky",
        "profiles",
        4247,
        4247,
        lambda f: (
            f["handle"].null_count() == 0
            and f["bio_text"].null_count() == 1284
            and f["account_created_at"].null_count() == 0
            and f["mean_likes"].null_count() == 1
            and f["posts_per_week_claimed"].max() <= 604_800 / 60
        ),
    ),
    Case(
        "youtube-tech-videos/videos.csv.gz",
        "youtube",
        "posts",
        1363,
        1363,
        lambda f: (
            f["profile_id"].n_unique() == 645
            and f["text"].null_count() == 0
            and f["likes"].null_count() == 0
            and f["created_at"].null_count() == 0
        ),
    ),
    Case(
        "cresci-2017-genuine-spambots1/users.csv.gz",
        "twitter",
        "profiles",
        3126,
        2458,
        lambda f: (
            f["account_created_at"].null_count() == 0
            and f["following"].null_count() == 0
            and set(f["fetched_at"].dt.year().unique()) <= set(range(2013, 2017))
            and 0.6 < 1 - f["place_raw"].null_count() / f.height < 0.75
        ),
        {"label": "genuine"},
    ),
    Case(
        "instagram-spain-3000/influencers.jsonl.gz",
        "instagram",
        "profiles",
        2996,
        2996,
        lambda f: (
            set(f["place_country"].drop_nulls()) == {"Spain", "España", "Spagna"}
            and 0.01 < f["engagement_rate_claimed"].median() < 0.02
            and f["profile_id"].str.starts_with("instagram:@").all()
            and "gender" not in f.columns
        ),
    ),
    Case(
        "mastodon-official-341/profiles.csv.gz",
        "mastodon",
        "profiles",
        341,
        339,
        lambda f: (
            f["handle"].str.contains(r"^[^@\s]+@[^@\s]+$").all()
            and f["account_created_at"].null_count() == 0
            and (f["place_country"] == "Germany").sum() > 100
            and "-" not in set(f["bio_text"].drop_nulls())
        ),
    ),
    *_top_lists(),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.path)
def test_every_row_is_accounted_for(case: Case, tmp_path: Path) -> None:
    path = DATASETS / case.path
    if not path.exists():
        pytest.skip(f"{case.path} is not here; set INFLUENCR_DATASETS to the folder that holds it")
    plan = inspect(path, only=case.only)
    assert (plan.platform, plan.kind) == (case.platform, case.kind)
    source = FileSource(plan, licence="dataset:none", quarantine=tmp_path)
    frames = [frame for table, frame in source.batches() if table == case.kind]
    report = source.report
    assert report.rows_read == case.n_read
    assert report.rows_read == (
        report.rows_kept + report.rows_quarantined + report.rows_duplicate + report.rows_left_out
    )
    assert report.rows_kept >= case.least_kept
    assert not report.truncated
    frame = pl.concat(frames)
    assert frame.height == report.rows_kept
    assert case.look(frame)
