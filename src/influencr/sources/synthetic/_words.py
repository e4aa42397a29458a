"""The words that the world is written in: places, topics and, per language, ways of speaking.

The files under `words/` are written by hand for this purpose. Places are real (GeoNames ids and
coordinates, CC BY 4.0), people, brands and texts are invented. A language file has sections of
one entry a line; its `# topics` lines are `key | labels | tags | things`. Slots in braces:
t, t2 topic label; w, w2, w3 thing; p place; f flag; e emoji; y year; m e-mail; c discount code;
n first name; l last name.
"""

from __future__ import annotations

import functools
import re
from importlib import resources
from typing import NamedTuple

import numpy as np

from influencr.sources.synthetic._random import Array

__all__ = ["Language", "Phrases", "Place", "Topic", "Words", "load"]

_SLOT = re.compile(r"\{(w2|w|p|e|c|y|f|t)\}")
_SLOT_CODES = {"w": 1, "w2": 2, "p": 3, "e": 4, "c": 5, "y": 6, "f": 7, "t": 8}


class Place(NamedTuple):
    """A real place; `spellings` maps a language (or `abbr`) to how people write it."""

    geonames_id: int
    name: str
    country: str
    lat: float
    lon: float
    weight: float
    languages: dict[str, float]
    hub: str
    spellings: dict[str, tuple[str, ...]]
    boosts: dict[str, float]

    @property
    def flag(self) -> str:
        """The flag emoji of the country."""
        return "".join(chr(0x1F1E6 + ord(c) - 65) for c in self.country)

    def spelled(self, language: str) -> str:
        """The usual spelling in a language."""
        return (self.spellings.get(language) or self.spellings.get("en") or (self.name,))[0]


class Topic(NamedTuple):
    """What a creator can be about."""

    key: str
    name: str
    weight: float
    emoji: tuple[str, ...]
    slugs: tuple[str, ...]


class Local(NamedTuple):
    """A topic in one language."""

    labels: tuple[str, ...]
    tags: tuple[str, ...]
    things: tuple[str, ...]


class Language(NamedTuple):
    """One language's names, sentences by section, and its topics by number."""

    code: str
    first: tuple[tuple[str, str], ...]
    last: tuple[tuple[str, str], ...]
    sections: dict[str, tuple[str, ...]]
    topics: dict[int, Local]


class Phrases(NamedTuple):
    """Sentences of one section over all languages, split at up to two slots.

    start, number   per language, rows of the sentences; literals has 3 pieces a sentence
    slots          (n, 2) codes of the slots, 0 = none
    """

    start: Array
    number: Array
    literals: tuple[list[str], list[str], list[str]]
    slots: Array


class Words(NamedTuple):
    """Everything loaded, with tables by number for vectorised writing.

    things/tags/labels   flat text tables; `*_start`, `*_count` are (languages, topics)
    """

    places: tuple[Place, ...]
    hubs: tuple[str, ...]
    hub_of: Array
    topics: tuple[Topic, ...]
    languages: tuple[Language, ...]
    known: Array
    things: list[str]
    things_start: Array
    things_count: Array
    tags: list[str]
    tags_start: Array
    tags_count: Array

    def language(self, code: str) -> int:
        """The number of a language."""
        return [x.code for x in self.languages].index(code)

    def topic(self, key: str) -> int:
        """The number of a topic."""
        return [x.key for x in self.topics].index(key)

    def phrases(self, section: str) -> Phrases:
        """The section of every language, ready to be sampled by number."""
        start, count = [], []
        literals: tuple[list[str], list[str], list[str]] = ([], [], [])
        slots: list[list[int]] = []
        for language in self.languages:
            start.append(len(slots))
            for sentence in language.sections[section]:
                pieces = _SLOT.split(sentence, maxsplit=2)
                texts, names = pieces[0::2], pieces[1::2]
                texts += [""] * (3 - len(texts))
                for column, text in zip(literals, texts, strict=True):
                    column.append(text)
                codes = [_SLOT_CODES[name] for name in names]
                slots.append(codes + [0] * (2 - len(codes)))
            count.append(len(slots) - start[-1])
        return Phrases(np.array(start), np.array(count), literals, np.array(slots, dtype=np.int64))


