"""Search equals looking at every creator: sets, counts, facets, funnel, order, pages, radius."""

import os
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from influencr.geography import Area
from influencr.index.columns import ColumnIndex
from influencr.index.tantivy import TantivyIndex
from influencr.search import FACETS, GROWTH_MONTHS, SORTS, Query, Searcher, make_query
from influencr.search._words import parse_words
from influencr.testing.oracle import Oracle, World

AS_OF = datetime(2026, 3, 1, 12, tzinfo=UTC)

WORLD = World(
    {
        "Suva": (1, -18.14, 178.44, "FJ", "FJ-C"),
        "Apia": (2, -13.83, -171.76, "WS", None),  # across the antimeridian from Suva
        "Lyon": (3, 45.75, 4.85, "FR", "FR-ARA"),
        "Geneva": (4, 46.2, 6.14, "CH", "CH-GE"),
        "Tokyo": (5, 35.68, 139.69, "JP", "JP-13"),
        "Alert": (6, 82.5, -62.35, "CA", "CA-NU"),  # close to the pole
        "Nord": (7, 81.72, -17.8, "GL", None),
    }
)
VOCABULARY = [
    *("vegan", "Vegan", "food", "comédie", "Comedie", "gym", "makeup", "artist", "the", "Müller"),
    *("#vegan", "#ComidaSana", "@ana.b", "東京ラーメン", "ramen東京", "東", "مكياج", "كُومِيدِيّ"),
    *(
        "हिन्दी",
        "อาหาร",
        "🍜",
        "👍🏽",
        "👩🏽‍🍳",
        "❤️",
        "🇫🇷",
        "rock'n'roll",
        "e-mail",
        "foo_bar",
        "Œuvre",
    ),
    *("𝓿𝓮𝓰𝓪𝓷", "Ｆｏｏｄ", "한국", "C#", "24h", "straße", "makeup_artist"),
]
TYPED = [
    *VOCABULARY,
    *("veg*", "com*", "#veg*", "ラー*", "東京", "👍", "🍳", "👩", "ana", "ana.b", "bar", "strasse"),
    *(
        '"makeup artist"',
        '"vegan food"',
        '"the gym"',
        '"food ve*"',
        "-food",
        "-#vegan",
        '-"the gym"',
    ),
    *("mary_1", "@mary_1", "mary.k", "-gym", "e", "r*", "&", "makeup artist", "the vegan"),
]
#: How many times more examples than in the quick suite; `INFLUENCR_EXAMPLES=20` asks thousands.
MORE = int(os.environ.get("INFLUENCR_EXAMPLES", "1"))
PLATFORMS = ["tiktok", "bluesky", "mastodon"]
# "comédie", "gym" and "makeup" name topics of the lexicon, "vegan food" and "gym" are none of them.
TOPICS = ["food", "vegan food", "gym", "comedy", "fitness", "beauty & makeup"]


class Places:
    """The world as search asks for it."""

    def within(self, lat: float, lon: float, km: float) -> list[int]:
        from influencr.search._places import distance_km

        return [i for i, a, o, _, _ in WORLD.cities.values() if distance_km(lat, lon, a, o) <= km]

    def ask(self, text: str, *, within_km: float | None, near: bool, located: object) -> Area:
        place_id, lat, lon, country, region = WORLD.cities[text]
        km = within_km if within_km is not None else 50.0
        ids = np.array(self.within(lat, lon, km))
        return Area(
            text, text, "city", place_id, country, region, lat, lon, within_km=km, place_ids=ids
        )

    def in_words(self, text: str) -> None:
        """No word of the vocabulary is a place."""

    def country(self, text: str) -> str:
        return text

    def region(self, text: str) -> str:
        return text

    def country_label(self, code: str) -> str:
        return code


def text(rng: random.Random, most: int) -> str | None:
    n = rng.randint(0, most)
    joins = [" ", " ", " ", ", ", "\n"]
    return "".join(rng.choice(VOCABULARY) + rng.choice(joins) for _ in range(n)).strip() or None


