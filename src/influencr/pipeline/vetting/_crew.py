"""Steps done by two processes at a time, each of which can be done again from what is on disk.

A helper process is this module, run by the same interpreter: it reads one step per line and
answers one line when it is done. It is not forked (the catalogue's threads would not survive) and
not spawned by multiprocessing (which would run the caller's script a second time). When the
process that asks ends, however it ends, its helpers read the end of their input and go.

A single step is done in the process that asks: a small home never waits for an interpreter.
"""

from __future__ import annotations

import contextlib
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from influencr.errors import Terminal

__all__ = ["CREW", "done_by_crew"]

#: Processes at a time: each holds one group of follows, and two fit into 8 GB.
CREW = 2
_FAILED, _DONE = "failed", "done"


def done_by_crew(
    work: Path, step: str, groups: int, *, progress: Callable[[int], None] | None = None
) -> None:
    """Do a step (a name of `_steps.STEPS`) for the groups 0 .. groups - 1.

    progress   called with the groups done so far

    Raises Terminal with what a helper said when it failed.
    """
    from influencr.pipeline.vetting._steps import STEPS

    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    helpers = min(CREW, groups, cores or 1)
    if helpers < 2:
        for group in range(groups):
            STEPS[step](work, group)
            if progress is not None:
                progress(group + 1)
        return
    waiting: queue.Queue[int] = queue.Queue()
    for group in range(groups):
        waiting.put(group)
    answers: queue.Queue[str | None] = queue.Queue()
    with contextlib.ExitStack() as stack:
        for number in range(helpers):
            helper = stack.enter_context(_helper(work, number))
            threading.Thread(
                target=_ask, args=(helper, step, waiting, answers), daemon=True
            ).start()
        for done in range(groups):
            answer = answers.get()
            if answer is not None:
                raise Terminal(f"Vetting stopped: {answer}")
            if progress is not None:
                progress(done + 1)


@contextlib.contextmanager
def _helper(work: Path, number: int) -> Iterator[subprocess.Popen[str]]:
    """A process that waits for steps; ended when the block is left."""
    said = (work / f"helper-{number}.log").open("w", encoding="utf-8")
    # One thread each: two helpers on two cores gain nothing from sharing them out.
    one = {"POLARS_MAX_THREADS": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    helper = subprocess.Popen(
        [sys.executable, "-m", "influencr.pipeline.vetting._crew", str(work)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=said,
        text=True,
        env={**os.environ, **one, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
    )
    try:
        yield helper
    finally:
        helper.kill()
        helper.wait()
        for stream in (helper.stdin, helper.stdout, said):
            if stream is not None:
                with contextlib.suppress(BrokenPipeError):
                    stream.close()


def _ask(
    helper: subprocess.Popen[str],
    step: str,
    waiting: queue.Queue[int],
    answers: queue.Queue[str | None],
) -> None:
    """Hand out steps until none is left; None for each one done, else what went wrong."""
    asked, told = helper.stdin, helper.stdout
    if asked is None or told is None:
        raise Terminal("A helper process has no pipes.")
    with contextlib.suppress(queue.Empty, ValueError):
        while True:
            group = waiting.get_nowait()
            try:
                asked.write(f"{step} {group}\n")
                asked.flush()
                line = told.readline().strip()
            except (BrokenPipeError, OSError):
                line = ""
            if line == _DONE:
                answers.put(None)
                continue
            why = line.removeprefix(_FAILED).strip() or "it ended without a word"
            answers.put(f"a helper could not do the step {step} {group} ({why}).")
            return


def main(folder: str) -> None:
    """Read steps from stdin until it ends."""
    from influencr.pipeline.vetting._steps import STEPS

    for line in sys.stdin:
        step, group = line.split()
        try:
            STEPS[step](Path(folder), int(group))
        except Exception as error:
            # The one who asks stops the run with this sentence; the trace is for whoever debugs.
            _answer(f"{_FAILED} {type(error).__name__} {' '.join(str(error).split())}")
            raise
        _answer(_DONE)


def _answer(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
