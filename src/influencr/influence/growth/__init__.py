"""How did the number of followers grow, and on which days did it jump?

measure   the curve, the change over 1, 3, 6 and 12 months and the jumps of each creator, from
          dated follows where they are known, from dated counts elsewhere
"""

from influencr.influence.growth._jumps import JUMPS_SCHEMA
from influencr.influence.growth._measure import (
    FACTS_SCHEMA,
    HORIZONS,
    MAX_POINTS,
    MIN_SEEN,
    Growth,
    measure,
)

__all__ = [
    "FACTS_SCHEMA",
    "HORIZONS",
    "JUMPS_SCHEMA",
    "MAX_POINTS",
    "MIN_SEEN",
    "Growth",
    "measure",
]
