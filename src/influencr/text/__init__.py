"""What do the characters say? Normalising, tokens, language, hashtags; no I/O, no judgement."""

from influencr.text._fold import fold, printable

__all__ = ["fold", "printable"]
