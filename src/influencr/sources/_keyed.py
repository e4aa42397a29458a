"""What networks that are asked with an operator's own key have in common: one state file each."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from pathlib import Path

    from influencr.home import Home
    from influencr.sources.http import Client, State

__all__ = ["Keyed"]


class Keyed(ABC):
    """Forgetting, expiring, telling and closing; a network adds its calls.

    name   of the network: its state file and the settings are called so
    """

    name: ClassVar[str]
    _client: Client
    _state: State
    watch: Callable[[str, int, int], None] | None = None

    @classmethod
    def forget(cls, home: Home, names: Sequence[str]) -> int:
        """Drop what the state file says of these people; entries gone."""
        from influencr.sources.http import State

        file = cls._file(home)
        if not file.exists():
            return 0
        own = [name.partition(":")[2] for name in names if name.startswith(f"{cls.name}:")]
        with State(file) as state:
            return state.forget([name.lstrip("@") for name in own])

    @classmethod
    def expire(cls, home: Home, *, clock: Callable[[], float] = time.time) -> int:
        """Drop what the state file has kept for as long as it may; entries gone."""
        from influencr.sources.http import State

        file = cls._file(home)
        if not file.exists():
            return 0
        with State(file) as state:
            return cls._prune(state, now=clock())

    def close(self) -> None:
        """Let go of the client and the state file."""
        self._client.close()
        self._state.close()

    @classmethod
    def _file(cls, home: Home) -> Path:
        return home.sources / f"{cls.name}.sqlite"

    @classmethod
    @abstractmethod
    def _prune(cls, state: State, *, now: float) -> int:
        """Drop from an open state file what is too old; entries gone."""

    def _tell(self, strategy: str, done: int, planned: int) -> None:
        if self.watch is not None:
            self.watch(strategy, done, planned)
