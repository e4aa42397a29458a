"""What names one number of one answer: which document, where in it, and what it said.

    creator:bluesky:did:plc:abc#followers=1200
    creator:bluesky:did:plc:abc#measured.growth_12m=80
    evidence:bluesky:did:plc:abc#bought_share.low=0.31
    overlap:bluesky:did:plc:abc,tiktok:@ana#unique=5102
    overlap:bluesky:did:plc:abc?audience_in=Lyon#unique=102
    search:?text=vegan&near=Lyon#total=31

Before `#` stands the subject, what was asked; behind it the path of the number in the document that
answers, and after `=` the number as JSON. The number may be left out: then what is told now is
checked. So may the path: then every number of the document is. A handle carries nothing that the
document did not say, needs no state, and holds for as long as the records do.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qsl, quote, unquote, urlencode

from influencr.errors import UnknownValue, UsageError

__all__ = [
    "KINDS",
    "Handle",
    "at_path",
    "numbers_in",
    "read_handle",
    "subject_of",
    "with_handles",
]

KINDS: Final = ("creator", "evidence", "overlap", "search")
#: Leaves that are numbers and say nothing: names, positions, settings of the question itself.
_NO_NUMBERS: Final = frozenset(
    {
        *("policy", "place_id", "spans", "generation", "limit", "size_bands", "query", "place_ids"),
        *("label_version", "version", "other_place_ids", "growth_months", "within_km", "brief"),
        # Of an overlap: the creator's own handle has it.
        "stated",
    }
)
_SAFE: Final = ":@./-_~"
#: Numbers of a list that are repeated in a handle; our own choice.
_SHORT_LIST: Final = 4
_EXAMPLE: Final = "a handle reads like creator:tiktok:@ana#followers=1200"


class Handle(NamedTuple):
    """One number of one answer.

    kind   of KINDS: which document
    who    profile ids, of a search none
    asked  parameters of the question, text as in an address
    path   where the number stands in the document: names and positions, parted by points; "" for
           all of its numbers
    said   what the document said, None when the handle does not tell
    """

    kind: str
    who: tuple[str, ...]
    asked: tuple[tuple[str, str], ...]
    path: str
    said: Any = None

    @property
    def subject(self) -> str:
        """The part before `#`."""
        who = ",".join(quote(one, safe=_SAFE) for one in self.who)
        return f"{self.kind}:{who}" + (f"?{urlencode(self.asked)}" if self.asked else "")

    def __str__(self) -> str:
        return f"{self.subject}#{_number(self.path, self.said)}" if self.path else self.subject


def subject_of(kind: str, who: Sequence[str] = (), asked: Mapping[str, Any] | None = None) -> str:
    """What handles of one document begin with.

    asked   parameters of the question; a list repeats its name
    """
    pairs = [
        (name, _word(one))
        for name, value in (asked or {}).items()
        for one in (value if isinstance(value, (list, tuple)) else (value,))
    ]
    return Handle(kind, tuple(who), tuple(pairs), "").subject


def _number(path: str, said: Any) -> str:
    """What stands behind the `#`; a long list is not repeated in it."""
    if said is None or (isinstance(said, list) and len(said) > _SHORT_LIST):
        return path
    return f"{path}={json.dumps(said, separators=(',', ':'))}"


def read_handle(text: str) -> Handle:
    """The handle that a text is; UsageError in one sentence for a text that is none."""
    subject, sharp, rest = text.strip().partition("#")
    kind, colon, body = subject.partition(":")
    if not colon:
        raise UsageError(f"handles: {_short(text)} is none; {_EXAMPLE}.", field="handles")
    if kind not in KINDS:
        raise UnknownValue("handles", kind, KINDS)
    names, _, asked = body.partition("?")
    who = tuple(unquote(one) for one in names.split(",") if one)
    path, equals, number = rest.partition("=")
    said = None
    if equals:
        try:
            said = json.loads(number)
        except json.JSONDecodeError:
            said = None
        if not _is_number(said):
            raise UsageError(
                f"handles: after = stands a number, not {_short(number)}; {_EXAMPLE}.",
                field="handles",
            )
    if (sharp and not path) or (kind in ("creator", "evidence") and len(who) != 1):
        raise UsageError(f"handles: {_short(text)} is none; {_EXAMPLE}.", field="handles")
    if kind == "overlap" and not who:
        raise UsageError(
            f"handles: {_short(text)} names nobody; write overlap:ID,ID#unique.", field="handles"
        )
    return Handle(kind, who, tuple(parse_qsl(asked)), path, said)


def with_handles(question: str, document: dict[str, Any]) -> dict[str, Any]:
    """The document with `handles`, the handles of its numbers.

    question   what it answers, a name of QUESTIONS; of one whose numbers cannot be made again the
               document comes back as it is

    `handles` holds `subject`, what all of them begin with, and `numbers`, what follows the `#` of
    each: `subject` + "#" + number is a handle, and `subject` alone stands for all. In a list of
    creators each has handles of their own. A list of numbers, such as a curve, has one handle.
    Numbers of the machine, of settings and identifiers have none.
    """
    added = _KNOWN.get(question)
    return document if added is None else added(document)


def numbers_in(document: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """(path, number) of every number in a document, in its order; lists of numbers as one."""
    if isinstance(document, Mapping):
        for name, value in document.items():
            if name not in _NO_NUMBERS:
                yield from numbers_in(value, f"{path}.{name}" if path else str(name))
    elif isinstance(document, (list, tuple)):
        if _is_number(document):
            yield path, list(document)
            return
        for place, value in enumerate(document):
            yield from numbers_in(value, f"{path}.{place}")
    elif _is_number(document):
        yield path, document


def at_path(document: Any, path: str) -> Any:
    """What stands at a path; KeyError where there is no such place in the document."""
    value = document
    for step in path.split("."):
        if isinstance(value, Mapping):
            value = value[step]
        elif isinstance(value, (list, tuple)) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            raise KeyError(path)
    return value


def _handles(subject: str, numbers: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    return {"subject": subject, "numbers": [_number(path, said) for path, said in numbers]}


def _without(document: Mapping[str, Any], apart: Sequence[str]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name not in apart}


#: What a hit has beside what is known of the creator: it is of the search, not of them.
_OF_SEARCH: Final = (
    *("score", "parts", "attention", "why", "words", "coverage", "run", "distance_km", "brand"),
    *("similar", "audience"),
)


def _of_creator(document: dict[str, Any]) -> dict[str, Any]:
    subject = subject_of("creator", [document["profile_id"]])
    return {**document, "handles": _handles(subject, numbers_in(_without(document, _OF_SEARCH)))}


def _of_evidence(document: dict[str, Any]) -> dict[str, Any]:
    subject = subject_of("evidence", [document["profile_id"]])
    rest = _without(document, ["disputes"])
    return {**document, "handles": _handles(subject, numbers_in(rest))}


def _of_influence(document: dict[str, Any]) -> dict[str, Any]:
    subject = subject_of("creator", [document["profile_id"]])
    told = {"measured": document.get("measured")}
    return {**document, "handles": _handles(subject, numbers_in(told))}


def _of_search(document: dict[str, Any]) -> dict[str, Any]:
    found = dict(document)
    if document.get("total") is not None:
        subject = subject_of("search", asked=_without(document.get("query") or {}, _PAGE))
        found["handles"] = _handles(subject, [("total", document["total"])])
    if "hits" in document:
        found["hits"] = [_of_creator(hit) for hit in document["hits"]]
    return found


#: What asks for a page or a part of an answer and does not change who matches.
_PAGE: Final = ("limit", "after", "facets", "funnel", "histograms", "size_bands", "sort")


def _of_overlap(document: dict[str, Any]) -> dict[str, Any]:
    subject = subject_of("overlap", [one["profile_id"] for one in document["creators"]])
    return {**document, "handles": _handles(subject, numbers_in(document))}


def _of_plan(document: dict[str, Any]) -> dict[str, Any]:
    """People alone: money is of tables and of what was typed, and a bound is a proof. They are
    those of the overlap of the roster; `picks.0.audience` is its `creators.0.people`."""
    place = (document.get("brief") or {}).get("place")
    subject = subject_of(
        "overlap",
        [pick["profile_id"] for pick in document["picks"]],
        {"audience_in": place} if place else None,
    )
    numbers = [(path, document[path]) for path in ("total", "unique", "frequency")]
    numbers += [
        (f"creators.{number}.people", pick["audience"])
        for number, pick in enumerate(document["picks"])
    ]
    if not place:
        numbers += [(f"shared.{number}", row) for number, row in enumerate(document["shared"])]
    return {**document, "handles": _handles(subject, numbers)}


def _of_list(document: dict[str, Any]) -> dict[str, Any]:
    return {
        **document,
        "items": [
            {**item, "creator": item["creator"] and _of_creator(item["creator"])}
            for item in document["items"]
        ],
    }


def _of_news(document: dict[str, Any]) -> dict[str, Any]:
    return {**document, "results": _of_search(document["results"])}


_KNOWN: Final[dict[str, Callable[[dict[str, Any]], dict[str, Any]]]] = {
    "creator": _of_creator,
    "evidence": _of_evidence,
    "influence": _of_influence,
    "search": _of_search,
    "similar": _of_search,
    "count": _of_search,
    "overlap": _of_overlap,
    "plan": _of_plan,
    "list": _of_list,
    "news": _of_news,
}


def _is_number(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return bool(value) and all(one is None or _is_number(one) for one in value)
    return isinstance(value, int | float) and not isinstance(value, bool)


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:.12g}" if isinstance(value, float) else str(value)


def _short(text: str) -> str:
    return repr(text if len(text) <= 80 else f"{text[:77]}...")
