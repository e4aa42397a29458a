"""The memory of a source: kept through kills, whole or not at all, and erasable."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading

import pytest

from influencr.errors import Busy, OtherFormat, UnreadableInput, UsageError
from influencr.sources.http import State, _state


@pytest.fixture
def file(tmp_path):
    return tmp_path / "bluesky.sqlite"


def test_values_marks_and_times_are_kept(file):
    with State(file) as state:
        state.put("cursor", {"at": 1, "list": ["é", None, 2.5]})
        state.put_many({"a.1": 1, "a.2": 2})
        state.mark("packs", "one", "two", at=5.0)
        state.unmark("packs", "two", "never")
    with State(file) as state:
        assert state.get("cursor") == {"at": 1, "list": ["é", None, 2.5]}
        assert (state.get("absent"), state.get("absent", 3)) == (None, 3)
        assert state.names() == ["a.1", "a.2", "cursor"]
        assert state.names("a.") == ["a.1", "a.2"]
        assert state.done("packs") == {"one"}
        assert state.done_at("packs") == {"one": 5.0}
        assert state.is_done("packs", "one")
        assert not state.is_done("lists", "one")
        state.drop("a.1")
        assert state.get("a.1") is None


def test_a_transaction_is_whole_or_nothing_also_with_own_tables(file):
    with State(file) as state:
        with state.transaction() as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS edges (id INTEGER PRIMARY KEY)")
        with pytest.raises(UsageError):
            broken_off(state)
        with state.transaction() as connection:
            assert connection.execute("SELECT count(*) FROM edges").fetchone() == (0,)
        assert state.get("cursor") is None
        assert not state.done("packs")


def broken_off(state):
    with state.transaction() as connection:
        connection.execute("INSERT INTO edges VALUES (1)")
        state.put("cursor", 7)
        state.mark("packs", "one")
        raise UsageError("stopped")


def test_threads_and_processes_may_share_a_file(file):
    with State(file) as one, State(file) as other:
        threads = [
            threading.Thread(target=lambda s=s, n=n: [s.mark(n, str(i)) for i in range(50)])
            for s in (one, other)
            for n in ("a", "b")
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(one.done("a")) == len(other.done("b")) == 50


def test_a_file_in_use_is_busy_after_a_while(file, monkeypatch):
    State(file).close()
    monkeypatch.setattr(_state, "_BUSY_SECONDS", 0.01)
    with State(file) as state:
        holder = sqlite3.connect(file, isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(Busy, match="in use"):
            state.put("a", 1)
        holder.execute("ROLLBACK")
        holder.close()
        state.put("a", 1)


def test_other_files_are_refused_with_a_sentence(file):
    file.write_bytes(b"not a database at all, but long enough to be looked at as one" * 20)
    with pytest.raises(UnreadableInput, match="move it away"):
        State(file)
    file.unlink()
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA user_version=99")
    connection.close()
    with pytest.raises(OtherFormat, match="format 99"):
        State(file)


def test_a_place_that_cannot_be_written_is_one_sentence(tmp_path, file):
    with pytest.raises(UnreadableInput, match="cannot be written"):
        State(tmp_path / "no" / "folder.sqlite")
    with State(file) as state:
        with state.transaction() as connection:
            connection.execute("PRAGMA query_only=ON")
        with pytest.raises(UnreadableInput, match="cannot be written"):
            state.put("a", 1)


def test_what_names_a_person_is_forgotten_and_nothing_else(file):
    with State(file) as state:
        state.mark("feeds", "did:plc:abc", "at://did:plc:abc/app.bsky.feed.post/1", "did:plc:abcd")
        state.put("waiting", ["did:plc:abc", "did:plc:x", {"did": "did:plc:abc", "n": 1}])
        state.put("cursor did:plc:abc", 5)
        state.put("page", {"bluesky:did:plc:abc": 1, "other": "see @ana.example.org."})
        state.put("sentence", "did:plc:abc")
        assert state.forget(["did:plc:abc", "ana.example.org"]) == 6
        assert state.done("feeds") == {"did:plc:abcd"}
        assert state.get("waiting") == ["did:plc:x", {"n": 1}]
        assert state.names() == ["page", "waiting"]
        assert state.get("page") == {}
        assert state.forget([]) == 0


def test_who_is_forgotten_is_in_no_byte_even_while_another_process_has_the_file(file):
    with State(file) as listening:
        listening.mark("feeds", *(f"did:plc:name{n:04}" for n in range(500)))
        listening.put("page", ["did:plc:name0007", "did:plc:name0008"])
        with State(file) as forgetting:
            forgetting.forget(["did:plc:name0007"])
        left = b"".join(path.read_bytes() for path in file.parent.iterdir())
        assert b"name0008" in left
        assert b"name0007" not in left


KILLED = """
import sys
from influencr.sources.http import Answer, Client, Rule, State
state = State(sys.argv[1])
def transport(call):
    sys.stdout.write("x")
    sys.stdout.flush()
    return Answer(200, {}, b"", call.url)
client = Client(contact="a@example.org", rules=[Rule("*", 1e9, 10**9, daily=10**9)],
                state=state, transport=transport)
while True:
    client.get("https://example.org")
"""


@pytest.mark.kill
def test_counters_survive_a_kill_and_never_count_too_little(file):
    """Whenever the process dies, no call was sent that is not in the count."""
    for _ in range(3):
        before = spent_in(file)
        environ = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
        command = [sys.executable, "-c", KILLED, str(file)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, env=environ) as process:
            sent = len(process.stdout.read(20))
            process.send_signal(signal.SIGKILL)
            sent += len(process.stdout.read())
        assert sent <= spent_in(file) - before <= sent + 1


GREEDY = """
import sys
from influencr.errors import TooManyCalls
from influencr.sources.http import Answer, Client, Rule, State
calls = 0
def transport(call):
    global calls
    calls += 1
    return Answer(200, {}, b"", call.url)
with State(sys.argv[1]) as state, Client(
    contact="a@example.org", rules=[Rule("*", 1e9, 10**9, daily=200, zone="Asia/Tokyo")],
    state=state, transport=transport, clock=lambda: 1_790_000_000.0) as client:
    try:
        while True:
            client.get("https://example.org")
    except TooManyCalls:
        print(calls)
"""


def test_processes_that_share_a_file_share_the_quota_of_a_day(file):
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", GREEDY, str(file)], stdout=subprocess.PIPE, env=environ
        )
        for _ in range(3)
    ]
    calls = [int(process.communicate()[0]) for process in processes]
    assert sum(calls) == 200


def spent_in(file):
    if not file.exists():
        return 0
    with State(file) as state, state.transaction() as connection:
        return connection.execute("SELECT sum(units) FROM spent").fetchone()[0] or 0
