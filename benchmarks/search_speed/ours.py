"""Our index, asked by its own nodes, and the whole search that a member gets.

`Ours` answers the questions exactly as the others do; `Whole` puts the same words and filters
through `Searcher.search`, with its readings of the words, reasons, all facets and loosenings.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
from benchmarks.search_speed.answers import TOP, Answer, top_topics
from benchmarks.search_speed.corpus import SIZE_EDGES, WEIGHTS, edges_of
from benchmarks.search_speed.creators import AS_OF, batch_of, frames
from benchmarks.search_speed.questions import Question

from influencr.index import And, Boost, Constant, Node, Or, Order, Range, Stands, Term, Terms
from influencr.search import Searcher, make_query
from influencr.search._located import Located

__all__ = ["LAYOUTS", "Ours", "Whole", "build", "format_of", "open_index"]

#: Our index layouts that can be measured.
LAYOUTS = ("columns", "tantivy")

_WORTHS = (("all", 1.0), *((field, float(weight)) for field, weight in WEIGHTS.items()))
_BY_SCORE = Order("score")
_FACETS = ("country", "language", "topic")


def open_index(layout: str, folder: Path) -> Any:
    """The index of a layout in a folder."""
    if layout == "columns":
        from influencr.index.columns import ColumnIndex

        return ColumnIndex(folder)
    from influencr.index.tantivy import TantivyIndex

    return TantivyIndex(folder)


def format_of(layout: str) -> int:
    """The version of the files that a layout writes."""
    if layout == "columns":
        from influencr.index.columns._manifest import FORMAT as COLUMNS_FORMAT

        return COLUMNS_FORMAT
    from influencr.index.tantivy._schema import FORMAT

    return FORMAT


def build(layout: str, folder: Path, n: int) -> None:
    """Write the first n creators, from frames, the way an engine does it."""
    index = open_index(layout, folder)
    try:
        stream = frames(n, batch=batch_of(n))
        index.build(stream, as_of=AS_OF, demo=True, edges=edges_of(n))
    finally:
        index.close()


class Ours:
    """The nodes: words that stand somewhere, filters that are worth nothing."""

    def __init__(self, layout: str, folder: Path) -> None:
        self._index = open_index(layout, folder)
        snapshot = self._index.snapshot()
        self._located = Located.of(snapshot)
        self.settings = [
            f"layout {layout}, through SearchIndex and Snapshot: funnel, values, bands, page",
            "the page holds the stored creators, not ids alone",
            "text score: worth of the fields where a word stands x its rarity, 16ths",
        ]

    def ask(self, question: Question) -> Answer:
        snapshot = self._index.snapshot()
        words = [Term("all", word) for word in question.words]
        asked: Node = words[0]
        if len(words) > 1:
            asked = Or(tuple(words)) if question.any_word else And(tuple(words))
        filters = self._filters(question)
        everything = And((asked, *filters)) if filters else asked
        funnel = snapshot.funnel((asked, *filters))
        counts = snapshot.values(everything, _FACETS)
        size = snapshot.bands(everything, "followers", SIZE_EDGES)
        frequency = snapshot.vocabulary.frequency
        n = snapshot.info.n_creators
        scored = tuple(
            Boost(Stands(word, _WORTHS), _rarity(frequency(word.value), n)) for word in words
        )
        joined: Node = Or(scored) if question.any_word else And(scored)
        worthless = tuple(Constant(one, 0.0) for one in filters)
        page = snapshot.page(And((joined, *worthless)), _BY_SCORE, limit=TOP)
        return Answer(
            total=snapshot.count(everything),
            country=_present(counts["country"]),
            language=_present(counts["language"]),
            topic=top_topics(counts["topic"]),
            size=[int(band) for band in size[1:]],
            funnel=[(int(left), int(without)) for left, without in funnel],
            top=[int(entry.profile_id.rpartition(":")[2]) for entry in page],
        )

    def _filters(self, question: Question) -> list[Node]:
        filters: list[Node] = []
        if question.country is not None:
            filters.append(Terms("country", (question.country,)))
        if (asked := question.vetting) is not None:
            filters += [
                Terms("platform", (asked.platform,)),
                Range("followers", asked.followers_min, asked.followers_max),
                Range("engagement", asked.engagement_min, None),
                Range("last_post", asked.last_post_min, None),
                Range("posts_per_week", asked.posts_per_week_min, None),
                Terms("verdict", (asked.verdict,)),
            ]
        if (radius := question.radius) is not None:
            away = self._located.distances(radius.lat, radius.lon, within_km=radius.km)
            filters.append(Terms("point", self._located.tokens(np.asarray(away <= radius.km))))
        return filters

    def spent(self) -> float | None:
        return None

    def processes(self) -> list[int]:
        return []

    def close(self) -> None:
        self._index.close()


class Whole:
    """`Searcher.search`: what a member waits for, but for the page's HTML."""

    def __init__(self, layout: str, folder: Path) -> None:
        self._index = open_index(layout, folder)
        self._searcher = Searcher(self._index)
        self.settings = [
            "Searcher.search of the same words and filters: readings of the words, eight facets, "
            "funnel, loosenings, reasons per hit; default exclusions are on, and any of the words "
            "is asked like all of them, so its counts are its own",
        ]

    def ask(self, question: Question) -> Answer:
        asked: dict[str, Any] = {"text": " ".join(question.words), "words_only": True}
        if question.country is not None:
            asked["country"] = (question.country,)
        if (wanted := question.vetting) is not None:
            asked |= {
                "platform": (wanted.platform,),
                "followers_min": wanted.followers_min,
                "followers_max": wanted.followers_max,
                "engagement_min": wanted.engagement_min,
                "active_within_days": (int(AS_OF.timestamp()) - wanted.last_post_min) // 86_400,
                "posts_per_week_min": wanted.posts_per_week_min,
                "verdict": (wanted.verdict,),
            }
        if (radius := question.radius) is not None:
            asked |= {"near": f"{radius.lat}, {radius.lon}", "within_km": radius.km}
        found = self._searcher.search(make_query(**asked))
        return Answer(
            total=found.total,
            country={},
            language={},
            topic=[],
            size=[],
            funnel=[],
            top=[int(hit.profile_id.rpartition(":")[2]) for hit in found.hits],
        )

    def spent(self) -> float | None:
        return None

    def processes(self) -> list[int]:
        return []

    def close(self) -> None:
        self._index.close()


def _rarity(creators: int, n: int) -> float:
    """ln(1 + (n - df + 1/2) / (df + 1/2)), as in BM25, in 16ths; at least a 16th."""
    return max(1, round(16 * math.log1p((n - creators + 0.5) / (creators + 0.5)))) / 16


def _present(counts: dict[str, int]) -> dict[str, int]:
    return {value: int(n) for value, n in counts.items() if n}
