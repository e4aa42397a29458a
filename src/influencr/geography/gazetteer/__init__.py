"""Which places exist and what are they called? The compiled gazetteer; it resolves nothing.

Built by `python -m influencr.geography.gazetteer`, read through memory maps (`Gazetteer.load()`).

What a resolver has to know about a posting (`kind << KIND_SHIFT | row`), because names are stored
folded and no longer tell how they were written (`NameKind`):

    OFFICIAL, ALIAS     count as they are
    ALTERNATE           count when the place is large or something else supports it
    CODE, CAPITALS      count only where the words are written in capitals ("LA", never "la");
                        CAPITALS is then as strong as ALIAS, CODE is often one of several places
    WEAK                counts only with support: another piece, field or prior in that country
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from influencr.geography.gazetteer._build import build
    from influencr.geography.gazetteer._reader import DATA, Gazetteer, GazetteerPlace
    from influencr.geography.gazetteer._suggest import Suggestion

__all__ = ["DATA", "Gazetteer", "GazetteerPlace", "Suggestion", "build"]

_HOME = {
    "DATA": "_reader",
    "Gazetteer": "_reader",
    "GazetteerPlace": "_reader",
    "Suggestion": "_suggest",
    "build": "_build",
}


def __getattr__(name: str) -> object:
    # numpy is heavier than everything else that a command's help needs (docs/decisions/0001).
    if module := _HOME.get(name):
        import importlib

        return getattr(importlib.import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
