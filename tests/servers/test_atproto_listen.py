"""`listen` against a real PDS, directly and through the real stream server: what is stored is what
was written, and what was taken back is gone within a minute, also from the index and exports."""

import json
import random
import time
from pathlib import Path

import pytest
from atproto_world import writer as write
from atproto_world.compare import Stored, differences, exported
from atproto_world.ledger import FOLLOW, did_of
from atproto_world.listener import knows, until
from atproto_world.report import report
from atproto_world.streams import Jetstream
from atproto_world.writer import Life

pytestmark = [pytest.mark.server_atproto, pytest.mark.timeout(1_500)]

#: What was taken back has to be gone after so many seconds, everywhere.
GONE_WITHIN_S = 60
_REPOS = "/xrpc/com.atproto.sync.subscribeRepos"


@pytest.fixture
def jetstream(network, tmp_path):
    stream = Jetstream(network.where["jetstream"], network.where["pds"], tmp_path / "jetstream")
    with stream.running():
        yield f"{stream.address}/subscribe"


@pytest.mark.parametrize("dialect", ["jetstream", "repos"])
def test_what_is_stored_is_what_was_written(network, home, search_in_front, request, dialect):
    if dialect == "jetstream":
        stream = request.getfixturevalue("jetstream")
    else:
        stream = network.where["pds"].replace("http://", "ws://") + _REPOS
    people = sorted(set(network.scene.everybody) & network.ledger.active())
    listener = knows(home, network, search_in_front, stream, people)
    life = Life(network.writer, network.scene.lively, random.Random(11))
    with listener.running("--from", "1"):
        for _ in range(150):
            life.act()

        def wrong():
            listener.check()
            return differences(Stored(home.path), network.ledger, people)

        rest, _ = until(wrong, within=400, every=2)
        assert rest == {}
    assert differences(Stored(home.path), network.ledger, people) == {}


def test_what_is_taken_back_is_gone_within_a_minute(
    network, home, search_in_front, jetstream, record_property
):
    ledger, writer = network.ledger, network.writer
    open_ones = ledger.shown() & set(network.scene.everybody)
    members = [did for did in network.scene.members["both"] if did in open_ones]
    deleted, taken_down, deactivated, opted_out, declared, kept = members[:6]
    people = sorted(set(network.scene.everybody) & ledger.active())
    listener = knows(home, network, search_in_front, jetstream, people)
    with listener.running("--from", "1"):
        rest, _ = until(lambda: differences(Stored(home.path), ledger, people), within=400, every=2)
        assert rest == {}
        assert set(members) <= listed(home)
        follower = next(who for who, whom in sorted(ledger.follows()) if whom == kept)
        edge = next(u for u, r in ledger.of(FOLLOW, follower).items() if r["subject"] == kept)
        post = writer.create(kept, [write.post("Zanzibarbarossa, said once #specialtycoffee")])[0]
        fan = next(d for d in people if d not in members and d in ledger.active())
        subject = {"uri": post, "cid": ledger.cids[post]}
        like = writer.create(fan, [write.like(subject)])[0]

        def not_yet():
            stored = Stored(home.path)
            return not stored.posts().keys() & {post} or not stored.acts("like")[fan, post]

        late, arrived = until(not_yet, within=GONE_WITHIN_S)
        assert not late

        began = time.monotonic()
        writer.delete(like)
        writer.delete(post)
        writer.delete(edge)
        writer.delete_account(deleted)
        writer.take_down(taken_down)
        writer.deactivate(deactivated)
        before = ledger.profile(opted_out)
        writer.update(
            opted_out,
            write.profile(
                before["displayName"], before["description"], labels=["!no-unauthenticated"]
            ),
        )
        writer.create(declared, [write.hidden_from_recommendations()])
        gone = {deleted, taken_down, deactivated, opted_out, declared}

        def still():
            """What is still there, and should not be."""
            stored, found = Stored(home.path), listed(home)
            return {
                "catalogue": sorted({deleted, taken_down, deactivated} & stored.profiles().keys()),
                "posts": sorted(
                    uri
                    for uri in stored.posts()
                    if uri == post or did_of(uri) in {deleted, taken_down, deactivated}
                ),
                "follow": [(follower, kept)] if (follower, kept) in stored.follows() else [],
                "like": [like] if stored.acts("like")[fan, post] else [],
                "export": sorted(gone & found),
            }

        def anything():
            listener.check()
            return {what: rows for what, rows in still().items() if rows}

        rest, seconds = until(anything, within=GONE_WITHIN_S)
        assert rest == {}, f"still there after {time.monotonic() - began:.0f} s"
        assert kept in listed(home)
        figures = {"gone_after_s": round(seconds, 1), "stored_after_s": round(arrived, 1)}
        record_property("leaving", json.dumps(figures))
        report("leaving", figures)

        # Who was deleted is nowhere at all, and stays away.
        raw = b"".join(file.read_bytes() for file in home.path.rglob("*.parquet"))
        assert deleted.encode() not in raw
        # Who was only hidden comes back when the network shows them again.
        writer.activate(deactivated)
        writer.take_down(taken_down, applied=False)

        def not_back():
            return {deactivated, taken_down} - listed(home)

        absent, _ = until(not_back, within=GONE_WITHIN_S)
        assert not absent
    assert deleted not in listed(home)


def listed(home) -> set[str]:
    """Everybody whom a search finds, through an export."""
    file = Path(home.path).parent / "listed.jsonl"
    home.run("export", "-o", str(file))
    return exported(file)
