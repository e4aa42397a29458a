"""What single values mean: numbers, instants, yes and no, as people and programs write them.

Pure functions of one text; `_values` applies them to whole columns. They refuse rather than guess:
`ValueError` carries a short, stable reason, None means that the text says "no value".
"""

from __future__ import annotations

import ast
import html
import re
import unicodedata
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation
from email.utils import parsedate_to_datetime

__all__ = [
    "NO_TEXT",
    "flag",
    "instant",
    "language_code",
    "number",
    "parts",
    "plain_text",
    "rate",
]

#: Texts that say "no value" in a column of numbers, dates or flags (compared in lower case).
_NO_VALUES = (
    "|-|--|–|—|n/a|na|n.a.|nan|null|none|nil|hidden|private|unknown|#n/a|?|not available|"
    "undefined|\\n|tbd|not set|<na>|nat|#value!|#ref!"
)
_NO_VALUE = frozenset(_NO_VALUES.split("|"))
#: Texts that say "no value" in a column of words: fewer, because a name may be "na" or "private".
NO_TEXT = ("", "-", "--", "–", "—", "None", "null", "NULL", "NaN", "nan", "N/A", "n/a", "#N/A")

_SCALES = {
    "": 1,
    "k": 10**3,
    "tsd": 10**3,
    "tsd.": 10**3,
    "mil": 10**3,
    "thousand": 10**3,
    "m": 10**6,
    "mn": 10**6,
    "mm": 10**6,
    "mi": 10**6,
    "mio": 10**6,
    "mio.": 10**6,
    "mln": 10**6,
    "million": 10**6,
    "millions": 10**6,
    "b": 10**9,
    "bn": 10**9,
    "md": 10**9,
    "mrd": 10**9,
    "mrd.": 10**9,
    "billion": 10**9,
    "lakh": 10**5,
    "crore": 10**7,
    "cr": 10**7,
    "万": 10**4,
    "萬": 10**4,
    "만": 10**4,
    "億": 10**8,
    "亿": 10**8,
    "억": 10**8,
    "тыс": 10**3,
    "тыс.": 10**3,
    "млн": 10**6,
}
_NUMBER = re.compile(
    r"(?P<sign>[-+\u2212]?)(?P<digits>\d[\d.,\u0027\u2019\s]*|[.,]\d+)"
    r"(?:e(?P<power>[-+]?\d{1,3}))?\s*(?P<scale>[^\W\d_]+\.?)?\s*(?P<percent>%?)"
)
_SPACED = re.compile(r"\d{1,3}(?:[\s\u0027\u2019]\d{3})+(?!\d)")
_GROUPED = re.compile(r"\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*")


def number(text: str, *, decimal_mark: str = ".", whole: bool = True) -> Decimal | None:
    """The number that a text says; `whole` for counts, where a fraction is impossible.

    One group of three behind a single mark ("1.234") is thousands in a count; in a measure it is
    decimals when the mark is the file's `decimal_mark`. Raises ValueError("not a number"),
    ("negative"), ("not a whole number") or ("too large").

    >>> [str(number(t)) for t in ("12.3K", "1,2 M", "1.234.567", "1 234", "2.28E+11", "637000.0")]
    ['12300', '1200000', '1234567', '1234', '228000000000', '637000']
    >>> str(number("4,5", whole=False, decimal_mark=",")), number("hidden") is None
    ('4.5', True)
    """
    clean = unicodedata.normalize("NFKC", text).strip().lower()
    if clean in _NO_VALUE:
        return None
    clean = clean.lstrip("~≈><≥≤ ").removesuffix("+").rstrip()
    match = _NUMBER.fullmatch(clean)
    if match is None:
        raise ValueError("not a number")
    scale = _SCALES.get(match["scale"] or "")
    if scale is None:
        raise ValueError("not a number")
    scaled = scale != 1 or match["power"] is not None
    plain = _plain_digits(match["digits"].strip(), decimal_mark, whole=whole, scaled=scaled)
    try:
        value = Decimal(plain) * scale * Decimal(10) ** int(match["power"] or 0)
    except InvalidOperation:
        raise ValueError("not a number") from None
    if match["sign"] in ("-", "\u2212") and value:
        raise ValueError("negative")
    if value > 9 * 10**18:
        raise ValueError("too large")
    if not whole:
        return value
    if value != value.to_integral_value():
        raise ValueError("not a whole number")
    return value.quantize(Decimal(1))


