"""Where a creator is, as the dossier shows it: the place, what says so, what speaks against it."""

from __future__ import annotations

from typing import Any, NamedTuple

from influencr.service.web import numbers
from influencr.service.web.marked import plain

__all__ = ["Where", "where"]

_LEVEL = {"city": "city", "admin2": "district", "admin1": "region", "country": "country"}
_BASIS = {
    "declared": "what the profile declares",
    "bio": "words of the bio",
    "hints": "hints only, such as language, links and numbers",
    "said": "the creator’s own word, given after proving the profile",
    "network": "the places of people it knows, not on its own words",
}
_AGAINST, _BESIDES = "against: ", "besides: "


class Where(NamedTuple):
    """The section on the place; texts are plain, the template escapes them.

    place      "Vienna, Austria (city)", empty when unknown
    reason     why it is unknown, empty otherwise
    basis      what it rests on
    sure       percent that the country is right, without sign
    supports, against, others   a sentence each
    """

    place: str
    reason: str
    basis: str
    sure: str
    supports: tuple[str, ...]
    against: tuple[str, ...]
    others: tuple[str, ...]


def where(creator: dict[str, Any]) -> Where | None:
    """The section of a creators row; None for a row of a version that kept no evidence."""
    said = creator.get("place_evidence")
    if said is None:
        return None
    level = creator.get("place_level") or ""
    label = plain(creator.get("place_label") or creator.get("place_name") or "")
    confidence = creator.get("place_confidence")
    return Where(
        place=f"{label} ({_LEVEL.get(level, plain(level))})" if level else "",
        reason="" if level else plain(creator.get("place_reason") or ""),
        basis=_BASIS.get(creator.get("place_basis") or "", ""),
        sure="" if confidence is None else numbers.percent(confidence),
        # What is said besides stands among the other places.
        supports=tuple(_clue(s) for s in said if not s.startswith((_AGAINST, _BESIDES))),
        against=tuple(_clue(s.removeprefix(_AGAINST)) for s in said if s.startswith(_AGAINST)),
        others=tuple(
            f"from {plain(text)}" if role == "origin" else plain(text)
            for text, role in zip(
                creator.get("other_place_labels") or (),
                creator.get("other_place_roles") or (),
                strict=False,
            )
        ),
    )


def _clue(sentence: str) -> str:
    return plain(sentence.replace(" -> ", " \N{RIGHTWARDS ARROW} "))
