"""Steps done by two processes at a time, each of which can be done again from what is on disk.

A helper process is this module, run by the same interpreter: it reads one step per line and
answers one line when it is done. It is not forked (the catalogue's threads would not survive) and
not spawned by multiprocessing (which would run the caller's script a second time). When the
process that asks ends, however it ends, its helpers read the end of their input and go.

A single group is done in the process that asks: a small home never waits for an interpreter.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from influencr.errors import Terminal

__all__ = ["CREW", "Crew"]

#: Processes at a time: each holds one group of follows, and two fit into 8 GB.
CREW = 2
_FAILED, _DONE = "failed", "done"


class Crew:
    """Helpers for the steps of one run, started when first needed and ended with the block."""

    def __init__(self, work: Path, steps: str) -> None:
        """work    folder of the run
        steps   module whose STEPS are done
        """
        self._work, self._steps = work, steps
        self._helpers: list[subprocess.Popen[str]] = []
        self._open = contextlib.ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._open.close()
        self._helpers.clear()

    def do(self, step: str, groups: int, *, progress: Callable[[int], None] | None = None) -> None:
        """Do a step (a name of the module's STEPS) for the groups 0 .. groups - 1.

        progress   called with the groups done so far

        Raises Terminal with what a helper said when it failed.
        """
        steps = importlib.import_module(self._steps).STEPS
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
        wanted = min(CREW, groups, cores or 1)
        if wanted < 2:
            for group in range(groups):
                steps[step](self._work, group)
                if progress is not None:
                    progress(group + 1)
            return
        while len(self._helpers) < wanted:
            self._helpers.append(self._helper(len(self._helpers)))
        waiting: queue.Queue[int] = queue.Queue()
        for group in range(groups):
            waiting.put(group)
        answers: queue.Queue[str | None] = queue.Queue()
        for helper in self._helpers[:wanted]:
            threading.Thread(
                target=_ask, args=(helper, step, waiting, answers), daemon=True
            ).start()
        for done in range(groups):
            answer = answers.get()
            if answer is not None:
                raise Terminal(f"Judging stopped: {answer}")
            if progress is not None:
                progress(done + 1)

    def _helper(self, number: int) -> subprocess.Popen[str]:
        """A process that waits for steps; its last words are in helper-<number>.log."""
        said = self._open.enter_context(
            (self._work / f"helper-{number}.log").open("w", encoding="utf-8")
        )
        # One thread each: two helpers on two cores gain nothing from sharing them out.
        one = {"POLARS_MAX_THREADS": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        helper = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "influencr.pipeline._crew",
                str(self._work),
                self._steps,
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
            env={**os.environ, **one, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
        )
        self._open.callback(_end, helper)
        return helper


def _end(helper: subprocess.Popen[str]) -> None:
    helper.kill()
    helper.wait()
    for stream in (helper.stdin, helper.stdout):
        if stream is not None:
            with contextlib.suppress(BrokenPipeError):
                stream.close()


def _ask(
    helper: subprocess.Popen[str],
    step: str,
    waiting: queue.Queue[int],
    answers: queue.Queue[str | None],
) -> None:
    """Hand out groups until none is left; None for each one done, else what went wrong."""
    asked, told = helper.stdin, helper.stdout
    if asked is None or told is None:
        raise Terminal("A helper process has no pipes.")
    with contextlib.suppress(queue.Empty):
        while True:
            group = waiting.get_nowait()
            try:
                asked.write(f"{step} {group}\n")
                asked.flush()
                line = told.readline().strip()
            except (OSError, ValueError):
                # The pipe broke, or was closed because the other helper had failed.
                line = ""
            if line == _DONE:
                answers.put(None)
                continue
            why = line.removeprefix(_FAILED).strip() or "it ended without a word"
            answers.put(f"a helper could not do the step {step} {group} ({why}).")
            return


def main(folder: str, module: str) -> None:
    """Read steps of the module from stdin until it ends."""
    steps = importlib.import_module(module).STEPS
    for line in sys.stdin:
        step, group = line.split()
        try:
            steps[step](Path(folder), int(group))
        except Exception as error:
            # The one who asks stops the run with this sentence; the trace is for whoever debugs.
            _answer(f"{_FAILED} {type(error).__name__} {' '.join(str(error).split())}")
            raise
        _answer(_DONE)


def _answer(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
