"""Everything that can go wrong, in one tree; each error says what was received and what to do.

    InfluencrError
    +-- Terminal                 asking again the same way will fail again
    |   +-- UsageError           the question could not be understood (exit code 2)
    |   |   +-- UnknownValue     a known key with a value that does not exist; names the nearest
    |   +-- UnreadableInput      a file that cannot be read as what it claims to be
    |   +-- SchemaError          a batch that does not fit its table
    |   +-- PlaceError           a place or coordinate that cannot exist
    |   +-- HomeError            the data home is missing, foreign or of another version
    +-- Transient                the same call may succeed later
        +-- Busy                 another process holds what is needed

`Terminal` or `Transient` decides retry; nobody decides by reading a message. A refusal to judge
("too few posts") is a result, never an error.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

__all__ = [
    "Busy",
    "HomeError",
    "InfluencrError",
    "OtherFormat",
    "PlaceError",
    "SchemaError",
    "Terminal",
    "Transient",
    "UnknownValue",
    "UnreadableInput",
    "UsageError",
    "nearest",
]


def nearest(value: str, valid: Iterable[str], *, limit: int = 3) -> list[str]:
    """The few valid words most like `value`, best first; empty when nothing is close.

    >>> nearest("bluesk", ["bluesky", "mastodon", "tiktok"])
    ['bluesky']
    """
    return difflib.get_close_matches(value.casefold(), list(valid), n=limit, cutoff=0.6)


class InfluencrError(Exception):
    """The root: `str(error)` is one sentence fit to show, `code` is stable for programs."""

    code = "error"

    def __init__(
        self, message: str, *, field: str | None = None, valid: Sequence[str] | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.valid = list(valid) if valid is not None else None


class Terminal(InfluencrError):
    """Asking again the same way will fail again."""

    code = "terminal"


class Transient(InfluencrError):
    """The same call may succeed later; callers may retry with back-off."""

    code = "transient"


class UsageError(Terminal):
    """The question could not be understood: wrong option, impossible number, missing argument."""

    code = "usage"


class UnknownValue(UsageError):
    """A known key was given a value that does not exist.

    field   the key, as the person typed it
    value   what was received
    valid   every accepted value; the text names the nearest ones, or all when they are few
    """

    code = "unknown_value"

    def __init__(self, field: str, value: str, valid: Iterable[str]) -> None:
        choices = sorted(valid)
        close = nearest(value, choices)
        if close:
            hint = "did you mean " + " or ".join(repr(c) for c in close) + "?"
        elif len(choices) <= 20:
            hint = "valid: " + ", ".join(choices) + "."
        else:
            hint = f"{len(choices)} values are valid, for example " + ", ".join(choices[:5]) + "."
        super().__init__(f"{field}: {value!r} is not known; {hint}", field=field, valid=choices)
        self.value = value


class UnreadableInput(Terminal):
    """A file that cannot be read as what it claims to be (empty, binary, truncated, ...)."""

    code = "unreadable_input"


class SchemaError(Terminal):
    """A batch whose columns or types do not fit its table."""

    code = "schema"


class PlaceError(Terminal):
    """A place or coordinate that cannot exist."""

    code = "place"


class HomeError(Terminal):
    """The data home is missing, is not ours, or was written by a newer version."""

    code = "home"


class OtherFormat(HomeError):
    """A file that can be made anew was written in a format that this version does not read.

    newer   a later version of this program wrote it, and may still be in use
    """

    code = "other_format"

    def __init__(self, sentence: str, *, newer: bool = False) -> None:
        super().__init__(sentence)
        self.newer = newer


class Busy(Transient):
    """Another process holds the lock or won the race; the text says which and for what."""

    code = "busy"
