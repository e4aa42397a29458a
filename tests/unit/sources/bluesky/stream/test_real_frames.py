"""Frames of the real network decode to the right records.

The files are not part of the repository. They are looked for in INFLUENCR_DATASETS, else beside the
checkout, and skipped with a word where they are absent.
"""

import json
import os
from importlib.resources import files
from pathlib import Path

import pytest
import zstandard

from influencr.sources.bluesky.stream import Event, Fold, Memory, decode_repos, decode_v1

ROOT = Path(__file__).resolve().parents[5]
FOLDER = (
    Path(os.environ.get("INFLUENCR_DATASETS", ROOT.parent / "shared" / "datasets"))
    / "bluesky-samples"
)

pytestmark = pytest.mark.skipif(
    not FOLDER.is_dir(), reason="bluesky-samples is not here; set INFLUENCR_DATASETS to its parent"
)


def lines(name: str) -> list[bytes]:
    return (FOLDER / name).read_bytes().splitlines()


def window() -> list[Event]:
    return [
        event for line in lines("jetstream_v1_window.jsonl") for event in decode_v1(line.decode())
    ]


@pytest.mark.parametrize("name", ["jetstream_v1_window.jsonl", "jetstream_v1_golden10.jsonl"])
def test_every_frame_tells_what_its_json_says(name: str) -> None:
    for line in lines(name):
        told = json.loads(line)
        (event,) = decode_v1(line.decode())
        assert (event.did, event.at_us, event.kind) == (told["did"], told["time_us"], told["kind"])
        commit = told.get("commit", {})
        assert event.record == commit.get("record")
        assert (event.rev, event.rkey) == (commit.get("rev", ""), commit.get("rkey", ""))
        assert event.active == told.get("account", {}).get("active")


@pytest.mark.parametrize("name", ["jetstream_v1.zdict", "jetstream_v2_20260811.zdict"])
def test_the_dictionaries_that_come_along_are_the_servers_own(name: str) -> None:
    shipped = files("influencr.sources.bluesky.stream").joinpath("dictionaries", name).read_bytes()
    assert shipped == (FOLDER / name).read_bytes()
    packer = zstandard.ZstdCompressor(dict_data=zstandard.ZstdCompressionDict(shipped))
    for line in lines("jetstream_v1_window.jsonl"):
        assert decode_v1(packer.compress(line)) == decode_v1(line.decode())


def relay() -> list[Event]:
    content = zstandard.ZstdDecompressor().decompressobj()
    raw = content.decompress((FOLDER / "relay_frames_150.bin.zst").read_bytes())
    events, at = [], 0
    while at < len(raw):
        length = int.from_bytes(raw[at : at + 4], "little")
        events += decode_repos(raw[at + 4 : at + 4 + length])
        at += 4 + length
    return events


def test_the_relay_tells_what_jetstream_told() -> None:
    def told(event: Event) -> tuple[object, ...]:
        return (*event[:2], event.rev, event.operation, event.collection, event.rkey, event.active)

    ours = {told(event): event.record for event in relay()}
    theirs = {told(event): event.record for event in window()}
    assert ours.keys() == theirs.keys()
    for key, record in theirs.items():
        if record is None:
            assert ours[key] is None
            continue
        # DAG-CBOR has links and bytes where JSON has texts; every other word must be the same.
        mine = ours[key]
        assert mine is not None
        assert mine.keys() == record.keys()
        for name, value in record.items():
            if isinstance(value, str | int | bool):
                assert mine[name] == value


def test_both_fold_to_the_same_rows() -> None:
    everybody = {event.did for event in window()} | {
        uri.split("/")[2]
        for event in window()
        if event.record and isinstance(event.record.get("subject"), dict)
        for uri in [event.record["subject"].get("uri", "at://x/x")]
    }
    found = []
    for events in (window(), relay()):
        with Memory(":memory:") as memory:
            fold = Fold(set(everybody), memory)
            fold.take_all(events)
            batches = fold.drain().batches
        found.append({b.table: b.frame.sort(b.frame.columns[0], "fetched_at") for b in batches})
    assert found[0].keys() == found[1].keys()
    assert {"posts", "engagements", "profiles"} <= found[0].keys()
    for table, frame in found[0].items():
        assert frame.equals(found[1][table]), table
