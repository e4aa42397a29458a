"""What listening left for others, asked without listening: position, things to do, forgetting.

The file is the state of the source (`home.sources / "bluesky.sqlite"`); where it does not exist,
nobody ever listened, and it is not made.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from influencr.sources.bluesky.stream._memory import Memory, Position

__all__ = ["done", "forget", "left", "position"]

_PLATFORM = "bluesky:"


def position(path: Path) -> Position | None:
    """Where listening stands: positions, counts, gaps; None when nobody ever listened."""
    if not path.exists():
        return None
    with Memory(path) as memory:
        found = memory.position()
    return found if found.written_us else None


def left(path: Path, what: str) -> list[str]:
    """Profile ids with something left to do.

    what   "look again": the stream could not tell everything about them (a handle that changed, a
           repository that was cut and could not be read); "newcomer": strangers who said a word
           that was asked for
    """
    if not path.exists():
        return []
    with Memory(path) as memory:
        return memory.left(what)


def done(path: Path, what: str, profile_ids: Iterable[str]) -> None:
    """It was done for these."""
    if path.exists():
        with Memory(path) as memory:
            memory.commit(None, done={what: list(profile_ids)})


def forget(folder: Path, profile_ids: Iterable[str]) -> int:
    """Drop what listening remembers about these people, births included; how many entries went.

    folder   `home.sources`
    """
    dids = [one.removeprefix(_PLATFORM) for one in profile_ids if one.startswith(_PLATFORM)]
    gone = 0
    state, births = folder / "bluesky.sqlite", folder / "births.bin"
    if dids and state.exists():
        with Memory(state) as memory:
            gone += memory.forget(dids)
    if dids and births.exists():
        from influencr.sources.bluesky.stream._births import Births

        gone += Births(births).forget(dids)
    return gone
