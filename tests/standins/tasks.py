"""Tasks that leave a trace, fail in known ways, or wait to be killed."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Any

from django.tasks import TaskContext, task

from influencr.errors import Unreachable, UsageError
from influencr.service import jobs

DONE: list[Any] = []
WHO = "ana@rye.example"


@task
def note(what: str) -> None:
    DONE.append(what)


@task(takes_context=True)
def note_context(context: TaskContext, what: str) -> None:
    DONE.append((what, context.attempt))


@task
def fail(how: str) -> None:
    DONE.append(how)
    if how == "transient":
        raise Unreachable(f"{WHO} does not answer")
    try:
        raise KeyError(WHO)
    except KeyError as error:
        raise UsageError(f"{WHO} cannot be meant") from error


@task
def step_by_step(n: int) -> None:
    for i in range(n):
        jobs.go_on()
        DONE.append(i)


@task
def write(file: str) -> None:
    """Leaves a line, and the first time waits to be killed."""
    path = Path(file)
    first = not path.exists()
    with path.open("a") as opened:
        opened.write("begun\n")
    while first:
        time.sleep(0.05)
    with path.open("a") as opened:
        opened.write("done\n")


@task
def kill_process() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@task
def periodic() -> None:
    DONE.append("periodic")
