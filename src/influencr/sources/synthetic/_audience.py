"""Profiles of the audience, many at a time: names, handles, short bios, counts.

Three bios in ten tell a place, in the words in which creators tell theirs.

Handles are unique by construction: first name, last name and number are the digits of an
account's rank among the speakers of its language, and no first name is in two languages. One
that a creator already has gets two noughts more.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from influencr.sources.synthetic._cast import DAY, MIGRATIONS, Cast
from influencr.sources.synthetic._random import Array, scatter, stream
from influencr.sources.synthetic._sellers import looks_of
from influencr.sources.synthetic._sizes import Parameters
from influencr.sources.synthetic._texts import SECTIONS, Texts
from influencr.sources.synthetic._words import Words

__all__ = ["Audience"]

#: Share of the bios that tell where somebody is. Bios are rare among followers, so about one
#: follower in eleven is known to a place: between new accounts of an open network (6 % of all
#: have such words) and short-video creators (flags alone in 17 %), both counted on real samples.
#: Who tells does not depend on where they are, so that planted truth can be compared with counts.
_TELLS_PLACE = 0.3

#: Shares of ordinary accounts with eight digits in their handle, and with one of the bios below.
_NUMBERED, _PASTES = 0.09, 0.012
#: What lazy sellers paste into many accounts, and a few people write themselves.
_PASTED = (
    "Life is beautiful",
    "love travel music",
    "Crypto | Fitness | Travel",
    "Living my best life ✨",
    "follow for follow",
    "entrepreneur 💼 dreamer",
    "good vibes only",
    "dm for promo",
    "photography and coffee lover",
    "be yourself",
    "forex trader 📈",
    "simple girl",
)


class Audience:
    """Makes the profile columns of any stretch of audience accounts."""

    def __init__(
        self, p: Parameters, words: Words, cast: Cast, texts: Texts, taken: pl.Series
    ) -> None:
        self._taken = taken
        self._p, self._cast, self._texts = p, cast, texts
        n_c = p.n_creators
        language = cast.language[n_c:]
        order = np.argsort(language, kind="stable")
        counts = np.bincount(language, minlength=len(words.languages))
        starts = np.cumsum(counts) - counts
        rank = np.empty(len(language), dtype=np.int64)
        rank[order] = np.arange(len(language)) - np.repeat(starts, counts)
        size = counts[language]
        rank = (rank * 1_000_003 + p.seed % 1_000) % np.maximum(size, 1)
        n_first = np.array([len(x.first) for x in words.languages])
        n_last = np.array([len(x.last) for x in words.languages])
        self._first_at = np.cumsum(n_first) - n_first
        self._last_at = np.cumsum(n_last) - n_last
        first, rest = rank % n_first[language], rank // n_first[language]
        self._first = (self._first_at[language] + first).astype(np.int32)
        self._last = (self._last_at[language] + rest % n_last[language]).astype(np.int32)
        self._extra = (rest // n_last[language]).astype(np.int32)
        self._names = [
            pl.Series([pair[i] for x in words.languages for pair in getattr(x, part)])
            for part in ("first", "last")
            for i in (0, 1)
        ]
        self._joined = np.array([x.code in ("ja", "zh", "ko") for x in words.languages])
        self._looks = looks_of(p.seed, int(cast.seller.max()) + 1)
        self._lots = scatter(p.n_audience, seed=p.seed, bits=26)

    def columns(self, begin: int, end: int) -> dict[str, pl.Series]:
        """handle, display_name, bio and has_avatar of accounts begin..end (account numbers)."""
        p, cast = self._p, self._cast
        rng = stream(p.seed, "audience", begin)
        n = end - begin
        rows = slice(begin - p.n_creators, end - p.n_creators)
        first, last, extra = self._first[rows], self._last[rows], self._extra[rows]
        seller = cast.seller[begin:end]
        bought, looks = seller >= 0, self._looks
        chance = np.where(bought, looks.numbered[seller], _NUMBERED)
        frame = pl.DataFrame(
            {
                "first": self._names[0].gather(first),
                "first_plain": self._names[1].gather(first),
                "last": self._names[2].gather(last),
                "last_plain": self._names[3].gather(last),
                "joint": pl.Series(["", "", "-", "."]).gather(rng.integers(0, 4, n)),
                "extra": extra,
                "digits": rng.random(n) < 0.22,
                "two": rng.integers(10, 100, n),
                "lot": pl.Series(self._lots[rows]).cast(pl.Int64) + 10_000_000,
                "numbered": rng.random(n) < chance,
                "short": rng.random(n) < np.where(bought, 0.65, 0.5),
                "together": self._joined[cast.language[begin:end]],
                "draw": rng.random(n),
                "domain": np.where(rng.random(n) < 0.04, ".example", ".sky.example"),
                "nameless": self._nameless(rng, begin, end),
            }
        )
        plain = pl.col("first_plain") + pl.col("joint") + pl.col("last_plain")
        number = (
            pl.when(pl.col("extra") > 0)
            .then(pl.col("extra").cast(pl.String) + pl.col("two").cast(pl.String))
            .when(pl.col("digits"))
            .then(pl.col("two").cast(pl.String))
            .otherwise(pl.lit(""))
        )
        handle = (
            pl.when(pl.col("numbered") & pl.col("short"))
            .then(pl.col("first_plain") + pl.col("lot").cast(pl.String) + ".sky.example")
            .when(pl.col("numbered"))
            .then(plain + pl.col("lot").cast(pl.String) + ".sky.example")
            .otherwise(plain + number + pl.col("domain"))
        )
        full = (
            pl.when(pl.col("together"))
            .then(pl.col("last") + pl.col("first"))
            .otherwise(pl.col("first") + " " + pl.col("last"))
        )
        draw = pl.col("draw")
        display = (
            pl.when(pl.col("nameless"))
            .then(None)
            .when(draw < 0.45)
            .then(full)
            .when(draw < 0.75)
            .then(pl.col("first"))
            .when(draw < 0.85)
            .then(pl.col("first").str.to_lowercase())
            .when(draw < 0.93)
            .then(pl.col("first_plain"))
            .otherwise(pl.col("first") + " ✨")
        )
        named = frame.select(handle.alias("handle"), display.alias("display_name"))
        # No other audience handle ends in two noughts after a name: numbers stop at 99.
        clash = pl.col("handle").is_in(self._taken.implode())
        named = named.with_columns(
            pl.when(clash)
            .then(pl.col("handle").str.replace(r"((\.sky)?\.example)$", "00$1"))
            .otherwise(pl.col("handle"))
            .alias("handle")
        )
        avatar = rng.random(n) < np.where(bought, looks.avatar[seller], 0.85)
        return {
            "handle": named["handle"],
            "display_name": named["display_name"],
            "bio": self._bios(rng, begin, end),
            "has_avatar": pl.Series(avatar),
        }

    def _nameless(self, rng: np.random.Generator, begin: int, end: int) -> Array:
        """Newcomers of a migration and sellers' accounts often have no name yet."""
        seller = self._cast.seller[begin:end]
        age = (self._p.now - self._cast.created[begin:end]) / DAY
        chance = np.where(seller >= 0, self._looks.nameless[seller], 0.08)
        for days_before, length, _ in MIGRATIONS:
            chance = np.where(
                (age < days_before + 1.5) & (age > days_before - length), 0.45, chance
            )
        return rng.random(end - begin) < chance

    def _bios(self, rng: np.random.Generator, begin: int, end: int) -> pl.Series:
        cast, n = self._cast, end - begin
        seller = cast.seller[begin:end]
        written = self._texts.compose(
            rng,
            section=np.full(n, SECTIONS.index("follower")),
            language=cast.language[begin:end],
            topic=cast.topics[begin:end, 0],
            place=cast.place[begin:end],
        )
        pasted = pl.Series(_PASTED).gather(rng.integers(0, len(_PASTED), n))
        told = self._texts.compose(
            rng,
            section=np.full(n, SECTIONS.index("placed")),
            language=cast.language[begin:end],
            topic=cast.topics[begin:end, 0],
            place=cast.place[begin:end],
        )
        how = rng.random(n) / _TELLS_PLACE
        place = (
            pl.when(pl.Series(how < 0.35))
            .then(told)
            .when(pl.Series(how < 0.7))
            .then(written + " | " + told)
            .when(pl.Series(how < 1.0))
            .then(told + "\n" + written)
            .otherwise(written)
        )
        draw = rng.random(n)
        talks = cast.is_kind("talkative", "exchange")[begin:end]
        chance = np.where(talks, 0.75, np.where(seller >= 0, self._looks.written[seller], 0.28))
        paste = draw > 1 - np.where(seller >= 0, self._looks.pasted[seller], _PASTES)
        return pl.select(
            pl.when(pl.Series(paste))
            .then(pasted)
            .when(pl.Series(draw < chance))
            .then(place)
            .otherwise(pl.lit(""))
        ).to_series()
