"""`why`, and the words of a hit under `search --explain`, in the smallest invented world."""


def first_two(ask):
    return [h["handle"] for h in ask("search", "vegan", "--all", "--limit", "2", "--jsonl").lines]


def test_search_explains_the_words(ask):
    done = ask("search", "vegan", "--all", "--limit", "1", "--explain")
    assert "points at rarity" in done.out
    assert "(as typed)" in done.out
    (hit,) = ask("search", "vegan", "--all", "--limit", "1", "--jsonl").lines
    assert hit["words"][0]["piece"] == "vegan"
    assert hit["words"][0]["found"][0]["fields"]


def test_why_is_this_creator_found(ask):
    one, _ = first_two(ask)
    done = ask("why", "vegan", "--all", "--creator", one)
    assert "is found with a score of" in done.out
    assert "passed  words: vegan" in done.out
    document = ask("why", "vegan", "--all", "--creator", one, "--json").document
    assert document["found"] is True
    assert document["hit"]["handle"] == one


def test_why_not(ask):
    one, _ = first_two(ask)
    done = ask("why", "vegan", "--all", "--followers-min", "900M", "--creator", one)
    assert "is not found: 1 filter not passed" in done.out
    assert "FAILED  followers from 900,000,000" in done.out
    document = ask(
        "why", "vegan", "--all", "--followers-min", "900M", "--creator", one, "--json"
    ).document
    assert document["found"] is False


def test_why_above(ask):
    one, other = first_two(ask)
    done = ask("why", "vegan", "--all", "--creator", other, "--above", one)
    assert "stands above" in done.out
    assert "ratio" in done.out
    document = ask("why", "vegan", "--all", "--creator", other, "--above", one, "--json").document
    assert document["upper"]["handle"] == one
    assert document["decides"]


def test_nobody_is_one_sentence(ask):
    done = ask("why", "vegan", "--creator", "nobody.at.all.zz")
    assert done.code == 2
    assert "Nobody called" in done.err
