"""Runs the suites that need real third-party software, or keeps their servers up for a person.

    python tools/test_servers.py                 every suite (what `make test-servers` calls)
    python tools/test_servers.py atproto s3      these suites only
    python tools/test_servers.py --serve atproto the servers alone, until Ctrl-C; prints what to
                                                 export so that pytest finds them
    python tools/test_servers.py atproto --report docs/benchmarks
                                                 also writes the figures that the suite measures

A suite that was asked for is never skipped: whatever is missing is named in one sentence and fails
the run. Only the search engines that ours is compared with are skipped where they are not
installed: they are nothing that the product needs.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent))

from servers.atproto import atproto
from servers.browser import need_chromium
from servers.ground import DATA, ROOT, Missing
from servers.mastodon import mastodon
from servers.package import wheel
from servers.payments import localstripe, stripe_mock
from servers.storage import postgres, s3


class Suite(NamedTuple):
    """What a suite is marked with in pytest, and how its tests find their server.

    variable   environment variable that holds what `start` yields
    need       what must be on the machine, and is not a server
    apart      run by two processes before the others: each starts all that it needs by itself,
               so nothing is shared and both cores are busy
    """

    marker: str
    variable: str = ""
    start: Callable[[], AbstractContextManager[str]] | None = None
    need: Callable[[], None] | None = None
    apart: bool = False


SUITES = {
    "s3": Suite("server_s3", "INFLUENCR_TEST_S3", s3),
    "postgres": Suite("server_postgres", "INFLUENCR_TEST_POSTGRES", postgres),
    "wheel": Suite("server_wheel", "INFLUENCR_TEST_WHEEL", wheel),
    "browser": Suite("browser", need=need_chromium, apart=True),
    "peers": Suite("peers"),
    "generated": Suite("generated"),
    "localstripe": Suite("server_localstripe", "INFLUENCR_TEST_LOCALSTRIPE", localstripe),
    "stripe_mock": Suite("server_stripe_mock", "INFLUENCR_TEST_STRIPE_MOCK", stripe_mock),
    "mastodon": Suite("server_mastodon", "INFLUENCR_TEST_MASTODON", mastodon),
    "atproto": Suite("server_atproto", "INFLUENCR_TEST_ATPROTO", atproto),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("suite", nargs="*", help=f"any of {', '.join(SUITES)}; none: all")
    parser.add_argument("--serve", action="store_true", help="start the servers, run no test")
    parser.add_argument("--report", metavar="FOLDER", help="where figures are written")
    options = parser.parse_args()
    unknown = [name for name in options.suite if name not in SUITES]
    if unknown:
        parser.error(f"'{unknown[0]}' is no suite; valid: {', '.join(SUITES)}.")
    suites = [SUITES[name] for name in options.suite or SUITES]
    DATA.mkdir(exist_ok=True)
    own = (DATA / "lock").open("a")
    try:
        fcntl.flock(own, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print(
            "make test-servers: another run of it uses .testservers; end that first.",
            file=sys.stderr,
        )
        return 1
    # Ended from outside, the servers are stopped as well.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        with contextlib.ExitStack() as servers:
            addresses = {}
            if options.report:
                addresses["INFLUENCR_REPORT"] = str(Path(options.report).resolve())
            for suite in suites:
                if suite.need is not None:
                    suite.need()
                if suite.start is not None:
                    addresses[suite.variable] = servers.enter_context(suite.start())
            if options.serve:
                return serve(addresses)
            apart = [suite.marker for suite in suites if suite.apart]
            others = [suite.marker for suite in suites if not suite.apart]
            codes = [run(apart, addresses, "-n", "2", "--dist", "loadfile")] if apart else []
            # Also after a failure: a run on a bare machine is long, and should tell all it can.
            codes += [run(others, addresses)] if others else []
            return next((code for code in codes if code), 0)
    except Missing as missing:
        print(f"make test-servers: {missing}", file=sys.stderr)
        return 1


def run(markers: list[str], addresses: dict[str, str], *words: str) -> int:
    """The tests with any of these markers; pytest's exit code."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *words]
    command += ["-m", " or ".join(markers)]
    environment = {**os.environ, **addresses}
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def serve(addresses: dict[str, str]) -> int:
    """Waits for Ctrl-C, or to be ended."""
    for name, value in addresses.items():
        print(f"export {name}={value}", flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        signal.pause()
    return 0


if __name__ == "__main__":
    sys.exit(main())