def _text(name: str) -> str:
    return (resources.files(__package__) / "words" / name).read_text(encoding="utf-8")


def _table(name: str) -> list[dict[str, str]]:
    head, *rows = (line.split("\t") for line in _text(name).splitlines())
    return [dict(zip(head, row, strict=True)) for row in rows]


def _pairs(text: str, between: str) -> dict[str, str]:
    return dict(
        item.split(between, 1) for item in text.split(";" if between == "=" else " ") if item
    )


def _place(row: dict[str, str]) -> Place:
    return Place(
        geonames_id=int(row["geonames_id"]),
        name=row["name"],
        country=row["country"],
        lat=float(row["lat"]),
        lon=float(row["lon"]),
        weight=float(row["weight"]),
        languages={k: float(v) for k, v in _pairs(row["languages"], ":").items()},
        hub=row["hub"],
        spellings={
            # Within one language alternatives are separated by a comma without a space.
            k: tuple(re.split(r",(?! )", v))
            for k, v in _pairs(row["spellings"], "=").items()
        },
        boosts={k: float(v) for k, v in _pairs(row["boosts"], ":").items()},
    )


def _language(code: str, topics: dict[str, int]) -> Language:
    sections: dict[str, list[str]] = {}
    current: list[str] = []
    for line in _text(f"{code}.txt").splitlines():
        if line.startswith("# "):
            current = sections.setdefault(line[2:].strip(), [])
        elif line.strip():
            current.append(line.strip())
    local = {}
    for line in sections.pop("topics"):
        key, labels, tags, things = (part.strip() for part in line.split("|"))
        local[topics[key]] = Local(
            tuple(x.strip() for x in labels.split(";")),
            tuple("#" + x for x in tags.split()),
            tuple(x.strip() for x in things.split(";")),
        )
    names = [
        tuple((a, b) for a, b in (x.split("/") for x in " ".join(sections.pop(key)).split()))
        for key in ("first", "last")
    ]
    return Language(code, names[0], names[1], {k: tuple(v) for k, v in sections.items()}, local)


#: Languages with a file under `words/`, in the order of their numbers (append only).
LANGUAGES = (
    *("en", "de", "fr", "es", "pt", "it", "ja", "ar"),
    *("tr", "nl", "pl", "ru", "ko", "zh", "hi", "id"),
)


@functools.cache
def load() -> Words:
    """The words, read once per process."""
    topics = tuple(
        Topic(
            row["key"],
            row["name"],
            float(row["weight"]),
            tuple(row["emoji"].split()),
            tuple(row["slugs"].split()),
        )
        for row in _table("topics.tsv")
    )
    number = {topic.key: i for i, topic in enumerate(topics)}
    languages = tuple(_language(code, number) for code in LANGUAGES)
    # What a language has no words for (mostly bots and shops) is said in English.
    languages = tuple(
        language._replace(sections={**languages[0].sections, **language.sections})
        for language in languages
    )
    places = tuple(_place(row) for row in _table("places.tsv"))
    places = tuple(
        place._replace(languages=spoken)
        for place in places
        if (spoken := {k: v for k, v in place.languages.items() if k in LANGUAGES})
    )
    hubs = tuple(dict.fromkeys(place.hub for place in places))
    shape = (len(languages), len(topics))
    starts = [np.zeros(shape, dtype=np.int64) for _ in range(4)]
    things: list[str] = []
    tags: list[str] = []
    for i, language in enumerate(languages):
        for j, local in language.topics.items():
            starts[0][i, j], starts[1][i, j] = len(things), len(local.things)
            starts[2][i, j], starts[3][i, j] = len(tags), len(local.tags)
            things.extend(local.things)
            tags.extend(local.tags)
    return Words(
        places=places,
        hubs=hubs,
        hub_of=np.array([hubs.index(place.hub) for place in places]),
        topics=topics,
        languages=languages,
        known=starts[1] > 0,
        things=things,
        things_start=starts[0],
        things_count=starts[1],
        tags=tags,
        tags_start=starts[2],
        tags_count=starts[3],
    )
