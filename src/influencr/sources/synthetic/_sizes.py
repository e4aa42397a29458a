"""How big a world is, and the numbers that its making follows.

Every constant is our own choice: the world must be plausible in shape (heavy tails, seasons,
crowds), not a fit to any network. What planted truth depends on is repeated in `world.json`, so
that a reader of a benchmark never needs this file.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

from influencr.errors import UsageError
from influencr.sources.synthetic._devotion import Devotion
from influencr.sources.synthetic._influence import Influence

__all__ = [
    "AS_OF",
    "DEMO",
    "INFLUENCE",
    "PARTS",
    "SCALE",
    "TEST",
    "TINY",
    "VERSION",
    "VETTING",
    "Parameters",
    "Size",
]

#: The instant at which every world is observed unless told otherwise; fixed, so that the same
#: seed gives the same bytes on any day.
AS_OF = datetime(2026, 11, 1, tzinfo=UTC)

#: Of the worlds: the same seed gives the same bytes as long as this stays.
#: 2: more ways of selling, newcomers in crowds, mentions, a recent migration; looks overlap.
#: 3: a click on a pack follows who is in it at that moment.
VERSION = 3

#: What `only=` may name.
PARTS = ("profiles", "posts", "follows", "engagements", "packs", "platforms", "truth")


class Size(NamedTuple):
    """How many accounts and how busy they are; the keyword arguments of `write_world`.

    mean_follows   accounts that an audience account follows on average, before doubles are dropped
    mean_posts     own posts per creator inside the window of `n_days`
    """

    n_creators: int
    n_audience: int
    mean_follows: float = 50.0
    mean_posts: float = 16.0
    n_days: int = 120


TINY = Size(90, 240, mean_follows=14, mean_posts=7)
TEST = Size(300, 1_700, mean_follows=30, mean_posts=12)
DEMO = Size(5_000, 60_000, mean_follows=48, mean_posts=13)
#: For the acceptance of vetting: some seventy purchases of creators with 1,000 followers.
VETTING = Size(5_000, 110_000, mean_follows=50, mean_posts=5)
#: For the acceptance of influence, with `Influence()`: three months to learn from, one to foretell;
#: three to four posts a week.
INFLUENCE = Size(5_000, 60_000, mean_follows=48, mean_posts=60)
SCALE = Size(200_000, 9_800_000, mean_follows=58, mean_posts=16)


class Parameters(NamedTuple):
    """Everything that the bytes of a world depend on."""

    n_creators: int
    n_audience: int
    seed: int
    mean_follows: float
    mean_posts: float
    n_days: int
    as_of: datetime
    bought: bool
    devotion: Devotion | None = None
    influence: Influence | None = None

    @property
    def now(self) -> int:
        """`as_of` in seconds since 1970."""
        return int(self.as_of.timestamp())

    @property
    def n_accounts(self) -> int:
        """Creators and audience together."""
        return self.n_creators + self.n_audience


def checked(parameters: Parameters) -> Parameters:
    """The same parameters, or UsageError in one sentence about the first impossible one."""
    p = parameters
    for name, low, high in (
        ("n_creators", 50, 2_000_000),
        ("n_audience", 100, 30_000_000),
        ("seed", 0, 2**63 - 1),
        ("mean_follows", 1, 1_000),
        ("mean_posts", 1, 1_000),
        ("n_days", 30, 730),
    ):
        value = getattr(p, name)
        if not low <= value <= high:
            raise UsageError(
                f"{name}: {value} is outside {low:,} to {high:,}; choose a value between them.",
                field=name,
            )
    if p.devotion is not None and not 0 <= p.devotion.share <= 1:
        raise UsageError(
            f"devotion: a share of {p.devotion.share} is outside 0 to 1; choose one between them.",
            field="devotion",
        )
    if p.influence is not None and (sentence := p.influence.wrong()):
        raise UsageError(sentence, field="influence")
    if p.as_of.tzinfo is None:
        raise UsageError("as_of: a time with a zone is needed, such as 2026-11-01T00:00:00Z.")
    return p._replace(as_of=p.as_of.astimezone(UTC).replace(microsecond=0))


#: Shares of creators per platform. Only `bluesky` has a graph and engagements by actor, as only
#: open networks show them.
PLATFORM_SHARES = {
    "bluesky": 0.55,
    "mastodon": 0.10,
    "youtube": 0.12,
    "tiktok": 0.11,
    "instagram": 0.12,
}

#: Shares of what a creator account is.
CREATOR_KINDS = {
    "creator": 0.85,
    "celebrity": 0.03,
    "brand": 0.06,
    "bot": 0.025,  # says so itself
    "hidden_bot": 0.015,
    "group": 0.02,
}

#: Shares of what an audience account is; "bought" accounts belong to sellers.
AUDIENCE_KINDS = {
    "lurker": 0.74,
    "ordinary": 0.12,
    "talkative": 0.07,
    "exchange": 0.01,  # follows for follows
    "bought": 0.06,
}

KINDS = (*CREATOR_KINDS, *AUDIENCE_KINDS)

#: The stated law of influence: expected effortful acts (repost, quote, reply) per post are
#: ACT_LEVEL * followers ** ACT_POWER * exp(ACT_SPREAD * z - ACT_SPREAD**2 / 2), z planted N(0, 1).
ACT_LEVEL, ACT_POWER, ACT_SPREAD = 0.02, 0.8, 0.8
#: Likes per post: LIKE_LEVEL * followers ** LIKE_POWER * exp(LIKE_LINK * z + LIKE_NOISE * noise);
#: the noise is each creator's own, so likes tell of influence only in part.
LIKE_LEVEL, LIKE_POWER, LIKE_LINK, LIKE_NOISE = 0.036, 0.9, 0.3, 0.5
