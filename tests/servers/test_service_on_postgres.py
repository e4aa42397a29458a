"""The service with its members in PostgreSQL: the same suite as on SQLite, and its backup."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from influencr.home import Home
from influencr.service._addresses import database
from influencr.service.operations.backup import backup, restore

pytestmark = [pytest.mark.server_postgres, pytest.mark.timeout(1_800)]

ROOT = Path(__file__).parents[2]


@pytest.fixture
def address() -> str:
    told = os.environ.get("INFLUENCR_TEST_POSTGRES")
    if not told:
        pytest.fail("INFLUENCR_TEST_POSTGRES is not set: run these tests with `make test-servers`.")
    return told


def run(*words: str, **more: str) -> subprocess.CompletedProcess[str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("INFLUENCR_", "PYTEST_"))}
    return subprocess.run(
        [sys.executable, *words],
        cwd=ROOT,
        env={**kept, **more},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_whole_suite_of_the_service_is_green(address: str):
    # Whatever never asks the database is the same on both, and was run on this machine before.
    words = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", "2", "--with-database")
    words = (*words, "tests/unit/service")
    done = run(*words, INFLUENCR_DATABASE=address)
    assert done.returncode == 0, done.stdout[-8_000:]
    assert " passed" in done.stdout


def told(address: str, statement: str) -> str:
    done = subprocess.run(
        ["psql", "-qXAt", address, "-c", statement], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.fixture
def own(address: str) -> str:
    """A database of this test alone, with the tables of the service."""
    told(address, "drop database if exists kept with (force)")
    told(address, "create database kept")
    return f"{address.rpartition('/')[0]}/kept"


def test_members_are_in_the_backup_and_come_back(own: str, tmp_path: Path):
    home = Home(tmp_path / "home")
    for words in (("migrate", "-v0"), ("createcachetable",)):
        done = run(
            *("-m", "influencr", "--home", str(home.path), "manage", *words),
            INFLUENCR_DATABASE=own,
            INFLUENCR_BILLING="manual",
        )
        assert done.returncode == 0, done.stderr
    assert told(own, "select count(*) from service_cache") == "0"
    told(
        own,
        "insert into accounts_team (id, name, made_at) values (gen_random_uuid(), 'Rye', now())",
    )
    where = database(own)
    made = backup(home, tmp_path / "kept", database=where)
    assert made.database == "postgresql"
    told(own, "delete from accounts_team")
    restore(tmp_path / "kept", tmp_path / "back", database=where)
    assert told(own, "select name from accounts_team") == "Rye"
    # Nothing of SQLite came along.
    assert not (tmp_path / "back" / "service" / "service.sqlite").exists()
