"""People instead of followers: audiences taken together, and rosters for a budget."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from msgspec import Meta

from influencr.answers import documents
from influencr.answers._question import question
from influencr.errors import UsageError
from influencr.search import Query

if TYPE_CHECKING:
    from influencr.engine import Engine

__all__ = ["MAX_TOGETHER", "Overlap", "Plan"]

#: Creators whose audiences are set side by side at once; own choice, against an answer of more
#: than 10,000 pairs that nobody reads.
MAX_TOGETHER = 100


class Overlap(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Creators."""

    who: Annotated[
        tuple[str, ...],
        Meta(min_length=1, max_length=MAX_TOGETHER, description="creators, 1 to 100 of them"),
    ]


class Plan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A budget or a number of people, from whom to choose, and what has to hold.

    The fields are those of `planning.Brief`, but for two that a search has a word for already:
    `audience_in` is its place, and `without` are those whom it excludes.
    """

    query: Query = Query()
    budget: Annotated[
        float | None, Meta(description="money for all posts: most people are looked for")
    ] = None
    people: Annotated[
        int | None, Meta(description="people to reach: the cheapest roster is looked for")
    ] = None
    audience_in: Annotated[
        str | None, Meta(description="count only people whose own words tell a place there")
    ] = None
    list: Annotated[
        str | None, Meta(description="candidates are those on a list, by its name or id")
    ] = None
    who: Annotated[tuple[str, ...], Meta(description="candidates by name")] = ()
    include: Annotated[tuple[str, ...], Meta(description="creators who have to be in it")] = ()
    without: Annotated[tuple[str, ...], Meta(description="creators who may not be in it")] = ()
    posts: Annotated[int, Meta(description="posts of each creator, 1 to 100")] = 1
    currency: Annotated[str, Meta(description="ISO 4217")] = "USD"
    prices: Annotated[
        dict[str, tuple[float, float]],
        Meta(description="creator -> least and most money for one post"),
    ] = {}
    per_1000: Annotated[
        tuple[float, float] | None,
        Meta(description="least and most money for a post, for each 1,000 followers"),
    ] = None
    published: Annotated[
        bool, Meta(description="use published tables of prices where nothing else is known")
    ] = True
    max_creators: Annotated[int | None, Meta(description="members, at most")] = None
    per_topic: Annotated[
        int | None, Meta(description="members with the same first topic, at most")
    ] = None
    per_group: Annotated[int | None, Meta(description="members of one group, at most")] = None
    groups: Annotated[dict[str, str], Meta(description="creator -> group, such as an agency")] = {}
    per_list: Annotated[
        dict[str, int],
        Meta(description="list, by its name or id -> members who stand on it, at most"),
    ] = {}
    sizes: Annotated[
        tuple[tuple[int, int | None, int, int | None], ...],
        Meta(description="followers from, below, at least so many members, at most"),
    ] = ()
    candidates: Annotated[int, Meta(description="how many are weighed, 1 to 5,000")] = 1_000
    curve: Annotated[bool, Meta(description="with what other budgets would buy")] = True
    seed: Annotated[int, Meta(ge=0, description="of what is drawn while a roster is improved")] = 0


@question("overlap", Overlap, path="overlap", by_post=True, returns="influencr.planning:Together")
def overlap(engine: Engine, request: Overlap) -> dict[str, Any]:
    """How many different people some creators have together, and who shares whom: exact counts
    over the followers known one by one.
    """
    return documents.overlap_document(engine.overlap(request.who))


@question("plan", Plan, path="plan", verb="POST", returns="influencr.planning:Plan")
def plan(engine: Engine, request: Plan) -> dict[str, Any]:
    """The roster for a budget, or the cheapest one that reaches so many people, with how good it
    can be at most, what each member adds, and what usual rules would buy.

    Candidates are those whom the filters find, those on a `list`, or those named in `who`.
    """
    searched = request.query != Query()
    if searched and (request.who or request.list):
        raise UsageError(
            "Candidates come from a search, from a list, or are named; give one of them.",
            field="list" if request.list else "who",
        )
    made = engine.plan(
        request.query if searched else None,
        who=request.who,
        on=request.list,
        prices=request.prices,
        curve=request.curve,
        budget=request.budget,
        people=request.people,
        place=request.audience_in,
        posts=request.posts,
        currency=request.currency,
        per_1000=request.per_1000,
        published=request.published,
        include=request.include,
        exclude=request.without,
        max_creators=request.max_creators,
        per_topic=request.per_topic,
        per_group=request.per_group,
        groups=request.groups,
        per_list=request.per_list,
        sizes=request.sizes,
        candidates=request.candidates,
        seed=request.seed,
    )
    return documents.plan_document(made)
