"""Takes a declared location apart: flags, coordinates, and the segments between separators."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

__all__ = [
    "FLAG",
    "ORIGIN",
    "Prepared",
    "coordinates",
    "flags",
    "plain_letters",
    "prepare",
    "weak_split",
]

#: A national flag (two regional indicators) or a British subdivision flag (black flag and tags).
FLAG = re.compile(
    "[\U0001f1e6-\U0001f1ff]{2}|\U0001f3f4[\U000e0061-\U000e007a\U000e0030-\U000e0039]+\U000e007f"
)
_URL = re.compile(r"(?:https?://|www\.)\S+|\b[\w.-]+\.(?:com|net|org|io|tv|gg|me)\b\S*", re.I)
_HANDLE = re.compile(r"(?<!\w)@\w+")
_NUMBER = r"[+-]?\d{1,3}(?:\.\d+)?"
_COORDINATES = re.compile(rf"({_NUMBER})°?\s*[,;\s]\s*({_NUMBER})°?(?!\S)")
_SEPARATOR = re.compile(
    r"\.{2,}|(?<=\w{3})\.(?=[A-Z]\w{2})|[,/|•·;()\[\]{}\n\r\t‧∙●►→➡⇒←↔⇐⬅↔~^*_=+«»\"“”<>،、，。｜：:!?！？]"
    r"|\s[-–—]+\s|[–—]|(?<!\b[SsMmFf][Tt])(?<!\b[Ss]t[aeo])(?<=\S)\s*\.(?=\s|$)|(?:^|\s)\.(?=\S)"
)
# These also stand inside names ("Newfoundland and Labrador"), so they split only what is unknown.
_WEAK = re.compile(
    r"\s(?:or|and|via|y|et|und|by way of|ou|oder|to|x|but|from|och|og|ve|e)\s|\s?&\s?", re.I
)
# Post codes stand beside places and are none: "Chicago, IL 60614", "TX78701", "10115 Berlin".
_POST_CODE = re.compile(
    r"(?<=\b[A-Z]{2})[ ,]*\d{5}(?:-\d{4})?\b|^\s*(?:[A-Z]{1,2}-)?\d{4,5}\s+(?=[^\W\d_]{3})"
    r"|\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b"
)
# "O K L A H O M A": four single letters or more.
_SPACED = re.compile(r"\s*(?:[^\W\d_]\s+){3,}[^\W\d_]\s*")
# Degrees, minutes and seconds on both axes, the hemisphere before or behind.
_DMS = re.compile(
    r"(?P<ns>[NS])?\s*(?P<lat>\d{1,2}(?:\.\d+)?)\s*°\s*(?:(?P<lat_m>\d{1,2})\s*['’′]\s*)?"
    r"(?:(?P<lat_s>\d{1,2}(?:\.\d+)?)\s*(?:''|[\"″”]))?\s*(?P<ns2>[NS])?[\s,/;]*"
    r"(?P<ew>[EW])?\s*(?P<lon>\d{1,3}(?:\.\d+)?)\s*°\s*(?:(?P<lon_m>\d{1,2})\s*['’′]\s*)?"
    r"(?:(?P<lon_s>\d{1,2}(?:\.\d+)?)\s*(?:''|[\"″”]))?\s*(?P<ew2>[EW])?",
    re.I,
)
#: Words in front of a place that somebody comes from, and behind it.
ORIGIN = re.compile(
    r"^(?:i'?m\s+)?(?:(?:born|raised|bred|grew up)\b(?:\s+(?:and|&|n)\s+(?:raised|bred))?"
    r"(?:\s+(?:in|and))?|native of|originally(?:\s+from)?|from|formerly|ex|née? (?:à|en)"
    r"|nacid[oa] en|geboren in|nascid[oa] em|nat[oa] a|родом из|من مواليد)[\s-]+(?=\S)"
    r"|\s(?:born|bred|raised|born (?:and|&|n) (?:raised|bred)|native)$",
    re.I,
)
#: Separators between a place and what it lies in; every other one lists several places.
_COMMA = re.compile(r"^\s*[,،、，.\n()]?\s*$")


@dataclass(slots=True)
class Prepared:
    """A location string taken apart.

    whole      the text without flags, links and handles
    segments   the pieces between separators, as written
    listed     per segment: does a separator for lists ("/", "|", ...) stand before it
    origin     per segment: do its words say that somebody comes from there
    flags      alpha-2 or ISO 3166-2 codes of the flags, each once, in order
    """

    whole: str
    segments: list[str] = field(default_factory=list)
    listed: list[bool] = field(default_factory=list)
    origin: list[bool] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)


def flags(text: str) -> list[str]:
    """Codes of the flag emoji in a text, each once, in order.

    >>> flags("🇫🇷 | 🇫🇷 in 🇲🇦"), flags("🏴󠁧󠁢󠁳󠁣󠁴󠁿")
    (['FR', 'MA'], ['GB-SCT'])
    """
    found: list[str] = []
    for match in FLAG.findall(text):
        if match[0] == "\U0001f3f4":
            tags = "".join(chr(ord(c) - 0xE0000) for c in match[1:-1]).upper()
            code = f"{tags[:2]}-{tags[2:]}"
        else:
            code = "".join(chr(ord(c) - 0x1F1E6 + ord("A")) for c in match)
        if code not in found:
            found.append(code)
    return found


def coordinates(text: str) -> tuple[float, float] | None:
    """Latitude and longitude when the text holds a pair with at least one decimal point.

    >>> coordinates("ÜT: 52.5163,13.3777"), coordinates("9-11-15"), coordinates("Route 66, 12")
    ((52.5163, 13.3777), None, None)
    """
    for match in _COORDINATES.finditer(text):
        if "." not in match[1] or "." not in match[2]:
            continue
        lat, lon = float(match[1]), float(match[2])
        if -90 <= lat <= 90 and -180 <= lon <= 180 and (lat, lon) != (0.0, 0.0):
            return lat, lon
    return _degrees(text) if "°" in text else None


def _degrees(text: str) -> tuple[float, float] | None:
    match = _DMS.search(text)
    if match is None:
        return None
    north, east = match["ns"] or match["ns2"], match["ew"] or match["ew2"]
    if not north or not east:
        return None
    lat = float(match["lat"]) + int(match["lat_m"] or 0) / 60 + float(match["lat_s"] or 0) / 3600
    lon = float(match["lon"]) + int(match["lon_m"] or 0) / 60 + float(match["lon_s"] or 0) / 3600
    if lat > 90 or lon > 180:
        return None
    return (-lat if north in "Ss" else lat), (-lon if east in "Ww" else lon)


def prepare(text: str) -> Prepared:
    """The parts of a location string.

    >>> prepare("Paris, TX").segments
    ['Paris', 'TX']
    >>> prepare("London / Lagos 🇳🇬").listed
    [False, True]
    >>> prepare("Tokyo .Japan .").segments
    ['Tokyo', 'Japan']
    """
    found = flags(text)
    if found:
        text = FLAG.sub(" | ", text)
    if any(c.isdigit() for c in text):
        text = _POST_CODE.sub("", text)
    if _SPACED.fullmatch(text):
        text = "".join(text.split())
    # A hashtag is a word, and parts what stands around it.
    text = text.replace("#", " | ") if "#" in text else text
    if "." in text or "@" in text:
        text = _HANDLE.sub(" ", _URL.sub(" ", text))
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
        text = "".join(" | " if _is_symbol(c) else c for c in text)
    prepared = Prepared(whole=text.strip(" \t\n|"), flags=found)
    at = 0
    gap = ""
    for match in _SEPARATOR.finditer(text):
        _add(prepared, text[at : match.start()], gap)
        gap = match[0] if not prepared.segments or at == match.start() else gap
        if prepared.segments and text[at : match.start()].strip():
            gap = match[0]
        at = match.end()
    _add(prepared, text[at:], gap)
    return prepared


# Letters of other alphabets that people write for the Latin ones they look like: "тєχαѕ".
_LOOKS_LIKE = str.maketrans(
    "αβεικνοτυχγησςωλρπδθавгеёзиіїјкмнортухсѕєяшщплцбдьѵ",
    "abeikvotuxynoswapndoabreeeniijkmhoptyxsserwwnnubdbv",
)


def plain_letters(text: str) -> str:
    """A text with look-alike letters as Latin ones, for strings that name nothing as they stand.

    >>> plain_letters("тєχαѕ")
    'texas'
    """
    return text.lower().translate(_LOOKS_LIKE)


def weak_split(segment: str) -> list[tuple[str, bool]]:
    """A segment taken apart at words that list places, and whether somebody comes from there.

    >>> weak_split("London via Lagos")
    [('London', False), ('Lagos', True)]
    """
    found: list[tuple[str, bool]] = []
    at, origin = 0, False
    for match in _WEAK.finditer(segment):
        found.append((segment[at : match.start()].strip(), origin))
        at, origin = match.end(), match[0].strip().lower() in ("via", "by way of", "from")
    found.append((segment[at:].strip(), origin))
    return [(piece, is_origin) for piece, is_origin in found if piece]


def _add(prepared: Prepared, piece: str, gap: str) -> None:
    piece = piece.strip(" .'-\u200d\ufe0f")
    if piece:
        origin = ORIGIN.search(piece)
        if origin is not None:
            # "from London to Paris" names two places; only the words themselves are cut off.
            piece = (piece[: origin.start()] + piece[origin.end() :]).strip()
        prepared.listed.append(bool(prepared.segments) and not _COMMA.match(gap))
        prepared.origin.append(origin is not None)
        prepared.segments.append(piece)


def _is_symbol(char: str) -> bool:
    # Emoji, pictographs, variation selectors and joiners; letters and marks are none of these.
    return ord(char) > 0x2000 and unicodedata.category(char) in ("So", "Sk", "Cf", "Cn", "Co", "Me")
