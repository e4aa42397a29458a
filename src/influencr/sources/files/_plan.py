"""What a file is and how it will be read, decided from its beginning and open to inspection.

`inspect` reads one sample, decides, and says what it decided and why; nothing is imported yet. The
decisions that need many values (is 0.0165 a fraction? is 03/04 a day in March?) are taken once per
column over the sample, never per row.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from influencr.errors import UnknownValue, UnreadableInput, UsageError
from influencr.records import PLATFORMS
from influencr.sources.files._aliases import ALIASES, fold_name
from influencr.sources.files._bytes import compression_of, detect_encoding, read_sample
from influencr.sources.files._decisions import day_order, decimal_mark, rates_of
from influencr.sources.files._delimited import DelimitedReader, sniff_delimiter
from influencr.sources.files._json import ArrayReader, LinesReader
from influencr.sources.files._mapping import KINDS, NAMING, assign, find_kind
from influencr.sources.files._parquet import ParquetReader, parquet_columns
from influencr.sources.files._platform import guess_platform, platform_word

if TYPE_CHECKING:
    from influencr.sources.files._raw import Reader

__all__ = ["FilePlan", "inspect"]

#: Rows looked at for decisions. Own choice: enough to meet a 13th day in a column of dates.
SAMPLE_ROWS = 20_000

# A month or day in a file's name.
_DATED = re.compile(
    r"(?<!\d)(?:19|20)\d\d[-_.]?(?:(?:0[1-9]|1[0-2])(?:[-_.]?[0-3]\d)?(?!\d)"
    r"|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*)",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class FilePlan:
    """How one file will be read; `str(plan)` is the page to show before importing.

    kind, tables    what the rows are, and the tables that they fill
    platform        the network of every row, or None where `platform_column` says it per row
    mapping         source column -> field (`handle + links` where a column feeds two)
    uses            field -> source columns, the same the other way round
    unused          source column -> why it is not taken
    rates           column -> percent or fraction
    day_first       column -> whether 03/04 is the third of April
    notes           decisions that were taken on thin evidence, in sentences
    """

    path: Path
    format: str
    compression: str | None
    encoding: str | None
    encoding_reason: str
    delimiter: str | None
    columns: list[str]
    kind: str
    tables: tuple[str, ...]
    platform: str | None
    platform_reason: str
    platform_column: str | None
    mapping: dict[str, str]
    uses: dict[str, tuple[str, ...]]
    unused: dict[str, str]
    contact_column: str | None = None
    only: dict[str, str] = field(default_factory=dict)
    decimal_mark: str = "."
    rates: dict[str, str] = field(default_factory=dict)
    day_first: dict[str, bool] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    examples: dict[str, str] = field(default_factory=dict)
    n_sampled: int = 0

    @property
    def wanted(self) -> list[str]:
        """The columns that are read at all."""
        needed = set(self.mapping) | set(self.only)
        if self.contact_column:
            needed.add(self.contact_column)
        return [column for column in self.columns if column in needed]

    def reader(self, *, wanted: list[str] | None = None) -> Reader:
        """A reader of the file's rows, of the wanted columns (default: those in use)."""
        return _reader(
            self.path,
            self.format,
            encoding=self.encoding or "utf-8",
            delimiter=self.delimiter or ",",
            columns=self.columns,
            wanted=self.wanted if wanted is None else wanted,
        )

    def __str__(self) -> str:
        packed = [self.compression] if self.compression else []
        written = [f"{self.encoding} ({self.encoding_reason})"] if self.encoding else []
        marks = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
        split = [f"split at {marks[self.delimiter]}"] if self.delimiter else []
        lines = [
            f"{self.path.name}: " + ", ".join([self.format, *packed, *written, *split]),
            f"  {' and '.join(self.tables)} on "
            + (self.platform or f"the network in column {self.platform_column!r}")
            + f" ({self.platform_reason})",
        ]
        width = min(max((len(c) for c in self.mapping), default=0), 32)
        for column, target in self.mapping.items():
            example = self.examples.get(column, "")
            lines.append(f"  {column:<{width}} -> {target:<24} {example}".rstrip())
        by_reason: dict[str, list[str]] = {}
        for column, reason in self.unused.items():
            by_reason.setdefault(reason, []).append(column)
        lines += [f"  not used, {why}: {', '.join(names)}" for why, names in by_reason.items()]
        if self.only:
            lines.append(
                "  only rows where " + " and ".join(f"{c} = {v}" for c, v in self.only.items())
            )
        lines += [f"  note: {note}" for note in self.notes]
        return "\n".join(lines)


