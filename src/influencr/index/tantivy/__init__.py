"""How does one folder of this machine hold the whole search index, and survive anything?"""

from influencr.index.tantivy._index import TantivyIndex

__all__ = ["TantivyIndex"]
