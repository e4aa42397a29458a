"""One way to make two spellings of the same word equal, used by search and by geography.

NFKC, case folding, accents dropped from Latin, Greek and Cyrillic letters only (Arabic harakat and
tatweel too, because people type without them), styled letters (mathematical, small capitals)
brought back to plain ones. Marks that carry meaning in other scripts (Indic vowel signs, Thai tone
marks, Japanese voicing) are kept: dropping them makes different words equal.
"""

from __future__ import annotations

import unicodedata

__all__ = ["fold", "printable"]

# Letters that NFKC leaves apart although people use them as plain ones: small capitals from the
# phonetic blocks, as seen in display names, and letters that have no decomposition.
_STYLED = str.maketrans(
    {
        **dict(zip("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnoprstuvwyz", strict=True)),
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "ł": "l",
        "ħ": "h",
        "ı": "i",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
    }
)
# Arabic: tatweel and harakat go; alef and ya forms meet (the usual search folding, as in Lucene's
# ArabicNormalizer).
_ARABIC = str.maketrans(
    {
        "ـ": None,
        **{chr(c): None for c in range(0x064B, 0x0653)},
        "أ": "ا",
        "إ": "ا",
        "آ": "ا",
        "ى": "ي",
        "ة": "ه",
    }
)

#: Bidirectional embeddings, overrides and isolates.
_BIDI = frozenset(chr(c) for c in (*range(0x202A, 0x202F), *range(0x2066, 0x206A)))


def fold(text: str) -> str:
    """The text with case, accents and letter styles removed; same word order, not same length.

    >>> fold("Comédie MÜNCHEN Ｖｅｇａｎ")
    'comedie munchen vegan'
    >>> fold("İstanbul"), fold("كُومِيدِيّ")
    ('istanbul', 'كوميدي')
    >>> fold("東京ラーメン"), fold("हिन्दी") == "हिन्दी"
    ('東京ラーメン', True)
    """
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFKC", text).casefold().translate(_STYLED).translate(_ARABIC)
    if text.isascii():
        return text
    pieces: list[str] = []
    base_drops_marks = False
    for char in unicodedata.normalize("NFD", text):
        if unicodedata.category(char) == "Mn":
            if base_drops_marks:
                continue
        else:
            # Latin, Greek, Cyrillic and Arabic letters all lie below U+0780; the extended Latin
            # and Greek blocks (Vietnamese, polytonic) between U+1E00 and U+1FFF.
            point = ord(char)
            base_drops_marks = point < 0x0780 or 0x1E00 <= point < 0x2000
        pieces.append(char)
    return unicodedata.normalize("NFC", "".join(pieces)).translate(_STYLED)


def printable(text: str) -> str:
    """The text as it may be stored and shown: NFC, no lone surrogates, no control characters.

    Line breaks and tabs stay; bidirectional override characters go, because they let a bio rewrite
    the line that it is shown in.

    >>> printable("a\\x00b\\ud800c\\u202ed")
    'abcd'
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        c
        for c in unicodedata.normalize("NFC", text)
        if c in "\n\t" or not (unicodedata.category(c) in ("Cc", "Cs") or c in _BIDI)
    )
