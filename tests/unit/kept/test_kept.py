"""What members keep: whole, shared between processes, and left without a trace."""

import sqlite3
import threading

import msgspec
import pytest

from influencr.errors import HomeError
from influencr.kept import FILE, Kept, kept_key


def test_nothing_is_written_by_reading(tmp_path):
    kept = Kept(tmp_path)
    assert (kept.brands(), kept.searches(), kept.seen("x"), kept.brand("x")) == ([], [], [], None)
    assert not (tmp_path / FILE).exists()


def test_brands_are_kept_whole_and_replaced(tmp_path):
    kept = Kept(tmp_path)
    kept.save_brand("rye", b'{"name":"Rye"}')
    kept.save_brand("oat", b'{"name":"Oat"}')
    kept.save_brand("rye", b'{"name":"Rye 2"}')
    assert kept.brands() == [b'{"name":"Oat"}', b'{"name":"Rye 2"}']
    assert kept.brand("rye") == b'{"name":"Rye 2"}'
    assert kept.remove_brand("rye")
    assert not kept.remove_brand("rye")
    assert Kept(tmp_path).brands() == [b'{"name":"Oat"}']


def test_a_search_knows_whom_it_has_shown(tmp_path):
    kept = Kept(tmp_path)
    kept.save_search("bread", "Bread", b"{}")
    assert kept.search("bread").seen_at is None
    kept.see("bread", ["b", "a"], [])
    kept.see("bread", ["c", "a"], ["b"])
    assert kept.seen("bread") == ["a", "c"]
    assert kept.search("bread").seen_at is not None
    kept.save_search("bread", "Bread", b"{}")
    assert kept.seen("bread") == []
    kept.see("gone", ["a"], [])
    assert kept.seen("gone") == []
    kept.see("bread", ["a"], [])
    assert kept.remove_search("bread")
    assert kept.seen("bread") == []


def test_who_leaves_is_in_no_list_and_no_byte(tmp_path):
    kept = Kept(tmp_path)
    brand = {"name": "Rye", "examples": ["tiktok:@Ana.Rye", "@bo"], "handles": [], "words": ["ana"]}
    kept.save_brand("rye", msgspec.json.encode(brand))
    kept.save_search("s", "S", msgspec.json.encode({"exclude": ["@ana.rye"], "text": "bread"}))
    kept.see("s", ["tiktok:id-ana-4711", "tiktok:id-bo"], [])
    assert kept.forget(["tiktok:id-ana-4711", "tiktok:@ana.rye"]) == 3
    assert kept.seen("s") == ["tiktok:id-bo"]
    assert msgspec.json.decode(kept.brand("rye"))["examples"] == ["@bo"]
    assert msgspec.json.decode(kept.brand("rye"))["words"] == ["ana"]
    assert msgspec.json.decode(kept.search("s").query) == {"exclude": [], "text": "bread"}
    left = b"".join(p.read_bytes() for p in tmp_path.iterdir())
    assert b"ana-4711" not in left
    assert b"na.rye" not in left.lower()
    assert kept.forget([]) == 0


def test_two_who_write_at_once_both_get_through(tmp_path):
    kept = Kept(tmp_path)
    kept.save_search("s", "S", b"{}")

    def write(start):
        for i in range(start, start + 20):
            kept.see("s", [f"p{i:03d}"], [])

    threads = [threading.Thread(target=write, args=(n,)) for n in (0, 20, 40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert kept.seen("s") == [f"p{i:03d}" for i in range(60)]


def test_a_newer_format_is_refused(tmp_path):
    base = sqlite3.connect(tmp_path / FILE)
    base.execute("PRAGMA user_version = 99")
    base.close()
    with pytest.raises(HomeError, match="newer influencr"):
        Kept(tmp_path).brands()


@pytest.mark.parametrize(("one", "other"), [("Rye ", "rye"), ("Café  Nord", "cafe nord")])
def test_names_that_are_the_same(one, other):
    assert kept_key(one) == kept_key(other)


def test_a_dispute_is_noted_before_and_settled_after_the_check(tmp_path):
    kept = Kept(tmp_path)
    assert (kept.disputes("b:1"), kept.unchecked()) == ([], [])
    number = kept.dispute("b:1", "My pupils came from one class.", "looks_inflated")
    kept.dispute("b:2", "", None)
    (one,) = Kept(tmp_path).disputes("b:1")
    assert (one.reason, one.before) == ("My pupils came from one class.", "looks_inflated")
    assert (one.checked_at, one.after, one.changed) == (None, None, None)
    assert [open_.profile_id for open_ in kept.unchecked()] == ["b:1", "b:2"]
    kept.settle(number, "needs_a_look", changed=True, version="2")
    (one,) = kept.disputes("b:1")
    assert one.checked_at >= one.at
    assert (one.after, one.changed, one.version) == ("needs_a_look", True, "2")
    assert [open_.profile_id for open_ in kept.unchecked()] == ["b:2"]


def test_a_dispute_leaves_with_the_creator(tmp_path):
    kept = Kept(tmp_path)
    number = kept.dispute("b:1", "a sentence of nobody else", None)
    kept.dispute("b:2", "stays", None)
    assert kept.forget(["b:1"]) == 1
    kept.settle(number, "vetted", changed=False, version="2")
    assert kept.disputes("b:1") == []
    assert len(kept.disputes("b:2")) == 1
    assert b"nobody else" not in (tmp_path / FILE).read_bytes()


def test_a_file_from_before_disputes_gets_their_table(tmp_path):
    kept = Kept(tmp_path)
    kept.save_brand("rye", b"{}")
    with sqlite3.connect(tmp_path / FILE) as base:
        base.execute("DROP TABLE disputes")
        base.execute("PRAGMA user_version = 1")
    base.close()
    assert Kept(tmp_path).disputes("b:1") == []
    assert Kept(tmp_path).dispute("b:1", "", None) == 1
    assert kept.brands() == [b"{}"]
