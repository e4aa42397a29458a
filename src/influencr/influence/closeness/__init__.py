"""Who answers, how soon, and who comes back: "every follower a friend", in numbers.

measure   sums of a bucket of creators, from the replies to their posts and the answers to those
learn     what is usual in this home, from the sums of everybody
facts     the statements about each creator, each with count, interval and reason
"""

from influencr.influence.closeness._facts import FACTS_SCHEMA, facts
from influencr.influence.closeness._learn import Home, Shares, learn
from influencr.influence.closeness._measure import (
    MEASURED_SCHEMA,
    MIN_MUTUAL,
    MIN_REPEAT,
    PROMPT_HOURS,
    measure,
)

__all__ = [
    "FACTS_SCHEMA",
    "MEASURED_SCHEMA",
    "MIN_MUTUAL",
    "MIN_REPEAT",
    "PROMPT_HOURS",
    "Home",
    "Shares",
    "facts",
    "learn",
    "measure",
]
