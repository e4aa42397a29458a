"""What a text points at (tags, links, accounts), and what is left of it when those are gone.

One definition for every floor: topics reads the tags, language reads the rest. A tag is `#` (or the
full-width `＃`) followed by letters of any script with their marks, digits and underscores; a tag
of digits alone is a number ("#1"), not a tag. A `#` inside a word or a link never starts one.
"""

from __future__ import annotations

import functools
from typing import Any

from influencr.text._fold import fold

__all__ = ["hashtags", "links", "prose"]

# `\p{M}` and the two joiners: Indic vowel signs and Persian compounds are part of the word, and
# the standard library's `\w` stops at them.
_TAG = r"(?<![\w&/])[#＃]([\w\p{M}\u200c\u200d]+)"
# A scheme, or a bare domain that has a path or a well-known ending: "linktr.ee/ana", "ana.com".
_LINK = (
    r"(?<!\w)(?:https?://|www\.)[^\s<>\"']+"
    r"|(?<![\w@.])(?:[a-z0-9-]+\.)+"
    r"(?:[a-z]{2,}/[^\s<>\"']*|(?:com|net|org|io|co|me|tv|ee|app|shop|store|social|link|bio)\b)"
)
# The look-behinds keep each pattern from being tried again inside every word (measured: 5x).
_EMAIL = r"(?<![\w.+-])[\w.+-]+@[\w-]+\.[\w.-]+"
# Emoji with what they are joined from: flags, skin tones, variation selectors.
_SYMBOLS = (
    r"\p{Extended_Pictographic}\U0001F1E6-\U0001F1FF\U0001F3FB-\U0001F3FF\uFE0E\uFE0F\u20E3"
    r"\p{Cs}\p{Co}"
)
_HANDLE = r"(?<![\w])@[\w.\-]+(?:@[\w.\-]+)?"


@functools.cache
def _patterns() -> tuple[Any, Any, Any]:
    """(tag, link, everything that is not prose), compiled on first use."""
    import regex

    return (
        regex.compile(_TAG),
        regex.compile(_LINK, regex.IGNORECASE),
        regex.compile(
            rf"{_EMAIL}|{_LINK}|{_HANDLE}|{_TAG}|[{_SYMBOLS}]\u200d*",
            regex.IGNORECASE,
        ),
    )


def hashtags(text: str) -> list[str]:
    """The tags of a text, folded as search folds words, without `#`, each once, in order.

    >>> hashtags("New! #VeganFood and #Comédie #1 (#veganfood) example.com/#top")
    ['veganfood', 'comedie']
    >>> hashtags("#طبخ ＃料理 #हिन्दी") == ["طبخ", "料理", "हिन्दी"]
    True
    """
    if "#" not in text and "＃" not in text:
        return []
    found: dict[str, None] = {}
    for match in _patterns()[0].finditer(text):
        tag = fold(match[1]).strip("_")
        if tag and not tag.replace("_", "").isdecimal():
            found[tag] = None
    return list(found)


def links(text: str) -> list[str]:
    """Addresses written in a text, as written, each once, in order; trailing stops are cut off.

    >>> links("Shop: https://ana.example/shop. Also linktr.ee/ana, not 3.5 or e.g. this")
    ['https://ana.example/shop', 'linktr.ee/ana']
    """
    if "." not in text:
        return []
    found = (m[0].rstrip(".,;:!?)]}»") for m in _patterns()[1].finditer(text))
    return list(dict.fromkeys(found))


def prose(text: str) -> str:
    """The text without links, e-mail addresses, handles, hashtags and emoji.

    >>> prose("Baker 🥖 in Lyon, DM @ana or mail ana@example.org #bread https://x.example").split()
    ['Baker', 'in', 'Lyon,', 'DM', 'or', 'mail']
    """
    return str(_patterns()[2].sub(" ", text))
