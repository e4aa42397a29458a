"""What a search found as a document: the shape that scripts rely on (docs/reference/cli.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from influencr.search import Compared, Explained, Hit, PlaceSuggestion, Results, Whereabouts

__all__ = [
    "creator_document",
    "hit_document",
    "reasons_document",
    "results_document",
    "suggestions_document",
    "whereabouts_document",
]


def results_document(results: Results) -> dict[str, Any]:
    """The whole answer: what was asked, exact total, hits, facets, funnel, and where to go on."""
    document: dict[str, Any] = msgspec.to_builtins(msgspec.structs.replace(results, hits=()))
    document["hits"] = [hit_document(hit) for hit in results.hits]
    return document


def hit_document(hit: Hit) -> dict[str, Any]:
    """One creator found: identity and score first, then the creator as `creator_document` says."""
    return {
        "profile_id": hit.profile_id,
        "platform": hit.platform,
        "handle": hit.handle,
        "score": hit.score,
        "parts": hit.parts,
        "attention": hit.attention,
        "why": [
            {"field": m.field, "text": m.text, "spans": [list(s) for s in m.spans]} for m in hit.why
        ],
        "words": msgspec.to_builtins(hit.words),
        "coverage": hit.coverage,
        "run": msgspec.to_builtins(hit.run),
        "distance_km": hit.distance_km,
        "brand": msgspec.to_builtins(hit.brand),
        "similar": msgspec.to_builtins(hit.similar),
        "audience": hit.audience,
        **{
            key: value
            for key, value in creator_document(hit.creator).items()
            if key not in ("profile_id", "platform", "handle")
        },
    }


def reasons_document(told: Explained | Compared) -> dict[str, Any]:
    """Why a creator is found or not, or why one stands above another; hits as `hit_document`."""
    from influencr.search import Explained

    if isinstance(told, Explained):
        document: dict[str, Any] = msgspec.to_builtins(msgspec.structs.replace(told, hit=None))
        document["hit"] = hit_document(told.hit) if told.hit is not None else None
        return document
    return {
        "because": told.because,
        "decides": told.decides,
        "parts": msgspec.to_builtins(told.parts),
        "upper": reasons_document(told.upper),
        "lower": reasons_document(told.lower),
    }


def whereabouts_document(found: Whereabouts) -> dict[str, Any]:
    """Where those who match are, by place; the counts and `unknown` add up to `total`."""
    document: dict[str, Any] = msgspec.to_builtins(found)
    return document


def suggestions_document(found: list[PlaceSuggestion]) -> dict[str, Any]:
    """Places whose name begins so, best first."""
    return {"places": msgspec.to_builtins(found)}


def creator_document(creator: dict[str, Any]) -> dict[str, Any]:
    """A creators row with what belongs together put together; unknown is null, with its reason.

    `post_text`, the raw material of search, is left out.
    """
    row = dict(creator)
    row.pop("post_text", None)
    place = {
        "level": row.pop("place_level", None),
        "place_id": row.pop("place_id", None),
        "name": row.pop("place_name", None),
        "label": row.pop("place_label", None),
        **{key: row.pop(key, None) for key in ("country", "admin1", "lat", "lon")},
        "confidence": row.pop("place_confidence", None),
        "reason": row.pop("place_reason", None),
        "basis": row.pop("place_basis", None),
        "evidence": row.pop("place_evidence", None) or [],
        "others": [
            {"place_id": place_id, "label": label, "role": role}
            for place_id, label, role in zip(
                row.pop("other_place_ids", None) or (),
                row.pop("other_place_labels", None) or (),
                row.pop("other_place_roles", None) or (),
                strict=False,
            )
        ],
    }
    activity = {
        "state": row.pop("activity_state", None),
        "last_post_at": row.pop("last_post_at", None),
        "posts_per_week": row.pop("posts_per_week", None),
        "n_posts": row.pop("activity_n_posts", None),
        "reason": row.pop("activity_reason", None),
    }
    engagement = {
        "rate": row.pop("engagement_rate", None),
        "definition": row.pop("engagement_definition", None),
        "n_posts": row.pop("engagement_n_posts", None),
        "reason": row.pop("engagement_reason", None),
    }
    topics = [
        {"name": name, "weight": weight, "evidence": evidence}
        for name, weight, evidence in zip(
            row.pop("topics", None) or (),
            row.pop("topic_weights", None) or (),
            row.pop("topic_evidence", None) or (),
            strict=False,
        )
    ]
    return {
        **row,
        "place": place,
        "activity": activity,
        "engagement": engagement,
        "topics": topics,
    }
