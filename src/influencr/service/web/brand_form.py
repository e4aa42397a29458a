"""The form of a brand: what its boxes hold, and the brand that they describe."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from influencr.errors import InfluencrError
from influencr.search.brand import Brand, make_brand
from influencr.service.web import words
from influencr.topics import topic_names

__all__ = ["Box", "Form", "Topic", "empty", "filled", "of", "read"]

_SPLIT = re.compile(r"[,;\n\r]+")
_LISTS = ("words", "handles", "examples", "places", "languages", "competitors")
#: A place may hold a comma ("Paris, Texas"), so places stand one a line.
_LINES = re.compile(r"[;\n\r]+")


class Box(NamedTuple):
    """One field: its name, what it is called, what belongs there, what it holds."""

    name: str
    title: str
    hint: str
    value: str
    rows: int
    error: str


class Topic(NamedTuple):
    """A topic that the audience may care about."""

    name: str
    chosen: bool


class Form(NamedTuple):
    """The boxes in three groups: the brand, who fits, whom to reach."""

    name: Box
    brand: tuple[Box, ...]
    fits: tuple[Box, ...]
    audience: tuple[Box, ...]
    topics: tuple[Topic, ...]
    n_topics: int
    topics_error: str
    error: str
    was: str


_TEXTS = {
    "name": ("Name", "How you call it."),
    "description": ("Description", "What it makes and for whom, in a sentence or two."),
    "handles": ("Its own accounts", "To find who already mentions it: @acme, tiktok:@acme."),
    "competitors": (
        "Competitors",
        "Names or @handles; whoever names them is shown with the passage.",
    ),
    "words": (
        "Words that fitting creators use",
        "Words and phrases, with commas or one a line: sourdough, cold brew.",
    ),
    "examples": ("Creators who fit", "Handles of creators like whom you look for more."),
    "places": ("Where the audience should be", "One place a line: Bavaria; within 50 km of Lyon."),
    "languages": ("Languages it should read", "Names or codes: German, fr."),
    "topics": ("What it should care about", ""),
}
_ROWS = {"description": 3, "words": 3, "places": 2, "examples": 2, "competitors": 2, "handles": 1}


def read(posted: Mapping[str, str], topics: list[str]) -> Brand:
    """The brand that a filled form describes. Raises UsageError naming the box (`field`)."""
    given: dict[str, object] = {name: _pieces(name, posted.get(name, "")) for name in _LISTS}
    given["languages"] = [
        words.LANGUAGE_CODES.get(text.casefold(), text)
        for text in _pieces("languages", posted.get("languages", ""))
    ]
    given["name"] = posted.get("name", "").strip()
    given["description"] = posted.get("description", "").replace("\r\n", "\n").strip()
    return make_brand(**given, topics=topics)


def empty() -> Form:
    """A form to begin with."""
    return filled({}, [])


def of(brand: Brand) -> Form:
    """The form of a brand that is kept."""
    values = {name: ", ".join(getattr(brand, name)) for name in _LISTS}
    values["places"] = "\n".join(brand.places)
    values["languages"] = ", ".join(words.language(code) for code in brand.languages)
    values["name"], values["description"] = brand.name, brand.description
    return filled(values, list(brand.topics), was=brand.name)


def filled(
    values: Mapping[str, str],
    topics: list[str],
    *,
    was: str = "",
    error: InfluencrError | None = None,
) -> Form:
    """The form as it was filled, with the one sentence that says what is wrong where it is.

    was   the name of the brand that is being changed
    """
    field = error.field if error is not None else None
    field = "places" if field == "place" else field
    message = "" if error is None else error.message
    told = message.removeprefix(f"{error.field}: ") if error is not None else ""
    told = told[:1].upper() + told[1:]

    def box(name: str) -> Box:
        title, hint = _TEXTS[name]
        value = values.get(name, "")
        rows = max(_ROWS.get(name, 1), min(value.count("\n") + 1, 8))
        return Box(name, title, hint, value, rows, told if name == field else "")

    known = topic_names()
    return Form(
        name=box("name"),
        brand=tuple(box(name) for name in ("description", "handles", "competitors")),
        fits=tuple(box(name) for name in ("words", "examples")),
        audience=tuple(box(name) for name in ("places", "languages")),
        topics=tuple(Topic(name, name in topics) for name in sorted(known)),
        n_topics=sum(name in topics for name in known),
        topics_error=told if field == "topics" else "",
        error=told if field not in _TEXTS else "",
        was=was,
    )


def _pieces(name: str, text: str) -> list[str]:
    found = (_LINES if name == "places" else _SPLIT).split(text)
    return [piece.strip() for piece in found if piece.strip()]
