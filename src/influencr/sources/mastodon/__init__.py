"""The fediverse: servers that speak Mastodon's API, asked only when the operator listed them.

Off by default. What is kept, and what never is, stands in `_consent` and docs/sources/mastodon.md:
people who opted in to being discovered, as their own server shows them; words of posts only of
those who allow indexing; follows only between people who both opted in.
"""

from influencr.sources.mastodon._consent import REFUSALS
from influencr.sources.mastodon._source import MastodonSource

__all__ = ["REFUSALS", "MastodonSource"]
