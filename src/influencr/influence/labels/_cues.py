"""Which words of a profile are a sign of what it is? Whole columns at once, by one list of phrases.

`cues.csv` and `given_names.txt` are written by hand and folded like the texts (`folded`): case,
accents and styled letters do not matter. A phrase is found as whole words; in scripts that write no
spaces, wherever it stands. A word that names an occupation does not count behind "for", "of", "my"
and the like (`_GUARDS`): "marketing for musicians", "wife of an actor" and "my favourite singer"
are no musician, actor or singer. Only words are read here; what they weigh stands in `_signs`.
"""

from __future__ import annotations

import csv
import functools
from importlib import resources
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import polars as pl

__all__ = ["FOUND_SCHEMA", "folded", "found_cues", "given_names", "handle_words"]

#: Signs whose single words need the guard.
_GUARDED = frozenset(
    {
        *("stage", "artist_role", "honour", "office", "business_role", "public_voice"),
        *("person_role", "creator_role"),
    }
)
_GUARDS = (
    "of|for|to|my|your|our|by|with|and my|favorite|favourite|love|loves|like|likes|not|no|fellow|"
    "hire|help|helping|helps|support|supporting|del|di|della|do|da|von|der|des|pour|para|por|per|"
    "mi|meu|minha|mon|ma|mein|meine|mio|mia|fan de|about|hate|marry|date|dating|called|named"
)
_ARTICLES = "a|an|the|un|una|une|ein|eine|il|el|le|la|o"
_UNSPACED = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}]"
#: Accents of Latin, Greek and Cyrillic, harakat and tatweel.
_MARKS = r"[\x{0300}-\x{036F}\x{0483}-\x{0487}\x{064B}-\x{0655}\x{0670}\x{0640}]"
_FIELDS = ("bio", "name", "handle", "topic")


class _Cue(NamedTuple):
    pattern: str
    sign: str
    where: str
    guarded: bool


def found_schema() -> dict[str, pl.DataType | type[pl.DataType]]:
    """Columns of what is found: row (place in the frame), sign, where, words."""
    import polars as pl

    return {"row": pl.UInt32, "sign": pl.String, "where": pl.String, "words": pl.String}


FOUND_SCHEMA = ("row", "sign", "where", "words")


def folded(text: pl.Expr) -> pl.Expr:
    """Lower case without accents, words parted by single spaces, one space at each end; not null.

    Marks are dropped from Latin, Greek, Cyrillic and Arabic letters only: elsewhere they tell words
    apart. `@name` keeps its sign, so that a name that is mentioned is no word of the text.
    """
    return (
        text.fill_null("")
        .str.normalize("NFKD")
        .str.replace_all(
            r"[\x{0300}-\x{036F}\x{0483}-\x{0487}\x{064B}-\x{0655}\x{0670}\x{0640}]", ""
        )
        .str.normalize("NFC")
        .str.to_lowercase()
        .str.replace_many(
            ["ß", "ł", "ø", "đ", "ı", "æ", "œ", "ى", "ة"],
            ["ss", "l", "o", "d", "i", "ae", "oe", "ي", "ه"],
        )
        .str.replace_all(r"https?://\S+|www\.\S+", " ")
        # "U.S.", "e.V.", "F.C.": one word.
        .str.replace_all(r"\b(\p{L})\.(\p{L})\b\.?", "${1}${2}")
        .str.replace_all(r"[^\p{L}\p{M}\p{N}@]+", " ")
        .str.replace(r"^ ?", " ")
        .str.replace(r" ?$", " ")
    )


def handle_words(handle: pl.Expr) -> pl.Expr:
    """A handle as words: parted at signs, digits and where small letters meet capitals.

    Of an address the network's own part is dropped ("ana.bsky.social" is "ana"), of a domain the
    last part ("ana.example" is "ana").
    """
    own = (
        handle.fill_null("")
        .str.replace(r"@.*$", "")
        .str.replace(r"\.bsky\.social$", "")
        .str.replace(r"\.(com|org|net|eu|dev|xyz|social|info|[a-z]{2})$", "")
    )
    return folded(
        own.str.replace_all(r"(\p{Ll})(\p{Lu})", "$1 $2").str.replace_all(r"[\p{N}_.\-]+", " ")
    )


