"""How does what was observed become what can be searched? collect -> judge -> index, resumable.

Useful for: running the stages in order, each of which may be stopped at any moment and run again.
Not useful for: asking questions (search) or deciding what a record means (the judges).
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from influencr.pipeline._collect import (
        Collected,
        FileOutcome,
        ImportReport,
        collect,
        files_in,
        import_files,
    )
    from influencr.pipeline._creators import CREATORS_SCHEMA
    from influencr.pipeline._expire import let_expire, next_expiry, observe_expiry
    from influencr.pipeline._forget import (
        Forgotten,
        complete_removals,
        forget,
        pending_removals,
        reconcile,
    )
    from influencr.pipeline._gates import EXCLUSIONS, excluded_because
    from influencr.pipeline._judge import (
        JudgeReport,
        judge,
        judged_versions,
        newest_observation,
        read_report,
    )
    from influencr.pipeline._lookup import Meant, find_creators, known_as, meant, unlisted
    from influencr.pipeline._refresh import Refreshed, build_index, refresh
    from influencr.pipeline._said import reason_of
    from influencr.pipeline._update import Updated, apply_said, bring_in, covered_versions

__all__ = [
    "CREATORS_SCHEMA",
    "EXCLUSIONS",
    "Collected",
    "FileOutcome",
    "Forgotten",
    "ImportReport",
    "JudgeReport",
    "Meant",
    "Refreshed",
    "Updated",
    "apply_said",
    "bring_in",
    "build_index",
    "collect",
    "complete_removals",
    "covered_versions",
    "excluded_because",
    "files_in",
    "find_creators",
    "forget",
    "import_files",
    "judge",
    "judged_versions",
    "known_as",
    "let_expire",
    "meant",
    "newest_observation",
    "next_expiry",
    "observe_expiry",
    "pending_removals",
    "read_report",
    "reason_of",
    "reconcile",
    "refresh",
    "unlisted",
]

_HOMES = {
    "_collect": ("Collected", "FileOutcome", "ImportReport", "collect", "files_in", "import_files"),
    "_creators": ("CREATORS_SCHEMA",),
    "_expire": ("let_expire", "next_expiry", "observe_expiry"),
    "_forget": (
        "Forgotten",
        "complete_removals",
        "forget",
        "pending_removals",
        "reconcile",
    ),
    "_gates": ("EXCLUSIONS", "excluded_because"),
    "_judge": ("JudgeReport", "judge", "judged_versions", "newest_observation", "read_report"),
    "_lookup": ("Meant", "find_creators", "known_as", "meant", "unlisted"),
    "_refresh": ("Refreshed", "build_index", "refresh"),
    "_said": ("reason_of",),
    "_update": ("Updated", "apply_said", "bring_in", "covered_versions"),
}


def __getattr__(name: str) -> object:
    # polars is loaded on first use, never by importing this folder.
    for module, names in _HOMES.items():
        if name in names:
            return getattr(importlib.import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
