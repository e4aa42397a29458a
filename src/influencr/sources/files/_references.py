"""Which profile or post a value names: native id, handle, address, or our own reference.

tiktok:6581, bluesky:did:plc:abc, tiktok:@ana     taken as it is
@ana, ana, https://www.tiktok.com/@ana            a handle (records.canonical_handle)
did:plc:abc, UCabc..., 6581                       a native id, where the network writes ids so
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from influencr.records import PLATFORMS, canonical_handle
from influencr.sources.files._platform import NATIVE

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Named", "post_reference", "resolve"]

_OWN_FORM = r"^([a-z][a-z0-9]{1,30}):([^/].*)$"
# Handles that canonical_handle only lower-cases and strips of the leading @.
_SIMPLE = r"^@*[A-Za-z0-9._-][A-Za-z0-9._@-]*$"


class Named(NamedTuple):
    """Per row: the network, the native id and the canonical handle; null where not given.

    `spoilt` marks values that were there and are no name (white space inside, for example).
    """

    platform: pl.Series
    native: pl.Series
    handle: pl.Series
    spoilt: pl.Series

    def reference(self) -> pl.Series:
        """`platform:native id`, else `platform:@handle`, else null."""
        import polars as pl

        frame = pl.DataFrame({"p": self.platform, "n": self.native, "h": self.handle})
        return frame.select(
            pl.coalesce(
                pl.concat_str("p", pl.lit(":"), "n"), pl.concat_str("p", pl.lit(":@"), "h")
            ).alias("reference")
        ).to_series()


def resolve(values: pl.Series, platform: pl.Series, *, how: str) -> Named:
    """Read a column of names; `how` is native, handle, or any (told value by value)."""
    import polars as pl

    frame = pl.DataFrame({"s": values.cast(pl.String).str.strip_chars(), "p": platform})
    frame = frame.with_columns(s=pl.when(pl.col("s").is_in(["", "-"])).then(None).otherwise("s"))
    networks = frame["p"].unique().drop_nulls().to_list()
    frame = frame.with_columns(rest="s", q="p", own=pl.lit(value=False))
    if any(frame["s"].str.starts_with(f"{n}:").any() for n in {*PLATFORMS, *networks}):
        found = pl.col("s").str.extract(_OWN_FORM, 1)
        own = found.is_in(list(PLATFORMS)) | (found == pl.col("p"))
        frame = frame.with_columns(own=own.fill_null(value=False)).with_columns(
            rest=pl.when("own").then(pl.col("s").str.extract(_OWN_FORM, 2)).otherwise("s"),
            q=pl.when("own").then(found).otherwise("p"),
        )
    # A native id may be written in full too; a handle in our form carries its @.
    is_handle = pl.col("rest").str.starts_with("@")
    if how == "native":
        is_native = ~(pl.col("own") & is_handle)
    else:
        is_native = pl.col("own") & ~is_handle
        if how == "any":
            is_native |= ~pl.col("own") & ~is_handle & _looks_native(networks)
    frame = frame.with_columns(is_native=is_native.fill_null(value=False)).select(
        p="q",
        n=pl.when("is_native").then("rest").otherwise(None),
        h=pl.when("is_native").then(None).otherwise("rest"),
        given=pl.col("s").is_not_null(),
    )
    native = frame.select(
        pl.when(pl.col("n").str.contains(r"[\s\p{Cc}]")).then(None).otherwise(pl.col("n"))
    ).to_series()
    handle = _canonical(frame["h"], frame["p"])
    spoilt = frame["given"] & native.is_null() & handle.is_null()
    return Named(frame["p"], native.alias("native"), handle.alias("handle"), spoilt)


def _looks_native(networks: list[str]) -> pl.Expr:
    import polars as pl

    looks = pl.lit(value=False)
    for name in networks:
        # An address on Mastodon is a handle; ids come in columns of their own there.
        if name in NATIVE and name != "mastodon":
            fits = pl.col("s").str.contains(NATIVE[name])
            looks |= fits if len(networks) == 1 else fits & (pl.col("p") == name)
    return looks.fill_null(value=False)


def _canonical(values: pl.Series, platform: pl.Series) -> pl.Series:
    """`records.canonical_handle` for a column: simple ones at once, the others one by one."""
    import polars as pl

    if values.null_count() == len(values):
        return values
    frame = pl.DataFrame({"s": values, "p": platform})
    simple = pl.col("s").str.contains(_SIMPLE)
    made = frame.select(
        pl.when(simple)
        .then(pl.col("s").str.strip_chars_start("@").str.to_lowercase())
        .otherwise(None)
    ).to_series()
    left = frame.filter(~simple.fill_null(value=True)).unique(maintain_order=True)
    if not left.height:
        return made
    fixed = [canonical_handle(s, platform=p or "") for s, p in left.iter_rows()]
    table = left.with_columns(pl.Series("h", fixed, dtype=pl.String))
    looked_up = frame.join(table, on=["s", "p"], how="left", maintain_order="left")["h"]
    return made.fill_null(looked_up)


def post_reference(values: pl.Series, platform: pl.Series) -> pl.Series:
    """`platform:id of the post` (or pack); null for what is missing or holds white space."""
    import polars as pl

    frame = pl.DataFrame({"s": values.cast(pl.String).str.strip_chars(), "p": platform})
    own = pl.col("s").str.extract(_OWN_FORM, 1)
    is_own = (own.is_in(list(PLATFORMS)) | (own == pl.col("p"))).fill_null(value=False)
    fit = pl.col("s").str.contains(r"^[^\s\p{Cc}]+$") & ~pl.col("s").is_in(["", "-"])
    return frame.select(
        pl.when(~fit)
        .then(None)
        .when(is_own)
        .then("s")
        .otherwise(pl.concat_str("p", pl.lit(":"), "s"))
        .alias("reference")
    ).to_series()
