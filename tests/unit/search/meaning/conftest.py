"""A vocabulary made of a few words."""

import pytest


class Words:
    """What a snapshot's vocabulary promises, over a mapping."""

    def __init__(self, frequencies: dict[str, int], n_creators: int = 1000) -> None:
        self.frequencies = frequencies
        self.n_creators = n_creators

    def frequency(self, word: str) -> int:
        return self.frequencies.get(word, 0)

    def starting(self, prefix: str, limit: int) -> list[tuple[str, int]]:
        return sorted(w for w in self.frequencies.items() if w[0].startswith(prefix))[:limit]

    def ending(self, suffix: str, limit: int) -> list[tuple[str, int]]:
        found = [w for w in self.frequencies.items() if w[0].endswith(suffix)]
        return sorted(found, key=lambda w: (-w[1], w[0]))[:limit]


@pytest.fixture
def holding():
    """A vocabulary of these words, ten creators each unless stated."""

    def build(words: str = "", n_creators: int = 1000, **frequencies: int) -> Words:
        return Words({**dict.fromkeys(words.split(), 10), **frequencies}, n_creators)

    return build
