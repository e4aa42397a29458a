"""What strangers wrote, marked as data before a program that reads prose gets it.

A bio may say anything, orders to whoever reads it among it. Three things are done, and none of them
needs to understand the text:

1. Characters that no reader sees (controls, changes of direction, tags, fillers, selectors that
   carry hidden bytes) are taken out, and counted.
2. Every text that could hold a sentence stands between FENCE and its end, which are taken out of
   the text itself, so that nothing inside can close the fence.
3. The names of the fields that hold such texts are listed beside the answer, `untrusted`.

Not fenced are single words without blanks (identifiers, codes, instants), but for those of THEIRS,
and the values of OURS: sentences from fixed templates of this program, names of the gazetteer, and
what the caller asked themselves. A key that is in neither is fenced where it holds more than one
word, so that a new field is safe before anybody thought of it.

Positions in a text (`spans`) mean nothing any more and are left out.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any, Final

__all__ = ["FENCE", "OURS", "THEIRS", "fenced", "shown", "unfenced"]

#: Mathematical white square brackets; our own choice: one token each, and hardly in any bio.
FENCE: Final = ("\u27e6", "\u27e7")
_BRACKETS: Final = str.maketrans({FENCE[0]: "[", FENCE[1]: "]"})

#: Keys whose texts are this program's own words, or the caller's.
OURS: Final = frozenset(
    {
        # Sentences from fixed templates, with numbers alone in them.
        *(
            "verdict_reason",
            "influence_reason",
            "closeness_reason",
            "growth_reason",
            "how",
            "where",
        ),
        *("audience_reason", "engagement_definition", "definition", "effect", "rule", "outcome"),
        # What the caller asked, and handles that are made of it.
        *("query", "asked", "subject", "number", "numbers", "handle_of", "brief"),
    }
)
#: The same for keys that mean something only in their place: names of the gazetteer, templates.
_OURS_THERE: Final = ("place.label", "place.name", "activity.reason", "engagement.reason")
#: Keys whose texts are fenced even when they are a single word.
THEIRS: Final = frozenset(
    {
        *("display_name", "bio_text", "text", "evidence", "links", "called", "note", "said"),
        *("description", "passage", "detail", "contact_source"),
    }
)
#: Keys that hold places in a text.
_POSITIONS: Final = frozenset({"spans"})
#: One word: it has to be copied as it is into the next question.
_WORD: Final = re.compile(r"[\w.:/@%+~#=?&,!$'()*;\[\]-]{0,256}", re.ASCII)
_INVISIBLE: Final = re.compile(
    "["
    # Soft hyphen, Arabic letter mark, Hangul and Khmer fillers, Mongolian selectors.
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    # Zero width, marks and changes of direction, invisible operators, deprecated controls.
    "\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb"
    # Shorthand and musical controls, tags, selectors of variants (two of them are kept below).
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff\ufe00-\ufe0d"
    "]"
)
#: Joiners and the two selectors of emoji belong to scripts and pictures, one at a time.
_REPEATED: Final = re.compile("([\u200c\u200d\ufe0e\ufe0f])[\u200c\u200d\ufe0e\ufe0f]+")
_LEADING: Final = re.compile("(^|[\\s\\x00-\\x7f])[\u200c\u200d]+")
_BREAKS: Final = str.maketrans({"\u2028": "\n", "\u2029": "\n", "\x85": "\n", "\r": "\n"})


def shown(text: str) -> tuple[str, int]:
    """The text without what no reader sees, and how many characters that were.

    >>> shown("vegan\\u202e\\U000e0041 food")
    ('vegan food', 2)
    """
    if text.isascii() and text.isprintable():
        return text, 0
    seen = _INVISIBLE.sub("", text.replace("\r\n", "\n").translate(_BREAKS))
    seen = _LEADING.sub(r"\1", _REPEATED.sub(r"\1", seen))
    seen = "".join(
        c for c in seen if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs", "Co", "Cn")
    )
    return seen, len(text) - len(seen)


def fenced(document: Any) -> tuple[Any, dict[str, Any]]:
    """A plain document with strangers' texts between fences, and what is told of them.

    returns   the document, and `fields` (paths, positions as *), `removed` (invisible characters
              that were taken out)
    """
    marks = _Marks()
    return marks.walk(document, ""), {"fields": sorted(marks.fields), "removed": marks.removed}


def unfenced(value: Any) -> Any:
    """What a client sends back: texts without the fences that they were given in."""
    if isinstance(value, str):
        return value.replace(FENCE[0], "").replace(FENCE[1], "")
    if isinstance(value, list):
        return [unfenced(one) for one in value]
    if isinstance(value, dict):
        return {unfenced(name): unfenced(one) for name, one in value.items()}
    return value


class _Marks:
    def __init__(self) -> None:
        self.fields: set[str] = set()
        self.removed = 0

    def walk(self, value: Any, path: str, *, ours: bool = False, theirs: bool = False) -> Any:
        if isinstance(value, dict):
            found = {}
            for name, one in value.items():
                if name in _POSITIONS:
                    continue
                there = f"{path}.{name}" if path else str(name)
                found[self._key(name)] = self.walk(
                    one,
                    there,
                    ours=ours or name in OURS or there.endswith(_OURS_THERE),
                    theirs=theirs or name in THEIRS,
                )
            return found
        if isinstance(value, list):
            return [self.walk(one, f"{path}.*", ours=ours, theirs=theirs) for one in value]
        if isinstance(value, str):
            return self._text(value, path, ours=ours, theirs=theirs)
        return value

    def _key(self, name: str) -> str:
        text, removed = shown(name)
        self.removed += removed
        return text

    def _text(self, text: str, path: str, *, ours: bool, theirs: bool) -> str:
        seen, removed = shown(text)
        self.removed += removed
        seen = seen.translate(_BRACKETS)
        if ours or not seen or (not theirs and _WORD.fullmatch(seen)):
            return seen
        self.fields.add(path)
        return f"{FENCE[0]}{seen}{FENCE[1]}"
