"""Laws of the import: what was written is what is read, whichever way a reader takes."""

import csv
import gzip
import io
import json
import tempfile
from decimal import Decimal
from pathlib import Path

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from influencr.records import canonical_handle
from influencr.sources.files import _values
from influencr.sources.files._delimited import DelimitedReader
from influencr.sources.files._json import ArrayReader, LinesReader
from influencr.sources.files._references import resolve
from influencr.sources.files._seen import Seen
from influencr.sources.files._words import number
from influencr.text import printable

CELL = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.text(
    st.sampled_from('",;\n\r\t ax|'), max_size=12
)
MARKS = st.sampled_from([",", ";", "\t", "|"])


def as_read(text):
    """A cell as the reader gives it: one kind of line end, nothing for an empty cell."""
    return text.replace("\r\n", "\n").replace("\r", " ") or None


def read(reader):
    rows, lines, bad = [], [], []
    for raw in reader.rows():
        rows += raw.frame.rows()
        lines += raw.lines.to_list()
        bad += raw.bad
    return rows, lines, bad


@settings(deadline=None, max_examples=150)
@given(
    rows=st.lists(st.tuples(CELL, CELL, CELL), max_size=12),
    mark=MARKS,
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
    end=st.sampled_from(["\n", "\r\n"]),
    block=st.sampled_from([1, 7, 40, 1 << 20]),
    pack=st.booleans(),
)
def test_csv_reads_back_what_was_written(rows, mark, quoting, end, block, pack):
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=mark, quoting=quoting, lineterminator=end)
    writer.writerow(["p", "q", "r"])
    starts = []
    for row in rows:
        so_far = out.getvalue().replace("\r\n", "\n")
        starts.append(so_far.count("\n") + 1)
        writer.writerow(row)
    data = out.getvalue().encode()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        path.write_bytes(gzip.compress(data) if pack else data)
        reader = DelimitedReader(
            path, encoding="utf-8", delimiter=mark, columns=["p", "q", "r"], block_bytes=block
        )
        got, lines, bad = read(reader)
    assert not bad
    assert got == [tuple(as_read(cell) for cell in row) for row in rows]
    assert lines == starts


