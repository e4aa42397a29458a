"""Which written words are forms of one word? Plurals, genders, cases; and words built on its stem.

Everything here works on folded words ("fotografa" stands for "fotógrafa"), because that is what
texts are compared by. Two kinds of kinship:

inflected   the same word in another number, gender, case or person: "bakers" and "baker",
            "fotografa" and "fotografo", "journalistin" and "journalist". Read from PATTERNS: groups
            of endings that replace one another on the same stem.
derived     the same stem by the Snowball stemmer of the language, with another ending:
            "motivation" and "motivational"; or who does it and doing it: "trainer" and
            "training" (DOERS). It may lie far ("marketing", "market"), so whoever
            asks should weigh it less, and ask only for languages that are certain.

What people do for a living is told apart on purpose: "photographer" and "photography" are neither.

A language is an ISO 639-1 code. Which languages a word may be in follows from its letters
(`written_in`): a script, or a letter that only some languages write ("ñ").

PATTERNS: written for this project out of ordinary grammars, after folding (so that the German
umlaut needs no rule); kept short on purpose: only endings that name people, things and what they
do. MIN_STEM, MIN_DERIVED: our own choice. All are held by
tests/unit/text/test_forms.py and measured in docs/algorithms/words.md.
"""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Mapping
from typing import Any, Literal

__all__ = [
    "ANY",
    "MIN_STEM",
    "Kinship",
    "inflections",
    "kinship",
    "stem",
    "stem_languages",
    "written_in",
]

Kinship = Literal["inflected", "derived"]

#: Stands for a language that is not known: only endings that are alike in many languages.
ANY = "any"
#: Letters that must stay before an ending that is replaced: fewer are too often another word. A
#: plain added "s" may follow two ("dj", "djs").
MIN_STEM = 3
#: Letters of words that are derived from one another by their stem.
MIN_DERIVED = 6

