"""What is decided once per column over the sample, because no single value can tell.

Is 0.0165 a fraction or a percentage, is 03/04/2020 a day in April or in March, is 1.234 a thousand?
Each answer comes with the reason, for the plan's notes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from statistics import median

from influencr.sources.files import _words
from influencr.sources.files._aliases import ALIASES

__all__ = ["PERCENT_FROM", "day_order", "decimal_mark", "rates_of"]

#: Above this median, engagement rates without a % sign are read as percent. Own choice: half of a
#: file's creators above 15 % is implausible, half of them below 0.15 % too.
PERCENT_FROM = 0.15

_NUMERIC = frozenset(
    name
    for kind in ALIASES
    for name in ALIASES[kind]
    if name.startswith(("mean_", "posts_per", "fake_", "authentic_", "engagement_rate"))
)


def decimal_mark(
    uses: Mapping[str, tuple[str, ...]], sample: Mapping[str, Sequence[str]]
) -> tuple[str, list[str]]:
    """The file's decimal mark: `,` when more measures are written so than with a point."""
    n_comma = n_point = 0
    for target, names in uses.items():
        if target not in _NUMERIC:
            continue
        for value in sample.get(names[0], ()):
            n_comma += bool(re.search(r"\d,\d{1,2}(?!\d)|\.\d{3},\d", value))
            n_point += bool(re.search(r"\d\.\d{1,2}(?!\d)|,\d{3}\.\d|\d\.\d{4,}", value))
    if n_comma > n_point:
        return ",", ["numbers are written with a decimal comma"]
    return ".", []


def rates_of(
    uses: Mapping[str, tuple[str, ...]], sample: Mapping[str, Sequence[str]]
) -> tuple[dict[str, str], list[str]]:
    """Column -> percent or fraction, and why, by the column's name and sampled values."""
    made: dict[str, str] = {}
    notes: list[str] = []
    for target in ("engagement_rate_claimed", "authentic_share_claimed", "fake_share"):
        for column in uses.get(target, ()):
            values = sample.get(column, ())
            bare: list[float] = []
            for value in values:
                try:
                    parsed = None if "%" in value else _words.number(value, whole=False)
                except ValueError:
                    continue
                if parsed is not None:
                    bare.append(float(parsed))
            if re.search(r"%|percent|pct", column, re.IGNORECASE):
                made[column], why = "percent", "its name says so"
            elif len(bare) < len(values) / 2:
                made[column], why = "percent", "most values have a % sign"
            elif target == "engagement_rate_claimed":
                middle = median(bare) if bare else 0.0
                made[column] = "percent" if middle > PERCENT_FROM else "fraction"
                why = f"the median of {len(bare)} values is {middle:.4g}"
            else:
                top = max(bare, default=0.0)
                made[column] = "percent" if top > 1.0 else "fraction"
                why = f"the largest of {len(bare)} values is {top:.4g}"
            notes.append(f"{column} is read as a {made[column]}: {why}")
    return made, notes


def day_order(
    uses: Mapping[str, tuple[str, ...]], sample: Mapping[str, Sequence[str]]
) -> tuple[dict[str, bool], list[str]]:
    """Column -> whether the day comes first, and why; only for columns written with slashes."""
    made: dict[str, bool] = {}
    notes: list[str] = []
    for target, names in uses.items():
        if not target.removeprefix("profile.").endswith(("_at", "at")):
            continue
        for column in names:
            days = [
                (int(m[1]), int(m[2]))
                for value in sample.get(column, ())
                if (m := re.match(r"(\d{1,2})[-/.](\d{1,2})[-/.](?:\d{4}|\d{2})\b", value))
            ]
            if not days:
                continue
            n_day, n_month = sum(a > 12 for a, _ in days), sum(b > 12 for _, b in days)
            made[column] = n_day >= n_month
            order = "day/month" if made[column] else "month/day"
            why = f"{max(n_day, n_month)} of {len(days)} values can only be read so"
            if not n_day and not n_month:
                why = "assumed: no value tells day and month apart"
            notes.append(f"{column} is read as {order}/year, {why}")
    return made, notes
