"""What one profile call says, as arrays: platform-neutral, and honest about what is missing.

Every field is one float64 array with NaN where the source did not say. Two spellings of a table
are understood: the catalogue's (`bio_text`, `posts_count`, `account_created_at`, ...) and that of
`influencr followers score` (`bio`, `posts`, `created_at`, ...). Where only derived values are known
(`handle_digit_share`, `bio_length`, ...) they are taken as they are; where both are, the text
itself decides.

`silent_days` is read for the state of activity alone. No model and no rule of the product looks at
it: somebody who reads and never posts is dormant, which is a class of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from influencr.errors import SchemaError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["FIELDS", "SPELLINGS", "Fields", "read_fields"]

#: Field -> the columns that may hold it, the catalogue's name first.
SPELLINGS: dict[str, tuple[str, ...]] = {
    "handle": ("handle", "username"),
    "display_name": ("display_name",),
    "bio": ("bio_text", "bio", "description"),
    "link": ("links", "link"),
    "has_avatar": ("has_avatar",),
    "has_banner": ("has_banner",),
    "is_private": ("is_private",),
    "posts": ("posts_count", "posts"),
    "followers": ("followers",),
    "following": ("following",),
    "likes_given": ("likes_given",),
    "created_at": ("account_created_at", "created_at"),
    "last_active_at": ("last_active_at",),
    "observed_at": ("fetched_at", "observed_at"),
    "handle_digit_share": ("handle_digit_share",),
    "display_name_words": ("display_name_words",),
    "display_name_digit_share": ("display_name_digit_share",),
    "display_name_equals_handle": ("display_name_equals_handle",),
    "bio_length": ("bio_length",),
    "has_link": ("has_link",),
}

#: Nobody has more of anything than there are people; a larger count is a mistake of the file.
_MOST = 1e10
_DAY = 86_400_000_000
_TRUE = ("true", "t", "1", "1.0", "yes", "y")
_FALSE = ("false", "f", "0", "0.0", "no", "n")


class Fields(NamedTuple):
    """One row per profile; float64, NaN = not known; flags are 0 or 1.

    posts, followers, following, likes_given   counts
    has_avatar, has_banner, is_private         flags
    handle_digit_share                         digits per character of the handle (without domain)
    own_domain                                 1 where the handle is a domain of the person's own
    display_name_words                         words of the display name; 0 = known to be empty
    display_name_digit_share                   digits per character of the display name
    display_name_equals_handle                 flag, compared without case
    bio_length                                 characters; 0 = known to be empty
    has_link                                   flag
    age_days                                   from creation of the account to the observation
    silent_days                                from the last post to the observation
    """

    posts: Floats
    followers: Floats
    following: Floats
    likes_given: Floats
    has_avatar: Floats
    has_banner: Floats
    is_private: Floats
    handle_digit_share: Floats
    own_domain: Floats
    display_name_words: Floats
    display_name_digit_share: Floats
    display_name_equals_handle: Floats
    bio_length: Floats
    has_link: Floats
    age_days: Floats
    silent_days: Floats

    @property
    def n(self) -> int:
        """How many profiles."""
        return int(self.posts.size)


FIELDS = Fields._fields


def read_fields(profiles: pl.DataFrame, platform: str | None = None) -> Fields:
    """The fields of each row of `profiles`, in its order.

    profiles   any of the columns of `SPELLINGS`, in either spelling; texts that hold numbers,
               flags or dates are read as such, and what cannot be read is missing. A null text is
               unknown, an empty one is known to be empty
    platform   what the rows are of; None: their column `platform`, where there is one

    Raises SchemaError when no column is understood.
    """
    found = {
        field: next((name for name in names if name in profiles.columns), None)
        for field, names in SPELLINGS.items()
    }
    if not any(found.values()):
        raise SchemaError(
            f"no column of these profiles is understood: {', '.join(profiles.columns) or 'none'}; "
            f"needed: one of {', '.join(SPELLINGS)}."
        )
    take = _Columns(profiles, found)
    digits, domain = _handle(take, platform)
    words, name_digits, equals = _name(take)
    observed = take.instants("observed_at")
    columns = {
        **{name: take.counts(name) for name in ("posts", "followers", "following", "likes_given")},
        **{name: take.flags(name) for name in ("has_avatar", "has_banner", "is_private")},
        "handle_digit_share": take.first(digits, take.shares("handle_digit_share")),
        "own_domain": domain,
        "display_name_words": take.first(words, take.counts("display_name_words")),
        "display_name_digit_share": take.first(
            name_digits, take.shares("display_name_digit_share")
        ),
        "display_name_equals_handle": take.first(equals, take.flags("display_name_equals_handle")),
        "bio_length": take.first(take.text_length("bio"), take.counts("bio_length")),
        "has_link": take.first(take.links(), take.flags("has_link")),
        "age_days": _days(take.instants("created_at"), observed),
        "silent_days": _days(take.instants("last_active_at"), observed),
    }
    return Fields(**columns)


class _Columns:
    """The columns of one table by field, each as a float array."""

    def __init__(self, frame: pl.DataFrame, found: dict[str, str | None]) -> None:
        self.frame = frame
        self.found = found
        self.none = np.full(frame.height, np.nan)

    def series(self, field: str) -> pl.Series | None:
        name = self.found[field]
        return None if name is None else self.frame[name]

    def first(self, *arrays: Floats | None) -> Floats:
        """The first array that knows, row by row."""
        out = self.none
        for array in reversed([a for a in arrays if a is not None]):
            out = np.where(np.isnan(array), out, array)
        return out

    def numbers(self, field: str) -> Floats:
        series = self.series(field)
        if series is None:
            return self.none
        if series.dtype == pl.String:
            series = series.str.strip_chars().str.replace_all(r"[\s_,']", "")
        return series.cast(pl.Float64, strict=False).fill_null(np.nan).to_numpy().copy()

    def counts(self, field: str) -> Floats:
        values = self.numbers(field)
        return np.where((values >= 0) & (values < _MOST), values, np.nan)

    def shares(self, field: str) -> Floats:
        values = self.numbers(field)
        return np.where((values >= 0) & (values <= 1), values, np.nan)

    def flags(self, field: str) -> Floats:
        series = self.series(field)
        if series is None:
            return self.none
        if series.dtype == pl.String:
            words = series.str.strip_chars().str.to_lowercase()
            series = (
                pl.select(
                    pl.when(words.is_in(_TRUE)).then(1.0).when(words.is_in(_FALSE)).then(0.0)
                ).to_series()
                if series.len()
                else series
            )
        values = series.cast(pl.Float64, strict=False).fill_null(np.nan).to_numpy().copy()
        return np.where((values == 0) | (values == 1), values, np.nan)

    def texts(self, field: str) -> pl.Series | None:
        series = self.series(field)
        if series is None or series.dtype == pl.Null:
            return None
        if series.dtype != pl.String:
            series = series.cast(pl.String, strict=False)
        return series.str.strip_chars()

    def text_length(self, field: str) -> Floats | None:
        texts = self.texts(field)
        return None if texts is None else _floats(texts.str.len_chars())

    def links(self) -> Floats | None:
        series = self.series("link")
        if series is None or series.dtype == pl.Null:
            return None
        if isinstance(series.dtype, pl.List):
            return _floats((series.list.len() > 0).cast(pl.Float64))
        return _floats((series.cast(pl.String).str.strip_chars() != "").cast(pl.Float64))

    def instants(self, field: str) -> Floats:
        """Microseconds since 1970, NaN unknown."""
        series = self.series(field)
        if series is None or series.dtype == pl.Null:
            return self.none
        return _floats(_instants(series))


def _floats(series: pl.Series) -> Floats:
    return series.cast(pl.Float64).fill_null(np.nan).to_numpy().copy()


def _instants(series: pl.Series) -> pl.Series:
    if series.dtype == pl.Date or isinstance(series.dtype, pl.Datetime):
        return series.cast(pl.Datetime("us")).cast(pl.Int64)
    if series.dtype.is_numeric():
        return (series.cast(pl.Float64) * 1e6).cast(pl.Int64, strict=False)  # Unix seconds
    text = series.cast(pl.String).str.strip_chars()
    # A zone is dropped: a day more or less is nothing here, and sources write UTC.
    plain = text.str.replace(r"(?i)\s*(z|utc|[+-]\d{2}:?\d{2})$", "").str.replace("T", " ")
    reads = [
        plain.str.to_datetime(form, strict=False, time_unit="us")
        for form in ("%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M", "%Y-%m-%d")
    ]
    reads.append(
        text.str.replace(r" \+\d{4}", "").str.to_datetime(
            "%a %b %d %H:%M:%S %Y", strict=False, time_unit="us"
        )
    )
    seconds = (text.cast(pl.Float64, strict=False) * 1e6).cast(pl.Int64, strict=False)
    return pl.select(pl.coalesce(*(r.cast(pl.Int64) for r in reads), seconds)).to_series()


def _days(then: Floats, now: Floats) -> Floats:
    days = (now - then) / _DAY
    return np.where(days >= 0, days, np.nan)


def _handle(take: _Columns, platform: str | None) -> tuple[Floats | None, Floats]:
    """Digit share of the person's own part of the handle, and whether its domain is theirs."""
    handle = take.texts("handle")
    if handle is None:
        return None, take.none
    handle = handle.str.strip_prefix("@").str.to_lowercase()
    frame = pl.DataFrame({"handle": handle})
    where: pl.Expr = pl.lit(platform)
    if platform is None and "platform" in take.frame.columns:
        frame = frame.with_columns(platform=take.frame["platform"].cast(pl.String))
        where = pl.col("platform")
    text = pl.col("handle")
    hosted = text.str.ends_with(".bsky.social")
    bluesky = (where == "bluesky").fill_null(False) | hosted
    own = (
        pl.when(bluesky)
        .then(text.str.extract(r"^([^.@]*)"))
        .otherwise(text.str.extract(r"^([^@]*)"))
    )
    told = frame.select(
        share=pl.when(own.str.len_chars() > 0).then(
            own.str.count_matches(r"\d") / own.str.len_chars()
        ),
        domain=pl.when(bluesky & (text != "")).then((~hosted).cast(pl.Float64)),
    )
    return _floats(told["share"]), _floats(told["domain"])


def _name(take: _Columns) -> tuple[Floats | None, Floats | None, Floats | None]:
    name = take.texts("display_name")
    if name is None:
        return None, None, None
    handle = take.texts("handle")
    frame = pl.DataFrame({"name": name, "handle": name if handle is None else handle})
    text = pl.col("name")
    told = frame.select(
        words=text.str.count_matches(r"\S+"),
        digits=pl.when(text.str.len_chars() > 0)
        .then(text.str.count_matches(r"\d") / text.str.len_chars())
        .when(text == "")
        .then(0.0),
        equals=(
            text.str.to_lowercase() == pl.col("handle").str.strip_prefix("@").str.to_lowercase()
        ).cast(pl.Float64),
    )
    equals = None if handle is None else _floats(told["equals"])
    return _floats(told["words"]), _floats(told["digits"]), equals
