"""What members keep, as documents: lists with who is on them, saved searches and their news."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import msgspec

from influencr.answers.documents._found import creator_document, results_document

if TYPE_CHECKING:
    from influencr.engine import Listed, Shortlist
    from influencr.search import News, SavedSearch

__all__ = ["items_document", "list_document", "news_document", "saved_document"]


def list_document(one: Shortlist) -> dict[str, Any]:
    """A list without who is on it."""
    document: dict[str, Any] = msgspec.to_builtins(one)
    return document


def items_document(one: Shortlist, items: Iterable[Listed]) -> dict[str, Any]:
    """A list with who is on it, in the order in which they came; `creator` is null for who is not
    listed now."""
    told = [
        {
            **msgspec.to_builtins(msgspec.structs.replace(item, creator=None)),
            "creator": None if item.creator is None else creator_document(item.creator),
        }
        for item in items
    ]
    return {**list_document(one), "items": told}


def saved_document(one: SavedSearch) -> dict[str, Any]:
    """A saved search: `query` are the filters that differ from the default."""
    document: dict[str, Any] = msgspec.to_builtins(one)
    return document


def news_document(news: News) -> dict[str, Any]:
    """Who is new since the last run, as an ordinary answer, and who is gone."""
    document: dict[str, Any] = msgspec.to_builtins(msgspec.structs.replace(news, results=None))
    return {**document, "results": results_document(news.results)}
