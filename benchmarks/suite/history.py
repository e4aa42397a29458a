"""docs/benchmarks/history.jsonl: one line a run, added at its end and never changed again."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from benchmarks.suite.figures import kept
from benchmarks.suite.jobs import JOBS, ROOT, Job, document_of, stamp

from influencr.errors import Terminal

__all__ = [
    "FILE",
    "append",
    "commit",
    "known",
    "lines_of",
    "newest",
    "record_of",
    "records",
    "unrecorded",
]

FILE = "history.jsonl"

type Line = dict[str, Any]
type Record = dict[str, Any]


def lines_of(folder: Path) -> list[Line]:
    """The runs, oldest first; none where there is no file.

    A last line that was cut off by a kill is left out, since its run was not finished; any other
    line that is no JSON raises Terminal, naming it.
    """
    file = folder / FILE
    if not file.exists():
        return []
    told = file.read_text(encoding="utf-8").splitlines(keepends=True)
    found: list[Line] = []
    for number, text in enumerate(told, 1):
        try:
            found.append(json.loads(text))
        except json.JSONDecodeError:
            if number == len(told) and not text.endswith("\n"):
                break
            raise Terminal(f"{file}: line {number} is no run; mend or remove it.") from None
    return found


def append(folder: Path, line: Line) -> None:
    """Add one run; what stands there stays as it is, byte for byte."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(line, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    file = folder / FILE
    before = file.read_bytes() if file.exists() else b""
    whole = before.rfind(b"\n") + 1
    with file.open("ab") as out:
        # What a kill cut off was no run; anything that was written whole stays.
        out.truncate(whole)
        out.write(text.encode("utf-8") + b"\n")
        out.flush()
        os.fsync(out.fileno())


def records(lines: list[Line], name: str, *, quick: bool = False) -> list[Record]:
    """Every measurement of one benchmark, oldest first, each with `run` and `commit` of its run."""
    return [
        {**told, "run": line["run"], "commit": told.get("commit", line.get("commit"))}
        for line in lines
        if bool(line["quick"]) is quick
        for told in (line["benchmarks"].get(name),)
        if told is not None and told["state"] == "measured"
    ]


def newest(lines: list[Line], name: str, *, quick: bool = False) -> Record | None:
    """The last measurement of a benchmark.

    Of a benchmark with parts, each part comes from the last run that measured it: `figures` are
    then of several runs, and `before` tells when the older ones were measured.
    """
    found = records(lines, name, quick=quick)
    if not found:
        return None
    last = found[-1]
    if "parts" not in last:
        return last
    have, figures, older = set(last["parts"]), list(last["figures"]), {}
    for record in reversed(found[:-1]):
        for part in record.get("parts", ()):
            if part in have:
                continue
            have.add(part)
            older[part] = record["measured_at"]
            figures += [one for one in record["figures"] if one["name"].startswith(f"{part}: ")]
    left_out = {part: why for part, why in last["left_out"].items() if part not in have}
    return {**last, "figures": figures, "left_out": left_out, "before": older}


def record_of(
    job: Job, document: dict[str, Any], *, quick: bool, seconds: float | None = None
) -> Record:
    """What a document of a benchmark says, as a line keeps it.

    Raises KeyError where it holds nothing of that benchmark.
    """
    told = stamp(job, document, quick=quick)
    figures = kept(job.read(document, quick))
    return {"state": "measured", "seconds": seconds, **told, "figures": figures}


def known(lines: list[Line], name: str, record: Record) -> bool:
    """Whether this very measurement stands in the history."""

    def same(one: Record) -> bool:
        return all(one[key] == record[key] for key in ("measured_at", "figures"))

    return any(same(one) for quick in (False, True) for one in records(lines, name, quick=quick))


def unrecorded(folder: Path, lines: list[Line]) -> dict[str, Record]:
    """What benchmarks that were run by themselves wrote into a folder and no line tells yet."""
    found = {}
    for job in JOBS:
        document = document_of(job, folder)
        if document is None or document.get("quick") is True:
            continue
        try:
            record = record_of(job, document, quick=False)
        except KeyError:
            continue
        if not known(lines, job.name, record):
            found[job.name] = record
    return found


def commit() -> str | None:
    """The short name of the commit, with a + where sources differ from it; None without git."""
    git = ("git", "-c", "safe.directory=*")
    at = _said(*git, "rev-parse", "--short", "HEAD")
    changed = _said(*git, "status", "--porcelain", "--", "src", "benchmarks")
    return None if at is None else at + ("+" if changed else "")


def _said(*command: str) -> str | None:
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None
