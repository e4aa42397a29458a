"""What a member saves of a brand, checked word by word when it is made."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import msgspec
import xxhash

from influencr.errors import UnknownValue, UsageError, nearest
from influencr.kept import kept_key
from influencr.search._make import LANGUAGES
from influencr.text import fold, words
from influencr.topics import topic_names

__all__ = ["Brand", "make_brand"]

#: Longest name, piece of a list and description, in characters; most pieces of a list: our own
#: choice, larger than anything that a person types.
_MAX_NAME, _MAX_PIECE, _MAX_DESCRIPTION, _MAX_LIST = 80, 120, 4_000, 50
_LISTS = ("words", "handles", "examples", "places", "languages", "topics", "competitors")
_ACCOUNT = re.compile(r"(?:[a-z][a-z0-9_-]*:)?@?[\w.\-]+(?:@[\w.\-]+)?|(?:https?://)?[\w.\-]+/\S+")


class Brand(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A brand and the audience that it wants. Only the name is required, and one thing to go by.

    name          how the member calls it; spelling and case do not tell two brands apart
    words         words and phrases that its creators use ("sourdough", "cold brew")
    description   what it makes and for whom, in sentences
    handles       its own accounts ("@acme", "tiktok:@acme"), to find who already mentions it
    examples      creators who fit ("bluesky:@ana.example")
    places        where the audience should be, as typed in a search ("Bavaria", "50 km of Lyon")
    languages     ISO 639-1 codes that creator and audience should read
    topics        what the audience should care about, as the topic facet shows it
    competitors   names or handles ("Rival Bakery", "@rival")
    """

    name: str
    words: tuple[str, ...] = ()
    description: str = ""
    handles: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    competitors: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """Sixteen letters that differ for brands that differ in anything but the name."""
        told = msgspec.json.encode(msgspec.structs.replace(self, name=""))
        return xxhash.xxh3_64_hexdigest(told)


def make_brand(**fields: Any) -> Brand:
    """A checked `Brand`; lists may be given as one word, None and "" mean nothing given.

    Raises UsageError naming the field for anything that cannot be meant, UnknownValue with the
    nearest words for a language or topic that does not exist. Whether a place exists is known to
    who has the gazetteer: `Brands.save` asks.
    """
    known = Brand.__struct_fields__
    given: dict[str, Any] = {}
    for field, value in fields.items():
        if field not in known:
            close = nearest(field, known)
            hint = f"did you mean {' or '.join(close)}?" if close else f"valid: {', '.join(known)}."
            raise UsageError(
                f"{field!r} is nothing that a brand has; {hint}", field=field, valid=list(known)
            )
        if value is None or value == "":
            continue
        given[field] = _list(field, value) if field in _LISTS else _text(field, value)
    if not kept_key(given.get("name", "")):
        raise UsageError("name: give the brand a name to call it by.", field="name")
    brand = Brand(**given)
    _check(brand)
    return msgspec.structs.replace(
        brand,
        languages=tuple(dict.fromkeys(code.casefold() for code in brand.languages)),
        topics=_topics(brand.topics),
    )


def _text(field: str, value: Any) -> str:
    if not isinstance(value, str):
        raise UsageError(f"{field}: must be text, received {value!r}.", field=field)
    longest = _MAX_DESCRIPTION if field == "description" else _MAX_NAME
    text = value.strip()
    if len(text) > longest:
        raise UsageError(
            f"{field}: {len(text):,} characters are too many; at most {longest:,} are kept.",
            field=field,
        )
    if field == "name" and not text.isprintable():
        raise UsageError("name: must be one line without control characters.", field=field)
    return text


def _list(field: str, value: Any) -> tuple[str, ...]:
    pieces: Iterable[Any] = (value,) if isinstance(value, str) else value
    try:
        found = tuple(dict.fromkeys(str(piece).strip() for piece in pieces))
    except TypeError:
        raise UsageError(f"{field}: must be a list of words, received {value!r}.") from None
    found = tuple(piece for piece in found if piece)
    if len(found) > _MAX_LIST:
        raise UsageError(f"{field}: {len(found)} are too many; at most {_MAX_LIST}.", field=field)
    for piece in found:
        if len(piece) > _MAX_PIECE:
            raise UsageError(
                f"{field}: {piece[:30]!r}... is too long; at most {_MAX_PIECE} characters each.",
                field=field,
            )
    return found


def _check(brand: Brand) -> None:
    if not (brand.words or brand.description or brand.examples or brand.topics):
        raise UsageError(
            f"{brand.name}: nothing says what fits; give words, a description, topics or example "
            "creators.",
            field="words",
        )
    for field in ("words", "competitors"):
        for piece in getattr(brand, field):
            if not words(piece):
                raise UsageError(
                    f"{field}: {piece!r} holds no word, number or emoji to look for.", field=field
                )
    for field in ("handles", "examples"):
        for piece in getattr(brand, field):
            if not _ACCOUNT.fullmatch(piece):
                raise UsageError(
                    f"{field}: {piece!r} is no account; write it like @ana or tiktok:@ana.",
                    field=field,
                )
    for code in brand.languages:
        if code.casefold() not in LANGUAGES:
            raise UnknownValue("languages", code, LANGUAGES)


def _topics(asked: tuple[str, ...]) -> tuple[str, ...]:
    known = {fold(name): name for name in topic_names()}
    for topic in asked:
        if fold(topic) not in known:
            raise UnknownValue("topics", topic, known.values())
    return tuple(dict.fromkeys(known[fold(topic)] for topic in asked))