def inspect(
    path: str | Path,
    *,
    platform: str | None = None,
    kind: str | None = None,
    mapping: Mapping[str, str] | None = None,
    only: Mapping[str, str] | None = None,
    encoding: str | None = None,
) -> FilePlan:
    """Look at the beginning of a file and decide how to read it.

    platform   the network of every row, where the file does not say it
    kind       profiles, posts, follows, engagements or packs, where the columns do not tell
    mapping    column -> field, over what the names suggest; an empty field leaves a column out
    only       column -> value: take just the rows that have it
    encoding   a Python codec name, where the guess is wrong

    Raises UnreadableInput for what is no table (empty, binary, damaged from the start),
    UnknownValue for a wrong name in an option, UsageError where something has to be said: the
    network, or which column names the creator.
    """
    path = Path(path)
    if kind is not None and kind not in KINDS:
        raise UnknownValue("kind", kind, KINDS)
    if platform is not None and platform_word(platform) is None:
        raise UnknownValue("platform", platform, PLATFORMS)
    head = read_sample(path, limit=4 << 20)
    if head.startswith(b"PAR1"):
        if compression_of(_first(path)):
            raise UnreadableInput(
                f"{path.name} is a packed Parquet file; unpack it, Parquet is compressed inside."
            )
        form, codec, why, delimiter = "Parquet", None, "", None
        columns = parquet_columns(path)
    else:
        codec, why = (encoding, "as told") if encoding else detect_encoding(head, name=path.name)
        text = _decoded(head, codec, path.name)
        form, delimiter, columns = _text_format(path, text, codec)
    reader = _reader(
        path, form, encoding=codec or "utf-8", delimiter=delimiter or ",", columns=columns
    )
    sample, n_sampled, found = _sample(reader)
    columns = columns or found
    if not columns:
        raise UnreadableInput(f"{path.name} holds no record with a named value; nothing to import.")
    return _decide(
        path,
        form=form,
        compression=compression_of(_first(path)),
        encoding=codec,
        why=why,
        delimiter=delimiter,
        columns=columns,
        sample=sample,
        n_sampled=n_sampled,
        platform=platform_word(platform) if platform else None,
        kind=kind,
        mapping=mapping or {},
        only=only or {},
    )


