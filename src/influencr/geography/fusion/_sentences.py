"""One sentence per clue, as it is shown to people: "bio: 'based in Wien' -> Vienna, Austria"."""

from __future__ import annotations

from influencr.geography._evidence import Evidence
from influencr.geography.gazetteer._reader import Gazetteer

__all__ = ["guess", "sentence"]

# Characters of somebody's words that are shown.
_SHOWN = 60
_PIN = "📍\ufe0f :-"


def sentence(
    said: Evidence,
    gazetteer: Gazetteer,
    *,
    before: str = "",
    arrow: bool = True,
    place: int | None = None,
) -> str:
    """What a clue says.

    before    a word before it, such as "against: "
    arrow     with the place that the words mean
    place     row of the place that was concluded, where that is finer or coarser than the words
    """
    text = _lead(said, gazetteer)
    if arrow and (where := _where(said, gazetteer, place)):
        text = f"{text} -> {where}"
    return before + text


#: A guess less likely than this is not worth a line.
MIN_GUESS = 0.3


def guess(row: int, p: float, loudest: Evidence, gazetteer: Gazetteer, *, hints_only: bool) -> str:
    """Why nothing is claimed, with what would have been."""
    why = (
        "no words name a place" if hints_only else "the clues are too weak or contradict each other"
    )
    if p < MIN_GUESS:
        return why
    return f"{why}; best guess {gazetteer.name(row)} ({p:.0%}), by {_lead(loudest, gazetteer)}"


def _lead(said: Evidence, gazetteer: Gazetteer) -> str:
    words = _quoted(said.words)
    if said.words.startswith("declared "):
        return said.words
    if said.words.startswith(("flag of ", "flags of ")):
        return f"{said.words} in the bio"
    match said.kind:
        case "location" | "also":
            return f"declared location {words}"
        case "field" | "platform_country":
            return f"declared country {words}"
        case "pin":
            return f"bio: 📍 {_quoted(said.words.lstrip(_PIN))}"
        case "flag" | "flags":
            if said.row is not None:
                return f"flag of {gazetteer.name(said.row)} in the bio"
            return "flags in the bio"
        case "network":
            return said.words
        case "phone":
            return f"phone {said.words}"
        case "domain":
            return f"link ending in {said.words}"
        case "email_domain":
            return f"e-mail ending in {said.words}"
        case "time_zone":
            return f"time zone {words}"
        case "language":
            return f"language: {said.words}"
        case "locale":
            return said.words
        case "script" | "variety" | "currency":
            return f"writing: {said.words}"
        case _:
            return f"bio: {words}"


def _where(said: Evidence, gazetteer: Gazetteer, place: int | None) -> str:
    if place is not None:
        return gazetteer.label(place)
    if said.words.startswith("flag of ") or (said.kind == "flag" and said.row is not None):
        return ""
    if said.row is not None:
        return gazetteer.label(said.row)
    ranked = sorted(said.countries, key=lambda c: (-said.countries[c], c))
    if not ranked:
        return ""
    shown = ranked[: 1 if said.countries[ranked[0]] >= 0.6 else 3]
    names = ", ".join(gazetteer.name(gazetteer.country_row[c]) for c in shown)
    return names + (" and others" if len(ranked) > len(shown) > 1 else "")


def _quoted(words: str) -> str:
    text = " ".join(words.split())
    if text[:1] == "'" == text[-1:] and len(text) > 2:
        return text
    return repr(text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…")
