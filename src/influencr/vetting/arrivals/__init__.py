"""Did a batch of accounts arrive together? Order of arrival against creation dates, bursts, copies.

Three families of evidence, each over a group of creators at once: `scan` (C), `bursts` (B) and
`duplicates` (D); and `first_digits`, an extra that never decides anything. They say what came, when
and how much more than expected; whether there is an innocent cause is asked elsewhere, and nothing
here says who paid.
"""

from influencr.vetting.arrivals._background import Background, background
from influencr.vetting.arrivals._bursts import bursts
from influencr.vetting.arrivals._digits import first_digits
from influencr.vetting.arrivals._duplicates import duplicates
from influencr.vetting.arrivals._scan import scan
from influencr.vetting.arrivals._signs import BaseRates, base_rates
from influencr.vetting.arrivals._texts import bio_groups

__all__ = [
    "Background",
    "BaseRates",
    "background",
    "base_rates",
    "bio_groups",
    "bursts",
    "duplicates",
    "first_digits",
    "scan",
]
