"""The lists of concepts keep their own rules, and the reader gives what they say."""

import functools
import tomllib
from importlib import resources
from typing import Any

import pytest

from influencr import text, topics
from influencr.topics import concepts_of, is_sensitive, phrases
from influencr.topics._concepts import _load

LANGUAGES = frozenset(
    code
    for codes in ("ar de en es fa fr hi id it ja ko", "nl pl pt ru sv th tl tr uk vi zh")
    for code in codes.split()
)
OTHER_KEYS = frozenset(("topic", "broader", "near"))


def listed() -> list[tuple[str, str, dict[str, Any]]]:
    """(file, concept, its table) as a TOML parser sees the files."""
    folder = resources.files("influencr.topics") / "concepts"
    return [
        (file.name, concept, table)
        for file in sorted(folder.iterdir(), key=lambda f: f.name)
        if file.name.endswith(".toml")
        for concept, table in tomllib.loads(file.read_text(encoding="utf-8")).items()
    ]


LISTED = listed()


@functools.cache
def words(written: str) -> tuple[str, ...]:
    return tuple(text.words(written))


def written(table: dict[str, Any]) -> list[tuple[str, str]]:
    """(language or "near", word) in order."""
    return [
        (key, word.strip())
        for key, value in table.items()
        if key not in ("topic", "broader")
        for word in value.split(",")
    ]


def test_the_quick_reader_reads_what_a_toml_parser_reads() -> None:
    entries = _load().entries
    assert list(entries) == [concept for _, concept, _ in LISTED]
    for file, concept, table in LISTED:
        entry = entries[concept]
        assert entry.topic == table.get("topic"), (file, concept)
        assert list(entry.broader) == table.get("broader", []), (file, concept)
        rest = {k: v for k, v in table.items() if k not in ("topic", "broader")}
        assert entry.written == rest, (file, concept)


def test_a_concept_stands_in_one_place() -> None:
    names = [concept for _, concept, _ in LISTED]
    assert [n for n in set(names) if names.count(n) > 1] == []
    assert [n for n in names if n != n.lower() or n != " ".join(n.split())] == []


def test_topics_and_wider_concepts_exist() -> None:
    names = {concept for _, concept, _ in LISTED}
    for file, concept, table in LISTED:
        assert table.get("topic") in {None, *topics.topic_names()}, (file, concept)
        for wider in table.get("broader", []):
            assert wider in names, (file, concept, wider)


def test_no_concept_is_wider_than_itself() -> None:
    for concept in topics.concept_names():
        seen: set[str] = set()
        above = list(topics.broader(concept))
        while above:
            name = above.pop()
            assert name != concept
            if name not in seen:
                seen.add(name)
                above += topics.broader(name)


def test_languages_are_known_and_no_entry_is_empty() -> None:
    for file, concept, table in LISTED:
        assert set(table) <= LANGUAGES | OTHER_KEYS, (file, concept, set(table) - LANGUAGES)
        assert "en" in table, (file, concept)
        for key, word in written(table):
            assert words(word.lstrip("#")), (file, concept, key, word)


def test_a_word_stands_once_per_language_of_a_concept() -> None:
    doubled: list[tuple[str, str, str, str]] = []
    for file, concept, table in LISTED:
        seen: set[tuple[str, tuple[str, ...], bool]] = set()
        for key, word in written(table):
            said = (key, words(word.lstrip("#")), word.startswith("#"))
            if said in seen:
                doubled.append((file, concept, key, word))
            seen.add(said)
    assert doubled == []


def test_nothing_sensitive_is_a_concept() -> None:
    sensitive = [
        (file, concept, word)
        for file, concept, table in LISTED
        for _, word in [("en", concept), *written(table)]
        if is_sensitive(word)
    ]
    assert sensitive == []


def test_every_listed_word_is_found_as_the_index_cuts_it() -> None:
    for file, concept, table in LISTED:
        for key, word in [("en", concept), *written(table)]:
            if key != "near":
                cut = words(word.lstrip("#"))
                found = {sense.concept: sense.languages for sense in concepts_of(cut)}
                assert key in found.get(concept, ()), (file, concept, key, word, cut)
                assert len(cut) <= topics.longest_phrase()


def test_a_word_of_any_language_names_the_concept() -> None:
    for typed in (
        "fitness coach",
        "ENTRENADORA personal",
        "私人教练",
        "مُدرِّب شخصي",
        "퍼스널트레이너",
    ):
        assert "personal trainer" in [s.concept for s in concepts_of(words(typed))]


def test_a_phrase_written_as_one_word_is_understood() -> None:
    joined = concepts_of(("fitnesstrainerin",))
    assert [s.concept for s in joined] == ["personal trainer"]
    assert [s.concept for s in concepts_of(("gymcoach",))] == ["personal trainer"]


def test_near_words_and_unknown_words_name_nothing() -> None:
    assert "personal trainer" not in [s.concept for s in concepts_of(("crossfit",))]
    assert concepts_of(("qwertyuiop",)) == ()
    assert concepts_of(()) == ()


def test_phrases_start_with_the_name_and_end_with_near_words() -> None:
    said = phrases("personal trainer")
    assert said[0] == topics.Said(("personal", "trainer"), "en", "same", False)
    kinds = [s.kind for s in said]
    assert kinds == sorted(kinds, key=["same", "near"].index)
    assert topics.Said(("fitnesscoach",), "en", "same", True) in said
    assert {s.language for s in said if s.kind == "near"} == {""}


def test_wider_and_narrower_mirror_each_other() -> None:
    assert topics.broader("personal trainer") == ("fitness",)
    assert "personal trainer" in topics.narrower("fitness")
    assert topics.topic_of_concept("personal trainer") == "fitness"
    with pytest.raises(KeyError):
        topics.broader("no such thing")
