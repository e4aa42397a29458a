"""Runs benchmarks one after the other, each in a process of its own, and can go on later.

What is done lies in a folder of the run until the run has ended: a benchmark that was measured is
not measured again when the same command is given after a stop, a crash or a kill.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.suite import history
from benchmarks.suite.jobs import ROOT, Job, Place, document_of
from benchmarks.suite.page import write_page
from benchmarks.suite.progress import Progress, span

from influencr import __version__
from influencr.errors import Terminal

__all__ = ["run_all"]

type Record = dict[str, Any]

#: Exit codes of a benchmark that come with figures: 3 is a goal that was missed.
_FIGURES = (0, 3)
#: Exit code of a benchmark that cannot run here, with {"error": a sentence} on standard output.
_REFUSED = 2
#: Seconds that a benchmark gets to end its servers and remove its files before it is killed.
_GRACE = 20.0


def run_all(
    jobs: list[Job],
    passed: list[Job],
    place: Place,
    *,
    again: bool = False,
    quiet: bool = False,
) -> dict[str, Any]:
    """Run the jobs and add one line to the history; the line.

    passed   jobs that are told as not run, because they are large
    again    measure everything anew, whatever an unfinished run has done

    Raises Terminal while another run measures. A benchmark that fails costs nobody else's figures:
    it is told as failed.
    """
    place.builds.mkdir(parents=True, exist_ok=True)
    place.output.mkdir(parents=True, exist_ok=True)
    with _alone(place.builds / "bench.lock") as lock:
        lines = history.lines_of(place.output)
        folder = place.builds / f"bench-{_key(jobs, place)}"
        begun = _begun(folder, lines, again=again)
        done = _done(folder)
        expected = {job.name: _seconds(job, lines, place) for job in jobs}
        progress = Progress(expected, quiet=quiet)
        if done:
            told = ", ".join(name for name in expected if name in done)
            progress.say(
                f"going on with the run begun at {begun['run']}: {told} measured already "
                "(--again measures everything anew)"
            )
        _warn_of_load(progress)
        told_of: dict[str, Record] = {}
        for job in jobs:
            if job.name in done:
                told_of[job.name] = done[job.name]
                progress.end(job.name, "measured already")
                continue
            record = _one(job, place, folder, progress, lock)
            told_of[job.name] = record
            if record["state"] == "measured":
                _keep(folder / f"{job.name}.json", record)
        for job in passed:
            why = f"large ({span(job.seconds[0])} or more): add --large"
            told_of[job.name] = {"state": "not run", "why": why}
        line = {
            "run": begun["run"],
            "ended": _now(),
            "version": __version__,
            "commit": begun["commit"],
            "quick": place.quick,
            "how": "bench all",
            "benchmarks": told_of,
        }
        history.append(place.output, line)
        write_page(place.output)
        _keep_logs(folder, place.builds / "bench-logs")
        return line


def _one(job: Job, place: Place, folder: Path, progress: Progress, lock: int) -> Record:
    """One benchmark: measured, not run, or failed."""
    why = "has no quick form" if place.quick and not job.quick else job.needs(place)
    if why is not None:
        progress.end(job.name, f"not run: {why}")
        return {"state": "not run", "why": why}
    progress.begin(job.name)
    output = place.output
    if place.quick:
        # Figures of small samples never stand where those of whole runs do.
        output = folder / "output"
        output.mkdir(parents=True, exist_ok=True)
    at, began = _now(), time.monotonic()
    for words in job.steps(place._replace(output=output)):
        code, said = _process(job.name, words, folder, progress, lock)
        if code in _FIGURES:
            continue
        seconds = time.monotonic() - began
        if code == _REFUSED and (refusal := _refusal(said)):
            progress.end(job.name, f"not run: {refusal}", seconds)
            return {"state": "not run", "why": refusal}
        why = f"ended with code {code}: {_last_line(folder / f'{job.name}.log')}"
        progress.end(job.name, f"FAILED, {why}", seconds)
        return {"state": "failed", "why": why, "began": at}
    seconds = time.monotonic() - began
    document = document_of(job, output)
    if document is None:
        why = f"it wrote no {job.document}"
        progress.end(job.name, f"FAILED, {why}", seconds)
        return {"state": "failed", "why": why, "began": at}
    try:
        record = history.record_of(job, document, quick=place.quick, seconds=round(seconds, 1))
    except (KeyError, TypeError, ValueError) as error:
        why = f"{job.document} holds none of its figures ({type(error).__name__}: {error})"
        progress.end(job.name, f"FAILED, {why}", seconds)
        return {"state": "failed", "why": why, "began": at}
    record["commit"] = history.commit()
    reached = [one["reached"] for one in record["figures"]]
    progress.end(
        job.name,
        f"{span(seconds)}; goals reached {reached.count(True)}, missed {reached.count(False)}",
        seconds,
    )
    return record


def _process(
    name: str, words: list[str], folder: Path, progress: Progress, lock: int
) -> tuple[int, str]:
    """(exit code, standard output) of one step; what it tells goes to the run's NAME.log.

    lock   held by the step too: where this process is killed and the step lives on, no other run
           begins beside it
    """
    log, out = folder / f"{name}.log", folder / f"{name}.out"
    paths = [str(ROOT / "src"), str(ROOT), os.environ.get("PYTHONPATH", "")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}
    over = threading.Event()
    with log.open("ab") as errors, out.open("wb") as output:
        # In a group of its own, so that whatever it started can be ended with it.
        process = subprocess.Popen(
            [sys.executable, *words],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=errors,
            cwd=ROOT,
            env=environment,
            start_new_session=True,
            pass_fds=(lock,),
        )
        watcher = threading.Thread(target=progress.watch, args=(name, log, over), daemon=True)
        watcher.start()
        try:
            code = process.wait()
        finally:
            over.set()
            watcher.join()
            _end(process)
    return code, out.read_text(encoding="utf-8", errors="replace")


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a benchmark that still runs, and what it started: by Ctrl-C, then by force."""
    if process.poll() is not None:
        return
    for sign in (signal.SIGINT, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, sign)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_GRACE)
            return


