"""Whole columns of text made into typed columns, with the reason wherever a value makes no sense.

Plain values take a vectorised way; what is left goes through `_words` once per different text.
Columns that are typed already (Parquet) are only cast.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from influencr.sources.files import _words
from influencr.sources.files._raw import LIST_MARK

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Parsed", "counts", "flags", "instants", "languages", "lists", "measures", "rates"]
__all__ += ["links", "texts"]

#: Control, lone and direction-changing characters: what `text.printable` removes.
_UNPRINTABLE = r"[\x00-\x08\x0b-\x1f\x7f-\x9f\x{202a}-\x{202e}\x{2066}-\x{2069}]"
_LOOKS_LIKE_HTML = (
    r"</?(?:p|br|a|b|i|u|em|strong|span|div|ul|ol|li|h[1-6]|img|code|blockquote)\b[^<>]*>"
    r"|&(?:amp|lt|gt|quot|apos|nbsp|#\d+|#x[0-9a-fA-F]+);"
)


class Parsed(NamedTuple):
    """`values` of the wanted type; `wrong` is a reason where the text meant nothing, else null."""

    values: pl.Series
    wrong: pl.Series | None


def _by_text(
    series: pl.Series, done: pl.Series, convert: Callable[[str], Any], dtype: Any
) -> Parsed:
    """Fill what `done` left null, asking `convert` once per different text."""
    import polars as pl

    left = series.is_not_null() & done.is_null()
    if not left.any():
        return Parsed(done, None)
    known: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for text in series.filter(left).unique(maintain_order=True).to_list():
        try:
            value = convert(text)
        except ValueError as error:
            wrong[text] = str(error)
        else:
            if value is not None:
                known[text] = value
    if known:
        made = series.replace_strict(
            pl.Series(list(known), dtype=pl.String),
            pl.Series(list(known.values()), dtype=dtype),
            default=None,
            return_dtype=dtype,
        )
        done = done.fill_null(made)
    if not wrong:
        return Parsed(done, None)
    # A text may have been understood by the vectorised way and still stand here as a key: no,
    # because only texts that it left null were asked for.
    reasons = series.replace_strict(
        list(wrong), list(wrong.values()), default=None, return_dtype=pl.String
    )
    return Parsed(done, reasons)


def _negative(values: pl.Series) -> Parsed:
    import polars as pl

    below = values < 0
    if not below.any():
        return Parsed(values, None)
    frame = pl.DataFrame({"v": values, "b": below.fill_null(value=False)})
    out = frame.select(
        v=pl.when("b").then(None).otherwise("v"),
        w=pl.when("b").then(pl.lit("negative")).otherwise(None),
    )
    return Parsed(out["v"], out["w"])


def _joined(first: Parsed, second: Parsed) -> Parsed:
    if first.wrong is None or second.wrong is None:
        return Parsed(first.values, first.wrong if second.wrong is None else second.wrong)
    return Parsed(first.values, first.wrong.fill_null(second.wrong))


def counts(series: pl.Series, *, decimal_mark: str = ".") -> Parsed:
    """Whole numbers from 0 on (Int64); null where hidden."""
    import polars as pl

    if series.dtype.is_integer():
        return _negative(series.cast(pl.Int64, strict=False))
    if series.dtype.is_float():
        series = series.fill_nan(None).cast(pl.String).str.strip_suffix(".0")
    series = series.cast(pl.String).str.strip_chars()
    plain = series.cast(pl.Int64, strict=False)
    checked = _negative(plain)
    convert = lambda text: _whole(text, decimal_mark)  # noqa: E731 - bound for one call
    filled = _by_text(series.set(plain.is_not_null(), None), checked.values, convert, pl.Int64)
    return _joined(filled, checked)


def _whole(text: str, decimal_mark: str) -> int | None:
    value = _words.number(text, decimal_mark=decimal_mark)
    return None if value is None else int(value)


def measures(series: pl.Series, *, decimal_mark: str = ".") -> Parsed:
    """Numbers from 0 on (Float64)."""
    return _floats(
        series,
        decimal_mark,
        lambda text: _as_float(_words.number(text, decimal_mark=decimal_mark, whole=False)),
    )


def rates(series: pl.Series, *, percent: bool, decimal_mark: str = ".") -> Parsed:
    """Shares as fractions (Float64)."""
    return _floats(
        series,
        decimal_mark,
        lambda text: _words.rate(text, percent=percent, decimal_mark=decimal_mark),
        scale=0.01 if percent else 1.0,
    )


def _as_float(value: Any) -> float | None:
    return None if value is None else float(value)


def _floats(
    series: pl.Series,
    decimal_mark: str,
    convert: Callable[[str], float | None],
    *,
    scale: float = 1.0,
) -> Parsed:
    import polars as pl

    if series.dtype.is_numeric():
        values = series.cast(pl.Float64).fill_nan(None)
        return _negative(values * scale if scale != 1.0 else values)
    series = series.cast(pl.String).str.strip_chars()
    # The plain way takes what can only be meant one way: no comma, and a point only where it is
    # not followed by exactly three digits, unless the point is this file's decimal mark.
    plain = series.str.contains(
        r"^\d+(\.\d+)?(e[-+]?\d+)?$" if decimal_mark == "." else r"^\d+(\.(\d{1,2}|\d{4,}))?$"
    )
    frame = pl.DataFrame({"s": series, "p": plain})
    values = frame.select(
        pl.when("p").then(pl.col("s").cast(pl.Float64, strict=False)).otherwise(None)
    ).to_series()
    if scale != 1.0:
        values = values * scale
    return _by_text(series, values, convert, pl.Float64)


def flags(series: pl.Series) -> Parsed:
    """Yes or no (Boolean)."""
    import polars as pl

    if series.dtype == pl.Boolean:
        return Parsed(series, None)
    if series.dtype.is_numeric():
        series = series.cast(pl.Float64).fill_nan(None)
    series = series.cast(pl.String)
    return _by_text(
        series, pl.Series([None] * len(series), dtype=pl.Boolean), _words.flag, pl.Boolean
    )


_FORMS = (
    (r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$", "%Y-%m-%dT%H:%M:%S%.fZ"),
    (r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?$", "%Y-%m-%dT%H:%M:%S%.f"),
    (r"^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(\.\d+)?$", "%Y-%m-%d %H:%M:%S%.f"),
    (r"^\d{4}-\d{2}-\d{2}$", "%Y-%m-%d"),
)


def instants(series: pl.Series, *, day_first: bool = True) -> Parsed:
    """Instants in UTC, microseconds."""
    import polars as pl

    utc = pl.Datetime("us", "UTC")
    if isinstance(series.dtype, pl.Datetime):
        zoned = (
            series.dt.replace_time_zone("UTC")
            if series.dtype.time_zone is None
            else series.dt.convert_time_zone("UTC")
        )
        return Parsed(zoned.cast(utc), None)
    if series.dtype.is_float():
        series = series.fill_nan(None).cast(pl.Int64, strict=False)
    series = series.cast(pl.String).str.strip_chars()
    done = pl.Series([None] * len(series), dtype=utc)
    head = series.drop_nulls().head(1)
    for pattern, form in _FORMS:
        if head.len() and head.str.contains(pattern).all():
            # The first value's form is tried on all; other forms take the slower way.
            fits = series.str.contains(pattern)
            made = series.set(~fits, None).str.to_datetime(form, time_unit="us", strict=False)
            made = made.dt.replace_time_zone("UTC")
            done = made.set((made.dt.year() < 1990) | (made.dt.year() >= 2100), None)
    return _by_text(series, done, lambda text: _words.instant(text, day_first=day_first), utc)


def texts(series: pl.Series, *, is_html: bool = False, keep_empty: bool = False) -> pl.Series:
    """Words fit to store and show; null where there are none.

    `keep_empty` keeps "" as it is: in JSON it is an observed empty text.
    """
    import polars as pl

    series = series.cast(pl.String)
    name = series.name
    if is_html:
        looks = series.str.contains(_LOOKS_LIKE_HTML)
        if looks.any():
            found = series.filter(looks).unique().to_list()
            series = series.replace(found, [_words.plain_text(text) for text in found])
    frame = series.to_frame("s").select(
        pl.col("s")
        .str.replace_all(LIST_MARK, ", ", literal=True)
        .str.normalize("NFC")
        .str.replace_all(_UNPRINTABLE, "")
        .str.strip_chars()
    )
    empty = list(_words.NO_TEXT[1:] if keep_empty else _words.NO_TEXT)
    return frame.select(
        pl.when(pl.col("s").is_in(empty)).then(None).otherwise(pl.col("s")).alias(name)
    ).to_series()


def lists(
    columns: list[pl.Series], *, split: Callable[[str], list[str]] = _words.parts
) -> pl.Series:
    """One list of words per row from several columns; null when no column holds any."""
    import polars as pl

    made = [_split(series, split) for series in columns]
    if len(made) == 1:
        return made[0]
    names = [f"l{i}" for i in range(len(made))]
    frame = pl.DataFrame(dict(zip(names, made, strict=True)))
    joined = pl.concat_list([pl.col(n).fill_null([]) for n in names])
    return frame.select(
        pl.when(pl.all_horizontal(pl.col(n).is_null() for n in names))
        .then(None)
        .otherwise(joined.list.unique(maintain_order=True))
        .alias("l")
    ).to_series()


def links(columns: list[pl.Series]) -> pl.Series:
    """One list of addresses per row; words that are no address are left out."""
    import polars as pl

    made = lists([_spaces_to_marks(series) for series in columns], split=_addresses)
    address = r"^(?i)(?:https?://\S+|www\.\S+|[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}(?:/\S*)?)$"
    kept = made.to_frame("l").select(
        pl.col("l").list.eval(pl.element().filter(pl.element().str.contains(address)))
    )
    return kept.select(
        pl.when(pl.col("l").list.len() > 0).then(pl.col("l")).otherwise(None)
    ).to_series()


def _spaces_to_marks(series: pl.Series) -> pl.Series:
    return series.str.replace_all(r"[\s|;]+|,\s+|,$", LIST_MARK)


def _addresses(text: str) -> list[str]:
    return list(dict.fromkeys(piece for piece in text.split(LIST_MARK) if piece))


def _split(series: pl.Series, split: Callable[[str], list[str]]) -> pl.Series:
    """Each different text is split once: categories repeat a lot."""
    import polars as pl

    series = texts_with_marks(series)
    kind = pl.List(pl.String)
    known: dict[str, list[str]] = {}
    for text in series.drop_nulls().unique().to_list():
        if pieces := split(text):
            known[text] = pieces
    if not known:
        return pl.Series([None] * len(series), dtype=kind)
    table = pl.DataFrame(
        {"s": list(known), "l": list(known.values())}, schema={"s": pl.String, "l": kind}
    )
    return series.to_frame("s").join(table, on="s", how="left", maintain_order="left").to_series(1)


def texts_with_marks(series: pl.Series) -> pl.Series:
    """Words without control characters, the marks between list parts kept."""
    import polars as pl

    return (
        series.cast(pl.String)
        .str.normalize("NFC")
        .str.replace_all(r"[\x00-\x08\x0b-\x1e\x7f-\x9f\x{202a}-\x{202e}\x{2066}-\x{2069}]", "")
        .str.strip_chars()
        .to_frame("s")
        .select(pl.when(pl.col("s") == "").then(None).otherwise(pl.col("s")).alias("s"))
        .to_series()
    )


def languages(series: pl.Series) -> pl.Series:
    """Declared languages as codes where they are known, else the words as given."""
    import polars as pl

    series = texts_with_marks(series)
    none = pl.Series([None] * len(series), dtype=pl.String)
    made = _by_text(series, none, _language, pl.String)
    return made.values


def _language(text: str) -> str | None:
    return None if text in _words.NO_TEXT else _words.language_code(text)
