"""From a document back to the value that it tells: what the remote client gives to who asks.

`post_text`, the raw material of search, is in no document, so no creator that comes back has it.
Everything else is the same as where the question was answered; tests/property holds it to that.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from influencr.search import (
    Compared,
    Explained,
    Hit,
    PartRatio,
    PlaceSuggestion,
    Results,
    Whereabouts,
)

if TYPE_CHECKING:
    from influencr.planning import Plan, Together

__all__ = [
    "compared_from",
    "creator_row",
    "explained_from",
    "hit_from",
    "overlap_from",
    "plan_from",
    "results_from",
    "suggestions_from",
    "whereabouts_from",
]

#: Columns of a creators row that are instants.
INSTANTS = ("account_created_at", "last_post_at", "fetched_at")
_PLACE = {
    "level": "place_level",
    "place_id": "place_id",
    "name": "place_name",
    "label": "place_label",
    "country": "country",
    "admin1": "admin1",
    "lat": "lat",
    "lon": "lon",
    "confidence": "place_confidence",
    "reason": "place_reason",
    "basis": "place_basis",
    "evidence": "place_evidence",
}
_ACTIVITY = {
    "state": "activity_state",
    "last_post_at": "last_post_at",
    "posts_per_week": "posts_per_week",
    "n_posts": "activity_n_posts",
    "reason": "activity_reason",
}
_ENGAGEMENT = {
    "rate": "engagement_rate",
    "definition": "engagement_definition",
    "n_posts": "engagement_n_posts",
    "reason": "engagement_reason",
}
_HIT = tuple(name for name in Hit.__struct_fields__ if name != "creator")
_NAMED = ("profile_id", "platform", "handle")


def results_from(document: Mapping[str, Any]) -> Results:
    """The answer of a search from `results_document`."""
    bare = msgspec.convert({**document, "hits": ()}, Results)
    return msgspec.structs.replace(
        bare,
        query=_fields(bare.query),
        loosenings=tuple(
            msgspec.structs.replace(one, change=_fields(one.change)) for one in bare.loosenings
        ),
        hits=tuple(hit_from(one) for one in document["hits"]),
    )


def _fields(told: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of a query, whose lists are tuples."""
    return {k: tuple(v) if isinstance(v, list) else v for k, v in told.items()}


def hit_from(document: Mapping[str, Any]) -> Hit:
    """One creator found from `hit_document`."""
    told = {name: document[name] for name in _HIT}
    rest = {k: v for k, v in document.items() if k not in _HIT or k in _NAMED}
    return msgspec.convert({**told, "creator": creator_row(rest)}, Hit)


def explained_from(document: Mapping[str, Any]) -> Explained:
    """Why a creator is found or not, from `reasons_document`."""
    hit = document["hit"]
    bare = msgspec.convert({**document, "hit": None}, Explained)
    return msgspec.structs.replace(bare, hit=None if hit is None else hit_from(hit))


def compared_from(document: Mapping[str, Any]) -> Compared:
    """Why one creator stands above another, from `reasons_document`."""
    ends = {name: explained_from(document[name]) for name in ("upper", "lower")}
    parts = msgspec.convert(document["parts"], tuple[PartRatio, ...])
    return Compared(**ends, parts=parts, decides=document["decides"], because=document["because"])


def creator_row(document: Mapping[str, Any]) -> dict[str, Any]:
    """A creators row from `creator_document`, but for `post_text`."""
    row = dict(document)
    for name, columns in (("place", _PLACE), ("activity", _ACTIVITY), ("engagement", _ENGAGEMENT)):
        told = row.pop(name, None)
        if told is not None:
            row |= {columns[part]: value for part, value in told.items() if part in columns}
        if name == "place" and told is not None:
            row |= {
                "other_place_ids": [one["place_id"] for one in told["others"]],
                "other_place_labels": [one["label"] for one in told["others"]],
                "other_place_roles": [one["role"] for one in told["others"]],
            }
    topics = row.pop("topics", None)
    if topics is not None:
        row |= {
            "topics": [one["name"] for one in topics],
            "topic_weights": [one["weight"] for one in topics],
            "topic_evidence": [one["evidence"] for one in topics],
        }
    for name in INSTANTS:
        if isinstance(row.get(name), str):
            row[name] = datetime.fromisoformat(row[name])
    return row


def whereabouts_from(document: Mapping[str, Any]) -> Whereabouts:
    """Where those who match are, from `whereabouts_document`."""
    return msgspec.convert(document, Whereabouts)


def suggestions_from(document: Mapping[str, Any]) -> list[PlaceSuggestion]:
    """Places to choose from, from `suggestions_document`."""
    return msgspec.convert(document["places"], list[PlaceSuggestion])


def plan_from(document: Mapping[str, Any]) -> Plan:
    """A plan from `plan_document`."""
    from influencr.planning import Plan

    return msgspec.convert(document, Plan)


def overlap_from(document: Mapping[str, Any]) -> Together:
    """Audiences taken together, from `overlap_document`."""
    from influencr.planning import Together

    return msgspec.convert(document, Together)
