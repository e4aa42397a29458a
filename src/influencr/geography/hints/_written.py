"""What the way of writing says: the language, its script, its regional words, currency signs.

A language spoken mostly in one country (Thai, Turkish, Polish) is a strong hint, one of many
countries (English, Arabic, Spanish) hardly any: its countries share it by people. Regional words
("vosotros" and "vos", varieties.toml) shift between the countries of one language. Nothing
here tells where somebody's family is from; people write the language of those they write for.

How sure: a text was told to be of the language (TOLD: `text.language` refuses the doubtful ones),
less so for languages that few bios are written in and Indonesian, which Malay is taken for (RARE).
Many writers of some languages live abroad (ABROAD: the Gulf, California). English is what people
write for everybody (SECOND), French and Russian a little so. Own choice.
"""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from influencr.geography.hints._world import base_rates, languages

__all__ = ["Written", "locale", "written", "written_marks"]

TOLD, ABROAD, RARE = 0.95, 0.8, 0.6
SECOND = {"en": 0.25, "fr": 0.8, "ru": 0.8}


def _codes(words: str) -> frozenset[str]:
    return frozenset(words.split())


_OF_DIASPORAS = _codes("am bn gu hy kn ml or pa si ta te")
_RARELY = _codes(
    "af az be bs ca cs cy et eu ga gl ha id ig is ku ky lt lv mn mr ms mt ne ps sk sl so sq sw tg "
    "tl ug uz xh yo zu"
)


class Written(NamedTuple):
    """One thing about the writing: its kind, words for the reason, countries, how sure that is."""

    kind: str
    words: str
    countries: Mapping[str, float]
    confidence: float


@functools.lru_cache(maxsize=1024)
def _language(code: str) -> Written | None:
    known = languages().get(code)
    if known is None or not known.countries:
        return None
    sure = SECOND.get(code, TOLD)
    for codes, how in ((_OF_DIASPORAS, ABROAD), (_RARELY, RARE)):
        if code in codes:
            sure = how
    return Written("language", f"writes {known.name}", known.countries, sure)


@functools.lru_cache(maxsize=4096)
def locale(declared: str) -> Written | None:
    """The country of a declared language ("pt-BR", "en_AU"); None where it names none.

    "en-US" is what devices say by default and says nothing.

    >>> locale("pt_BR").countries, locale("en-US"), locale("de")
    ({'BR': 1.0}, None, None)
    """
    match = re.fullmatch(r"[A-Za-z]{2,3}[-_](?:[A-Za-z]{4}[-_])?([A-Za-z]{2})", declared.strip())
    if match is None:
        return None
    country = match[1].upper()
    if country not in base_rates() or (declared[:2].casefold() == "en" and country == "US"):
        return None
    return Written("locale", f"declared language {declared.strip()!r}", {country: 1.0}, 1.0)


# Signs written in one form only; those that both forms share say nothing.
_TRADITIONAL = frozenset(
    "國學時間這個們來會對說開愛實點關電話灣體應當聯絡請與為從無過還進發現種種鍾機門東車買賣優質樂團創業師臺經營網紅"
)
_SIMPLIFIED = frozenset(
    "国学时间这个们来会对说开爱实点关电话湾体应当联络请与为从无过还进发现种钟机门东车买卖优质乐团创业师经营网红"
)
# Letters of one language within its script (Unicode charts).
_LETTERS: tuple[tuple[frozenset[str], str, str, float], ...] = (
    (frozenset("ђћџЂЋЏ"), "sr", "Serbian Cyrillic letters", 0.95),
    (frozenset("ѓќѕЃЌЅ"), "mk", "Macedonian letters", 0.95),
    (frozenset("їєґЇЄҐ"), "uk", "Ukrainian letters", 0.95),
    (frozenset("ўЎ"), "be", "Belarusian letters", 0.8),
    (frozenset("қғңұәҚҒҢҰӘ"), "kk", "Kazakh letters", 0.9),
    (frozenset("ٹڈڑںےھ"), "ur", "Urdu letters", 0.9),
    (frozenset("پچژگ"), "fa", "Persian letters", 0.7),
    (frozenset("ıİğĞ"), "tr", "Turkish letters", 0.6),
    (frozenset("őűŐŰ"), "hu", "Hungarian letters", 0.8),
    (frozenset("łŁ"), "pl", "Polish letters", 0.7),
    (frozenset("řŘěĚůŮ"), "cs", "Czech letters", 0.8),
    (frozenset("țȚșȘ"), "ro", "Romanian letters", 0.8),
)
_MARKED = frozenset().union(*(letters for letters, *_ in _LETTERS), _TRADITIONAL, _SIMPLIFIED)


