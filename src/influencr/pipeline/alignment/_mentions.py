"""Who named a brand or its competitors already, when, and was it paid for?

Read from posts that may be searched (`pipeline._gates`) and from bios. A name counts where it
stands as a whole, in any case and with or without its accents; a handle where it is mentioned with
its sign, or as the host-less part of one. A post is *marked* when it carries one of MARKERS: what
advertising law and the networks ask creators to write. That a mark is missing says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

from influencr.records import Policy
from influencr.text import fold, handle_words

if TYPE_CHECKING:
    from influencr.catalogue import Catalogue

__all__ = ["MARKERS", "MENTIONS_SCHEMA", "MOST_KEPT", "PASSAGE_CHARS", "mentions"]

#: Tags by which posts are marked as advertising, folded, in the languages that we know of.
MARKERS = frozenset(
    fold(tag)
    for line in (
        "ad ads advert advertisement advertising sponsored sponsoredpost spon paidpartnership",
        "paidpromotion brandpartner werbung anzeige bezahltewerbung unbezahltewerbung kooperation",
        "publicité pub sponsorisé partenariat partenariatrémunéré collaborationcommerciale",
        "publicidad publi patrocinado colaboraciónpagada publicidade publipost parceriapaga",
        "pubblicità adv sponsorizzato reclame advertentie samenwerking betaaldesamenwerking",
        "reklama współpraca współpracareklamowa reklam işbirliği annons samarbete reklame annonse",
        "mainos реклама 広告 pr案件 タイアップ 광고 협찬 广告 iklan quảngcáo",
    )
    for tag in line.split()
)
#: A post's passage around the name; the newest mentions kept per creator and name: own choice.
PASSAGE_CHARS = 240
MOST_KEPT = 10
_TAG = re.compile(r"[#＃](\w+)")

MENTIONS_SCHEMA: dict[str, Any] = {
    "profile_id": pl.String,
    "of": pl.String,
    "name": pl.String,
    "where": pl.String,
    "at": pl.Datetime("us", "UTC"),
    "post_id": pl.String,
    "passage": pl.String,
    "start": pl.Int64,
    "end": pl.Int64,
    "marked": pl.String,
}


class _Name(NamedTuple):
    """of: "brand" or "competitor"; name: as the member wrote it."""

    of: str
    name: str
    pattern: re.Pattern[str]
    #: Texts of which a mention holds one, whatever its case; to look at few posts only.
    seeds: tuple[str, ...]


def mentions(
    catalogue: Catalogue,
    creators: pl.LazyFrame,
    names: Iterable[tuple[str, str]],
    *,
    progress: Callable[[int], None] | None = None,
) -> pl.DataFrame:
    """Every mention of these names by creators who may be searched.

    creators   CREATORS_SCHEMA; who has no `post_text` there did not let their posts be searched
    names      ("brand" or "competitor", name or @handle)
    progress   called with posts read so far
    returns    MENTIONS_SCHEMA, the newest first per creator, at most MOST_KEPT of each name;
               `at` and `post_id` are null for a bio, `marked` is the tag of a marked post
    """
    wanted = [_name(of, name) for of, name in names]
    rows: list[tuple[Any, ...]] = []
    if wanted:
        open_ = creators.filter(pl.col("post_text").is_not_null()).select("profile_id").collect()
        posts = (
            catalogue.latest("posts")
            .filter(
                pl.col("policy") & int(Policy.INDEX) != 0,
                pl.col("kind").is_null() | (pl.col("kind") != "repost"),
                pl.col("text").is_not_null(),
            )
            .select("profile_id", "post_id", "created_at", "text")
        )
        done = 0
        for batch in posts.collect_batches(chunk_size=200_000):
            done += len(batch)
            held = batch.filter(_may_hold("text", wanted)).join(open_, on="profile_id", how="semi")
            for profile_id, post_id, at, text in held.iter_rows():
                rows += _found(profile_id, "post", at, post_id, text, wanted)
            if progress is not None:
                progress(done)
        bios = (
            creators.filter(pl.col("bio_text").is_not_null() & _may_hold("bio_text", wanted))
            .select("profile_id", "bio_text")
            .collect()
        )
        for profile_id, bio in bios.iter_rows():
            rows += _found(profile_id, "bio", None, None, bio, wanted)
    return (
        pl.DataFrame(rows, schema=MENTIONS_SCHEMA, orient="row")
        .sort("profile_id", "at", "post_id", descending=[False, True, False], nulls_last=True)
        .group_by("profile_id", "of", "name", maintain_order=True)
        .head(MOST_KEPT)
        .select(*MENTIONS_SCHEMA)
        .sort("profile_id", "at", "post_id", descending=[False, True, False], nulls_last=True)
    )


def _name(of: str, name: str) -> _Name:
    handle = name.rpartition(":")[2] if "@" in name or ":" in name else ""
    if handle.startswith("@"):
        plain = handle.lstrip("@")
        own = handle_words(plain)
        either = "|".join(re.escape(x) for x in dict.fromkeys((plain, own)) if x)
        pattern = re.compile(rf"(?<![\w@.])@(?:{either})(?![\w]|\.\w|@\w)", re.IGNORECASE)
        return _Name(of, name, pattern, (f"@{own}", f"@{plain}"))
    words = name.split()
    joined = r"[\s\-]+".join(re.escape(word) for word in words)
    accents = r"[\s\-]+".join(re.escape(fold(word)) for word in words)
    pattern = re.compile(rf"(?<!\w)(?:{joined}|{accents})(?!\w)", re.IGNORECASE)
    seeds = dict.fromkeys((words[0], words[0].upper(), words[0].title(), fold(words[0])))
    return _Name(of, name, pattern, tuple(seeds))


def _may_hold(column: str, wanted: Sequence[_Name]) -> pl.Expr:
    seeds = sorted({seed for name in wanted for seed in name.seeds})
    return pl.col(column).str.contains_any(seeds, ascii_case_insensitive=True)


def _found(
    profile_id: str, where: str, at: Any, post_id: str | None, text: str, wanted: Sequence[_Name]
) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = []
    for name in wanted:
        match = name.pattern.search(text)
        if match is not None:
            passage, start, end = _passage(text, match.start(), match.end())
            mark = _mark(text) if where == "post" else None
            rows.append(
                (profile_id, name.of, name.name, where, at, post_id, passage, start, end, mark)
            )
    return rows


def _mark(text: str) -> str | None:
    for tag in _TAG.findall(text):
        if fold(tag) in MARKERS:
            return f"#{tag}"
    return None


def _passage(text: str, start: int, end: int) -> tuple[str, int, int]:
    """The part of a text around a name, and where the name stands in it."""
    low = max(0, min(start - PASSAGE_CHARS // 3, len(text) - PASSAGE_CHARS))
    high = max(min(len(text), low + PASSAGE_CHARS), end)
    return text[low:high], start - low, end - low
