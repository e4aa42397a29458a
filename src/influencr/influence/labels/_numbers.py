"""Signs that are counted rather than read: flags, ratios, habits, the look of a handle.

MIN_MENTIONS and NEVER: the vetting method's section 11 (a reply-back rate below 1 % over at least
50 mentions). LOPSIDED: the same (followers / following above 100). DIFFUSE: the same (top decile of
topical spread). MIN_POSTS, LIKE_A_FEED, ANSWERS, MANY_REPLIES: our own choice, tests fix them.
"""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl

from influencr.influence.labels._cues import folded, given_names, handle_words

__all__ = ["counted_signs"]

#: Mentions and replies received before a silence says anything.
MIN_MENTIONS = 50
#: Answering less than this share is never answering.
NEVER = 0.01
#: Answering at least this share is what people do who talk with their followers.
ANSWERS = 0.2
#: Posts read before habits say anything.
MIN_POSTS = 50
#: Share of posts with a link, or the same as another, from which an account looks like a feed.
LIKE_A_FEED = 0.9
#: Share of posts that answer somebody.
MANY_REPLIES = 0.3
#: Followers per account followed.
LOPSIDED = 100
#: Place of an audience's topical spread among those of the same platform.
DIFFUSE = 0.9
#: From this day on, the platform gave the sign to whoever paid for it.
TWITTER_SOLD_SIGNS = datetime(2022, 11, 9, tzinfo=UTC)

_BOT_WORD = r"(?i:(^|[-_.\d])bot([-_.\d]|$))|[a-z]Bot\d*$|[a-z\d]Bot[A-Z]"
#: Words and names that end so and mean no automation.
_NOT_BOT = r"(?i)(abbot|talbot|cabot|robot|turbot|herbot|jabot|sabot)$"
#: What stands behind the own name where somebody speaks of an organisation.
_ITSELF = (
    r"^(is|are|was|were|has|have|aims|brings|offers|provides|designs|makes|helps|delivers|supports|"
    r"works|covers|publishes|features|includes|members|team|es|son|ofrece|est|sont|propose|ist|"
    r"sind|bietet|offre|sono|oferece|fornece) "
)
_PHONE = r"(?:\+|00|\(|\b0)\d[\d\s().\-/]{7,}\d"


def counted_signs(known: pl.DataFrame) -> pl.DataFrame:
    """Signs of the columns that are not words, one row per creator and sign.

    known     one row per creator with the columns of `judge` and those of its context, null where
              nothing is known
    returns   row, sign, where, words, amount (what the sign's weights are multiplied by)
    """
    own = pl.col("handle").fill_null("").str.replace(r"\.bsky\.social$", "")
    bots = own.str.replace(r"\.[\p{L}]{2,}$", "")
    name = folded(pl.col("display_name")).str.strip_chars(" ")
    n_words = name.str.count_matches(" ") + 1
    first = name.str.extract(r"^(\S+)")
    handle_first = handle_words(pl.col("handle")).str.strip_chars(" ").str.extract(r"^(\S+)")
    names = list(given_names())
    share = pl.col("mentions_answered") / pl.col("mentions_n")
    posts = pl.col("posts_n")
    bio = pl.col("bio_text").fill_null("")
    followers, following = pl.col("followers"), pl.col("following")
    told = pl.col("is_verified").fill_null(value=False)
    notable_sign = (pl.col("platform") == "twitter") & (pl.col("fetched_at") < TWITTER_SOLD_SIGNS)
    notable_sign = notable_sign.fill_null(value=False)
    is_named = first.is_in(names)
    behind = (
        folded(pl.col("bio_text"))
        .str.split(folded(pl.col("display_name")))
        .list.get(1, null_on_oob=True)
    )
    no_words = pl.lit(None, dtype=pl.String)
    some_posts = pl.format("{} posts", posts)
    signs = {
        "bot_flag": (pl.col("is_bot"), no_words),
        "group_flag": (pl.col("is_group"), no_words),
        "business": (pl.col("is_business"), no_words),
        "verified": (told & ~notable_sign, no_words),
        "verified_notable": (told & notable_sign, no_words),
        "given_name": (is_named & n_words.is_between(2, 5), first),
        "given_name_only": (is_named & (n_words == 1), first),
        "handle_name": (~is_named & handle_first.is_in(names), handle_first),
        "own_name": (
            (name.str.len_chars() >= 4) & behind.str.contains(_ITSELF),
            pl.col("display_name"),
        ),
        "bot_handle": (bots.str.contains(_BOT_WORD), no_words),
        "bot_ending": (
            bots.str.contains(r"(?i)[a-z]bot$")
            & ~bots.str.contains(_BOT_WORD)
            & ~bots.str.contains(_NOT_BOT),
            no_words,
        ),
        "bot_picture": (
            bio.str.contains("🤖") | pl.col("display_name").str.contains("🤖"),
            no_words,
        ),
        "contact": (bio.str.contains(_PHONE), no_words),
        "own_domain": (
            (pl.col("platform") == "bluesky")
            & pl.col("handle").str.contains(r"\.")
            & ~pl.col("handle").str.ends_with(".bsky.social"),
            pl.col("handle"),
        ),
        "asymmetry": (
            (following.clip(lower_bound=1) * LOPSIDED < followers) & (followers >= LOPSIDED**2),
            pl.format("Followed by {} and follows {}", followers, following),
        ),
        "never_answers": (
            (pl.col("mentions_n") >= MIN_MENTIONS) & (share < NEVER),
            pl.format("{} of {} mentions", pl.col("mentions_answered"), pl.col("mentions_n")),
        ),
        "answers": (
            (pl.col("mentions_n") >= MIN_MENTIONS) & (share >= ANSWERS),
            pl.format("{} of {} mentions", pl.col("mentions_answered"), pl.col("mentions_n")),
        ),
        "no_replies": ((posts >= MIN_POSTS) & (pl.col("posts_replies") == 0), some_posts),
        "many_replies": (
            (posts >= MIN_POSTS) & (pl.col("posts_replies") >= MANY_REPLIES * posts),
            pl.format("{} of {} posts", pl.col("posts_replies"), posts),
        ),
        "feed_like": (
            (posts >= MIN_POSTS)
            & (pl.col("posts_replies") == 0)
            & (
                pl.max_horizontal("posts_links", "posts_repeated").fill_null(0)
                >= LIKE_A_FEED * posts
            ),
            pl.format("Nearly all of {} posts", posts),
        ),
        "diffuse": (
            pl.col("audience_diffusion") >= DIFFUSE,
            pl.format(
                "{} % of audiences of the same network",
                (pl.col("audience_diffusion") * 100).floor().cast(pl.Int64),
            ),
        ),
    }
    frame = known.lazy().with_row_index("row")
    parts = [
        frame.filter(holds.fill_null(value=False)).select(
            "row",
            pl.lit(sign).alias("sign"),
            pl.lit("numbers").alias("where"),
            words.cast(pl.String).alias("words"),
            pl.lit(1.0).alias("amount"),
        )
        for sign, (holds, words) in signs.items()
    ]
    return pl.concat(pl.collect_all(parts))
