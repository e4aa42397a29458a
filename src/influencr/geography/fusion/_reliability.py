"""How far each kind of clue is believed (reliability.toml says why)."""

from __future__ import annotations

import functools
import tomllib
from pathlib import Path
from typing import NamedTuple

from influencr.errors import UnknownValue

__all__ = ["Reliability", "kinds", "reliability"]


class Reliability(NamedTuple):
    """One row of reliability.toml; the meaning of the fields stands at its top."""

    country: float
    region: float
    city: float
    family: str
    again: float
    rank: int
    basis: str
    why: str
    kin: tuple[str, ...] = ()


@functools.cache
def kinds() -> dict[str, Reliability]:
    """Kind of clue -> how far it is believed."""
    file = Path(__file__).parent / "reliability.toml"
    return {
        kind: Reliability(**{**row, "kin": tuple(row.get("kin", ()))})
        for kind, row in tomllib.loads(file.read_text(encoding="utf-8")).items()
    }


def reliability(kind: str) -> Reliability:
    """How far one kind of clue is believed; UnknownValue for a kind that has no row.

    >>> reliability("pin").country > reliability("flag").country
    True
    """
    try:
        return kinds()[kind]
    except KeyError:
        raise UnknownValue("kind of clue", kind, kinds()) from None
