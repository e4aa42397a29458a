"""The Mastodon API (mastodon_mock): reads, writes, paging and faults, all in memory."""

from __future__ import annotations

import contextlib
import urllib.request
from collections.abc import Iterator

from servers.ground import ROOT, python_environment
from servers.process import free_port, running


@contextlib.contextmanager
def mastodon() -> Iterator[str]:
    """A server without accounts on a free loopback port; yields its address."""
    programs = python_environment("mastodon", ROOT / "constraints" / "test-mastodon.txt")
    port = free_port()
    address = f"http://127.0.0.1:{port}"

    def ready() -> bool:
        try:
            answer = urllib.request.urlopen(f"{address}/api/v2/instance", timeout=5)
        except OSError:
            return False
        with answer:
            return bool(answer.status == 200)

    command = [str(programs / "mastodon_mock"), "serve", "--host", "127.0.0.1"]
    command += ["--port", str(port), "--in-memory"]
    with running("mastodon", command, ready):
        yield address
