"""What is in a data home and how fresh it is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from influencr.engine._opened import Opened

__all__ = ["status"]


def status(engine: Opened) -> dict[str, Any]:
    """What is in this home and how fresh it is; instants are in UTC, sizes in bytes.

    tables            table -> rows, files, bytes, version, first and last fetched_at
    profiles, creators   profiles known, creators that can be found (None before a refresh)
    excluded          reason word -> {n, because}: profiles known and not listed
    as_of, judged_at  the instant that ages refer to, and when that was judged
    is_stale          something was imported since; `refresh` brings it in
    index             generation, n_creators, built_at, demo, bytes
    quarantine        files and bytes of rows that could not be imported
    pending_removals  a removal was begun and is not complete; `refresh` completes it
    """
    from influencr.pipeline import (
        EXCLUSIONS,
        covered_versions,
        judged_versions,
        pending_removals,
        read_report,
    )

    tables = {
        s.table: {
            "rows": s.rows,
            "files": s.files,
            "bytes": s.n_bytes,
            "version": s.version,
            "first_fetched_at": s.first_fetched_at,
            "last_fetched_at": s.last_fetched_at,
        }
        for s in engine.catalogue.statistics()
    }
    report = read_report(engine.home.judged)
    info = engine.index.snapshot().info
    excluded = report.excluded if report else {}
    quarantined = [p for p in engine.home.quarantine.rglob("*") if p.is_file()]
    return {
        "home": engine.home.path,
        "demo": engine.is_demo,
        "tables": tables,
        "profiles": report.n_profiles if report else None,
        "creators": report.n_creators if report else None,
        "excluded": {
            word: {"n": excluded[word], "because": sentence}
            for word, sentence in EXCLUSIONS.items()
            if word in excluded
        },
        "as_of": report.as_of if report else None,
        "judged_at": report.judged_at if report else None,
        "is_stale": covered_versions(engine.home.judged) != judged_versions(engine.catalogue),
        "index": {
            "generation": info.generation,
            "n_creators": info.n_creators,
            "built_at": info.built_at,
            "demo": info.demo,
            "bytes": _bytes_below(engine.home.index),
        },
        "quarantine": {
            "files": len(quarantined),
            "bytes": sum(p.stat().st_size for p in quarantined),
        },
        "pending_removals": pending_removals(engine.home, engine.catalogue),
    }


def _bytes_below(folder: Path) -> int:
    return sum(p.stat().st_size for p in folder.rglob("*") if p.is_file())
