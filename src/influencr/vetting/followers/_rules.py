"""Signs that the fitted set does not hold, as documented weights in log-odds.

The set that the shipped scorecard is fitted on has no bio, no link, no display name, and nearly
nobody without a picture. Leaving these fields unread where a platform gives them would throw away
what every published rule set uses; fitting them elsewhere is not allowed by the licences of other
sets. So they are rules: round weights, **our own choice, made before they were measured on any
labelled set and not changed afterwards**; docs/algorithms/followers.md shows what they bring on
sets that fitted nothing.

A weight of 0.7 doubles the odds, 1.5 makes them 4.5 times as large. What is unknown adds nothing.
What never counts: the age of the account (newcomers are not bought), silence, language, place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from influencr.vetting.followers._fields import Fields

    Floats = NDArray[np.float64]

__all__ = ["BIO_SAYS_SOMETHING", "FAST", "RULES", "rule_parts"]

#: Characters from which a bio says something.
BIO_SAYS_SOMETHING = 20
#: Follows per day of life from which a profile follows faster than a person reads; only for
#: accounts of a week and more, because a newcomer follows a whole starter pack at once.
FAST = 100.0
_FAST_FROM_DAYS = 7.0
#: Share of digits from which a display name is mostly numbered.
_NUMBERED = 0.2

#: Rule -> weight in log-odds where it applies.
RULES: dict[str, float] = {
    "no_avatar": 1.5,
    "empty_bio": 0.7,
    "bio_says_something": -0.5,
    "has_link": -1.0,
    "no_display_name": 0.5,
    "digits_in_display_name": 0.7,
    "display_name_is_handle": 0.5,
    "has_banner": -0.5,
    "own_domain": -2.0,
    "follows_fast": 0.7,
}


def rule_parts(fields: Fields) -> dict[str, Floats]:
    """By rule, what it adds to the log-odds of each profile; 0 where it does not apply."""
    with np.errstate(divide="ignore", invalid="ignore"):
        per_day = fields.following / fields.age_days
    applies = {
        "no_avatar": fields.has_avatar == 0,
        "empty_bio": fields.bio_length == 0,
        "bio_says_something": fields.bio_length >= BIO_SAYS_SOMETHING,
        "has_link": fields.has_link == 1,
        "no_display_name": fields.display_name_words == 0,
        "digits_in_display_name": fields.display_name_digit_share >= _NUMBERED,
        "display_name_is_handle": fields.display_name_equals_handle == 1,
        "has_banner": fields.has_banner == 1,
        "own_domain": fields.own_domain == 1,
        "follows_fast": (per_day >= FAST) & (fields.age_days >= _FAST_FROM_DAYS),
    }
    return {name: weight * applies[name] for name, weight in RULES.items()}
