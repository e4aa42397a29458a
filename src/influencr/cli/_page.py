"""A page of results for a person: aligned numbers, why each one matched, what to ask next.

Meaning never hangs on colour: matched words are marked with *stars* where there is no terminal.
People's words may hold anything, control codes included; they are made harmless before printing.
"""

from __future__ import annotations

import shlex
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from influencr.cli._place import place_lines
from influencr.cli._reasons import word_lines
from influencr.cli._seen import brand_line, seen_lines
from influencr.cli._values import ago, count, moved, share

if TYPE_CHECKING:
    from influencr.search import Hit, Match, Results

__all__ = ["harmless", "next_command", "print_page"]

_INDENT = 5
_NUMBERS = (("Influence", 9), ("Engaged", 7), ("Followers", 9), ("Last post", 10))


def print_page(
    results: Results, out: Console, *, words: Sequence[str], explain: bool, more: bool = True
) -> None:
    """Writes the page: how the question was read, the rows, the funnel, and the next command.

    more   whether a following page can be asked for by this command line
    """
    for line in _heading(results):
        out.print(line)
    for line, is_command in place_lines(results, words):
        # a command in one piece, however long, so that it can be copied
        out.print(line, soft_wrap=is_command)
    if results.brand is not None:
        out.print(Text(harmless(brand_line(results.brand)), style="dim"))
    if results.hits:
        out.print()
        _rows(results, out, explain=explain)
    out.print()
    for line in _footing(results, explain=explain):
        out.print(line)
    if results.next and more:
        # in one piece, however long, so that it can be copied
        command = next_command(words, results.next)
        out.print(Text().append("Next page: ", style="dim").append(command), soft_wrap=True)


def _heading(results: Results) -> Iterator[Text]:
    asked = str(results.query.get("text") or "").strip()
    line = Text()
    if asked:
        line.append(harmless(asked), style="bold").append("  ")
    noun = "creator" if results.total == 1 else "creators"
    line.append(f"{results.total:,} {noun}")
    if results.n_all < results.total:
        line.append(f", {results.n_all:,} with every word")
    line.append(f"  as of {results.as_of:%Y-%m-%d}", style="dim")
    if results.demo:
        line.append("  DEMO: synthetic people, not real ones", style="yellow")
    yield line
    # The reading is that of the question, the same in every hit.
    for piece in results.hits[0].words if results.hits else ():
        if piece.read_as:
            yield Text(harmless(f"Nobody says {piece.piece!r}; read as {piece.read_as!r}."))


def _rows(results: Results, out: Console, *, explain: bool) -> None:
    width = out.width
    numbers = sum(size + 1 for _, size in _NUMBERS)
    text = width - _INDENT - numbers - 1
    who, where = text - text * 45 // 100, text * 45 // 100
    head = Text("  #  ")
    head.append(_fit("Creator", who)).append(" ").append(_fit("Place", where))
    for name, size in _NUMBERS:
        head.append(" " + name.rjust(size))
    head.stylize("dim")
    out.print(head, no_wrap=True)
    for rank, hit in enumerate(results.hits, 1):
        for line in _hit(hit, rank, results.as_of, sizes=(who, where), plain=not out.is_terminal):
            out.print(line, no_wrap=True, overflow="ellipsis")
        if explain:
            for told in word_lines(hit):
                out.print(Text(" " * _INDENT + harmless(told)), style="dim")
            for line in _explained(hit.creator):
                out.print(line)


def _hit(
    hit: Hit, rank: int, now: datetime, *, sizes: tuple[int, int], plain: bool
) -> Iterator[Text]:
    creator = hit.creator
    who, where = sizes
    name = harmless(str(creator.get("display_name") or hit.handle or hit.profile_id))
    first = Text(f"{rank:>3}  ").append(_fit(name, who), style="bold").append(" ")
    place = str(creator.get("place_label") or creator.get("place_name") or "unknown")
    if hit.distance_km is not None:
        place = f"{hit.distance_km:.0f} km: {place}"
    first.append(_fit(harmless(place), where))
    values = (
        moved(creator.get("influence"), creator.get("influence_percentile")),
        share(creator.get("engagement_rate")),
        count(creator.get("followers")),
        ago(creator.get("last_post_at"), now=now),
    )
    for value, (_, size) in zip(values, _NUMBERS, strict=True):
        first.append(" " + value.rjust(size))
    yield first
    handle = "@" + hit.handle if hit.handle else hit.profile_id
    about = [hit.platform, harmless(handle)]
    if creator.get("language"):
        about.append(str(creator["language"]))
    for word in ("label", "verdict"):
        if creator.get(word) not in (None, "creator", "unknown"):
            about.append(str(creator[word]).replace("_", " "))
    if creator.get("topics"):
        about.append(", ".join(creator["topics"][:4]))
    yield Text(" " * _INDENT).append(" · ".join(about), style="dim")
    width = sum(sizes) + sum(size + 1 for _, size in _NUMBERS)
    for match in hit.why[:2]:
        yield _why(match, width=width, plain=plain)
    read = {"attention": f"attention ({hit.attention})"}
    parts = " x ".join(
        f"{read.get(name, name).replace('_', ' ')} {value:.2f}" for name, value in hit.parts.items()
    )
    for line in seen_lines(hit):
        yield Text(" " * _INDENT + harmless(line))
    score = f"score {hit.score:.2f}" + (f" = {parts}" if parts else "")
    yield Text(" " * _INDENT).append(score, style="dim")


