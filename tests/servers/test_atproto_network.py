"""The network itself shows what was written into it: what later tests compare with is true."""

import pytest
from atproto_world.ledger import did_of, labels_of
from atproto_world.writer import ask

pytestmark = [pytest.mark.server_atproto, pytest.mark.timeout(600)]


def test_more_than_two_hundred_accounts_are_shown_as_written(network):
    people = sorted(set(network.scene.everybody) & network.ledger.active())
    assert len(network.ledger.accounts) > 200
    for start in range(0, len(people), 25):
        part = people[start : start + 25]
        asked = "?" + "&".join(f"actors={did}" for did in part)
        shown = ask(network.where["appview"], "app.bsky.actor.getProfiles", params=asked)
        views = {view["did"]: view for view in shown["profiles"]}
        assert set(views) == set(part)
        for did, view in views.items():
            written = network.ledger.profile(did)
            assert view["handle"] == network.ledger.accounts[did].handle
            assert view["displayName"] == written["displayName"]
            assert view.get("description", "") == written["description"]
            said = {label["val"] for label in view["labels"] if label["src"] == did}
            assert said == labels_of(written)


def test_the_stream_server_in_front_of_it_is_the_real_one(network, tmp_path):
    import json

    from atproto_world.streams import Jetstream
    from websockets.sync.client import connect

    stream = Jetstream(network.where["jetstream"], network.where["pds"], tmp_path)
    with stream.running(), connect(f"{stream.address}/subscribe?cursor=1", max_size=None) as wire:
        wanted = set(network.ledger.records)
        while wanted:
            event = json.loads(wire.recv(timeout=60))
            if event["kind"] == "commit" and event["commit"]["operation"] == "create":
                made = event["commit"]
                wanted.discard(f"at://{event['did']}/{made['collection']}/{made['rkey']}")


def test_every_record_has_an_owner_who_is_there(network):
    assert {did_of(uri) for uri in network.ledger.records} <= set(network.ledger.accounts)
