"""How are creators found, counted and sorted fast, whichever engine does it?

`SearchIndex` is the promise, the nodes are the questions, `documents` says what is stored of a
creator. `index.tantivy` keeps it in files of this machine; other engines live in folders beside it
and pass the same `testing.check_index`.
"""

from influencr.index._documents import (
    COLUMNS,
    FIELDS,
    UNKNOWN,
    decode,
    document,
    documents,
    point_tokens,
    tie,
)
from influencr.index._interface import Entry, IndexInfo, Order, SearchIndex, Snapshot
from influencr.index._nodes import (
    And,
    Anyone,
    Boost,
    Constant,
    Node,
    Not,
    Or,
    Phrase,
    Prefer,
    Prefix,
    Range,
    Term,
    Terms,
)
from influencr.index._quality import (
    ACTIVITY_FACTORS,
    PARTS,
    engagement_edges,
    engagement_factor,
    quality_512,
)

__all__ = [
    "ACTIVITY_FACTORS",
    "COLUMNS",
    "FIELDS",
    "PARTS",
    "UNKNOWN",
    "And",
    "Anyone",
    "Boost",
    "Constant",
    "Entry",
    "IndexInfo",
    "Node",
    "Not",
    "Or",
    "Order",
    "Phrase",
    "Prefer",
    "Prefix",
    "Range",
    "SearchIndex",
    "Snapshot",
    "Term",
    "Terms",
    "decode",
    "document",
    "documents",
    "engagement_edges",
    "engagement_factor",
    "point_tokens",
    "quality_512",
    "tie",
]
