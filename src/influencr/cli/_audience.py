"""Where a creator's followers are, for a person at a terminal: lines of a dossier."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from influencr.cli._page import harmless
from influencr.cli._values import share

__all__ = ["audience_lines"]

#: How many countries, regions and cities a dossier names; the JSON holds all.
_SHOWN = {"country": 6, "admin1": 3, "city": 3}


def audience_lines(row: dict[str, Any]) -> Iterator[tuple[str, str, str | None]]:
    """Label, value and reason of every line; one that says why when nothing is known."""
    places = list(
        zip(
            row.get("audience_levels") or (),
            row.get("audience_labels") or (),
            row.get("audience_shares") or (),
            row.get("audience_lows") or (),
            row.get("audience_highs") or (),
            strict=True,
        )
    )
    reason = row.get("audience_reason")
    if places:
        sampled, known = row["audience_n_sampled"], row["audience_n_known"]
        silent = f"{share((sampled - known) / sampled)} tell no place"
        yield "audience", silent, reason
    elif reason:
        yield "audience", "unknown", reason
    left = dict(_SHOWN)
    for level, label, part, low, high in places:
        if left.get(level, 1) <= 0:
            continue
        left[level] = left.get(level, 1) - 1
        least = "" if level in ("country", "other") else "at least "
        interval = f"90 % interval {share(low)} to {share(high)}"
        yield "", f"{least}{share(part)} {harmless(label)}", interval
    if row.get("audience_country_claimed"):
        claim = harmless(str(row["audience_country_claimed"]))
        yield "claimed", claim, "main country of the audience, as the imported data set states it"
