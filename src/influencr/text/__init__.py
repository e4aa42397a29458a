"""What do the characters say? Normalising, tokens, language, hashtags; no I/O, no judgement."""

from influencr.text._fold import fold, printable
from influencr.text._forms import (
    ANY,
    MIN_DERIVED,
    MIN_STEM,
    Kinship,
    doers,
    inflections,
    kinship,
    stem,
    stem_languages,
    written_in,
)
from influencr.text._hashtags import hashtags, links, prose
from influencr.text._language import MAX_CHARS, LanguageGuess, language, languages
from influencr.text._tokens import (
    Token,
    handle_words,
    indexable,
    indexable_lines,
    names,
    spans,
    words,
)

__all__ = [
    "ANY",
    "MAX_CHARS",
    "MIN_DERIVED",
    "MIN_STEM",
    "Kinship",
    "LanguageGuess",
    "Token",
    "doers",
    "fold",
    "handle_words",
    "hashtags",
    "indexable",
    "indexable_lines",
    "inflections",
    "kinship",
    "language",
    "languages",
    "links",
    "names",
    "printable",
    "prose",
    "spans",
    "stem",
    "stem_languages",
    "words",
    "written_in",
]
