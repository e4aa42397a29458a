"""A backup is whole or not there; what comes back answers the same."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from influencr.engine import Engine
from influencr.errors import HomeError, UnreadableInput, UsageError
from influencr.home import Home
from influencr.kept import Kept
from influencr.search import Query
from influencr.service._addresses import Database
from influencr.service.operations.backup import MANIFEST, backup, restore
from influencr.service.operations.backup import _postgres as postgres

ROWS = """handle,display_name,bio,location,followers
juno,Juno,Rye bread and sourdough,"Berlin, Germany",4100
ada,Ada,Slow coffee and rye,"Lisbon, Portugal",900
vera,Vera,Ceramics by hand,"Lyon, France",12000
"""


@pytest.fixture(autouse=True)
def _kept_in_the_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever the rest of the suite keeps its members: a real server has tests of its own."""
    monkeypatch.delenv("INFLUENCR_DATABASE", raising=False)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which three people can be found, with everything that a home may hold."""
    folder = tmp_path_factory.mktemp("made")
    rows = folder / "people.csv"
    rows.write_text(ROWS, encoding="utf-8")
    home = Home(folder / "home")
    with Engine(home) as engine:
        engine.import_files([rows], licence="user-import", platform="tiktok")
        engine.refresh()
    Kept(home.path, "team:1").save_search("rye", "Rye", b"{}")
    with sqlite3.connect(home.service / "service.sqlite") as base:
        base.execute("PRAGMA journal_mode = WAL")
        base.execute("CREATE TABLE people (name TEXT)")
        base.execute("INSERT INTO people VALUES ('olga')")
    base.close()
    home.secret("django")
    (home.path / "sources.toml").write_text("# nobody is asked\n", encoding="utf-8")
    (home.quarantine / "people.jsonl").write_text("{}\n", encoding="utf-8")
    return home.path


@pytest.fixture
def home(made: Path, tmp_path: Path) -> Home:
    shutil.copytree(made, tmp_path / "home")
    return Home(tmp_path / "home")


def answers(home: Path) -> Any:
    with Engine(Home(home, create=False)) as engine:
        return [
            [(hit.profile_id, hit.score) for hit in engine.query(Query(text=text)).hits]
            for text in ("rye", "coffee", "")
        ]


def test_what_comes_back_answers_the_same(home: Home, tmp_path: Path):
    told = backup(home, tmp_path / "kept")
    restored = restore(tmp_path / "kept", tmp_path / "back")
    assert answers(tmp_path / "back") == answers(home.path)
    assert restored.manifest == told
    assert told.tables["profiles"] >= 1
    assert [one.name for one in Kept(tmp_path / "back", "team:1").searches()] == ["Rye"]
    with sqlite3.connect(tmp_path / "back" / "service" / "service.sqlite") as base:
        assert base.execute("SELECT name FROM people").fetchall() == [("olga",)]
    base.close()
    for name in ("django", "removals"):
        file = tmp_path / "back" / "secrets" / name
        assert file.read_bytes() == (home.path / "secrets" / name).read_bytes()
        assert file.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "back" / "secrets").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "back" / "sources.toml").read_text(encoding="utf-8").startswith("#")
    assert (tmp_path / "back" / "quarantine" / "people.jsonl").exists()


def test_a_backup_is_its_owners_alone(home: Home, tmp_path: Path):
    backup(home, tmp_path / "kept")
    assert (tmp_path / "kept").stat().st_mode & 0o777 == 0o700


def test_it_is_whole_while_everything_is_written(home: Home, tmp_path: Path):
    """Rows are appended, members write, the index is replaced; the copy is of a moment of each."""
    over = threading.Event()
    failed: list[BaseException] = []

    def write() -> None:
        try:
            for i in range(10_000):
                if over.is_set():
                    return
                new = first.with_columns(
                    handle=pl.lit(f"new{i}"), profile_id=pl.lit(f"tiktok:n{i}")
                )
                engine.catalogue.append("profiles", new)
                Kept(home.path, f"team:{i}").save_search("a", f"Search {i}", b"{}")
                with sqlite3.connect(home.service / "service.sqlite", timeout=60) as base:
                    # Two rows belong together: a copy has both or none.
                    base.execute("INSERT INTO people VALUES (?)", (f"a{i}",))
                    base.execute("INSERT INTO people VALUES (?)", (f"b{i}",))
                base.close()
        except BaseException as error:  # noqa: BLE001 - told to the test
            failed.append(error)

    with Engine(home) as engine:
        first = engine.catalogue.scan("profiles").head(1).collect().drop("content_hash")
        writer = threading.Thread(target=write)
        writer.start()
        try:
            for i in range(4):
                backup(home, tmp_path / f"kept{i}")
                if i == 1:
                    engine.refresh()
        finally:
            over.set()
            writer.join(60)
    assert not failed
    for i in range(4):
        restore(tmp_path / f"kept{i}", tmp_path / f"back{i}")
        with sqlite3.connect(tmp_path / f"back{i}" / "service" / "service.sqlite") as base:
            people = {name for (name,) in base.execute("SELECT name FROM people")}
            assert base.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        base.close()
        pairs = people - {"olga"}
        assert {n[1:] for n in pairs if n[0] == "a"} == {n[1:] for n in pairs if n[0] == "b"}
        with Engine(Home(tmp_path / f"back{i}", create=False)) as engine:
            assert engine.query(Query(text="rye")).total >= 2
            assert engine.catalogue.scan("profiles").collect().height >= 3
            engine.refresh()


STAGES = ("index and judged files", "service", "catalogue", "checksums")
KILLED = """
import os, signal, sys
from pathlib import Path
from influencr.home import Home
from influencr.service.operations.backup import backup, restore
def say(stage):
    if stage == sys.argv[1]:
        os.kill(os.getpid(), signal.SIGKILL)
