"""Do the replies look like talk: what they say, how few people they come from, who answers whom.

A reply is generic when its text says nothing about the post: only emoji, at most SHORT_TOKENS
words, or the same words (order, figures and signs aside) under COPIED_AT or more different
creators. Scripts without spaces count two characters as a word. Thanks and laughter are generic
too, so a share is only read beside those of other creators, and never decides: bought comments
cannot be told from their text alone (Tricomi et al. 2022).

Where texts are not shown, what people wrote is unknown; where only counts are shown, so is who they
are. Every figure that could not be seen is null, and `reason` says which and why.

SHORT_TOKENS is the method's; the other constants are our own choice, fixed by
tests/unit/vetting/engagement.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from influencr.errors import SchemaError

__all__ = [
    "COMMENT_SCHEMA",
    "COPIED_AT",
    "MIN_REPLIES",
    "SHORT_TOKENS",
    "comment_quality",
    "empty_texts",
]

#: So many words or fewer say nothing about a post.
SHORT_TOKENS = 3
#: The same longer words under posts of so many creators are pasted.
COPIED_AT = 3
#: With fewer replies seen no share is stated.
MIN_REPLIES = 20
#: The repliers whose share is stated.
TOP_REPLIERS = 10

COMMENT_SCHEMA: Final[dict[str, pl.DataType]] = {
    "key": pl.UInt64(),
    "n_posts": pl.Int64(),
    "n_replies": pl.Int64(),
    "n_repliers": pl.Int64(),
    "replies_per_post": pl.Float64(),
    "repliers_per_post": pl.Float64(),
    "top_share": pl.Float64(),
    "generic_share": pl.Float64(),
    "emoji_share": pl.Float64(),
    "short_share": pl.Float64(),
    "copied_share": pl.Float64(),
    "answered_share": pl.Float64(),
    "mutual_share": pl.Float64(),
    "reason": pl.String(),
}
# Scripts that put no spaces between words.
_UNSPACED = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]"


def comment_quality(replies: pl.DataFrame, posts: pl.DataFrame) -> pl.DataFrame:
    """What the replies to each creator's posts look like.

    replies   every reply seen among all accounts, one row each: `by` u64, `to` u64 (the author of
              what it replies to), `post_id` (what it replies to), `text` (null where not shown).
              Replies of creators to others belong in it: they are how answers are found.
              `reply_id`, if known, tells answers under the creator's own posts from visits to
              others; without it `mutual_share` is null
    posts     own posts of the creators to be judged: `key`, `post_id`, `replies` (the count shown;
              null where none is)
    returns   COMMENT_SCHEMA, one row per `key` of `posts`, in order of key.
              top_share       share of the replies that the TOP_REPLIERS busiest people wrote
              repliers_per_post   different repliers per post that had any
              emoji, short, copied   shares of the three ways of being generic; one reply may count
                              in several, but once in `generic_share`
              answered_share  share of the repliers whom the creator answered, ever
              mutual_share    share of the repliers under whose own posts the creator was seen too,
                              answers under its own posts aside

    Raises SchemaError when a column is missing.
    """
    for frame, columns, what in (
        (replies, ("by", "to", "post_id", "text"), "replies"),
        (posts, ("key", "post_id", "replies"), "posts"),
    ):
        for name in columns:
            if name not in frame.columns:
                raise SchemaError(f"The {what} need the column {name!r}.", field=name)
    own = posts.lazy().select("key", "post_id", "replies")
    # Own replies under own posts are answers or threads, nobody else's voice.
    heard = (
        replies.lazy()
        .join(own.select("post_id", "key").unique("post_id"), on="post_id")
        .filter(pl.col("by") != pl.col("key"))
        .select("key", "by", "post_id", "text")
    )
    judged = _judged_texts(heard)
    shares = judged.group_by("key").agg(
        pl.len().alias("n_replies"),
        pl.col("by").n_unique().alias("n_repliers"),
        (pl.struct("post_id", "by").n_unique() / pl.col("post_id").n_unique()).alias(
            "repliers_per_post"
        ),
        pl.col("text").count().alias("n_texts"),
        *(
            pl.col(name).sum().cast(pl.Float64).alias(name)
            for name in ("generic", "emoji", "short", "copied")
        ),
    )
    busiest = (
        heard.group_by("key", "by")
        .agg(pl.len().alias("n"))
        .group_by("key")
        .agg(pl.col("n").top_k(TOP_REPLIERS).sum().alias("n_top"))
    )
    counted = own.group_by("key").agg(
        pl.len().alias("n_posts"),
        pl.col("replies").sum().alias("n_counted"),
        pl.col("replies").count().alias("n_with_count"),
    )
    told = (
        counted.join(shares, on="key", how="left")
        .join(busiest, on="key", how="left")
        .join(_reciprocity(replies.lazy(), own, heard), on="key", how="left")
        .with_columns(pl.col("n_replies", "n_repliers", "n_texts").fill_null(0).cast(pl.Int64))
    )
    enough = pl.col("n_replies") >= MIN_REPLIES
    read = enough & (pl.col("n_texts") >= MIN_REPLIES)
    n_replies = pl.col("n_replies").cast(pl.Float64)
    n_texts = pl.col("n_texts").cast(pl.Float64)
    return (
        told.select(
            "key",
            pl.col("n_posts").cast(pl.Int64),
            "n_replies",
            "n_repliers",
            pl.when(pl.col("n_with_count") > 0)
            .then(pl.col("n_counted") / pl.col("n_with_count"))
            .when(pl.col("n_replies") > 0)
            .then(n_replies / pl.col("n_posts"))
            .alias("replies_per_post"),
            "repliers_per_post",
            pl.when(enough).then(pl.col("n_top") / n_replies).alias("top_share"),
            *(
                pl.when(read).then(pl.col(name) / n_texts).alias(f"{name}_share")
                for name in ("generic", "emoji", "short", "copied")
            ),
            *(
                pl.when(enough)
                .then(pl.col(f"n_{name}") / pl.col("n_repliers"))
                .alias(f"{name}_share")
                for name in ("answered", "mutual")
            ),
            reason=_reason(),
        )
        .sort("key")
        .select([pl.col(name).cast(kind) for name, kind in COMMENT_SCHEMA.items()])
        .collect()
    )


def _told(heard: pl.LazyFrame) -> pl.LazyFrame:
    """`heard` with plain, n_tokens, same: what is left of a text, its words, in any order."""
    # Links, and whom the reply addresses, are no words of the replier's.
    plain = (
        pl.col("text")
        .str.normalize("NFKC")
        .str.to_lowercase()
        .str.replace_all(r"https?://\S+|@\S+", " ")
        # Marks belong to letters, but two of them only choose how an emoji is drawn.
        .str.replace_all(r"[^\p{L}\p{M}\s]|[\x{FE0F}\x{20E3}]", " ")
        .str.replace_all(r"\s+", " ")
        .str.strip_chars()
    )
    n_unspaced = pl.col("plain").str.count_matches(_UNSPACED)
    spaced = pl.col("plain").str.replace_all(_UNSPACED, " ").str.extract_all(r"\S+").list.len()
    return heard.with_columns(plain=plain).with_columns(
        n_tokens=spaced + n_unspaced // 2,
        same=pl.col("plain").str.split(" ").list.unique().list.sort().list.join(" "),
    )


def empty_texts(replies: pl.LazyFrame) -> pl.LazyFrame:
    """Replies without their `text`, each judged alone.

    replies   `text` (null where not shown) and any other columns
    returns   the other columns; `empty`: only emoji or at most SHORT_TOKENS words, false where
              there is no text; `words` u64: a number for the words of a longer text, the same for
              the same words in any order, null for others. Under COPIED_AT creators it is pasted
    """
    short = pl.col("n_tokens") <= SHORT_TOKENS
    return (
        _told(replies)
        .with_columns(
            empty=short.fill_null(False),
            words=pl.when(~short).then(pl.col("same").hash(seed=0)),
        )
        .drop("text", "plain", "n_tokens", "same")
    )


def _judged_texts(heard: pl.LazyFrame) -> pl.LazyFrame:
    """`heard` with generic, emoji, short, copied; false where there is no text."""
    return (
        _told(heard)
        .with_columns(n_under=pl.col("key").n_unique().over("same"))
        .with_columns(
            emoji=(pl.col("plain") == "").fill_null(False),
            short=((pl.col("plain") != "") & (pl.col("n_tokens") <= SHORT_TOKENS)).fill_null(False),
            copied=(
                (pl.col("n_tokens") > SHORT_TOKENS) & (pl.col("n_under") >= COPIED_AT)
            ).fill_null(False),
        )
        .with_columns(generic=pl.col("emoji") | pl.col("short") | pl.col("copied"))
    )


def _reciprocity(replies: pl.LazyFrame, own: pl.LazyFrame, heard: pl.LazyFrame) -> pl.LazyFrame:
    """Per key: how many repliers were answered, and at how many the creator was seen."""
    pairs = heard.select("key", "by").unique()
    creators = own.select("key").unique()
    spoken = (
        replies.filter(pl.col("by") != pl.col("to"))
        .select(key="by", by="to", post_id="post_id")
        .join(creators, on="key", how="semi")
    )
    told = pairs.join(
        spoken.select("key", "by").unique().with_columns(answered=pl.lit(True)),
        on=["key", "by"],
        how="left",
    )
    mutual = pl.lit(None, dtype=pl.Int64)
    if "reply_id" in replies.collect_schema().names():
        # A reply to a reply under one's own post is an answer; everything else is a visit.
        under_own = replies.join(own, on="post_id", how="semi").select(post_id="reply_id")
        visited = spoken.join(under_own, on="post_id", how="anti").select("key", "by").unique()
        told = told.join(visited.with_columns(mutual=pl.lit(True)), on=["key", "by"], how="left")
        mutual = pl.col("mutual").sum().cast(pl.Int64)
    return told.group_by("key").agg(
        pl.col("answered").sum().alias("n_answered"), mutual.alias("n_mutual")
    )


def _reason() -> pl.Expr:
    few = pl.format("{} replies were seen; " + str(MIN_REPLIES) + " are needed.", "n_replies")
    return (
        pl.when((pl.col("n_replies") == 0) & (pl.col("n_counted") > 0))
        .then(
            pl.lit(
                "Only counts of replies are shown here: who replied and what they wrote could not "
                "be seen."
            )
        )
        .when((pl.col("n_replies") == 0) & (pl.col("n_with_count") == 0))
        .then(pl.lit("Neither replies nor their counts were seen."))
        .when(pl.col("n_replies") < MIN_REPLIES)
        .then(few)
        .when(pl.col("n_texts") < MIN_REPLIES)
        .then(
            pl.format(
                "{} replies of {} people; too few of their texts were seen.",
                "n_replies",
                "n_repliers",
            )
        )
        .otherwise(pl.format("{} replies of {} people.", "n_replies", "n_repliers"))
    )
