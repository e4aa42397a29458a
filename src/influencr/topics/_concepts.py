"""Which things that creators are or do does a word name, and how else are they called?

A concept is one such thing ("personal trainer") with the words that say it in many languages. The
lists lie in `concepts/*.toml`, one file per domain, written for this project:

    ["personal trainer"]        # name as shown: English, lower case, unique over all files
    topic = "fitness"           # a topic of lexicon.toml; may be left out
    broader = ["fitness"]       # wider concepts; may be left out
    en = "personal trainer, fitness coach, #personaltrainer"
    es = "entrenador personal, entrenadora personal"
    near = "workout, bodybuilding"

A key of two letters is an ISO 639-1 language; its words mean the same as the name. `near` holds
words of any language that such people use a lot: evidence, but not the thing itself. A word written
as #word counts only as a hashtag. No concept may concern health conditions, religion, politics,
orientation, ethnicity or unions (`is_sensitive`; tests/unit/topics/test_concepts.py sees to it).

The files are TOML so that people can edit them with any tool, but they are read here line by line:
a full TOML parser takes five times as long, and a first search waits for this. A test compares
both readers.
"""

from __future__ import annotations

import functools
import re
from importlib import resources
from typing import Literal, NamedTuple

from influencr.text import fold, words

__all__ = [
    "Said",
    "Sense",
    "broader",
    "concept_names",
    "concepts_of",
    "longest_phrase",
    "narrower",
    "phrases",
    "topic_of_concept",
]

# Scripts that `text.words` cuts into single characters: in the table of phrases their words stand
# joined, which spares cutting them all at loading.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u30ff\u3400-\u9fff]")
# What separates words inside a phrase of the lists (their spelling is ours to choose); the comma
# separates phrases. A tag counts as its word here.
_SEPARATORS = "-'’‘`./&+_·・()!?#\u200c\u200d"
# Joined words shorter than this are too likely another word.
_JOINED_LENGTH = 7


class Sense(NamedTuple):
    """One thing that a word or phrase names, and the languages (ISO 639-1) in which it does."""

    concept: str
    languages: tuple[str, ...]


class Said(NamedTuple):
    """One way to say a concept.

    words      folded, cut as `text.words` cuts; several = a phrase, in this order
    language   ISO 639-1; "" for near words, whose language is not recorded
    kind       "same": means the concept; "near": is used by the people whom the concept means
    tag        counts only as the hashtag "#" + "".join(words)
    """

    words: tuple[str, ...]
    language: str
    kind: Literal["same", "near"]
    tag: bool


class _Entry(NamedTuple):
    """A concept as written in its file."""

    topic: str | None
    broader: tuple[str, ...]
    written: dict[str, str]  # language or "near" -> the words, separated by commas


class _Concepts(NamedTuple):
    """All concepts, arranged for quick questions."""

    entries: dict[str, _Entry]
    narrower: dict[str, tuple[str, ...]]
    lines: list[tuple[str, str]]  # (concept, language) of each line of words
    # phrase as `_key` writes it -> the lines that hold it, one or several
    senses: dict[str, int | tuple[int, ...]]


def _key(words: tuple[str, ...]) -> str:
    spaced = " ".join(words)
    return spaced.replace(" ", "") if _UNSPACED.search(spaced) else spaced


def _entries(text: str, file: str) -> dict[str, _Entry]:
    found: dict[str, _Entry] = {}
    name = ""
    topics: str | None = None
    wider: tuple[str, ...] = ()
    written: dict[str, str] = {}
    for number, line in enumerate((*text.splitlines(), "[]"), 1):
        if not line or line[0] == "#":
            continue
        if line[0] == "[":
            if name:
                found[name] = _Entry(topics, wider, written)
            name, topics, wider, written = line.strip('[]"'), None, (), {}
            continue
        key, sign, value = line.partition(" = ")
        if not sign or not name:
            raise ValueError(f"{file}, line {number}: expected `key = value`, got {line[:40]!r}")
        if key == "topic":
            topics = value.strip('"')
        elif key == "broader":
            wider = tuple(w.strip(' "') for w in value.strip("[]").split(",") if w.strip(' "'))
        else:
            written[key] = value[1:-1]
    return found


def _folded(text: str) -> str:
    """The text as `fold` makes it, its separators as spaces; fast for a long text.

    Folding looks at one composed character at a time, save for marks that could not be composed
    and compatibility forms; the lists hold neither (tested). Replacing each of the about hundred
    characters that change in the whole text is ten times faster than `str.translate`.
    """
    for char in sorted(set(text)):
        # Ideographs and syllables fold to themselves: most of the characters, skipped.
        if not "\u3041" <= char <= "\ud7a3" and (folded := fold(char)) != char:
            text = text.replace(char, folded)
    for char in _SEPARATORS:
        text = text.replace(char, " ")
    while "  " in text:
        text = text.replace("  ", " ")
    return text.replace(", ", ",").replace(" ,", ",").replace("\n ", "\n").replace(" \n", "\n")


def _together(one: _Entry, other: _Entry) -> _Entry:
    """One concept that two files write about: the words of both."""
    languages = dict.fromkeys((*one.written, *other.written))
    return _Entry(
        one.topic or other.topic,
        tuple(dict.fromkeys((*one.broader, *other.broader))),
        {
            language: ", ".join(e.written[language] for e in (one, other) if language in e.written)
            for language in languages
        },
    )


