"""What creators say of themselves outranks what was concluded: laid over the judges' answers.

A place or topics that somebody corrected, after proving that the profile is theirs, stand with the
reason "said by the creator, proven on DATE". They lie in `kept.Rights`, so that a refresh, a new
judge and a new index find them again, and who leaves takes them along.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import polars as pl

from influencr.geography import Gazetteer
from influencr.kept import Rights, Statement

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["SAID", "WEIGHT", "Said", "reason_of"]

#: `place_basis` of a place that its creator said.
SAID = "said"
#: Weight of a topic that the creator said: that of a declared category (`topics.DECLARED`).
WEIGHT = 0.95


class Said:
    """The statements of one home, ready to be laid over rows.

    statements   those in force
    """

    def __init__(self, statements: Iterable[Statement] = ()) -> None:
        self._places: dict[str, Statement] = {}
        self._topics: dict[str, Statement] = {}
        for one in statements:
            (self._places if one.field == "place" else self._topics)[one.profile_id] = one

    @classmethod
    def of(cls, home: Path) -> Said:
        """What stands in a home now."""
        return cls(Rights(home).statements())

    def over_places(self, profiles: pl.DataFrame, placed: pl.DataFrame) -> pl.DataFrame:
        """Places with those that were said in place of those that were read.

        profiles   profile_id, platform, handle of the same people
        placed     what `geography.judge` returned
        """
        rows = [
            {**_place(statement), "profile_id": profile_id}
            for profile_id, statement in _among(profiles, self._places)
        ]
        if not rows:
            return placed
        said = pl.DataFrame(rows, schema=placed.schema)
        return pl.concat([placed.filter(~pl.col("profile_id").is_in(said["profile_id"])), said])

    def over_topics(self, profiles: pl.DataFrame, topics: pl.DataFrame) -> pl.DataFrame:
        """The same for what `topics.judge` returned."""
        rows = [
            {
                "profile_id": profile_id,
                "topics": list(statement.value),
                "topic_weights": [WEIGHT] * len(statement.value),
                "topic_evidence": [reason_of(statement.proven_at)] * len(statement.value),
            }
            for profile_id, statement in _among(profiles, self._topics)
        ]
        if not rows:
            return topics
        said = pl.DataFrame(rows, schema=topics.schema)
        return pl.concat([topics.filter(~pl.col("profile_id").is_in(said["profile_id"])), said])


def reason_of(proven_at: datetime) -> str:
    """Why a line stands: "said by the creator, proven on 23 November 2026"."""
    return f"said by the creator, proven on {proven_at.day} {proven_at:%B %Y}"


def _among(
    profiles: pl.DataFrame, statements: dict[str, Statement]
) -> Sequence[tuple[str, Statement]]:
    """(profile id, what is said) of those of these profiles who said something.

    Somebody who was known by handle alone is found again when their native id becomes known.
    """
    if not statements:
        return []
    by_handle = pl.concat_str(
        "platform", pl.lit(":@"), pl.col("handle").str.to_lowercase(), ignore_nulls=False
    )
    named = profiles.select("profile_id", by_handle=by_handle).filter(
        pl.col("profile_id").is_in(list(statements)) | pl.col("by_handle").is_in(list(statements))
    )
    return [
        (profile_id, statements[profile_id if profile_id in statements else reference])
        for profile_id, reference in named.unique("profile_id").sort("profile_id").iter_rows()
    ]


def _place(statement: Statement) -> dict[str, Any]:
    """The columns of `geography.judge` for a place that was said; none at all is a place too."""
    said = reason_of(statement.proven_at)
    unknown = {
        **dict.fromkeys(
            ("place_level", "place_id", "place_name", "place_label", "country", "admin1", "lat")
        ),
        **{"lon": None, "place_confidence": None, "place_basis": SAID},
        "place_reason": f"{said}: no place is to be shown",
        "place_evidence": [f"{said}: no place is to be shown"],
        **{"other_place_ids": [], "other_place_labels": [], "other_place_roles": []},
    }
    number = statement.value.get("place_id")
    if number is None:
        return unknown
    gazetteer = Gazetteer.load()
    row = gazetteer.row(number)
    if row is None:
        # The gazetteer was built anew without it: the words stay, the map does not know them.
        label = str(statement.value.get("label", ""))
        lost = f"{said} -> {label}, which the gazetteer no longer holds"
        return {**unknown, "place_reason": lost, "place_evidence": [lost]}
    place = gazetteer.at(row)
    is_city = place.kind == "city"
    return {
        **unknown,
        "place_level": place.kind,
        "place_id": place.id,
        "place_name": place.name,
        "place_label": place.label,
        "country": place.country,
        "admin1": place.admin1,
        "lat": place.lat if is_city else None,
        "lon": place.lon if is_city else None,
        "place_confidence": 1.0,
        "place_reason": said,
        "place_evidence": [f"{said} -> {place.label}"],
    }
