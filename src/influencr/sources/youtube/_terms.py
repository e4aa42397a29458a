"""Under which terms is YouTube data held? Thirty days, raw counts only, and not handed on.

kept for 30 days      stored API data must be refreshed or deleted within 30 calendar days
                      (Developer Policies III.E.4); rows say it in `expires_at`
no derived numbers    no own metric that replaces or extends the API's (III.E.4.h), unless the
                      amendment of 2026-05 was accepted by the operator: `Policy.SCORE` is
                      absent, so no judge measures anything on these rows
not handed on         a file that left this home can neither be refreshed nor expire, so
                      `Policy.EXPORT` is absent
no contact            channels publish no address through the API
"""

from __future__ import annotations

from datetime import datetime

from influencr.records import Policy
from influencr.sources._kept import kept_until

__all__ = ["DAYS_KEPT", "LICENCE", "SCORES_SETTING", "expires_at", "policy"]

#: Days after which stored API data must be refreshed or gone [YouTube Developer Policies III.E.4].
DAYS_KEPT = 30
#: What stands in the rows' `licence`.
LICENCE = "youtube-api"
#: The setting by which an operator states that the amendment on derived metrics was accepted.
SCORES_SETTING = "derived_metrics_accepted"


def expires_at(fetched_at: datetime) -> datetime:
    """The midnight (UTC) by which a row must be refreshed or gone; 29 to 30 days later."""
    return kept_until(fetched_at, days=DAYS_KEPT)


def policy(*, derived_metrics_accepted: bool) -> int:
    """Policy bits of every row; scores only where the operator states the amendment."""
    bits = Policy.INDEX | Policy.SHOW_SIGNED_OUT
    return int(bits | Policy.SCORE if derived_metrics_accepted else bits)
