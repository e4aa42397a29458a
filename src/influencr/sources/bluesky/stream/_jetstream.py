"""Jetstream, both dialects: JSON in websocket messages, plain or zstd with a shared dictionary.

v1 (`/subscribe`) has one envelope for everything and counts in microseconds; v2
(`network.bsky.jetstream.subscribeEvents`) wraps each message as xrpc.v1.json, counts in numbers of
its own and also tells of repositories that were cut (`sync`). Both are read into the same `Event`.

A compressed message is one zstd frame; its dictionary is named by number in the frame's header, so
a server that moved on to a newer dictionary is noticed and said, not misread.

Source: bluesky-social/jetstream (README, docs/README.md, lexicons/network/bsky/jetstream), 9a30def.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from typing import Any

import msgspec

from influencr.sources.bluesky.stream._event import BadFrame, Event, StreamEnded
from influencr.sources.bluesky.stream._fields import instant_us

__all__ = [
    "V1_DICTIONARY",
    "V2_DICTIONARY",
    "UnknownDictionary",
    "decode_v1",
    "decode_v2",
    "decompressor",
]

#: Numbers of the dictionaries that come with the program.
V1_DICTIONARY = 1_612_007_021
V2_DICTIONARY = 20_260_811
_FILES = {V1_DICTIONARY: "jetstream_v1.zdict", V2_DICTIONARY: "jetstream_v2_20260811.zdict"}
#: A record has at most 1 MB [atproto: data model limits]; JSON may double it. More is an attack.
_MAX_BYTES = 4 << 20
_LEXICON = "network.bsky.jetstream.subscribeEvents#"


class UnknownDictionary(BadFrame):
    """A message is compressed with a dictionary that this version does not have."""

    code = "unknown_dictionary"


class _Commit(msgspec.Struct):
    rev: str = ""
    operation: str = ""
    collection: str = ""
    rkey: str = ""
    record: dict[str, Any] | None = None


class _Identity(msgspec.Struct):
    handle: str | None = None
    time: str = ""


class _Account(msgspec.Struct):
    active: bool = True
    status: str | None = None
    time: str = ""


class _V1(msgspec.Struct):
    did: str
    kind: str
    time_us: int
    commit: _Commit | None = None
    identity: _Identity | None = None
    account: _Account | None = None


class _Sync(msgspec.Struct):
    rev: str = ""
    time: str = ""


class _Payload(msgspec.Struct):
    type_: str = msgspec.field(name="$type")
    did: str = ""
    seq: int = 0
    time: str = ""
    rev: str = ""
    operation: str = ""
    collection: str = ""
    rkey: str = ""
    record: dict[str, Any] | None = None
    identity: _Identity | None = None
    account: _Account | None = None
    sync: _Sync | None = None
    name: str = ""
    message: str = ""


class _V2(msgspec.Struct):
    type_: str = msgspec.field(name="$type")
    payload: _Payload | None = None
    error: str = ""
    message: str = ""


_V1_DECODER = msgspec.json.Decoder(_V1)
_V2_DECODER = msgspec.json.Decoder(_V2)


class _Decompressor:
    """zstd frames that name one of the known dictionaries, or none."""

    def __init__(self) -> None:
        import zstandard

        self._zstd = zstandard
        self._by_number: dict[int, Any] = {}

    def __call__(self, frame: bytes) -> bytes:
        try:
            told = self._zstd.get_frame_parameters(frame)
            # Where the frame states its size, the library allocates that and asks no limit.
            if _MAX_BYTES < told.content_size != self._zstd.CONTENTSIZE_UNKNOWN:
                raise BadFrame(f"a message claims {told.content_size:,} bytes; it was left out.")
            unpack = self._by_number.get(told.dict_id) or self._open(told.dict_id)
            content: bytes = unpack.decompress(frame, max_output_size=_MAX_BYTES)
        except self._zstd.ZstdError as error:
            raise BadFrame(f"a compressed message cannot be read ({error}).") from error
        return content

    def _open(self, number: int) -> Any:
        if number == 0:
            opened = self._zstd.ZstdDecompressor()
        elif number in _FILES:
            content = files(__package__).joinpath("dictionaries", _FILES[number]).read_bytes()
            opened = self._zstd.ZstdDecompressor(
                dict_data=self._zstd.ZstdCompressionDict(content, self._zstd.DICT_TYPE_FULLDICT)
            )
        else:
            raise UnknownDictionary(
                f"the server compresses with dictionary {number}, which this version does not "
                f"have ({', '.join(map(str, _FILES))}); ask it without compression."
            )
        self._by_number[number] = opened
        return opened


_KEPT: list[_Decompressor] = []


def decompressor() -> _Decompressor:
    """The one decompressor of this process; zstandard is loaded with its first use."""
    if not _KEPT:
        _KEPT.append(_Decompressor())
    return _KEPT[0]


def decode_v1(frame: bytes | str) -> Sequence[Event]:
    """One message of `/subscribe`: text is plain JSON, bytes are a zstd frame."""
    if isinstance(frame, bytes):
        frame = decompressor()(frame)
    try:
        told = _V1_DECODER.decode(frame)
    except (msgspec.DecodeError, UnicodeError) as error:
        raise BadFrame(f"a v1 message cannot be read ({error}).") from error
    if told.kind == "commit" and (commit := told.commit) is not None:
        return (
            Event(
                told.did,
                "commit",
                told.time_us,
                told.time_us,
                0,
                commit.rev,
                commit.operation,
                commit.collection,
                commit.rkey,
                commit.record,
            ),
        )
    if told.kind == "account" and told.account is not None:
        return (_of_account(told.did, told.time_us, told.time_us, told.account),)
    if told.kind == "identity" and told.identity is not None:
        return (_of_identity(told.did, told.time_us, told.time_us, told.identity),)
    raise BadFrame(f"a v1 message of the unknown kind {told.kind!r}.")


def decode_v2(frame: bytes | str) -> Sequence[Event]:
    """One message of `subscribeEvents`: text is plain JSON, bytes are a zstd frame."""
    if isinstance(frame, bytes):
        frame = decompressor()(frame)
    try:
        told = _V2_DECODER.decode(frame)
    except (msgspec.DecodeError, UnicodeError) as error:
        raise BadFrame(f"a v2 message cannot be read ({error}).") from error
    if told.type_ == "error":
        raise StreamEnded(told.error or "an unnamed error", told.message)
    payload = told.payload
    if told.type_ != "message" or payload is None or not payload.type_.startswith(_LEXICON):
        raise BadFrame(f"a v2 message of the unknown type {told.type_!r}.")
    kind = payload.type_[len(_LEXICON) :]
    if kind == "info":
        return (Event("", "info", status=payload.name, message=payload.message),)
    at = instant_us(payload.time) or 0
    if kind == "commit":
        return (
            Event(
                payload.did,
                "commit",
                at,
                payload.seq,
                0,
                payload.rev,
                payload.operation,
                payload.collection,
                payload.rkey,
                payload.record,
            ),
        )
    if kind == "account" and payload.account is not None:
        return (_of_account(payload.did, at, payload.seq, payload.account),)
    if kind == "identity" and payload.identity is not None:
        return (_of_identity(payload.did, at, payload.seq, payload.identity),)
    if kind == "sync" and payload.sync is not None:
        said = instant_us(payload.sync.time) or 0
        return (Event(payload.did, "sync", at, payload.seq, said, payload.sync.rev),)
    raise BadFrame(f"a v2 message of the unknown kind {kind!r}.")


def _of_account(did: str, at: int, cursor: int, account: _Account) -> Event:
    said = instant_us(account.time) or 0
    return Event(
        did, "account", at, cursor, said, active=account.active, status=account.status or None
    )


def _of_identity(did: str, at: int, cursor: int, identity: _Identity) -> Event:
    said = instant_us(identity.time) or 0
    return Event(did, "identity", at, cursor, said, handle=identity.handle or None)
