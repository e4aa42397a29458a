"""Creators that do not exist: frames of any number of them, the same for everybody who asks.

Shape of the invented world (our own choice, after the reference corpus of docs/benchmarks):

    words     200,000 made of syllables, falling by Zipf's law, so that the commonest stands in
              about every fourth creator and most in a handful; 4 % Chinese characters, emoji
    topics    20,000 tag words in posts, one in three of them written as a hashtag
    texts     5-40 words of bio, 10-60 words of posts in lines of 8
    places    the 40,000 most populous towns of the 120 countries with most people in towns, from
              the gazetteer, by population; 8 % of creators known by country only, 7 % not at all
    numbers   lognormal followers, engagement falling with them, exponential days of silence

Every batch has a random generator of its own: batch 7 is the same whether or not 0 to 6 were made.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl

from influencr.geography import Gazetteer
from influencr.geography.gazetteer._format import PlaceKind

__all__ = ["AS_OF", "PLATFORMS", "World", "batch_of", "frames", "world"]

AS_OF = datetime(2026, 1, 1, tzinfo=UTC)
SEED = 20_260_401

N_WORDS, N_TAGS = 200_000, 20_000
N_PLACES, N_COUNTRIES = 40_000, 120
N_TOPICS = 300
#: Creators per batch: about 100 MB while it is made.
BATCH = 25_000
LINE = 8

PLATFORMS = ("tiktok", "instagram", "youtube", "bluesky", "mastodon")
_PLATFORM_SHARES = (0.3, 0.3, 0.2, 0.12, 0.08)
#: The language that most write there; elsewhere English.
_SPOKEN = {
    **dict.fromkeys(("ES", "MX", "CO", "AR", "PE", "VE", "CL", "EC", "GT", "CU", "BO", "DO"), "es"),
    **dict.fromkeys(("BR", "PT", "AO", "MZ"), "pt"),
    **dict.fromkeys(("FR", "CI", "CM", "SN", "ML", "BF", "CD", "HT"), "fr"),
    **dict.fromkeys(("DE", "AT", "CH"), "de"),
    **dict.fromkeys(("EG", "DZ", "MA", "IQ", "SA", "SY", "YE", "SD", "TN", "JO", "AE"), "ar"),
    **dict.fromkeys(("RU", "BY", "KZ"), "ru"),
    **dict.fromkeys(("CN", "TW"), "zh"),
    **{"JP": "ja", "KR": "ko", "IN": "hi", "IT": "it", "TR": "tr", "ID": "id", "NL": "nl"},
    **{"PL": "pl", "UA": "uk", "VN": "vi", "TH": "th", "IR": "fa", "RO": "ro", "GR": "el"},
}
_LANGUAGES = tuple(sorted({"en", *_SPOKEN.values()}))
_VERDICTS = ("vetted", "needs_a_look", "looks_inflated", "unknown")
_VERDICT_SHARES = (0.45, 0.15, 0.08, 0.32)
_LABELS = ("creator", "unknown", "brand", "bot", "group", "celebrity")
_LABEL_SHARES = (0.62, 0.26, 0.06, 0.03, 0.02, 0.01)
_ONSETS = ["", *"bcdfghklmnprstvwz", "br", "st", "tr", "ch"]
_SYLLABLES = [a + b for a in _ONSETS for b in ("a", "e", "i", "o", "u", "ai", "ou")]

type Numbers = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class World:
    """What all batches draw from. Arrays of one length n per kind; word arrays hold str.

    words, tags           most frequent first
    word_sums, tag_sums   cumulative shares of them, the last one 1
    place_sums            cumulative shares of the places, largest place first
    place_*               columns of the places; country, admin1, name and label hold str or None
    country_ids           country code -> place id of the country
    """

    words: Numbers
    tags: Numbers
    word_sums: Numbers
    tag_sums: Numbers
    place_sums: Numbers
    place_id: Numbers
    place_name: Numbers
    place_label: Numbers
    place_country: Numbers
    place_admin1: Numbers
    place_lat: Numbers
    place_lon: Numbers
    country_ids: dict[str, int]
    countries: list[str]


@functools.cache
def world() -> World:
    """The world of SEED; takes about two seconds, once per process.

    Raises HomeError where the gazetteer was not built.
    """
    rng = np.random.default_rng([SEED, 0])
    words = _made_up(rng, N_WORDS)
    han = [chr(c) for c in range(0x4E00, 0x5200)]
    for at in rng.choice(np.arange(40, N_WORDS), N_WORDS // 25, replace=False):
        words[at] = "".join(rng.choice(han, int(rng.integers(2, 5))))
    emoji = [chr(c) for c in range(0x1F32D, 0x1F380)]
    for i, at in enumerate(rng.choice(np.arange(200, N_WORDS), 500, replace=False)):
        words[at] = emoji[i % len(emoji)]
    tags = np.array(["t" + word for word in _made_up(rng, N_TAGS)], dtype=object)
    return World(
        words=words,
        tags=tags,
        word_sums=_zipf(N_WORDS, 1.05, 2.7),
        tag_sums=_zipf(N_TAGS, 0.9, 2.7),
        **_places(),
    )


def _places() -> dict[str, Any]:
    gazetteer = Gazetteer.load()
    people = np.asarray(gazetteer.populations)
    city = np.asarray(gazetteer.kinds) == PlaceKind.CITY
    country = np.asarray(gazetteer.countries)
    lats = np.asarray(gazetteer.lats)
    usable = city & (people > 0) & ~np.isnan(lats) & (country < len(gazetteer.country_codes))
    sums = np.bincount(country[usable], weights=people[usable])
    largest = np.argsort(-sums, kind="stable")[:N_COUNTRIES]
    rows = np.flatnonzero(usable & np.isin(country, largest))
    rows = rows[np.argsort(-people[rows], kind="stable")][:N_PLACES]
    found = [gazetteer.at(int(row)) for row in rows]
    shares = np.cumsum(people[rows].astype(np.float64))
    codes = [gazetteer.country_codes[int(c)] for c in largest]
    return {
        "place_sums": shares / shares[-1],
        "place_id": np.array([p.id for p in found]),
        "place_name": np.array([p.name for p in found], dtype=object),
        "place_label": np.array([p.label for p in found], dtype=object),
        "place_country": np.array([p.country for p in found], dtype=object),
        "place_admin1": np.array([p.admin1 for p in found], dtype=object),
        "place_lat": np.array([p.lat for p in found], dtype=np.float64),
        "place_lon": np.array([p.lon for p in found], dtype=np.float64),
        "country_ids": {c: int(gazetteer.ids[gazetteer.country_row[c]]) for c in codes},
        "countries": codes,
    }


def batch_of(n: int) -> int:
    """Creators per batch in a world of n: a tiny world is drawn in one of its own size."""
    return min(n, BATCH)


def frames(n: int, *, first: int = 0, batch: int = BATCH) -> Iterator[pl.DataFrame]:
    """Creators `first` to `first + n - 1` as creators frames, in order.

    first   has to be a multiple of `batch`, and `batch` the same for frames that should agree

    Creator i has the profile id "<platform>:<i>".
    """
    if first % batch:
        raise ValueError(f"first: {first} is no multiple of {batch}, the creators of a batch.")
    for start in range(first, first + n, batch):
        yield _frame(start, min(batch, first + n - start), batch)


def _frame(start: int, n: int, batch: int) -> pl.DataFrame:
    """One batch: drawn whole and cut, so that a last, shorter one begins like a whole one."""
    known = world()
    rng = np.random.default_rng([SEED, 1, batch, start // batch])
    lengths = rng.integers(5, 41, batch)
    post_lengths = rng.integers(10, 61, batch)
    bios = _texts(rng, known.words, known.word_sums, lengths)
    tag_ranks = _draw(rng, known.tag_sums, int(post_lengths.sum()))
    posts, topics = _posts(rng, known.tags, tag_ranks, post_lengths)
    names = known.words[_draw(rng, known.word_sums, batch * 3)].reshape(batch, 3)
    place = _draw(rng, known.place_sums, batch)
    how = rng.choice(3, batch, p=(0.85, 0.08, 0.07))
    followers = np.clip(rng.lognormal(8.6, 1.7, batch), 20, 5e8).astype(np.int64)
    rate = rng.lognormal(-3.3, 0.8, batch) * (1 - 0.2 * (followers > 100_000))
    rate = np.where(rng.random(batch) < 0.7, np.clip(rate, 0, 0.6).round(5), np.nan)
    days = np.minimum(rng.exponential(35, batch), 1_500)
    seen = rng.random(batch) < 0.95
    platform = rng.choice(len(PLATFORMS), batch, p=_PLATFORM_SHARES)
    spoken = np.array([_SPOKEN.get(c, "en") for c in known.place_country[place]], dtype=object)
    others = np.array(_LANGUAGES, dtype=object)[rng.integers(0, len(_LANGUAGES), batch)]
    language = np.where(rng.random(batch) < 0.78, spoken, others)
    weekly = rng.exponential(3.0, batch).round(2)
    verdict = rng.choice(len(_VERDICTS), batch, p=_VERDICT_SHARES)
    label = rng.choice(len(_LABELS), batch, p=_LABEL_SHARES)
    active = np.where(days <= 30, "active", np.where(days <= 90, "quiet", "dormant"))
    country = known.place_country[place]
    country_id = np.array([known.country_ids[c] for c in country])
    in_city, located = how == 0, how < 2
    frame = pl.DataFrame(
        {
            "profile_id": [f"{PLATFORMS[p]}:{start + i}" for i, p in enumerate(platform)],
            "platform": [PLATFORMS[p] for p in platform],
            "handle": [f"{a}_{c}{start + i}" for i, (a, _, c) in enumerate(names)],
            "display_name": [f"{a} {b}".title() for a, b, _ in names],
            "bio_text": bios,
            "language": language,
            "place_level": np.where(in_city, "city", np.where(located, "country", "unknown")),
            "place_id": _where(located, np.where(in_city, known.place_id[place], country_id)),
            "place_name": _where(in_city, known.place_name[place]),
            "place_label": _where(in_city, known.place_label[place]),
            "country": _where(located, country),
            "admin1": _where(in_city, known.place_admin1[place]),
            "lat": _where(in_city, known.place_lat[place]),
            "lon": _where(in_city, known.place_lon[place]),
            "place_reason": np.where(located, "declared", "nothing declared"),
            "topics": topics,
            "followers": followers,
            "activity_state": _where(seen, active),
            "last_post_at": _where(seen, [AS_OF - timedelta(days=float(d)) for d in days]),
            "posts_per_week": _where(seen, weekly),
            "engagement_rate": _where(~np.isnan(rate), rate),
            "verdict": [_VERDICTS[v] for v in verdict],
            "label": [_LABELS[x] for x in label],
            "post_text": posts,
            "n_posts_seen": (post_lengths + LINE - 1) // LINE,
            "source": ["benchmark"] * batch,
            "fetched_at": [AS_OF] * batch,
            "licence": ["synthetic"] * batch,
        },
        schema_overrides={
            "place_id": pl.Int64,
            "last_post_at": pl.Datetime("us", "UTC"),
            "fetched_at": pl.Datetime("us", "UTC"),
        },
        strict=False,
    )
    return frame.head(n)


def _where(known: Numbers, values: Any) -> list[Any]:
    """Values, None where not known."""
    plain = values.tolist() if isinstance(values, np.ndarray) else values
    return [value if k else None for k, value in zip(known.tolist(), plain, strict=True)]


def _texts(rng: np.random.Generator, words: Numbers, sums: Numbers, lengths: Numbers) -> list[str]:
    drawn = words[_draw(rng, sums, int(lengths.sum()))].tolist()
    ends = np.cumsum(lengths).tolist()
    return [" ".join(drawn[e - k : e]) for e, k in zip(ends, lengths.tolist(), strict=True)]


def _posts(
    rng: np.random.Generator, tags: Numbers, ranks: Numbers, lengths: Numbers
) -> tuple[list[str], list[list[str]]]:
    """(posts in lines, the topics of each creator: up to 4 of N_TOPICS, by their first words)."""
    signed = rng.random(len(ranks)) < 1 / 3
    plain = tags[ranks]
    written = np.where(signed, "#" + plain, plain).tolist()
    of_topic = (ranks % N_TOPICS).tolist()
    posts, topics = [], []
    end = 0
    for length in lengths.tolist():
        start, end = end, end + length
        posts.append(
            "\n".join(" ".join(written[a : min(a + LINE, end)]) for a in range(start, end, LINE))
        )
        topics.append([f"theme{t}" for t in dict.fromkeys(of_topic[start : start + 4])])
    return posts, topics


def _zipf(n: int, power: float, shift: float) -> Numbers:
    sums = np.cumsum(1 / np.power(np.arange(1, n + 1) + shift, power))
    return sums / sums[-1]


def _draw(rng: np.random.Generator, sums: Numbers, n: int) -> Numbers:
    return np.minimum(np.searchsorted(sums, rng.random(n)), len(sums) - 1)


def _made_up(rng: np.random.Generator, n: int) -> Numbers:
    """n different words of two to four syllables and at least three letters."""
    found: dict[str, None] = {}
    while len(found) < n:
        for picks in rng.integers(0, len(_SYLLABLES), (n, 4)).tolist():
            word = "".join(_SYLLABLES[i] for i in picks[: 2 + picks[0] % 3])
            if len(word) > 2:
                found[word] = None
    return np.array(list(found)[:n], dtype=object)
