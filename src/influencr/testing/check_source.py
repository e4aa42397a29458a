"""What every source owes, as a list of named checks; published, so that others' sources run them.

def make(folder):                      # the same records every time; state only in `folder`
    return MySource(..., state=folder)

@pytest.mark.parametrize("check", list(check_source("mine", make)), ids=lambda c: c.name)
def test_my_source(check):
    check.run()

A source that asks a service gives a `Service` in place of `make`, and is held to more: nothing is
lost when it is killed, budgets and quotas are kept, no key is shown, consent is carried, and who
leaves is forgotten.
"""

from __future__ import annotations

import functools
import os
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from influencr.records import OBSERVED, Policy, columns, key_of
from influencr.sources import Batch, Source
from influencr.testing._expect import demand as _demand
from influencr.testing._source_service import SERVICE_CHECKS, Service, closing

if TYPE_CHECKING:
    import polars as pl

__all__ = ["SERVICE_PROMISES", "Check", "Service", "check_source"]

#: What a `Service` is held to beside what every source owes.
SERVICE_PROMISES = tuple(SERVICE_CHECKS)

_METHODS = ("stream", "api", "archive", "import", "synthetic")
_REFERENCES = ("profile_id", "post_id", "follower_id", "followed_id", "actor_id", "member_id")
_REFERENCE_FORM = r"^[a-z][a-z0-9]*:\S+$"


class Check(NamedTuple):
    """One promise; `run` raises AssertionError with a sentence when it is broken."""

    name: str
    run: Callable[[], None]


def check_source(name: str, make: Callable[[Path], Source] | Service) -> Iterator[Check]:
    """The checks that every source must pass.

    name   for the report
    make   gives a fresh source over the same origin; its only place to write is the given folder.
           A `Service` for a source that asks one.
    """
    service = make if isinstance(make, Service) else None
    fresh = make.alone if isinstance(make, Service) else make
    checks: dict[str, Callable[[Callable[[Path], Source]], None]] = {
        "says its name": _is_named,
        "gives batches that fit their tables": _fits_tables,
        "names every row by its natural key": _has_keys,
        "never contradicts itself": _no_key_twice,
        "writes references with their network": _references,
        "says where every row comes from": _provenance,
        "gives the same rows twice": _same_twice,
        "gives the same rows after a stop": _same_after_stop,
        "writes nowhere but in its own folder": _stays_in_folder,
    }
    for promise, function in checks.items():
        yield Check(f"{name}: {promise}", functools.partial(function, fresh))
    if service is not None:
        for promise, of_service in SERVICE_CHECKS.items():
            yield Check(f"{name}: {promise}", functools.partial(of_service, service))


def _batches(make: Callable[[Path], Source]) -> list[Batch]:
    with tempfile.TemporaryDirectory() as folder, closing(make(Path(folder))) as source:
        batches = list(source.batches())
    _demand(bool(batches), "the source gives no batch, so nothing can be checked")
    return batches


def _is_named(make: Callable[[Path], Source]) -> None:
    with tempfile.TemporaryDirectory() as folder, closing(make(Path(folder))) as source:
        _demand(isinstance(source, Source), "a source has a `name` and `batches()`")
        _demand(bool(source.name.strip()), "the name is empty")


def _fits_tables(make: Callable[[Path], Source]) -> None:
    import polars as pl

    types = {
        "text": pl.String(),
        "int": pl.Int64(),
        "float": pl.Float64(),
        "bool": pl.Boolean(),
        "time": pl.Datetime("us", "UTC"),
        "texts": pl.List(pl.String),
    }
    for table, frame in _batches(make):
        _demand(table in OBSERVED, f"{table!r} is no table; valid: {', '.join(OBSERVED)}")
        _demand(frame.height > 0, f"an empty batch for {table}")
        known = {c.name: c for c in columns(OBSERVED[table])}
        for name, dtype in frame.schema.items():
            _demand(name in known, f"{table} has no column {name!r}")
            wanted = types[known[name].kind]
            _demand(dtype == wanted, f"{table}.{name} is {dtype}, the table holds {wanted}")
        for column in known.values():
            if column.required:
                _demand(column.name in frame.columns, f"{table}.{column.name} is missing")
                empty = frame[column.name].null_count()
                _demand(not empty, f"{table}.{column.name} is null in {empty} rows")


def _has_keys(make: Callable[[Path], Source]) -> None:
    for table, frame in _batches(make):
        for name in key_of(OBSERVED[table]):
            if name in frame.columns and frame.schema[name].is_(_string()):
                _demand(not (frame[name] == "").any(), f"{table}.{name} is empty in some rows")


