"""Record keys of AT Protocol."""

import itertools
import time

_ALPHABET = "234567abcdefghijklmnopqrstuvwxyz"


def record_key(microseconds: int, clock: int = 0) -> str:
    """The key (TID) of an instant: 53 bits of microseconds, 10 bits of a clock's own number, as 13
    characters that sort by time (atproto.com/specs/tid)."""
    number = (microseconds << 10) | clock
    return "".join(_ALPHABET[(number >> shift) & 31] for shift in range(60, -1, -5))


_START = time.time_ns() // 1000
_STEPS = itertools.count()


def next_key() -> str:
    """A key of this process that was never given out before and sorts after those that were."""
    return record_key(_START + next(_STEPS) * 1000)
