"""Decode and fold on one core, beside what unpacking and parsing alone cost."""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from importlib.resources import files
from pathlib import Path
from typing import Any

from benchmarks.listening.frames import SECOND, did_of, multiplied, packer

from influencr.sources.bluesky.stream import Fold, Memory, Position, decode_repos, decode_v1
from influencr.sources.bluesky.stream._fields import account_of

WANTED_PER_SECOND = 30_000
_LOT = 20_000


def reading(window: list[dict[str, Any]], folder: Path, *, n: int) -> dict[str, Any]:
    """Events a second on one core: bare, decoded, folded with few and with everybody known."""
    pack = packer()
    names: dict[tuple[str, int], str] = {}

    def owner(who: str, copy: int) -> str:
        found = names.get((who, copy))
        if found is None:
            found = names[who, copy] = did_of(f"{who} {copy}")
        return found

    events = list(
        multiplied(window, n, begin_us=1_783_175_888 * SECOND, per_second=478, owner=owner)
    )
    frames = [pack(event) for event in events]
    everybody = set(names.values())
    draw = random.Random(1)
    few = set(draw.sample(sorted(everybody), max(1, len(everybody) // 100)))
    rows: dict[str, list[dict[str, float]]] = {}
    edges: dict[str, float] = {}
    relay = relay_frames(folder)
    for _ in range(3):
        for name, work in (
            ("zstd and orjson alone", lambda: bare(frames)),
            ("decoded", lambda: decoded(frames)),
            ("decoded and folded, 1 % of accounts known", lambda: folded(frames, few, {})),
            ("decoded and folded, everybody known", lambda: folded(frames, everybody, edges)),
            ("relay (DAG-CBOR), decoded and folded", lambda: from_relay(relay, max(1, n // 3_000))),
        ):
            wall, cpu = time.perf_counter(), time.process_time()
            done = work()
            rows.setdefault(name, []).append(
                {
                    "events": done,
                    "per_second": done / (time.process_time() - cpu),
                    "per_second_wall": done / (time.perf_counter() - wall),
                }
            )
    bytes_each = statistics.fmean(len(frame) for frame in frames)
    return {
        "events": n,
        "accounts": len(everybody),
        "known": {"1 %": len(few), "everybody": len(everybody)},
        "bytes_per_message": round(bytes_each, 1),
        "peer": peer_name(),
        "rates": {
            name: {
                "per_second": round(statistics.median(row["per_second"] for row in told)),
                "per_second_wall": round(statistics.median(row["per_second_wall"] for row in told)),
                "runs": [round(row["per_second"]) for row in told],
            }
            for name, told in rows.items()
        },
        "edges": edges,
        "wanted_per_second": WANTED_PER_SECOND,
    }


def peer_name() -> str:
    try:
        import orjson
    except ImportError:
        import msgspec

        return f"msgspec {msgspec.__version__} into dictionaries (orjson is not installed)"
    return f"orjson {orjson.__version__}"


def bare(frames: list[bytes]) -> int:
    """Unpack and parse, and nothing else."""
    import zstandard

    try:
        from orjson import loads
    except ImportError:
        from msgspec.json import decode as loads
    content = (
        files("influencr.sources.bluesky.stream")
        .joinpath("dictionaries", "jetstream_v1.zdict")
        .read_bytes()
    )
    unpack = zstandard.ZstdDecompressor(dict_data=zstandard.ZstdCompressionDict(content)).decompress
    for frame in frames:
        loads(unpack(frame))
    return len(frames)


def decoded(frames: list[bytes]) -> int:
    return sum(len(decode_v1(frame)) for frame in frames)


def folded(frames: list[bytes], known: set[str], edges: dict[str, float]) -> int:
    """Decode, fold, make frames of rows and commit what has to be remembered, lot by lot."""
    with tempfile.TemporaryDirectory() as folder, Memory(Path(folder) / "s.sqlite") as memory:
        fold = Fold(set(known), memory)
        for number, frame in enumerate(frames):
            fold.take_all(decode_v1(frame))
            if number % _LOT == _LOT - 1 or number == len(frames) - 1:
                done = fold.drain()
                memory.commit(Position(at_us=number))
                edges["rows"] = edges.get("rows", 0) + sum(len(b.frame) for b in done.batches)
        memory.tidy(0)
        sizes = memory.sizes()
        edges |= {k: float(v) for k, v in sizes.items()}
        edges["bytes_per_live_edge"] = round(sizes["bytes"] / max(1, sizes["live"]), 1)
    return len(frames)


def relay_frames(folder: Path) -> list[bytes]:
    import zstandard

    packed = (folder / "relay_frames_150.bin.zst").read_bytes()
    content = zstandard.ZstdDecompressor().decompressobj().decompress(packed)
    frames, at = [], 0
    while at < len(content):
        length = int.from_bytes(content[at : at + 4], "little")
        frames.append(content[at + 4 : at + 4 + length])
        at += 4 + length
    return frames


def from_relay(frames: list[bytes], times: int) -> int:
    known = {
        account_of(e.record["subject"]["uri"])
        for f in frames
        for e in decode_repos(f)
        if e.record and isinstance(e.record.get("subject"), dict)
    }
    n = 0
    with Memory(":memory:") as memory:
        for _ in range(times):
            fold = Fold(set(known), memory)
            for frame in frames:
                events = decode_repos(frame)
                n += len(events)
                fold.take_all(events)
            fold.drain()
    return n
