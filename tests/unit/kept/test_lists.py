"""Lists of creators: whole, each owner's own, put back for a while, left without a trace."""

import sqlite3
import threading
from datetime import UTC, datetime

import pytest
import time_machine

from influencr.kept import FILE, Kept

WORDS = ("found", "agreed")
# The tables as format 3 made them.
FORMAT_3 = """
CREATE TABLE brands (
    owner TEXT NOT NULL, key TEXT NOT NULL, body BLOB NOT NULL, saved_at TEXT NOT NULL,
    PRIMARY KEY (owner, key)
) STRICT;
CREATE TABLE searches (
    owner TEXT NOT NULL, key TEXT NOT NULL, name TEXT NOT NULL, query BLOB NOT NULL,
    saved_at TEXT NOT NULL, seen_at TEXT, PRIMARY KEY (owner, key)
) STRICT;
CREATE TABLE seen (
    owner TEXT NOT NULL, key TEXT NOT NULL, profile_id TEXT NOT NULL,
    first_seen_at TEXT NOT NULL, PRIMARY KEY (owner, key, profile_id),
    FOREIGN KEY (owner, key) REFERENCES searches (owner, key) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE TABLE disputes (
    number INTEGER PRIMARY KEY, profile_id TEXT NOT NULL, at TEXT NOT NULL, reason TEXT NOT NULL,
    before TEXT, checked_at TEXT, after TEXT, changed INTEGER, version TEXT
) STRICT;
CREATE INDEX disputes_of ON disputes (profile_id);
INSERT INTO brands VALUES ('team:1', 'rye', x'7b7d', '2026-11-01T00:00:00.000000+00:00');
INSERT INTO searches VALUES
    ('team:1', 'bread', 'Bread', x'7b7d', '2026-11-01T00:00:00.000000+00:00', NULL);
INSERT INTO seen VALUES ('team:1', 'bread', 'p1', '2026-11-01T00:00:00.000000+00:00');
PRAGMA user_version = 3;
"""


def made(kept, name="Bakers"):
    return kept.lists.make(name.casefold(), name, "", WORDS, "olga")


def put(kept, list_id, *who):
    return kept.lists.put(list_id, who, status="found", note="", by="olga")


def names(kept, list_id):
    return [item.profile_id for item in kept.lists.items(list_id)]


def test_a_file_of_format_3_keeps_all_and_gets_lists(tmp_path):
    base = sqlite3.connect(tmp_path / FILE)
    base.executescript(FORMAT_3)
    base.close()
    kept = Kept(tmp_path, "team:1")
    assert kept.lists.all() == []
    assert kept.brands() == [b"{}"]
    assert kept.seen("bread") == ["p1"]
    one = made(kept)
    assert put(kept, one, "p1") == ["p1"]
    assert Kept(tmp_path).forget(["p1"]) == 2


def test_nothing_is_written_by_reading(tmp_path):
    lists = Kept(tmp_path).lists
    assert (lists.all(), lists.get("x"), lists.items("x"), lists.where(["p"])) == ([], None, [], {})
    assert lists.linked("x") is None
    assert not (tmp_path / FILE).exists()


def test_who_is_on_a_list_stays_as_they_are(tmp_path):
    kept = Kept(tmp_path)
    one = made(kept)
    assert made(kept) is None
    assert put(kept, one, "b", "a", "b") == ["b", "a"]
    assert kept.lists.mark(one, ["a", "z"], status="agreed", note="asks for flour") == 1
    assert kept.lists.put(one, ["a", "c"], status="found", note="", by="tomas") == ["c"]
    found = {item.profile_id: item for item in kept.lists.items(one)}
    assert list(found) == ["b", "a", "c"]
    assert (found["a"].status, found["a"].note, found["a"].added_by) == (
        *("agreed", "asks for flour"),
        "olga",
    )
    assert kept.lists.mark(one, ["a"], note="") == 1
    assert kept.lists.items(one)[1].status == "agreed"
    assert kept.lists.get(one).n == 3
    assert kept.lists.ids(["bakers", "nobody's"]) == ["a", "b", "c"]
    assert kept.lists.where(["a", "z"]) == {"a": (one,)}


def test_a_name_is_changed_unless_another_list_has_it(tmp_path):
    lists = Kept(tmp_path).lists
    one, other = made(Kept(tmp_path)), made(Kept(tmp_path), "Brewers")
    assert not lists.change(one, key="brewers", name="Brewers", note="", statuses=WORDS)
    assert lists.change(one, key="bakers", name="BAKERS", note="autumn", statuses=("asked",))
    assert lists.get(one)[1:4] == ("BAKERS", "autumn", ("asked",))
    assert lists.called("brewers").id == other


