"""brand, similar and saved, over a copy of the smallest invented world."""

import shutil

import pytest


@pytest.fixture
def ask(run, world, tmp_path):
    shutil.copytree(world, tmp_path / "home")
    return lambda *words: run("--home", tmp_path / "home", *words)


def test_a_brand_from_saving_to_removing(ask):
    assert "No brand is kept" in ask("brand", "list").err
    words = ("--word", "vegan", "--word", "coffee", "--language", "en", "--competitor", "Oat Inc")
    saved = ask("brand", "save", "Moon", "--topic", "food", *words)
    assert saved.code == 0
    assert "words    vegan, coffee" in saved.out
    assert "rivals   Oat Inc" in saved.out
    assert ask("brand", "list").out == "Moon\n"
    found = ask("search", "--brand", "moon", "--all", "--json").document
    assert found["brand"]["name"] == "Moon"
    assert found["hits"][0]["brand"]["fit"]["words"]
    assert found["hits"][0]["parts"]["fit"] > found["hits"][-1]["parts"]["fit"]
    page = ask("search", "--brand", "moon", "--limit", "2")
    assert "Brand Moon: audience" in page.out
    assert "fit 0." in page.out or "fit 1." in page.out
    shown = ask("brand", "show", "moon", "--json").document
    assert shown["brand"]["competitors"] == ["Oat Inc"]
    assert shown["read"]["pieces"] == ["language", "topic"]
    assert ask("brand", "remove", "Moon").code == 0
    gone = ask("search", "--brand", "moon")
    assert (gone.code, gone.out) == (2, "")
    assert "no brand is kept" in gone.err


def test_mistakes_are_one_sentence(ask):
    for words, told in (
        (["brand", "save", "Moon"], "nothing says what fits"),
        (["brand", "save", "Moon", "--word", "x", "--place", "Xyzzyville"], "Xyzzyville"),
        (["brand", "show", "moon"], "is not known"),
        (["search", "--fit-min", "0.5"], "of which brand"),
        (["similar", "@nobody.at.all"], "is not in the index"),
        (["saved", "run", "x"], "is not known"),
    ):
        done = ask(*words)
        assert (done.code, done.out) == (2, "")
        assert told in done.err
        assert done.err.count("\n") == 1


def test_creators_like_one(ask):
    first = ask("search", "--all", "--limit", "60", "--jsonl").lines
    for hit in first:
        found = ask("similar", f"{hit['platform']}:@{hit['handle']}", "--all", "--json")
        if found.code == 0 and found.document["total"]:
            break
    same = ask("search", "--similar", f"{hit['platform']}:@{hit['handle']}", "--all", "--json")
    assert same.document["hits"] == found.document["hits"]
    top = found.document["hits"][0]
    assert top["similar"]["topics"] or top["similar"]["words"]
    assert top["profile_id"] != hit["profile_id"]
    page = ask("similar", f"{hit['platform']}:@{hit['handle']}", "--all")
    assert "alike " in page.out


def test_a_saved_search_tells_what_is_new(ask):
    assert "No search is kept" in ask("saved", "list").err
    added = ask("saved", "add", "Greens", "vegan", "--all")
    assert added.code == 0
    total = ask("search", "vegan", "--all", "--json").document["total"]
    looked = ask("saved", "run", "greens", "--look", "--json").document
    assert (looked["since"], looked["results"]["total"]) == (None, total)
    first = ask("saved", "run", "greens")
    assert f"first run, so all {total} creators found are new" in first.out
    again = ask("saved", "run", "greens")
    assert "0 new and 0 gone since" in again.out
    assert "text vegan" in ask("saved", "list").out
    assert ask("saved", "list", "--json").document[0]["query"] == {
        "text": "vegan",
        "everything": True,
    }
    assert ask("saved", "remove", "greens").code == 0
    assert ask("saved", "run", "greens").code == 2
