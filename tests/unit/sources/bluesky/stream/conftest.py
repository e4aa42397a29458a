"""An invented corner of the network: accounts, their acts, and frames in every dialect."""

import hashlib
import json
from base64 import b32encode
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import libipld
import zstandard

from influencr.sources.bluesky.stream import Event

#: 2026-11-20 12:00 UTC in microseconds.
NOON = 1_795_176_000_000_000
SECOND = 1_000_000
_DIGITS = "234567abcdefghijklmnopqrstuvwxyz"


def did(name: str) -> str:
    """A did:plc that belongs to a name."""
    return "did:plc:" + b32encode(hashlib.sha256(name.encode()).digest()[:15]).decode().lower()


def tid(at_us: int) -> str:
    number = at_us << 10
    return "".join(_DIGITS[(number >> shift) & 31] for shift in range(60, -1, -5))


def iso(at_us: int) -> str:
    return datetime.fromtimestamp(at_us / SECOND, UTC).isoformat().replace("+00:00", "Z")


def post_uri(name: str, rkey: str) -> str:
    return f"at://{did(name)}/app.bsky.feed.post/{rkey}"


def commit(
    name: str,
    collection: str,
    rkey: str,
    record: dict[str, Any] | None,
    *,
    at: int,
    operation: str = "",
) -> Event:
    """A record written (or, with None, deleted) by somebody `at` microseconds after noon."""
    at_us = NOON + at
    kind = operation or ("delete" if record is None else "create")
    whole = None if record is None else {"$type": f"app.bsky.{collection}", **record}
    return Event(
        did(name),
        "commit",
        at_us,
        at_us,
        0,
        tid(at_us),
        kind,
        f"app.bsky.{collection}",
        rkey,
        whole,
    )


def post(name: str, rkey: str, text: str, *, at: int, **more: Any) -> Event:
    return commit(
        name, "feed.post", rkey, {"text": text, "createdAt": iso(NOON + at), **more}, at=at
    )


def like(name: str, rkey: str, whose: str, which: str, *, at: int, kind: str = "like") -> Event:
    record = {
        "subject": {"uri": post_uri(whose, which), "cid": "bafyreib"},
        "createdAt": iso(NOON + at),
    }
    return commit(name, f"feed.{kind}", rkey, record, at=at)


def follow(name: str, rkey: str, whom: str, *, at: int) -> Event:
    return commit(
        name, "graph.follow", rkey, {"subject": did(whom), "createdAt": iso(NOON + at)}, at=at
    )


def standing(name: str, *, at: int, active: bool, status: str | None = None) -> Event:
    at_us = NOON + at
    return Event(did(name), "account", at_us, at_us, at_us, active=active, status=status)


def named(name: str, handle: str | None, *, at: int) -> Event:
    at_us = NOON + at
    return Event(did(name), "identity", at_us, at_us, at_us, handle=handle)


# Frames.


def v1(event: Event) -> str:
    """The event as `/subscribe` writes it."""
    told: dict[str, Any] = {"did": event.did, "time_us": event.at_us, "kind": event.kind}
    if event.kind == "commit":
        told["commit"] = _commit(event)
    elif event.kind == "account":
        told["account"] = _account(event)
    else:
        told["identity"] = _identity(event)
    return json.dumps(told, ensure_ascii=False)


