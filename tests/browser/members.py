"""An instance with members behind a real mail server, for the tests that sign up in a browser."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

ROOT = Path(__file__).parents[2]
SERVER = "import sys; from influencr.service.serve import serve; serve(sys.argv[1], port=0)"
PATIENCE_S = 60


class Postbox:
    """Takes mail over SMTP and gives out the newest for an address."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.taken.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 taken"

    def newest(self, to: str, subject: str = "") -> EmailMessage:
        """Waits for it: the server answers the browser before or after the mail is here."""
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            for message in reversed(self.taken):
                if message["To"] == to and subject in str(message["Subject"]):
                    return message
            time.sleep(0.05)
        raise AssertionError(f"no mail to {to}: {[m['Subject'] for m in self.taken]}")

    def link(self, to: str, subject: str = "") -> str:
        """The path of the first link in it."""
        text = self.newest(to, subject).get_content()
        return re.search(r"https?://[^/\s]+(/\S+)", text).group(1)


@contextmanager
def post_office() -> Iterator[tuple[Postbox, str]]:
    """A mail server on loopback, and the setting that names it."""
    box = Postbox()
    # The controller connects to the port that it was told, so it has to be told a real one.
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield box, f"smtp://127.0.0.1:{port}"
    finally:
        controller.stop()


@contextmanager
def served(
    home: Path, mail: str, *, program: str = SERVER, words: Sequence[str] = (), **settings: str
) -> Iterator[str]:
    """The address of a running instance with members; `words` follow the home to the program."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("INFLUENCR_")}
    environment |= {
        "PYTHONPATH": str(ROOT / "src"),
        "INFLUENCR_BILLING": "manual",
        # Tests set the clock of the process that answers.
        "INFLUENCR_PROCESSES": "1",
        "INFLUENCR_MAIL": mail,
        "INFLUENCR_MAIL_FROM": "post@search.example",
        **settings,
    }
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(home), *words],
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )
    try:
        first = process.stdout.readline()
        assert "http://" in first, "the service did not start"
        # Passkeys need a name, not a number.
        port = re.search(r":(\d+)/", first).group(1)
        yield f"http://localhost:{port}"
    finally:
        process.terminate()
        process.communicate(timeout=60)
