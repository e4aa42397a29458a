"""Filling the file of births: from exports that lie in files, or from the directory itself."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from influencr.home import Home
    from influencr.sources.bluesky.stream import Born, Page

__all__ = ["BIRTHS_FILE", "BirthsRead", "read_births"]

#: Below `home.sources`.
BIRTHS_FILE = "births.bin"
#: Accounts that are gathered before the file is written anew: at 55 million accounts a write is a
#: gigabyte, so few are better. 76 MB of memory.
_GATHERED = 4_000_000


class BirthsRead(NamedTuple):
    """What a run read: operations of the ledger, accounts now known, the last number, seconds."""

    n_operations: int
    n_accounts: int
    last_seq: int
    seconds: float


def read_births(
    home: Home,
    files: Sequence[Path] = (),
    *,
    seconds: float | None = None,
    progress: Callable[[int], None] | None = None,
) -> BirthsRead:
    """Read exports into `home.sources / "births.bin"`; what is known already stays.

    files      export files; none means the directory, from where reading it last stopped
    seconds    stop after so long; the next run goes on
    progress   called with the operations read so far

    What was read is in the file whenever this ends, also by an error or Ctrl-C; killed, at most the
    last four million accounts are read again. Raises what reading raises.
    """
    from influencr.sources.bluesky.stream import Births, pages_of, read_export
    from influencr.sources.http import Rule, Settings, State

    began = time.monotonic()
    file = home.sources / BIRTHS_FILE
    into = _Into(file)
    if files:
        for one in files:
            into.take(read_export(one), progress)
    else:
        settings = Settings.read(home)
        directory = settings.address("bluesky", "plc", "https://plc.directory")
        host = directory.partition("://")[2].partition("/")[0]
        after = Births(file).last_seq if file.exists() else 0

        def over() -> bool:
            return seconds is not None and time.monotonic() - began >= seconds

        with (
            State(home.sources / "bluesky.sqlite") as state,
            settings.client("bluesky", rules=[Rule(host, 10.0, 10)], state=state) as client,
        ):
            into.take(pages_of(client, directory, after=after, stop=over), progress)
    births = Births(file) if file.exists() else None
    return BirthsRead(
        into.n_operations,
        len(births) if births is not None else 0,
        births.last_seq if births is not None else 0,
        time.monotonic() - began,
    )


class _Into:
    """Gathers accounts and writes them out in large lots."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._born: list[Born] = []
        self._n = self._last = 0
        self.n_operations = 0

    def take(self, pages: Iterable[Page], progress: Callable[[int], None] | None) -> None:
        """All pages; what was gathered is written also when reading them fails."""
        try:
            for page in pages:
                self._born.append(page.born)
                self._n += len(page.born.head)
                self._last = max(self._last, page.last_seq)
                self.n_operations += page.n_lines
                if self._n >= _GATHERED:
                    self._write()
                if progress is not None:
                    progress(self.n_operations)
        finally:
            self._write()

    def _write(self) -> None:
        import numpy as np

        from influencr.sources.bluesky.stream import Born, extend

        if not self._born:
            return
        born = Born(*(np.concatenate(column) for column in zip(*self._born, strict=True)))
        extend(self._file, born, last_seq=self._last)
        self._born, self._n = [], 0
