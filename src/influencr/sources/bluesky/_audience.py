"""Which followers are looked at closer: all of a small audience, an honest sample of a large one.

An audience is listed whole or not at all: the pages come newest first, and the newest followers of
an honest account can look like a bought crowd (71.6 % of the newest 1,713 followers of a news
account were younger than a week). Of a listed audience that is too large to be looked at whole, as
many are drawn at random from each of STRATA equal stretches of arrival, so that a burst of any
date weighs as much in the sample as in the audience.

SAMPLE, STRATA: the sampling plan of the vetting methods: 1,240 profiles give a share of 17 % to
within 2 points, and cost 50 calls; 20 stretches, 62 from each.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence

__all__ = ["SAMPLE", "STRATA", "sample"]

SAMPLE = 1_240
STRATA = 20


def sample(creator: str, followers: Sequence[str], *, size: int = SAMPLE) -> list[str]:
    """Those of `followers` who are looked at, in order of arrival.

    creator     gives the seed: the same list gives the same sample
    followers   all of them, newest first, as the network lists them
    size        how many at most; all where there are not more

    >>> len(sample("did:plc:a", [f"did:plc:{n}" for n in range(5000)]))
    1240
    """
    arrived = list(reversed(dict.fromkeys(followers)))
    if len(arrived) <= size:
        return arrived
    seed = hashlib.blake2b(creator.encode(), digest_size=8).digest()
    # not for secrets: the same sample has to be drawn again after a stop
    chance = random.Random(seed)  # noqa: S311
    strata = min(STRATA, size)
    chosen: list[str] = []
    for number in range(strata):
        first, last = len(arrived) * number // strata, len(arrived) * (number + 1) // strata
        share = size * (number + 1) // strata - size * number // strata
        picked = sorted(chance.sample(range(first, last), min(share, last - first)))
        chosen += [arrived[at] for at in picked]
    return chosen
