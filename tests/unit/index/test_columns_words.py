"""The dictionary of words and the sort that makes postings."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from influencr.index.columns._files import Arrays, ArraysWriter
from influencr.index.columns._postings import invert
from influencr.index.columns._segment import MOST
from influencr.index.columns._words import BLOCK, Words, write_words

texts = st.text(st.sampled_from("ab\u00e9\u6771\U0001f35c#"), max_size=5)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("words")


def written(words: list[str], folder: Path) -> Words:
    with ArraysWriter(folder / "words") as out:
        encoded = [word.encode() for word in words]
        write_words(out, "w", (encoded[:100], encoded[100:]), endings=True)
        out.close({})
    return Words(Arrays(folder / "words"), "w")


@settings(deadline=None, max_examples=60)
@given(st.sets(texts, max_size=300), texts)
def test_a_dictionary_finds_what_it_holds(folder: Path, held: set[str], asked: str) -> None:
    words = sorted(held)
    found = written(words, folder)
    assert len(found) == len(words)
    assert [found.find(word) for word in words] == list(range(len(words)))
    assert [found.text(i) for i in range(len(words))] == words
    assert found.texts(0, len(words)) == words
    assert found.texts(3, 9) == words[3:9]
    assert found.find(asked) == (words.index(asked) if asked in held else -1)
    low, high = found.between(asked)
    assert words[low:high] == [word for word in words if word.startswith(asked)]
    assert [words[i] for i in found.ending(asked)] == [w for w in words if w.endswith(asked)]


def test_what_no_word_can_be_is_not_found(folder: Path) -> None:
    found = written(["a", "b", "c"], folder)
    for odd in ("a\nb", "\n", "\ud800", "b\n"):
        assert found.find(odd) == -1
        assert found.between(odd) == (found.between(odd)[0],) * 2
        assert found.ending(odd).tolist() == []


def test_blocks_meet_without_a_gap(folder: Path) -> None:
    words = [f"{i:05d}" for i in range(5 * BLOCK + 1)]
    found = written(words, folder)
    for n in (0, BLOCK - 1, BLOCK, 5 * BLOCK):
        assert found.find(words[n]) == n
        assert found.text(n) == words[n]
    assert found.texts(BLOCK - 1, BLOCK + 1) == words[BLOCK - 1 : BLOCK + 1]


def test_a_word_repeated_without_end_keeps_its_first_positions() -> None:
    n = MOST + 10
    made = invert(
        np.array([1] * n + [0, 1], np.uint32),
        np.arange(n + 2),
        n_words=2,
        doc_of=np.array([0] * n + [1, 1], np.uint32),
        field_of=np.array([2] * n + [0, 4], np.uint8),
    )
    assert made.starts.tolist() == [0, 1, 3]
    assert made.docs.tolist() == [1, 0, 1]
    assert made.masks.tolist() == [1, 4, 16]
    assert made.counts.tolist() == [1, MOST, 1]
    assert made.position_starts.tolist() == [0, 1, MOST + 2]
    assert made.positions.tolist() == [n, *range(MOST), n + 1]
