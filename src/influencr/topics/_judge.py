"""Topics of each creator with a weight and the words that said so.

Each kind of evidence has a weight of its own (constants below: our own choice, fixed by
tests/unit/topics); independent pieces combine as 1 - (1 - a)(1 - b)..., so more evidence never
lowers a topic and no amount of it passes 1. Posts count by the share of posts that name the topic,
full weight from SATURATED_SHARE on, and only from two posts on: everybody mentions a cat once.

Refused: sensitive subjects (`sensitive`), anything but the declared categories for rows whose
source does not allow scores (`Policy.SCORE` absent), and topics below MIN_WEIGHT.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from influencr.records import Policy
from influencr.text import fold, hashtags, prose
from influencr.topics._lexicon import Lexicon
from influencr.topics._posts import MAX_POSTS, topics_of_posts
from influencr.topics._sensitive import is_sensitive

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import polars as pl

__all__ = [
    "BIO_TAG",
    "BIO_WORD",
    "DECLARED",
    "MAX_POSTS",
    "MAX_TOPICS",
    "METHOD",
    "MIN_WEIGHT",
    "NAME_WORD",
    "PACK",
    "POST_TAG",
    "POST_WORD",
    "SATURATED_SHARE",
    "VERSION",
    "judge",
]

METHOD = "topics-lexicon"
VERSION = "1"

#: At most so many topics per creator, the heaviest.
MAX_TOPICS = 8
#: Topics below this are left out.
MIN_WEIGHT = 0.15
#: Weight of a category that the creator declared or the platform assigned.
DECLARED = 0.95
BIO_TAG = 0.8
BIO_WORD = 0.7
#: A word of the display name or a piece of the handle.
NAME_WORD = 0.45
#: One pack or list whose name holds the word; each further one adds.
PACK = 0.5
POST_TAG = 0.6
POST_WORD = 0.4
#: Share of posts from which POST_TAG and POST_WORD count in full.
SATURATED_SHARE = 0.25
#: Pieces of evidence that are kept in words, the strongest first.
_MAX_EVIDENCE = 3
#: A declared category longer than this is a sentence, not a category.
_MAX_DECLARED = 40


class _Weighing:
    """The evidence of one creator, topic by topic."""

    def __init__(self) -> None:
        self._evidence: dict[str, list[tuple[float, str]]] = {}

    def add(self, topic: str, weight: float, words: str) -> None:
        self._evidence.setdefault(topic, []).append((weight, words))

    def heaviest(self) -> list[tuple[str, float, str]]:
        """(topic, weight, evidence) of at most MAX_TOPICS topics, heaviest first."""
        weighed = []
        for topic, pieces in self._evidence.items():
            pieces.sort(key=lambda piece: (-piece[0], piece[1]))
            against = 1.0
            for weight, _ in pieces:
                against *= 1.0 - weight
            weight = round(1.0 - against, 4)
            if weight >= MIN_WEIGHT:
                words = dict.fromkeys(words for _, words in pieces)
                weighed.append((topic, weight, "; ".join(list(words)[:_MAX_EVIDENCE])))
        weighed.sort(key=lambda item: (-item[1], item[0]))
        return weighed[:MAX_TOPICS]


def judge(profiles: pl.DataFrame, posts: pl.LazyFrame, packs: pl.LazyFrame) -> pl.DataFrame:
    """What each creator is about.

    profiles   one row per profile: `profile_id, handle, display_name, bio_text, topics_declared,
               policy`; other columns are not read
    posts      posts of at least these profiles (`profile_id, post_id, created_at, text,
               hashtags`); only the newest MAX_POSTS of each are read
    packs      memberships (`member_id, pack_id, name`)
    returns    one row per row of `profiles`, in its order: `profile_id, topics, topic_weights,
               topic_evidence`, three lists of equal length, heaviest topic first, empty when
               nothing was said
    """
    import polars as pl

    lexicon = Lexicon.load()
    wanted = profiles.lazy().select("profile_id")
    said_in_posts = topics_of_posts(posts, wanted, lexicon)
    packs_of = _packs_by_creator(packs, wanted)
    topics: list[list[str]] = []
    weights: list[list[float]] = []
    evidence: list[list[str]] = []
    columns = ("profile_id", "handle", "display_name", "bio_text", "topics_declared", "policy")
    for row in profiles.select(columns).iter_rows():
        profile_id, handle, display_name, bio, declared, policy = row
        weighing = _Weighing()
        _weigh_declared(weighing, lexicon, declared or ())
        if policy is None or policy & Policy.SCORE:
            _weigh_name(weighing, lexicon, handle, display_name)
            if bio:
                _weigh_bio(weighing, lexicon, bio)
            for name in packs_of.get(profile_id, ()):
                for topic in sorted(set(lexicon.in_text(name))):
                    weighing.add(topic, PACK, f"pack {name!r}")
            for said in said_in_posts.get(profile_id, ()):
                _weigh_posts(weighing, *said)
        heaviest = weighing.heaviest()
        topics.append([topic for topic, _, _ in heaviest])
        weights.append([weight for _, weight, _ in heaviest])
        evidence.append([words for _, _, words in heaviest])
    return pl.DataFrame(
        {
            "profile_id": profiles["profile_id"],
            "topics": topics,
            "topic_weights": weights,
            "topic_evidence": evidence,
        },
        schema={
            "profile_id": pl.String,
            "topics": pl.List(pl.String),
            "topic_weights": pl.List(pl.Float64),
            "topic_evidence": pl.List(pl.String),
        },
    )


def _packs_by_creator(packs: pl.LazyFrame, wanted: pl.LazyFrame) -> Mapping[str, list[str]]:
    """profile_id -> names of the packs that hold it, without the sensitive ones."""
    import polars as pl

    memberships = (
        packs.select(pl.col("member_id").alias("profile_id"), "pack_id", "name")
        .filter(pl.col("name").is_not_null())
        .join(wanted, on="profile_id", how="semi")
        .group_by("profile_id", "pack_id")
        .agg(pl.col("name").max())
        .sort("profile_id", "name", "pack_id")
        .group_by("profile_id", maintain_order=True)
        .agg("name")
        .collect()
    )
    return {
        profile_id: [name for name in names if not is_sensitive(name)]
        for profile_id, names in memberships.iter_rows()
    }


def _weigh_declared(weighing: _Weighing, lexicon: Lexicon, declared: Iterable[str]) -> None:
    for category in declared:
        # "https://en.wikipedia.org/wiki/Physical_fitness" is how one platform writes a category.
        words = category.rsplit("/", 1)[-1].replace("_", " ").strip().lstrip("#")
        if not words or len(words) > _MAX_DECLARED or is_sensitive(words):
            continue
        known = lexicon.in_text(words) or dict.fromkeys(
            lexicon.in_tag(fold(words).replace(" ", ""))
        )
        for topic in known or (fold(words),):
            weighing.add(topic, DECLARED, f"declared category {words!r}")


def _weigh_name(
    weighing: _Weighing, lexicon: Lexicon, handle: str | None, display_name: str | None
) -> None:
    said: set[str] = set()
    if display_name and not is_sensitive(display_name):
        for topic, word in lexicon.in_text(display_name).items():
            said.add(topic)
            weighing.add(topic, NAME_WORD, f"{word!r} in the name")
    if handle:
        # The part before a host or a custom domain's ending: "ana@food.example" is ana.
        own = fold(handle).partition("@")[0]
        own = own.removesuffix(".bsky.social")
        for piece in "".join(c if c.isalpha() else " " for c in own).split():
            if len(piece) >= 4 and not is_sensitive(piece):
                for topic in lexicon.in_tag(piece):
                    if topic not in said:
                        said.add(topic)
                        weighing.add(topic, NAME_WORD, f"{piece!r} in the handle")


def _weigh_bio(weighing: _Weighing, lexicon: Lexicon, bio: str) -> None:
    for tag in hashtags(bio):
        if not is_sensitive(tag):
            for topic in lexicon.in_tag(tag):
                weighing.add(topic, BIO_TAG, f"hashtag #{tag} in bio")
    for topic, word in lexicon.in_text(prose(bio)).items():
        weighing.add(topic, BIO_WORD, f"{word!r} in bio")


def _weigh_posts(
    weighing: _Weighing, topic: str, is_tag: bool, word: str, n_naming: int, n_posts: int
) -> None:
    full, shown = (POST_TAG, f"#{word}") if is_tag else (POST_WORD, f"{word!r}")
    weight = full * min(1.0, n_naming / n_posts / SATURATED_SHARE)
    weighing.add(topic, weight, f"{shown} in {n_naming} of {n_posts} posts")
