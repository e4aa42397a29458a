"""Two Stripes of others: localstripe signs webhooks, stripe-mock knows what may be asked."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from servers.ground import DATA, ROOT, Missing, installed, python_environment, step
from servers.process import free_port, running

_MOCK = "github.com/stripe/stripe-mock"
_MOCK_VERSION = "v0.203.0"


@contextlib.contextmanager
def localstripe() -> Iterator[str]:
    """An empty account on a free loopback port; yields its address."""
    requirements = ROOT / "constraints" / "test-localstripe.txt"
    programs = python_environment("stripe", requirements, sources=["localstripe"])
    port = free_port()
    command = [str(programs / "localstripe"), "--port", str(port), "--from-scratch"]
    with running("localstripe", command, port):
        yield f"http://127.0.0.1:{port}"


@contextlib.contextmanager
def stripe_mock() -> Iterator[str]:
    """stripe-mock on a free loopback port; yields JSON of its address, and of Stripe's OpenAPI
    file, which its module carries.
    """
    go = shutil.which("go")
    if go is None:
        raise Missing(
            "stripe-mock needs Go 1.22 or newer on PATH: install it (Debian 12's is older; "
            "bookworm-backports has golang-1.22), then again."
        )
    program = DATA / "bin" / "stripe-mock"
    told = DATA / "stripe-mock.json"

    def install() -> None:
        failed = f"{_MOCK}@{_MOCK_VERSION} could not be had from the Go module proxy"
        module = f"{_MOCK}@{_MOCK_VERSION}"
        found = json.loads(step([go, "mod", "download", "-json", module], failed=failed, cwd=DATA))
        told.write_text(found["Dir"], encoding="utf-8")
        step(
            [go, "install", module],
            failed=f"{_MOCK}@{_MOCK_VERSION} could not be built",
            cwd=DATA,
            env=_environment(program.parent),
        )

    installed(DATA / "stripe-mock", of=[Path(__file__)], install=install, what="stripe-mock")
    openapi = Path(told.read_text(encoding="utf-8")) / "embedded" / "openapi" / "spec3.json"
    if not openapi.is_file():
        raise Missing(f"{openapi} is gone: delete .testservers/stripe-mock, then again.")
    port = free_port()

    def ready() -> bool:
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/v1/charges", headers={"Authorization": "Bearer sk_test_123"}
        )
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    with running("stripe-mock", [str(program), "-http-addr", f"127.0.0.1:{port}"], ready):
        yield json.dumps({"address": f"http://127.0.0.1:{port}", "openapi": str(openapi)})


def _environment(folder: Path) -> dict[str, str]:
    return {**os.environ, "GOBIN": str(folder)}
