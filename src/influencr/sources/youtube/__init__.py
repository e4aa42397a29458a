"""Who is on YouTube? Channels by keyword, place and topic, with an operator's own API key.

Useful for: raw counts, words and newest videos of channels, kept for 30 days and then had again.
Not useful for: who follows a channel (no API tells), or numbers of our own about it (forbidden
unless the operator states that YouTube's amendment was accepted).
"""

from influencr.sources.youtube._source import YouTubeSource

__all__ = ["YouTubeSource"]