class _Variety(NamedTuple):
    words: re.Pattern[str]
    name: str
    countries: Mapping[str, float]
    sure: float


@functools.cache
def _varieties() -> dict[str, list[_Variety]]:
    """Language -> what tells its countries apart (varieties.toml)."""
    file = Path(__file__).parent / "varieties.toml"
    return {
        language: [
            _Variety(
                re.compile(rf"(?<!\w)(?:{'|'.join(row['words'])})(?!\w)", re.I),
                row["name"],
                row["countries"],
                row["sure"],
            )
            for row in rows
        ]
        for language, rows in tomllib.loads(file.read_text(encoding="utf-8")).items()
    }


# One currency of one country; the dollar is many countries'. £ and € are weak.
_SIGNS: tuple[tuple[str, Mapping[str, float], float], ...] = (
    ("₦", {"NG": 1.0}, 0.9), ("₹", {"IN": 1.0}, 0.85), ("R$", {"BR": 1.0}, 0.9),
    ("₺", {"TR": 1.0}, 0.85), ("₱", {"PH": 1.0}, 0.85), ("₫", {"VN": 1.0}, 0.85),
    ("₩", {"KR": 1.0}, 0.7), ("฿", {"TH": 1.0}, 0.6), ("₪", {"IL": 1.0}, 0.85),
    ("₴", {"UA": 1.0}, 0.85), ("₸", {"KZ": 1.0}, 0.85), ("₾", {"GE": 1.0}, 0.85),
    ("₵", {"GH": 1.0}, 0.8), ("₼", {"AZ": 1.0}, 0.85), ("₮", {"MN": 1.0}, 0.8),
    ("KSh", {"KE": 1.0}, 0.8), ("£", {"GB": 0.9, "EG": 0.05}, 0.4),
    ("€", {"DE": 0.24, "FR": 0.19, "IT": 0.17, "ES": 0.14, "NL": 0.05, "BE": 0.03, "PT": 0.03,
           "GR": 0.03, "AT": 0.03, "FI": 0.02, "IE": 0.02}, 0.4),
)  # fmt: skip
_AMOUNT = {
    sign: re.compile(rf"{re.escape(sign)}\s?\d|\d\s?{re.escape(sign)}") for sign, *_ in _SIGNS
}


def written(language: str | None) -> Written | None:
    """What writing a language (ISO 639-1) says.

    >>> written("th").countries, round(written("es").countries["ES"], 2)
    ({'TH': 1.0}, 0.08)
    """
    return _language(language) if language else None


def written_marks(text: str, language: str | None) -> list[Written]:
    """Script and letters, regional words, currency signs of a text.

    language   ISO 639-1 as it was told; regional words are read only in their language

    >>> [w.words for w in written_marks("我們的學校在這裡", "zh")]
    ['traditional Chinese signs']
    """
    found: list[Written] = []
    if not text.isascii():
        signs = set(text) & _MARKED
        if signs:
            found.extend(_by_letters(text, signs, language))
        found.extend(_by_currency(text))
    elif "R$" in text or "KSh" in text:
        found.extend(_by_currency(text))
    found.extend(
        Written("variety", variety.name, variety.countries, variety.sure)
        for variety in _varieties().get(language or "", ())
        if variety.words.search(text)
    )
    return found


def _by_letters(text: str, signs: set[str], language: str | None) -> list[Written]:
    found: list[Written] = []
    if language in ("zh", None):
        old, new = len(signs & _TRADITIONAL - _SIMPLIFIED), len(signs & _SIMPLIFIED - _TRADITIONAL)
        if old != new and language == "zh":
            words = "traditional" if old > new else "simplified"
            code = "zh_Hant" if old > new else "zh"
            where = languages()[code].countries
            found.append(Written("script", f"{words} Chinese signs", where, 0.9))
    for letters, code, words, sure in _LETTERS:
        # A language that was told says the same already, and better.
        if (
            signs & letters
            and language is None
            and code in languages()
            and _is_script(text, letters)
        ):
            found.append(Written("script", words, languages()[code].countries, sure))
    return found


def _is_script(text: str, letters: frozenset[str]) -> bool:
    """Are most letters of the text of the script of these? Fancy writing borrows single signs."""
    block = ord(min(letters)) // 0x300
    own = [c for c in text if c.isalpha()]
    near = sum(ord(c) // 0x300 == block or (block == 0 and ord(c) < 0x300) for c in own)
    return 2 * near > len(own)


def _by_currency(text: str) -> list[Written]:
    return [
        Written("currency", f"prices in {sign}", countries, sure)
        for sign, countries, sure in _SIGNS
        if sign in text and _AMOUNT[sign].search(text)
    ]