def _plain_digits(digits: str, decimal_mark: str, *, whole: bool, scaled: bool) -> str:
    """Digits with nothing but a decimal point."""
    if re.search(r"[\s'\u2019]", digits):
        spaced = _SPACED.match(digits)
        if spaced is None or not re.fullmatch(r"(?:[.,]\d+)?", digits[spaced.end() :]):
            raise ValueError("not a number")
        return re.sub(r"[\s'\u2019]", "", digits).replace(",", ".")
    marks = set(digits) & {".", ","}
    if not marks:
        return digits
    if len(marks) == 2:
        last = max(".,", key=digits.rfind)
        other = "," if last == "." else "."
        head, _, tail = digits.rpartition(last)
        if last in head or not _is_grouped(head, other):
            raise ValueError("not a number")
        return f"{head.replace(other, '')}.{tail}"
    mark = marks.pop()
    if _is_grouped(digits, mark) and not digits.startswith("0"):
        several = digits.count(mark) > 1
        if several or (not scaled and (whole or mark != decimal_mark)):
            return digits.replace(mark, "")
    if digits.count(mark) > 1:
        raise ValueError("not a number")
    return digits.replace(mark, ".")


def _is_grouped(digits: str, mark: str) -> bool:
    match = _GROUPED.fullmatch(digits)
    return match is not None and match[1] == mark


def rate(text: str, *, percent: bool, decimal_mark: str = ".") -> float | None:
    """A share as a fraction; `percent` says how values without a % sign are meant.

    >>> rate("1.65%", percent=False), rate("0.0165", percent=False), rate("4,5 %", percent=True)
    (0.0165, 0.0165, 0.045)
    """
    value = number(text, decimal_mark=decimal_mark, whole=False)
    if value is None:
        return None
    return float(value / 100 if percent or "%" in text or "％" in text else value)


_YES_WORDS = "true t yes y 1 1.0 on ✓ ✔ x ja oui si sí sim да verified"
_NO_WORDS = "false f no n 0 0.0 off ✗ ✘ nein non não нет unverified"
_YES, _NO = frozenset(_YES_WORDS.split()), frozenset(_NO_WORDS.split())


def flag(text: str) -> bool | None:
    """Yes, no, or no value; ValueError("not yes or no") otherwise.

    >>> flag("TRUE"), flag("0"), flag("n/a")
    (True, False, None)
    """
    clean = text.strip().casefold()
    if clean in _YES:
        return True
    if clean in _NO:
        return False
    if clean in _NO_VALUE:
        return None
    raise ValueError("not yes or no")


_ISO_LIKE = re.compile(
    r"(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2}))?"
    r"(?:[T\s]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?\s*(am|pm)?)?"
    r"\s*(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?",
    re.IGNORECASE,
)
_PARTS = re.compile(
    r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})"
    r"(?:[T\s,]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?\s*(am|pm)?)?"
    r"\s*(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?",
    re.IGNORECASE,
)
_NAMED_FORMATS = (
    "%a %b %d %H:%M:%S %z %Y",
    "%b %d, %Y",
    "%B %d, %Y",
    "%d %b %Y",
    "%d %B %Y",
    "%b %d %Y",
    "%Y%m%d",
    "%b %Y",
    "%B %Y",
)
#: Instants outside are typing errors, not observations: no network is older.
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_LATEST = datetime(2100, 1, 1, tzinfo=UTC)
_BAD_DATE = "not a date"


def instant(text: str, *, day_first: bool = True) -> datetime | None:
    """The instant that a text says, in UTC; a time without zone is read as UTC.

    `day_first` decides 03/04/2020. Epochs in seconds, milliseconds, microseconds and nanoseconds
    are told by their size. Raises ValueError("not a date").

    >>> instant("Tue Jun 11 11:20:35 +0000 2013").isoformat()
    '2013-06-11T11:20:35+00:00'
    >>> instant("16/11/2022").date().isoformat(), instant("1692144000000").year
    ('2022-11-16', 2023)
    """
    clean = unicodedata.normalize("NFKC", text).strip()
    if clean.lower() in _NO_VALUE:
        return None
    try:
        made = _instant(clean, day_first)
    except (ValueError, OverflowError, OSError):
        raise ValueError(_BAD_DATE) from None
    if not _EARLIEST <= made < _LATEST:
        raise ValueError(_BAD_DATE)
    return made


def _instant(text: str, day_first: bool) -> datetime:
    if match := _ISO_LIKE.fullmatch(text):
        year, month, day, *clock = match.groups()
        return _moment(int(year), int(month), int(day or 1), clock)
    if match := _PARTS.fullmatch(text):
        first, second, year, *clock = match.groups()
        day, month = (first, second) if day_first else (second, first)
        if int(month) > 12:  # the other order is the only possible one
            day, month = month, day
        return _moment(int(year) + (2000 if len(year) == 2 else 0), int(month), int(day), clock)
    if re.fullmatch(r"\d{9,20}(\.\d+)?", text):
        seconds = Decimal(text)
        while seconds >= 10**11:  # finer than seconds, in steps of a thousand
            seconds /= 1000
        return datetime.fromtimestamp(0, UTC) + timedelta(microseconds=int(seconds * 10**6))
    for form in _NAMED_FORMATS:
        try:
            made = datetime.strptime(text, form)  # noqa: DTZ007 - the zone is set just below
        except ValueError:
            continue
        return made.replace(tzinfo=UTC) if made.tzinfo is None else made.astimezone(UTC)
    made = parsedate_to_datetime(text)
    return made.replace(tzinfo=UTC) if made.tzinfo is None else made.astimezone(UTC)