@functools.cache
def given_names() -> frozenset[str]:
    """Folded given names (`given_names.txt`)."""
    lines = _read("given_names.txt").splitlines()
    return frozenset(_fold_all([line for line in lines if line and not line.startswith("#")]))


def found_cues(texts: dict[str, pl.Series]) -> pl.DataFrame:
    """Every sign that words of the profiles are, each once per row.

    texts     series of equal length by "bio", "name", "handle" and "topic": raw texts, null where
              nothing is known; handles as `handle_words` makes them, topics joined
    returns   FOUND_SCHEMA; `words` is the first phrase found, folded
    """
    import polars as pl

    parts = []
    for where in _FIELDS:
        frame = pl.DataFrame({"text": texts[where]}).with_row_index("row")
        frame = frame.filter(pl.col("text").is_not_null())
        frame = frame.with_columns(
            pl.col("text") if where == "handle" else folded(pl.col("text"))
        ).filter(pl.col("text") != " ")
        guarded = _glued(pl.col("text"))
        for under_guard, text in ((False, pl.col("text")), (True, guarded)):
            cues = [cue for cue in _cues() if cue.where == where and cue.guarded == under_guard]
            if cues and frame.height:
                parts.append(_matches(frame, text, cues, where))
    if not parts:
        return pl.DataFrame(schema=found_schema())
    return (
        pl.concat(parts)
        .unique(["row", "sign"], keep="first", maintain_order=True)
        .select(pl.col(name).cast(dtype) for name, dtype in found_schema().items())
    )


def _matches(frame: pl.DataFrame, text: pl.Expr, cues: list[_Cue], where: str) -> pl.DataFrame:
    import polars as pl

    table = pl.DataFrame(
        {"pattern": [cue.pattern for cue in cues], "sign": [cue.sign for cue in cues]}
    ).unique(maintain_order=True)
    patterns = table["pattern"].unique(maintain_order=True).to_list()
    return (
        frame.select("row", text.str.extract_many(patterns, overlapping=True).alias("pattern"))
        .explode("pattern", empty_as_null=False)
        .join(table, on="pattern", how="inner", maintain_order="left")
        .select(
            "row",
            "sign",
            pl.lit(where).alias("where"),
            pl.col("pattern").str.strip_chars(" ").alias("words"),
        )
    )


def _glued(text: pl.Expr) -> pl.Expr:
    """With a sign before the word that stands behind guards, so that it is another word."""
    return text.str.replace_all(rf" ((?:(?:{_GUARDS}) )+(?:(?:{_ARTICLES}) )?)(\S+)", " ${1}_${2}")


@functools.cache
def _cues() -> tuple[_Cue, ...]:
    rows = csv.DictReader(
        line for line in _read("cues.csv").splitlines() if not line.startswith("#")
    )
    plain: list[tuple[str, str, str]] = []
    for row in rows:
        for where in row["where"].split("+"):
            plain += [(phrase, row["sign"], where) for phrase in row["phrases"].split("|")]
    import re

    import regex

    unspaced = regex.compile(_UNSPACED)
    cues = []
    phrases = _fold_all([phrase for phrase, _, _ in plain])
    for phrase, (_, sign, where) in zip(phrases, plain, strict=True):
        spaced = not unspaced.search(phrase)
        single = not re.search(r"\s", phrase)
        cues.append(
            _Cue(f" {phrase} " if spaced else phrase, sign, where, single and sign in _GUARDED)
        )
    return tuple(dict.fromkeys(cues))


def _fold_all(words: list[str]) -> list[str]:
    import polars as pl

    return (
        pl.DataFrame({"word": words})
        .select(folded(pl.col("word")).str.strip_chars(" "))
        .to_series()
        .to_list()
    )


def _read(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
