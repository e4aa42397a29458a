"""What do named Instagram accounts show? Business discovery with an operator's own token.

Useful for: counts, words and newest media of professional accounts that are known by name.
Not useful for: finding people (the API does not), followers, or personal accounts.
"""

from influencr.sources.instagram._source import InstagramSource

__all__ = ["InstagramSource"]
