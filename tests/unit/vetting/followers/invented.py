"""Invented crowds: people, and profiles such as sellers deliver, all drawn from a seed."""

import numpy as np
import polars as pl


def crowd(n: int, seed: int, share: float = 0.5) -> tuple[pl.DataFrame, np.ndarray]:
    """Profiles in the columns of `followers score`, and labels."""
    rng = np.random.default_rng(seed)
    y = (rng.random(n) < share).astype(int)
    followers = np.where(y, rng.lognormal(3, 1.2, n), rng.lognormal(5.5, 1.0, n)).round()
    following = np.where(y, rng.lognormal(7.6, 0.7, n), rng.lognormal(6, 0.8, n)).round()
    posts = np.where(y, rng.lognormal(0.8, 1.2, n), rng.lognormal(4, 1.2, n)).round() - 1
    digits = np.where(y, rng.integers(0, 6, n), rng.integers(0, 2, n))
    frame = pl.DataFrame(
        {
            "handle": ["mo" + "7" * int(d) + "zart" for d in digits],
            "followers": followers,
            "following": following,
            "posts": posts.clip(0),
            "is_private": rng.random(n) < 0.2,
            "has_avatar": rng.random(n) < np.where(y, 0.7, 0.98),
        }
    )
    return frame, y
