"""How a place was understood, as lines for a person, each other reading with its command."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from influencr.cli._values import count

if TYPE_CHECKING:
    from influencr.search import PlaceChoice, Results

__all__ = ["KINDS", "OFFERED", "place_command", "place_lines", "place_title", "words_command"]

#: How a kind of place is called.
KINDS = {
    "country": "country",
    "union": "group of regions",
    "admin1": "region",
    "admin2": "district",
    "city": "city",
    "point": "point",
    "several": "several places",
}
#: Other readings that are shown; `--json` has more.
OFFERED = 3
_OPTIONS = ("--in", "--place", "--near")


def place_lines(results: Results, words: Sequence[str]) -> Iterator[tuple[Text, bool]]:
    """(line, is it a command that must not be broken) about the place of these results.

    words   the command line as it was typed
    """
    place = results.place
    if place is not None:
        if place.corrected:
            said = f"No place is called {place.corrected!r}; read as the nearest name."
            yield Text(said), False
        where = Text().append("Place: ", style="dim").append(place_title(place))
        if place.words:
            where.append(f", taken from your words {place.words!r}")
        yield where, False
        for label, ask in list(zip(place.alternatives, place.asks, strict=False))[:OFFERED]:
            yield _offer(f"Did you mean {label}?", place_command(words, results, ask)), True
        if place.words:
            yield _offer("To search the words instead:", words_command(words)), True
    elif results.offer is not None:
        offer = results.offer
        command = _without_place(words, str(results.query.get("text") or ""), offer.text)
        asked = _with_option(command, "--in", offer.place)
        yield _offer(f"Did you mean the place {offer.label}?", asked), True


def place_title(place: PlaceChoice) -> str:
    """The reading with what it covers: "Lyon, ..., France (city, 520K people)"."""
    said = place.label
    if place.kind not in ("point", "several"):
        about = KINDS.get(place.kind, place.kind)
        if place.population:
            about += f", {count(place.population)} people"
        said += f" ({about})"
    if place.within_km is not None:
        said += f", within {place.within_km:.4g} km"
    if place.n_places > 1:
        said += f": {place.n_places:,} {'regions' if place.kind == 'union' else 'places'}"
    return said


def place_command(words: Sequence[str], results: Results, ask: str) -> str:
    """The command line as it was typed, asking for another reading of its place."""
    kept = list(words)
    if results.place is not None and results.place.words:
        kept = _without_place(kept, str(results.query.get("text") or ""), results.text)
        return "influencr " + shlex.join(_with_option(kept, "--in", ask))
    option = "--near" if any(w == "--near" or w.startswith("--near=") for w in kept) else "--in"
    left = _less_option(kept, _OPTIONS)
    return "influencr " + shlex.join(_with_option(left, option, ask))


def words_command(words: Sequence[str]) -> str:
    """The command line that searches every word as a word.

    >>> words_command(["search", "art in Bath"])
    "influencr search 'art in Bath' --words-only"
    """
    return "influencr " + shlex.join(_with_option(list(words), "--words-only"))


def _offer(sentence: str, command: str | list[str]) -> Text:
    line = command if isinstance(command, str) else "influencr " + shlex.join(command)
    return Text().append(f"{sentence} ", style="dim").append(line)


def _with_option(words: list[str], *option: str) -> list[str]:
    # What follows a bare `--` is text, so options go before it; a cursor belongs to its question.
    words = _less_option(words, ("--after",))
    at = words.index("--") if "--" in words else len(words)
    return [*words[:at], *option, *words[at:]]


def _less_option(words: Sequence[str], names: Sequence[str]) -> list[str]:
    kept: list[str] = []
    skip = False
    for word in words:
        if skip:
            skip = False
        elif word in names:
            skip = True
        elif word.partition("=")[0] not in names:
            kept.append(word)
    return kept


def _without_place(words: Sequence[str], text: str, rest: str) -> list[str]:
    """The command line with its search words replaced by those that name no place."""
    kept = list(words)
    left = [rest] if rest else []
    if text in kept:
        at = kept.index(text)
        return [*kept[:at], *left, *kept[at + 1 :]]
    typed = text.split()
    for at in range(len(kept) - len(typed) + 1):
        if kept[at : at + len(typed)] == typed:
            return [*kept[:at], *rest.split(), *kept[at + len(typed) :]]
    return ["search", *left]
