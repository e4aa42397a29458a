"""What is asked of a plan: a budget or a goal, from whom to choose, what has to hold."""

from __future__ import annotations

import math
from collections.abc import Mapping

import msgspec

from influencr.errors import UnknownValue, UsageError
from influencr.planning._prices import checked_range

__all__ = ["MAX_CANDIDATES", "MAX_POSTS", "Brief", "checked_brief"]

#: Candidates that are weighed, at most: the first of a search in its order, and the plan says so.
MAX_CANDIDATES = 5_000
MAX_POSTS = 100


class Brief(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A question for a plan. Either `budget` or `people`.

    budget        money for all posts together; most unique people are looked for
    people        people to reach; the cheapest roster is looked for
    place         count only people whose own words tell a place there
    posts         posts of each creator
    currency      ISO 4217
    per_1000      range of money for a post, for each 1,000 followers
    published     use published tables of prices where nothing else is known
    include       profile ids that have to be in it; exclude: that may not
    verdict       only creators with one of these
    max_creators  members, at most
    per_topic     members with the same first topic, at most
    per_group     members of the same group, at most; `groups` says who belongs together (agencies)
    per_list      list -> members who stand on it, at most; `lists` says who does, and one creator
                  may stand on several. `Engine.plan` reads its kept lists, by name or id
    sizes         (followers from, followers below, at least, at most): "at least 3 below 10,000"
    candidates    how many of those that match are weighed
    seed          of what is drawn at random while a roster is improved
    """

    budget: float | None = None
    people: int | None = None
    place: str | None = None
    posts: int = 1
    currency: str = "USD"
    per_1000: tuple[float, float] | None = None
    published: bool = True
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    verdict: tuple[str, ...] = ()
    max_creators: int | None = None
    per_topic: int | None = None
    per_group: int | None = None
    groups: Mapping[str, str] = {}
    per_list: Mapping[str, int] = {}
    lists: Mapping[str, tuple[str, ...]] = {}
    sizes: tuple[tuple[int, int | None, int, int | None], ...] = ()
    candidates: int = 1_000
    seed: int = 0


def checked_brief(brief: Brief) -> Brief:
    """The brief, or UsageError with the field and what it may be."""
    if (brief.budget is None) == (brief.people is None):
        raise UsageError(
            "A plan has a budget or a number of people to reach; give one of them.", field="budget"
        )
    if brief.budget is not None and not (math.isfinite(brief.budget) and brief.budget > 0):
        raise UsageError(f"budget {brief.budget:g} buys nothing; give more than 0.", field="budget")
    if brief.people is not None and brief.people < 1:
        raise UsageError(f"people {brief.people} is nobody; give 1 or more.", field="people")
    if brief.per_1000 is not None:
        checked_range(brief.per_1000, "per_1000")
    if not 1 <= brief.posts <= MAX_POSTS:
        raise UsageError(f"posts {brief.posts} is not 1 to {MAX_POSTS}.", field="posts")
    if not (len(brief.currency) == 3 and brief.currency.isalpha() and brief.currency.isupper()):
        raise UsageError(
            f"currency {brief.currency!r} is no code like USD, EUR or GBP.", field="currency"
        )
    if not 1 <= brief.candidates <= MAX_CANDIDATES:
        raise UsageError(
            f"candidates {brief.candidates} is not 1 to {MAX_CANDIDATES:,}.", field="candidates"
        )
    for name in ("max_creators", "per_topic", "per_group"):
        value = getattr(brief, name)
        if value is not None and value < 1:
            raise UsageError(f"{name} {value} leaves nobody; give 1 or more.", field=name)
    for name, limit in brief.per_list.items():
        if limit < 1:
            raise UsageError(
                f"per_list {limit} of {name!r} leaves nobody of it; give 1 or more, or leave its "
                "creators out.",
                field="per_list",
            )
        if name not in brief.lists:
            raise UnknownValue("per_list", name, tuple(brief.lists))
    both = sorted(set(brief.include) & set(brief.exclude))
    if both:
        raise UsageError(
            f"{both[0]} is to be in the plan and left out; choose one of them.", field="include"
        )
    for low, below, least, most in brief.sizes:
        if low < 0 or least < 0 or (below is not None and below <= low):
            raise UsageError(
                f"size {low}-{below} is no range of followers; write it like 1000-10000.",
                field="sizes",
            )
        if most is not None and most < least:
            raise UsageError(
                f"at least {least} and at most {most} of one size cannot both hold.", field="sizes"
            )
    return brief
