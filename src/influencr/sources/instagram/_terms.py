"""Under which terms is data of the Instagram Graph API held?

    kept for 30 days   platform data must be kept up to date and deleted when it is not needed any
                       more (Meta Platform Terms, 3.d and 6); we take the same term as YouTube's
    not handed on      a file that left this home can be neither corrected nor deleted, so
                       `Policy.EXPORT` is absent
    no contact         nothing is stored as a contact; a website is stored as a link

DAYS_KEPT: our own choice where the terms name no number.
"""

from __future__ import annotations

from datetime import datetime

from influencr.records import Policy
from influencr.sources._kept import kept_until

__all__ = ["DAYS_KEPT", "LICENCE", "POLICY", "expires_at"]

DAYS_KEPT = 30
#: What stands in the rows' `licence`.
LICENCE = "meta-api"
#: Policy bits of every row.
POLICY = int(Policy.INDEX | Policy.SCORE | Policy.SHOW_SIGNED_OUT)


def expires_at(fetched_at: datetime) -> datetime:
    """The midnight (UTC) by which a row must be refreshed or gone; 29 to 30 days later."""
    return kept_until(fetched_at, days=DAYS_KEPT)