def _first(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(8)


def _decoded(head: bytes, codec: str, name: str) -> str:
    try:
        text = head.decode(codec, "replace")
    except LookupError:
        raise UsageError(
            f"encoding: {codec!r} is not known; give a codec name such as utf-8 or cp1252.",
            field="encoding",
        ) from None
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise UnreadableInput(f"{name} holds only white space; nothing to import.")
    return text


def _text_format(path: Path, text: str, codec: str) -> tuple[str, str | None, list[str]]:
    """Format, delimiter and (for delimited files) the header's columns."""
    start = text.lstrip()
    if start.startswith("["):
        if re.match(r"\[\s*[{\]]", start):
            return "JSON array", None, []
    elif start.startswith("{"):
        return "JSON lines", None, []
    delimiter, rows = sniff_delimiter(text)
    if not rows:
        raise UnreadableInput(
            f"{path.name} has no readable header row (its first line is longer than 131,072 "
            "characters or a quote in it is never closed); check how it was exported."
        )
    header = [name.strip() or f"unnamed {i}" for i, name in enumerate(rows[0], 1)]
    doubled = sorted({name for name in header if header.count(name) > 1})
    if doubled:
        raise UsageError(
            f"{path.name}: the header names {', '.join(repr(n) for n in doubled)} more than once; "
            "rename one of them, so that it is clear which is meant.",
            field="header",
        )
    return ("TSV" if delimiter == "\t" else "CSV"), delimiter, header


def _reader(
    path: Path,
    form: str,
    *,
    encoding: str,
    delimiter: str,
    columns: list[str],
    wanted: list[str] | None = None,
) -> Reader:
    if form == "Parquet":
        return ParquetReader(path, columns=columns, wanted=wanted)
    if form == "JSON lines":
        return LinesReader(path, encoding=encoding, columns=columns, wanted=wanted)
    if form == "JSON array":
        return ArrayReader(path, encoding=encoding, columns=columns, wanted=wanted)
    return DelimitedReader(
        path, encoding=encoding, delimiter=delimiter, columns=columns, wanted=wanted
    )


def _sample(reader: Reader) -> tuple[dict[str, list[str]], int, list[str]]:
    """Non-empty values by column from the first rows, the number of rows, and the columns."""
    import polars as pl

    sample: dict[str, list[str]] = {}
    n_rows = 0
    for raw in reader.rows():
        for name in raw.frame.columns:
            values = raw.frame[name].drop_nulls().head(SAMPLE_ROWS - n_rows)
            texts = values.cast(pl.String, strict=False).str.strip_chars().to_list()
            sample.setdefault(name, []).extend(
                t for t in texts if t and t.lower() not in ("-", "null", "none", "nan", "n/a")
            )
        n_rows += raw.frame.height
        # The first piece that holds rows is enough: pieces are megabytes.
        if n_rows:
            break
    return sample, min(n_rows, SAMPLE_ROWS), list(sample)


def _decide(
    path: Path,
    *,
    form: str,
    compression: str | None,
    encoding: str | None,
    why: str,
    delimiter: str | None,
    columns: list[str],
    sample: dict[str, list[str]],
    n_sampled: int,
    platform: str | None,
    kind: str | None,
    mapping: Mapping[str, str],
    only: Mapping[str, str],
) -> FilePlan:
    kind = kind or find_kind(columns, mapping)
    if kind is None:
        raise UsageError(_nobody_named(path, columns, delimiter), field="mapping")
    kept = {_column_named(c, columns): v for c, v in only.items()}
    naming = [c for c in columns if _names_somebody(c, kind)]
    guess = guess_platform(path, columns, {c: sample.get(c, []) for c in naming})
    reason = "as told" if platform else ""
    first = platform or (guess[0] if guess else None)
    assigned = assign(kind, columns, sample, platform=first, override=mapping)
    uses = assigned.uses
    column = uses.get("platform", (None,))[0]
    if column is not None:
        said = {platform_word(v) for v in sample.get(column, [])} - {None}
        reason = f"{reason}; " * bool(reason) + f"column {column!r}"
        if not platform:
            # Rows that leave the column empty fall back on the one network that others name.
            platform = said.pop() if len(said) == 1 else None
    elif not platform:
        if guess is None:
            raise UsageError(
                f"{path.name} does not say which network its creators are on; name it with "
                "--platform, for example --platform instagram.",
                field="platform",
            )
        platform, reason = guess
    _check_needed(path, kind, uses, columns, delimiter, platform)
    mark, notes = decimal_mark(uses, sample)
    rates, rate_notes = rates_of(uses, sample)
    day_first, date_notes = day_order(uses, sample)
    if "observed_at" not in uses and (dated := _DATED.search(path.name)):
        notes = [
            *notes,
            f"the file's name says {dated[0]!r}: if its rows were observed then, say so with "
            "--observed-at, else its modification time counts",
        ]
    if not n_sampled:
        notes = [*notes, "the file has a header and no rows"]
    return FilePlan(
        path=path,
        format=form,
        compression=compression,
        encoding=encoding,
        encoding_reason=why,
        delimiter=delimiter,
        columns=columns,
        kind=kind,
        tables=_tables(kind, uses),
        platform=platform,
        platform_reason=reason,
        platform_column=column,
        mapping=assigned.mapping(),
        uses=uses,
        unused=assigned.unused,
        contact_column=assigned.contact,
        only=kept,
        decimal_mark=mark,
        rates=rates,
        day_first=day_first,
        notes=(*notes, *rate_notes, *date_notes),
        examples={c: _short(v[0]) for c, v in sample.items() if v},
        n_sampled=n_sampled,
    )


def _column_named(asked: str, columns: Sequence[str]) -> str:
    for column in columns:
        if column == asked or fold_name(column) == fold_name(asked):
            return column
    raise UnknownValue("only", asked, columns)


def _names_somebody(column: str, kind: str) -> bool:
    targets = {
        "profiles": NAMING,
        "posts": ("native_id", "profile", "handle", "post_id"),
        "follows": ("follower_id", "followed_id"),
        "engagements": ("actor_id", "post_id"),
        "packs": ("member_id", "pack_id"),
    }[kind]
    keys = {fold_name(column), fold_name(column.rpartition(".")[2])}
    return any(not keys.isdisjoint(ALIASES[kind][target]) for target in targets)


def _tables(kind: str, uses: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    if kind != "posts":
        return (kind,)
    named_twice = "native_id" in uses and "handle" in uses
    extra = named_twice or any(name.startswith("profile.") for name in uses)
    return ("posts", "profiles") if extra else ("posts",)


def _check_needed(
    path: Path,
    kind: str,
    uses: Mapping[str, tuple[str, ...]],
    columns: list[str],
    delimiter: str | None,
    platform: str | None,
) -> None:
    if kind == "posts" and platform == "bluesky" and "post_id" in uses:
        return  # at://did:.../ names the author
    needed: dict[str, tuple[tuple[str, ...], ...]] = {
        "profiles": (NAMING,),
        "posts": (("post_id",), ("profile", "native_id", "handle")),
        "follows": (("follower_id",), ("followed_id",)),
        "engagements": (("actor_id",), ("post_id",), ("kind",)),
        "packs": (("pack_id",), ("member_id",)),
    }
    for choices in needed[kind]:
        if not any(name in uses for name in choices):
            if kind == "profiles":
                raise UsageError(_nobody_named(path, columns, delimiter), field="mapping")
            raise UsageError(
                f"{path.name}: a file of {kind} needs a column for {' or '.join(choices)}; it has "
                f'{_listed(columns)}; name it with --mapping "COLUMN={choices[0]}".',
                field="mapping",
            )


def _nobody_named(path: Path, columns: Sequence[str], delimiter: str | None) -> str:
    text = f"{path.name}: no column names a creator; columns seen: {_listed(columns)}"
    if len(columns) == 1 and delimiter:
        text += " (one column only: is the delimiter a comma, semicolon, tab or bar?)"
    return (
        text + "; needed: a header row with one such as username, handle, id or profile_url, or "
        '--mapping "COLUMN=handle".'
    )


def _listed(columns: Sequence[str]) -> str:
    shown = ", ".join(repr(_short(c)) for c in columns[:12])
    return shown + (f" and {len(columns) - 12} more" if len(columns) > 12 else "")


def _short(text: str) -> str:
    line = " ".join(text.replace("\x1f", ", ").split())
    return line if len(line) <= 40 else line[:39] + "…"
