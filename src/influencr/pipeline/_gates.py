"""Who may be found, and why somebody is left out: consent and policy, before any judge.

Each network's rules are docs/decisions/0008: what the person or the network said wins over what
would be useful. A profile that is left out stays in the catalogue (it may be a follower, and it
must be able to ask what is stored), and can be looked up by its exact name unless it is hidden
there. The rules are tried in the order of EXCLUSIONS and the first that applies is counted, so the
counts add up. What every flag of every network leads to is the table of
tests/contract/consent.py, from which docs/reference/consent.md is written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from influencr.records import Policy

if TYPE_CHECKING:
    import polars as pl

__all__ = ["EXCLUSIONS", "VERSION", "excluded_because", "may_be_counted", "posts_may_be_read"]

#: Counts up with every change of a rule, so that a home that was judged before is judged anew.
VERSION = "2"

#: Reason word -> sentence, in the order in which the rules are tried.
EXCLUSIONS: dict[str, str] = {
    "hidden_or_expired": (
        "hidden by the network or the person (deleted, taken down, suspended, deactivated), or "
        "past the date until which the source allows keeping it"
    ),
    "policy": "the source does not allow indexing",
    "status": "the account is not active (moved, in memory, limited by its server, ...)",
    "private": "the account is private or approves its followers",
    "made_for_kids": "made for children",
    "declared_minor": "says to be under 18, or at school",
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
# As narrow: a whole piece of the bio says who somebody is ("high school student | NYC"), so that a
# teacher, a parent and "my old high school" are none.
_AT_SCHOOL = (
    r"(?i)(?:^|[\n|•·,;])\s*(?:i(?:'|’)?\s?a?m\s+)?(?:an?\s+)?(?:"
    r"(?:[5-9]|1[0-2])th[- ]grader|(?:middle|high)[- ]?schooler"
    r"|(?:primary|elementary|middle|junior high|secondary|high)[- ]school (?:student|pupil|kid)"
    r"|year (?:[5-9]|1[0-3]) (?:student|pupil)|(?:5|6)th former|school(?:boy|girl)"
    r"|schüler(?:in)?|gymnasiast(?:in)?|collégien(?:ne)?|lycéen(?:ne)?"
    r"|estudiante de (?:secundaria|bachillerato|eso)|alun[oa] do ensino médio"
    r"|student(?:e|essa) (?:delle medie|del liceo|di liceo)|scholier|leerling"
    r"|(?:現役)?(?:小学|中学|高校)生|中学生|高中生|초등학생|중학생|고등학생"
    r")\s*(?:$|[\n|•·,;.!]|\b(?:at|in|an|am|au|à|en|no|op)\s)"
)
#: In ASCII where the words are not: every match of _AT_SCHOOL holds one of these.
_SCHOOL_PIECES = (
    *("sch", "grade", "year ", "th former", "gymnasias", "gien", "lyc", "estudiante", "alun"),
    *("student", "leerling", "学生", "校生", "中生", "초등", "중학", "고등"),
)
_BRIDGES = r"(?i)(?:^|[.@])brid\.gy$|\.ap\.brid\.gy$|@bsky\.brid\.gy$"


def excluded_because() -> pl.Expr:
    """The word of EXCLUSIONS that keeps a profile out, null when it may be found.

    Reads the columns of a latest-state profile and `n_posts_seen`. "hidden_or_expired" never comes
    from here: the catalogue's view leaves those out before.
    """
    import polars as pl

    mastodon = pl.col("platform") == "mastodon"
    rules = {
        "policy": pl.col("policy") & int(Policy.INDEX) == 0,
        "status": pl.col("status").is_not_null() & (pl.col("status") != "active"),
        "private": _said("is_private"),
        "made_for_kids": _said("made_for_kids"),
        "declared_minor": _is_minor(),
        # Nobody is signed in yet, so what signed-in people alone may see is shown to nobody.
        "no_signed_out": _said("no_signed_out")
        | (pl.col("policy") & int(Policy.SHOW_SIGNED_OUT) == 0),
        "no_recommend": _said("no_recommend"),
        "noindex": _said("noindex"),
        "stop_word": _has_stop_word(),
        # Collected from the network, only a yes is a yes; an operator's file answers for itself
        # unless it says no.
        "not_discoverable": mastodon
        & (
            ~pl.col("discoverable").fill_null(True)
            | ((pl.col("source") == "mastodon") & pl.col("discoverable").is_null())
        ),
        "bridged_copy": _is_bridged(),
        "no_posts": (pl.col("posts_count") == 0).fill_null(False) & (pl.col("n_posts_seen") == 0),
    }
    because = pl.lit(None, dtype=pl.String)
    for word in reversed(list(EXCLUSIONS)):
        if word in rules:
            because = pl.when(rules[word]).then(pl.lit(word)).otherwise(because)
    return because.alias("excluded")


def may_be_counted() -> pl.Expr:
    """Whether a profile may be counted, unnamed, among a creator's followers or neighbours.

    Being unlisted does not forbid it; the source's policy does (SCORE), and so does youth. A
    mirrored copy is not counted beside its origin. Who was collected from the fediverse is counted
    while they agree to be discovered, and no longer: there, a follow is only stored between people
    who do.

    Reads the columns of a latest-state profile.
    """
    import polars as pl

    collected = pl.col("source") == "mastodon"
    agrees = (
        _said("discoverable")
        & ~_said("noindex")
        & ~_said("is_private")
        & ~_has_stop_word()
        & (pl.col("status").is_null() | (pl.col("status") == "active"))
    )
    return (
        (pl.col("policy") & int(Policy.SCORE) != 0)
        & ~_said("made_for_kids")
        & ~_is_minor()
        & ~_is_bridged()
        & (~collected | agrees)
    )


def posts_may_be_read() -> pl.Expr:
    """Whether a profile's posts may be searched and read for topics (`indexable`).

    A no is a no on every network; collected from Mastodon, silence is a no as well (FEP-5feb).
    """
    import polars as pl

    return pl.col("indexable").fill_null(pl.col("source") != "mastodon")


def _said(column: str) -> pl.Expr:
    import polars as pl

    return pl.col(column).fill_null(value=False)


def _is_minor() -> pl.Expr:
    import polars as pl

    bio = pl.col("bio_text").fill_null("")
    # The two patterns are tried on bios alone that hold a piece of them: a tenth of the time.
    aged = pl.when(bio.str.contains(r"1[0-7]")).then(bio).otherwise(pl.lit(""))
    learns = bio.str.contains_any(list(_SCHOOL_PIECES), ascii_case_insensitive=True)
    school = pl.when(learns).then(bio).otherwise(pl.lit(""))
    return aged.str.contains(_MINOR) | school.str.contains(_AT_SCHOOL)


def _has_stop_word() -> pl.Expr:
    import polars as pl

    return pl.col("bio_text").fill_null("").str.contains(_STOP_WORDS)


def _is_bridged() -> pl.Expr:
    import polars as pl

    return pl.col("handle").fill_null("").str.contains(_BRIDGES)
