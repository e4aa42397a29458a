"""A made-up world with known truth: what demos, tests and benchmarks run on.

    write_world(folder, **DEMO._asdict(), seed=1)

writes `observed/` (files as networks would export them, read by `sources.files` with no mapping),
`truth/` (what was planted) and a README that says that nobody in it exists. The same arguments
give the same bytes. See docs/guides/synthetic-world.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from influencr.sources.synthetic._devotion import Devotion
    from influencr.sources.synthetic._influence import Influence
    from influencr.sources.synthetic._sizes import (
        AS_OF,
        DEMO,
        INFLUENCE,
        PARTS,
        SCALE,
        TEST,
        TINY,
        VERSION,
        VETTING,
        Size,
    )
    from influencr.sources.synthetic._source import SyntheticSource
    from influencr.sources.synthetic._world import World, write_world

__all__ = [
    "AS_OF",
    "DEMO",
    "INFLUENCE",
    "PARTS",
    "SCALE",
    "TEST",
    "TINY",
    "VERSION",
    "VETTING",
    "Devotion",
    "Influence",
    "Size",
    "SyntheticSource",
    "World",
    "write_world",
]


def __getattr__(name: str) -> Any:
    if name in ("World", "write_world"):
        from influencr.sources.synthetic import _world as module
    elif name == "Devotion":
        from influencr.sources.synthetic import _devotion as module  # type: ignore[no-redef]
    elif name == "Influence":
        from influencr.sources.synthetic import _influence as module  # type: ignore[no-redef]
    elif name == "SyntheticSource":
        from influencr.sources.synthetic import _source as module  # type: ignore[no-redef]
    elif name in __all__:
        from influencr.sources.synthetic import _sizes as module  # type: ignore[no-redef]
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(module, name)
