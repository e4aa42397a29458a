"""Where the words of a query stand in a creator's own text, letter for letter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from influencr.index import Phrase, Prefix, Term
from influencr.search._meant import Way
from influencr.search._results import Match
from influencr.text import Token, fold, handle_words, indexable, spans

__all__ = ["PASSAGE_CHARS", "why"]

#: Longest passage shown of a bio or a post: our own choice, about two lines of a result.
PASSAGE_CHARS = 240

_Span = tuple[int, int]
#: The ways found of one piece, in one field.
_Ways = tuple[Way, ...]


def why(
    creator: dict[str, Any], found: Sequence[Sequence[tuple[Way, tuple[str, ...]]]]
) -> tuple[Match, ...]:
    """One match per field that holds some of the words: name, handle, topics, bio, posts, called.

    found   for each piece of the query the ways in which this creator says it, each with the
            fields in which it stands

    Of posts the line with most of the pieces is shown. Text is as the creator wrote it, cut to
    PASSAGE_CHARS around the first match; spans are character offsets in that text.
    """
    by_field: dict[str, list[_Ways]] = {}
    for ways in found:
        own: dict[str, list[Way]] = {}
        for way, fields in ways:
            for field in fields:
                own.setdefault(field, []).append(way)
        for field, some in own.items():
            by_field.setdefault(field, []).append(tuple(some))
    matches: list[Match] = []
    if pieces := by_field.get("name"):
        matches += _match("name", creator["display_name"], pieces)
    if pieces := by_field.get("handle"):
        matches += _handle(creator["handle"], pieces)
    if pieces := by_field.get("topics"):
        matches += _topics(creator, pieces)
    if pieces := by_field.get("bio"):
        matches += _match("bio", creator["bio_text"], pieces)
    if pieces := by_field.get("posts"):
        matches += _best_line("posts", creator["post_text"].split("\n"), pieces)
    if pieces := by_field.get("called"):
        matches += _best_line("called", creator["called"], pieces)
    return tuple(matches)


def _match(field: str, text: str, pieces: Sequence[_Ways]) -> Iterator[Match]:
    _, marked = _marks(text, pieces)
    if marked:
        passage, shifted = _passage(text, marked)
        yield Match(field=field, text=passage, spans=shifted)


def _handle(handle: str, pieces: Sequence[_Ways]) -> Iterator[Match]:
    accounts = {f"@{fold(handle)}", f"@{fold(handle_words(handle))}"}
    if any(_is_account(way.node, accounts) for ways in pieces for way in ways):
        yield Match(field="handle", text=handle, spans=((0, len(handle)),))
        return
    chosen = handle_words(handle)
    start = handle.find(chosen)
    _, marked = _marks(chosen, pieces)
    if marked:
        yield Match(
            field="handle", text=handle, spans=tuple((a + start, b + start) for a, b in marked)
        )


def _is_account(node: Term | Prefix | Phrase, accounts: set[str]) -> bool:
    match node:
        case Term(_, value):
            return value in accounts
        case Prefix(_, value) if value.startswith("@"):
            return any(account.startswith(value) for account in accounts)
    return False


def _topics(creator: dict[str, Any], pieces: Sequence[_Ways]) -> Iterator[Match]:
    """The topics with the matching ones marked, each with the first of the words that say so:
    "comedy ('humour' in bio), surfing"."""
    named = {
        way.node.value
        for ways in pieces
        for way in ways
        if isinstance(way.node, Term) and way.node.field == "topic"
    }
    topics: list[str] = creator.get("topics") or []
    reasons: list[str] = creator.get("topic_evidence") or []
    text = ""
    marked: list[_Span] = []
    for number, topic in enumerate(topics):
        text += ", " if text else ""
        start = len(text)
        text += topic
        stands = [(0, len(topic))] if topic in named else _marks(topic, pieces)[1]
        marked += [(a + start, b + start) for a, b in stands]
        if stands and number < len(reasons):
            text += f" ({reasons[number].partition(';')[0]})"
    if marked:
        yield Match(field="topics", text=text, spans=tuple(marked))


def _best_line(field: str, lines: Sequence[str], pieces: Sequence[_Ways]) -> Iterator[Match]:
    best: tuple[int, str, list[_Span]] | None = None
    starts = [_start(way.node) for ways in pieces for way in ways if way.is_said]
    for line in lines:
        if not _may_hold(line, starts):
            continue
        n, marked = _marks(line, pieces)
        if n and (best is None or n > best[0]):
            best = (n, line, marked)
    if best is not None:
        passage, shifted = _passage(best[1], best[2])
        yield Match(field=field, text=passage, spans=shifted)


def _start(node: Term | Prefix | Phrase) -> str:
    return f" {node.words[0]}" if isinstance(node, Phrase) else f" {node.value}"


def _may_hold(line: str, starts: Sequence[str]) -> bool:
    """A quick look that never misses a line; most lines of most creators hold nothing."""
    if not line:
        return False
    stream, others = indexable(line)
    held = f" {stream} {others}"
    return any(start in held for start in starts)


def _marks(text: str, pieces: Sequence[_Ways]) -> tuple[int, list[_Span]]:
    """(how many pieces stand in the text, where: ascending and without overlap)."""
    tokens = _Tokens(text)
    places = [
        [span for way in ways if way.is_said for span in _places(way.node, tokens)]
        for ways in pieces
    ]
    marked: list[_Span] = []
    for start, end in sorted(span for found in places for span in found):
        if marked and start < marked[-1][1]:
            marked[-1] = (marked[-1][0], max(end, marked[-1][1]))
        else:
            marked.append((start, end))
    return sum(bool(found) for found in places), marked


class _Tokens:
    """The words of a text in order, and every word and name by its letters."""

    def __init__(self, text: str) -> None:
        found = spans(text)
        self.stream = [t for t in found if t.position is not None]
        self.every: dict[str, list[Token]] = {}
        for token in found:
            # Tags, mentions, and an emoji that is part of a joined one, stand beside the words.
            self.every.setdefault(token.text, []).append(token)


def _places(node: Term | Prefix | Phrase, tokens: _Tokens) -> Iterator[_Span]:
    match node:
        case Term(_, value):
            for token in tokens.every.get(str(value), ()):
                yield token.start, token.end
        case Prefix(_, value):
            for word, found in tokens.every.items():
                if word.startswith(value):
                    yield from ((token.start, token.end) for token in found)
        case Phrase(_, words, last_is_prefix):
            n = len(words)
            for token in tokens.every.get(words[0], ()):
                if token.position is None:
                    continue
                run = tokens.stream[token.position : token.position + n]
                if len(run) == n and all(
                    _is_word(one.text, word, last_is_prefix and k == n - 1)
                    for k, (one, word) in enumerate(zip(run, words, strict=True))
                ):
                    yield run[0].start, run[-1].end


def _is_word(token: str, word: str, prefix: bool) -> bool:
    return token.startswith(word) if prefix else token == word


def _passage(text: str, marked: list[_Span]) -> tuple[str, tuple[_Span, ...]]:
    """The part of a long text around its first match, cut at white space where there is some."""
    if len(text) <= PASSAGE_CHARS:
        return text, tuple(marked)
    first = marked[0][0]
    start = max(0, min(first - PASSAGE_CHARS // 4, len(text) - PASSAGE_CHARS))
    if start:
        gap = text.find(" ", start, first)
        start = gap + 1 if gap >= 0 else start
    # A match is never cut in two, however long it is.
    end = max(min(len(text), start + PASSAGE_CHARS), marked[0][1])
    if end < len(text):
        gap = text.rfind(" ", marked[0][1], end)
        end = gap if gap > 0 else end
    inside = tuple((a - start, b - start) for a, b in marked if a >= start and b <= end)
    before = "…" if start else ""
    after = "…" if end < len(text) else ""
    return (
        f"{before}{text[start:end]}{after}",
        tuple((a + len(before), b + len(before)) for a, b in inside),
    )
