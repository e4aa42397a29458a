"""What does a brand look for, how does a creator fit it, and whom do their followers match?

Useful for: brands kept in a home, the fit of a creator's content, alignment and mentions prepared
by the pipeline, as factors, filters and evidence of a search. Not useful for: reading follows.
"""

from influencr.search.brand._brand import Brand, make_brand
from influencr.search.brand._brands import Brands, Preparer
from influencr.search.brand._fit import Fit, Resembles, SaysWord
from influencr.search.brand._lens import BrandHit, BrandRead
from influencr.search.brand._prepared import Alignment, Mention

__all__ = [
    "Alignment",
    "Brand",
    "BrandHit",
    "BrandRead",
    "Brands",
    "Fit",
    "Mention",
    "Preparer",
    "Resembles",
    "SaysWord",
    "make_brand",
]
