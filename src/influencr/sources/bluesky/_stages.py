"""In which order a run asks, who is looked at closer, and which share of the calls each part gets.

    search      packs, lists and actor searches for every way of saying what is wanted
    look        counts of whoever was found
    follows     whom the found follow; who is followed by several of them is found too
    look more   counts of these
    consent     who of the found declared that they want no recommendation
    feeds       newest posts
    engagers    who liked, passed on, quoted and answered the newest posts
    audience    all followers of as many as the calls allow, whole lists only
    sample      counts of followers, drawn over the whole time of arrival

A part gets its share of the budget and what the parts before left over, so that a small budget
still reaches the end. Consent is never cut short while calls are left at all. The shares are our
own choice, after the example plan for one region: many cheap searches, then feeds, then audiences.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from influencr.sources import Wanted
from influencr.sources.bluesky._answers import ACTORS, PAGE, PROFILES
from influencr.sources.bluesky._wish import queries
from influencr.sources.bluesky._work import Account, Task, Work

__all__ = [
    "FINDING",
    "MAX_LISTED",
    "STAGES",
    "Entry",
    "Stage",
    "allowance",
    "entry",
    "search_tasks",
    "stages_of",
]

#: Share of a budget spent on queries for packs, and for actors; and never more than so many. The
#: design asks for 50 to 200 variants in a run of thousands of calls.
_QUERIES = {"packs.search": (0.03, 60), "actors.search": (0.06, 120)}
#: Followed by at least so many seeds, and by this share of them, is found. Own choice: two may be
#: friends, three are a scene; the share keeps famous strangers of many seeds out.
_MIN_SEEDS, _SEED_SHARE = 3, 0.05
#: An audience above this is not listed: 500 calls for one account.
MAX_LISTED = 50_000
#: Newest own posts whose engagers are asked for, per account.
_POSTS = 5
#: Strategies that find people, apart from the follows of the found.
FINDING = ("named", "heard", "packs", "lists", ACTORS, "follows")


class Stage(NamedTuple):
    """One part of a run; `share` of the budget."""

    name: str
    share: float


STAGES: tuple[Stage, ...] = (
    Stage("search", 0.20),
    Stage("look", 0.10),
    Stage("follows", 0.10),
    Stage("look more", 0.05),
    Stage("consent", 0.05),
    Stage("feeds", 0.20),
    Stage("engagers", 0.15),
    Stage("audience", 0.10),
    Stage("sample", 0.05),
)


class Entry(NamedTuple):
    """What a stage begins with: calls, people that the look back names, sentences."""

    tasks: list[Task]
    found: list[tuple[str, str, str]]
    notes: list[str]


def stages_of(wanted: Wanted) -> int:
    """How many stages a run has: a sweep over known accounts only looks."""
    return 1 if wanted.again else len(STAGES)


def allowance(stage: int, budget: int, wanted: Wanted) -> int:
    """Calls that a run may have cost when a stage (from 1) ends."""
    if wanted.again or STAGES[stage - 1].name == "consent":
        return budget
    return math.ceil(budget * sum(part.share for part in STAGES[:stage]) - 1e-9)


def entry(
    stage: int,
    work: Work,
    wanted: Wanted,
    *,
    calls: int,
    budget: int,
    heard: Sequence[str] = (),
    follow_records: bool = False,
) -> Entry:
    """How a stage (from 1) begins.

    calls    what this stage may cost
    budget   what the whole run may cost
    heard    accounts that the stream heard saying something that was asked for
    follow_records   ask the seeds' own servers whom they follow
    """
    if wanted.again:
        return Entry(_looks("again", wanted.again), [], [])
    name = STAGES[stage - 1].name
    if name == "search":
        return Entry([*search_tasks(wanted, budget), *_looks("heard", heard)], [], [])
    if name == "look":
        return Entry(_looks("look", _ranked(work)), [], [])
    if name == "follows":
        seeds = _seeds(work, wanted, calls)
        if follow_records:
            return Entry([Task("follows", "document", {"did": did}) for did in seeds], [], [])
        return Entry([Task("follows", "follows", {"actor": did}) for did in seeds], [], [])
    if name == "look more":
        return _followed(work)
    if name == "consent":
        return Entry([Task("visibility", "visibility", {})], [], [])
    if name == "feeds":
        chosen = _chosen(work, wanted)
        return Entry([Task("feeds", "feed", {"actor": did}) for did in chosen], [], [])
    if name == "engagers":
        return Entry(_engagers(work, _chosen(work, wanted)), [], [])
    if name == "audience":
        return _audiences(work, _chosen(work, wanted), calls)
    known = work.accounts()
    drawn = dict.fromkeys(
        did for dids in work.ways("drawn").values() for did in dids if not known[did].counted
    )
    return Entry(_looks("sample", list(drawn)), [], [])


def search_tasks(wanted: Wanted, budget: int) -> list[Task]:
    """The searches of a run, and the accounts that were named."""
    tasks = _looks("named", wanted.handles)
    for kind, (share, most) in _QUERIES.items():
        if not (wanted.words or wanted.place):
            break
        limit = max(2, min(most, int(budget * share)))
        strategy = kind.partition(".")[0]
        tasks += [Task(strategy, kind, {"q": q}) for q in queries(wanted, limit)]
    return tasks


def _looks(strategy: str, actors: Sequence[str]) -> list[Task]:
    starts = range(0, len(actors), PROFILES)
    return [
        Task(strategy, "profiles", {"actors": list(actors[at : at + PROFILES])}) for at in starts
    ]


def _weight(did: str, found: Mapping[str, int], account: Account) -> tuple[float, ...]:
    """Sorts who was found by more strategies, then by own words, then in more ways, first."""
    n = sum(strategy in found for strategy in FINDING)
    return (-("named" in found), -n, -account.belongs, -sum(found.values()))


def _ranked(work: Work) -> list[str]:
    """Everybody found and not counted yet, the most promising first."""
    accounts, found = work.accounts(), work.found()
    open_ = [
        did
        for did, ways in found.items()
        if any(s in ways for s in FINDING) and did in accounts and accounts[did].open
    ]
    rest = [did for did in open_ if not accounts[did].counted]
    return sorted(rest, key=lambda did: (_weight(did, found[did], accounts[did]), did))


def _seeds(work: Work, wanted: Wanted, calls: int) -> list[str]:
    """Whom do the surest finds follow, and the creators whom the catalogue has there?"""
    accounts, found = work.accounts(), work.found()
    sure = [
        did
        for did, ways in found.items()
        if did in accounts
        and accounts[did].counted
        and accounts[did].open
        and (accounts[did].belongs or "named" in ways)
        and accounts[did].follows > 0
    ]
    sure.sort(key=lambda did: (_weight(did, found[did], accounts[did]), did))
    seeds = list(dict.fromkeys((*sure, *wanted.known)))
    # most accounts follow a few hundred: two or three pages each
    return seeds[: max(1, calls // 2)]


def _followed(work: Work) -> Entry:
    by_seed = work.ways("followed")
    times: dict[str, int] = {}
    for dids in by_seed.values():
        for did in dids:
            times[did] = times.get(did, 0) + 1
    least = min(max(_MIN_SEEDS, math.ceil(_SEED_SHARE * len(by_seed))), max(2, len(by_seed)))
    accounts = work.accounts()
    kept = sorted(
        (did for did, n in times.items() if n >= least and accounts.get(did, Account()).open),
        key=lambda did: (-times[did], did),
    )
    looked = [did for did in kept if not accounts.get(did, Account()).counted]
    found = [(did, "follows", f"{least} or more") for did in kept]
    return Entry(_looks("look", looked), found, [])


def _chosen(work: Work, wanted: Wanted) -> list[str]:
    """Whose posts and audience are asked for, the surest first."""
    accounts, found = work.accounts(), work.found()
    hidden = set(work.ways("hidden").get("declared", ()))
    least, most = wanted.followers
    chosen = []
    for did, ways in found.items():
        account = accounts.get(did)
        if account is None or not account.counted or not account.open or did in hidden:
            continue
        meant = account.belongs or any(s in ways for s in ("named", "packs", "lists", "follows"))
        large = most is not None and account.followers > most
        small = least is not None and account.followers < least
        if meant and account.posts > 0 and not large and not small:
            chosen.append(did)
    chosen.sort(key=lambda did: (_weight(did, found[did], accounts[did]), did))
    return chosen[: wanted.limit]


def _engagers(work: Work, chosen: Sequence[str]) -> list[Task]:
    """The newest post of everybody first, then the second newest: a short budget is spread."""
    by_author: dict[str, list[tuple[str, int, int, int, int]]] = {}
    for did, uri, *counts in work.posts():
        by_author.setdefault(did, []).append((uri, *counts))  # type: ignore[arg-type]
    tasks = []
    for number in range(_POSTS):
        for did in chosen:
            for uri, likes, reposts, quotes, replies in by_author.get(did, ())[number : number + 1]:
                asked = {"likes": likes, "reposts": reposts, "quotes": quotes, "replies": replies}
                tasks += [Task("engagers", kind, {"uri": uri}) for kind, n in asked.items() if n]
    return tasks


def _audiences(work: Work, chosen: Sequence[str], calls: int) -> Entry:
    accounts = work.accounts()
    tasks, left, large, dear = [], calls, 0, 0
    for did in chosen:
        n = accounts[did].followers
        cost = max(1, math.ceil(n / PAGE))
        if n > MAX_LISTED:
            large += 1
        elif cost > left:
            dear += 1
        elif n:
            left -= cost
            tasks.append(Task("audience", "followers", {"actor": did}, hold=did))
    notes = []
    if large:
        notes.append(
            f"{large:,} audiences of more than {MAX_LISTED:,} were not listed: their newest pages "
            "alone would tell a wrong story."
        )
    if dear:
        notes.append(
            f"{dear:,} audiences did not fit into the calls that were left; a larger --budget "
            "lists them."
        )
    return Entry(tasks, [], notes)
