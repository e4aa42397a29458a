"""What do members keep in a data home? Brands, and saved searches with who was seen.

Useful for: keeping it whole, for several processes, and letting people leave it. Not useful for:
knowing what a brand or a search means (search).
"""

from influencr.kept._kept import FILE, Kept, Saved, kept_key

__all__ = ["FILE", "Kept", "Saved", "kept_key"]
