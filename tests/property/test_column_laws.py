"""Whatever is asked of an index of arrays, it answers as a plain reading of the rows would.

Worlds of a few hundred invented creators in a sorted base and younger segments, with replaced and
deleted ones among them; random trees of nodes; matches, scores, every order and page, values,
bands and funnels are compared with loops over the rows. Each law runs twice: with the thresholds
that the engine ships with, and with thresholds so low that a small world takes the ways that are
meant for millions.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from influencr.index import (
    WORD_FIELDS,
    Among,
    And,
    Anyone,
    Best,
    Blend,
    Boost,
    Constant,
    IdSet,
    Node,
    Not,
    Or,
    Order,
    Phrase,
    Prefer,
    Prefix,
    Range,
    Scale,
    Stands,
    Term,
    Terms,
    document,
    engagement_edges,
)
from influencr.index.columns import (
    _count,
    _match,
    _rank,
    _reach,
    _score,
    _sets,
    _standing,
)
from influencr.index.columns._index import ColumnIndex

AS_OF = datetime(2026, 1, 1, tzinfo=UTC)
WORDS = ("oat", "oats", "oatmilk", "kiln", "kite", "loom", "fern", "moss", "🪁", "陶", "#loom")
PLATFORMS = ("tiktok", "bluesky", "mastodon")
COUNTRIES = ("FR", "BR", "JP", None)
AUDIENCES: tuple[dict[str, Any], ...] = (
    {},
    {"audience_codes": ["FR"], "audience_lows": [0.31]},
    {"audience_codes": ["JP", "7", "other"], "audience_lows": [0.2, 0.5, 0.31]},
)
TOPICS = ("pottery", "weaving", "kites", "ferns")


def creator(i: int, rng: random.Random) -> dict[str, Any]:
    """One invented creator; few words, so that most nodes match somebody."""

    def text(most: int) -> str:
        return " ".join(rng.choices(WORDS, k=rng.randint(0, most)))

    country = rng.choice(COUNTRIES)
    return {
        "profile_id": f"{PLATFORMS[i % 3]}:{i}",
        "platform": PLATFORMS[i % 3],
        "handle": rng.choice(["kilnkid", "oat.fan", "moss_and_fern", "x"]) + str(i % 7),
        "display_name": rng.choice([None, text(2), text(2)]),
        "bio_text": text(6),
        "post_text": "\n".join(text(4) for _ in range(rng.randint(0, 3))),
        "topics": rng.sample(TOPICS, rng.randint(0, 3)),
        "called": [text(2) for _ in range(rng.randint(0, 2))],
        "country": country,
        "admin1": f"{country}-{rng.randint(1, 2)}" if country and rng.random() < 0.7 else None,
        "place_id": rng.choice([None, -3, 7, 900]) if country else None,
        "lat": rng.choice([1.5, -20.25]) if country else None,
        "lon": rng.choice([0.5, 170.0]) if country else None,
        "language": rng.choice(["en", "fr", None]),
        "verdict": rng.choice(["vetted", "unknown"]),
        "label": rng.choice(["creator", "brand", None]),
        "activity_state": rng.choice(["active", "quiet", "dormant", "unknown"]),
        "followers": rng.choice([None, 0, 10, 10, 500, 70_000]),
        "engagement_rate": rng.choice([None, 0.01, 0.02, 0.3]),
        "influence_percentile": rng.choice([None, None, 0.0, 62.5, 100.0]),
        "closeness": rng.choice([None, 0.0, 0.4]),
        "posts_per_week": rng.choice([None, 0.5, 3.0]),
        **rng.choice(AUDIENCES),
        "lockstep": rng.choice([None, "none", "found"]),
        "bought_high": rng.choice([None, 0.0, 0.05, 0.9]),
        "followers_seen": rng.choice([None, 0, 40, 900]),
        "growth_12m_relative": rng.choice([None, -0.5, 0.0, 1.5]),
    }


class World:
    """An index and the rows that it should hold."""

    def __init__(self, folder: Path, n: int, commits: int, seed: int) -> None:
        rng = random.Random(seed)
        rows = {r["profile_id"]: r for r in (creator(i, rng) for i in range(n))}
        self.index = ColumnIndex(folder)
        edges = engagement_edges(frame(list(rows.values())))
        self.index.build(frame(list(rows.values())), as_of=AS_OF, edges=edges)
        for _ in range(commits):
            new = [creator(rng.randrange(n + 40), rng) for _ in range(rng.randint(1, 30))]
            fresh = {r["profile_id"]: r for r in new}
            gone = rng.sample(sorted(rows), min(len(rows), rng.randint(0, 12)))
            self.index.upsert(frame(list(fresh.values())))
            self.index.delete(gone)
            rows.update(fresh)
            for profile_id in gone:
                rows.pop(profile_id, None)
            self.index.commit()
        self.snapshot = self.index.snapshot()
        self.rows = [Row(document(r, edges)) for r in rows.values()]
        self.ids = sorted(rows)


def frame(rows: list[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(
        rows,
        schema_overrides={"place_id": pl.Int64, "followers": pl.Int64, "lat": pl.Float64},
        infer_schema_length=None,
    )


class Row:
    """One document, read word by word."""

    def __init__(self, fields: dict[str, Any]) -> None:
        self.fields = fields
        self.texts = {f: [text.split() for text in fields[f]] for f in WORD_FIELDS}

    def where(self, node: Term | Prefix | Phrase) -> set[str]:
        """The fields in which a word, beginning or phrase stands."""
        match node:
            case Term(_, value):
                words, begun = (str(value),), False
            case Prefix(_, value):
                words, begun = (value,), True
            case Phrase(_, words, begun):
                pass
        return {f for f, texts in self.texts.items() if any(_in(t, words, begun) for t in texts)}

    def worth(self, node: Node) -> float | None:
        """What the row is worth to the node; None when it does not match."""
        fields = self.fields
        match node:
            case Anyone():
                return 1.0
            case Term(field) | Prefix(field) | Phrase(field) if field in ("all", *WORD_FIELDS):
                found = self.where(node)
                return 1.0 if (found if field == "all" else field in found) else None
            case Term(field, value):
                held = fields[field]
                return 1.0 if (value in held if isinstance(held, list) else value == held) else None
            case Terms(field, values):
                found_any = [v for v in values if self.worth(Term(field, v)) is not None]
                return 1.0 if found_any else None
            case Among(ids):
                return 1.0 if fields["uid"] in ids.ids else None
            case Range(field, lower, upper):
                number = fields[field]
                low = 0 if lower is None else lower
                return 1.0 if number >= low and (upper is None or number <= upper) else None
            case And(clauses):
                scores = [self.worth(c) for c in clauses]
                return None if None in scores else math.fsum(s for s in scores if s is not None)
            case Or(clauses):
                some = [s for c in clauses if (s := self.worth(c)) is not None]
                return math.fsum(some) if some else None
            case Best(clauses, rest):
                said_so = [s for c in clauses if (s := self.worth(c)) is not None]
                if not said_so:
                    return None
                return max(said_so) + rest * (math.fsum(said_so) - max(said_so))
            case Not(clause):
                return 0.0 if self.worth(clause) is None else None
            case Constant(clause, score):
                return None if self.worth(clause) is None else score
            case Boost(clause, factor):
                score_ = self.worth(clause)
                return None if score_ is None else score_ * factor
            case Prefer(clause, extras):
                first = self.worth(clause)
                more = [self.worth(e) or 0.0 for e in extras]
                return None if first is None else first + math.fsum(more)
            case Stands(clause, worths):
                held_in = self.where(clause)
                if not held_in:
                    return None
                return math.fsum(w for f, w in worths if f == "all" or f in held_in)
            case Blend(clauses, weights, at_least, power):
                pairs = [(w, self.worth(c)) for c, w in zip(clauses, weights, strict=True)]
                matched = math.fsum(w for w, s in pairs if s is not None)
                if matched < at_least:
                    return None
                share = (matched / math.fsum(weights)) ** power
                factor_ = math.floor(share * 256 + 0.5) / 256
                return math.fsum(w * s for w, s in pairs if s is not None) * factor_
            case Scale(clause, by, otherwise):
                inner = self.worth(clause)
                chosen = next((f for n, f in by if self.worth(n) is not None), otherwise)
                return None if inner is None else inner * chosen


def _in(text: list[str], words: tuple[str, ...], begun: bool) -> bool:
    k = len(words)
    for i in range(len(text) - k + 1):
        run = text[i : i + k]
        last = run[-1].startswith(words[-1]) if begun else run[-1] == words[-1]
        if run[:-1] == list(words[:-1]) and last:
            return True
    return False


# Nodes

sixteenths = st.integers(0, 64).map(lambda i: i / 16)
positive = st.integers(1, 48).map(lambda i: i / 16)
word = st.sampled_from([*WORDS, "mil", "never"])
word_field = st.sampled_from(["all", *WORD_FIELDS])
beginning = st.sampled_from(["o", "oat", "ki", "#", "m", "陶", "zz"])


def said(field: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    phrase = st.lists(word, min_size=1, max_size=3).map(tuple)
    begun = st.tuples(st.lists(word, max_size=2), beginning).map(lambda p: (*p[0], p[1]))
    return st.one_of(
        st.builds(Term, field, word),
        st.builds(Prefix, field, beginning),
        st.builds(Phrase, field, phrase),
        st.builds(Phrase, field, begun, st.just(True)),
    )


stands = st.builds(
    Stands,
    said(st.just("all")),
    st.lists(st.tuples(word_field, sixteenths), max_size=4).map(tuple),
)
numbers = st.one_of(
    st.builds(
        Range,
        st.sampled_from(
            [
                *("followers", "engagement", "influence", "posts_per_week", "quality", "n_words"),
                *("bought_high", "not_bought", "followers_seen", "growth_12m", "created"),
            ]
        ),
        st.none() | st.sampled_from([-1, 0, 0.015, 0.5, 10, 400.5, 10**20]),
        st.none() | st.sampled_from([0.02, 3, 10, 499.5, 70_000, 10**20]),
    )
)
values = st.one_of(
    st.builds(Term, st.just("platform"), st.sampled_from([*PLATFORMS, "none"])),
    st.builds(Term, st.just("topic"), st.sampled_from([*TOPICS, "none"])),
    st.builds(Term, st.just("place"), st.sampled_from([-3, 7, 8])),
    st.builds(
        Terms,
        st.just("country"),
        st.sets(st.sampled_from(["FR", "BR", "unknown", "XX"])).map(tuple),
    ),
    st.builds(Terms, st.just("topic"), st.sets(st.sampled_from(TOPICS)).map(tuple)),
    st.builds(Terms, st.just("place"), st.sets(st.sampled_from([-3, 7, 900, 1])).map(tuple)),
    st.builds(Term, st.just("lockstep"), st.sampled_from(["none", "found", "unknown"])),
    st.builds(
        Terms,
        st.just("audience"),
        st.sets(st.sampled_from(["FR/31", "JP/20", "7/50", "other/31", "FR/99"])).map(tuple),
    ),
    st.builds(Term, st.just("point"), st.sampled_from(["FR", "FR/FR-1", "BR/unknown/1.5,0.5"])),
    st.builds(
        Terms, st.just("uid"), st.sets(st.sampled_from(["tiktok:0", "bluesky:4", "no"])).map(tuple)
    ),
    st.builds(
        lambda ids: Among(IdSet(f"{PLATFORMS[i % 3]}:{i}" for i in ids)),
        st.sets(st.integers(0, 99)),
    ),
)
leaves = st.one_of(st.just(Anyone()), said(word_field), stands, stands, numbers, values)


def combined(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    several = st.lists(inner, max_size=4).map(tuple)
    return st.one_of(
        st.builds(And, several),
        st.builds(Or, several),
        st.builds(Best, several, st.sampled_from([0.0, 0.0, 0.5, 1.0])),
        st.builds(Not, inner),
        st.builds(Constant, inner, sixteenths),
        st.builds(Boost, inner, sixteenths),
        st.builds(Prefer, inner, several),
        blends(inner),
        st.builds(
            Scale, inner, st.lists(st.tuples(inner, sixteenths), max_size=3).map(tuple), sixteenths
        ),
    )


@st.composite
def blends(draw: st.DrawFn, inner: st.SearchStrategy[Any]) -> Blend:
    clauses = tuple(draw(st.lists(inner, min_size=1, max_size=5)))
    weights = tuple(draw(st.lists(positive, min_size=len(clauses), max_size=len(clauses))))
    least = draw(st.integers(1, int(sum(weights) * 16))) / 16
    return Blend(clauses, weights, least, draw(st.sampled_from([0.0, 0.5, 1.0, 2.0])))


nodes = st.recursive(leaves, combined, max_leaves=9)
orders = st.sampled_from(
    [
        Order("score"),
        Order("score"),
        Order("quality"),
        Order("followers"),
        Order("followers", descending=False),
        Order("engagement"),
        Order("posts_per_week"),
        Order("not_bought"),
        Order("name", descending=False),
        Order("name"),
    ]
)


@pytest.fixture(scope="module", params=["as shipped", "low thresholds"])
def worlds(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[World]]:
    folder = tmp_path_factory.mktemp("worlds")
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "low thresholds":
            patch.setattr(_rank, "_DIRECT", 4)
            patch.setattr(_rank, "_SAMPLE", 3)
            patch.setattr(_rank, "_CHUNK", 7)
            patch.setattr(_rank, "_PER_LISTED", 1_000_000)
            patch.setattr(_reach, "_MOST_LEVELS", 2)
            patch.setattr(_reach, "_STEPS", 2)
            patch.setattr(_reach, "_MANY", 10**9)
            patch.setattr(_reach, "_GROUPS", 2)
            patch.setattr(_match, "_STATES", 3)
            patch.setattr(_score, "SHORT", 4)
            patch.setattr(_score, "_TABLED", 2)
            patch.setattr(_count, "FEW_MATCH", 1_000)
            patch.setattr(_count, "_FIRST", 4)
            patch.setattr(_count, "_PIECE", 5)
            patch.setattr(_count, "_PER_BAND", 10**9)
            patch.setattr(_count, "COMMON", 6)
            patch.setattr(_sets, "SMALL", 0)
            for module in (_sets, _match, _standing):
                patch.setattr(module, "FEW", 3)
        found = [
            World(folder / "plain", 130, 0, 1),
            World(folder / "young", 90, 4, 2),
            World(folder / "tiny", 3, 2, 3),
        ]
        yield found
        for world in found:
            world.index.close()


law = settings(
    deadline=None,
    max_examples=70,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@law
@given(node=nodes)
def test_matches_and_scores(worlds: list[World], node: Node) -> None:
    for world in worlds:
        meant = {r.fields["uid"]: w for r in world.rows if (w := r.worth(node)) is not None}
        assert world.snapshot.count(node) == len(meant)
        assert world.snapshot.scores(node, world.ids) == meant


@law
@example(
    node=Blend(
        (Anyone(), Best((Anyone(), Term("platform", "tiktok")), rest=0.5)),
        weights=(0.0625, 0.0625),
        at_least=0.0625,
        power=0.0,
    ),
    order=Order("score"),
    size=1,
    skip=0,
)
@given(node=nodes, order=orders, size=st.sampled_from([1, 3, 20, 500]), skip=st.integers(0, 60))
def test_pages(worlds: list[World], node: Node, order: Order, size: int, skip: int) -> None:
    for world in worlds:
        whole = []
        for row in world.rows:
            worth = row.worth(node)
            if worth is None:
                continue
            if order.by == "score":
                value: Any = worth * row.fields["quality"] / 512
            else:
                value = row.fields["sort_name" if order.by == "name" else order.by]
            whole.append((value, row.fields["tie"], row.fields["uid"]))
        whole.sort(key=lambda e: e[1])
        whole.sort(key=lambda e: e[0], reverse=order.descending)
        start = min(skip, len(whole))
        after = (whole[start - 1][0], whole[start - 1][1]) if start else None
        page = world.snapshot.page(node, order, limit=size, after=after)
        assert [(e.value, e.tie, e.profile_id) for e in page] == whole[start : start + size]


@law
@given(node=nodes, between=st.tuples(sixteenths, st.integers(0, 1 << 62)))
def test_a_page_starts_between_entries(
    worlds: list[World], node: Node, between: tuple[float, int]
) -> None:
    for world in worlds:
        value, tie = between
        meant = sorted(
            (-w * r.fields["quality"] / 512, r.fields["tie"])
            for r in world.rows
            if (w := r.worth(node)) is not None
        )
        page = world.snapshot.page(node, Order("score"), limit=9, after=between)
        beyond = [e for e in meant if (e[0], e[1]) > (-value, tie)]
        assert [(-e.value, e.tie) for e in page] == beyond[:9]


FIELDS = ("platform", "country", "admin1", "topic", "language", "place", "point")


@law
@given(node=nodes, edges=st.lists(st.integers(1, 600), unique=True, max_size=4).map(sorted))
def test_values_and_bands(worlds: list[World], node: Node, edges: list[int]) -> None:
    for world in worlds:
        found = world.snapshot.values(node, FIELDS)
        meant: dict[str, dict[Any, int]] = {field: {} for field in FIELDS}
        cut = [0] * (len(edges) + 2)
        for row in world.rows:
            if row.worth(node) is None:
                continue
            for field in FIELDS:
                held = row.fields[field]
                for value in held if isinstance(held, list) else [held]:
                    meant[field][value] = meant[field].get(value, 0) + 1
            followers = row.fields["followers"]
            cut[0 if followers < 0 else 1 + sum(e <= followers for e in edges)] += 1
        assert found == meant
        assert world.snapshot.bands(node, "followers", edges) == cut
        assert world.snapshot.histogram(node, "followers", edges) == cut


@law
@given(filters=st.lists(nodes, max_size=4))
def test_funnels(worlds: list[World], filters: list[Node]) -> None:
    for world in worlds:
        holds = [[row.worth(f) is not None for f in filters] for row in world.rows]
        assert world.snapshot.funnel(filters) == [
            (
                sum(all(row[: i + 1]) for row in holds),
                sum(all(row[:i] + row[i + 1 :]) for row in holds),
            )
            for i in range(len(filters))
        ]


def test_vocabularies(worlds: list[World]) -> None:
    plain = worlds[0]
    held: dict[str, int] = {}
    for row in plain.rows:
        for w in {w for texts in row.texts.values() for text in texts for w in text}:
            held[w] = held.get(w, 0) + 1
    vocabulary = plain.snapshot.vocabulary
    assert vocabulary.n_creators == len(plain.rows)
    assert {w: vocabulary.frequency(w) for w in held} == held
    assert vocabulary.frequency("never") == 0
    for text in ("", "o", "oat", "陶", "#", "zz"):
        starting = sorted(w for w in held if w.startswith(text))
        assert vocabulary.starting(text, 3) == [(w, held[w]) for w in starting[:3]]
        ending = sorted((w for w in held if w.endswith(text)), key=lambda w: (-held[w], w))
        assert vocabulary.ending(text, 4) == [(w, held[w]) for w in ending[:4]]
    for world in worlds[1:]:
        for w, n in world.snapshot.vocabulary.starting("", 1_000):
            assert world.snapshot.vocabulary.frequency(w) == n
            assert n >= world.snapshot.count(Term("all", w))
