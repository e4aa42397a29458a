"""Accounts and posts in few bytes: a did:plc is 120 bits in base 32, a TID 64.

    01 + 15 bytes              did:plc:...
    02 + 15 bytes + 8 bytes    at://did:plc:.../app.bsky.feed.post/TID
    00 + UTF-8                 anything else, as it is

Only a text that comes back exactly is packed, so nothing is lost with keys of other forms.
"""

from __future__ import annotations

import base64

__all__ = ["packed", "plc_bytes", "unpacked"]

_PLC = "did:plc:"
_PLC_LENGTH = len(_PLC) + 24
_PLC_DIGITS = "abcdefghijklmnopqrstuvwxyz234567"
_PLC_TO_NUMBER = str.maketrans(_PLC_DIGITS, "0123456789abcdefghijklmnopqrstuv")
_POST = "/app.bsky.feed.post/"
_TO_NUMBER = str.maketrans("234567abcdefghijklmnopqrstuvwxyz", "0123456789abcdefghijklmnopqrstuv")
_DIGITS = "234567abcdefghijklmnopqrstuvwxyz"


def plc_bytes(did: str) -> bytes:
    """The 15 bytes of a did:plc, b"" for any other text.

    24 digits of base 32 are 120 bits exactly, so every text of them is a number of its own.

    >>> plc_bytes("did:plc:" + "a" * 24) == bytes(15)
    True
    """
    if len(did) != _PLC_LENGTH or not did.startswith(_PLC):
        return b""
    digits = did[len(_PLC) :]
    if digits.strip(_PLC_DIGITS):
        return b""
    return int(digits.translate(_PLC_TO_NUMBER), 32).to_bytes(15)


def packed(name: str) -> bytes:
    """An account, or the at:// address of a post, in as few bytes as it takes."""
    if did := plc_bytes(name):
        return b"\x01" + did
    if name.startswith("at://"):
        account, _, rkey = name[5:].partition(_POST)
        did = plc_bytes(account)
        if did and len(rkey) == 13 and (number := _tid(rkey)) is not None:
            return b"\x02" + did + number
    return b"\x00" + name.encode("utf-8", "surrogatepass")


def unpacked(content: bytes) -> str:
    """What `packed` was given."""
    if content[:1] == b"\x01":
        return _plc(content[1:])
    if content[:1] == b"\x02":
        number = int.from_bytes(content[16:])
        rkey = "".join(_DIGITS[(number >> shift) & 31] for shift in range(60, -1, -5))
        return f"at://{_plc(content[1:16])}{_POST}{rkey}"
    return content[1:].decode("utf-8", "surrogatepass")


def _plc(content: bytes) -> str:
    return _PLC + base64.b32encode(content).decode("ascii").lower()


def _tid(rkey: str) -> bytes | None:
    if rkey.strip(_DIGITS):
        return None
    number = int(rkey.translate(_TO_NUMBER), 32)
    return number.to_bytes(8) if number < 1 << 64 else None
