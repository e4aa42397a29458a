"""Who is known off the platform, by a file that the operator brings: identifiers of Wikidata.

A file of comma- or tab-separated values with a header, or JSON lines. Columns:

    platform            network, as in profiles (twitter, instagram, tiktok, youtube, ...)
    handle              the handle that the item names, with or without @; case does not matter
    qid                 the item, Q and digits
    sitelinks           number of articles about it in all languages
    occupations         labels parted by "|" or ";", empty when none are stated
    earliest_sitelink   date of the first article, YYYY, YYYY-MM or YYYY-MM-DD; may be empty
    kind                optional: human, or anything else for what is no person

An item counts from MIN_SITELINKS articles on. It counts as known by the platform alone, which makes
nobody a celebrity, where all its occupations are of the platform (PLATFORM_OCCUPATIONS), unless the
first article is from before the account's first year was over (EARLY): then fame came first.

MIN_SITELINKS, PLATFORM_OCCUPATIONS, EARLY: the vetting method's section 11. FAME_AT_MIN and
FAME_PER_TENFOLD, log-odds of being a celebrity at MIN_SITELINKS and for ten times as many articles:
our own choice, before any file was seen.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from influencr.errors import UnreadableInput

if TYPE_CHECKING:
    import polars as pl

__all__ = ["MIN_SITELINKS", "NOTABILITY_COLUMNS", "notable_signs", "read_notability"]

NOTABILITY_COLUMNS = (
    "platform",
    "handle",
    "qid",
    "sitelinks",
    "occupations",
    "earliest_sitelink",
)
MIN_SITELINKS = 3
FAME_AT_MIN = 2.6
FAME_PER_TENFOLD = 2.2
PLATFORM_OCCUPATIONS = (
    "influencer",
    "social media influencer",
    "internet celebrity",
    "internet personality",
    "social media personality",
    "youtuber",
    "vlogger",
    "blogger",
    "streamer",
    "online streamer",
    "live streamer",
    "twitch streamer",
    "tiktoker",
    "instagrammer",
    "podcaster",
    "content creator",
    "gamer",
)
_EARLY_DAYS = 365


def read_notability(path: Path) -> pl.DataFrame:
    """The operator's file as a frame, one row per platform and handle.

    returns   platform, handle (lower case, no @), qid str; sitelinks i64; occupations list[str]
              (lower case, maybe empty); earliest_sitelink date or null; is_person bool or null

    Where several items name one handle, the one with most sitelinks counts.
    Raises UnreadableInput, in one sentence with the line, when the file cannot be read so.
    """
    import polars as pl

    rows = _rows(path)
    missing = [name for name in NOTABILITY_COLUMNS if name not in rows.columns]
    if missing:
        raise UnreadableInput(
            f"{path.name} has no column {missing[0]!r}; a notability file has "
            f"{', '.join(NOTABILITY_COLUMNS)}.",
            field="--notability",
        )
    if "kind" not in rows.columns:
        rows = rows.with_columns(pl.lit(None, dtype=pl.String).alias("kind"))
    text = {name: pl.col(name).str.strip_chars() for name in (*NOTABILITY_COLUMNS, "kind")}
    date = text["earliest_sitelink"]
    year_month_day = (
        pl.when(date.str.len_chars() == 4)
        .then(date + "-01-01")
        .when(date.str.len_chars() == 7)
        .then(date + "-01")
        .otherwise(date)
    )
    parsed = rows.with_row_index("line", offset=2).select(
        "line",
        text["platform"].str.to_lowercase().alias("platform"),
        text["handle"].str.strip_prefix("@").str.to_lowercase().alias("handle"),
        text["qid"].alias("qid"),
        text["sitelinks"].str.to_integer(strict=False).alias("sitelinks"),
        text["occupations"]
        .fill_null("")
        .str.to_lowercase()
        .str.replace_all(r"\s*[;|]\s*", "|")
        .str.split("|")
        .list.eval(pl.element().filter(pl.element() != ""))
        .alias("occupations"),
        year_month_day.str.to_date("%Y-%m-%d", strict=False).alias("earliest_sitelink"),
        (date.fill_null("") != "").alias("dated"),
        text["kind"].str.to_lowercase().alias("kind"),
    )
    _refuse(parsed, pl.col("platform").fill_null("") == "", path, "names no platform")
    _refuse(parsed, pl.col("handle").fill_null("") == "", path, "names no handle")
    _refuse(
        parsed,
        ~pl.col("qid").str.contains(r"^Q\d+$").fill_null(value=False),
        path,
        "has no identifier such as Q42 as qid",
    )
    _refuse(
        parsed,
        (pl.col("sitelinks").is_null() | (pl.col("sitelinks") < 0)),
        path,
        "has no whole number from 0 as sitelinks",
    )
    _refuse(
        parsed,
        pl.col("dated") & pl.col("earliest_sitelink").is_null(),
        path,
        "has an earliest_sitelink that is no date such as 2009-05-17",
    )
    return (
        parsed.sort("sitelinks", descending=True, maintain_order=True)
        .unique(["platform", "handle"], keep="first", maintain_order=True)
        .select(
            "platform",
            "handle",
            "qid",
            "sitelinks",
            "occupations",
            "earliest_sitelink",
            pl.when(pl.col("kind").fill_null("") != "")
            .then(pl.col("kind").is_in(["human", "person", "q5"]))
            .when(pl.col("occupations").list.len() > 0)
            .then(statement=True)
            .alias("is_person"),
        )
    )


def _rows(path: Path) -> pl.DataFrame:
    """The file's cells as text."""
    import polars as pl

    if not path.is_file():
        raise UnreadableInput(f"There is no file {path}.", field="--notability")
    try:
        if path.suffix in (".jsonl", ".ndjson"):
            return pl.read_ndjson(path, infer_schema_length=None).select(
                pl.all().cast(pl.String, strict=False)
            )
        separator = "\t" if path.suffix == ".tsv" else ","
        return pl.read_csv(path, infer_schema=False, separator=separator)
    except (pl.exceptions.PolarsError, UnicodeDecodeError) as problem:
        what = str(problem).splitlines()[0].rstrip(".")
        raise UnreadableInput(
            f"{path.name} cannot be read as a table: {what}.", field="--notability"
        ) from problem


