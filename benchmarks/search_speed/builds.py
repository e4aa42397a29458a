"""Builds each engine's files once per folder, and remembers how long that took.

The layout of a folder: `corpus/` (the peers' documents), one folder an engine, and beside it
`<engine>.json`, written when the build is finished.
"""

from __future__ import annotations

import json
import resource
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.search_speed import lucene, ours, postgres, sqlite, tantivy_plain
from benchmarks.search_speed.answers import Engine
from benchmarks.search_speed.corpus import Corpus
from benchmarks.search_speed.creators import SEED

__all__ = ["ENGINES", "OURS", "PEERS", "build", "folder_of", "opened"]

#: Name -> our layout. The first is what a member has.
OURS = {"ours": "columns", "ours tantivy": "tantivy"}
PEERS = ("sqlite", "postgres", "lucene", "tantivy plain")
#: The whole search, on the index that "ours" built.
WHOLE = "ours whole search"
ENGINES = (*OURS, WHOLE, *PEERS)

_BUILDERS: dict[str, Callable[[Path, Corpus], None]] = {
    "sqlite": sqlite.build,
    "postgres": postgres.build,
    "lucene": lucene.build,
    "tantivy plain": tantivy_plain.build,
}
_OPENERS: dict[str, Callable[[Path], Engine]] = {
    "sqlite": sqlite.Sqlite,
    "postgres": postgres.Postgres,
    "lucene": lucene.Lucene,
    "tantivy plain": tantivy_plain.TantivyPlain,
}
#: Raised when what a peer's builder writes changes.
_VERSIONS = dict.fromkeys(PEERS, 1)


def folder_of(root: Path, engine: str) -> Path:
    """Where an engine's files lie."""
    return root / ("ours" if engine == WHOLE else engine).replace(" ", "-")


def build(root: Path, engine: str, n: int, *, say: Callable[[str], None]) -> dict[str, Any]:
    """What the build of an engine took; built now unless it lies there already.

    {"creators", "seconds", "cpu_seconds", "bytes", ...}. CPU is that of this process and of those
    that it started and that have ended. Raises Missing for an engine that is not installed.
    """
    folder = folder_of(root, engine)
    sheet = folder.with_name(folder.name + ".json")
    told = {"creators": n, "seed": SEED}
    own = engine in OURS
    told["format"] = ours.format_of(OURS[engine]) if own else _VERSIONS[engine]
    try:
        found: dict[str, Any] = json.loads(sheet.read_text(encoding="utf-8"))
        if folder.is_dir() and {key: found.get(key) for key in told} == told:
            return found
    except (OSError, ValueError):
        pass
    sheet.unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)
    corpus = None if engine in OURS else Corpus.write(root / "corpus", n, say=say)
    say(f"building {engine}")
    began, cpu = time.perf_counter(), _cpu()
    if corpus is None:
        ours.build(OURS[engine], folder, n)
    else:
        _BUILDERS[engine](folder, corpus)
    found = {
        **told,
        "seconds": round(time.perf_counter() - began, 1),
        "cpu_seconds": round(_cpu() - cpu, 1),
        "bytes": sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()),
    }
    sheet.write_text(json.dumps(found), encoding="utf-8")
    return found


def opened(root: Path, engine: str) -> Engine:
    """An engine over the files that `build` wrote. Raises Missing."""
    folder = folder_of(root, engine)
    if engine == WHOLE:
        return ours.Whole(OURS["ours"], folder)
    if engine in OURS:
        return ours.Ours(OURS[engine], folder)
    return _OPENERS[engine](folder)


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)