@contextlib.contextmanager
def _alone(file: Path) -> Iterator[int]:
    """Two runs at once would measure each other; the lock's file descriptor."""
    with file.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Terminal(
                "bench all: another run measures on this checkout; wait until it has ended."
            ) from None
        yield lock.fileno()


def _key(jobs: list[Job], place: Place) -> str:
    """A name for the same command on the same version, which an unfinished run is found by."""
    names = [__version__, str(place.output.resolve()), str(place.datasets)]
    names += [job.name for job in jobs]
    digest = hashlib.sha256("\0".join(names).encode()).hexdigest()[:8]
    return f"{'quick' if place.quick else 'whole'}-{digest}"


def _begun(folder: Path, lines: list[dict[str, Any]], *, again: bool) -> dict[str, Any]:
    """{"run", "commit"} of the unfinished run there, or of a new one."""
    file = folder / "run.json"
    if file.exists() and not again:
        found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        # Killed after its line was written: that run has ended.
        if all(line["run"] != found["run"] for line in lines):
            return found
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    begun = {"run": _now(), "commit": history.commit()}
    _keep(file, begun)
    return begun


def _done(folder: Path) -> dict[str, Record]:
    return {
        file.stem: json.loads(file.read_text(encoding="utf-8"))
        for file in folder.glob("*.json")
        if file.name != "run.json"
    }


def _keep(file: Path, told: dict[str, Any]) -> None:
    """Written whole or not at all."""
    beside = file.with_suffix(".part")
    beside.write_text(json.dumps(told, ensure_ascii=False, allow_nan=False), encoding="utf-8")
    beside.replace(file)


def _keep_logs(folder: Path, where: Path) -> None:
    """What the benchmarks said last, for looking up why one failed; the run's folder goes."""
    if where.exists():
        shutil.rmtree(where)
    where.mkdir(parents=True)
    for log in folder.glob("*.log"):
        log.replace(where / log.name)
    shutil.rmtree(folder)


def _seconds(job: Job, lines: list[dict[str, Any]], place: Place) -> float:
    """How long it took last time, else what is usual on two cores."""
    for record in reversed(history.records(lines, job.name, quick=place.quick)):
        if record["seconds"] is not None:
            return float(record["seconds"])
    return job.seconds[1 if place.quick else 0]


def _warn_of_load(progress: Progress) -> None:
    if hasattr(os, "getloadavg"):
        load, cores = os.getloadavg()[0], os.cpu_count() or 1
        if load > cores / 2:
            progress.say(
                f"load {load:.1f} on {cores} cores: other work makes figures worse, never better"
            )


def _refusal(said: str) -> str | None:
    with contextlib.suppress(json.JSONDecodeError, TypeError, KeyError):
        return str(json.loads(said)["error"])
    return None


def _last_line(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return lines[-1].strip() if lines else "it said nothing"


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