def creator(rng: random.Random, number: int) -> dict[str, Any]:
    level = rng.choice(["city", "city", "city", "admin1", "country", None])
    place_id, lat, lon, country, region = rng.choice(list(WORLD.cities.values()))
    if level == "admin1" and region is None:
        level = "country"
    if rng.random() < 0.3:
        # Coordinates of their own, with the nearest city's id.
        lat, lon = lat + rng.uniform(-0.7, 0.7), lon + rng.uniform(-1.5, 1.5)
    handles = [f"mary_{number}", f"Mary.K{number}", f"veganfood{number}", None]
    hosts = {"mastodon": "@social.example", "bluesky": ".bsky.social"}
    platform = rng.choice(PLATFORMS)
    handle = rng.choice(handles)
    return {
        "profile_id": f"{platform}:{number}",
        "platform": platform,
        "handle": handle and handle + (hosts.get(platform, "") if rng.random() < 0.5 else ""),
        "display_name": text(rng, 2),
        "bio_text": text(rng, 6),
        "language": rng.choice(["en", "fr", "ja", None]),
        "place_level": level,
        "place_id": place_id if level == "city" else None,
        "lat": lat if level == "city" else None,
        "lon": lon if level == "city" else None,
        "country": country if level else None,
        "admin1": region if level in ("city", "admin1") else None,
        "topics": rng.sample(TOPICS, rng.randint(0, 3)),
        "followers": rng.choice([None, 0, 999, 1000, 5000, rng.randint(0, 10**7)]),
        "engagement_rate": rng.choice([None, None, 0.0, 0.02, 0.05, round(rng.random(), 4)]),
        "influence_percentile": rng.choice([None, None, 0.0, 90.0, 100.0, rng.uniform(0, 100)]),
        "closeness": rng.choice([None, 0.0, 0.25, round(rng.random(), 3)]),
        "activity_state": rng.choice(["active", "quiet", "dormant", "unknown"]),
        "last_post_at": rng.choice(
            [None, AS_OF - timedelta(days=30), AS_OF - timedelta(days=rng.randint(0, 400))]
        ),
        "posts_per_week": rng.choice([None, 0.5, 1.0, 7.25]),
        "verdict": rng.choice(["unknown", "unknown", "vetted", "looks_inflated"]),
        "label": rng.choice(["unknown", "creator", "public_figure", "celebrity", "brand"]),
        "post_text": text(rng, 12),
        **audience(rng),
    }


def audience(rng: random.Random) -> dict[str, Any]:
    """What vetting and the audience's places say; each may be unknown by itself."""
    codes = rng.sample(["FR", "JP", "FR-ARA", "3"], rng.randint(0, 3))
    lows = [rng.choice([0.0, 0.29, 0.3, 0.57, round(rng.random(), 4)]) for _ in codes]
    return {
        "audience_codes": [*codes, "other"] if codes else None,
        "audience_labels": [*codes, "other countries"] if codes else None,
        **{f"audience_{n}": [*lows, 0.5] if codes else None for n in ("lows", "shares", "highs")},
        "contact_email": rng.choice([None, "ana@shop.example"]),
        "bought_high": rng.choice([None, 0.0, 0.05, 0.15, round(rng.random(), 4)]),
        "lockstep": rng.choice([None, "none", "none", "found"]),
        "engagement_anomaly": rng.choice([None, "none", "found"]),
        "followers_seen": rng.choice([None, 0, 1, 300, rng.randint(0, 5_000)]),
        **{
            f"growth_{months}m_relative": rng.choice([None, -0.5, 0.0, 0.2, round(rng.random(), 4)])
            for months in (1, 3, 6, 12)
        },
        "account_created_at": rng.choice(
            [None, AS_OF - timedelta(days=365), AS_OF - timedelta(days=rng.randint(0, 4_000))]
        ),
    }


SCHEMA = {
    "profile_id": pl.String,
    "platform": pl.String,
    "handle": pl.String,
    "display_name": pl.String,
    "bio_text": pl.String,
    "language": pl.String,
    "place_level": pl.String,
    "place_id": pl.Int64,
    "lat": pl.Float64,
    "lon": pl.Float64,
    "country": pl.String,
    "admin1": pl.String,
    "topics": pl.List(pl.String),
    "followers": pl.Int64,
    "engagement_rate": pl.Float64,
    "influence_percentile": pl.Float64,
    "closeness": pl.Float64,
    "activity_state": pl.String,
    "last_post_at": pl.Datetime("us", "UTC"),
    "posts_per_week": pl.Float64,
    "verdict": pl.String,
    "label": pl.String,
    "post_text": pl.String,
    "audience_codes": pl.List(pl.String),
    "audience_labels": pl.List(pl.String),
    **{f"audience_{n}": pl.List(pl.Float64) for n in ("lows", "shares", "highs")},
    "contact_email": pl.String,
    "bought_high": pl.Float64,
    "lockstep": pl.String,
    "engagement_anomaly": pl.String,
    "followers_seen": pl.Int64,
    **{f"growth_{months}m_relative": pl.Float64 for months in (1, 3, 6, 12)},
    "account_created_at": pl.Datetime("us", "UTC"),
}


