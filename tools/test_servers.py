"""Runs the suites that need real third-party software: S3, a browser, other search engines.

Everything listens on 127.0.0.1, keeps its data under .testservers/, is waited for with a deadline
and stopped by its recorded process id. Whatever is missing is named in one sentence and fails the
run: a suite that was asked for is never skipped. Only the search engines that ours is compared with
are skipped where they are not installed: they are nothing that the product needs.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / ".testservers"
REQUIREMENTS = ROOT / "constraints" / "test-servers.txt"
MARKERS = "server_s3 or browser or peers"
DEADLINE_S = 90.0


def main() -> int:
    DATA.mkdir(exist_ok=True)
    try:
        need_chromium()
        with contextlib.ExitStack() as servers:
            environment = dict(os.environ)
            environment["INFLUENCR_TEST_S3"] = servers.enter_context(s3())
            command = [
                sys.executable,
                "-m",
                "pytest",
                "-q",
                "-p",
                "no:cacheprovider",
                "-m",
                MARKERS,
            ]
            return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
    except Missing as missing:
        print(f"make test-servers: {missing}", file=sys.stderr)
        return 1


class Missing(Exception):
    """A server that was asked for cannot be had; the text is one sentence that says what to do."""


def need_chromium() -> None:
    """Debian's chromium, installed when it is missing and we may."""
    if shutil.which("chromium"):
        return
    wish = "the browser suite needs Debian's chromium: run `apt-get install chromium` as root"
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise Missing(f"{wish}, then again.")
    print("Installing chromium", file=sys.stderr)
    for command in (
        ["apt-get", "-qq", "update"],
        ["apt-get", "-qq", "install", "-y", "--no-install-recommends", "chromium", "fonts-dejavu"],
    ):
        done = subprocess.run(
            command,
            check=False,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        )
        if done.returncode:
            detail = (done.stderr or done.stdout).strip().splitlines()[-1:]
            raise Missing(f"{wish}; here `{' '.join(command)}` failed ({' '.join(detail)}).")
    if not shutil.which("chromium"):
        raise Missing(f"{wish}.")


@contextlib.contextmanager
def s3() -> Iterator[str]:
    """An S3 server (moto) on a free loopback port; yields its address."""
    server = server_environment() / "bin" / "moto_server"
    port = free_port()
    with running("s3", [str(server), "-H", "127.0.0.1", "-p", str(port)], port):
        yield f"http://127.0.0.1:{port}"


def server_environment() -> Path:
    """The servers' own virtual environment, so that nothing of theirs reaches the product's."""
    venv = DATA / "venv"
    stamp = venv / ".installed"
    wanted = REQUIREMENTS.read_text(encoding="ascii")
    if stamp.exists() and stamp.read_text(encoding="ascii") == wanted:
        return venv
    print(
        "Installing constraints/test-servers.txt (hashed) into .testservers/venv", file=sys.stderr
    )
    steps = (
        [sys.executable, "-m", "venv", "--clear", str(venv)],
        [
            *(str(venv / "bin" / "python"), "-m", "pip", "install", "--quiet", "--no-input"),
            *("--disable-pip-version-check", "--require-hashes", "--only-binary", ":all:"),
            *("-r", str(REQUIREMENTS)),
        ],
    )
    for step in steps:
        if subprocess.run(step, check=False, stdin=subprocess.DEVNULL).returncode:
            raise Missing(f"the S3 server could not be installed from {REQUIREMENTS.name}.")
    stamp.write_text(wanted, encoding="ascii")
    return venv


@contextlib.contextmanager
def running(name: str, command: list[str], port: int) -> Iterator[None]:
    """A process that answers on `port`; its id and its output lie under .testservers/."""
    log = DATA / f"{name}.log"
    recorded = DATA / f"{name}.pid"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, cwd=DATA
        )
    recorded.write_text(f"{process.pid}\n", encoding="ascii")
    try:
        wait_until_ready(name, process, port, log)
        yield
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        recorded.unlink(missing_ok=True)


def wait_until_ready(name: str, process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Returns as soon as the port answers; raises Missing when the process ends or time is up."""
    deadline = time.monotonic() + DEADLINE_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            last = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-1:]
            raise Missing(
                f"the {name} server stopped while starting ({' '.join(last)}; see {log})."
            )
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise Missing(f"the {name} server did not answer within {DEADLINE_S:.0f} s (see {log}).")


def free_port() -> int:
    """A loopback port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


if __name__ == "__main__":
    sys.exit(main())
