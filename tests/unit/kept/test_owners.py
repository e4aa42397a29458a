"""What is kept belongs to somebody: others do not see it, and older files lose nothing."""

import sqlite3
import threading

import msgspec
import pytest

from influencr.kept import FILE, Kept

# The tables as formats 1 and 2 made them.
OLD = """
CREATE TABLE brands (key TEXT PRIMARY KEY, body BLOB NOT NULL, saved_at TEXT NOT NULL) STRICT;
CREATE TABLE searches (
    key TEXT PRIMARY KEY, name TEXT NOT NULL, query BLOB NOT NULL, saved_at TEXT NOT NULL,
    seen_at TEXT
) STRICT;
CREATE TABLE seen (
    key TEXT NOT NULL REFERENCES searches(key) ON DELETE CASCADE, profile_id TEXT NOT NULL,
    first_seen_at TEXT NOT NULL, PRIMARY KEY (key, profile_id)
) STRICT, WITHOUT ROWID;
"""
DISPUTES = """
CREATE TABLE disputes (
    number INTEGER PRIMARY KEY, profile_id TEXT NOT NULL, at TEXT NOT NULL, reason TEXT NOT NULL,
    before TEXT, checked_at TEXT, after TEXT, changed INTEGER, version TEXT
) STRICT;
INSERT INTO disputes (profile_id, at, reason) VALUES ('b:1', '2026-11-01T00:00:00+00:00', 'mine');
"""
WHEN = "2026-11-01T00:00:00.000000+00:00"


def old_file(folder, version):
    base = sqlite3.connect(folder / FILE)
    base.executescript(OLD + (DISPUTES if version == 2 else ""))
    base.execute("INSERT INTO brands VALUES ('rye', ?, ?)", (b'{"name":"Rye"}', WHEN))
    base.execute("INSERT INTO searches VALUES ('bread', 'Bread', ?, ?, NULL)", (b"{}", WHEN))
    base.executemany("INSERT INTO seen VALUES ('bread', ?, ?)", [("a", WHEN), ("b", WHEN)])
    base.execute(f"PRAGMA user_version = {version}")
    base.commit()
    base.close()


@pytest.mark.parametrize("version", [1, 2])
def test_an_older_file_keeps_everything_as_nobodys(tmp_path, version):
    old_file(tmp_path, version)
    kept = Kept(tmp_path)
    assert kept.brands() == [b'{"name":"Rye"}']
    assert kept.search("bread").saved_at.isoformat() == "2026-11-01T00:00:00+00:00"
    assert kept.seen("bread") == ["a", "b"]
    assert len(kept.disputes()) == (1 if version == 2 else 0)
    assert kept.remove_search("bread")
    assert kept.seen("bread") == []
    assert Kept(tmp_path, "team:1").brands() == []


def test_many_who_open_an_older_file_at_once_lose_nothing(tmp_path):
    old_file(tmp_path, 2)
    found, gate = [], threading.Barrier(6)

    def look():
        gate.wait()
        found.append(Kept(tmp_path).seen("bread"))

    threads = [threading.Thread(target=look) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [["a", "b"]] * 6


def test_an_upgrade_that_fails_leaves_the_file_as_it_was(tmp_path):
    old_file(tmp_path, 2)
    base = sqlite3.connect(tmp_path / FILE)
    base.execute("CREATE TABLE brands_2 (x TEXT)")  # in the way
    base.commit()
    base.close()
    with pytest.raises(sqlite3.OperationalError):
        Kept(tmp_path).brands()
    base = sqlite3.connect(tmp_path / FILE)
    assert base.execute("PRAGMA user_version").fetchone() == (2,)
    assert base.execute("SELECT count(*) FROM seen").fetchone() == (2,)
    base.close()


def test_two_owners_use_the_same_names_and_see_their_own(tmp_path):
    one, other, nobody = Kept(tmp_path, "team:1"), Kept(tmp_path, "team:2"), Kept(tmp_path)
    for kept, body in ((one, b'{"n":1}'), (other, b'{"n":2}'), (nobody, b'{"n":0}')):
        kept.save_brand("rye", body)
        kept.save_search("bread", "Bread", body)
        kept.see("bread", [f"p{body.decode()}"], [])
    assert one.brands() == [b'{"n":1}']
    assert other.brand("rye") == b'{"n":2}'
    assert len(nobody.all_brands()) == 3
    assert one.seen("bread") == ['p{"n":1}']
    assert other.remove_brand("rye")
    assert other.remove_search("bread")
    assert (one.brands(), nobody.brands()) == ([b'{"n":1}'], [b'{"n":0}'])
    assert one.seen("bread") == ['p{"n":1}']
    assert nobody.of("team:1").brands() == one.brands()


def test_dropping_an_owner_leaves_the_others_and_no_byte(tmp_path):
    one, other = Kept(tmp_path, "team:1"), Kept(tmp_path, "team:2")
    one.drop()  # nothing there yet
    one.save_brand("rye", b'{"name":"unmistakable"}')
    one.save_search("bread", "Bread", b"{}")
    one.see("bread", ["p1"], [])
    other.save_brand("rye", b'{"name":"Rye"}')
    one.drop()
    assert (one.brands(), one.searches(), one.seen("bread")) == ([], [], [])
    assert other.brands() == [b'{"name":"Rye"}']
    assert b"unmistakable" not in (tmp_path / FILE).read_bytes()


def test_who_leaves_leaves_every_owner(tmp_path):
    for owner in ("", "team:1", "team:2"):
        kept = Kept(tmp_path, owner)
        kept.save_brand("rye", msgspec.json.encode({"examples": ["@ana", "@bo"]}))
        kept.save_search("s", "S", msgspec.json.encode({"exclude": ["@ana"]}))
        kept.see("s", ["tiktok:ana"], [])
    assert Kept(tmp_path).forget(["tiktok:ana", "tiktok:@ana"]) == 9
    for owner in ("", "team:1", "team:2"):
        kept = Kept(tmp_path, owner)
        assert kept.seen("s") == []
        assert msgspec.json.decode(kept.brand("rye"))["examples"] == ["@bo"]
    assert b"@ana" not in (tmp_path / FILE).read_bytes()