# Endings that replace one another; "-" is no ending at all. A word that ends in one of a group may
# end in any other of the same group.
_PATTERNS = {
    "en": (
        "- s | - es | y ies | f ves | fe ves | man men | - ed ing s | e es ed ing",
        "y ies ied ying | er ers",
    ),
    "es": (
        "o a os as | - a es as | - s | - es | z ces | on ona ones onas | an ana anes anas",
        "or ora ores oras | ista istas | tor triz | es esa eses esas",
    ),
    "fr": (
        "- s | - e s es | - x | eur euse eurs euses | teur trice teurs trices | er ere ers eres",
        "ien ienne iens iennes | on onne ons onnes | el elle els elles | al ale aux ales",
        "eau eaux | eux euse euses | if ive ifs ives | eur eure eurs eures | en enne ens ennes",
    ),
    "de": (
        "- e en er n s es em ern | - in innen en e | er erin erinnen ern ers | e in innen en",
        "- nen | um en | us en | er ere erer eres eren erem",
    ),
    "pt": (
        "o a os as | - a es as | - s | m ns | al ais | el eis | il is | ol ois | ao oes | ao aos",
        "ao ona oes onas | ao a aos as | or ora ores oras | r res | z zes | s ses | tor triz",
    ),
    "it": (
        "o a i e | e i | a e | co ca chi che ci | go ga ghi ghe gi | io ia i ie | cia ce | gia ge",
        "ista isti iste | tore trice tori trici | ore essa ori esse | e essa i esse",
    ),
    "nl": (
        "- s | - en | - e | - es | f ven | s zen | er ster ers sters | - je jes",
        "ver vers fster fsters | - tje tjes | - in innen en | eur euse eurs | aar aarster aars",
    ),
    "sv": (
        "- s | - er erna en | - en ar arna | a or orna an | e ar arna en | - n r rna",
        "are aren arna arnas | - et en | ska skor skorna",
    ),
    "no": ("- s | - er ene en | - et ene | e er ene en | - n r rne | er ere erne eren",),
    "da": ("- s | - er erne en | - et ene | e er erne en | - n r rne | er ere erne eren",),
    "pl": (
        "- a y i u ie owie ow em om ami ach owi | a i y e o ie ami ach om | o a u em om ami ach",
        "- ka ki ke ek kami ce | arz arka arze arki arzy | ek ka ki kow | ec cy cow",
        "nik niczka nicy niczki nikow | y a e ych ymi ego | i a ie ich | ia ie ii iami",
    ),
    "tr": (
        "- lar lari larin larim | - ler leri lerin lerim | - i u si su | - in un nin nun | - im um",
        "- da de ta te | - ci cu | ci cilar cu cular ciler culer",
    ),
    "id": ("- nya | - ku | - mu | - kan | - lah",),
    "ro": ("- i | - uri | a e | - ul ului | a ei | - e le | or oare ori | - a e ele",),
    "ca": ("- s | - a s es | a es | or ora ors ores | o ons | e a es",),
    "cs": ("- a y u e i ovi em ech um ami | a y u e ou ami | - ka ky | y a e ych eho | ar arka",),
    "fi": ("- t | - n | - a | - ja | nen set sen sia",),
    "hu": ("- k | - ok ek ak | - t | - ban ben | - i",),
    "ru": (
        "- а ы и у е ом ам ами ах ов ои ою | а ы и у е ои ам ами ах | я и ю е еи ям ями ях ь ем",
        "ия ии ию ией иеи ий иям | ие ия ию ием ии | о а у ом | ыи ая ое ые ого ых ым ую ои",
        "ии яя ее ие его их им юю | ник ница ники ницы ников | тель тельница тели тельницы",
        "ец ица цы | ист истка исты истки истов | ер ерша еры",
    ),
    "uk": (
        "- а и і у ом ам ами ах ів | а и у і ою ам ами ах | я і ю ею ям ями ях | ии а е і их им",
        "ник ниця ники | ія ії ію ій | ист истка исти | ець иця ці",
    ),
    "el": ("οσ η οι εσ ου ων ουσ | ησ ρια εσ ριεσ | α εσ ασ ων | ο α ου ων | ι ια",),
    "hi": ("- ें ों | ा े ी ों | - ा े ी | ी ियां ियाँ ियों | ा ाएं ाएँ ाओं",),
    "ar": ("- ه | - ات | ه ات | - ون ين | - ي | ي يه | - ان",),
    "fa": ("- ها | - هاي | - ی | - ان",),
    "he": ("- ים | ה ות | - ת | - ית",),
}

# "bus" is no plural.
_NO_PLURAL = ("us", "ss")

# Who does something and doing it: another word on the same stem that the stemmer keeps apart.
_DOERS = {"en": ("er ers ing ings",), "de": ("er erin ern erinnen en ung ungen",)}

# What is safe to try in a Latin word of an unknown language: these look alike in most of them.
_PATTERNS[ANY] = (
    "- s | y ies | ch ches | sh shes | x xes | o a os as | or ora ores oras | ista istas",
    "er erin erinnen | eur euse eurs",
    "ist istin isten istinnen | graf grafin grafen | ao oes | z ces | tor trice tori trici",
)

# Put before an Arabic word without making another word of it: the, and the, with the, for the.
_ARABIC_BEFORE = ("ال", "وال", "بال", "لل")

# ISO 639-1 -> name of the Snowball algorithm.
_SNOWBALL = {
    **{"ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german"},
    **{"el": "greek", "en": "english", "es": "spanish", "et": "estonian", "eu": "basque"},
    **{"fa": "persian", "fi": "finnish", "fr": "french", "ga": "irish", "hi": "hindi"},
    **{"hu": "hungarian", "hy": "armenian", "id": "indonesian", "it": "italian"},
    **{"lt": "lithuanian", "ne": "nepali", "nl": "dutch", "no": "norwegian", "pl": "polish"},
    **{"pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian", "sv": "swedish"},
    **{"ta": "tamil", "tr": "turkish", "yi": "yiddish"},
}

