"""How a place name is written down for comparison: the same function for the data and the query.

On top of `text.fold` (case, accents, styled letters) a key drops apostrophes ("L'Aquila",
"Xi’an"), joins dotted initials ("D.C.", "S. C") and turns every other punctuation into one space
("Saint-Denis", "St. Louis"). Vowel signs and tone marks of other scripts stay.
"""

from __future__ import annotations

import re
import unicodedata

from influencr.text import fold

__all__ = ["name_key"]

_APOSTROPHES = re.compile("['’‘ʼʻʿʾ`´′]")
_INITIALS = re.compile(r"(?<![^\W_])([^\W\d_])\.\s?(?=[^\W\d_](?![^\W\d_]))")
_NOT_ASCII_WORD = re.compile(r"[^a-z0-9]+")


def name_key(text: str) -> str:
    """The comparable form of a place name; empty when no letter or digit is left.

    >>> name_key("Washington, D.C."), name_key("Saint-Étienne"), name_key("Xi’an")
    ('washington dc', 'saint etienne', 'xian')
    >>> name_key("東京都"), name_key("Trinidad & Tobago")
    ('東京都', 'trinidad and tobago')
    """
    if "." in text:
        text = _INITIALS.sub(r"\1", text)
    if "&" in text:
        text = text.replace("&", " and ")
    text = _APOSTROPHES.sub("", fold(text))
    if text.isascii():
        return _NOT_ASCII_WORD.sub(" ", text).strip()
    return " ".join(
        "".join(
            c if c.isalnum() or unicodedata.category(c) in ("Mn", "Mc") else " " for c in text
        ).split()
    )