def _refuse(rows: pl.DataFrame, wrong: pl.Expr, path: Path, what: str) -> None:
    found = rows.filter(wrong)["line"]
    if len(found):
        raise UnreadableInput(f"{path.name}, line {found[0]}: {what}.", field="--notability")


def notable_signs(known: pl.DataFrame, notability: pl.DataFrame) -> pl.DataFrame:
    """Signs of everybody whom the file names: row, sign, where, words, amount.

    known        platform, handle, account_created_at
    notability   what `read_notability` gave
    """
    import polars as pl

    met = (
        known.lazy()
        .with_row_index("row")
        .select(
            "row",
            "platform",
            pl.col("handle").str.strip_prefix("@").str.to_lowercase(),
            "account_created_at",
        )
        .join(notability.lazy(), on=["platform", "handle"], how="inner", maintain_order="left")
        .filter(pl.col("sitelinks") >= MIN_SITELINKS)
    )
    early = (
        pl.col("earliest_sitelink").cast(pl.Datetime("us", "UTC"))
        < pl.col("account_created_at") + pl.duration(days=_EARLY_DAYS)
    ).fill_null(value=False)
    occupations = pl.col("occupations")
    platform_only = (
        (occupations.list.len() > 0)
        & (occupations.list.eval(pl.element().is_in(PLATFORM_OCCUPATIONS)).list.all())
        & ~early
    )
    person = pl.col("is_person")
    fame = FAME_AT_MIN + FAME_PER_TENFOLD * (pl.col("sitelinks") / MIN_SITELINKS).log(10)
    words = pl.format(
        "Wikidata, says the operator's file, knows it as {} with {} articles",
        "qid",
        "sitelinks",
    )
    nothing = pl.lit(None, dtype=pl.String)
    listed = occupations.list.join(", ")
    one = pl.lit(1.0)
    kinds: tuple[tuple[str, pl.Expr, pl.Expr, pl.Expr], ...] = (
        ("notable", ~platform_only & person.fill_null(value=True), words, fame),
        ("notable_platform", platform_only, listed, one),
        ("notable_person", person.fill_null(value=False), nothing, one),
        ("notable_other", ~person.fill_null(value=True), nothing, one),
    )
    return pl.concat(
        pl.collect_all(
            met.filter(holds).select(
                "row",
                pl.lit(sign).alias("sign"),
                pl.lit("file").alias("where"),
                said.cast(pl.String).alias("words"),
                amount.cast(pl.Float64).alias("amount"),
            )
            for sign, holds, said, amount in kinds
        )
    )
