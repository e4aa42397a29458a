"""What keeps unseen queries unseen: their first run is never lost, and no page names them."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from benchmarks.relevance.systems import OURS

__all__ = ["first_run", "unnamed"]

_CHECKOUT = Path(__file__).resolve().parents[2]
#: Where the figures of the checkout lie.
_KEPT = _CHECKOUT / "docs" / "benchmarks" / "relevance-unseen.json"


def first_run(result: dict[str, Any], kept: Path = _KEPT) -> dict[str, Any]:
    """What every later run carries along: of this run, or as an earlier one wrote it down.

    result    figures as in relevance-unseen.json
    kept      the file of an earlier run, if there was one
    returns   is_this: whether it is this run; measured_on; version; commit, with a "+" where
              tracked files of the package had changed since, None without git; ours: view ->
              figures; differences: baseline -> view -> figures, all of them over all queries
    """
    if kept.exists():
        earlier: dict[str, Any] = json.loads(kept.read_text(encoding="utf-8"))["first_run"]
        return {**earlier, "is_this": False}
    everybody = result["groups"]["all"]
    return {
        "is_this": True,
        "measured_on": result["measured_on"],
        "version": result["version"],
        "commit": _commit(),
        "ours": {view: everybody["systems"][OURS][view] for view in ("condensed", "full")},
        "differences": everybody["differences"],
    }


def unnamed(result: dict[str, Any]) -> dict[str, Any]:
    """The same figures without the words of any query, only their ids: who reads where a search
    falls short would otherwise mend it there, and the queries would be unseen no longer."""
    ids = {asked["query"]: asked["id"] for asked in result["queries"]}
    as_place = result["labels"]["words_taken_as_place"]
    return {
        **result,
        "labels": {
            **result["labels"],
            "words_taken_as_place": sorted(ids[text] for text in as_place),
        },
        "queries": [
            {name: told for name, told in asked.items() if name != "query"}
            for asked in result["queries"]
        ],
    }


def _commit() -> str | None:
    try:
        commit = _git("rev-parse", "HEAD")
        changed = _git("status", "--porcelain", "--untracked-files=no", "--", "src")
    except (OSError, subprocess.CalledProcessError):
        return None
    return commit + ("+" if changed else "")


def _git(*words: str) -> str:
    done = subprocess.run(
        ["git", *words], cwd=_CHECKOUT, capture_output=True, encoding="utf-8", check=True
    )
    return done.stdout.strip()
