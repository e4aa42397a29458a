"""Where the words of a query stand in a creator's own text, letter for letter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from influencr.search._results import Match
from influencr.search._words import Item, Words
from influencr.text import Token, fold, handle_words, indexable, spans

__all__ = ["PASSAGE_CHARS", "why"]

#: Longest passage shown of a bio or a post: our own choice, about two lines of a result.
PASSAGE_CHARS = 240

_Span = tuple[int, int]


def why(creator: dict[str, Any], words: Words) -> tuple[Match, ...]:
    """One match per field that holds some of the words: name, handle, topics, bio, posts.

    Of posts the line with most of the words is shown. Text is as the creator wrote it, cut to
    PASSAGE_CHARS around the first match; spans are character offsets in that text.
    """
    items = words.required
    if not items:
        return ()
    found: list[Match] = []
    if creator.get("display_name"):
        found += _match("name", creator["display_name"], items)
    if creator.get("handle"):
        found += _handle(creator["handle"], items)
    found += _topics(creator, items)
    if creator.get("bio_text"):
        found += _match("bio", creator["bio_text"], items)
    found += _posts(creator.get("post_text") or "", items)
    return tuple(found)


def _match(field: str, text: str, items: Sequence[Item]) -> Iterator[Match]:
    _, marked = _marks(text, items)
    if marked:
        passage, shifted = _passage(text, marked)
        yield Match(field=field, text=passage, spans=shifted)


def _handle(handle: str, items: Sequence[Item]) -> Iterator[Match]:
    accounts = {f"@{fold(handle)}", f"@{fold(handle_words(handle))}"}
    if any(_is_account(item, accounts) for item in items):
        yield Match(field="handle", text=handle, spans=((0, len(handle)),))
        return
    chosen = handle_words(handle)
    start = handle.find(chosen)
    _, marked = _marks(chosen, items)
    if marked:
        yield Match(
            field="handle", text=handle, spans=tuple((a + start, b + start) for a, b in marked)
        )


def _is_account(item: Item, accounts: set[str]) -> bool:
    if item.account is not None:
        return item.account in accounts
    if item.name is None:
        return False
    if item.prefix:
        return any(a.startswith(item.name) for a in accounts)
    return item.name in accounts


def _topics(creator: dict[str, Any], items: Sequence[Item]) -> Iterator[Match]:
    """The topics with the matching ones marked, each with the first of the words that say so:
    "comedy ('humour' in bio), surfing"."""
    named = {item.topic.topic for item in items if item.topic is not None}
    topics: list[str] = creator.get("topics") or []
    reasons: list[str] = creator.get("topic_evidence") or []
    text = ""
    marked: list[_Span] = []
    for number, topic in enumerate(topics):
        text += ", " if text else ""
        start = len(text)
        text += topic
        stands = [(0, len(topic))] if topic in named else _marks(topic, items)[1]
        marked += [(a + start, b + start) for a, b in stands]
        if stands and number < len(reasons):
            text += f" ({reasons[number].partition(';')[0]})"
    if marked:
        yield Match(field="topics", text=text, spans=tuple(marked))


def _posts(text: str, items: Sequence[Item]) -> Iterator[Match]:
    best: tuple[int, str, list[_Span]] | None = None
    for line in text.split("\n"):
        if not _may_hold(line, items):
            continue
        n, marked = _marks(line, items)
        if n and (best is None or n > best[0]):
            best = (n, line, marked)
    if best is not None:
        passage, shifted = _passage(best[1], best[2])
        yield Match(field="posts", text=passage, spans=shifted)


def _may_hold(line: str, items: Sequence[Item]) -> bool:
    """A quick look that never misses a line; most lines of most creators hold nothing."""
    stream, others = indexable(line)
    held = f" {stream} {others}"
    return any(f" {item.name or item.words[0]}" in held for item in items)


def _marks(text: str, items: Sequence[Item]) -> tuple[int, list[_Span]]:
    """(how many items stand in the text, where: ascending and without overlap)."""
    tokens = spans(text)
    stream = [t for t in tokens if t.position is not None]
    others = [t for t in tokens if t.position is None]
    places = [list(_places(item, stream, others)) for item in items]
    marked: list[_Span] = []
    for start, end in sorted(span for found in places for span in found):
        if marked and start < marked[-1][1]:
            marked[-1] = (marked[-1][0], max(end, marked[-1][1]))
        else:
            marked.append((start, end))
    return sum(bool(found) for found in places), marked


def _places(item: Item, stream: list[Token], others: list[Token]) -> Iterator[_Span]:
    if item.name is not None:
        for token in others:
            if token.text.startswith(item.name) if item.prefix else token.text == item.name:
                yield token.start, token.end
        return
    n = len(item.words)
    # An emoji that is part of a joined one is found there too.
    if n == 1:
        for token in others:
            if _is_word(token.text, item.words[0], item.prefix):
                yield token.start, token.end
    for i in range(len(stream) - n + 1):
        run = stream[i : i + n]
        if all(
            _is_word(token.text, word, item.prefix and k == n - 1)
            for k, (token, word) in enumerate(zip(run, item.words, strict=True))
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
