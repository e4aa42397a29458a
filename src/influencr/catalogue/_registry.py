"""Who has left? A registry of keyed hashes that blocks their return and tells nobody who they were.

The registry is the Delta table `removals`; a row is HMAC-SHA256(salt of this home, canonical name).
Without the salt the hashes cannot be tried against a list of handles. Two counters are committed
with its rows as Delta transaction identifiers: erasures begun and erasures done. While they differ,
an erasure was interrupted: views leave removed people out row by row, and the next writer finishes
the work.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt
import polars as pl

from influencr.catalogue._names import POINTERS, ROLES, without_mentions
from influencr.catalogue._table import Table

__all__ = ["BEGUN", "Registry"]

#: Delta transaction identifier of the erasures begun.
BEGUN = "influencr.erasures-begun"
_DONE = "influencr.erasures-done"
#: Names found clean are remembered by fingerprint, 8 bytes each; past this many we start over.
_REMEMBERED = 4_000_000


class Registry:
    """The removals table in memory; `refresh` before use."""

    def __init__(self, table: Table, salt: bytes) -> None:
        self._table = table
        self._salt = salt
        self._version = -1
        self._hashes: frozenset[str] = frozenset()
        self._clean = np.empty(0, dtype=np.uint64)
        self.begun = 0
        self.done = 0

    def __len__(self) -> int:
        return len(self._hashes)

    @property
    def pending(self) -> bool:
        """An erasure was begun and not finished."""
        return self.begun > self.done

    @property
    def version(self) -> int:
        """Version of the removals table last read; -1 when there is none."""
        return self._version

    def refresh(self) -> Registry:
        """Read what other processes added since."""
        delta = self._table.open()
        version = delta.version() if delta is not None else -1
        if version != self._version:
            rows = self._table.scan(delta).select("key_hash").collect()
            self._hashes = frozenset(rows["key_hash"].drop_nulls().to_list())
            self._clean = np.empty(0, dtype=np.uint64)
            self.begun = self._table.transaction(BEGUN)
            self.done = self._table.transaction(_DONE)
            self._version = version
        return self

    def key_hash(self, name: str) -> str:
        """Hex of HMAC-SHA256(salt, name)."""
        return hmac.digest(self._salt, name.encode("utf-8", "surrogatepass"), hashlib.sha256).hex()

    def begin(self, names: Iterable[str], reason: str) -> int:
        """Register names and note that their erasure has begun; returns how many were new."""
        self.refresh()
        new = sorted({self.key_hash(name) for name in names} - self._hashes)
        frame = pl.DataFrame({"key_hash": new}, schema={"key_hash": pl.String}).with_columns(
            reason=pl.lit(reason),
            removed_at=pl.lit(datetime.now(UTC)).dt.cast_time_unit("us"),
        )
        begun = self.begun + 1
        self._table.retried(lambda: self._table.append(frame, transactions={BEGUN: begun}))
        self.refresh()
        return len(new)

    def finish(self) -> None:
        """Note that every erasure begun so far is done."""
        self.refresh()
        if self.pending:
            nothing = pl.DataFrame(schema=self._table.schema.stored)
            done = self.begun
            self._table.retried(lambda: self._table.append(nothing, transactions={_DONE: done}))
            self.refresh()

    def removed(self, names: pl.Series) -> pl.Series:
        """Boolean series: which canonical names belong to somebody who left (null: no)."""
        if not self._hashes:
            return pl.Series(names.name, [False]).new_from_index(0, len(names))
        distinct = names.drop_nulls().unique()
        candidates = distinct.filter(pl.Series(~self._remembers(distinct), dtype=pl.Boolean))
        gone = pl.Series(
            [self.key_hash(name) in self._hashes for name in candidates.to_list()],
            dtype=pl.Boolean,
        )
        found = candidates.filter(gone)
        self._remember(candidates.filter(~gone))
        if found.is_empty():
            return pl.Series(names.name, [False]).new_from_index(0, len(names))
        return names.is_in(found.implode()).fill_null(value=False)

    def _remembers(self, names: pl.Series) -> npt.NDArray[np.bool_]:
        if not len(self._clean):
            return np.zeros(len(names), dtype=bool)
        prints = names.hash().to_numpy()
        places = np.minimum(np.searchsorted(self._clean, prints), len(self._clean) - 1)
        return np.asarray(self._clean[places] == prints)

    def _remember(self, clean: pl.Series) -> None:
        prints = np.sort(clean.hash().to_numpy())
        if len(self._clean) + len(prints) > _REMEMBERED:
            self._clean = prints
        else:
            self._clean = np.insert(self._clean, np.searchsorted(self._clean, prints), prints)

    def rows(self, table: str, frame: pl.DataFrame) -> pl.Series:
        """Boolean series: which rows of a frame belong to somebody who left."""
        gone = pl.Series([False]).new_from_index(0, len(frame))
        if self._hashes:
            for role in ROLES[table]:
                gone = gone | self.removed(frame.select(role.name).to_series())
        return gone

    def without_pointers(self, table: str, frame: pl.DataFrame) -> pl.DataFrame:
        """The frame with every pointer at somebody who left blanked."""
        if not self._hashes:
            return frame
        for column, roles in POINTERS.get(table, {}).items():
            if frame[column].null_count() == len(frame):
                continue
            gone = pl.Series([False]).new_from_index(0, len(frame))
            for role in roles:
                gone = gone | self.removed(frame.select(role.name).to_series())
            if gone.any():
                frame = frame.with_columns(
                    pl.when(gone).then(None).otherwise(pl.col(column)).alias(column)
                )
        if table == "posts" and frame["mentions"].null_count() < len(frame):
            frame = without_mentions(frame, self.removed)
        return frame
