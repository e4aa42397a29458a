"""`influencr listen bluesky` as a process: started, asked to end, killed."""

import contextlib
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from atproto_world.compare import Stored


class Listener:
    """One command that may be started many times; what it said lies in one file."""

    def __init__(self, command: list[str], log: Path) -> None:
        self.command = command
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *more: str) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*self.command, *more], stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def check(self) -> None:
        """It runs; else what it said."""
        assert self.process is not None
        assert self.process.poll() is None, self.log.read_text(encoding="utf-8")[-2_000:]

    def kill(self) -> None:
        """As the system does it: not one more instruction."""
        assert self.process is not None
        self.check()
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def end(self) -> None:
        """As its operator does it; it has to end well."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=120)
        assert code == 0, self.log.read_text(encoding="utf-8")[-2_000:]

    @contextlib.contextmanager
    def running(self, *more: str) -> Iterator["Listener"]:
        self.start(*more)
        try:
            yield self
            self.end()
        finally:
            if self.process is not None and self.process.poll() is None:
                self.process.kill()
                self.process.wait()


def until[T](question: Callable[[], T], *, within: float, every: float = 0.5) -> tuple[T, float]:
    """Asks until the answer is empty, and for so long at most; the last answer, and after how many
    seconds it came."""
    began = time.monotonic()
    while True:
        asked = time.monotonic() - began
        answer = question()
        if not answer or asked > within:
            return answer, asked
        time.sleep(every)


def knows(home, network, front, stream: str, dids) -> Listener:
    """The home has met these people, and seen a little of what they did; how it then listens."""
    home.settings(
        appview=front.address,
        search=front.address,
        relay=front.address,
        plc=network.where["plc"],
        servers=[network.where["pds"]],
        jetstream=[stream],
    )
    network.writer.settle()
    handles = [network.ledger.accounts[did].handle for did in dids]
    # A fifth of the calls is for profiles, 25 in each.
    calls = str(5 * -(-len(handles) // 25))
    named = [part for handle in handles for part in ("--handle", handle)]
    home.run("collect", "bluesky", *named, "--budget", calls, "--quiet")
    assert Stored(home.path).profiles().keys() == set(dids)
    return Listener(home.command("listen", "bluesky", "--json"), home.path.parent / "listen.log")
