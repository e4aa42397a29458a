"""Takes a bio apart, in one pass: words between signs, flags, pins, arrows, planes, line ends.

What can never be read as a place name leaves here: links, e-mail addresses, handles, names on
other networks ("Insta: ..."), hashtags (kept aside). Styled letters become plain ones and stacked
marks go, so that every later step sees ordinary text.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache

from influencr.geography.gazetteer._keys import name_key
from influencr.geography.location._prepare import flags

__all__ = ["MAX_BIO", "Item", "Layout", "Sign", "Word", "layout"]

#: Characters of a bio that are read; networks allow at most 5,000 (YouTube), mostly under 500.
MAX_BIO = 5_000


class Sign:
    """What an item is."""

    TEXT = "text"
    FLAG = "flag"
    PIN = "pin"
    GLOBE = "globe"  # 🏠 🌍 🗺: often a pin, sometimes only a picture
    PLANE = "plane"
    ARROW = "arrow"
    STOP = "stop"  # any separator: | / • . ( ...
    LINE = "line"
    PICTURE = "picture"


@dataclass(slots=True)
class Word:
    """One word of an item: where it stands in the item's text, and its comparable form."""

    start: int
    end: int
    key: str


@dataclass(slots=True)
class Item:
    """One sign, or the text between two signs.

    text    as written but for styled letters; of a flag: its code
    used    spans of the text that an earlier step has read
    """

    sign: str
    text: str
    words: list[Word] = field(default_factory=list)
    used: list[tuple[int, int]] = field(default_factory=list)

    def free(self, start: int, end: int) -> bool:
        """Has nobody read this span yet?"""
        return all(end <= s or start >= e for s, e in self.used)


@dataclass(slots=True)
class Layout:
    """A bio taken apart."""

    items: list[Item]
    hashtags: list[str]


# More than a few marks on one letter is decoration; bounded before Unicode orders them.
_MARKS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u06d6-\u06ed"
    "\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
)
_STACKED = re.compile(f"([{_MARKS}]{{2}})[{_MARKS}]+")
_LOOSE = re.compile("[\u0300-\u036f\u20d0-\u20ff\u1ab0-\u1aff\u1dc0-\u1dff\ufe20-\ufe2f]+")
_INVISIBLE = re.compile(
    "[\u00ad\u200b\u200c\u200d\u200e\u200f\u202a-\u202e\u2060-\u206f\ufe0e\ufe0f\ufeff"
    "\U0001f3fb-\U0001f3ff]+"
)
# Letters that NFKC leaves apart: small capitals, and letters on black discs and squares.
_STYLED = str.maketrans(
    {
        **dict(zip("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", "ABCDEFGHIJKLMNOPRSTUVWYZ", strict=True)),
        **{chr(first + i): chr(65 + i) for first in (0x1F150, 0x1F170) for i in range(26)},
    }
)
_IS_STYLED = re.compile("[ᴀ-ᴢʀʙɢʜɪʟɴʏꜰꜱ\U0001f150-\U0001f189]")

_ADDRESS = re.compile(
    r"(?:https?://|www\.)\S+|[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+"
    r"|(?<![\w.-])[\w-]{1,63}(?:\.[\w-]{1,63}){0,3}\.(?:com|net|org|io|tv|gg|me|co|uk|de|fr|es|it|ch"
    r"|au|za|br|ma|ng|ke|in|pk|ph|sg|nl|be|at|se|no|dk|fi|pl|cz|ru|ua|tr|jp|kr|cn|tw|my|id|vn|th|ca"
    r"|us|eu|info|shop|store|app|ly|ee|link|bio|page|site|online|to|ai|dev|mx|ar|cl|pe|pt|ie|nz)"
    r"(?![\w])(?:/\S*)?",
    re.I,
)
# With an @, or with an underscore inside.
_HANDLE = re.compile(r"@[\w.\-]+|(?<![\w.])[\w.]{1,40}_[\w.]+|(?<![\w.])_+[^\W\d_][\w.]+")
_HASHTAG = re.compile(
    r"#([\w\u0900-\u0dff\u0e00-\u0eff\u0300-\u036f\u0610-\u061a\u064b-\u065f]{2,60})"
)
# "Insta: some.name", "YT - Some Name": a name elsewhere, up to the next sign.
_ELSEWHERE = re.compile(
    r"(?<!\w)(?<!,)(?<!,\s)(?:ig|i\.g|insta|instagram|insta id|snap|snapchat|snap chat|sc|fb"
    r"|facebook|fb page|page|yt|youtube|you tube|twitter|twitch|ttv|tiktok|tik tok|telegram|tg"
    r"|discord|whatsapp|wa|kik|threads|kakao|wechat|vk|linkedin|spotify|soundcloud|pinterest|likee"
    r"|e-?mail|mail|code|psn|xbox|инста|телеграм|انستا|انستقرام|انستغرام|سناب|يوتيوب)"
    r"\s?(?:name|id|acc|account|channel|is|me)?"
    r"\s*[:=\-–•→>@.⬇⬆👇👉➡/]{1,4}\s*[^\n|•·📍📌🏠🌍\U0001f1e6-\U0001f1ff,;]{1,40}",
    re.I,
)
# One of these is in every match of the pattern above; looking for them is much cheaper.
_ELSEWHERE_HINTS = tuple(
    """ig inst snap sc fb face page yt you twit ttv tik tele tg disc what wa kik thre kaka wech vk
    link spot soun pint like mail code psn xbox i.g инст теле انست سناب يوتيوب""".split()  # noqa: SIM905
)

