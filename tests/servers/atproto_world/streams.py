"""What stands between the network and a listener: Jetstream, and a wire that breaks."""

import contextlib
import os
import selectors
import signal
import socket
import subprocess
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

DEADLINE_S = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Jetstream:
    """The real stream server (first generation) in front of a PDS, on one port for its whole life
    and with its own memory, so that it may go away and come back.

    It asks the PDS for everything whenever it starts: stopped, it forgets what it had taken and not
    yet stored. So a restart also sends all that was ever written once more, under new cursors.
    """

    def __init__(self, program: str, pds: str, folder: Path) -> None:
        self.program = program
        self.folder = folder
        self.folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.source = pds.replace("http://", "ws://") + "/xrpc/com.atproto.sync.subscribeRepos"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"ws://127.0.0.1:{self.port}"

    def start(self) -> None:
        environment = {
            **os.environ,
            "JETSTREAM_WS_URL": self.source,
            "JETSTREAM_LISTEN_ADDR": f"127.0.0.1:{self.port}",
            "JETSTREAM_METRICS_LISTEN_ADDR": f"127.0.0.1:{free_port()}",
            "JETSTREAM_DATA_DIR": str(self.folder),
            # It ends itself when nothing happened for this long; our network is a quiet one.
            "JETSTREAM_LIVENESS_TTL": "24h",
            "JETSTREAM_MAX_SUB_RATE": "100000",
            "JETSTREAM_OVERRIDE_RELAY_CURSOR": "0",
        }
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [self.program], env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        deadline = time.monotonic() + DEADLINE_S
        while time.monotonic() < deadline:
            assert self.process.poll() is None, f"Jetstream ended; see {self.folder / 'log'}"
            if self._answers():
                return
            time.sleep(0.05)
        raise AssertionError(f"Jetstream did not answer; see {self.folder / 'log'}")

    def _answers(self) -> bool:
        try:
            said = urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=5)
        except OSError:
            return False
        with said:
            return b"Jetstream" in said.read()

    def stop(self) -> None:
        """As its operator stops it."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    def restart(self) -> None:
        self.stop()
        self.start()

    @contextlib.contextmanager
    def running(self) -> Iterator["Jetstream"]:
        self.start()
        try:
            yield self
        finally:
            self.stop()


class Wire:
    """Forwards one loopback port to another, until it is cut: every connection is then reset, as a
    failing network does it, in the middle of whatever is on its way. New ones are taken again."""

    def __init__(self, to_port: int) -> None:
        self.to_port = to_port
        self.n_cuts = 0
        self._open: list[socket.socket] = []
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._ended = False
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        with self._lock:
            pairs, self._open = self._open, []
        self.n_cuts += 1
        for one in pairs:
            with contextlib.suppress(OSError):
                # Linger of zero seconds: a reset instead of an orderly end.
                one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                one.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._ended = True
        self._listener.close()
        self.cut()

    def _accept(self) -> None:
        while not self._ended:
            try:
                here, _ = self._listener.accept()
            except OSError:
                return
            try:
                there = socket.create_connection(("127.0.0.1", self.to_port), 10)
            except OSError:
                here.close()
                continue
            with self._lock:
                self._open += [here, there]
            threading.Thread(target=self._carry, args=(here, there), daemon=True).start()

    def _carry(self, here: socket.socket, there: socket.socket) -> None:
        other = {here: there, there: here}
        with selectors.DefaultSelector() as waiting:
            for one in other:
                waiting.register(one, selectors.EVENT_READ)
            try:
                while not self._ended:
                    for key, _ in waiting.select(0.5):
                        data = key.fileobj.recv(65536)  # type: ignore[union-attr]
                        if not data:
                            return
                        other[key.fileobj].sendall(data)  # type: ignore[index]
            except OSError:
                return
            finally:
                for one in other:
                    with contextlib.suppress(OSError):
                        one.close()