def frame(rows: list[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=SCHEMA)


class Corpus:
    """An index that lived (built, then changed in several commits) and the oracle of its rows."""

    def __init__(self, folder: Path, make: type[Any], seed: int, n: int) -> None:
        rng = random.Random(seed)
        rows = {r["profile_id"]: r for r in (creator(rng, i) for i in range(n))}
        self.index = make(folder / f"index-{seed}")
        built = frame(list(rows.values()))
        self.index.build(built, as_of=AS_OF)
        for round_ in range(3):
            for gone in rng.sample(sorted(rows), n // 12):
                del rows[gone]
                self.index.delete([gone])
            changed = [
                {**creator(rng, 0), "profile_id": p, "platform": rows[p]["platform"]}
                for p in rng.sample(sorted(rows), n // 8)
            ]
            fresh = [creator(rng, 10_000 * (round_ + 1) + i) for i in range(n // 12)]
            self.index.upsert(frame(changed + fresh))
            self.index.commit()
            rows.update({r["profile_id"]: r for r in changed + fresh})
        self.n = len(rows)
        self.searcher = Searcher(self.index, places=Places())
        self.oracle = Oracle(
            frame(list(rows.values())),
            as_of=AS_OF,
            world=WORLD,
            vocabulary=self.index.snapshot().vocabulary,
            rates=built,
        )


@pytest.fixture(scope="module")
def corpora(tmp_path_factory: pytest.TempPathFactory) -> list[Corpus]:
    folder = tmp_path_factory.mktemp("oracle")
    made = ((ColumnIndex, 1, 30), (ColumnIndex, 2, 90), (TantivyIndex, 3, 60))
    return [Corpus(folder, make, seed, n) for make, seed, n in made]


some = st.sampled_from
_OF_AUDIENCE: dict[str, list[Any]] = {
    "has_contact": [True],
    "bought_share_max": [0.0, 0.05, 0.3, 1.0],
    "lockstep": [("none",), ("found", "unknown")],
    "engagement_anomaly": [("none",), ("found",)],
    "followers_seen_min": [0, 1, 300, 1_000],
    "account_days_min": [0, 365, 2_000],
    "growth_min": [-0.5, 0.0, 0.2, 0.5],
}


@st.composite
def queries(draw: st.DrawFn) -> Query:
    fields: dict[str, Any] = {
        "text": " ".join(draw(st.lists(some(TYPED), max_size=3))),
        "sort": draw(some(SORTS)),
        "everything": draw(st.booleans()),
        "limit": 1000,
        "growth_months": draw(some(GROWTH_MONTHS)),
    }
    if set(fields["text"]) <= set("& "):
        fields["text"] = ""  # a text of nothing but signs is refused, tested elsewhere

    def maybe(name: str, strategy: st.SearchStrategy[Any]) -> None:
        if draw(some([True, False, False])):
            fields[name] = draw(strategy)

    maybe("near", some(sorted(WORLD.cities)))
    if "near" in fields:
        fields["within_km"] = draw(some([1.0, 50.0, 125.0, 1200.0, 9000.0, 20000.0]))
        fields["include_region_level"] = draw(st.booleans())
    maybe("country", st.lists(some(["FR", "JP", "FJ", "unknown"]), min_size=1, max_size=2))
    maybe("platform", st.lists(some(PLATFORMS), min_size=1, max_size=2))
    maybe("language", st.lists(some(["en", "ja", "unknown"]), min_size=1, max_size=2))
    maybe("topic", st.lists(some(TOPICS), min_size=1, max_size=2))
    maybe("followers_min", some([0, 999, 1000, 100_000]))
    maybe("followers_max", some([100_000, 5_000_000]))
    maybe("engagement_min", some([0.0, 0.02, 0.05, 0.3]))
    maybe("active_within_days", some([0, 30, 200]))
    maybe("influence_min", some([0.0, 50.0, 90.0, 100.0]))
    maybe("closeness_min", some([0.0, 0.25, 0.9]))
    maybe("posts_per_week_min", some([0.5, 2.0]))
    maybe("audience_place", st.lists(some(["FR", "JP", "FR-ARA"]), min_size=1, max_size=2))
    if "audience_place" in fields:
        maybe("audience_share_min", some([0.0, 0.01, 0.29, 0.3, 0.57, 1.0]))
    # Rare in what people ask, and each leaves few: not all of them in every example.
    for name, values in _OF_AUDIENCE.items():
        if draw(some([True, *[False] * 5])):
            fields[name] = draw(some(values))
    maybe("verdict", st.lists(some(["unknown", "looks_inflated"]), min_size=1, max_size=2))
    maybe("label", st.lists(some(["brand", "creator"]), min_size=1, max_size=2))
    maybe("activity", st.lists(some(["active", "dormant"]), min_size=1, max_size=2))
    maybe(
        "exclude", st.lists(some(["mary_1", "@mary.k7", "tiktok:5", "tiktok:@mary_3"]), min_size=1)
    )
    return make_query(**fields)


def counted(values: tuple[Any, ...]) -> dict[str, int]:
    return {v.value: v.count for v in values if v.count}


@settings(deadline=None, max_examples=150 * MORE, suppress_health_check=[HealthCheck.too_slow])
@given(query=queries(), which=st.integers(0, 2))
def test_results_equal_brute_force(query: Query, which: int, corpora: list[Corpus]) -> None:
    corpus = corpora[which]
    expected = corpus.oracle.search(query)
    found = corpus.searcher.search(query)
    assert [h.profile_id for h in found.hits] == expected.ids
    assert {h.profile_id: h.score for h in found.hits} == expected.scores
    assert found.total == len(expected.ids)
    assert found.n_all == expected.n_all
    assert {f: counted(v) for f, v in found.facets.items()} == expected.facets
    assert [(s.filter, s.left, s.removed, s.without) for s in found.funnel] == expected.funnel
    assert sum(s.removed for s in found.funnel) == corpus.n - found.total
    assert found.unlocated == expected.unlocated


@settings(deadline=None, max_examples=40 * MORE, suppress_health_check=[HealthCheck.too_slow])
@given(query=queries(), which=st.integers(0, 2), size=st.integers(1, 9))
def test_pages_are_one_list(query: Query, which: int, size: int, corpora: list[Corpus]) -> None:
    searcher = corpora[which].searcher
    whole = [h.profile_id for h in searcher.search(query).hits]
    paged: list[str] = []
    after: str | None = None
    while True:
        page = searcher.search(msgspec.structs.replace(query, limit=size, after=after))
        paged += [h.profile_id for h in page.hits]
        if (after := page.next) is None:
            break
    assert paged == whole
    assert [h.profile_id for h in searcher.every(query)] == whole


@settings(deadline=None, max_examples=40 * MORE, suppress_health_check=[HealthCheck.too_slow])
@given(query=queries(), which=st.integers(0, 2), skip=st.integers(0, 5))
def test_a_file_says_the_same_figures_as_the_hits(
    query: Query, which: int, skip: int, corpora: list[Corpus]
) -> None:
    searcher = corpora[which].searcher
    hits = searcher.search(query).hits
    told = list(searcher.told(query))
    assert [(row, score, km) for row, score, km in told] == [
        (hit.creator, hit.score, hit.distance_km) for hit in hits
    ]
    # A file may begin where a page ended.
    if 0 < skip < len(hits):
        cursor = searcher.search(msgspec.structs.replace(query, limit=skip)).next
        rest = searcher.told(msgspec.structs.replace(query, after=cursor))
        assert [row["profile_id"] for row, _, _ in rest] == [h.profile_id for h in hits[skip:]]


@settings(deadline=None, max_examples=40 * MORE, suppress_health_check=[HealthCheck.too_slow])
@given(query=queries(), which=st.integers(0, 2))
def test_every_hit_says_why_and_multiplies_out(
    query: Query, which: int, corpora: list[Corpus]
) -> None:
    hits = corpora[which].searcher.search(query).hits
    has_words = bool(parse_words(query.text).required)
    for hit in hits:
        product = 1.0
        for factor in hit.parts.values():
            product *= factor
        assert product == hit.score
        if has_words:
            soft = sum(p.points for p in hit.words if p.is_soft) * hit.coverage
            strict = sum(p.points for p in hit.words if not p.is_soft)
            assert hit.parts["words"] == soft + strict + (hit.run.points if hit.run else 0)
        assert bool(hit.why) or not has_words
        for match in hit.why:
            assert match.spans
            assert all(0 <= a < b <= len(match.text) for a, b in match.spans)
    if query.sort == "relevance":
        scores = [h.score for h in hits]
        assert scores == sorted(scores, reverse=True)


@settings(deadline=None, max_examples=40 * MORE, suppress_health_check=[HealthCheck.too_slow])
@given(query=queries(), more=queries(), which=st.integers(0, 2))
def test_a_filter_never_adds_results(
    query: Query, more: Query, which: int, corpora: list[Corpus]
) -> None:
    searcher = corpora[which].searcher
    default = Query()
    before = {h.profile_id for h in searcher.every(query)}
    for name in ("country", "platform", "language", "topic", "verdict", "label", "activity"):
        added = getattr(more, name)
        # A value beside the present ones widens (OR inside a filter): only a new filter narrows.
        # Choosing a hidden value by name replaces the default exclusion, which is no narrowing.
        if not added or getattr(query, name):
            continue
        if name in ("verdict", "label", "activity") and not query.everything:
            continue
        after = {
            h.profile_id for h in searcher.every(msgspec.structs.replace(query, **{name: added}))
        }
        assert after <= before
    changes = {
        "audience_place": {"audience_share_min": more.audience_share_min},
        "near": {"within_km": more.within_km},
    }
    for name in (
        *("near", "followers_min", "engagement_min", "influence_min", "active_within_days"),
        *("audience_place", *_OF_AUDIENCE),
    ):
        added = getattr(more, name)
        if not added or getattr(query, name) not in (None, getattr(default, name)):
            continue
        change = {name: added} | changes.get(name, {})
        after = {h.profile_id for h in searcher.every(msgspec.structs.replace(query, **change))}
        assert after <= before


@settings(deadline=None, max_examples=40 * MORE, suppress_health_check=[HealthCheck.too_slow])
@given(query=queries(), which=st.integers(0, 2))
def test_a_loosening_adds_what_it_says(query: Query, which: int, corpora: list[Corpus]) -> None:
    searcher = corpora[which].searcher
    found = searcher.search(query)
    for suggestion in found.loosenings:
        assert suggestion.adds > 0
        changed = msgspec.structs.replace(query, **suggestion.change)
        assert searcher.count(changed) == found.total + suggestion.adds


@settings(deadline=None, max_examples=40 * MORE, suppress_health_check=[HealthCheck.too_slow])
@given(query=queries(), which=st.integers(0, 2), seed=st.integers(0, 1_000))
def test_explanations_say_what_the_results_say(
    query: Query, which: int, seed: int, corpora: list[Corpus]
) -> None:
    corpus = corpora[which]
    rank = {h.profile_id: i for i, h in enumerate(corpus.searcher.search(query).hits)}
    asked = random.Random(seed).sample([r["profile_id"] for r in corpus.oracle.rows], 2)
    told = {p: corpus.searcher.explain(query, p) for p in asked}
    for profile_id, explained in told.items():
        assert explained.found == (profile_id in rank)
        assert explained.found == all(check.passed for check in explained.filters)
        assert explained.hit is not None
        assert explained.missing == tuple(p.piece for p in explained.hit.words if not p.found)
    compared = corpus.searcher.compare(query, *asked)
    assert {compared.upper.profile_id, compared.lower.profile_id} == set(asked)
    places = [rank.get(c.profile_id, len(rank)) for c in (compared.upper, compared.lower)]
    assert places == sorted(places)
    assert compared.because


@settings(deadline=None, max_examples=25 * MORE, suppress_health_check=[HealthCheck.too_slow])
@given(
    query=queries(),
    rates=st.tuples(st.floats(0, 1), st.floats(0, 1)),
    followers=st.integers(0, 10**9),
)
def test_more_engagement_never_ranks_lower(
    query: Query, rates: tuple[float, float], followers: int, tmp_path_factory: Any
) -> None:
    """Two creators alike in everything but engagement; followers never matter to relevance."""
    rng = random.Random(7)
    rows = [creator(rng, i) for i in range(6)]
    twin = {**rows[0], "platform": "tiktok"}
    low, high = sorted(rates)
    rows += [
        {**twin, "profile_id": "tiktok:low", "engagement_rate": low, "followers": followers},
        {**twin, "profile_id": "tiktok:high", "engagement_rate": high},
    ]
    with ColumnIndex(tmp_path_factory.mktemp("twins")) as index:
        index.build(frame(rows), as_of=AS_OF)
        asked = make_query(text=query.text, everything=True)
        hits = Searcher(index, places=Places()).search(asked).hits
    scores = {h.profile_id: h.score for h in hits}
    assert ("tiktok:low" in scores) == ("tiktok:high" in scores)
    if "tiktok:low" in scores:
        assert scores["tiktok:low"] <= scores["tiktok:high"]


def test_facets_cover_all_names() -> None:
    assert set(FACETS) == set(Query().facets)
