"""The questions: how common the words are, how they are joined, and who is let through.

    4 classes of words    rare, mid, common, very common (by rank in the invented vocabulary)
    3 shapes              one word, both of 2, any of 3
    6 filters             none, a country, six vetting conditions, a radius of 10, 50 or 200 km
    `each`                questions of every kind: 5 make a log of 360

No question is in two logs: engines are warmed up with logs of their own, and nobody can answer one
that is measured from a memory of answers.
"""

from __future__ import annotations

import itertools
from datetime import timedelta

import msgspec
import numpy as np
from benchmarks.search_speed.creators import AS_OF, PLATFORMS, SEED, World, world

from influencr.geography import distance_km

__all__ = ["CLASSES", "FILTERS", "SHAPES", "Question", "Radius", "Vetting", "logs"]

#: class -> ranks that its words are drawn from.
CLASSES = {
    "rare": (20_000, 90_000),
    "mid": (1_500, 8_000),
    "common": (60, 400),
    "very common": (0, 20),
}
#: shape -> how many words.
SHAPES = {"one": 1, "and2": 2, "or3": 3}
FILTERS = ("none", "country", "conditions", "10 km", "50 km", "200 km")

#: Tags exist in fewer ranks than words, so only frequent classes draw from them.
_WITH_TAGS = ("common", "very common")
#: A rare word and another rare one are never in the same bio: the second is a frequent one.
_PAIRED = ("rare", "mid")
_MOST_FREQUENT = 20
#: No place lies this close to the rim, in km, so that the engines' rounding of coordinates (a
#: centimetre in Lucene) decides nothing.
_RIM = 0.002


class Vetting(msgspec.Struct, frozen=True):
    """The six conditions; all have to hold. last_post in seconds since 1970."""

    platform: str
    followers_min: int
    followers_max: int
    engagement_min: float
    last_post_min: int
    posts_per_week_min: float
    verdict: str


class Radius(msgspec.Struct, frozen=True):
    """Everybody within km of a point by great circle."""

    lat: float
    lon: float
    km: float


class Question(msgspec.Struct, frozen=True):
    """One question.

    any_word   True: creators with any of the words; False: with all of them
    """

    number: int
    frequency: str
    shape: str
    filter: str
    words: tuple[str, ...]
    any_word: bool
    country: str | None = None
    vetting: Vetting | None = None
    radius: Radius | None = None


def logs(*sizes: int) -> list[list[Question]]:
    """A log per size, of so many questions of every kind in the order of the kinds; none twice."""
    rng = np.random.default_rng([SEED, 2])
    known = world()
    seen: set[object] = set()
    found = []
    for each in sizes:
        log: list[Question] = []
        for frequency, shape, name, _ in itertools.product(CLASSES, SHAPES, FILTERS, range(each)):
            while True:
                drawn = _question(len(log), frequency, shape, name, known, rng)
                filters = (drawn.country, drawn.vetting, drawn.radius)
                asked = (frozenset(drawn.words), drawn.any_word, *filters)
                if asked not in seen:
                    break
            seen.add(asked)
            log.append(drawn)
        found.append(log)
    return found


def _question(
    number: int, frequency: str, shape: str, name: str, known: World, rng: np.random.Generator
) -> Question:
    words: dict[str, None] = {}
    while len(words) < SHAPES[shape]:
        words[_word(frequency, known, rng)] = None
    chosen = list(words)
    if frequency in _PAIRED and shape == "and2":
        chosen[1] = known.words[int(rng.integers(_MOST_FREQUENT))]
    country, vetting, radius = None, None, None
    if name == "country":
        country = known.countries[int(rng.integers(12))]
    elif name == "conditions":
        vetting = _vetting(rng)
    elif name.endswith("km"):
        radius = _radius(float(name.removesuffix("km")), known, rng)
    return Question(
        number=number,
        frequency=frequency,
        shape=shape,
        filter=name,
        words=tuple(chosen),
        any_word=shape.startswith("or"),
        country=country,
        vetting=vetting,
        radius=radius,
    )


def _word(frequency: str, known: World, rng: np.random.Generator) -> str:
    low, high = CLASSES[frequency]
    while True:
        tagged = frequency in _WITH_TAGS and rng.random() < 0.5
        word: str = (known.tags if tagged else known.words)[int(rng.integers(low, high))]
        if word.isascii():
            return word


def _vetting(rng: np.random.Generator) -> Vetting:
    low, high = ((1_000, 50_000), (5_000, 100_000), (10_000, 250_000))[int(rng.integers(3))]
    days = int(rng.choice([30, 60, 90]))
    return Vetting(
        platform=PLATFORMS[int(rng.integers(3))],
        followers_min=low,
        followers_max=high,
        engagement_min=float(rng.choice([0.01, 0.02, 0.03])),
        last_post_min=int((AS_OF - timedelta(days=days)).timestamp()),
        posts_per_week_min=float(rng.choice([0.5, 1.0, 2.0])),
        verdict="vetted",
    )


def _radius(km: float, known: World, rng: np.random.Generator) -> Radius:
    while True:
        at = int(np.searchsorted(known.place_sums, rng.random()))
        lat = float(known.place_lat[at] + rng.normal(0, 0.03))
        lon = float(known.place_lon[at] + rng.normal(0, 0.03))
        if not (-89 < lat < 89 and -178 < lon < 178):
            continue
        away = distance_km(known.place_lat, known.place_lon, centre=(lat, lon))
        if float(np.abs(away - km).min()) > _RIM:
            return Radius(lat, lon, km)
