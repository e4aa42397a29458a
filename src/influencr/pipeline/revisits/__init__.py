"""Who is asked for again first? By what runs out, by a weekly promise, by what a look is worth.

Useful for: `influencr collect SOURCE --again`, `influencr sources due` and `sources status`.
Not useful for: asking, which the sources do.
"""

from influencr.pipeline.revisits._due import (
    KNOWN_SCHEMA,
    LEAD_DAYS,
    REST_DAYS,
    SWEEP_DAYS,
    Due,
    due,
)
from influencr.pipeline.revisits._known import AGAIN, Again, again, known_of
from influencr.pipeline.revisits._standing import Standing, standings
from influencr.pipeline.revisits._value import change_rate, value

__all__ = [
    "AGAIN",
    "KNOWN_SCHEMA",
    "LEAD_DAYS",
    "REST_DAYS",
    "SWEEP_DAYS",
    "Again",
    "Due",
    "Standing",
    "again",
    "change_rate",
    "due",
    "known_of",
    "standings",
    "value",
]
