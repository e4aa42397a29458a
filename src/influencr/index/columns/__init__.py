"""How does one folder of this machine hold the whole search index as arrays, found in place?"""

from influencr.index.columns._index import ColumnIndex

__all__ = ["ColumnIndex"]
