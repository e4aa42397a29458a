"""The words around a place: "near", "50 km um", "à moins de 20 km de", "周辺", "or", "except".

A phrase is taken apart into the name, the distance if one is said, and whether its surroundings
are meant. Nothing is looked up here but through `is_name`, because towns are called "In Salah",
"A Coruña" and "Nahe": words that are a name as a whole stay whole.

The lists hold the plain ways to say it in English, German, French, Spanish, Portuguese, Italian,
Dutch, Arabic, Japanese, Chinese and Korean; our own, fixed by tests/unit/geography/test_phrases.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

__all__ = ["ARTICLES", "Phrase", "parse_phrase", "split_excluded", "split_places"]


class Phrase(NamedTuple):
    """name: what to look up. km: the distance said. near: its surroundings, however far.

    said   some word or number beside the name was understood: "in Lyon", not "Lyon"
    first  that stood in front of the name
    """

    name: str
    km: float | None = None
    near: bool = False
    said: bool = False
    first: bool = False


_KM = {"km": 1.0, "mi": 1.609344, "m": 0.001}
_NUMBER = r"(?P<n>\d+(?:[.,٫]\d+)?)"
_UNIT = (
    r"(?P<unit>k\.?m\.?s?|㎞|[kc]h?ilom[eèé]t(?:er|re|ro|ri)(?:n|s)?|quil[oóô]metros?|公里|千米"
    r"|キロ(?:メートル)?|킬로(?:미터)?|كيلو\s?مترا?ت?|كيلو|كم|км"
    r"|mi|miles?|meilen?|millas?|miglia|miglio|milhas?|milles?|mijl(?:en)?|英里|マイル|마일|ميلا?|أميال"
    r"|m|m[eèé]t(?:er|re|ro|ri)n?s?|متر|メートル|米)"
)
_MILE = re.compile(r"^(?:mi|英里|マイル|마일|ميل|أميال)", re.I)
_METRE = re.compile(r"^(?:m$|m[eèé]t|متر|メートル|米)", re.I)

# An article may follow any preposition; the contracted ones give theirs back ("du" is "de le").
_OF = (
    r"(?:of|from|around|near|to|about|vom|von|um|rund\s+um|bei|autour\s+(?:de|d['’])|de|d['’]"
    r"|alrededor\s+de|en\s+torno\s+a|ao\s+redor\s+de|em\s+redor\s+de|à\s+volta\s+de"
    r"|intorno\s+ad?|attorno\s+ad?|di|da|van|rond|rondom|من|عن|حول|إلى)"
)
_WITHIN = (
    r"(?:within|inside|in|less\s+than|no\s+more\s+than|at\s+most|up\s+to|max\.?|maximum|radius\s+of"
    r"|(?:in|within)\s+a\s+radius\s+of|a|[<≤~]"
    r"|innerhalb(?:\s+von)?|im\s+(?:umkreis|radius)(?:\s+von)?|weniger\s+als|bis(?:\s+zu)?|maximal"
    r"|höchstens|à\s+moins\s+de|dans\s+un\s+rayon\s+de|moins\s+de|jusqu['’]à|à"
    r"|a\s+menos\s+de|(?:en|dentro\s+de)\s+un\s+radio\s+de|menos\s+de|hasta|dentro\s+de"
    r"|n?um\s+raio\s+de|num\s+raio\s+de|até|no\s+raio\s+de"
    r"|entro|a\s+meno\s+di|meno\s+di|(?:nel|in\s+un)\s+raggio\s+di|fino\s+a"
    r"|binnen|in\s+een\s+straal\s+van|ضمن|على\s+بعد|في\s+نطاق|في\s+حدود|بحدود)"
)
_NEAR = (
    r"(?:near(?:by)?(?:\s+to)?|around|close\s+to|next\s+to|surroundings\s+of|(?:in\s+the\s+)?vicinity"
    r"\s+of|(?:in\s+the\s+)?area\s+(?:of|around)|in\s+der\s+nähe\s+von|nähe|nahe(?:\s+bei)?|bei|rund"
    r"\s+um|um|(?:in\s+der\s+)?umgebung(?:\s+von)?|im\s+raum|raum|großraum|près\s+(?:de|d['’])"
    r"|proche\s+(?:de|d['’])|autour\s+(?:de|d['’])|aux\s+(?:alentours|environs)\s+(?:de|d['’])"
    r"|à\s+côté\s+(?:de|d['’])|cerca\s+de|cercan[oa]s?\s+a|alrededor(?:es)?\s+de|en\s+torno\s+a"
    r"|próxim[oa]s?\s+[ad]e?|junto\s+a|perto\s+de|ao\s+redor\s+de|(?:nos\s+)?arredores\s+de"
    r"|vicino\s+ad?|nei\s+(?:pressi|dintorni)\s+di|intorno\s+ad?|in\s+de\s+buurt\s+van|nabij"
    r"|rond(?:om)?|بالقرب\s+من|قريب(?:ة)?\s+من|قرب|حول|بجوار|جنب)"
)
_IN = (
    r"(?:in(?:side)?|within|from|based\s+in|living\s+in|at|aus|innerhalb\s+von|dans|en|à|dentro\s+de"
    r"|em|a|ad|te|uit|في|داخل|من)"
)
# "du Caire" is "de le Caire": preposition and article in one word.
_CONTRACTED = {
    **{"du": "le", "au": "le", "des": "les", "aux": "les", "del": "el", "al": "el"},
    **{"do": "o", "da": "a", "dos": "os", "das": "as", "no": "o", "na": "a", "nos": "os"},
    **{"nas": "as", "im": "", "vom": "", "nel": "il", "nella": "la", "nello": "lo", "nei": "i"},
    **{"dal": "il", "dalla": "la", "dello": "lo", "della": "la", "alla": "la", "dell'": "l'"},
}
_TO_CONTRACTED = re.compile(
    r"(?P<head>(?:.*\s)?(?:près|proche|autour|alentours|environs|côté|moins|cerca|alrededor(?:es)?"
    r"|perto|redor|arredores|próximo|próxima|volta|vicino|intorno|attorno|pressi|dintorni|km|mi"
    r"|kilomètres|kilómetros|quilómetros|quilômetros|chilometri|miles|milles|millas)\s+)?"
    r"(?P<word>" + "|".join(sorted(_CONTRACTED, key=len, reverse=True)) + r")\s+(?P<rest>.+)",
    re.I | re.S,
)

#: Articles that a name may be said with: "in der Schweiz", "en la Ciudad de México".
ARTICLES = re.compile(
    r"^(?:(?:the|der|die|das|den|dem|la|le|les|el|los|las|o|os|a|as|il|lo|gli|i|de|het)\s+|l['’]|ال)"
    r"(?=.)",
    re.I,
)

_INSIDE = re.compile(rf"{_IN}\s+(?P<name>.+)", re.I | re.S)
_FORMS: tuple[tuple[re.Pattern[str], bool, bool], ...] = tuple(
    (
        pattern if isinstance(pattern, re.Pattern) else re.compile(pattern, re.I | re.S),
        near,
        first,
    )
    for pattern, near, first in (
        # "within 50 km of X", "50 km um X", "dans un rayon de 20 km autour de X"
        (rf"(?:{_WITHIN}\s*)?{_NUMBER}\s*{_UNIT}\s+{_OF}\s*(?P<name>.+)", False, True),
        # "距离上海50公里以内" stands around the name
        (rf"(?:距离?|离)(?P<name>\D+?)\s*{_NUMBER}\s*{_UNIT}(?:以?内|之内|范围内?)?", False, True),
        # "東京から50km以内", "서울에서 50km 이내", "上海50公里内"
        (
            rf"(?P<name>.+?)(?:から|より|の|에서|의|方圆|周[围圍])?\s*{_NUMBER}\s*{_UNIT}\s*"
            r"(?:以内|圏内|圏|以内で|이내|내|以?内|之内|范围内?)",
            False,
            False,
        ),
        # "X + 30 km", "X, 50km", "X (50 km)", "X im Umkreis von 50 km"
        (
            rf"(?P<name>.+?)\s*(?:\+|±|[,;]|\(|\s{_WITHIN}|\s(?:umkreis|radius|rayon|radio|raio"
            rf"|raggio))\s*(?:\+|{_WITHIN})?\s*{_NUMBER}\s*{_UNIT}\s*\)?",
            False,
            False,
        ),
        (
            rf"(?P<name>.+?\D)\s+{_NUMBER}\s*{_UNIT}(?:\s+radius|\s+around|\s+umkreis)?",
            False,
            False,
        ),
        # "innerhalb 50 km X" says no "of"
        (rf"{_WITHIN}\s*{_NUMBER}\s*{_UNIT}\s+(?P<name>\D.+)", False, True),
        (rf"{_NEAR}(?<=['’])(?P<name>.+)", True, True),
        (rf"{_NEAR}\s+(?P<name>.+)", True, True),
        (_INSIDE, False, True),
        (
            r"(?P<name>.+?)(?:\s+(?:and|und|et|y|e|en)\s+(?:around|surroundings|umgebung|umland"
            r"|environs|alentours|alrededores|arredores|dintorni|omgeving)|\s+(?:umgebung|area"
            r"|surroundings))",
            True,
            False,
        ),
        (
            r"(?P<name>.+?)\s*(?:の近く|周辺|付近|近辺|近郊|の周り|附近|周边|周圍|周围|근처|주변|인근)",
            True,
            False,
        ),
        (r"(?:在)(?P<name>.+)", False, True),
        (r"(?P<name>.+?)(?:在住|住み|にて|에서)", False, False),
    )
)

_OR = re.compile(r"\s*(?:[;|；]|\s/\s|\s(?:or|oder|ou|أو|または|或者?)\s)\s*", re.I)
_AND = re.compile(r"\s(?:and|und|et|y|e|en|o|u|of|plus|و)\s+|\s*[&/+、，と]\s*|\s?和\s?", re.I)
_EXCEPT = re.compile(
    r"[\s,(]+(?:except(?:\s+for)?|excluding|but\s+not|and\s+not|not(?:\s+in)?|without|minus|outside"
    r"|außer(?:halb\s+von)?|ohne|aber\s+nicht|nicht|sauf|excepté|hors(?:\s+de)?|sans|mais\s+pas"
    r"|excepto|salvo|menos|sin|pero\s+no|exceto|sem|mas\s+não|eccetto|tranne|escluso|senza"
    r"|ma\s+non|behalve|zonder|ما\s+عدا|باستثناء|عدا)\s+",
    re.I,
)


def parse_phrase(words: str, is_name: Callable[[str], bool]) -> Phrase:
    """What is said around a name.

    is_name   whether words are a place's name as they stand; such words are left alone

    >>> parse_phrase("within 10 mi of Lyon", lambda _: False).km
    16.09344
    >>> parse_phrase("cerca de Sevilla", lambda _: False)[:3]
    ('Sevilla', None, True)
    >>> parse_phrase("東京周辺", lambda _: False)[:3]
    ('東京', None, True)
    """
    words = " ".join(words.split())
    if is_name(words):
        return Phrase(words)
    spellings = _spellings(words)
    for form, near, first in _FORMS:
        for text in spellings:
            match = form.fullmatch(text)
            name = match["name"].strip(" ,;(") if match else ""
            if match is None or not name:
                continue
            km = None
            if "n" in form.groupindex:
                km = float(match["n"].replace(",", ".").replace("٫", ".")) * _scale(match["unit"])
            elif form is _INSIDE and not is_name(name):
                inner = parse_phrase(name, is_name)  # "in the Austin area"
                if inner.said:
                    return inner._replace(first=True)
            return Phrase(name, km, near, said=True, first=first)
    return Phrase(words)


def _spellings(words: str) -> list[str]:
    """The words, and with a contracted article written apart ("près du Caire": "près de le")."""
    found = [words]
    if match := _TO_CONTRACTED.fullmatch(words):
        article = _CONTRACTED[match["word"].lower()]
        head = match["head"]
        # After "near" stands "of"; alone it says "in".
        middle = f"{head}de" if head and not re.search(r"(?i)vicino|intorno", head) else "in"
        if head and middle == "in":
            middle = f"{head}a"
        found.append(" ".join(f"{middle} {article} {match['rest']}".split()))
    return found


def _scale(unit: str) -> float:
    if _MILE.match(unit):
        return _KM["mi"]
    return _KM["m"] if _METRE.match(unit) else _KM["km"]


def split_excluded(words: str, is_name: Callable[[str], bool]) -> tuple[str, str]:
    """ "Germany except Bavaria" -> ("Germany", "Bavaria"); the second is empty without it."""
    if is_name(words) or not (match := _EXCEPT.search(words)):
        return words, ""
    return words[: match.start()].strip(), words[match.end() :].strip(" )")


def split_places(words: str, is_name: Callable[[str], bool]) -> list[str]:
    """The places of a list as they are written; one when it is none.

    "or", ";" and "|" always part; "and", "&", "/" and the like only what are names on both sides.
    Commas are not read here: "Paris, Texas" is one place, "Spain, Portugal" are two.

    >>> split_places("Berlin or Hamburg", lambda _: False)
    ['Berlin', 'Hamburg']
    """
    if is_name(words):
        return [words]
    found: list[str] = []
    for piece in _parted(_OR, words, is_name):
        parts = [p for p in _AND.split(piece) if p]
        named = len(parts) > 1 and not is_name(piece)
        found += parts if named and all(_ends_in_name(p, is_name) for p in parts) else [piece]
    return found


def _parted(separator: re.Pattern[str], words: str, is_name: Callable[[str], bool]) -> list[str]:
    parts = [p for p in separator.split(words) if p]
    return parts if len(parts) > 1 else [words]


def _ends_in_name(part: str, is_name: Callable[[str], bool]) -> bool:
    return is_name(part) or is_name(parse_phrase(part, is_name).name)


def inherit(phrases: Sequence[Phrase]) -> list[Phrase]:
    """What the first of a list says in front holds for those that say nothing themselves.

    >>> inherit([Phrase("Lyon", 20.0, False, True, True), Phrase("Paris")])[1].km
    20.0
    """
    head = phrases[0]
    if not head.first:
        return list(phrases)
    return [
        p if p.said else Phrase(p.name, head.km, head.near, said=True, first=True) for p in phrases
    ]
