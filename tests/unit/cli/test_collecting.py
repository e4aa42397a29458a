"""`collect` as a person meets it: a plan, a run over an invented network, mistakes."""

import json
from collections import Counter

import pytest
from tests.standins.bluesky_world import lisbon
from tests.standins.loopback import served

from influencr.home import Home
from influencr.pipeline import revisits
from influencr.sources.bluesky import _answers

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

ASKED = ("collect", "bluesky", "specialty coffee", "--near", "Lisbon")


@pytest.fixture
def network(home_folder):
    """An invented network and a home whose settings name it."""
    world = lisbon(scene=24, strangers=6, audience=10)
    home = Home(home_folder)
    with served(world.replied) as address:
        host = address.removeprefix("http://")
        (home.path / "sources.toml").write_text(
            'contact = "mailto:operator@example.org"\n'
            f'[bluesky]\nappview = "{address}"\nplc = "{address}"\nrelay = "{address}"\n'
            f'[bluesky.limits."{host}"]\nper_second = 10000.0\nburst = 10000\n',
            encoding="utf-8",
        )
        yield world


def handles_of(run):
    found = run("search", "coffee", "--json", "--all", "--limit", "100").document
    return {hit["handle"] for hit in found["hits"]}


@pytest.fixture
def contact(monkeypatch):
    monkeypatch.setenv("INFLUENCR_CONTACT", "mailto:operator@example.org")


def test_a_dry_run_says_what_it_would_ask_and_asks_nothing(run, network):
    ran = run(*ASKED, "--budget", "500", "--dry-run")
    assert ran.code == 0
    assert "500 calls at most" in ran.out
    assert "lisboa" in ran.out
    assert "Nothing was asked." in ran.out
    assert network.calls == []
    document = run(*ASKED, "--budget", "500", "--dry-run", "--json").document
    assert document["calls"] == sum(step["calls"] for step in document["steps"]) == 500
    assert document["wanted"]["languages"] == ["pt", "en"]


def test_a_run_finds_lists_and_tells(run, network):
    ran = run(*ASKED, "--budget", "600", "--quiet")
    assert ran.code == 0, ran.err
    assert "found" in ran.out
    assert "creators are searchable" in ran.out
    assert "estimated" in ran.out or "Too few" in ran.out
    found = run("search", "coffee", "--near", "Lisbon", "--json", "--all", "--limit", "50").document
    handles = {hit["handle"] for hit in found["hits"]}
    # every second one says so in the bio
    assert {f"p{100 + n}.example.net" for n in range(0, 24, 2)} <= handles
    n_calls = len(network.calls)
    # done: the same command begins anew, and starts from who is known by now
    assert run(*ASKED, "--budget", "600", "--quiet", "--no-refresh").code == 0
    assert len(network.calls) >= 2 * n_calls


def test_a_part_of_a_run_goes_on_with_more_calls(run, network):
    first = run(*ASKED, "--budget", "60", "--json", "--quiet", "--no-refresh").document
    assert first["creators"] is None
    assert len(network.calls) <= 60
    if not first["finished"]:
        assert any("same command" in sentence for sentence in first["notes"])
        run(*ASKED, "--budget", "600", "--quiet", "--no-refresh")
        assert max(Counter(network.calls).values()) == 1


def test_stopped_by_a_key_it_says_that_nothing_is_lost(run, network, monkeypatch):
    ask = _answers.ask

    def interrupted(xrpc, task):
        if len(network.calls) == 30:
            monkeypatch.setattr(_answers, "ask", ask)
            raise KeyboardInterrupt
        return ask(xrpc, task)

    monkeypatch.setattr(_answers, "ask", interrupted)
    ran = run(*ASKED, "--budget", "600", "--quiet", "--no-refresh")
    assert ran.code == 130
    assert "goes on without asking again" in ran.err
    assert run(*ASKED, "--budget", "600", "--quiet", "--no-refresh").code == 0
    assert max(Counter(network.calls).values()) == 1


def test_who_left_is_forgotten_when_looked_at_again(run, network, monkeypatch):
    assert run(*ASKED, "--budget", "600", "--quiet").code == 0
    leaver, hidden = (f"did:plc:{n:024d}" for n in (100, 102))
    del network.accounts[leaver]
    network.refusals[hidden] = "AccountTakedown"
    listed = {"p100.example.net", "p102.example.net", "p104.example.net"}
    assert listed <= handles_of(run)

    # nobody is due on the day of the run itself
    assert run("collect", "bluesky", "--again").code == 2
    due = [leaver, hidden, f"did:plc:{104:024d}"]
    monkeypatch.setattr(revisits, "again", lambda *_, **__: revisits.Again(tuple(due), None))
    ran = run("collect", "bluesky", "--again", "--json", "--quiet")
    assert ran.code == 0, ran.err
    assert ran.document["gone"] == 1
    assert handles_of(run) & listed == {"p104.example.net"}


def test_who_asks_to_go_goes_from_an_unfinished_run_too(run, network, home_folder):
    network._getProfiles = lambda _: (400, {"error": "InvalidRequest", "message": "no"})
    ran = run(*ASKED, "--budget", "600", "--quiet")
    assert ran.code == 1
    assert ran.err.count("\n") == 1
    del network._getProfiles
    leaver, handle = f"did:plc:{100:024d}", "p100.example.net"
    sources = home_folder / "sources"
    assert leaver.encode() in b"".join(file.read_bytes() for file in sources.iterdir())
    ran = run("forget", f"bluesky:@{handle}")
    assert ran.code == 0, ran.err
    # the run goes on, asks the network again, and stores nothing of them
    assert run(*ASKED, "--budget", "600", "--quiet", "--no-refresh").code == 0
    left = b"".join(p.read_bytes() for p in home_folder.rglob("*") if p.is_file())
    assert leaver.encode() not in left
    assert handle.encode() not in left


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("collect", "blusky", "coffee"), "bluesky"),
        (("collect", "files", "coffee"), "bluesky"),
        (("collect", "bluesky"), "--near"),
        (("collect", "bluesky", "coffee", "--near", "Lissbonnn"), "Lisbon"),
        (("collect", "bluesky", "coffee", "--budget", "0"), "--budget"),
        (("collect", "bluesky", "coffee", "--followers", "many"), "--followers"),
        (("collect", "bluesky", "coffee", "--within", "50km"), "near"),
        (("collect", "bluesky", "coffee", "--again"), "--again"),
        (("collect", "bluesky", "!!!"), "no word"),
    ],
)
def test_a_mistake_is_one_sentence(run, home_folder, contact, words, says):
    ran = run(*words)
    assert ran.code == 2
    assert says in ran.err
    assert ran.err.count("\n") == 1
    assert ran.out == ""


def test_without_a_contact_nobody_is_asked(run, home_folder, monkeypatch):
    monkeypatch.delenv("INFLUENCR_CONTACT", raising=False)
    ran = run(*ASKED)
    assert ran.code == 2
    assert "INFLUENCR_CONTACT" in ran.err


def test_a_setting_that_nobody_knows_is_named(run, network, home_folder):
    file = home_folder / "sources.toml"
    text = file.read_text(encoding="utf-8").replace("appview", "apview")
    file.write_text(text, encoding="utf-8")
    ran = run(*ASKED)
    assert ran.code == 2
    assert "did you mean 'appview'" in ran.err


def test_the_document_is_json_all_the_way(run, network):
    ran = run(*ASKED, "--budget", "120", "--json", "--quiet", "--no-refresh")
    document = json.loads(ran.out)
    assert {"wanted", "steps", "found", "stored", "scene", "finished", "notes"} <= set(document)
