"""Are the audiences real? Every vetting method over the whole catalogue, out of core.

Useful for: the verdict, its evidence and the share of followers that look bought, of every
creator, with each whole judgement; killing a run loses nothing but time.
Not useful for: deciding what is unusual (`vetting` does) or who may be listed (the gates do).
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from influencr.pipeline.vetting._again import check_again
    from influencr.pipeline.vetting._plan import Bucket
    from influencr.pipeline.vetting._run import Run, run_vetting, vetting_methods, with_verdicts
    from influencr.pipeline.vetting._store import (
        EVIDENCE_FILE,
        STORED_EVIDENCE,
        VETTING_FILE,
        VETTING_SCHEMA,
        FollowerStates,
        Vetted,
        member_ids,
        read_vetted,
    )
    from influencr.pipeline.vetting._usual import USUAL_FILE, forget_usual

__all__ = [
    "EVIDENCE_FILE",
    "STORED_EVIDENCE",
    "USUAL_FILE",
    "VETTING_FILE",
    "VETTING_SCHEMA",
    "Bucket",
    "FollowerStates",
    "Run",
    "Vetted",
    "check_again",
    "forget_usual",
    "member_ids",
    "read_vetted",
    "run_vetting",
    "vetting_methods",
    "with_verdicts",
]

_HOMES = {
    "_again": ("check_again",),
    "_plan": ("Bucket",),
    "_run": ("Run", "run_vetting", "vetting_methods", "with_verdicts"),
    "_store": (
        *("EVIDENCE_FILE", "STORED_EVIDENCE", "VETTING_FILE", "VETTING_SCHEMA"),
        *("FollowerStates", "Vetted", "member_ids", "read_vetted"),
    ),
    "_usual": ("USUAL_FILE", "forget_usual"),
}


def __getattr__(name: str) -> object:
    # polars is loaded on first use, never by importing this folder.
    for module, names in _HOMES.items():
        if name in names:
            return getattr(importlib.import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
