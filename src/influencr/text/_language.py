"""Which language a text is in, or the honest answer that it cannot be told.

The classifier underneath (py3langid, a naive Bayes model over byte n-grams) always names some
language: it calls the empty string Serbian and "hola que tal" Catalan. A bio is often three words
and an emoji, so most of the work here is in refusing. Links, handles, hashtags and emoji are
removed first, and names of networks with the account behind them ("IG: ana"). Then

1. a script that only one language writes in practice decides alone (Hangul, Kana, Thai, Greek,
   Hebrew, ...), from MIN_SCRIPT_LETTERS letters on; Han without Kana is Chinese;
2. any other script narrows the choice to the languages written in it, needs MIN_LETTERS letters,
   and the best language must lead the second by MIN_MARGIN of probability.

The languages considered are those in `_BY_SCRIPT`: the classifier knows rarer ones too, and on
short texts it hands them out by accident. Varieties count as the language whose code a reader
would search for (Nigerian Pidgin -> en, Egyptian Arabic -> ar, Cantonese and Wu -> zh, Malay and
Indonesian apart).

This module never guesses from a country: geography may read language, so language must not read
geography.

MIN_LETTERS, MIN_SCRIPT_LETTERS, MIN_MARGIN, MIN_SCRIPT_SHARE: our own choice, fixed by
tests/unit/text/test_language.py.
"""

from __future__ import annotations

import bisect
import copy
import functools
import re
import unicodedata
from typing import TYPE_CHECKING, Any, NamedTuple

from influencr.text._hashtags import prose

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "MAX_CHARS",
    "MIN_LETTERS",
    "MIN_MARGIN",
    "MIN_SCRIPT_LETTERS",
    "MIN_SCRIPT_SHARE",
    "LanguageGuess",
    "language",
    "languages",
]

#: Letters that must be left before an alphabet shared by several languages is judged.
MIN_LETTERS = 10
#: Letters that must be left before a script of one language is taken as that language; a sign of
#: Han, Kana or Hangul counts as two.
MIN_SCRIPT_LETTERS = 2
#: Lead in probability of the best language over the second.
MIN_MARGIN = 0.2
#: Share of the letters that the leading script must have, else the text is mixed.
MIN_SCRIPT_SHARE = 0.6
#: Only this much of a text is read; more does not change the answer.
MAX_CHARS = 500


class LanguageGuess(NamedTuple):
    """`code` is ISO 639-1, or None when it cannot be told; `reason` is a sentence either way."""

    code: str | None
    reason: str


def _codes(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Start of each block -> script, in order; only what people write bios in. "" = not a letter.
_BLOCKS: tuple[tuple[int, str], ...] = (
    (0x0000, "latin"), (0x0370, "greek"), (0x0400, "cyrillic"), (0x0530, "armenian"),
    (0x0590, "hebrew"), (0x0600, "arabic"), (0x0780, ""), (0x08A0, "arabic"),
    (0x0900, "devanagari"), (0x0980, "bengali"), (0x0A00, "gurmukhi"), (0x0A80, "gujarati"),
    (0x0B00, "oriya"), (0x0B80, "tamil"), (0x0C00, "telugu"), (0x0C80, "kannada"),
    (0x0D00, "malayalam"), (0x0D80, "sinhala"), (0x0E00, "thai"), (0x0E80, "lao"), (0x0F00, ""),
    (0x1000, "myanmar"), (0x10A0, "georgian"), (0x1100, "hangul"), (0x1200, "ethiopic"),
    (0x13A0, ""), (0x1780, "khmer"), (0x1800, "latin"), (0x1F00, "greek"), (0x2000, ""),
    (0x3040, "kana"), (0x3100, "han"), (0x3130, "hangul"), (0x3190, ""), (0x3400, "han"),
    (0xA000, ""), (0xAC00, "hangul"), (0xD800, ""), (0xF900, "han"), (0xFB00, "latin"),
    (0xFB1D, "hebrew"), (0xFB50, "arabic"), (0xFE00, ""), (0xFE70, "arabic"), (0xFF00, "latin"),
    (0xFF65, "kana"), (0xFFA0, "hangul"), (0x10000, ""), (0x1D400, "latin"), (0x1D800, ""),
    (0x20000, "han"),
)  # fmt: skip
_STARTS = [start for start, _ in _BLOCKS]
_SCRIPTS = [script for _, script in _BLOCKS]

# One sign of these writes about as much as two letters of an alphabet; without the weight one
# English brand name outvotes a Chinese sentence.
_DENSE = frozenset({"han", "kana", "hangul"})

#: A script that decides alone.
_ALONE = {
    "armenian": "hy", "bengali": "bn", "ethiopic": "am", "georgian": "ka", "greek": "el",
    "gujarati": "gu", "gurmukhi": "pa", "han": "zh", "hangul": "ko", "hebrew": "he",
    "kana": "ja", "kannada": "kn", "khmer": "km", "lao": "lo", "malayalam": "ml",
    "myanmar": "my", "oriya": "or", "sinhala": "si", "tamil": "ta", "telugu": "te", "thai": "th",
}  # fmt: skip

#: A script that several languages share, and the ones that are considered.
_BY_SCRIPT: dict[str, frozenset[str]] = {
    "latin": _codes(
        "af az bs ca cs cy da de en es et eu fi fr ga gl ha hr hu id ig is it lt lv ms mt nl no pl "
        "pt ro sk sl so sq sr sv sw tl tr uz vi xh yo zu"
    ),
    "cyrillic": _codes("be bg kk ky mk mn ru sr tg uk"),
    "arabic": _codes("ar fa ku ps ug ur"),
    "devanagari": _codes("hi mr ne"),
}

#: Labels of the model that are a variety of a language above.
_VARIETY = {"pcm": "en", "arz": "ar", "ary": "ar", "nn": "no", "sdh": "ku"}

#: Languages that few bios are written in: the model gives them short texts of their bigger
#: neighbours ("por aqui" is called Galician), so their probability counts half.
_RARE = _codes("af bs ca cy et eu ga gl ha ig is lt lv mt sk sl so sq sw uz xh yo zu")

_NETWORK = re.compile(
    r"\b(?:instagram|insta|ig|snapchat|snap|sc|youtube|yt|tiktok|facebook|fb|twitter|telegram|tg)"
    r"\s*[:\-|@]+\s*\S*",
    re.IGNORECASE,
)


@functools.cache
def _model() -> Any:
    """The model with probabilities, loaded once per process on first use (about 0.4 s)."""
    from py3langid import langid

    return langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE, norm_probs=True)