@settings(deadline=None, max_examples=150)
@given(
    text=st.text(st.sampled_from('ab",;\n '), max_size=60), block=st.sampled_from([1, 9, 1 << 20])
)
def test_whatever_a_file_holds_no_line_is_lost(text, block):
    """Good or bad, every line that is not blank belongs to a row that is reported."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        path.write_text(f"p,q\n{text}", encoding="utf-8", newline="")
        reader = DelimitedReader(
            path, encoding="utf-8", delimiter=",", columns=["p", "q"], block_bytes=block
        )
        rows, lines, bad = read(reader)
    reported = [*lines, *(b.line for b in bad)]
    assert len(set(reported)) == len(reported)
    assert all(len(row) == 2 for row in rows)
    letters = sum(text.count(c) for c in "ab;")
    good = "".join(cell or "" for row in rows for cell in row)
    shown = "".join(b.text for b in bad)
    assert sum((good + shown).count(c) for c in "ab;") == letters


JSON = st.dictionaries(
    st.sampled_from(["a", "b", "c"]),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=10)
    | st.integers(-(10**30), 10**30)
    | st.booleans()
    | st.none(),
)


@settings(deadline=None, max_examples=100)
@given(
    records=st.lists(JSON, max_size=8), ascii_only=st.booleans(), indent=st.sampled_from([None, 1])
)
def test_json_reads_back_what_was_written(records, ascii_only, indent):
    def text(value):
        if value is None or isinstance(value, str):
            return value
        return json.dumps(value)

    wanted = [tuple(text(r.get(key)) for key in "abc") for r in records]
    options = {"ensure_ascii": ascii_only}
    lines = "".join(json.dumps(r, **options) + "\n" for r in records)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        path.write_text(lines, encoding="utf-8", newline="")
        reader = LinesReader(path, encoding="utf-8", columns=list("abc"), wanted=list("abc"))
        got, at, bad = read(reader)
        assert (got, at, bad) == (wanted, list(range(1, len(records) + 1)), [])
        path.write_text(json.dumps(records, indent=indent, **options), encoding="utf-8")
        array = ArrayReader(path, encoding="utf-8", columns=list("abc"), wanted=list("abc"))
        got, _, bad = read(array)
        assert (got, bad, array.problem) == (wanted, [], None)


@settings(deadline=None)
@given(
    value=st.integers(0, 10**15),
    group=st.sampled_from(["", ",", ".", " ", "\u00a0", "\u202f", "'"]),
)
def test_whole_numbers_round_trip(value, group):
    text = f"{value:,}".replace(",", group)
    assert number(text) == value
    assert _values.counts(pl.Series([text])).values.to_list() == [value]


@settings(deadline=None)
@given(
    value=st.decimals(0, 10**9, places=2),
    mark=st.sampled_from([".", ","]),
    grouped=st.booleans(),
)
def test_measures_round_trip(value, mark, grouped):
    text = f"{value:,.2f}" if grouped else f"{value:.2f}"
    if mark == ",":
        text = text.translate(str.maketrans(",.", ".,"))
    assert number(text, decimal_mark=mark, whole=False) == value
    measured = _values.measures(pl.Series([text]), decimal_mark=mark).values
    assert measured.to_list() == [float(value)]


@settings(deadline=None)
@given(
    tenths=st.integers(10, 9999),
    scale=st.sampled_from([("K", 3), ("k", 3), ("M", 6), (" M", 6), ("B", 9), (" mio", 6)]),
    mark=st.sampled_from([".", ","]),
)
def test_scaled_numbers_round_trip(tenths, scale, mark):
    word, power = scale
    text = f"{tenths // 10}{mark}{tenths % 10}{word}"
    assert number(text) == Decimal(tenths) * 10 ** (power - 1)


@settings(deadline=None)
@given(texts=st.lists(st.text(max_size=15) | st.just("-"), max_size=10))
def test_stored_texts_are_printable(texts):
    clean = [t.encode("utf-8", "ignore").decode() for t in texts]
    made = _values.texts(pl.Series(clean, dtype=pl.String))
    for before, after in zip(clean, made.to_list(), strict=True):
        if after is not None:
            assert printable(after) == after
            whole = printable(before.replace("\x1f", ", "))
            assert "".join(after.split()) == "".join(whole.split())


@settings(deadline=None)
@given(
    names=st.lists(
        st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
        | st.sampled_from(["@Ana", "a.b", "https://www.tiktok.com/@Ana?x", "www.x.com/Ana", "ÉÀ"]),
        max_size=10,
    )
)
def test_handles_are_those_of_the_records(names):
    series = pl.Series(names, dtype=pl.String)
    platform = pl.Series(["tiktok"] * len(names), dtype=pl.String)
    made = resolve(series, platform, how="handle").handle.to_list()
    for name, handle in zip(names, made, strict=True):
        plain = name.strip()
        if plain in ("", "-") or ":" in plain.split("/")[0]:
            continue
        assert handle == canonical_handle(plain, platform="tiktok")


@settings(deadline=None)
@given(
    batches=st.lists(
        st.lists(st.tuples(st.integers(0, 8), st.integers(0, 2)), min_size=1, max_size=12),
        max_size=6,
    )
)
def test_first_row_wins_like_a_dictionary(batches):
    seen, known = Seen(), {}
    for batch in batches:
        keys = np.array([k for k, _ in batch], np.uint64)
        contents = np.array([c << 40 for _, c in batch], np.uint64)
        verdicts = seen.sort_out(keys, contents).tolist()
        for (key, content), verdict in zip(batch, verdicts, strict=True):
            wanted = 0 if key not in known else 1 if known[key] == content else 2
            assert verdict == wanted
            known.setdefault(key, content)
