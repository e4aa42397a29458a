"""`com.atproto.sync.subscribeRepos`: what a PDS or relay itself says, in DAG-CBOR.

A message is two DAG-CBOR values end to end, a header {op, t} and a body. The body of a #commit
carries its records as a CAR file: a header, then blocks of (length, CID, bytes). Most blocks are
nodes of the repository's tree; only the blocks that the operations name are decoded. `read_car`
reads a whole repository instead, as `com.atproto.sync.getRepo` delivers it.

Signatures and the tree are not verified: whoever asks a relay or a Jetstream trusts it as well.

Sources: com/atproto/sync/subscribeRepos.json; atproto.com/specs/repository; ipld.io/specs/car.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from influencr.sources.bluesky.stream._event import BadFrame, Event, StreamEnded
from influencr.sources.bluesky.stream._fields import instant_us

__all__ = ["decode_repos", "read_car"]

#: CID version 1, codec dag-cbor, multihash sha2-256 of 32 bytes: the only one in a repository.
_CID_HEAD = b"\x01\x71\x12\x20"
_CID_BYTES = 36
#: Deeper than the tree of any real repository (its depth grows with log16 of the records).
_MAX_DEPTH = 64


def decode_repos(frame: bytes | str) -> Sequence[Event]:
    """One message of `subscribeRepos`; a commit gives one event for each of its operations.

    A record that the message does not carry (`tooBig`, or a damaged CAR) cannot be told: the
    account is then reported as `sync`, so that its repository is read anew.
    """
    import libipld

    try:
        if isinstance(frame, str):
            raise BadFrame("a subscribeRepos message came as text.")
        header, body = libipld.decode_dag_cbor_multi(frame)
        if header["op"] == -1:
            raise StreamEnded(str(body.get("error", "an unnamed error")), str(body.get("message")))
        kind = header.get("t", "")
        if kind == "#commit":
            return _commit(body)
        if kind == "#info":
            name, message = str(body.get("name", "")), str(body.get("message", ""))
            return (Event("", "info", status=name, message=message),)
        if kind not in ("#identity", "#account", "#sync"):
            return ()  # #handle, #migrate, #tombstone of the past, and kinds to come
        return (_other(kind, body),)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise BadFrame(f"a subscribeRepos message cannot be read ({error}).") from error


def _other(kind: str, body: Mapping[str, Any]) -> Event:
    said = instant_us(body.get("time")) or 0
    event = Event(str(body["did"]), kind[1:], said, int(body["seq"]), said)
    if kind == "#account":
        return event._replace(active=bool(body["active"]), status=body.get("status"))
    if kind == "#identity":
        return event._replace(handle=body.get("handle"))
    return event._replace(rev=str(body["rev"]))


def _commit(body: Mapping[str, Any]) -> list[Event]:
    import libipld

    did, rev, cursor = str(body["repo"]), str(body["rev"]), int(body["seq"])
    at = instant_us(body.get("time")) or 0
    wanted = {op["cid"]: None for op in body["ops"] if op["action"] != "delete"}
    found: dict[bytes, Any] = {}
    if wanted:
        try:
            for cid, block in _blocks(body["blocks"]):
                if cid in wanted:
                    found[cid] = libipld.decode_dag_cbor(block)
        except (ValueError, IndexError):
            found = {}
    events: list[Event] = []
    lost = False
    for op in body["ops"]:
        collection, _, rkey = op["path"].partition("/")
        record = None
        if op["action"] != "delete":
            record = found.get(op["cid"])
            if not isinstance(record, dict):
                lost = True
                continue
        events.append(
            Event(did, "commit", at, cursor, 0, rev, op["action"], collection, rkey, record)
        )
    if lost or body.get("tooBig"):
        events.append(Event(did, "sync", at, cursor, at, rev))
    return events


def _blocks(car: bytes) -> Iterator[tuple[bytes, bytes]]:
    """(CID, content) of every block of a CAR file; ValueError or IndexError when it is damaged."""
    length, start = _varint(car, 0)
    position = start + length
    while position < len(car):
        length, start = _varint(car, position)
        position = start + length
        if position > len(car) or not car.startswith(_CID_HEAD, start) or length < _CID_BYTES:
            raise ValueError("a CAR file that is cut or of another kind")
        content = start + _CID_BYTES
        yield car[start:content], car[content:position]


def _varint(data: bytes, position: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, position
        shift += 7
        if shift > 63:
            raise ValueError("a CAR file with a length beyond 64 bits")


def read_car(car: bytes) -> tuple[str, str, Iterator[tuple[str, str, dict[str, Any]]]]:
    """A whole repository: its account, its revision, and (collection, rkey, record) of all of it.

    Raises BadFrame for a file that is damaged or lacks a block of its tree: half a repository
    would look as if everything else had been deleted.
    """
    import libipld

    try:
        length, start = _varint(car, 0)
        root = libipld.decode_dag_cbor(car[start : start + length])["roots"][0]
        blocks = dict(_blocks(car))
        commit = libipld.decode_dag_cbor(blocks[root])
        records = list(_walk(blocks, commit["data"], 0))
        return str(commit["did"]), str(commit["rev"]), iter(records)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        raise BadFrame(f"a repository cannot be read ({type(error).__name__}: {error}).") from error


def _walk(
    blocks: Mapping[bytes, bytes], node: bytes, depth: int
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Records below a node of the tree, in order of their keys; keys share prefixes."""
    import libipld

    if depth > _MAX_DEPTH:
        raise ValueError("a tree deeper than any real one")
    content = libipld.decode_dag_cbor(blocks[node])
    if content["l"] is not None:
        yield from _walk(blocks, content["l"], depth + 1)
    key = b""
    for entry in content["e"]:
        key = key[: entry["p"]] + entry["k"]
        collection, _, rkey = key.decode("ascii").partition("/")
        record = libipld.decode_dag_cbor(blocks[entry["v"]])
        if isinstance(record, dict):
            yield collection, rkey, record
        if entry["t"] is not None:
            yield from _walk(blocks, entry["t"], depth + 1)
