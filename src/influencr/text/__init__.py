"""What do the characters say? Normalising, tokens, language, hashtags; no I/O, no judgement."""

from influencr.text._fold import fold, printable
from influencr.text._hashtags import hashtags, links, prose
from influencr.text._language import LanguageGuess, language, languages

__all__ = [
    "LanguageGuess",
    "fold",
    "hashtags",
    "language",
    "languages",
    "links",
    "printable",
    "prose",
]
