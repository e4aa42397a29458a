"""Workers as processes over one SQLite file: killed, stopped, two at once."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from influencr.home import Home

ROOT = Path(__file__).parents[4]
PATIENCE_S = 60
QUICK = """
import sys
import django
django.setup()
from datetime import timedelta
from influencr.service.jobs import timetable, worker
worker.LOST_AFTER, worker._SIGN_S, worker._LOOK_S = timedelta(seconds=2), 0.4, 0.1
timetable.entries = tuple
"""
WORK = f"""{QUICK}
from django.core.management import call_command
call_command("worker")
"""
PUT = f"""{QUICK}
from tests.standins import tasks
for word in sys.argv[2:]:
    getattr(tasks, sys.argv[1]).enqueue(word)
"""


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    Home(tmp_path / "home")
    kept = {k: v for k, v in os.environ.items() if not k.startswith("INFLUENCR_")}
    return kept | {
        "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
        "INFLUENCR_HOME": str(tmp_path / "home"),
        "INFLUENCR_BILLING": "manual",
        "DJANGO_SETTINGS_MODULE": "influencr.service.settings",
    }


@pytest.fixture
def run(environment: dict[str, str]) -> Callable[..., str]:
    def ran(*words: str) -> str:
        done = subprocess.run(
            [sys.executable, *words], check=True, capture_output=True, text=True, env=environment
        )
        return done.stdout

    ran("-m", "django", "migrate", "-v0")
    return ran


@pytest.fixture
def workers(environment: dict[str, str]) -> Any:
    started: list[subprocess.Popen[str]] = []

    def start() -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-W", "error", "-c", WORK],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=environment,
        )
        started.append(process)
        assert process.stdout.readline() == "The worker runs. Ctrl-C stops it.\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def states(home: str) -> list[str]:
    base = sqlite3.connect(Path(home) / "service" / "service.sqlite", timeout=20)
    try:
        rows = base.execute("SELECT status FROM django_tasks_database_dbtaskresult")
        return [status for (status,) in rows]
    finally:
        base.close()


@pytest.mark.kill
def test_a_task_of_a_killed_process_is_taken_again_by_another(
    tmp_path: Path, run: Any, workers: Any, environment: dict[str, str]
):
    trace = tmp_path / "trace"
    run("-c", PUT, "write", str(trace))
    first = workers()
    until(trace.exists)
    first.kill()
    assert states(environment["INFLUENCR_HOME"]) == ["RUNNING"]
    workers()
    until(lambda: states(environment["INFLUENCR_HOME"]) == ["SUCCESSFUL"])
    assert trace.read_text().split() == ["begun", "begun", "done"]


def test_two_workers_share_the_work_and_do_nothing_twice(
    tmp_path: Path, run: Any, workers: Any, environment: dict[str, str]
):
    files = [tmp_path / f"trace{i}" for i in range(40)]
    for file in files:
        file.touch()
    both = workers(), workers()
    run("-c", PUT, "write", *map(str, files))
    until(lambda: states(environment["INFLUENCR_HOME"]) == ["SUCCESSFUL"] * 40)
    assert {file.read_text() for file in files} == {"begun\ndone\n"}
    for process in both:
        process.send_signal(signal.SIGTERM)
    for process in both:
        assert process.communicate(timeout=PATIENCE_S)[0] == "Stopped.\n"
        assert process.returncode == 0


def test_the_operator_sees_the_queue_and_works_it_off_once(run: Any, environment: dict[str, str]):
    manage = ("-m", "influencr", "--home", environment["INFLUENCR_HOME"], "manage")
    run("-c", PUT, "fail", "terminal")
    told = run(*manage, "jobs")
    assert "1 waiting, 0 for later, 0 running, 0 failed; 0 workers alive." in told
    assert "jobs-tidy: every 6:00:00, last never (never), next never" in told
    done = run(*manage, "worker", "--once")
    assert "tasks done." in done
    told = run(*manage, "jobs", "--where")
    assert "1 failed" in told
    assert "tests.standins.tasks.fail, tried 1 times, influencr.errors.UsageError" in told
    number = told.split("; id ")[1].split()[0]
    assert "1 waiting" in run(*manage, "jobs", "--again", number)


def test_an_open_instance_has_no_worker(run: Any, environment: dict[str, str]):
    done = subprocess.run(
        [sys.executable, "-m", "influencr", "manage", "worker"],
        capture_output=True,
        text=True,
        check=False,
        env={**environment, "INFLUENCR_BILLING": "none"},
    )
    assert done.returncode == 1
    assert "An open instance has nothing to do in the background" in done.stderr
    assert "Traceback" not in done.stderr