_SIGN = re.compile(
    r"(?P<flag>[\U0001f1e6-\U0001f1ff]{2}"
    r"|\U0001f3f4[\U000e0061-\U000e007a\U000e0030-\U000e0039]{3,6}\U000e007f)"
    r"|(?P<pin>[📍📌])"
    r"|(?P<globe>[🏠🏡🏘🌍🌎🌏🌐🗺🧭])"
    r"|(?P<plane>[✈🛫🛬🛩])"
    r"|(?P<arrow>[-=]{1,3}>+|[→➡⟶➔➜➝➞⇒⇨⮕▶🔜]|(?<=\s)>{1,3}(?=\s))"
    r"|(?P<line>[\n\r\v\f\u2028\u2029\x85]+)"
    r"|(?P<stop>[|¦•·・‧∙●○◦►▪▫■□◆◇★☆✦✧;!?¿¡…~^*_=+<>\"“”„«»()\[\]{}\x1f/\\、。「」『』【】؛؟।:]"
    r"|\.{2,}|(?<=[^\W\d_]{3})\.(?=\s|$)|(?<!\S)[-–—]+(?!\S)|[–—]|(?:^|(?<=\n))[-,.]+)"
    r"|(?P<picture>[\u2190-\u21ff\u2300-\u23ff\u2460-\u27bf\u2900-\u297f\u2b00-\u2bff\u3030\u303d"
    r"\ue000-\uf8ff\U0001f000-\U000fffff]+)"
)
_SPACES = " \t,،，'’`-‐.&\u3000\xa0"
# Python's \w has no vowel signs of Indic and South-East Asian scripts.
_WORD = re.compile(
    r"(?:[^\W_]|[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0963"
    r"\u0966-\u0dff\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff])"
    r"(?:[^\W_]|[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0963"
    r"\u0966-\u0dff\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff]"
    r"|['’ʼʻ`´](?=[^\W_])|\.(?=[^\W\d_](?:\.|$|\W))(?<=\W\w\.))*"
)
_ASCII_WORD = re.compile(
    r"(?:(?<![A-Za-z0-9])[A-Za-z]\.){2,}[A-Za-z]?(?![A-Za-z0-9])|[A-Za-z0-9]+(?:['`][A-Za-z0-9]+)*"
)
#: Signs and texts of one bio that are read.
MAX_ITEMS = 1_200


@lru_cache(maxsize=32_768)
def _key(word: str) -> str:
    return name_key(word)


def layout(bio: str) -> Layout:
    """The items of a bio in order.

    >>> [(i.sign, i.text) for i in layout("𝐋𝐨𝐧𝐝𝐨𝐧 | dj 📍 @me ").items]
    [('text', 'London'), ('stop', '|'), ('text', 'dj'), ('pin', '📍'), ('stop', '\\x1f')]
    """
    text = bio[:MAX_BIO]
    if not text.isascii():
        text = _INVISIBLE.sub("", _STACKED.sub(r"\1", text))
        if not unicodedata.is_normalized("NFKC", text):
            text = unicodedata.normalize("NFKC", text)[: 2 * MAX_BIO]
        if _IS_STYLED.search(text):
            text = text.translate(_STYLED)
        text = _LOOSE.sub("", text)
    if "." in text:
        text = _ADDRESS.sub("\x1f", text)
    hashtags: list[str] = []
    if "#" in text:
        hashtags = _HASHTAG.findall(text)
        text = _HASHTAG.sub("\x1f", text)
    lowered = text.lower()
    if any(hint in lowered for hint in _ELSEWHERE_HINTS):
        text = _ELSEWHERE.sub("\x1f", text)
    if "@" in text or "_" in text:
        text = _HANDLE.sub("\x1f", text)
    items: list[Item] = []
    at = 0
    for match in _SIGN.finditer(text):
        if match.start() > at:
            _add_text(items, text[at : match.start()])
        sign = match.lastgroup or Sign.STOP
        written = match[0]
        if sign == Sign.FLAG:
            written = flags(written)[0]
        items.append(Item(sign, written))
        at = match.end()
        if len(items) > MAX_ITEMS:
            return Layout(items, hashtags)
    if at < len(text):
        _add_text(items, text[at:])
    return Layout(items, hashtags)


def _add_text(items: list[Item], text: str) -> None:
    text = text.strip(_SPACES)
    if not text:
        return
    item = Item(Sign.TEXT, text)
    add = item.words.append
    if text.isascii():
        lowered = text.lower()
        for match in _ASCII_WORD.finditer(text):
            start, end = match.span()
            key = lowered[start:end]
            add(Word(start, end, key if key.isalnum() else _key(match[0])))
    else:
        for match in _WORD.finditer(text):
            add(Word(match.start(), match.end(), _key(match[0])))
    if item.words:
        items.append(item)