# Folding took the breve from the Russian short i, by which the stemmer knows an ending.
_RUSSIAN_ENDS = {"ыи": "ый", "ои": "ой", "еи": "ей"}

# Written with such letters a word is in one of these languages (before folding).
_LETTERS = {
    "ñ": ("es",),
    "ß": ("de",),
    "ãõ": ("pt",),
    "øæ": ("da", "no", "fr"),
    "å": ("sv", "da", "no", "fi"),
    "ğışİ": ("tr",),
    "łąęśźż": ("pl",),
    "ćń": ("pl", "sr"),
    "œêëîûù": ("fr", "nl", "it"),
    "èà": ("fr", "it", "ca"),
    "ìò": ("it", "ca"),
    "ç": ("fr", "pt", "tr", "ca"),
    "âô": ("fr", "pt", "ro"),
    "äö": ("de", "sv", "fi", "tr", "et"),
    "ü": ("de", "tr", "es", "hu"),
    "áíóú": ("es", "pt", "hu", "cs", "ga"),
    "é": ("es", "fr", "pt", "it", "hu", "cs", "nl", "sv", "ca"),
    "őű": ("hu",),
    "ățș": ("ro",),
    "ěřů": ("cs",),
    "іїєґ": ("uk",),
    "ыэё": ("ru",),
    "پچژگکی": ("fa",),
}
_SCRIPTS = (
    ("LATIN", ()),
    ("CYRILLIC", ("ru", "uk")),
    ("ARABIC", ("ar", "fa")),
    ("DEVANAGARI", ("hi",)),
    ("GREEK", ("el",)),
    ("HEBREW", ("he",)),
    ("ARMENIAN", ("hy",)),
    ("TAMIL", ("ta",)),
)


def _patterns(written: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[tuple[str, ...], ...]]:
    return {
        language: tuple(
            tuple("" if e == "-" else e for e in group.split())
            for line in lines
            for group in line.split(" | ")
        )
        for language, lines in written.items()
    }


_GROUPS = _patterns(_PATTERNS)
_DOER_GROUPS = _patterns(_DOERS)


def stem_languages() -> tuple[str, ...]:
    """The languages that `stem` knows, sorted."""
    return tuple(sorted(_SNOWBALL))


@functools.lru_cache(maxsize=4096)
def written_in(word: str) -> tuple[str, ...] | None:
    """The languages that the letters of a word as typed (not folded) leave open, likely ones first.

    None when they leave open which one: plain Latin letters are in any language.

    >>> written_in("comédie"), written_in("chef"), written_in("niño")
    (('es', 'fr', 'pt', 'it', 'hu', 'cs', 'nl', 'sv', 'ca'), None, ('es',))
    """
    if word.isascii():
        return None
    open_: tuple[str, ...] | None = None
    lowered = unicodedata.normalize("NFC", word).lower()
    for letters, languages in _LETTERS.items():
        if any(c in lowered for c in letters):
            open_ = languages if open_ is None else tuple(x for x in open_ if x in languages)
    if open_:
        return open_
    for char in lowered:
        if char.isalpha():
            script = unicodedata.name(char, "").partition(" ")[0]
            for known, languages in _SCRIPTS:
                if script == known:
                    return languages or None
            return ()
    return None


@functools.cache
def _stemmer(language: str) -> Any:
    import Stemmer

    # Its own cache is no faster than ours below, and not safe to share between threads.
    return Stemmer.Stemmer(_SNOWBALL[language], 0)


@functools.lru_cache(maxsize=1 << 15)
def stem(word: str, language: str) -> str:
    """The Snowball stem of a folded word; the word itself in a language without a stemmer.

    >>> stem("motivational", "en"), stem("кулинарныи", "ru"), stem("ramen", "ja")
    ('motiv', 'кулинарн', 'ramen')
    """
    if language not in _SNOWBALL:
        return word
    if language == "ru" and word[-2:] in _RUSSIAN_ENDS:
        word = word[:-2] + _RUSSIAN_ENDS[word[-2:]]
    found: str = _stemmer(language).stemWord(word)
    return found