def _string() -> pl.DataType:
    import polars as pl

    return pl.String()


def _no_key_twice(make: Callable[[Path], Source]) -> None:
    """One row per key and instant in a batch; batches may complete each other, not contradict."""
    import polars as pl

    batches = _batches(make)
    for table, frame in batches:
        key = _instant_key(table, frame)
        twice = frame.height - frame.select(key).n_unique()
        _demand(not twice, f"a batch of {table} has {twice} rows more than keys")
    for table, frame in _by_table(batches).items():
        key = _instant_key(table, frame)
        others = [name for name in frame.columns if name not in key]
        flat = frame.with_columns(
            pl.col(n).list.join("\x1f") for n, t in frame.schema.items() if t == pl.List
        )
        # None is "not observed in this record", so it says nothing against another row.
        said = flat.group_by(key).agg(pl.col(others).drop_nulls().n_unique() > 1)
        against = said.filter(pl.any_horizontal(others)).height
        _demand(not against, f"{table} has {against} rows that contradict another of the same time")


def _instant_key(table: str, frame: pl.DataFrame) -> list[str]:
    return [n for n in (*key_of(OBSERVED[table]), "fetched_at") if n in frame.columns]


def _references(make: Callable[[Path], Source]) -> None:
    for table, frame in _batches(make):
        for name in set(_REFERENCES) & set(frame.columns):
            wrong = frame[name].drop_nulls()
            wrong = wrong.filter(~wrong.str.contains(_REFERENCE_FORM))
            _demand(
                wrong.is_empty(), f"{table}.{name} has {wrong.head(1).to_list()}, not network:name"
            )


def _provenance(make: Callable[[Path], Source]) -> None:
    with tempfile.TemporaryDirectory() as folder, closing(make(Path(folder))) as source:
        batches = list(source.batches())
    latest = datetime.now(UTC) + timedelta(minutes=5)
    every_bit = int(sum(Policy))
    for table, frame in batches:
        said = set(frame["source"].unique().to_list())
        _demand(said == {source.name}, f"{table}.source says {said}, the source {source.name!r}")
        methods = set(frame["fetch_method"].unique().to_list())
        _demand(methods <= set(_METHODS), f"{table}.fetch_method {methods}; valid: {_METHODS}")
        licences = frame["licence"].str.strip_chars()
        _demand(not (licences == "").any(), f"{table}.licence is empty")
        _demand(not (frame["fetched_at"] > latest).any(), f"{table}.fetched_at lies in the future")
        policy = frame["policy"]
        known = ((policy >= 0) & (policy <= every_bit)).all()
        _demand(known, f"{table}.policy holds unknown bits")


def _same_twice(make: Callable[[Path], Source]) -> None:
    first, second = _by_table(_batches(make)), _by_table(_batches(make))
    _demand(first.keys() == second.keys(), "the second run fills other tables")
    for table, frame in first.items():
        _demand(frame.equals(second[table]), f"{table} differs between two runs")


def _same_after_stop(make: Callable[[Path], Source]) -> None:
    """What a stopped run and its rerun give together is what one undisturbed run gives."""
    whole = _by_table(_batches(make))
    with tempfile.TemporaryDirectory() as folder:
        with closing(make(Path(folder))) as source:
            stopped = source.batches()
            delivered = [next(stopped)]
            close = getattr(stopped, "close", None)
            if close is not None:
                close()
        with closing(make(Path(folder))) as source:
            delivered += list(source.batches())
    for table, frame in _by_table(delivered).items():
        names = sorted(frame.columns)
        again = frame.select(names).unique(maintain_order=True)
        expected = whole[table].select(names).unique(maintain_order=True)
        _demand(again.equals(expected), f"{table} differs after a stop and a second run")


def _stays_in_folder(make: Callable[[Path], Source]) -> None:
    here = Path.cwd()
    with tempfile.TemporaryDirectory() as place:
        own = Path(place) / "own"
        work = Path(place) / "work"
        own.mkdir()
        work.mkdir()
        os.chdir(work)
        try:
            with closing(make(own)) as source:
                for _ in source.batches():
                    continue
        finally:
            os.chdir(here)
        strange = [p.name for p in work.iterdir()]
        strange += [p.name for p in Path(place).iterdir() if p not in (own, work)]
    _demand(not strange, f"the source wrote {strange} outside its folder")


def _by_table(batches: list[Batch]) -> dict[str, pl.DataFrame]:
    import polars as pl

    made: dict[str, list[pl.DataFrame]] = {}
    for table, frame in batches:
        made.setdefault(table, []).append(frame)
    return {table: pl.concat(frames, how="diagonal") for table, frames in made.items()}
