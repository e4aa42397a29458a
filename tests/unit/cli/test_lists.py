"""lists, over a copy of the smallest invented world."""

import csv
import shutil

import pytest


@pytest.fixture
def ask(run, world, tmp_path):
    shutil.copytree(world, tmp_path / "home")
    return lambda *words: run("--home", tmp_path / "home", *words)


def test_a_list_from_making_to_removing(ask, tmp_path):
    assert "No list is kept" in ask("lists", "list").err
    who = [
        f"{hit['platform']}:@{hit['handle']}"
        for hit in ask("search", "--all", "--limit", "3", "--json").document["hits"]
    ]
    assert ask("lists", "make", "Autumn", "--note", "bread").code == 0
    done = ask("lists", "add", "autumn", *who[:2], "--json").document
    assert (len(done["came"]), done["shortlist"]["n"]) == (2, 2)
    assert "1 put on Autumn; 1 were on it already" in ask("lists", "add", "Autumn", *who[1:]).err
    assert ask("lists", "mark", "Autumn", who[0], "--status", "agreed", "--note", "yes").code == 0
    shown = ask("lists", "show", "Autumn")
    assert f"{who[0]}  [agreed]" in shown.out
    assert shown.out.splitlines()[1].endswith("  yes")
    assert ask("lists", "list").out.startswith("Autumn  (3 creators")
    items = ask("lists", "show", "Autumn", "--json").document["items"]
    assert [item["status"] for item in items] == ["agreed", "found", "found"]
    total = ask("search", "--all", "--json").document["total"]
    assert ask("search", "--all", "--on-list", "autumn", "--json").document["total"] == 3
    left = ask("search", "--all", "--not-on-list", "Autumn", "--json").document
    assert left["total"] == total - 3
    file = tmp_path / "autumn.csv"
    wrote = ask("lists", "export", "Autumn", "-o", str(file), "--json").document
    assert wrote["n_rows"] + wrote["n_left_out"] == 3
    with file.open(encoding="utf-8", newline="") as opened:
        assert len(list(csv.reader(opened))) == wrote["n_rows"] + 1
    assert "1 taken off" in ask("lists", "remove", "Autumn", who[2]).err
    assert "no longer kept" in ask("lists", "remove", "Autumn").err
    assert ask("lists", "list", "--json").document == []


def test_mistakes_are_one_sentence(ask, tmp_path):
    ask("lists", "make", "Autumn")
    for words, told in (
        (["lists", "show", "Autum"], "'Autumn'"),
        (["lists", "make", "autumn"], "kept already"),
        (["lists", "add", "Autumn", "@nobody-at-all"], "is not known here"),
        (["lists", "export", "Autumn", "-o", str(tmp_path / "x.txt")], "the ending says"),
        (["search", "--on-list", "x"], "Autumn"),
    ):
        gone = ask(*words)
        assert (gone.code, gone.out) == (2, ""), words
        assert told in gone.err