@functools.lru_cache(maxsize=1 << 14)
def inflections(word: str, language: str) -> frozenset[str]:
    """What other forms of a folded word would look like; most of them nobody ever wrote.

    language   ISO 639-1, or ANY

    >>> "bakers" in inflections("baker", "en"), "fotografos" in inflections("fotografa", "es")
    (True, True)
    """
    found: set[str] = set()
    for group in _GROUPS.get(language, ()):
        plain = set(group) == {"", "s"}
        for ending in group:
            if not word.endswith(ending):
                continue
            if plain and ending and word.endswith(_NO_PLURAL):
                continue
            kept = word[: len(word) - len(ending)]
            # "wife" keeps two letters of four; "dj" adds one to two.
            if len(kept) >= MIN_STEM or (len(kept) == MIN_STEM - 1 and (plain or len(ending) > 1)):
                found.update(kept + other for other in group if other != ending)
    if language == "en":
        found |= _doubled(word)
    elif language == "ar":
        bare = _without_article(word)
        found |= {before + bare for before in ("", *_ARABIC_BEFORE)}
        if bare != word:
            found |= inflections(bare, "ar")
    found.discard(word)
    return frozenset(found)


@functools.lru_cache(maxsize=1 << 14)
def doers(word: str, language: str) -> frozenset[str]:
    """Words for who does it, or for doing it, that the stemmer keeps apart from a folded word.

    >>> sorted(doers("trainer", "en"))
    ['training', 'trainings']
    """
    found: set[str] = set()
    for group in _DOER_GROUPS.get(language, ()):
        for ending in group:
            kept = word.removesuffix(ending)
            if kept != word and len(kept) > MIN_STEM:
                found.update(kept + other for other in group if other != ending)
    return frozenset(found - inflections(word, language) - {word})


def _doubled(word: str) -> set[str]:
    """English doubles the last letter: "run", "running"; "vlog", "vlogger" is another word."""
    found: set[str] = set()
    for ending in ("ing", "ed"):
        kept = word.removesuffix(ending)
        if kept != word and len(kept) > MIN_STEM and kept[-1] == kept[-2]:
            found |= {kept[:-1], kept[:-1] + "s"}
    if len(word) >= MIN_STEM and word[-1] in "bdgmnprt" and word[-2] in "aeiou":
        found |= {f"{word}{word[-1]}ing", f"{word}{word[-1]}ed"}
    return found


def _without_article(word: str) -> str:
    for before in ("وال", "بال", "ال", "لل"):
        if word.startswith(before) and len(word) - len(before) >= MIN_STEM:
            return word[len(before) :]
    return word


def kinship(word: str, other: str, language: str) -> Kinship | None:
    """How two folded words are related in a language; None when they are not.

    Words are derived only when both have MIN_DERIVED letters, three fifths of the longer one is
    common to both, and one goes on for more than a letter from where they part: "fit" is too far
    from "fitness", and "generale" is no English "general".

    >>> kinship("baker", "bakers", "en"), kinship("motivation", "motivational", "en")
    ('inflected', 'derived')
    >>> kinship("photographer", "photography", "en") is None
    True
    """
    if word == other:
        return None
    if other in inflections(word, language):
        return "inflected"
    if other in doers(word, language):
        return "derived"
    longer = max(len(word), len(other))
    if min(len(word), len(other)) < MIN_DERIVED or language not in _SNOWBALL:
        return None
    common = _common_letters(word, other)
    if longer - common < 2 or 5 * common < 3 * longer:
        return None
    return "derived" if stem(word, language) == stem(other, language) else None


def _common_letters(word: str, other: str) -> int:
    for at, (one, two) in enumerate(zip(word, other, strict=False)):
        if one != two:
            return at
    return min(len(word), len(other))