def _moment(year: int, month: int, day: int, clock: list[str | None]) -> datetime:
    hour, minute, second, fraction, half, zone = clock
    hours = int(hour or 0)
    if half:
        hours = hours % 12 + (12 if half.lower() == "pm" else 0)
    micros = int((fraction or "0")[:6].ljust(6, "0"))
    made = datetime(year, month, day, hours, int(minute or 0), int(second or 0), micros, UTC)
    if zone and zone[0] in "+-":
        size = zone[1:].replace(":", "").ljust(4, "0")
        offset = timedelta(hours=int(size[:2]), minutes=int(size[2:]))
        made = made.replace(tzinfo=timezone(offset if zone[0] == "+" else -offset)).astimezone(UTC)
    return made


_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_BREAK = re.compile(r"<br\s*/?>|</(?:p|div|li|h[1-6]|tr)>", re.IGNORECASE)


def plain_text(text: str) -> str:
    """The text of a piece of HTML: tags gone, breaks and paragraphs as line ends.

    >>> plain_text("<p>Bread &amp; <b>butter</b></p><p>Lyon</p>")
    'Bread & butter\\nLyon'
    """
    if _TAG.search(text):
        text = _TAG.sub("", _BREAK.sub("\n", text))
    return html.unescape(text).strip()


_SPLIT = re.compile(r"[,;|\x1f\n]")


def parts(text: str) -> list[str]:
    """The parts of a list that was written as one text, in order, each once.

    >>> parts("['Beauty', 'Food & Drink']"), parts("vegan; baking|bread, vegan")
    (['Beauty', 'Food & Drink'], ['vegan', 'baking', 'bread'])
    """
    clean = text.strip()
    if clean.startswith("[") and clean.endswith("]"):
        try:
            literal = ast.literal_eval(clean)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            clean = clean[1:-1]
        else:
            if isinstance(literal, list):
                clean = "\x1f".join(str(item) for item in literal)
    pieces = clean.split("\x1f") if "\x1f" in clean else _SPLIT.split(clean)
    named = (piece.strip().strip("'\"").strip() for piece in pieces)
    return list(dict.fromkeys(p for p in named if p and p.lower() not in _NO_VALUE))


#: Names of languages as exports write them, English and own; anything else stays as it was given.
_LANGUAGES = {
    name: code
    for code, names in {
        "ar": "arabic العربية",
        "bg": "bulgarian",
        "ca": "catalan català",
        "cs": "czech čeština",
        "da": "danish dansk",
        "de": "german deutsch",
        "el": "greek ελληνικά",
        "en": "english",
        "es": "spanish español castilian",
        "eu": "basque euskara",
        "fa": "persian farsi فارسی",
        "fi": "finnish suomi",
        "fr": "french français",
        "gl": "galician galego",
        "he": "hebrew עברית",
        "hi": "hindi हिन्दी",
        "hr": "croatian hrvatski",
        "hu": "hungarian magyar",
        "id": "indonesian",
        "it": "italian italiano",
        "ja": "japanese 日本語",
        "ko": "korean 한국어",
        "ms": "malay",
        "nl": "dutch nederlands",
        "no": "norwegian norsk",
        "pl": "polish polski",
        "pt": "portuguese português",
        "ro": "romanian română",
        "ru": "russian русский",
        "sk": "slovak",
        "sr": "serbian",
        "sv": "swedish svenska",
        "th": "thai ไทย",
        "tl": "tagalog filipino",
        "tr": "turkish türkçe",
        "uk": "ukrainian українська",
        "ur": "urdu اردو",
        "vi": "vietnamese",
        "zh": "chinese mandarin 中文",
    }.items()
    for name in names.split()
}
_CODE = re.compile(r"([a-z]{2,3})(?:[-_][a-z0-9-]{2,10})?")


def language_code(text: str) -> str:
    """The primary language subtag of a declared language, or the words as given.

    >>> language_code("English"), language_code("pt-BR"), language_code("Klingon (formal)")
    ('en', 'pt', 'Klingon (formal)')
    """
    first = text.split("\x1f")[0].strip()
    low = first.casefold()
    if low in _LANGUAGES:
        return _LANGUAGES[low]
    match = _CODE.fullmatch(low)
    return match[1] if match else first