@functools.cache
def _load() -> _Concepts:
    """Every list, read once on first use."""
    entries: dict[str, _Entry] = {}
    folder = resources.files("influencr.topics") / "concepts"
    for file in sorted(folder.iterdir(), key=lambda f: f.name):
        if file.name.endswith(".toml"):
            text = file.read_text(encoding="utf-8")
            for name, entry in _entries(text, file.name).items():
                entries[name] = _together(entries[name], entry) if name in entries else entry
    # One pass of folding over all words together: a call for each of them takes ten times as long.
    lines: list[tuple[str, str]] = []
    texts: list[str] = []
    for name, entry in entries.items():
        lines.append((name, "en"))
        texts.append(name)
        for language, value in entry.written.items():
            if language != "near":
                lines.append((name, language))
                texts.append(value)
    senses: dict[str, int | tuple[int, ...]] = {}
    for line, value in enumerate(_folded("\n".join(texts)).split("\n")):
        said = value.split(",")
        if not value.isascii() and _UNSPACED.search(value):
            said = [_key((phrase,)) for phrase in said]
        for phrase in said:
            known = senses.setdefault(phrase, line)
            if known != line:
                senses[phrase] = (*known, line) if isinstance(known, tuple) else (known, line)
    narrower: dict[str, list[str]] = {}
    for name, entry in entries.items():
        for wider in entry.broader:
            narrower.setdefault(wider, []).append(name)
    return _Concepts(
        entries,
        {name: tuple(sorted(found)) for name, found in narrower.items()},
        lines,
        senses,
    )


@functools.cache
def _joined() -> dict[str, tuple[int, ...]]:
    """Phrases of several words written as one ("makeupartist"), as handles and hashtags do."""
    found: dict[str, tuple[int, ...]] = {}
    for phrase, lines in _load().senses.items():
        if " " in phrase and len(joined := phrase.replace(" ", "")) >= _JOINED_LENGTH:
            lines = lines if isinstance(lines, tuple) else (lines,)
            found[joined] = (*found.get(joined, ()), *lines)
    return found


def concept_names() -> tuple[str, ...]:
    """Every concept, sorted."""
    return tuple(sorted(_load().entries))


@functools.cache
def longest_phrase() -> int:
    """No phrase that names a concept has more words than this: no need to try longer ones."""
    return max(
        len(phrase) if _UNSPACED.search(phrase) else phrase.count(" ") + 1
        for phrase in _load().senses
    )


def concepts_of(words: tuple[str, ...]) -> tuple[Sense, ...]:
    """What these folded words together name, in any language; () when they name nothing.

    `words` as `text.words` cuts them: a Japanese word is several. Sorted by name of the concept.
    Near words name nothing. Hashtags count as words here: who types one means it. A phrase written
    as one word is understood too; no other form is tried (plurals, stems: `text`'s affair).

    >>> [s.concept for s in concepts_of(("personal", "trainer"))]
    ['personal trainer']
    >>> [s.concept for s in concepts_of(("personaltrainer",))]
    ['personal trainer']
    """
    concepts = _load()
    found = concepts.senses.get(_key(words))
    if found is None and len(words) == 1 and len(words[0]) >= _JOINED_LENGTH:
        found = _joined().get(words[0])
    if found is None:
        return ()
    senses: dict[str, set[str]] = {}
    for line in found if isinstance(found, tuple) else (found,):
        concept, language = concepts.lines[line]
        senses.setdefault(concept, set()).add(language)
    return tuple(Sense(concept, tuple(sorted(senses[concept]))) for concept in sorted(senses))


@functools.lru_cache(maxsize=4096)
def phrases(concept: str) -> tuple[Said, ...]:
    """Every way to say a concept: its name first, then as listed, near words last.

    Each sequence of words stands once per language. Raises KeyError for an unknown concept.
    """
    entry = _load().entries[concept]
    found: dict[tuple[tuple[str, ...], str, bool], Said] = {
        (name := tuple(words(concept)), "en", False): Said(name, "en", "same", False)
    }
    same = [(language, text) for language, text in entry.written.items() if language != "near"]
    for language, text in same:
        for written in text.split(","):
            said = _said(written, language, "same")
            found.setdefault((said.words, language, said.tag), said)
    known = {(words, tag) for words, _, tag in found}
    for written in entry.written.get("near", "").split(","):
        said = _said(written, "", "near")
        if said.words and (said.words, said.tag) not in known:
            found.setdefault((said.words, "", said.tag), said)
    return tuple(found.values())


def _said(written: str, language: str, kind: Literal["same", "near"]) -> Said:
    written = written.strip()
    return Said(tuple(words(written.lstrip("#"))), language, kind, written.startswith("#"))


def broader(concept: str) -> tuple[str, ...]:
    """The concepts directly above; () for none. Raises KeyError for an unknown concept."""
    return _load().entries[concept].broader


def narrower(concept: str) -> tuple[str, ...]:
    """The concepts directly below, sorted; () for none and for an unknown concept."""
    return _load().narrower.get(concept, ())


def topic_of_concept(concept: str) -> str | None:
    """The topic of topics/lexicon.toml that people of this concept belong to, None for none.

    Raises KeyError for an unknown concept.
    """
    return _load().entries[concept].topic