def v2(event: Event) -> str:
    """The event as `subscribeEvents` writes it; its seq is the event's cursor."""
    payload: dict[str, Any] = {
        "$type": f"network.bsky.jetstream.subscribeEvents#{event.kind}",
        "seq": event.cursor,
        "did": event.did,
        "time": datetime.fromtimestamp(event.at_us / SECOND, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
    }
    if event.kind == "commit":
        payload |= _commit(event)
    elif event.kind == "account":
        payload["account"] = _account(event)
    elif event.kind == "sync":
        payload["sync"] = {"did": event.did, "seq": 9, "rev": event.rev, "time": iso(event.said_us)}
    else:
        payload["identity"] = _identity(event)
    return json.dumps({"$type": "message", "payload": payload}, ensure_ascii=False)


def _commit(event: Event) -> dict[str, Any]:
    told: dict[str, Any] = {
        "rev": event.rev,
        "operation": event.operation,
        "collection": event.collection,
        "rkey": event.rkey,
    }
    if event.record is not None:
        told |= {"record": event.record, "cid": "bafyreib"}
    return told


def _account(event: Event) -> dict[str, Any]:
    told = {"active": event.active, "did": event.did, "seq": 9, "time": iso(event.said_us)}
    return told | ({"status": event.status} if event.status else {})


def _identity(event: Event) -> dict[str, Any]:
    told = {"did": event.did, "seq": 9, "time": iso(event.said_us)}
    return told | ({"handle": event.handle} if event.handle else {})


def compressed(frame: str, dictionary: bytes) -> bytes:
    """A frame as the servers compress it."""
    packer = zstandard.ZstdCompressor(dict_data=zstandard.ZstdCompressionDict(dictionary))
    return packer.compress(frame.encode())


def cid(block: bytes) -> bytes:
    return b"\x01\x71\x12\x20" + hashlib.sha256(block).digest()


def encoded(value: Any) -> bytes:
    """DAG-CBOR; bytes that are a CID are written as links."""
    result: bytes = libipld.encode_dag_cbor(value)
    return result


def car(root: bytes, blocks: Iterable[bytes]) -> bytes:
    """A CAR file of these blocks."""
    header = encoded({"roots": [root], "version": 1})
    out = _varint(len(header)) + header
    for block in blocks:
        out += _varint(36 + len(block)) + cid(block) + block
    return out


def repos(
    name: str,
    operations: list[tuple[str, str, dict[str, Any] | None]],
    *,
    at: int,
    seq: int = 1,
    without: int = 0,
    **more: Any,
) -> bytes:
    """A #commit of subscribeRepos with (action, path, record) operations.

    without   so many of the records are left out of its CAR
    """
    at_us = NOON + at
    blocks = [encoded(record) for _, _, record in operations if record is not None]
    root = encoded({"did": did(name), "version": 3})
    body = {
        "ops": [
            {
                "action": action,
                "path": path,
                "cid": None if record is None else cid(encoded(record)),
            }
            for action, path, record in operations
        ],
        "rev": tid(at_us),
        "seq": seq,
        "repo": did(name),
        "time": iso(at_us),
        "tooBig": False,
        "blocks": car(cid(root), [root, *blocks[without:]]),
        **more,
    }
    return encoded({"op": 1, "t": "#commit"}) + encoded(body)


def repository(name: str, records: dict[str, dict[str, Any]], *, at: int) -> bytes:
    """A whole repository as a CAR file: a tree of two floors, keys with shared prefixes."""
    paths = sorted(records)
    blocks = {path: encoded(records[path]) for path in paths}

    def node(some: list[str], left: bytes | None, right: bytes | None) -> bytes:
        entries, before = [], ""
        for path in some:
            shared = len(_common(before, path))
            entries.append(
                {
                    "p": shared,
                    "k": path[shared:].encode(),
                    "v": cid(blocks[path]),
                    "t": right if path == some[-1] else None,
                }
            )
            before = path
        return encoded({"l": left, "e": entries})

    third = max(1, len(paths) // 3)
    low, mid, high = paths[:third], paths[third : 2 * third] or paths[third:], paths[2 * third :]
    if mid == high:
        high = []
    left, right = node(low, None, None), node(high, None, None)
    top = node(mid, cid(left), cid(right))
    signed = encoded(
        {"did": did(name), "rev": tid(NOON + at), "data": cid(top), "prev": None, "version": 3}
    )
    return car(cid(signed), [signed, top, left, right, *blocks.values()])


def _common(one: str, other: str) -> str:
    n = 0
    while n < min(len(one), len(other)) and one[n] == other[n]:
        n += 1
    return one[:n]


def _varint(number: int) -> bytes:
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])