def _why(match: Match, *, width: int, plain: bool) -> Text:
    """The passage around the first marked word, marked words standing out."""
    room = max(20, width - len(match.field) - 2)
    first = match.spans[0][0] if match.spans else 0
    start = max(0, first - room // 3) if len(match.text) > room else 0
    end = min(len(match.text), start + room)
    line = Text(" " * _INDENT).append(match.field + ": ", style="dim")
    if start:
        line.append("…")
    at = start
    for low, high in match.spans:
        low, high = max(low, at), min(high, end)
        if low >= high:
            continue
        line.append(harmless(match.text[at:low]))
        marked = harmless(match.text[low:high])
        line.append(f"*{marked}*" if plain else marked, style="bold underline")
        at = high
    line.append(harmless(match.text[at:end]))
    if end < len(match.text):
        line.append("…")
    return line


def _explained(creator: dict[str, Any]) -> Iterator[Text]:
    for label, key in (
        ("place", "place_reason"),
        ("activity", "activity_reason"),
        ("engagement", "engagement_reason"),
        ("verdict", "verdict_reason"),
        ("label", "label_reason"),
        ("influence", "influence_reason"),
        ("closeness", "closeness_reason"),
    ):
        if creator.get(key):
            yield (
                Text()
                .append(" " * _INDENT + f"{label}: ", style="dim")
                .append(harmless(str(creator[key])), style="default")
            )
    topics = zip(
        creator.get("topics") or (),
        creator.get("topic_weights") or (),
        creator.get("topic_evidence") or (),
        strict=False,
    )
    for name, weight, evidence in topics:
        line = Text().append(" " * _INDENT + "topic: ", style="dim")
        yield line.append(f"{name} {weight:.2f} ({harmless(str(evidence))})")


def _footing(results: Results, *, explain: bool) -> Iterator[Text]:
    if results.funnel:
        # a filter that removed nobody is worth a line on the page, not here
        told = [step for i, step in enumerate(results.funnel) if i == 0 or step.removed]
        steps = " > ".join(f"{step.label} {step.left:,}" for step in told)
        yield Text().append("Funnel: ", style="dim").append(steps)
    if explain:
        for name, values in results.facets.items():
            shown = ", ".join(f"{v.label} {v.count:,}" for v in values[:8] if v.count)
            if shown:
                yield Text().append(f"{name.capitalize()}: ", style="dim").append(shown)
    if results.unlocated:
        coarse = results.place is not None and results.place.within_km is not None
        known = "they are not known as closely" if coarse else "where they are is unknown"
        yield Text(f"{results.unlocated:,} more match the words, but {known}.")
    for loosening in results.loosenings[:3]:
        yield Text().append(f"+{loosening.adds:,}: ", style="dim").append(loosening.label)


def next_command(words: Sequence[str], cursor: str) -> str:
    """The command line as it was typed, with the cursor of the following page.

    >>> next_command(["search", "gym", "--after", "abc", "--limit=5"], "def")
    'influencr search gym --limit=5 --after def'
    """
    kept: list[str] = []
    skip = False
    for word in words:
        if skip:
            skip = False
        elif word == "--after":
            skip = True
        elif not word.startswith("--after="):
            kept.append(word)
    # what follows a bare `--` is text, so the option goes before it
    at = kept.index("--") if "--" in kept else len(kept)
    return "influencr " + shlex.join([*kept[:at], "--after", cursor, *kept[at:]])


def harmless(text: str) -> str:
    """The text with every control, line-breaking and direction-changing character made a space.

    As many characters come out as went in, so that marked passages stay where they were.

    >>> harmless("a\\x1b[31mb\\nc")
    'a [31mb c'
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        " "
        if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp")
        or c in "\u202a\u202b\u202c\u202d\u202e"
        else c
        for c in text
    )


def _fit(text: str, width: int) -> str:
    """The text in exactly `width` terminal cells (an emoji or a Chinese character takes two)."""
    if cell_len(text) <= width:
        return text + " " * (width - cell_len(text))
    cut = Text(text)
    cut.truncate(width, overflow="ellipsis", pad=True)
    return cut.plain
