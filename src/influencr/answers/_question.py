"""What a question is: its name, what it takes, who may ask it, and how it is answered.

One registry for every face: REST mounts it, MCP makes tools of it, the remote client calls it. A
request is read in one place (`read_request`), so that no face can pass over a parameter that
another one refuses.
"""

from __future__ import annotations

import inspect
import types
import typing
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, Final, Literal

import msgspec

from influencr.errors import UnknownParameter, UnknownValue, UsageError
from influencr.search import Query, make_query

__all__ = [
    "BLANK",
    "QUESTIONS",
    "Question",
    "Scope",
    "Verb",
    "from_params",
    "question",
    "read_request",
]

type Scope = Literal["search", "lists", "import"]
type Verb = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]

#: `extra` of a text that may be asked to be empty: of it, "" is a value.
BLANK: Final = {"blank": True}
#: What every address begins with.
PREFIX: Final = "/api/v1/"


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """One question, or one order where it `writes`.

    meaning   one line; `about` the paragraphs after it
    request   a struct: its fields are the parameters; a field of type Query stands for all of the
              fields of a query, on the same level
    scope     what a key must be allowed to do
    searches  costs a search: takes a turn, and is closed to a team whose trial is over
    path      address below PREFIX; {names} in it are fields of the request
    verb      how it is asked over HTTP; a GET of a question with many filters may also be sent as
              a POST with the same fields as JSON (`by_post`)
    returns   the type that describes the document, or "module:Name" of one that costs to import
    answer    (engine, request) -> document
    status    of the answer over HTTP when it could be done
    """

    name: str
    meaning: str
    about: str
    request: type[msgspec.Struct]
    scope: Scope
    searches: bool
    writes: bool
    verb: Verb
    path: str
    by_post: bool
    returns: Any
    answer: Callable[[Any, Any], dict[str, Any]]
    status: int = 200

    @property
    def address(self) -> str:
        """The whole path, with its {names}."""
        return PREFIX + self.path

    @property
    def in_path(self) -> tuple[str, ...]:
        """Fields of the request that stand in the address."""
        return tuple(piece[1:-1] for piece in self.path.split("/") if piece.startswith("{"))

    @property
    def asks_query(self) -> bool:
        """Whether the filters of a search are among its parameters."""
        return any(kind is Query for kind in fields_of(self.request).values())

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names that it takes, those of the path first."""
        names: dict[str, None] = dict.fromkeys(self.in_path)
        for name, kind in fields_of(self.request).items():
            names |= dict.fromkeys(Query.__struct_fields__ if kind is Query else (name,))
        return tuple(names)


#: Every question by its name, in the order in which they are documented. Filled by
#: `influencr.answers.questions`.
QUESTIONS: dict[str, Question] = {}


def question[F: Callable[..., dict[str, Any]]](
    name: str,
    request: type[msgspec.Struct],
    *,
    path: str,
    verb: Verb = "GET",
    by_post: bool = False,
    scope: Scope = "search",
    searches: bool | None = None,
    writes: bool = False,
    returns: Any = dict,
    status: int = 200,
) -> Callable[[F], F]:
    """Registers a function `(engine, request) -> document`; its docstring is what it means.

    searches   default: whether the scope is "search"
    """

    def register(answer: F) -> F:
        meaning, _, about = inspect.cleandoc(answer.__doc__ or "").partition("\n\n")
        if name in QUESTIONS:
            raise ValueError(f"there are two questions called {name!r}")
        QUESTIONS[name] = Question(
            name=name,
            meaning=" ".join(meaning.split()),
            about=about,
            request=request,
            scope=scope,
            searches=scope == "search" if searches is None else searches,
            writes=writes,
            verb=verb,
            path=path,
            by_post=by_post,
            returns=returns,
            answer=answer,
            status=status,
        )
        return answer

    return register


@cache
def fields_of(request: type[msgspec.Struct]) -> dict[str, Any]:
    """Field -> its type, resolved."""
    hints = typing.get_type_hints(request, include_extras=True)
    return {name: hints[name] for name in request.__struct_fields__}


@cache
def _plain_fields(request: type[msgspec.Struct]) -> dict[str, msgspec.structs.FieldInfo]:
    return {f.name: f for f in msgspec.structs.fields(request) if f.type is not Query}


def read_request(asked: Question, values: Mapping[str, Any]) -> Any:
    """The checked request of a question.

    values   parameter -> value as JSON or Python give it, or text as an address does ("10k", "2 %",
             "true"); None and "" mean "not asked"; a list may be given as one word

    Raises UnknownParameter for a name that the question does not have, UnknownValue for a word
    that is no choice, UsageError for anything else that cannot be meant, naming the field.
    """
    for name in values:
        if name not in asked.parameters:
            raise UnknownParameter(asked.name, name, asked.parameters)
    own = _plain_fields(asked.request)
    read: dict[str, Any] = {}
    for name, field in own.items():
        value = values.get(name)
        if value is None or (value == "" and not _may_be_blank(field)):
            if field.required:
                raise UsageError(
                    f"{name}: {asked.name} needs it; {_said(field) or 'give a value'}.", field=name
                )
            continue
        read[name] = _read(name, value, field)
    for name, kind in fields_of(asked.request).items():
        if kind is Query:
            filters = {k: v for k, v in values.items() if k in Query.__struct_fields__}
            read[name] = _applicable(
                make_query(**{k: v for k, v in filters.items() if k not in own})
            )
    return asked.request(**read)


def from_params(asked: Question, params: Mapping[str, Iterable[str]]) -> dict[str, Any]:
    """Values for `read_request` from the parameters of an address, where a list repeats its name.

    `fields` may also be one word with commas, as many programs write it: no field has one.

    Raises UsageError for one that comes twice where it cannot.
    """
    several = _several(asked.request)
    values: dict[str, Any] = {}
    for name, given in params.items():
        meant = [value for value in given if value.strip()]
        if name in several:
            if name == "fields":
                meant = [one.strip() for word in meant for one in word.split(",") if one.strip()]
            values[name] = meant or None
        elif len(meant) > 1:
            raise UsageError(f"{name}: given {len(meant)} times; give it once.", field=name)
        else:
            values[name] = meant[0] if meant else None
    return values


@cache
def _several(request: type[msgspec.Struct]) -> frozenset[str]:
    """Parameters that are lists."""
    kinds = dict(fields_of(request))
    for name, kind in list(kinds.items()):
        if kind is Query:
            del kinds[name]
            kinds = {**fields_of(Query), **kinds}
    return frozenset(name for name, kind in kinds.items() if _is_list(kind))


def _is_list(kind: Any) -> bool:
    origin = typing.get_origin(kind)
    if origin is typing.Annotated:
        return _is_list(typing.get_args(kind)[0])
    if origin in (typing.Union, types.UnionType):
        return any(_is_list(one) for one in typing.get_args(kind))
    return origin in (tuple, list)


def _read(name: str, value: Any, field: msgspec.structs.FieldInfo) -> Any:
    kind = field.type
    if _is_list(kind) and isinstance(value, str):
        value = [value]
    choices = _choices(kind)
    for one in value if isinstance(value, (list, tuple)) else (value,):
        if choices and one not in choices:
            raise UnknownValue(name, str(one), choices)
    try:
        return msgspec.convert(value, kind, strict=False)
    except msgspec.ValidationError as error:
        because = str(error).partition(" - at ")[0].replace("`", "")
        meant = _said(field) or f"{because[:1].lower()}{because[1:]}"
        raise UsageError(
            f"{name}: must be {_named(kind)} ({meant}), received {_shown(value)}.", field=name
        ) from None


def _choices(kind: Any) -> tuple[str, ...]:
    if typing.get_origin(kind) is typing.Literal:
        return typing.get_args(kind)
    return next((found for one in typing.get_args(kind) if (found := _choices(one))), ())


def _named(kind: Any) -> str:
    """A type in words."""
    if typing.get_origin(kind) is typing.Annotated:
        return _named(typing.get_args(kind)[0])
    if typing.get_origin(kind) in (typing.Union, types.UnionType):
        return " or ".join(_named(one) for one in typing.get_args(kind) if one is not type(None))
    if _is_list(kind):
        return "a list"
    words = {int: "a whole number", float: "a number", bool: "true or false", str: "text"}
    return words.get(kind, "an object")


def _said(field: msgspec.structs.FieldInfo) -> str:
    for piece in getattr(field.type, "__metadata__", ()):
        if isinstance(piece, msgspec.Meta) and piece.description:
            return piece.description
    return ""


def _may_be_blank(field: msgspec.structs.FieldInfo) -> bool:
    pieces = (field.type, *typing.get_args(field.type))
    metas = (meta for piece in pieces for meta in getattr(piece, "__metadata__", ()))
    return any((getattr(meta, "extra", None) or {}).get("blank") for meta in metas)


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


def _applicable(query: Query) -> Query:
    """The query, or UsageError for a filter that says something of another one that is not there:
    it would change nothing, and who sent it believes that it did."""
    default = Query()
    for name, needs, have in (
        ("words_only", "text", query.text),
        ("include_region_level", "near or place", query.near or query.place or query.text),
        ("similar_by", "similar", query.similar),
    ):
        if getattr(query, name) != getattr(default, name) and not have:
            raise UsageError(
                f"{name}: says something of {needs}, which is not given; add that, or leave this.",
                field=name,
                valid=needs.split(" or "),
            )
    return query