if sys.argv[2] == "backup":
    backup(Home(sys.argv[3]), Path(sys.argv[4]), say=say)
else:
    restore(Path(sys.argv[4]), Path(sys.argv[3]), replace=True, say=say)
"""


def killed(stage: str, what: str, home: Path, folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", KILLED, stage, what, str(home), str(folder)], check=False
    )
    assert done.returncode == -signal.SIGKILL


@pytest.mark.parametrize("stage", STAGES)
def test_killed_in_the_middle_it_is_not_there(home: Home, tmp_path: Path, stage: str):
    to = tmp_path / "backups" / "kept"
    killed(stage, "backup", home.path, to)
    assert not to.exists()
    (left,) = to.parent.iterdir()
    with pytest.raises(UnreadableInput, match="is not a backup"):
        restore(left, tmp_path / "back")
    assert not (tmp_path / "back").exists()
    backup(home, to)
    # What the killed one left, people in it, is gone with the next.
    assert list(to.parent.iterdir()) == [to]
    restore(to, tmp_path / "back")
    assert answers(tmp_path / "back") == answers(home.path)


def test_a_restore_that_was_killed_left_the_home_as_it_was(home: Home, tmp_path: Path):
    backup(home, tmp_path / "kept")
    before = answers(home.path)
    killed("files", "restore", home.path, tmp_path / "kept")
    assert answers(home.path) == before


def test_a_home_half_exchanged_is_none_and_can_be_restored(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    backup(home, tmp_path / "kept")
    before = answers(home.path)

    def stopped() -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(os, "sync", stopped)
        with pytest.raises(KeyboardInterrupt):
            restore(tmp_path / "kept", home.path, replace=True)
    with pytest.raises(HomeError):
        Home(home.path, create=False)
    restore(tmp_path / "kept", home.path, replace=True)
    assert answers(home.path) == before


def test_a_home_in_use_is_refused_without_the_word(home: Home, tmp_path: Path):
    backup(home, tmp_path / "kept")
    with pytest.raises(UsageError, match="say --replace"):
        restore(tmp_path / "kept", home.path)
    (home.path / "new").write_text("x", encoding="ascii")
    restore(tmp_path / "kept", home.path, replace=True)
    assert not (home.path / "new").exists()


def test_somebodys_documents_are_never_replaced(home: Home, tmp_path: Path):
    backup(home, tmp_path / "kept")
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "letter.txt").write_text("Dear", encoding="ascii")
    with pytest.raises(HomeError, match="not an influencr home"):
        restore(tmp_path / "kept", tmp_path / "documents", replace=True)
    assert (tmp_path / "documents" / "letter.txt").exists()


def test_who_left_since_stays_gone(home: Home, tmp_path: Path):
    backup(home, tmp_path / "kept")
    with Engine(home) as engine:
        engine.forget(["tiktok:@juno"])
    done = restore(tmp_path / "kept", home.path, replace=True)
    assert done.n_removals
    with Engine(home) as engine:
        assert [hit.handle for hit in engine.query(Query(text="rye")).hits] == ["ada"]
        assert engine.show("tiktok:@juno") is None
        assert not engine.status()["pending_removals"]
    for file in home.path.rglob("*"):
        if file.is_file() and file.suffix != ".parquet":
            assert b"sourdough" not in file.read_bytes(), file


def changed(folder: Path, **values: Any) -> None:
    file = folder / MANIFEST
    told = {**json.loads(file.read_bytes()), **values}
    file.write_text(json.dumps(told), encoding="utf-8")


def test_what_is_damaged_is_refused_before_anything_is_touched(home: Home, tmp_path: Path):
    kept = tmp_path / "kept"
    backup(home, kept)
    file = kept / "home" / "sources.toml"
    whole = file.read_bytes()
    before = answers(home.path)
    for damage in (b"", whole[:-1] + b"!", whole + b"!"):
        file.write_bytes(damage)
        with pytest.raises(UnreadableInput, match="checksum differs"):
            restore(kept, home.path, replace=True)
    file.unlink()
    with pytest.raises(UnreadableInput, match="is missing"):
        restore(kept, home.path, replace=True)
    changed(kept, format=99)
    with pytest.raises(HomeError, match="newer influencr"):
        restore(kept, home.path, replace=True)
    (kept / MANIFEST).write_bytes(b"{")
    with pytest.raises(UnreadableInput, match="damaged"):
        restore(kept, home.path, replace=True)
    assert answers(home.path) == before


def test_a_manifest_reaches_nothing_outside(home: Home, tmp_path: Path):
    backup(home, tmp_path / "kept")
    outside = {"path": "../home/secrets/django", "n_bytes": 32, "sha256": "0", "mode": 0o600}
    changed(tmp_path / "kept", files=[outside])
    with pytest.raises(UnreadableInput, match="outside of the backup"):
        restore(tmp_path / "kept", tmp_path / "back")


def test_a_folder_that_is_there_or_in_the_home_is_refused(home: Home, tmp_path: Path):
    (tmp_path / "there").mkdir()
    with pytest.raises(UsageError, match="is there already"):
        backup(home, tmp_path / "there")
    with pytest.raises(UsageError, match="inside of the home"):
        backup(home, home.path / "kept")


PG = Database("members", "olga", "s3cret", "db.example", 5433)


def test_without_its_tools_postgresql_is_one_sentence(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(postgres.shutil, "which", lambda tool: None)
    with pytest.raises(UsageError, match="`pg_dump` is not installed"):
        backup(home, tmp_path / "kept", database=PG)
    assert not (tmp_path / "kept").exists()


def test_members_go_back_to_the_kind_of_database_they_came_from(home: Home, tmp_path: Path):
    backup(home, tmp_path / "kept")
    with pytest.raises(UsageError, match="lay in SQLite"):
        restore(tmp_path / "kept", tmp_path / "back", database=PG)
    changed(tmp_path / "kept", database="postgresql")
    with pytest.raises(UsageError, match="lay in PostgreSQL"):
        restore(tmp_path / "kept", tmp_path / "back")


def test_no_password_is_on_a_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    seen: dict[str, Any] = {}

    def run(words: list[str], *, env: dict[str, str], **_: Any) -> Any:
        seen.update(words=words, env=env)
        (tmp_path / "dump").write_bytes(b"")
        return subprocess.CompletedProcess(words, 0, "", "")

    monkeypatch.setattr(postgres.shutil, "which", lambda tool: tool)
    monkeypatch.setattr(postgres.subprocess, "run", run)
    postgres.dump(PG, tmp_path / "dump")
    assert "s3cret" not in " ".join(seen["words"])
    told = {name: seen["env"][name] for name in ("PGHOST", "PGPORT", "PGUSER", "PGPASSWORD")}
    assert told == {
        "PGHOST": "db.example",
        "PGPORT": "5433",
        "PGUSER": "olga",
        "PGPASSWORD": "s3cret",
    }
