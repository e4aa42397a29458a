"""`influencr manage`, and tables that are there before anybody is answered."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from influencr.home import Home
from influencr.service import _stores
from influencr.service._addresses import Database


def run(home: Path, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """One command line in a process of its own: settings are read once in each."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("INFLUENCR_")}
    environment |= {"PYTHONPATH": os.pathsep.join(p for p in sys.path if p), **settings}
    return subprocess.run(
        [sys.executable, "-m", "influencr", "--home", str(home), *words],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )


def test_tables_are_made_where_the_home_is_and_kept_when_made_again(tmp_path: Path):
    home = tmp_path / "home"
    Home(home)
    for _ in range(2):
        done = run(home, "manage", "migrate", "--no-input", INFLUENCR_BILLING="manual")
        assert done.returncode == 0, done.stderr
    base = sqlite3.connect(home / "service" / "service.sqlite")
    assert base.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    tables = {name for (name,) in base.execute("SELECT name FROM sqlite_master")}
    assert {"accounts_user", "accounts_team", "billing_subscription"} <= tables
    base.close()
    told = run(home, "manage", "subscription", "nobody@x.example", INFLUENCR_BILLING="manual")
    assert told.returncode == 1
    assert "no member of that address" in told.stderr
    assert "Traceback" not in told.stderr


def test_a_database_that_is_not_there_is_one_sentence(tmp_path: Path):
    Home(tmp_path / "home")
    address = "postgresql://service:hunter2@127.0.0.1:1/influencr"
    done = run(tmp_path / "home", "serve", "--port", "0", INFLUENCR_DATABASE=address)
    assert done.returncode == 1
    assert "INFLUENCR_DATABASE" in done.stderr
    assert "Traceback" not in done.stderr
    assert "hunter2" not in done.stderr


def test_a_missing_driver_is_named(monkeypatch: pytest.MonkeyPatch):
    from influencr.errors import UsageError

    monkeypatch.setattr(_stores.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(UsageError, match="extra `postgres`"):
        _stores.database(None, Database("d", "", "", "", None))


def test_no_migration_is_missing():
    done = subprocess.run(
        [sys.executable, "-m", "django", "makemigrations", "--check", "--dry-run"],
        capture_output=True,
        text=True,
        check=False,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(p for p in sys.path if p),
            "DJANGO_SETTINGS_MODULE": "influencr.service.settings",
        },
    )
    assert done.returncode == 0, done.stdout + done.stderr
