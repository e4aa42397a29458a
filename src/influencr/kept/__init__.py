"""What do members keep in a data home? Brands, saved searches with who was seen,
lists of creators, what is watched and was told of both, and disputes.

Useful for: keeping it whole, for several processes, and letting people leave it. Not useful for:
knowing what a brand or a search means (search).
"""

from influencr.kept._alerts import KEPT_DAYS, KeptAlert, KeptAlerts, Watch
from influencr.kept._kept import FILE, Dispute, Kept, Saved, kept_key
from influencr.kept._lists import UNDO_MINUTES, KeptItem, KeptList, KeptLists
from influencr.kept._prices import KeptPrices
from influencr.kept._rights import RIGHTS_FILE, Case, Departure, Rights, Statement

__all__ = [
    "FILE",
    "KEPT_DAYS",
    "RIGHTS_FILE",
    "UNDO_MINUTES",
    "Case",
    "Departure",
    "Dispute",
    "Kept",
    "KeptAlert",
    "KeptAlerts",
    "KeptItem",
    "KeptList",
    "KeptLists",
    "KeptPrices",
    "Rights",
    "Saved",
    "Statement",
    "Watch",
    "kept_key",
]
