"""`vet`: what was found about audiences, for a person and for a program."""

import pytest

KEYS = {
    *("platform", "handle", "verdict", "bought_share", "evidence", "disputes", "as_of"),
    *("version", "profile_id", "sentence", "n_seen", "followers", "looked"),
}
SHARE = {"point", "low", "high", "n", "method", "reason"}
FINDING = {
    *("family", "statistic", "value", "p", "from", "to", "members", "checked"),
    "effect",
}
WORDS = {"vetted", "needs_a_look", "looks_inflated", "unknown"}


@pytest.fixture
def documents(ask):
    return ask("vet", "--all", "--jsonl").lines


def test_every_listed_creator_in_the_agreed_shape(ask, documents):
    assert len(documents) == ask("search", "--all", "--json").document["total"]
    for document in documents:
        assert set(document) == KEYS
        assert set(document["bought_share"]) == SHARE
        assert document["verdict"] in WORDS
        for finding in document["evidence"]:
            assert set(finding) == FINDING
            assert isinstance(finding["members"], int)
            for checked in finding["checked"]:
                assert set(checked) == {"alternative", "outcome", "detail"}


def test_named_creators_are_answered_in_order(ask, documents):
    names = [f"{d['platform']}:@{d['handle']}" for d in documents if d["handle"]][:3]
    lines = ask("vet", *reversed(names), "--jsonl").lines
    assert [f"{d['platform']}:@{d['handle']}" for d in lines] == list(reversed(names))
    assert ask("vet", *names, "--json").document == ask("vet", *names, "--jsonl").lines


def test_one_creator_as_a_report(ask, documents):
    one = documents[0]
    done = ask("vet", f"{one['platform']}:@{one['handle']}")
    assert done.code == 0
    assert f"@{one['handle']}" in done.out
    assert "share" in done.out
    assert "not looked" in done.out


def test_everybody_as_a_table(ask, documents):
    done = ask("vet", "--all")
    assert f"{len(documents):,} creators" in done.out
    assert "Look bought" in done.out


def test_members_are_named_only_when_asked_for(ask, documents):
    found = [d for d in documents if any(e["members"] for e in d["evidence"])]
    for one in found[:2]:
        (again,) = ask("vet", f"{one['platform']}:@{one['handle']}", "--members", "--jsonl").lines
        for finding in again["evidence"]:
            assert set(finding) == {*FINDING, "member_ids"}
            assert len(finding["member_ids"]) <= finding["members"]


def test_a_dispute_shows_both_answers(ask, documents):
    one = documents[0]
    who = f"{one['platform']}:@{one['handle']}"
    done = ask("vet", who, "--dispute", "They are my pupils.", "--quiet")
    assert done.code == 0
    assert "Stored" in done.out
    assert "Again" in done.out
    assert "gives the same again" in done.out
    document = ask("vet", who, "--dispute", "", "--json").document
    assert document["changed"] is False
    assert document["before"] == document["after"] == one
    (again,) = ask("vet", who, "--jsonl").lines
    assert [dispute["reason"] for dispute in again["disputes"]] == ["They are my pupils.", ""]
    assert {dispute["after"] for dispute in again["disputes"]} == {one["verdict"]}
    assert "checked again on" in " ".join(ask("vet", who).out.split())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("vet", "nobody.at.all.zz"), "Nobody called"),
        (("vet",), "--all"),
        (("vet", "--all", "somebody"), "--all"),
        (("vet", "a", "b", "--dispute", "why"), "--dispute"),
        (("vet", "--all", "--json", "--jsonl"), "--json and --jsonl"),
    ],
)
def test_what_cannot_be_meant_is_one_sentence(ask, words, said):
    done = ask(*words)
    assert done.code == 2
    assert said in done.err
    assert done.err.count("\n") == 1
    assert done.out == ""


def test_before_the_first_refresh(run, tmp_path):
    people = tmp_path / "people.csv"
    people.write_text("username,followers,posts_count\nana,10,3\n", encoding="utf-8")
    home = tmp_path / "home"
    done = run(
        *("--home", home, "import", people, "--platform", "tiktok", "--licence", "user-import"),
        "--no-index",
    )
    assert done.code == 0, done.err
    done = run("--home", home, "vet", "--all")
    assert done.code == 1
    assert "influencr refresh" in done.err
