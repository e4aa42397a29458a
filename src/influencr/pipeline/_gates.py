"""Who may be found, and why somebody is left out: consent and policy, before any judge.

Each network's rules are docs/decisions/0008: what the person or the network said wins over what
would be useful. A profile that is left out stays in the catalogue (it may be a follower, and it
must be able to ask what is stored), and can be looked up by its exact name unless it is hidden
there. The rules are tried in the order of EXCLUSIONS and the first that applies is counted, so the
counts add up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from influencr.records import Policy

if TYPE_CHECKING:
    import polars as pl

__all__ = ["EXCLUSIONS", "excluded_because", "may_be_counted", "posts_may_be_read"]

#: Reason word -> sentence, in the order in which the rules are tried.
EXCLUSIONS: dict[str, str] = {
    "hidden_or_expired": (
        "hidden by the network or the person (deleted, taken down, suspended, deactivated), or "
        "past the date until which the source allows keeping it"
    ),
    "policy": "the source does not allow indexing",
    "status": "the account is not active (moved, in memory, ...)",
    "private": "the account is private or approves its followers",
    "made_for_kids": "made for children",
    "declared_minor": "says to be under 18",
    "no_signed_out": "asked to be shown to signed-in people only",
    "no_recommend": "asked not to be recommended",
    "noindex": "asked search engines to stay away",
    "stop_word": "#nobot, #noindex or #nosearch in the bio",
    "not_discoverable": "did not opt in to being discovered",
    "bridged_copy": "a mirrored copy of a profile on another network",
    "no_posts": "has never posted",
}

_STOP_WORDS = r"(?i)#(?:nobots?|noindex|nosearch)\b"
# Narrow on purpose: "mum of a 5 year old" and "17 yrs of nursing" are not declarations of age.
_MINOR = (
    r"(?i)(?:^|[\n|•·,;])\s*(?:1[0-7])\s*(?:y/?o|yrs? old|years? old|ans|años|anos|anni|jahre)"
    r"\s*(?:$|[\n|•·,;.])"
    r"|\bi(?:'|’)?\s?a?m\s+1[0-7]\s*(?:y/?o|yrs? old|years? old|$|[\n|•·,;.])"
)
_BRIDGES = r"(?i)(?:^|[.@])brid\.gy$|\.ap\.brid\.gy$|@bsky\.brid\.gy$"


def excluded_because() -> pl.Expr:
    """The word of EXCLUSIONS that keeps a profile out, null when it may be found.

    Reads the columns of a latest-state profile and `n_posts_seen`. "hidden_or_expired" never comes
    from here: the catalogue's view leaves those out before.
    """
    import polars as pl

    def said(column: str) -> pl.Expr:
        return pl.col(column).fill_null(False)

    mastodon = pl.col("platform") == "mastodon"
    bio = pl.col("bio_text").fill_null("")
    rules = {
        "policy": pl.col("policy") & int(Policy.INDEX) == 0,
        "status": pl.col("status").is_not_null() & (pl.col("status") != "active"),
        "private": said("is_private"),
        "made_for_kids": said("made_for_kids"),
        "declared_minor": bio.str.contains(_MINOR),
        "no_signed_out": said("no_signed_out"),
        "no_recommend": said("no_recommend"),
        "noindex": said("noindex"),
        "stop_word": bio.str.contains(_STOP_WORDS),
        # Collected from the network, only a yes is a yes; an operator's file answers for itself
        # unless it says no.
        "not_discoverable": mastodon
        & (
            ~pl.col("discoverable").fill_null(True)
            | ((pl.col("source") == "mastodon") & pl.col("discoverable").is_null())
        ),
        "bridged_copy": pl.col("handle").fill_null("").str.contains(_BRIDGES),
        "no_posts": (pl.col("posts_count") == 0).fill_null(False) & (pl.col("n_posts_seen") == 0),
    }
    because = pl.lit(None, dtype=pl.String)
    for word in reversed(list(EXCLUSIONS)):
        if word in rules:
            because = pl.when(rules[word]).then(pl.lit(word)).otherwise(because)
    return because.alias("excluded")


def may_be_counted() -> pl.Expr:
    """Whether a profile may be counted, unnamed, among a creator's followers or neighbours.

    Being unlisted does not forbid it, the source's policy does (SCORE), and so does youth.
    """
    import polars as pl

    return (
        (pl.col("policy") & int(Policy.SCORE) != 0)
        & ~pl.col("made_for_kids").fill_null(value=False)
        & ~pl.col("bio_text").fill_null("").str.contains(_MINOR)
    )


def posts_may_be_read() -> pl.Expr:
    """Whether a profile's posts may be searched and read for topics (`indexable`).

    A no is a no on every network; collected from Mastodon, silence is a no as well (FEP-5feb).
    """
    import polars as pl

    return pl.col("indexable").fill_null(pl.col("source") != "mastodon")
