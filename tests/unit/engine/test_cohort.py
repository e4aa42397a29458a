"""The cohort that a dossier draws: a fair sample of one platform, its median and its band."""

from pathlib import Path

import numpy as np
import polars as pl

from influencr.engine._influence import _cohort_of


def write(folder: Path, n: int) -> None:
    rng = np.random.default_rng(4)
    followers = (10 ** rng.uniform(2, 5, n)).astype(int)
    influence = 0.1 * followers**0.6 * np.exp(rng.normal(0, 0.5, n))
    pl.DataFrame(
        {
            "profile_id": [f"bluesky:{i}" for i in range(n)],
            "platform": ["bluesky"] * (n - 1) + ["tiktok"],
            "followers": followers,
            "influence": [None, *influence[1:]],
        }
    ).write_parquet(folder / "creators.parquet")


def test_the_band_holds_four_fifths_and_rises_with_size(tmp_path: Path) -> None:
    write(tmp_path, 1_200)
    cohort = _cohort_of(tmp_path, "bluesky")
    assert cohort is not None
    assert cohort.n == 1_198  # one is unknown, one is elsewhere
    assert len(cohort.points) == 320
    assert list(cohort.sizes) == sorted(cohort.sizes)
    sizes, influence = np.array(cohort.points).T
    low = np.exp(np.interp(np.log(sizes), np.log(cohort.sizes), np.log(cohort.low)))
    high = np.exp(np.interp(np.log(sizes), np.log(cohort.sizes), np.log(cohort.high)))
    assert 0.72 < np.mean((influence > low) & (influence < high)) < 0.88
    assert cohort.usual[-1] > 5 * cohort.usual[0]


def test_few_creators_have_points_and_no_band(tmp_path: Path) -> None:
    write(tmp_path, 20)
    cohort = _cohort_of(tmp_path, "bluesky")
    assert cohort is not None
    assert (cohort.n, cohort.sizes) == (18, ())
    assert _cohort_of(tmp_path, "mastodon") is None


def test_a_new_judgement_is_read_anew(tmp_path: Path) -> None:
    import os

    write(tmp_path, 20)
    first = _cohort_of(tmp_path, "bluesky")
    assert _cohort_of(tmp_path, "bluesky") is first
    write(tmp_path, 40)
    os.utime(tmp_path / "creators.parquet", ns=(1, 1))
    again = _cohort_of(tmp_path, "bluesky")
    assert again is not None
    assert again.n == 38
