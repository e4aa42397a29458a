"""Where a bio says somebody is: a pin, "based in X" in a dozen languages, a part of its own that
reads "City, Country", or a single flag.

Nothing else of a bio is read: a free scan of bios agrees with the location field in two of three
cases only (design document, section 1). Names must be in the gazetteer exactly. Origin ("from"),
travel and past places are not cues here.
"""

from __future__ import annotations

import re

from influencr.geography._prepare import FLAG, flags
from influencr.geography._resolve import Resolution, resolve
from influencr.geography.gazetteer._format import PlaceKind
from influencr.geography.gazetteer._reader import Gazetteer

__all__ = ["from_bio"]

_PIN = re.compile("[\U0001f4cd]\ufe0f?\\s*(?:[:\\-–]\\s*)?([^\n|•·;!?]{2,80})")
_PATTERNS = (
    # English, Spanish, French, German, Italian, Portuguese, Dutch, Indonesian, Polish.
    r"based (?:in|out of)|living in|lives? in|located in|residing in|currently in",
    r"vivo en|viviendo en|vive en|basad[oa] en|resido en|con base en",
    r"basée?s? (?:à|a|en|au)|habite (?:à|a|en|au)|j'habite (?:à|a|en|au)|vis (?:à|a|en|au)",
    r"lebe in|lebt in|wohne in|wohnt in|wohnhaft in|zuhause in",
    r"vivo a|vive a|abito a|residente (?:a|em|en)|basat[oa] (?:a|in)",
    r"moro em|mora em|morando em|vivo em|vivendo em|baseada? em",
    r"woon in|woont in|wonend in|gevestigd in",
    r"tinggal di|domisili|berdomisili di",
    r"bor i|bosatt i|bosat i",
)
_BASED = re.compile(rf"(?<![\w])(?:{'|'.join(_PATTERNS)})\s*:?\s+([^\n|•·;!?]{{2,80}})", re.I)
_ARABIC = re.compile(
    r"(?:مقيم في|مقيمة في|مقيم ب|أعيش في|اعيش في|أسكن في|اسكن في)\s+([^\n|•·;!?]{2,60})"
)
_X_BASED = re.compile(
    r"(?<!\w)((?:[A-Z][\w'’.]{0,20}[ ,]{1,2}){0,2}[A-Z][\w'’.]{0,20})[ -][Bb]ased(?!\w)"
)
_ZAIJU = re.compile(r"([\u3005\u3040-\u30ff\u3400-\u9fff]{2,12})在住")
_ZUOBIAO = re.compile(r"(?:坐标|坐標|现居|現居)\s*[:：]?\s*([\u3400-\u9fff]{2,12})")
_GEOJU = re.compile(r"([\uac00-\ud7af]{2,10})\s?거주")
# Said of another time or of somebody else.
_NOT_NOW = re.compile(
    r"(?:\bnot|\bnever|\bformerly|\bpreviously|\bex|\bused to|\bonce|\bwas|\bno|\bnicht|\bantes"
    r"|\bwish i|\bif i|\bsoon)[\s-]+(?:be\s+)?$",
    re.I,
)
_END = re.compile(
    r"\s+[-–—]+\s+|\s{2,}|(?<=\w{3})\.(?=\s|$)|\bhttps?:|@|#|\s&\s|\s(?:and|y|et|und)\s"
)
# What stands alone between separators, line ends, pictures and full stops; "Seattle, WA".
_PARTS = re.compile(
    r"\s*(?:[\n|•·;!?/~★☆✦✧→»«]|\s[-–—+]\s|(?<=\w{3})\.(?:\s|$)|[\u2600-\u27bf\U0001f300-\U0001faff"
    r"\ufe0f\u200d])+\s*"
)
_PAIR = re.compile(r"([^,，、]{2,40})[,，、]\s*([^,，、]{2,30})")
# Where somebody comes from is not where they are.
_ORIGIN = re.compile(r"(?:from|born|raised|originally|ex)\b", re.I)
MAX_WORDS = 6
#: Characters of a bio that are read; networks allow at most 5,000 (YouTube), mostly under 500.
MAX_BIO = 5_000

#: Confidence by cue, applied to what the words themselves resolve to.
_CUE = {"pin": 0.95, "based": 0.92, "pair": 0.92}
_FLAG_CONFIDENCE = 0.6


