"""The words of a Mastodon note, field or post: HTML in, plain text out, links kept apart.

Mastodon sends a small, sanitised part of HTML (p, br, a, span, lists, quotes, code), and other
servers of the same API send plain text. A tokenizer is needed, a tree is not, so this is a
converter over the standard library's `html.parser`: it is maintained with Python itself, never
raises on broken markup, knows every entity, and brings no dependency (the libraries that turn HTML
into text either build a whole tree in a compiled extension or are under the GPL).

What it knows about Mastodon's markup: a link's text is cut into spans (`invisible`, `ellipsis`),
whose whole text is the address; a mention and a hashtag are links with a class, and are no address
that the person gives; `quote-inline` repeats the address of a quoted post for old programs.
"""

from __future__ import annotations

import re
import unicodedata
from html import unescape
from html.parser import HTMLParser
from typing import NamedTuple

__all__ = ["MAX_CHARS", "Plain", "plain"]

#: Longest text that is read; notes end at 500 characters and posts, on servers that allow more, at
#: some ten thousand. Our own choice, against an answer made to exhaust us.
MAX_CHARS = 100_000

_BLOCKS = frozenset({"p", "div", "li", "ul", "ol", "blockquote", "pre", "tr", "h1", "h2", "h3"})
_SILENT = frozenset({"script", "style", "template"})
# The classes by which Mastodon tells a mention and a hashtag from a link that somebody wrote.
_NOT_LINKS = frozenset({"mention", "hashtag"})
_MARKUP = re.compile(r"</?[a-zA-Z][^<>]*>|&(?:#\d+|#x[0-9a-fA-F]+|[a-zA-Z]+\d*);")
_SPACES = re.compile(r"[^\S\n]+")
_LINES = re.compile(r" ?\n[ \n]*")


class Plain(NamedTuple):
    """Text without markup, and the addresses that its links lead to, each once, in order."""

    text: str
    links: tuple[str, ...]


def plain(markup: str) -> Plain:
    """The text of a note, a field's value or a post; text that holds no markup stays as it is.

    Paragraphs, breaks and list items become line ends; white space is joined as a browser would
    show it; control characters go. Mentions stay in the text and are no links.

    >>> plain('<p>Baker &amp; <a href="https://ana.example/x">ana</a></p><p>Lyon</p>')
    Plain(text='Baker & ana\\nLyon', links=('https://ana.example/x',))
    >>> plain("1 < 2, said Ana").text
    '1 < 2, said Ana'
    """
    cut = markup[:MAX_CHARS]
    if not _MARKUP.search(cut):
        return Plain(_tidy(unescape(cut)), ())
    reader = _Reader()
    reader.feed(cut)
    reader.close()
    return Plain(_tidy("".join(reader.pieces)), tuple(dict.fromkeys(reader.links)))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.links: list[str] = []
        # Open elements whose text is not shown, by name; the innermost last.
        self._hidden: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        classes = set((values.get("class") or "").split())
        if tag in _SILENT or "quote-inline" in classes or self._hidden:
            if tag not in ("br", "img", "hr", "wbr"):
                self._hidden.append(tag)
            return
        if tag == "br" or tag in _BLOCKS:
            self.pieces.append("\n")
        elif tag == "a" and not classes & _NOT_LINKS:
            href = (values.get("href") or "").strip()
            if href.lower().startswith(("https://", "http://")) and not _has_space(href):
                self.links.append(href)

    def handle_endtag(self, tag: str) -> None:
        if self._hidden:
            # What was never opened closes nothing; an end closes what was left open inside it.
            if tag in self._hidden:
                while self._hidden.pop() != tag:
                    continue
        elif tag in _BLOCKS:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            # A line end in the source is a space; only elements make lines.
            self.pieces.append(data.replace("\n", " "))


def _has_space(text: str) -> bool:
    return any(c.isspace() for c in text)


def _tidy(text: str) -> str:
    shown = "".join(c for c in text if c == "\n" or unicodedata.category(c) not in ("Cc", "Cs"))
    joined = _SPACES.sub(" ", unicodedata.normalize("NFC", shown))
    return _LINES.sub("\n", joined).strip()
