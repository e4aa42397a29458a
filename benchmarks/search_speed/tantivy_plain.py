"""tantivy by itself: one weighted catch-all field, filters as terms and fast fields.

The schema is the one that did best among those tried before our own layout (docs/decisions): the
words of everything in one field without positions, those of a name repeated; keywords as raw terms
that are also fast, for the facets; numbers as fast fields; the points as numbers, so that a radius
is a set of them; quality as the weight field of tantivy-py, whose formula multiplies a score by
log2(2 + weight), so 2 ** (quality / 128) - 2 makes that quality / 128.
"""

from __future__ import annotations

import importlib.metadata
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import tantivy
from benchmarks.search_speed.answers import TOP, Answer, top_topics
from benchmarks.search_speed.corpus import SIZE_EDGES, Corpus, weighted
from benchmarks.search_speed.questions import Question

from influencr.geography import distance_km

__all__ = ["TantivyPlain", "build"]

_HEAP, _THREADS = 512_000_000, 2
_KEYWORDS = ("country", "language", "platform", "verdict")
_NUMBERS = ("engagement", "posts_per_week")
_WHOLE_NUMBERS = ("followers", "last_post")
#: More buckets than any facet has values.
_VALUES = 1_000


def _schema() -> Any:
    schema = tantivy.SchemaBuilder()
    schema.add_unsigned_field("id", fast=True)
    schema.add_text_field("everything", tokenizer_name="spaces", index_option="freq")
    for field in (*_KEYWORDS, "topic"):
        schema.add_text_field(field, tokenizer_name="raw", index_option="basic", fast=True)
    schema.add_integer_field("point", indexed=True)
    schema.add_integer_field("size", fast=True)
    for field in _WHOLE_NUMBERS:
        schema.add_integer_field(field, indexed=True, fast=True)
    for field in (*_NUMBERS, "weight"):
        schema.add_float_field(field, indexed=field != "weight", fast=True)
    return schema.build()


def _open(folder: Path, schema: Any) -> Any:
    index = tantivy.Index(schema, path=str(folder))
    spaces = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
    index.register_tokenizer("spaces", spaces)
    return index


def build(folder: Path, corpus: Corpus) -> None:
    """Write the documents into an index in the folder."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    schema = _schema()
    index = _open(folder, schema)
    writer = index.writer(_HEAP, _THREADS)
    for table in corpus.tables():
        for row in table.iter_rows(named=True):
            document = {
                **{field: row[field] for field in (*_KEYWORDS, *_NUMBERS, *_WHOLE_NUMBERS)},
                "id": row["id"],
                "everything": weighted(row),
                "topic": row["topic"],
                "point": row["point"],
                "size": row["size"],
                "weight": 2.0 ** (row["quality"] / 128) - 2,
            }
            writer.add_document(tantivy.Document.from_dict(document, schema))
    writer.commit()
    writer.wait_merging_threads()
    points = corpus.points()
    np.savez(folder / "points.npz", point=points["point"], lat=points["lat"], lon=points["lon"])


class TantivyPlain:
    """The index of `build`, open for reading."""

    def __init__(self, folder: Path) -> None:
        self._schema = _schema()
        self._index = _open(folder, self._schema)
        self._index.reload()
        self._searcher = self._index.searcher()
        with np.load(folder / "points.npz") as points:
            self._points, self._lats, self._lons = points["point"], points["lat"], points["lon"]
        every = {"field": "", "size": _VALUES, "segment_size": _VALUES}
        self._facets: dict[str, Any] = {
            field: {"terms": {**every, "field": field}}
            for field in ("country", "language", "topic")
        }
        self._facets["size"] = {"terms": {**every, "field": "size"}}
        self.settings = [
            f"tantivy-py {importlib.metadata.version('tantivy')}",
            "one catch-all field without positions, words of a name repeated; raw keyword terms",
            f"{self._searcher.num_segments} segments; funnel by counts, facets by one aggregation",
            "text score: BM25 x quality (weight field)",
        ]

    def ask(self, question: Question) -> Answer:
        query = tantivy.Query
        words = [query.term_query(self._schema, "everything", w, "freq") for w in question.words]
        occur = tantivy.Occur.Should if question.any_word else tantivy.Occur.Must
        asked = query.boolean_query([(occur, word) for word in words])
        filters = [query.const_score_query(one, 0.0) for one in self._filters(question)]
        everything = self._all_of([asked, *filters])
        found = self._searcher.search(everything, limit=TOP, count=True, weight_by_field="weight")
        total = int(found.count)
        addresses = [address for _, address in found.hits]
        top = self._searcher.fast_field_values("id", addresses) if addresses else []
        counted = self._searcher.aggregate(everything, self._facets)
        facets = {
            field: {str(b["key"]): int(b["doc_count"]) for b in counted[field]["buckets"]}
            for field in self._facets
        }
        sizes = {int(float(size)): n for size, n in facets["size"].items()}
        return Answer(
            total=total,
            country=facets["country"],
            language=facets["language"],
            topic=top_topics(facets["topic"]),
            size=[sizes.get(band, 0) for band in range(len(SIZE_EDGES) + 1)],
            funnel=self._funnel(asked, filters, total),
            top=[int(identity) for identity in top],
        )

    def _funnel(self, asked: Any, filters: list[Any], total: int) -> list[tuple[int, int]]:
        steps = [asked, *filters]
        left = [self._count(steps[: i + 1]) for i in range(len(filters))] + [total]
        if len(steps) == 1:
            return [(total, int(self._searcher.num_docs))]
        without = [self._count([*steps[:i], *steps[i + 1 :]]) for i in range(len(steps))]
        return list(zip(left, without, strict=True))

    def _count(self, clauses: list[Any]) -> int:
        flat = tantivy.Query.const_score_query(self._all_of(clauses), 0.0)
        return int(self._searcher.search(flat, limit=1, count=True).count)

    def _all_of(self, clauses: list[Any]) -> Any:
        return tantivy.Query.boolean_query([(tantivy.Occur.Must, clause) for clause in clauses])

    def _filters(self, question: Question) -> list[Any]:
        query, schema, kind = tantivy.Query, self._schema, tantivy.FieldType
        if question.country is not None:
            return [query.term_query(schema, "country", question.country, "basic")]
        if (asked := question.vetting) is not None:
            whole, real = kind.Integer, kind.Float
            return [
                query.term_query(schema, "platform", asked.platform, "basic"),
                query.range_query(
                    schema, "followers", whole, asked.followers_min, asked.followers_max
                ),
                query.range_query(schema, "engagement", real, asked.engagement_min, None),
                query.range_query(schema, "last_post", whole, asked.last_post_min, None),
                query.range_query(schema, "posts_per_week", real, asked.posts_per_week_min, None),
                query.term_query(schema, "verdict", asked.verdict, "basic"),
            ]
        if (radius := question.radius) is not None:
            away = distance_km(self._lats, self._lons, centre=(radius.lat, radius.lon))
            inside = self._points[away <= radius.km].tolist()
            return [query.term_set_query(schema, "point", inside)]
        return []

    def spent(self) -> float | None:
        return None

    def processes(self) -> list[int]:
        return []

    def close(self) -> None:
        del self._searcher, self._index
