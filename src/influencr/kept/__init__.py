"""What do members keep in a data home? Brands, saved searches with who was seen, and disputes.

Useful for: keeping it whole, for several processes, and letting people leave it. Not useful for:
knowing what a brand or a search means (search).
"""

from influencr.kept._kept import FILE, Dispute, Kept, Saved, kept_key

__all__ = ["FILE", "Dispute", "Kept", "Saved", "kept_key"]
