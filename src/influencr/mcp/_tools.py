"""The questions of `influencr.answers` as tools: what each takes, and a call of one."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from influencr.answers import QUESTIONS, Question
from influencr.answers._schema import schema_of
from influencr.answers.verify import with_handles
from influencr.errors import InfluencrError, UnknownValue, UsageError
from influencr.mcp._fenced import fenced, unfenced
from influencr.search import Query

if TYPE_CHECKING:
    from influencr.answers import Asks

__all__ = ["MAX_LIMIT", "Answer", "ReadOnly", "Tool", "Tools"]

_log = logging.getLogger(__name__)

#: Creators in one answer; own choice: more than anybody reads, and pages follow.
MAX_LIMIT: Final = 100
_LIMIT: Final = 10
#: What is told of each hit unless `fields` says otherwise: enough to choose whom to look at closer.
FIELDS: Final = (
    *("display_name", "bio_text", "language", "place.label", "place.confidence", "place.reason"),
    *("topics", "followers", "activity.state", "activity.last_post_at", "engagement.rate"),
    *("influence", "influence_percentile", "closeness", "verdict", "verdict_reason"),
    *("bought_low", "bought_high", "label", "score", "why", "distance_km", "similar"),
)
#: Parameters that concern the page of a search and nothing else.
_PAGE: Final = ("facets", "histograms", "size_bands", "funnel", "sort", "limit", "after")
#: Tools that answer with hits.
_HITS: Final = ("search", "similar")
#: Questions that make no sense in a conversation.
_NOT_OFFERED: Final = frozenset({"whereabouts"})
#: What a tool is set to where the call says nothing, for an answer that is short enough to read.
_DEFAULTS: Final[dict[str, dict[str, Any]]] = {
    "search": {"fields": FIELDS, "facets": ["none"], "limit": _LIMIT},
    "similar": {"fields": FIELDS, "facets": ["none"], "limit": _LIMIT},
    "plan": {"curve": False},
}
_TITLES: Final = {
    "count": "Count creators (dry run of a search)",
    "search": "Search creators",
    "creator": "Dossier of one creator",
    "verify": "Make numbers again from the records",
}
_HANDLES: Final = (
    " Each number has a handle (`handles`: subject + '#' + number) that the tool verify checks."
)


class ReadOnly(UsageError):
    """An order was given to a server that only answers questions."""

    code = "read_only"


class Tool(NamedTuple):
    """One tool: what a client sees of it."""

    name: str
    title: str
    description: str
    schema: dict[str, Any]
    writes: bool
    destroys: bool


class Answer(NamedTuple):
    """What a call came to: a document, or {"error": {code, message, field?, valid?}}."""

    document: dict[str, Any]
    is_error: bool


class Tools:
    """Every tool over one way of asking.

    asks          an engine's `answers.Answers`, or a remote client
    allow_writes  offer the orders on lists and saved searches, too
    """

    def __init__(self, asks: Asks, *, allow_writes: bool = False) -> None:
        self._asks, self._allow_writes = asks, allow_writes

    def all(self) -> list[Tool]:
        """The tools that are offered, in the order of the questions."""
        return [_tool(asked) for asked in self._offered().values()]

    def call(self, name: str, arguments: Mapping[str, Any]) -> Answer:
        """Ask, and fence what strangers wrote; an error is an answer that says what to change."""
        try:
            return _told(self._asked(name, unfenced(dict(arguments))))
        except InfluencrError as error:
            return _refused(error)
        except Exception as error:  # noqa: BLE001 - a client must get an answer, whatever broke
            # The text of the exception may hold paths of this machine: it stays here.
            _log.exception("the tool %r failed", name)
            document = {
                "error": {
                    "code": "failed",
                    "message": f"The tool failed ({type(error).__name__}); the server's own "
                    "messages tell more.",
                }
            }
            return Answer(document, is_error=True)

    def _asked(self, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
        offered = self._offered()
        if name not in offered:
            known = QUESTIONS.get(name)
            if known is not None and known.writes and _is_offered(known):
                raise ReadOnly(
                    f"{name} changes what is kept, and this server only answers questions; its "
                    "operator can start it with --allow-writes.",
                    field="tool",
                    valid=sorted(offered),
                )
            raise UnknownValue("tool", name, offered)
        limit = arguments.get("limit")
        if name in _HITS and isinstance(limit, int) and limit > MAX_LIMIT:
            raise UsageError(
                f"limit: {limit} is more than {MAX_LIMIT} creators in one answer; take "
                f"{MAX_LIMIT} and go on with `after`.",
                field="limit",
            )
        given = {k: v for k, v in arguments.items() if v is not None and v != ""}
        document = self._asks.ask(name, **{**_DEFAULTS.get(name, {}), **given})
        return with_handles(name, document)

    def _offered(self) -> dict[str, Question]:
        return {
            name: asked
            for name, asked in QUESTIONS.items()
            if _is_offered(asked) and (self._allow_writes or not asked.writes)
        }


def _is_offered(asked: Question) -> bool:
    """Whether a question is one for a conversation: imports and files are the operator's."""
    return asked.scope != "import" and asked.name not in _NOT_OFFERED


def _tool(asked: Question) -> Tool:
    schema = schema_of(asked)
    properties = {name: dict(told) for name, told in schema["properties"].items()}
    if asked.asks_query:
        for name in Query.__struct_fields__:
            if asked.name not in _HITS and name in _PAGE:
                properties.pop(name, None)
            elif asked.name != "search" and name in properties:
                # The same filters as of search, which tells what they mean.
                properties[name].pop("description", None)
    if asked.name in _HITS:
        properties["limit"] |= {"maximum": MAX_LIMIT, "default": _LIMIT}
        properties["facets"]["default"] = []
        properties["fields"]["default"] = list(FIELDS)
    properties.get("curve", {}).update(default=False)
    about = " ".join(asked.about.split())
    description = f"{asked.meaning} {about}".strip()
    if asked.asks_query and asked.name != "search":
        description += " Filters are those of the tool search."
    if asked.name in ("search", "creator", "evidence", "influence", "overlap", "plan"):
        description += _HANDLES
    return Tool(
        name=asked.name,
        title=_TITLES.get(asked.name, asked.name.replace("_", " ").capitalize()),
        description=description,
        schema={**schema, "properties": properties},
        writes=asked.writes,
        destroys=asked.verb == "DELETE",
    )


def _told(document: dict[str, Any]) -> Answer:
    whole, untrusted = fenced(document)
    if untrusted["fields"] or untrusted["removed"]:
        whole["untrusted"] = untrusted
    return Answer(whole, is_error=False)


def _refused(error: InfluencrError) -> Answer:
    """The error in the shape of every face; names in it that strangers chose are made visible."""
    told: dict[str, Any] = {"code": error.code, "message": error.message}
    if error.field is not None:
        told["field"] = error.field
    if error.valid is not None:
        told["valid"] = list(error.valid)
    document, _ = fenced({"query": {"error": told}})
    return Answer(document["query"], is_error=True)
