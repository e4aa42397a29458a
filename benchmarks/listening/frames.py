"""Real frames with new names: the mix and the sizes are the network's, nobody in them is."""

from __future__ import annotations

import hashlib
import json
from base64 import b32encode
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

from influencr.sources.bluesky.stream._event import tid_us

SECOND = 1_000_000
_DIGITS = "234567abcdefghijklmnopqrstuvwxyz"


def did_of(name: str) -> str:
    return "did:plc:" + b32encode(hashlib.sha256(name.encode()).digest()[:15]).decode().lower()


def tid(at_us: int) -> str:
    return "".join(_DIGITS[((at_us << 10) >> shift) & 31] for shift in range(60, -1, -5))


def iso(at_us: int) -> str:
    return datetime.fromtimestamp(at_us / SECOND, UTC).isoformat().replace("+00:00", "Z")


def multiplied(
    window: list[dict[str, Any]],
    n: int,
    *,
    begin_us: int,
    per_second: float,
    owner: Callable[[str, int], str],
) -> Iterator[dict[str, Any]]:
    """n events like those of the window, evenly spaced from an instant on.

    owner   the account that stands for an account of the window in copy k
    """
    step = SECOND / per_second
    for number in range(n):
        copy, which = divmod(number, len(window))
        yield renamed(window[which], copy, begin_us + round(number * step), owner)


def renamed(
    frame: dict[str, Any], copy: int, at_us: int, owner: Callable[[str, int], str]
) -> dict[str, Any]:
    def uri(value: str) -> str:
        _, _, who, *rest = value.split("/")
        return "/".join(("at:", "", owner(who, copy), *rest))

    def inside(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {k: inside(v, k) for k, v in value.items()}
        if isinstance(value, list):
            return [inside(v) for v in value]
        if isinstance(value, str):
            if value.startswith("at://did:"):
                return uri(value)
            if value.startswith("did:plc:"):
                return owner(value, copy)
            if key == "createdAt":
                return iso(at_us - 400_000)
        return value

    told = {"did": owner(frame["did"], copy), "time_us": at_us, "kind": frame["kind"]}
    if frame["kind"] == "commit":
        commit = frame["commit"]
        told["commit"] = {**inside(commit), "rev": tid(at_us - 100_000)}
        if tid_us(commit["rkey"]) and commit["operation"] == "create":
            told["commit"]["rkey"] = tid(at_us - 100_000)
    else:
        told[frame["kind"]] = {**inside(frame[frame["kind"]]), "time": iso(at_us - 100_000)}
    return told


def packer() -> Callable[[dict[str, Any]], bytes]:
    """As a v1 server packs its messages."""
    import zstandard

    content = (
        files("influencr.sources.bluesky.stream")
        .joinpath("dictionaries", "jetstream_v1.zdict")
        .read_bytes()
    )
    pack = zstandard.ZstdCompressor(dict_data=zstandard.ZstdCompressionDict(content))
    return lambda event: pack.compress(
        json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()
    )
