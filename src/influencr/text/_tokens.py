"""Which words does a text hold? The one tokeniser of index, why-matched and the search oracle.

White space separates chunks; every chunk is folded (`fold`) and cut into words:

- letters, digits and their marks of any script that writes spaces make one word; everything else,
  the underscore included, separates ("makeup_artist" is two words, "rock'n'roll" three);
- scripts written without spaces (Chinese, Japanese, Thai, Lao, Khmer, Burmese) give one word per
  character, so that a word of them is found as a phrase wherever it stands;
- an emoji is one word as people see it, without skin tone and variation selector: the thumb is
  found in any colour, a flag is one word.

Some things have a second name beside the words: `#vegan` is the word `vegan` and the tag `#vegan`,
`@ana.b` the words `ana`, `b` and the mention `@ana.b`, a joined emoji (woman + pan) also its parts.
These names are kept apart from the words (`names`), so they never tear a phrase.

Words longer than MAX_CHARS are dropped: they are noise (keys, base64), not language.
MAX_CHARS: our own choice.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import Any, NamedTuple

from influencr.text._fold import fold

__all__ = [
    "MAX_CHARS",
    "Token",
    "handle_words",
    "indexable",
    "indexable_lines",
    "names",
    "spans",
    "words",
]

MAX_CHARS = 80

# Chunks longer than this are rarely seen twice (links, whole lines of Chinese): not worth keeping.
_CACHED_CHARS = 48
_CACHED_CHUNKS = 200_000
# Whatever can start a name, before folding: # and @ in all their widths, the emoji joiner.
_SIGNS = "#@＃＠﹟﹫\u200d"
_CHUNK = re.compile(r"\S+")
_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\u30FC\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
# What belongs to an emoji but never to a word: joiners, selectors, keycap, tones, tag characters.
_INVISIBLE = r"\u200C\u200D\uFE0E\uFE0F\u20E3\U0001F3FB-\U0001F3FF\U000E0020-\U000E007F"
_TONES = re.compile("[\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]")
# Gender signs inside a joined emoji are not what anybody searches for.
_NOT_PARTS = frozenset("♀♂")


class Token(NamedTuple):
    """One word or name with the place it has in the text as given: text[start:end].

    position   0, 1, 2, ... for words; None for names (tags, mentions, parts of a joined emoji)
    """

    text: str
    start: int
    end: int
    position: int | None


@functools.cache
def _pattern() -> Any:
    import regex

    picture = r"\p{Extended_Pictographic}[\uFE0F\U0001F3FB-\U0001F3FF]*[\U000E0020-\U000E007F]*"
    letter = rf"[[\p{{L}}\p{{M}}\p{{N}}]--[{_UNSPACED}{_INVISIBLE}]]"
    body = r"[[\p{L}\p{M}\p{N}_]--[\u20E3\uFE0E\uFE0F]]+"
    return regex.compile(
        rf"(?V1)(?P<emoji>\p{{Regional_Indicator}}{{2}}|{picture}(?:\u200D{picture})*)"
        rf"|(?P<tag>\#(?P<tagged>{body})|(?<![\p{{L}}\p{{N}}_.])@(?P<called>{body}(?:[.@-]{body})*))"
        rf"|(?P<word>[[{_UNSPACED}]--\p{{M}}]\p{{M}}*|{letter}+)"
    )


def _cut(folded: str) -> list[tuple[str, int, int, bool]]:
    """(text, start, end, is a word) of a folded chunk, in order of their starts."""
    found: list[tuple[str, int, int, bool]] = []
    for match in _pattern().finditer(folded):
        start, end = match.span()
        if match["word"] is not None:
            found.append((match[0], start, end, True))
        elif match["emoji"] is not None:
            whole = _TONES.sub("", match[0])
            found.append((whole, start, end, True))
            if "\u200d" in whole:
                found += [
                    (part, start, end, False)
                    for part in dict.fromkeys(whole.split("\u200d"))
                    if part and part not in _NOT_PARTS
                ]
        else:
            body_start = start + 1
            found.append((match[0], start, end, False))
            found += [
                (t, body_start + s, body_start + e, is_word)
                for t, s, e, is_word in _cut(folded[body_start:end])
                # The host part of "@ana@example.org" is no second mention.
                if is_word
            ]
    return [t for t in found if len(t[0]) <= MAX_CHARS]


def _split(chunk: str) -> tuple[str, str]:
    folded = fold(chunk)
    if folded.isascii() and folded.isalnum():
        return (folded if len(folded) <= MAX_CHARS else "", "")
    cut = _cut(folded)
    return (
        " ".join(t for t, _, _, is_word in cut if is_word),
        " ".join(t for t, _, _, is_word in cut if not is_word),
    )


class _Memory(dict[str, str]):
    """Words (or names) of the chunks seen lately: most chunks have been seen before."""

    def __init__(self, part: int) -> None:
        super().__init__()
        self._part = part

    def __missing__(self, chunk: str) -> str:
        found = _split(chunk)[self._part]
        if len(chunk) <= _CACHED_CHARS:
            if len(self) >= _CACHED_CHUNKS:
                self.clear()
            self[chunk] = found
        return found


# Everything of ASCII that is no letter and no digit separates.
_SPACED = {c: " " for c in range(128) if not chr(c).isalnum()}

_SPACED_LINES = {c: space for c, space in _SPACED.items() if c != 10}

_words_of = _Memory(0)
_names_of = _Memory(1)


def indexable(text: str) -> tuple[str, str]:
    """(the words joined by spaces, the names joined by spaces): what an index is fed.

    >>> indexable("I ♥️ #vegan food_truck 東京")
    ('i ♥ vegan food truck 東 京', '#vegan')
    """
    if text.isascii():
        return _plain(text)
    chunks = text.split()
    # A chunk without words gives "", which the filter keeps out of the join.
    stream = " ".join(filter(None, map(_words_of.__getitem__, chunks)))
    return stream, _names_in(text, chunks)


def indexable_lines(text: str) -> tuple[list[str], str]:
    """The same of a text of several lines: (the words of each line that has any, all names).

    >>> indexable_lines("I ♥️ #vegan food\\n...\\ntruck @ana")
    (['i ♥ vegan food', 'truck ana'], '#vegan @ana')
    """
    if text.isascii():
        # Everything that separates goes at once, the lines stay; only \\n parts them.
        cut = [line.split() for line in text.lower().translate(_SPACED_LINES).split("\n")]
        if len(text) > MAX_CHARS and max(map(len, text.split()), default=0) > MAX_CHARS:
            cut = [[word for word in line if len(word) <= MAX_CHARS] for line in cut]
        named = "#" in text or "@" in text
    else:
        lines = text.split("\n")
        cut = [list(filter(None, map(_words_of.__getitem__, line.split()))) for line in lines]
        named = True
    streams = [" ".join(line) for line in cut if line]
    return streams, _names_in(text, text.split()) if named else ""


def _plain(text: str) -> tuple[str, str]:
    """The same for a text of ASCII only, where words are runs of letters and digits."""
    found = text.lower().translate(_SPACED).split()
    if len(text) > MAX_CHARS and max(map(len, found), default=0) > MAX_CHARS:
        found = [word for word in found if len(word) <= MAX_CHARS]
    others = _names_in(text, text.split()) if "#" in text or "@" in text else ""
    return " ".join(found), others


def _names_in(text: str, chunks: list[str]) -> str:
    signs = [sign for sign in _SIGNS if sign in text]
    if not signs:
        return ""
    named = [chunk for sign in signs for chunk in chunks if sign in chunk]
    if len(signs) > 1:
        # "@ana#vegan" holds two signs; chunks keep their order and come once each.
        chosen = set(named)
        named = [chunk for chunk in chunks if chunk in chosen]
    return " ".join(filter(None, map(_names_of.__getitem__, named)))


def words(text: str) -> list[str]:
    """The words of a text, folded, in order.

    >>> words("Müller's ramen東京 👍🏽 #Vegan")
    ['muller', 's', 'ramen', '東', '京', '👍', 'vegan']
    """
    stream = indexable(text)[0]
    return stream.split(" ") if stream else []


def names(text: str) -> list[str]:
    """The second names in a text: tags with `#`, mentions with `@`, parts of joined emoji.

    >>> names("@Ana.B loves #ComidaSana 👩🏽‍🍳")
    ['@ana.b', '#comidasana', '👩', '🍳']
    """
    extra = indexable(text)[1]
    return extra.split(" ") if extra else []


def spans(text: str) -> list[Token]:
    """Every word and name of a text with its place in the text as given.

    A word that folding made longer or shorter ("Œuvre" is searched as "oeuvre") still points at
    the letters that were written; an emoji's span takes its tone and selectors in.

    >>> [t[:3] for t in spans("L'Œuvre 👍🏽")]
    [('l', 0, 1), ('oeuvre', 2, 7), ('👍', 8, 10)]
    """
    found: list[Token] = []
    position = 0
    for chunk in _CHUNK.finditer(text):
        written, at = chunk[0], chunk.start()
        pieces = (_spans_of if len(written) <= _CACHED_CHARS else _chunk_spans)(written)
        for piece, start, end, is_word in pieces:
            found.append(Token(piece, at + start, at + end, position if is_word else None))
            position += is_word
    return found


def _chunk_spans(written: str) -> tuple[tuple[str, int, int, bool], ...]:
    """(text, start, end, is a word) of a chunk, in letters as written."""
    folded = fold(written)
    starts, ends = _places(written, folded)
    return tuple(
        (piece, starts[start], ends[end - 1], is_word)
        for piece, start, end, is_word in _cut(folded)
    )


_spans_of = functools.lru_cache(maxsize=1 << 16)(_chunk_spans)


def _places(written: str, folded: str) -> tuple[list[int], list[int]]:
    """For each folded character, where its letter starts and ends in the text as written.

    Folding works on a letter and the marks after it; where letters influence each other (Korean
    typed as single jamo) the whole chunk is the answer.
    """
    if written.isascii():
        return list(range(len(folded))), list(range(1, len(folded) + 1))
    starts: list[int] = []
    ends: list[int] = []
    pieces: list[str] = []
    start = 0
    while start < len(written):
        end = start + 1
        while end < len(written) and unicodedata.category(written[end]) == "Mn":
            end += 1
        piece = fold(written[start:end])
        pieces.append(piece)
        starts += [start] * len(piece)
        ends += [end] * len(piece)
        start = end
    if "".join(pieces) == folded:
        return starts, ends
    return [0] * len(folded), [len(written)] * len(folded)


_HOSTS = (".bsky.social",)


def handle_words(handle: str) -> str:
    """The part of a handle that its owner chose, for its words: no instance, no shared host.

    Without this, "social" would find everybody on a network that hosts its members there.

    >>> handle_words("ana.bsky.social"), handle_words("ana@mastodon.social"), handle_words("a.b")
    ('ana', 'ana', 'a.b')
    """
    chosen = handle.lstrip("@").partition("@")[0]
    for host in _HOSTS:
        chosen = chosen.removesuffix(host)
    return chosen