@functools.cache
def _classifier(script: str) -> Any:
    """The model narrowed to the languages of a script and their varieties: half the work."""
    considered = _BY_SCRIPT[script]
    narrowed = copy.copy(_model())
    narrowed.set_languages(
        sorted({code for code in _model().labels if _VARIETY.get(code, code) in considered})
    )
    return narrowed


def _letters_by_script(text: str) -> dict[str, int]:
    if text.isascii():
        return {"latin": sum(map(str.isalpha, text))}
    counts: dict[str, int] = {}
    for char in text:
        if char.isalpha():
            script = _SCRIPTS[bisect.bisect_right(_STARTS, ord(char)) - 1]
            counts[script] = counts.get(script, 0) + (2 if script in _DENSE else 1)
    return counts


def language(text: str) -> LanguageGuess:
    """The language of a short text.

    text      a bio, a post, or several joined by line breaks; only MAX_CHARS characters are read
    returns   a code only when both refusals pass; the reason names the rule that applied

    >>> language("Ich liebe es, Brot zu backen").code, language("料理が好きです").code
    ('de', 'ja')
    >>> language("Foodie 🥖 #veganfood @ana")
    LanguageGuess(code=None, reason='6 letters after links, handles and tags; 10 are needed')
    """
    # NFKC: styled letters ("𝐀𝐜𝐭𝐫𝐞𝐬𝐬") are letters of the language that they spell.
    stripped = unicodedata.normalize("NFKC", _NETWORK.sub(" ", prose(text[:MAX_CHARS])))
    counts = _letters_by_script(stripped)
    counts.pop("", None)
    n_letters = sum(counts.values())
    if not n_letters:
        return LanguageGuess(None, "no letters after links, handles and tags")
    if "kana" in counts:
        # Japanese mixes Han and Kana in one sentence; Chinese has no Kana.
        counts["kana"] += counts.pop("han", 0)
    script = max(counts, key=lambda name: (counts[name], name))
    share = counts[script] / n_letters
    if share < MIN_SCRIPT_SHARE:
        return LanguageGuess(None, f"mixed scripts; {script} has {share:.0%} of the letters")
    if (alone := _ALONE.get(script)) is not None:
        if counts[script] < MIN_SCRIPT_LETTERS:
            return LanguageGuess(None, f"a single {script} letter")
        return LanguageGuess(alone, f"{script} script")
    if counts[script] < MIN_LETTERS:
        return LanguageGuess(
            None,
            f"{counts[script]} letters after links, handles and tags; {MIN_LETTERS} are needed",
        )
    return _classify(stripped, script)


def _classify(text: str, script: str) -> LanguageGuess:
    if text.isupper():
        text = text.lower()
    p_by_code: dict[str, float] = {}
    for label, p in _classifier(script).rank(text):
        code = _VARIETY.get(label, label)
        p_by_code[code] = p_by_code.get(code, 0.0) + (p / 2 if code in _RARE else p)
    total = sum(p_by_code.values())
    if total <= 0.0:
        return LanguageGuess(None, "no known pattern of any language")
    (best, p_best), (second, p_second) = sorted(
        p_by_code.items(), key=lambda item: (-item[1], item[0])
    )[:2]
    p_best, p_second = p_best / total, p_second / total
    if p_best - p_second < MIN_MARGIN:
        return LanguageGuess(
            None, f"{best} ({p_best:.2f}) leads {second} ({p_second:.2f}) by too little"
        )
    return LanguageGuess(best, f"{best} {p_best:.2f}, next {second} {p_second:.2f}")


def languages(texts: Iterable[str | None]) -> list[str | None]:
    """`language(text).code` of each, in order; None stays None. A repeated text is judged once.

    >>> languages(["Born and raised in London", None, "lol"])
    ['en', None, None]
    """
    known: dict[str, str | None] = {}
    codes: list[str | None] = []
    for text in texts:
        if not text:
            codes.append(None)
            continue
        if text not in known:
            known[text] = language(text).code
        codes.append(known[text])
    return codes
