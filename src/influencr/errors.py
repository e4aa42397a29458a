"""Everything that can go wrong, in one tree; each error says what was received and what to do.

    InfluencrError
    +-- Terminal                 asking again the same way will fail again
    |   +-- UsageError           the question could not be understood (exit code 2)
    |   |   +-- NoContact        services may not be asked without a contact address
    |   |   +-- NotListed        nobody of that name can be shown
    |   |   +-- UnknownParameter a question has no parameter of that name; names the nearest
    |   |   +-- UnknownValue     a known key with a value that does not exist; names the nearest
    |   +-- UnreadableInput      a file that cannot be read as what it claims to be
    |   +-- SchemaError          a batch that does not fit its table
    |   +-- PlaceError           a place or coordinate that cannot exist
    |   +-- HomeError            the data home is missing, foreign or of another version
    |   +-- Refused              a service said no: key, right, robots.txt, unsafe address
    |   +-- NotThere             a service has no such thing (any more)
    |   +-- Rejected             a service did not understand, or sent us astray
    |   +-- BadAnswer            an answer that cannot be read as what it should be
    +-- Transient                the same call may succeed later
        +-- Busy                 another process holds what is needed
        +-- Unreachable          a service did not answer, however often it was asked
        +-- TooManyCalls         the budget or the quota of calls is used up

Refused to TooManyCalls are also `ServiceError`, with status, address and beginning of the answer.

`Terminal` or `Transient` decides retry; nobody decides by reading a message. A refusal to judge
("too few posts") is a result, never an error.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

__all__ = [
    "BadAnswer",
    "Busy",
    "HomeError",
    "InfluencrError",
    "NoContact",
    "NotListed",
    "NotThere",
    "OtherFormat",
    "PlaceError",
    "Refused",
    "Rejected",
    "SchemaError",
    "ServiceError",
    "Terminal",
    "TooManyCalls",
    "Transient",
    "UnknownParameter",
    "UnknownValue",
    "Unreachable",
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


class UnknownParameter(UsageError):
    """A question was given a parameter that it does not have; nothing was asked.

    field   the name as it was given
    valid   every name that it has; the text tells the nearest ones, or all of them
    """

    code = "unknown_parameter"

    def __init__(self, question: str, name: str, valid: Iterable[str]) -> None:
        known = list(valid)
        close = nearest(name, known)
        hint = (
            "did you mean " + " or ".join(repr(c) for c in close) + "?"
            if close
            else f"valid: {', '.join(known) or 'none'}."
        )
        super().__init__(
            f"{name!r} is not a parameter of {question}; {hint}", field=name, valid=known
        )


class NotListed(UsageError):
    """Nobody of that name is listed here; whether somebody was is nobody's business."""

    code = "not_listed"

    def __init__(self, who: str, *, field: str = "who") -> None:
        super().__init__(
            f"Nobody called {who!r} is listed here; check the spelling, or write platform:@handle.",
            field=field,
        )


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


class NoContact(UsageError):
    """Nobody can be reached about this crawler, so it asks no service for anything."""

    code = "no_contact"

    def __init__(self) -> None:
        super().__init__(
            "No contact address is set, and services must be able to reach who asks them: set "
            'INFLUENCR_CONTACT, or write contact = "mailto:you@example.org" into sources.toml.',
            field="contact",
        )


class ServiceError(InfluencrError):
    """Something went wrong with a service that was asked over the network.

    Every text is free of keys and tokens.

    status   HTTP status of the last answer; None when there was none
    url      what was asked for
    body     beginning of the answer (4,000 characters)
    """

    code = "service"

    def __init__(
        self, sentence: str, *, status: int | None = None, url: str = "", body: str = ""
    ) -> None:
        super().__init__(sentence)
        self.status = status
        self.url = url
        self.body = body


class Refused(Terminal, ServiceError):
    """A service or our own rules said no: key, permission, robots.txt, an address not allowed."""

    code = "refused"


class NotThere(Terminal, ServiceError):
    """A service has no such thing, or has it no more."""

    code = "not_there"


class Rejected(Terminal, ServiceError):
    """A service did not understand the call, or answered with a redirect that is not followed."""

    code = "rejected"


class BadAnswer(Terminal, ServiceError):
    """An answer that is too large, damaged, or not in the documented form."""

    code = "bad_answer"


class Unreachable(Transient, ServiceError):
    """A service did not answer, or only with errors, however often it was asked."""

    code = "unreachable"


class TooManyCalls(Transient, ServiceError):
    """The budget of calls, a day's quota or what a service allows is used up.

    until   unix seconds from which asking makes sense; None for a budget, which is the operator's
    """

    code = "too_many_calls"

    def __init__(
        self, sentence: str, *, until: float | None = None, status: int | None = None, url: str = ""
    ) -> None:
        super().__init__(sentence, status=status, url=url)
        self.until = until
