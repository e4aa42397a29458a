"""One run of a source that is asked over a network: from a wish to rows in the catalogue.

The source remembers what it asked; a batch is stored before the source goes on; so a run may end
anywhere and the same wish goes on there. What went wrong and when the source last ran is kept in
its state file, for `influencr sources status`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from influencr import sources
from influencr.errors import InfluencrError, UnknownValue
from influencr.pipeline._collect import Collected, collect
from influencr.pipeline._forget import forget_found_again
from influencr.sources import Collectable, Report, Wanted
from influencr.sources.http import State

if TYPE_CHECKING:
    from influencr.catalogue import Catalogue
    from influencr.home import Home

__all__ = ["Ran", "collectable", "open_source", "run"]


class Ran(NamedTuple):
    """What a run brought: rows by table, and what the source says of it."""

    collected: Collected
    report: Report


def collectable() -> tuple[str, ...]:
    """Names of the installed sources that can be asked over a network, sorted."""
    return tuple(sorted(name for name in sources.installed() if _can(sources.load(name))))


def open_source(home: Home, name: str, wanted: Wanted, *, budget: int | None) -> Collectable:
    """The source of that name, ready to run; nothing is asked yet.

    Raises UnknownValue for a name that no installed source has or that cannot be collected from,
    and what the source says is missing (UsageError and others), in one sentence.
    """
    known = sources.installed()
    kind = sources.load(name) if name in known else None
    if kind is None or not _can(kind):
        raise UnknownValue("source", name, collectable())
    opened: Collectable = kind.open(home, wanted, budget=budget)
    return opened


def run(
    home: Home,
    catalogue: Catalogue,
    source: Collectable,
    *,
    progress: Callable[[str, int, int], None] | None = None,
) -> Ran:
    """Store everything that the source finds; call the source's `finish` when it is indexed too.

    progress   called with ("collect", calls made, calls planned)

    Errors pass through after they were noted; what was stored before stays, and the same wish
    goes on from there.
    """
    if progress is not None:
        source.watch = lambda _strategy, done, planned: progress("collect", done, planned)
    try:
        collected = collect(source, catalogue)
    except InfluencrError as error:
        _note(home, source, {"last_error": {"at": time.time(), "says": str(error)}}, done=False)
        raise
    except BaseException:
        _note(home, source, {}, done=False)
        raise
    report = source.report()
    forget_found_again(home, catalogue, source.name)
    _note(home, source, {}, done=report.finished)
    return Ran(collected, report)


def _can(kind: object) -> bool:
    return all(hasattr(kind, word) for word in ("open", "plan", "batches", "report", "close"))


def _note(home: Home, source: Collectable, values: dict[str, object], *, done: bool) -> None:
    calls = sum(found.calls for found in source.report().found)
    last = {"at": time.time(), "command": "collect", "calls": calls, "finished": done}
    with State(home.sources / f"{source.name}.sqlite") as state:
        state.put_many({**values, "last_run": last})