def from_bio(bio: str, gazetteer: Gazetteer, *, country: str | None = None) -> Resolution | None:
    """The place that a bio states, or None when it holds no cue.

    country   alpha-2 that other fields give, as a prior

    >>> g = Gazetteer.load()
    >>> g.label(from_bio("Food & travel 📍 Lyon, France ✨ dm for collabs", g).row)
    'Lyon, Auvergne-Rhône-Alpes, France'
    >>> from_bio("I love Paris", g) is None
    True
    """
    bio = bio[:MAX_BIO]
    found: list[tuple[str, str]] = [("pin", m[1]) for m in _PIN.finditer(bio)]
    for pattern in (_BASED, _ARABIC, _X_BASED, _ZAIJU, _ZUOBIAO, _GEOJU):
        for match in pattern.finditer(bio):
            if not _NOT_NOW.search(bio[max(0, match.start() - 20) : match.start()]):
                found.append(("based", match[1]))
    for cue, span in found:
        resolution = _longest(span, gazetteer, country)
        if resolution is not None:
            resolution.confidence = round(resolution.confidence * _CUE[cue], 3)
            resolution.reason = "pin" if cue == "pin" else "based in"
            return resolution
    return _pair(bio, gazetteer) or _single_flag(bio, gazetteer)


def _pair(bio: str, gazetteer: Gazetteer) -> Resolution | None:
    """A part of the bio that is nothing but "City, Region" or "City, Country".

    Both names must be exact and the second must hold the first, so "mother, ME" says nothing; a
    first word in small letters is taken for a word.
    """
    for part in _PARTS.split(FLAG.sub(" ", bio)):
        match = _PAIR.fullmatch(part.strip())
        if match is None or match[1][0].islower():
            continue
        if _ORIGIN.match(match[1]):
            continue
        resolution = _held(match[1], match[2].strip(), gazetteer)
        if resolution is None:
            continue
        resolution.words = part.strip()
        resolution.confidence = round(resolution.confidence * _CUE["pair"], 3)
        resolution.reason = "its own part"
        return resolution
    return None


def _held(city: str, frame: str, gazetteer: Gazetteer) -> Resolution | None:
    """The city inside the named country or region, None unless both are exact and it is inside."""
    if len(frame) == 2 and frame.isascii() and frame.isupper():
        # "WA" is a state here and a state there: the city decides which one is meant.
        resolution = resolve(f"{city}, {frame}", gazetteer)
        if resolution.row is None or gazetteer.kinds[resolution.row] != PlaceKind.CITY:
            return None
        place = gazetteer.at(resolution.row)
        inside = place.country in (frame, {"UK": "GB"}.get(frame))
        return resolution if inside or (place.admin1 or "").endswith(f"-{frame}") else None
    around = resolve(frame, gazetteer)
    if around.row is None or gazetteer.kinds[around.row] not in (
        PlaceKind.COUNTRY,
        PlaceKind.ADMIN1,
    ):
        return None
    resolution = resolve(city, gazetteer, within=around.row)
    is_city = resolution.row is not None and gazetteer.kinds[resolution.row] == PlaceKind.CITY
    return resolution if is_city else None


def _longest(span: str, gazetteer: Gazetteer, country: str | None) -> Resolution | None:
    """The longest start of the span that names a place: bios go on after it."""
    # A flag right after the place is context for it; any other emoji ends the span.
    text = ""
    for char in FLAG.sub(lambda m: f" {m[0]} ", span):
        if ord(char) >= 0x2600 and not _keeps(char):
            break
        text += char
    text = _END.split(text)[0].strip()
    words = text.split()[:MAX_WORDS]
    for end in range(len(words), 0, -1):
        start = " ".join(words[:end]).strip(" ,.-")
        if not start:
            continue
        resolution = resolve(start, gazetteer, country=country)
        if resolution.row is not None:
            return resolution
    return None


def _keeps(char: str) -> bool:
    point = ord(char)
    return (
        0x1F1E6 <= point <= 0x1F1FF
        or 0x3000 <= point < 0xFE00
        or 0xFF00 <= point < 0xFFF0
        or 0x20000 <= point < 0x30000
    )


def _single_flag(bio: str, gazetteer: Gazetteer) -> Resolution | None:
    rows = [
        row
        for code in flags(bio)
        if (row := gazetteer.country_row.get(code, gazetteer.region_row.get(code))) is not None
    ]
    if len(rows) != 1:
        return None
    return Resolution(rows[0], "flag", _FLAG_CONFIDENCE, words=gazetteer.name(rows[0]))
