"""What innocently brings many followers at once: packs, sign-up, viral posts, giveaways, press."""

from __future__ import annotations

import numpy as np

from influencr.sources.synthetic._cast import DAY
from influencr.sources.synthetic._plans import Pack, Planner, Special
from influencr.sources.synthetic._random import Array, stream

__all__ = ["plan_bursts", "plan_onboarding", "plan_packs"]

#: Share of follows that come from starter packs (reported for the real network: about a fifth).
_PACK_SHARE, _MAX_PACK_FOLLOWS = 0.12, 20e6

#: Forms of press, taken in turn: (named by posts on the network?, share who join because of it).
_PRESS = ((False, 0.0), (True, 0.0), (True, 0.7), (False, 0.7), (True, 0.3))


def plan_packs(plan: Planner) -> None:
    """Starter packs by topic, place or neither, and waves of people who click on them."""
    p, cast = plan.p, plan.cast
    rng = stream(p.seed, "plan-packs")
    n_packs = max(3, len(plan.graph) // 60)
    main = cast.topics[: p.n_creators, 0]
    # Bounded, because planned follows are held in memory.
    share = min(_PACK_SHARE * p.n_audience * p.mean_follows, _MAX_PACK_FOLLOWS)
    budget = share / (1.8 * n_packs)
    for number in range(n_packs):
        anchor = int(rng.choice(plan.people))
        theme = str(rng.choice(["topic", "place", "mixed"], p=[0.6, 0.25, 0.15]))
        same = plan.people
        if theme != "mixed":
            same = same[cast.language[same] == cast.language[anchor]]
        if theme == "place":
            same = same[plan.market.hub[same] == plan.market.hub[anchor]]
        else:
            same = same[main[same] == main[anchor]]
        if len(same) < 8:
            theme = "mixed"
            same = plan.people[cast.language[plan.people] == cast.language[anchor]]
        if len(same) < 8:
            same = plan.people
        size = min(len(same), int(rng.integers(8, 61)))
        members = rng.permutation(same)[:size]
        made = int(
            max(
                np.sort(cast.created[members])[size // 2] + DAY,
                p.now - rng.uniform(20, 520) * DAY,
            )
        )
        made = min(made, p.now - 5 * DAY)
        members = members[cast.created[members] < made]
        added = made + (rng.random(len(members)) ** 3 * 40 * DAY).astype(np.int64)
        added = np.minimum(added, p.now - DAY)
        owner = int(members[0]) if len(members) and rng.random() < 0.5 else anchor
        plan.pack_list.append(
            Pack(
                owner,
                theme,
                int(main[anchor]),
                int(cast.place[anchor]),
                int(cast.language[anchor]),
                made,
                members,
                added,
            )
        )
        for _ in range(int(rng.integers(1, 4))):
            size = int(budget / max(len(members), 1) * rng.uniform(0.4, 1.6))
            _wave(plan, rng, number, size)


def _wave(plan: Planner, rng: np.random.Generator, number: int, n: int) -> None:
    pack = plan.pack_list[number]
    if not len(pack.members):
        return
    start = int(rng.integers(pack.made_at, plan.p.now - 3 * DAY))
    n = max(4, min(n, int(0.15 * plan.p.n_audience)))
    fans = plan.crowd(rng, pack.language, n, before=start + 5 * DAY)
    joins = np.maximum(
        start + rng.exponential(0.5 * DAY, len(fans)),
        plan.cast.created[fans] + rng.uniform(120, 1_200, len(fans)),
    )
    keep = rng.random((len(fans), len(pack.members))) < rng.uniform(0.75, 1.0)
    # Nobody comes to a member by a pack that does not hold them yet.
    keep &= pack.added_at <= joins[:, None]
    who, whom = np.nonzero(keep)
    # One click follows everybody: a second or two apart, in the order of the list.
    at = joins[who] + whom * rng.uniform(0.4, 2.0)
    plan.add(fans[who], pack.members[whom], at, "pack", via=number)
    plan.burst("pack", -1, start, len(plan.pieces[-1][0]), pack=number)


def plan_onboarding(plan: Planner) -> None:
    """Newcomers follow some of the accounts that their language is shown at sign-up."""
    cast = plan.cast
    rng = stream(plan.p.seed, "plan-onboarding")
    for language in range(len(plan.bounds) - 1):
        local = plan.people[cast.language[plan.people] == language]
        if len(local) < 12:
            continue
        top = local[np.argsort(-cast.popularity[local], kind="stable")[2:10]]
        newcomers = plan.audience[plan.bounds[language] : plan.bounds[language + 1]]
        newcomers = newcomers[rng.random(len(newcomers)) < 0.12]
        who, whom = np.nonzero(rng.random((len(newcomers), len(top))) < 0.5)
        at = cast.created[newcomers[who]] + rng.uniform(20, 400, len(who))
        plan.add(newcomers[who], top[whom], at, "onboarding")
        plan.burst("onboarding", -1, 0, len(plan.pieces[-1][0]))


def plan_bursts(plan: Planner) -> None:
    """Viral posts, giveaways and press, each for creators who ordered nothing."""
    rng = stream(plan.p.seed, "plan-bursts")
    cast, p = plan.cast, plan.p
    customers = {row["customer"] for row in plan.rows["batches"]}
    customers |= {row["creator"] for row in plan.rows["bursts"]}  # nor got unsolicited ones
    calm = np.array([c for c in plan.people if int(c) not in customers], dtype=np.int64)
    recent = rng.permutation(calm[cast.last_post[calm] > p.now - 20 * DAY])
    calm = rng.permutation(calm)
    n_viral = max(2, len(plan.graph) // 110)
    for creator in recent[:n_viral]:
        start = plan.start(rng, int(creator), 6)
        n = max(10, int(rng.uniform(0.15, 0.6) * plan.market.expected[creator]))
        at = start + 7_200 + np.minimum(rng.exponential(0.6 * DAY, n), 2.5 * DAY)
        fans, at, new = _mixed(plan, rng, int(creator), at, rng.uniform(0, 0.25), before=start)
        plan.add(fans, np.full(len(fans), creator), at, "viral")
        plan.specials.append(Special(int(creator), start, "viral", plan.n_events))
        n = len(plan.pieces[-1][0])
        plan.burst("viral", int(creator), start, n, post=True, newcomers=new)
    taken = n_viral
    for _ in range(max(2, len(plan.graph) // 160)):
        size = int(rng.choice([1, 1, 1, 3, 4, 6]))
        hosts = recent[taken : taken + size]
        taken += size
        if not len(hosts):
            break
        _giveaway(plan, rng, hosts)
    for number, creator in enumerate(calm[: max(1, len(plan.graph) // 130)]):
        _press(plan, rng, int(creator), *_PRESS[number % len(_PRESS)])


def _mixed(
    plan: Planner,
    rng: np.random.Generator,
    creator: int,
    at: Array,
    share: float,
    *,
    before: int,
) -> tuple[Array, Array, int]:
    """Who follows at these times, a share of them newcomers: (accounts, times, newcomers)."""
    at = rng.permutation(at)
    language = int(plan.cast.language[creator])
    new = plan.newcomers(rng, language, at[: int(share * len(at))].astype(np.int64))
    old = plan.crowd(rng, language, len(at) - len(new), before=before)
    at = at[: len(new) + len(old)]
    return np.concatenate([new, old]), at, len(new)


def _giveaway(plan: Planner, rng: np.random.Generator, hosts: Array) -> None:
    start = max(plan.start(rng, int(host), 9) for host in hosts)
    n = max(10, int(rng.uniform(0.1, 0.5) * plan.market.expected[hosts].mean()))
    enter = start + 600 + rng.random(n) * rng.uniform(3, 6) * DAY
    share = rng.uniform(0, 0.35)
    fans, enter, new = _mixed(plan, rng, int(hosts[0]), enter, share, before=start)
    for place, host in enumerate(hosts):
        plan.add(fans, np.full(len(fans), host), enter + 8 * place, "giveaway")
        plan.specials.append(Special(int(host), start, "giveaway", plan.n_events))
        n = len(plan.pieces[-1][0])
        plan.burst("giveaway", int(host), start, n, post=True, newcomers=new)


def _press(
    plan: Planner, rng: np.random.Generator, creator: int, named: bool, joining: float
) -> None:
    p, cast = plan.p, plan.cast
    start = int(max(cast.created[creator] + 5 * DAY, p.now - rng.uniform(10, 300) * DAY))
    if named:  # posts are seen inside their window only
        start = plan.start(rng, creator, 4)
    n = max(10, int(rng.uniform(0.1, 0.4) * plan.market.expected[creator]))
    at = start + 60 + rng.gamma(1.5, 0.8 * DAY, n)
    fans, at, new = _mixed(plan, rng, creator, at, joining, before=start)
    plan.add(fans, np.full(len(fans), creator), at, "press")
    mentions = _mentions(plan, rng, creator, start) if named else 0
    n = len(plan.pieces[-1][0])
    plan.burst("press", creator, start, n, mentions=mentions, newcomers=new)


def _mentions(plan: Planner, rng: np.random.Generator, creator: int, start: int) -> int:
    """Some large accounts of the language name the creator in a post of those hours."""
    cast, market = plan.cast, plan.market
    known = plan.graph[
        (cast.created[plan.graph] < start)
        & (cast.last_post[plan.graph] > start + 2 * DAY)
        & (cast.language[plan.graph] == cast.language[creator])
        & ~cast.is_kind("bot", "hidden_bot")[plan.graph]
        & (plan.graph != creator)
    ]
    large = known[np.argsort(-market.expected[known], kind="stable")[:20]]
    authors = rng.permutation(large)[: int(rng.integers(2, 7))]
    for author in authors.tolist():
        at = start + int(rng.random() ** 2 * 0.5 * DAY)
        plan.specials.append(Special(author, at, "mention", -1, about=creator))
    return len(authors)
