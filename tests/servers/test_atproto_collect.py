"""`collect` against a real PDS and AppView: what is stored is what was written, what is found is
what was planted, and nothing is asked twice."""

import json
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest
from atproto_world.compare import Stored, differences, exported
from atproto_world.ledger import did_of
from atproto_world.people import Scene
from atproto_world.report import report

from influencr.home import Home as DataHome

pytestmark = [pytest.mark.server_atproto, pytest.mark.timeout(1_500)]

WISH = ("collect", "bluesky", "specialty coffee", "--near", "Lisbon")
BUDGET = "1000"


def listed(home, *words: str) -> set[str]:
    """Whom a search finds, all pages of it."""
    file = Path(home.path).parent / "listed.jsonl"
    home.run("export", *words, "-o", str(file))
    return exported(file)


def planted(network) -> Scene:
    """The scene, without who has left meanwhile: tests share the network."""
    active = network.ledger.active()
    scene = network.scene
    kinds = {kind: [d for d in dids if d in active] for kind, dids in scene.members.items()}
    return Scene(
        members=kinds,
        elsewhere=[d for d in scene.elsewhere if d in active],
        others_here=[d for d in scene.others_here if d in active],
        audience=[d for d in scene.audience if d in active],
        no_signed_out=[d for d in scene.no_signed_out if d in active],
        no_recommend=[d for d in scene.no_recommend if d in active],
    )


def test_what_is_stored_is_what_was_written(network, home):
    """Everybody is named, so that everything about everybody is asked for."""
    scene = planted(network)
    network.writer.settle()
    handles = [network.ledger.accounts[did].handle for did in scene.everybody]
    named = [part for handle in handles for part in ("--handle", handle)]
    told = json.loads(home.run("collect", "bluesky", *named, "--budget", "20000", "--json").stdout)
    assert told["finished"], told
    reserved = {*scene.no_signed_out, *scene.no_recommend}
    stored = Stored(home.path)
    open_ones = set(scene.everybody) - reserved
    wrong = differences(stored, network.ledger, open_ones)
    # Packs are found by words, and no words were given.
    wrong.pop("memberships", None)
    # Acts on an account's newest five posts are asked for: nobody here wrote more, but for what
    # other tests made them write.
    for kind in ("like", "repost", "quote"):
        rest = [r for r in wrong.pop(kind, []) if r[0] != "lost" or r[1][1] in newest(network, 5)]
        if rest:
            wrong[kind] = rest
    assert wrong == {}
    profiles = stored.profiles()
    for did in open_ones:
        row = profiles[did]
        counts = {name: row[name] for name in ("followers", "following", "posts_count")}
        assert counts == network.ledger.counts(did), did
    # Stored as having asked, and in no list.
    assert {d for d in scene.everybody if profiles[d]["no_signed_out"]} == set(scene.no_signed_out)
    assert {d for d in scene.everybody if profiles[d]["no_recommend"]} == set(scene.no_recommend)
    found = listed(home)
    assert found
    assert not found & reserved
    assert found <= network.ledger.shown()


def newest(network, many: int) -> set[str]:
    """Addresses of the newest posts of everybody."""
    by_author: dict[str, list[tuple[str, str]]] = {}
    for uri, record in network.ledger.posts().items():
        by_author.setdefault(did_of(uri), []).append((record["createdAt"], uri))
    return {uri for posts in by_author.values() for _, uri in sorted(posts)[-many:]}


