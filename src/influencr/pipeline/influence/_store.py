"""What a run leaves beside the creators: judged/influence.parquet, one row per listed creator.

In order of `profile_id`: the engagement facts, each with its interval, count and reason; influence
with its parts, whose factors multiply to it; closeness with its parts; growth with its curve and
its jumps; the label with its probability and signs. Nobody but the creator is named in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import polars as pl

from influencr.errors import HomeError
from influencr.influence import closeness, engagement, growth, labels, score

__all__ = [
    "INFLUENCE_FILE",
    "INFLUENCE_SCHEMA",
    "JUMP",
    "LINE_POINTS",
    "NOTABILITY_FILE",
    "growth_lines",
    "line_heights",
    "read_influence",
]

INFLUENCE_FILE = "influence.parquet"
#: The operator's file as it was read, in the home.
NOTABILITY_FILE = "notability.parquet"
#: Characters of a growth line, and its alphabet: one of 64 heights each.
LINE_POINTS = 24
_HEIGHTS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_TOP = len(_HEIGHTS) - 1
_LINE_SECONDS = 365 * 86_400

_TIME = pl.Datetime("us", "UTC")
#: A day or days on which far more followers came, or left, than around; `families` are the letters
#: of the vetting families with a standing finding at that time.
JUMP = pl.Struct(
    {
        "from_at": _TIME,
        "to_at": _TIME,
        "gained": pl.Int64(),
        "expected": pl.Float64(),
        "before": pl.Int64(),
        "basis": pl.String(),
        "families": pl.List(pl.String()),
    }
)
_KEYS = ("profile_id", "creator")


def _without_keys(schema: Any) -> dict[str, Any]:
    return {name: kind for name, kind in schema.items() if name not in _KEYS}


#: Columns of judged/influence.parquet.
INFLUENCE_SCHEMA: dict[str, Any] = {
    "profile_id": pl.String(),
    "platform": pl.String(),
    "handle": pl.String(),
    **_without_keys(engagement.FACTS_SCHEMA),
    **_without_keys(score.RESULT_SCHEMA),
    **_without_keys(closeness.FACTS_SCHEMA),
    **_without_keys(growth.FACTS_SCHEMA),
    "growth_found": pl.List(JUMP),
    "growth_line": pl.String(),
    "label": pl.String(),
    "label_p": pl.Float64(),
    "label_p_celebrity": pl.Float64(),
    "label_reason": pl.String(),
    "label_reasons": labels.reasons_dtype(),
    "label_version": pl.String(),
    "as_of": _TIME,
}


def growth_lines(at: pl.Series, followers: pl.Series, *, as_of: int) -> pl.Series:
    """The last twelve months of each curve, as text of LINE_POINTS characters.

    at, followers   lists: seconds, rising, and followers then
    returns         one character per equal step of time, from the later of twelve months ago and
                    the first point until `as_of` (seconds); its height in 63rds of the highest.
                    Null for a curve of fewer than two points or of nobody
    """
    import numpy as np

    lines: list[str | None] = []
    for when, count in zip(at.to_list(), followers.to_list(), strict=True):
        if not when or len(when) < 2:
            lines.append(None)
            continue
        steps = np.linspace(max(when[0], as_of - _LINE_SECONDS), as_of, LINE_POINTS)
        values = np.interp(steps, when, count)
        most = values.max()
        if most <= 0:
            lines.append(None)
            continue
        heights = np.rint(values / most * _TOP).astype(int)
        lines.append("".join(_HEIGHTS[height] for height in heights))
    return pl.Series("growth_line", lines, dtype=pl.String)


def line_heights(line: str | None) -> list[float]:
    """The points of a growth line, 0 to 1 (the highest); none for None.

    >>> line_heights("Af/")
    [0.0, 0.49206349206349204, 1.0]
    """
    return [_HEIGHTS.index(letter) / _TOP for letter in line or ""]


def read_influence(
    judged: Path, profile_ids: Iterable[str] | None = None
) -> Iterator[dict[str, Any]]:
    """Rows of INFLUENCE_SCHEMA of these creators, or of all, in order of profile id.

    judged   folder of the judged files

    Creators about whom nothing is stored are left out. Raises HomeError before the first run.
    """
    file = judged / INFLUENCE_FILE
    if not file.exists():
        raise HomeError("No act was read in this home yet; run `influencr refresh` once.")
    rows = pl.scan_parquet(file)
    if profile_ids is not None:
        wanted = pl.Series(sorted(set(profile_ids)), dtype=pl.String)
        yield from rows.filter(pl.col("profile_id").is_in(wanted.implode())).collect().to_dicts()
        return
    n: int = rows.select(pl.len()).collect().item()
    for start in range(0, n, _ROWS):
        yield from rows.slice(start, _ROWS).collect().iter_rows(named=True)


#: Creators that are read at a time.
_ROWS = 2_000
