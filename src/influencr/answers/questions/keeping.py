"""What members keep: lists with who is on them, saved searches and who is new in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from msgspec import Meta

from influencr.answers import documents
from influencr.answers._question import question

if TYPE_CHECKING:
    from influencr.engine import Engine

__all__ = ["Nothing", "OneList", "OneSaved"]


class Nothing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Nothing has to be said."""


class OneList(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which list."""

    list: Annotated[str, Meta(description="the list, by its name or id")]


class OneSaved(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which saved search."""

    name: Annotated[str, Meta(description="the saved search, by its name")]
    limit: Annotated[int, Meta(ge=1, le=1_000, description="new creators told, 1 to 1,000")] = 20


@question("lists", Nothing, path="lists", scope="lists", returns=documents.ListsDocument)
def lists(engine: Engine, request: Nothing) -> dict[str, Any]:
    """Every list that is kept, the last changed first."""
    return {"lists": [documents.list_document(one) for one in engine.lists.all()]}


@question("list", OneList, path="lists/{list}", scope="lists", returns=documents.ItemsDocument)
def one_list(engine: Engine, request: OneList) -> dict[str, Any]:
    """Who is on a list, with state, note and everything known of each."""
    kept = engine.lists
    one = kept.get(request.list)
    return documents.items_document(one, kept.items(one.id))


@question("saved", Nothing, path="saved", scope="lists", returns=documents.SavedDocument)
def saved(engine: Engine, request: Nothing) -> dict[str, Any]:
    """Every saved search, by name."""
    return {"searches": [documents.saved_document(one) for one in engine.saved.list()]}


@question(
    "news", OneSaved, path="saved/{name}/news", scope="search", returns=documents.NewsDocument
)
def news(engine: Engine, request: OneSaved) -> dict[str, Any]:
    """Who is new in a saved search since it was last marked as seen, and who is gone; marks
    nobody.
    """
    return documents.news_document(engine.saved.run(request.name, limit=request.limit, mark=False))
