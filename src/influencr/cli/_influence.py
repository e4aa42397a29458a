"""Whom somebody moves, for a person: the score, the parts that multiply to it, who answers, growth.

Every number with its 95 % interval; what is unknown says so with its reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from influencr.cli._values import share

__all__ = ["influence_lines"]

_MONTHS = (1, 3, 6, 12)


def influence_lines(
    row: dict[str, Any], facts: dict[str, Any]
) -> Iterator[tuple[str, str, str | None]]:
    """Label, value and reason of influence, its parts, closeness and growth.

    row     a creators row
    facts   a row of judged/influence.parquet; empty where nothing was measured
    """
    yield "influence", _influence(row), row.get("influence_reason")
    for i, part in enumerate(facts.get("influence_parts") or ()):
        sign = "x" if i else " "
        yield "", f"  {sign} {part['factor']:.2f} {part['name']}", part["sentence"]
    close = row.get("closeness")
    value = "unknown" if close is None else f"{share(close)} of replies answered in time"
    yield "closeness", value + _between(facts, "closeness", share), row.get("closeness_reason")
    gains = {months: facts.get(f"growth_{months}m") for months in _MONTHS}
    told = ", ".join(f"{g:+,} in {m} mo" for m, g in gains.items() if g is not None)
    if facts:
        yield "growth", told or "unknown", facts.get("growth_reason")


def _influence(row: dict[str, Any]) -> str:
    value = row.get("influence")
    if value is None:
        return "unknown"
    told = f"{value:.2f} acts a post{_between(row, 'influence', '{:.2f}'.format)}"
    percentile = row.get("influence_percentile")
    return told if percentile is None else f"{told}, percentile {percentile:.0f} of its size"


def _between(row: dict[str, Any], name: str, write: Any) -> str:
    low, high = row.get(f"{name}_low"), row.get(f"{name}_high")
    return "" if low is None or high is None else f" ({write(low)} to {write(high)})"
