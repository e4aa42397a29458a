"""S3 (moto), PostgreSQL and Redis: where other servers, and a catalogue, keep things."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from servers.ground import DATA, ROOT, debian, python_environment, step
from servers.process import free_port, running

_POSTGRES = Path("/usr/lib/postgresql/15/bin")


@contextlib.contextmanager
def s3() -> Iterator[str]:
    """An S3 server on a free loopback port; yields its address."""
    programs = python_environment("venv", ROOT / "constraints" / "test-servers.txt")
    port = free_port()
    with running("s3", [str(programs / "moto_server"), "-H", "127.0.0.1", "-p", str(port)], port):
        yield f"http://127.0.0.1:{port}"


@contextlib.contextmanager
def postgres(name: str = "postgres", purpose: str = "the service's suite") -> Iterator[str]:
    """A PostgreSQL cluster of this run alone; yields the address of its database `run`.

    name, purpose   of the process, and what needs it

    Nothing is synced to disk: the cluster is thrown away. It refuses root, so that under root it
    runs as Debian's user `postgres`, in a folder that this user can reach.
    """
    debian(
        ["postgresql-15"],
        programs=[str(_POSTGRES / "initdb"), str(_POSTGRES / "postgres")],
        purpose=purpose,
    )
    identity: dict[str, Any] = {}
    if os.geteuid() == 0:
        user = pwd.getpwnam("postgres")
        identity = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    folder = _reachable_folder(f"pg-{name}", identity)
    port = free_port()
    try:
        step(
            [
                *(str(_POSTGRES / "initdb"), "-D", str(folder / "data"), "-U", "postgres"),
                *("-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"),
            ],
            failed="PostgreSQL's folder could not be made",
            cwd=folder,
            identity=identity,
        )
        command = [str(_POSTGRES / "postgres"), "-D", str(folder / "data"), "-p", str(port)]
        for setting in (
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "fsync=off",
            "synchronous_commit=off",
            "full_page_writes=off",
            "max_connections=200",
        ):
            command += ["-c", setting]
        address = f"postgres://postgres@127.0.0.1:{port}"
        probe = ["pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]

        def ready() -> bool:
            return subprocess.run(probe, check=False).returncode == 0

        with running(name, command, ready, cwd=folder, identity=identity):
            create = ["psql", "-qX", f"{address}/postgres", "-c", "create database run"]
            step(create, failed="no database could be made in the PostgreSQL of this run")
            yield f"{address}/run"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _reachable_folder(name: str, identity: dict[str, Any]) -> Path:
    """An empty folder of this user's: under .testservers/, or beside the system's other temporary
    files where some parent folder is closed to them."""
    folder = DATA / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    if not identity:
        return folder
    os.chown(folder, identity["user"], identity["group"])
    look = subprocess.run(
        ["test", "-w", str(folder)], check=False, cwd="/", capture_output=True, **identity
    )
    if look.returncode == 0:
        return folder
    folder.rmdir()
    folder = Path(tempfile.mkdtemp(prefix="influencr-pg-"))
    os.chown(folder, identity["user"], identity["group"])
    return folder


@contextlib.contextmanager
def redis() -> Iterator[str]:
    """A Redis that keeps nothing on disk; yields host:port."""
    debian(["redis-server"], programs=["redis-server"], purpose="the AT Protocol network")
    port = free_port()
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1"]
    command += ["--save", "", "--appendonly", "no"]
    with running("redis", command, port):
        yield f"127.0.0.1:{port}"