def test_what_is_taken_off_can_be_put_back_for_a_while(tmp_path):
    kept = Kept(tmp_path)
    with time_machine.travel(datetime(2026, 11, 23, 12, tzinfo=UTC), tick=False) as clock:
        one = made(kept)
        put(kept, one, "a", "b", "c")
        kept.lists.mark(one, ["b"], note="unmistakable")
        clock.shift(1)
        assert kept.lists.take_off(one, ["b", "z"]) == ["b"]
        assert (names(kept, one), kept.lists.where(["b"])) == (["a", "c"], {})
        assert kept.lists.last_taken_off(one) == ["b"]
        assert kept.lists.put_back(one, ["b"]) == ["b"]
        assert kept.lists.items(one)[1].note == "unmistakable"
        kept.lists.take_off(one, ["b"])
        clock.shift(601)
        assert kept.lists.last_taken_off(one) == []
        made(kept, "Another")  # the next change of any list
        assert kept.lists.put_back(one, ["b"]) == []
    assert b"unmistakable" not in (tmp_path / FILE).read_bytes()


def test_who_comes_again_begins_anew(tmp_path):
    kept = Kept(tmp_path)
    one = made(kept)
    put(kept, one, "a")
    kept.lists.mark(one, ["a"], note="old")
    kept.lists.take_off(one, ["a"])
    assert put(kept, one, "a") == ["a"]
    assert kept.lists.items(one)[0].note == ""


def test_a_removed_list_comes_back_without_its_link(tmp_path):
    kept = Kept(tmp_path)
    one = made(kept)
    put(kept, one, "a")
    until = datetime(2027, 1, 1, tzinfo=UTC)
    assert kept.lists.link(one, "digest", until, True)
    assert kept.lists.linked("digest") == ("", one)
    assert (kept.lists.get(one).link_until, kept.lists.get(one).link_notes) == (until, True)
    assert kept.lists.remove(one)
    assert (kept.lists.all(), kept.lists.items(one), kept.lists.linked("digest")) == ([], [], None)
    assert kept.lists.put(one, ["b"], status="", note="", by="") is None
    assert kept.lists.restore(one)
    assert names(kept, one) == ["a"]
    assert kept.lists.get(one).link_until is None
    kept.lists.remove(one)
    assert made(kept) not in (None, one)
    assert not kept.lists.restore(one)


def test_nobody_reaches_anothers_list_by_its_id(tmp_path):
    one, other = Kept(tmp_path, "team:1"), Kept(tmp_path, "team:2")
    theirs = made(one)
    put(one, theirs, "a")
    lists = other.lists
    assert made(other) not in (None, theirs)
    assert lists.get(theirs) is None
    assert (lists.items(theirs), lists.ids(["bakers"]), lists.where(["a"])) == ([], [], {})
    assert put(other, theirs, "b") is None
    assert not lists.change(theirs, key="x", name="X", note="", statuses=WORDS)
    assert not lists.remove(theirs)
    assert not lists.restore(theirs)
    assert not lists.link(theirs, "digest", None, False)
    assert (lists.mark(theirs, ["a"], status="x"), lists.take_off(theirs, ["a"])) == (0, [])
    assert (lists.put_back(theirs, ["a"]), lists.last_taken_off(theirs)) == ([], [])
    assert names(one, theirs) == ["a"]


@pytest.mark.parametrize("put_aside", [True, False])
def test_who_leaves_is_on_no_list_of_anybody(tmp_path, put_aside):
    for owner in ("", "team:1"):
        kept = Kept(tmp_path, owner)
        one = made(kept)
        put(kept, one, "tiktok:id-ana", "tiktok:id-bo")
        kept.lists.mark(one, ["tiktok:id-ana"], note="unmistakable")
        if put_aside:
            kept.lists.take_off(one, ["tiktok:id-ana"])
    assert Kept(tmp_path).forget(["tiktok:id-ana"]) == 2
    assert kept.lists.put_back(one, ["tiktok:id-ana"]) == []
    assert names(kept, one) == ["tiktok:id-bo"]
    assert b"unmistakable" not in (tmp_path / FILE).read_bytes()
    assert b"id-ana" not in (tmp_path / FILE).read_bytes()


def test_a_list_called_like_somebody_stays_a_filter_when_they_leave(tmp_path):
    kept = Kept(tmp_path)
    kept.save_search("s", "S", b'{"not_on_list":["ana"],"on_list":["Ana"],"exclude":["@ana"]}')
    kept.forget(["tiktok:@ana"])
    assert kept.search("s").query == b'{"not_on_list":["ana"],"on_list":["Ana"],"exclude":[]}'


def test_dropping_an_owner_takes_their_lists(tmp_path):
    one, other = Kept(tmp_path, "team:1"), Kept(tmp_path, "team:2")
    for kept in (one, other):
        put(kept, made(kept), "a")
    one.drop()
    assert one.lists.all() == []
    assert len(other.lists.all()) == 1
    base = sqlite3.connect(tmp_path / FILE)
    assert base.execute("SELECT count(*) FROM listed").fetchone() == (1,)
    base.close()


def test_two_who_write_at_once_both_get_through(tmp_path):
    kept = Kept(tmp_path)
    one = made(kept)

    def write(start):
        for i in range(start, start + 10):
            put(Kept(tmp_path), one, f"p{i:03d}")

    threads = [threading.Thread(target=write, args=(n,)) for n in (0, 5, 20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(names(kept, one)) == [f"p{i:03d}" for i in (*range(15), *range(20, 30))]
