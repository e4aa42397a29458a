"""A worker that is killed while the mail server has its mail in hand: it arrives, and only once."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from influencr.engine import Engine
from influencr.search import make_query

pytestmark = [pytest.mark.kill, pytest.mark.allow_hosts(["127.0.0.1"])]

ROOT = Path(__file__).parents[4]
PATIENCE_S = 60
SETUP = """
import sys
import django
django.setup()
from datetime import timedelta
from influencr.service.jobs import timetable, worker
worker.LOST_AFTER, worker._SIGN_S, worker._LOOK_S = timedelta(seconds=2), 0.4, 0.1
timetable.entries = tuple
"""
PEOPLE = f"""{SETUP}
from influencr.service.accounts import teams
from influencr.service.accounts.models import User
from influencr.service.alerts import reading
from influencr.service.billing import entitlements
user = User.objects.create_user("mila@new.example", "seven quiet herons")
team = teams.found(user)
entitlements.begin_trial(team)
reading.mail(user, "daily", "https://search.example")
print(team.owner_key)
"""
WORK = f"""{SETUP}
from django.core.management import call_command
call_command("worker")
"""
SEND = f"""{SETUP}
from influencr.service.alerts.models import Digest
from influencr.service.alerts.tasks import look, send
look.enqueue()
send.enqueue(Digest.objects.get().pk)
"""


class Slow:
    """Holds the first mail back until it is told that it may go on."""

    def __init__(self) -> None:
        self.begun = 0
        self.taken: list[Any] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.begun += 1
        if self.begun == 1:
            await asyncio.sleep(PATIENCE_S)
        self.taken.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 taken"


@pytest.fixture
def slow() -> Iterator[tuple[Slow, int]]:
    office = Slow()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(office, hostname="127.0.0.1", port=port)
    controller.start()
    yield office, port
    controller.stop()


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_a_mail_that_was_not_taken_is_sent_by_the_next_worker_once(
    tmp_path: Path, slow: tuple[Slow, int]
):
    office, port = slow
    home = tmp_path / "home"
    kept = {k: v for k, v in os.environ.items() if not k.startswith("INFLUENCR_")}
    environment = kept | {
        "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
        "INFLUENCR_HOME": str(home),
        "INFLUENCR_BILLING": "manual",
        "INFLUENCR_MAIL": f"smtp://127.0.0.1:{port}",
        "INFLUENCR_MAIL_FROM": "post@search.example",
        "DJANGO_SETTINGS_MODULE": "influencr.service.settings",
    }

    def run(*words: str) -> str:
        return subprocess.run(
            [sys.executable, *words], check=True, capture_output=True, text=True, env=environment
        ).stdout

    def worker() -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-c", WORK], stdout=subprocess.DEVNULL, env=environment
        )

    def come(n: int, *handles: str) -> None:
        file = tmp_path / f"came{n}.csv"
        rows = [f"{h},{h.title()},vegan bread,900,FR,Lyon" for h in handles]
        head = "username,full_name,biography,followers_count,country,city"
        file.write_text("\n".join([head, *rows]), encoding="utf-8")
        engine.import_files([file], licence="invented", platform="instagram")
        engine.refresh()

    with Engine(home, create=True) as engine:
        come(1, "ada", "bela")
        run("-m", "django", "migrate", "-v0")
        owned = engine.of(run("-c", PEOPLE).strip())
        owned.saved.save("Vegan", make_query(text="vegan"))
        owned.alerts.watch("Vegan")
        come(2, "cleo")
        run("-c", SEND)
        first = worker()
        until(lambda: office.begun == 1)
        first.kill()
        first.wait()
        assert office.taken == []
        second = worker()
        try:
            until(lambda: len(office.taken) == 1)
            run("-c", SEND)  # looked at and sent again: nothing is new
            done = "SELECT count(*) FROM django_tasks_database_dbtaskresult WHERE status = ?"
            base = home / "service" / "service.sqlite"
            until(lambda: count(base, done, "SUCCESSFUL") == 4)
        finally:
            second.terminate()
            second.wait(timeout=PATIENCE_S)
        assert len(owned.alerts.kept.told()) == 1
    (message,) = office.taken
    assert "Cleo" in message.get_body(("plain",)).get_content()


def count(base: Path, statement: str, *values: str) -> int:
    import sqlite3

    opened = sqlite3.connect(base, timeout=20)
    try:
        return int(opened.execute(statement, values).fetchone()[0])
    finally:
        opened.close()