def test_the_planted_scene_is_found(network, home, search_in_front, record_property):
    scene = planted(network)
    network.writer.settle()
    dry = json.loads(home.run(*WISH, "--budget", BUDGET, "--dry-run", "--json").stdout)
    assert not search_in_front.calls
    began = time.monotonic()
    told = json.loads(home.run(*WISH, "--budget", BUDGET, "--json").stdout)
    seconds = time.monotonic() - began
    figures = recall(scene, Stored(home.path), listed(home), told)
    figures |= {"seconds": round(seconds, 1), "budget": int(BUDGET), "planned": dry["calls"]}
    record_property("collecting", json.dumps(figures))
    report("collecting", figures)
    found = {kind: row["found"] for kind, row in figures["recall"].items()}
    assert found["said"] == found["both"] == found["packed"] == 1.0, figures
    assert found["followed"] >= 0.9, figures
    # What only posts tell is not found by asking for people: the report must not say otherwise.
    assert found["heard"] == 0.0, figures
    assert 0 < figures["calls"] <= int(BUDGET)
    assert len(search_in_front.calls) <= figures["calls"]
    assert figures["finished"]


def recall(scene: Scene, stored: Stored, in_index: set[str], told: dict) -> dict:
    """Shares of each planted kind: found with counts, with its posts, in the index."""
    counted = {did for did, row in stored.profiles().items() if row["posts_count"] is not None}
    with_posts = {row["profile_id"].removeprefix("bluesky:") for row in stored.tables["posts"]}
    reserved = {*scene.no_signed_out, *scene.no_recommend}

    def shares(dids):
        open_ones = [did for did in dids if did not in reserved]
        n = len(open_ones)
        return {
            "planted": n,
            "found": round(len(counted.intersection(open_ones)) / n, 3),
            "posts": round(len(with_posts.intersection(open_ones)) / n, 3),
            "index": round(len(in_index.intersection(open_ones)) / n, 3),
        }

    strangers = {
        "who love coffee elsewhere": len(counted.intersection(scene.elsewhere)),
        "of the place who love something else": len(counted.intersection(scene.others_here)),
    }
    strategies = [dict(row) for row in told["found"]]
    if not any(strangers.values()):
        # Whoever was brought is of the scene.
        for row in strategies:
            row["scene"] = round(row["people"] / len(scene.all_members), 3)
    return {
        "accounts": len(scene.everybody),
        "recall": {kind: shares(dids) for kind, dids in scene.members.items()},
        "all": shares(scene.all_members),
        "found_without_belonging": strangers,
        "strategies": strategies,
        "calls": sum(row["calls"] for row in told["found"]),
        "scene": told["scene"],
        "finished": told["finished"],
        "reserved_in_index": len(in_index & reserved),
    }


@pytest.mark.kill
def test_a_killed_run_goes_on_and_asks_nothing_twice(network, home, search_in_front):
    network.writer.settle()
    chance = random.Random(3)
    kills = 0
    # The first seconds are Python's: killed later, there is something to go on with.
    for wait in (5.0, 6.5, 8.0, 10.0):
        process = subprocess.Popen(
            home.command(*WISH, "--budget", BUDGET, "--quiet", "--no-refresh"),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        try:
            process.wait(timeout=wait + chance.uniform(0, 2))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            kills += 1
        _, said = process.communicate()
        assert process.returncode in (0, -signal.SIGKILL), said.decode()
        if process.returncode == 0:
            break
    told = json.loads(home.run(*WISH, "--budget", BUDGET, "--json").stdout)
    assert told["finished"]
    asked = [call for call in search_in_front.calls if call.endswith("searchActors")]
    once = len(asked)
    search_in_front.calls.clear()
    again = type(home)(home.path.parent / "again")
    DataHome(again.path)
    settings = (home.path / "sources.toml").read_bytes()
    (again.path / "sources.toml").write_bytes(settings)
    plain = json.loads(again.run(*WISH, "--budget", BUDGET, "--json").stdout)
    unbroken = len([c for c in search_in_front.calls if c.endswith("searchActors")])
    # A call that was under way when its process died is asked once more.
    assert unbroken <= once <= unbroken + kills
    assert plain["scene"] == told["scene"]
    one, other = Stored(home.path), Stored(again.path)
    assert one.follows() == other.follows()
    assert one.posts().keys() == other.posts().keys()
    assert one.acts("like") == other.acts("like")
