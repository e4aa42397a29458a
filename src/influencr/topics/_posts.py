"""Which topics do somebody's newest posts name, and in how many of them?

The same lexicon as for bios, over columns instead of rows: posts outnumber creators fifty to one,
and looking each different word up once is twenty times as fast as reading post by post.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from influencr.text import fold
from influencr.topics._sensitive import is_sensitive

if TYPE_CHECKING:
    import polars as pl

    from influencr.topics._lexicon import Lexicon

__all__ = ["MAX_POSTS", "MIN_NAMING", "SaidInPosts", "topics_of_posts"]

#: The newest posts that are read.
MAX_POSTS = 50
#: Posts that must name a topic: everybody mentions a cat once.
MIN_NAMING = 2

#: (topic, by hashtag, the word, posts that name the topic so, posts read)
SaidInPosts = tuple[str, bool, str, int, int]

# Posts whose words lie open at the same time; bounds memory at about 200 MB.
_SLICE = 50_000
# Whatever holds @ or :// is a handle, an e-mail address or a link.
_POINTERS = r"\S*(?:@|://|www\.)\S*"
_TOKENS = r"[#＃]?[\p{L}\p{M}\p{N}_]+"


def topics_of_posts(
    posts: pl.LazyFrame, wanted: pl.LazyFrame, lexicon: Lexicon
) -> dict[str, list[SaidInPosts]]:
    """profile_id -> what its newest MAX_POSTS posts name; a topic named by a tag and by a word of
    the same post counts as a tag. `wanted` holds `profile_id`.
    """
    import polars as pl

    newest = (
        posts.select("profile_id", "post_id", "created_at", "text", "hashtags")
        .filter(pl.col("text").is_not_null() | pl.col("hashtags").is_not_null())
        .join(wanted, on="profile_id", how="semi")
        .sort(["created_at", "post_id"], descending=True, nulls_last=True)
        .group_by("profile_id", maintain_order=True)
        .head(MAX_POSTS)
        .select("profile_id", "text", "hashtags")
        .collect()
        .with_row_index("post")
    )
    if newest.is_empty():
        return {}
    phrases = lexicon.phrases()
    named = pl.concat([_named(part, lexicon, phrases) for part in newest.iter_slices(_SLICE)])
    n_read = newest.group_by("profile_id").agg(pl.len().alias("n_posts"))
    counted = (
        # One topic counts once per post, as a tag if it stands there as one.
        named.sort(["post", "topic", "is_tag", "word"], descending=[False, False, True, False])
        .unique(["post", "topic"], keep="first", maintain_order=True)
        .join(newest.select("post", "profile_id"), on="post")
        .group_by("profile_id", "topic", "is_tag")
        .agg(pl.len().alias("n_naming"), pl.col("word").mode().min())
        .filter(pl.col("n_naming") >= MIN_NAMING)
        .join(n_read, on="profile_id")
        .sort("profile_id", "topic", "is_tag")
    )
    said: dict[str, list[SaidInPosts]] = {}
    columns = ("profile_id", "topic", "is_tag", "word", "n_naming", "n_posts")
    for profile_id, *rest in counted.select(columns).iter_rows():
        said.setdefault(profile_id, []).append(tuple(rest))
    return said


def _named(posts: pl.DataFrame, lexicon: Lexicon, phrases: dict[str, str]) -> pl.DataFrame:
    """post, topic, is_tag, word: each way in which a post names a topic."""
    import polars as pl

    lowered = posts.select(
        "post", pl.col("text").str.to_lowercase().str.replace_all(_POINTERS, " ").alias("text")
    ).drop_nulls()
    tokens = lowered.select("post", pl.col("text").str.extract_all(_TOKENS).alias("token")).explode(
        "token", empty_as_null=False
    )
    given = (
        posts.select("post", pl.col("hashtags").alias("token"))
        .drop_nulls()
        .explode("token")
        .drop_nulls()
        .with_columns(
            ("#" + pl.col("token").str.to_lowercase().str.strip_prefix("#")).alias("token")
        )
    )
    tokens = pl.concat([tokens, given])
    table: list[tuple[str, str, bool, str]] = []
    for token in tokens["token"].unique():
        is_tag = token[0] in "#＃"
        word = token.lstrip("#＃")
        if is_tag:
            folded = fold(word).strip("_")
            topics = () if not folded or is_sensitive(folded) else lexicon.in_tag(folded)
        else:
            topics = lexicon.of_word(word)
        table.extend((token, topic, is_tag, word) for topic in topics)
    known = pl.DataFrame(
        table,
        schema={"token": pl.String, "topic": pl.String, "is_tag": pl.Boolean, "word": pl.String},
        orient="row",
    )
    words = tokens.join(known, on="token").select("post", "topic", "is_tag", "word")
    # " street food " between single spaces: a phrase never matches inside a word.
    together = (
        lowered.select(
            "post",
            (" " + pl.col("text").str.replace_all(r"[^\p{L}\p{M}\p{N}]+", " ") + " ")
            .str.extract_many([f" {phrase} " for phrase in phrases], overlapping=True)
            .list.unique()
            .alias("word"),
        )
        .explode("word")
        .drop_nulls()
        .with_columns(pl.col("word").str.strip_chars())
        .join(
            pl.DataFrame(
                {"word": list(phrases), "topic": list(phrases.values())},
                schema={"word": pl.String, "topic": pl.String},
            ),
            on="word",
        )
        .select("post", "topic", pl.lit(False).alias("is_tag"), "word")
    )
    return pl.concat([words, together])
