"""Where the servers live, and how what they need gets onto the machine, once."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / ".testservers"
#: Bytes of a failed step's output that are looked at for its last line.
_TAIL = 4_000


class Missing(Exception):
    """A server that was asked for cannot be had; the text is one sentence that says what to do."""


def debian(packages: Sequence[str], *, programs: Sequence[str], purpose: str) -> None:
    """Debian's packages, installed when one of the programs is missing and we may.

    programs   names on PATH, or absolute paths
    purpose    what needs them, for the sentence
    """
    if all(shutil.which(program) for program in programs):
        return
    wish = f"{purpose} needs Debian's {' '.join(packages)}: run `apt-get install` as root"
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise Missing(f"{wish}, then again.")
    say(f"Installing {' '.join(packages)}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "-qq", "update"],
        ["apt-get", "-qq", "install", "-y", "--no-install-recommends", *packages],
    ):
        step(command, failed=f"{wish}; here `{' '.join(command)}` failed", env=environment)
    for program in programs:
        if not shutil.which(program):
            raise Missing(f"{wish}; `{program}` is still not there.")


def installed(folder: Path, *, of: Sequence[Path], install: Callable[[], None], what: str) -> None:
    """Runs `install` unless the folder holds what these files ask for.

    The marker `.installed` holds their hash and is written last, so that an installation that was
    stopped halfway is made again.
    """
    digest = hashlib.sha256()
    for file in of:
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    marker = folder / ".installed"
    if marker.exists() and marker.read_text(encoding="ascii") == digest.hexdigest():
        return
    say(f"Installing {what} into {folder.relative_to(ROOT)}")
    began = time.monotonic()
    marker.unlink(missing_ok=True)
    folder.mkdir(parents=True, exist_ok=True)
    install()
    marker.write_text(digest.hexdigest(), encoding="ascii")
    say(f"  in {time.monotonic() - began:.0f} s")


def python_environment(name: str, requirements: Path, *, sources: Sequence[str] = ()) -> Path:
    """A virtual environment of the servers' own, so that nothing of theirs reaches the product's.

    requirements   a hashed requirements file under constraints/
    sources        packages of it that are published as sources alone
    Returns its folder of programs.
    """
    venv = DATA / name
    says = f"constraints/{requirements.name} could not be installed"

    def install() -> None:
        step([sys.executable, "-m", "venv", "--clear", str(venv)], failed=says)
        step(
            [
                *(str(venv / "bin" / "python"), "-m", "pip", "install", "--quiet", "--no-input"),
                *("--disable-pip-version-check", "--require-hashes", "--only-binary", ":all:"),
                *(word for package in sources for word in ("--no-binary", package)),
                *("-r", str(requirements)),
            ],
            failed=says,
        )

    installed(venv, of=[requirements], install=install, what=f"constraints/{requirements.name}")
    return venv / "bin"


def step(
    command: Sequence[str],
    *,
    failed: str,
    cwd: Path | None = None,
    env: dict[str, str] | None = None,
    identity: Mapping[str, Any] | None = None,
) -> str:
    """One command of an installation; its output, or Missing with `failed` and its last line."""
    done = subprocess.run(
        list(command),
        check=False,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        cwd=cwd,
        env=env,
        **(identity or {}),
    )
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip())[-_TAIL:].splitlines()[-1:]
        raise Missing(f"{failed} ({' '.join(last) or f'exit code {done.returncode}'}).")
    return done.stdout


def say(line: str) -> None:
    """What takes time is told, on standard error."""
    print(line, file=sys.stderr, flush=True)
