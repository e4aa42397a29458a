"""Progress of a run whose steps cost very different amounts."""

from __future__ import annotations

from collections.abc import Callable, Mapping

__all__ = ["Steps"]


class Steps:
    """Steps of unequal cost as one row of whole numbers that only rises.

    costs      step -> what it costs beside the others, in the order in which they are done
    progress   called with (done, in all), at once with nothing done; None is told nothing
    """

    def __init__(
        self, costs: Mapping[str, int], progress: Callable[[int, int], None] | None
    ) -> None:
        self._costs, self._progress, self._all = costs, progress, sum(costs.values())
        if progress is not None:
            progress(0, self._all)

    def at(self, step: str, done: int, total: int) -> None:
        """So many of a step's parts are done, of so many; a step without parts is done."""
        if self._progress is None:
            return
        names = list(self._costs)
        before = sum(self._costs[name] for name in names[: names.index(step)])
        share = min(1.0, done / total) if total else 1.0
        self._progress(before + int(self._costs[step] * share), self._all)
