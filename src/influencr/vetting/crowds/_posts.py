"""A creator's own posts as the cause of a wave: what spread, what was given away.

Reposts and replies of the creator's are not read: what spreads there is somebody else's.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from influencr.text import fold

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["GIVEAWAY_S", "GIVEAWAY_WORDS", "VIRAL_S", "VIRAL_TOP", "OwnPosts"]

#: A post spread if it is among this share of the creator's posts by reposts ...
VIRAL_TOP = 0.01
#: ... and was made at most so many seconds before the wave.
VIRAL_S = 2 * 86_400
#: Giveaways run for days.
GIVEAWAY_S = 7 * 86_400
#: Beginnings of words that announce a prize, by language; read on folded text.
GIVEAWAY_WORDS = (
    *("giveaway", "giving away", "give away", "raffle", "sweepstake", "prize draw"),
    *("win a ", "win one of", "chance to win", "to enter:"),
    *("gewinnspiel", "verlos", "zu gewinnen", "wir verschenken"),
    *("sorteo", "sorteamos", "regalamos", "sorteio", "vamos sortear"),
    *("concours", "tirage au sort", "a gagner", "on vous offre"),
    *("estrazione", "in palio", "regaliamo", "winactie", "verloting", "we geven weg"),
    *("konkurs", "rozdanie", "losowanie", "cekilis", "undian", "tavling", "kilpailu"),
    *("розыгрыш", "конкурс", "κληρωση", "διαγωνισμ", "プレゼント企画", "抽選", "抽奖", "抽獎"),
    *("추첨", "경품", "이벤트", "مسابقة", "سحب على", "गिवअवे"),
)
_KINDS = ("repost", "reply")


class _Posts(NamedTuple):
    """One creator's posts, oldest first; NaN counts are unknown."""

    post_id: list[str]
    at: NDArray[np.int64]
    reposts: NDArray[np.float64]
    replies: NDArray[np.float64]
    reactions: NDArray[np.float64]
    gives: NDArray[np.bool_]


class OwnPosts:
    """Posts of some creators, ready to be asked about windows.

    posts   `key`, `post_id`, `at`, `reposts`, `likes`, `replies`, `kind`, `text`
    keys    creators that will be asked for
    acts    `post_id`, `actor`, `at`, or None where it is not shown who reacted
    """

    def __init__(self, posts: pl.DataFrame, keys: pl.Series, acts: pl.DataFrame | None) -> None:
        own = posts.filter(
            pl.col("key").is_in(keys.implode()),
            pl.col("at").is_not_null() & (pl.col("at") >= 0),
            pl.col("kind").is_null() | ~pl.col("kind").is_in(_KINDS),
        ).sort("key", "at")
        words = re.compile("|".join(re.escape(fold(word)) for word in GIVEAWAY_WORDS))
        gives = [
            text is not None and words.search(fold(text)) is not None
            for text in own["text"].to_list()
        ]
        counts = [pl.col(name).cast(pl.Float64) for name in ("reposts", "likes", "replies")]
        own = own.with_columns(
            gives=pl.Series(gives, dtype=pl.Boolean),
            reactions=pl.when(pl.any_horizontal(c.is_not_null() for c in counts)).then(
                pl.sum_horizontal(counts)
            ),
        )
        self._of = {
            key: _Posts(
                part["post_id"].to_list(),
                part["at"].to_numpy(),
                _floats(part["reposts"]),
                _floats(part["replies"]),
                _floats(part["reactions"]),
                part["gives"].to_numpy(),
            )
            for (key,), part in own.partition_by("key", as_dict=True).items()
        }
        self._acts: dict[str, NDArray[np.uint64]] | None = None
        if acts is not None:
            known = acts.filter(pl.col("post_id").is_in(own["post_id"].implode()))
            self._acts = {
                post: part["actor"].unique().to_numpy()
                for (post,), part in known.partition_by("post_id", as_dict=True).items()
            }

    def covers(self, key: int, begin: int) -> bool:
        """Whether posts were seen from before this moment on."""
        mine = self._of.get(key)
        return mine is not None and int(mine.at[0]) <= begin

    def best(
        self,
        key: int,
        begin: int,
        end: int,
        new: NDArray[np.uint64],
        excess: float,
        *,
        giveaway: bool,
    ) -> tuple[str, str, float] | None:
        """The post of begin..end that explains most: outcome, sentence, followers it brought.

        new      keys of the wave's followers
        excess   how many of them are too many
        """
        mine = self._of.get(key)
        if mine is None:
            return None
        low, high = np.searchsorted(mine.at, [begin, end + 1])
        if low == high:
            return None
        here = np.arange(low, high)
        if giveaway:
            asked = here[
                mine.gives[low:high] | (_top(mine.replies, here) & self._talked(mine, here))
            ]
            if len(asked) and np.isnan(mine.reactions[asked]).all() and self._acts is None:
                return (
                    "not checked",
                    "A giveaway was announced; reactions to it are not known.",
                    0.0,
                )
        else:
            asked = here[_top(mine.reposts, here)]
            if not len(asked) and np.isnan(mine.reposts).all():
                return "not checked", "It is not known how often posts were reposted.", 0.0
        if not len(asked):
            return None
        usual = float(np.nanmedian(mine.reactions)) if not np.isnan(mine.reactions).all() else 0.0
        beyond = np.nan_to_num(mine.reactions[asked]) - usual
        what = "A giveaway or question" if giveaway else "A post that spread"
        day = np.datetime_as_string(
            np.datetime64(int(mine.at[asked[int(np.argmax(beyond))]]), "s"), unit="D"
        )
        if self._acts is not None:
            known = [self._acts[p] for i in asked if (p := mine.post_id[i]) in self._acts]
            reacted = np.isin(new, np.concatenate(known)).sum() if known else 0
            return (
                "found",
                f"{what} of {day}: {reacted} of the {len(new)} new followers reacted to it.",
                float(reacted),
            )
        brought = float(np.maximum(beyond, 0).sum())
        return (
            "found",
            f"{what} of {day} had {math.floor(brought)} reactions more than usual, for "
            f"{math.ceil(excess)} followers more than usual.",
            brought,
        )

    @staticmethod
    def _talked(mine: _Posts, here: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Several times the usual replies: with few posts somebody always is on top."""
        usual = float(np.nanmedian(mine.replies)) if not np.isnan(mine.replies).all() else 0.0
        enough: NDArray[np.bool_] = np.nan_to_num(mine.replies[here]) >= max(3.0 * usual, 5.0)
        return enough


def _floats(column: pl.Series) -> NDArray[np.float64]:
    return column.cast(pl.Float64).fill_null(np.nan).to_numpy()


def _top(counts: NDArray[np.float64], here: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which of these posts are among the creator's top by this count (and have any at all)."""
    known = np.nan_to_num(counts, nan=-1.0)
    n_top = max(1, math.ceil(VIRAL_TOP * len(known)))
    bar = np.partition(known, -n_top)[-n_top]
    top: NDArray[np.bool_] = (known[here] >= bar) & (known[here] > 0)
    return top
