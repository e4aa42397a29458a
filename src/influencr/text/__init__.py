"""What do the characters say? Normalising, tokens, language, hashtags; no I/O, no judgement."""

from influencr.text._fold import fold, printable
from influencr.text._hashtags import hashtags, links, prose
from influencr.text._language import MAX_CHARS, LanguageGuess, language, languages
from influencr.text._tokens import Token, handle_words, indexable, names, spans, words

__all__ = [
    "MAX_CHARS",
    "LanguageGuess",
    "Token",
    "fold",
    "handle_words",
    "hashtags",
    "indexable",
    "language",
    "languages",
    "links",
    "names",
    "printable",
    "prose",
    "spans",
    "words",
]
