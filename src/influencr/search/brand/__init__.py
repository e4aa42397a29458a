"""What does a brand look for, how does a creator fit it, and whom do their followers match?

Useful for: brands kept in a home, the fit of a creator's content, alignment and mentions prepared
by the pipeline, as factors, filters and evidence of a search. Not useful for: reading follows.
"""

from influencr.search.brand._brand import Brand, brand_key, make_brand

__all__ = ["Brand", "brand_key", "make_brand"]
