"""A server's process: started, waited for, stopped by its id."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from servers.ground import DATA, Missing

DEADLINE_S = 90.0


@contextlib.contextmanager
def running(
    name: str,
    command: Sequence[str],
    ready: Callable[[], bool] | int,
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path = DATA,
    deadline_s: float = DEADLINE_S,
    identity: Mapping[str, Any] | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """A process that is ready when this returns; its id and its output lie under .testservers/.

    ready      a port that must accept a connection, or a question that must answer yes
    env        added to this process's environment
    identity   user, group, extra_groups of the process, for a server that refuses root
    """
    log = DATA / f"{name}.log"
    recorded = DATA / f"{name}.pid"
    with log.open("wb") as output:
        process = subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=cwd,
            env={**os.environ, **(env or {})},
            **(identity or {}),
        )
    recorded.write_text(f"{process.pid}\n", encoding="ascii")
    question = ready if callable(ready) else lambda: answers(ready)
    try:
        _wait_until(question, name, process, log, deadline_s)
        yield process
    finally:
        stop(process)
        recorded.unlink(missing_ok=True)


def stop(process: subprocess.Popen[bytes], patience_s: float = 15.0) -> None:
    """Asked to end, then made to; returns when it has ended."""
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(timeout=patience_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def answers(port: int) -> bool:
    """Whether something accepts connections on this loopback port."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


def free_port() -> int:
    """A loopback port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until(
    ready: Callable[[], bool],
    name: str,
    process: subprocess.Popen[bytes],
    log: Path,
    deadline_s: float,
) -> None:
    deadline = time.monotonic() + deadline_s
    while time.monotonic() < deadline:
        if process.poll() is not None:
            last = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-1:]
            raise Missing(
                f"the {name} server stopped while starting ({' '.join(last)}; see {log})."
            )
        if ready():
            return
        time.sleep(0.1)
    raise Missing(f"the {name} server did not answer within {deadline_s:.0f} s (see {log}).")
