"""What speaks for a country without naming a place: clocks, languages, numbers, domains.

`hints` gives the clues one by one, `prior` their sum for reading a location. No hint ever names a
city, and together they claim a country only when nearly nothing else is possible (`_fuse`).
"""

from __future__ import annotations

from influencr.geography.hints._gather import hints, prior, prior_of
from influencr.geography.hints._world import base_rates

__all__ = ["base_rates", "hints", "prior", "prior_of"]
