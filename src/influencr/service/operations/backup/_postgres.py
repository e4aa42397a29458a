"""PostgreSQL's own tools, with the password in their environment and never on a command line."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from influencr.errors import Terminal, UsageError
from influencr.service._addresses import Database

__all__ = ["dump", "load", "need"]


def need(tool: str) -> None:
    """Raises UsageError where a tool is not there."""
    if shutil.which(tool) is None:
        raise UsageError(
            f"The members are in PostgreSQL, and its tool `{tool}` is not installed here: install "
            "PostgreSQL's client programs (Debian: postgresql-client), then try again.",
            field="INFLUENCR_DATABASE",
        )


def dump(database: Database, to: Path) -> None:
    """Write one moment of a database. Raises Terminal with what the tool said."""
    _run("pg_dump", database, "--format=custom", "--no-owner", "--no-acl", f"--file={to}")
    to.chmod(0o600)


def load(database: Database, dumped: Path) -> None:
    """Put it in place of what a database holds: all of it or nothing. Raises Terminal."""
    words = ("--clean", "--if-exists", "--no-owner", "--no-acl", "--single-transaction")
    _run("pg_restore", database, *words, f"--dbname={database.name}", str(dumped))


def _run(tool: str, database: Database, *words: str) -> None:
    need(tool)
    environment = {**os.environ, "PGDATABASE": database.name, "PGCONNECT_TIMEOUT": "20"}
    for name, value in (
        ("PGHOST", database.host),
        ("PGPORT", "" if database.port is None else str(database.port)),
        ("PGUSER", database.user),
        ("PGPASSWORD", database.password),
    ):
        if value:
            environment[name] = value
    done = subprocess.run(
        [tool, *words], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = done.stderr.strip().splitlines()[-1:] or [f"exit code {done.returncode}"]
        raise Terminal(f"{tool} failed: {said[0]}")
