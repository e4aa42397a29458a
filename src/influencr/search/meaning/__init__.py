"""What does a typed word stand for, in the words that creators of this index really use?

`alternatives` splits plain words into pieces and gives for each its weighted alternatives: the
word itself, its forms, compounds, what it was probably meant to be, and other words for the same
thing. Nothing is decided when creators are indexed, so an exact word is always known to be exact.
"""

from influencr.search.meaning._alternatives import alternatives
from influencr.search.meaning._reading import MAX_ALTERNATIVES, Alternative, Kind, Reading
from influencr.search.meaning._weights import WEIGHTS, Weights

__all__ = [
    "MAX_ALTERNATIVES",
    "WEIGHTS",
    "Alternative",
    "Kind",
    "Reading",
    "Weights",
    "alternatives",
]
