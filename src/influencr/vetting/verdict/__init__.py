"""What follows from the evidence? The ledger, the rule, the sentence and the picture.

ledger      EVIDENCE_SCHEMA, evidence_row, as_evidence, clear_rows: what every family writes;
            with_explanations adds what else could have brought the followers
decide      the verdict of many creators; effects: what each reason is worth
map_data    what the follower map shows, a few kilobytes; follower_map draws it, map_table tells
            it, thumbnail makes it as small as a word
rederive    the same verdict from what is stored; recheck: a disputed one, beside the old record

Modules are loaded when their names are first asked for: they bring NumPy, Polars and SciPy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from influencr.vetting.verdict._decide import DECIDED_SCHEMA, decide, effects
    from influencr.vetting.verdict._ledger import (
        BESIDE,
        EVIDENCE_SCHEMA,
        EXPLAINED_BY,
        FAMILIES,
        GROUP_FAMILIES,
        OUTCOMES,
        as_evidence,
        as_record,
        clear_rows,
        empty_evidence,
        evidence_row,
        is_explained,
        is_standing,
        members_hash,
        with_explanations,
    )
    from influencr.vetting.verdict._map import (
        MAP_SIZES,
        MapRow,
        follower_map,
        map_summary,
        map_table,
    )
    from influencr.vetting.verdict._map_data import FollowerMap, Streak, drawn_findings, map_data
    from influencr.vetting.verdict._methods import MethodSection, methods
    from influencr.vetting.verdict._rederive import Recheck, recheck, rederive
    from influencr.vetting.verdict._rule import CAP, DESIGNS, STATUS_OF, VERSION
    from influencr.vetting.verdict._sentences import (
        ALTERNATIVE_WORDS,
        FORBIDDEN,
        STATUS_WORDS,
    )
    from influencr.vetting.verdict._thumbnail import thumbnail, thumbnail_svg

__all__ = [
    "ALTERNATIVE_WORDS",
    "BESIDE",
    "CAP",
    "DECIDED_SCHEMA",
    "DESIGNS",
    "EVIDENCE_SCHEMA",
    "EXPLAINED_BY",
    "FAMILIES",
    "FORBIDDEN",
    "GROUP_FAMILIES",
    "MAP_SIZES",
    "OUTCOMES",
    "STATUS_OF",
    "STATUS_WORDS",
    "VERSION",
    "FollowerMap",
    "MapRow",
    "MethodSection",
    "Recheck",
    "Streak",
    "as_evidence",
    "as_record",
    "clear_rows",
    "decide",
    "drawn_findings",
    "effects",
    "empty_evidence",
    "evidence_row",
    "follower_map",
    "is_explained",
    "is_standing",
    "map_data",
    "map_summary",
    "map_table",
    "members_hash",
    "methods",
    "recheck",
    "rederive",
    "thumbnail",
    "thumbnail_svg",
    "with_explanations",
]

_MODULES = {
    "_decide": ("DECIDED_SCHEMA", "decide", "effects"),
    "_ledger": (
        *("BESIDE", "EVIDENCE_SCHEMA", "EXPLAINED_BY", "FAMILIES", "GROUP_FAMILIES", "OUTCOMES"),
        *("as_evidence", "as_record", "clear_rows", "empty_evidence", "evidence_row"),
        *("is_explained", "is_standing", "members_hash", "with_explanations"),
    ),
    "_map": ("MAP_SIZES", "MapRow", "follower_map", "map_summary", "map_table"),
    "_map_data": ("FollowerMap", "Streak", "drawn_findings", "map_data"),
    "_thumbnail": ("thumbnail", "thumbnail_svg"),
    "_methods": ("MethodSection", "methods"),
    "_rederive": ("Recheck", "recheck", "rederive"),
    "_rule": ("CAP", "DESIGNS", "STATUS_OF", "VERSION"),
    "_sentences": ("ALTERNATIVE_WORDS", "FORBIDDEN", "STATUS_WORDS"),
}
_HOME = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
