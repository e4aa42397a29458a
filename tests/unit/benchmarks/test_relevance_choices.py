"""Cross-validated choices: scored without their own question, and equal to the search."""

from benchmarks.relevance.choices import FOLDS, GRID, Bench, Choice, choices, told
from benchmarks.relevance.judged import Question

BIOS = {
    "a": "Knits hats and scarves",
    "b": "Hats",
    "c": "I sail, and I own a hat",
    "d": "Nothing of the kind at all",
}


class Words:
    """The vocabulary of the bios."""

    n_creators = len(BIOS)

    def frequency(self, word: str) -> int:
        return sum(word in bio.lower().replace(",", "").split() for bio in BIOS.values())

    def _every(self) -> list[str]:
        return sorted({w for bio in BIOS.values() for w in bio.lower().replace(",", "").split()})

    def starting(self, prefix: str, limit: int) -> list[tuple[str, int]]:
        return [(w, self.frequency(w)) for w in self._every() if w.startswith(prefix)][:limit]

    def ending(self, suffix: str, limit: int) -> list[tuple[str, int]]:
        return [(w, self.frequency(w)) for w in self._every() if w.endswith(suffix)][:limit]


def bench() -> Bench:
    rows = {key: {"profile_id": f"tiktok:{key}", "bio_text": bio} for key, bio in BIOS.items()}
    asked = [
        Question(f"{code}{i}", "hats", code, {"a": 2, "b": 3, "c": 1, "d": 0})
        for code in ("en", "fr")
        for i in range(FOLDS)
    ]
    return Bench(asked, rows, Words())


def test_who_says_little_else_comes_first() -> None:
    figures = bench().figures(Choice())
    assert figures[0]["ndcg_10"] == 1.0
    assert bench().figures(Choice(slope=0.0, bio=0.0))[0]["recall_50"] == 1.0


def test_the_defaults_are_on_the_grid() -> None:
    shipped = Choice()
    assert all(getattr(shipped, name) in values for name, values in GRID.items())


def test_every_question_is_left_out_once() -> None:
    parts = bench().folds(seed=7)
    assert sorted(i for part in parts for i in part) == list(range(2 * FOLDS))
    assert {len(part) for part in parts} == {2}


def test_the_page_tells_the_figures() -> None:
    worst = {f"{code}{i}": {"ndcg_10": 0.25, "recall_50": 0.5} for code in ("en", "fr")
             for i in range(FOLDS)}  # fmt: skip
    found = choices(bench(), {"sqlite porter": worst, "tantivy en_stem": worst})
    assert found["cross_validated"]["ndcg_10"] == 1.0
    assert found["over"]["sqlite porter"]["ndcg_10"]["mean"] == 0.75
    assert any("+0.750" in line for line in told(found))
