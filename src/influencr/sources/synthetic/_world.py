"""Makes a whole world: draws it, writes it, says what it is."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from influencr.errors import UnknownValue
from influencr.sources.synthetic._cast import MIGRATIONS, gather_cast
from influencr.sources.synthetic._devotion import Devotion, devote
from influencr.sources.synthetic._follows import write_follows
from influencr.sources.synthetic._influence import Influence
from influencr.sources.synthetic._market import Market
from influencr.sources.synthetic._names import Names
from influencr.sources.synthetic._network import write_packs, write_posts, write_profiles
from influencr.sources.synthetic._output import Output
from influencr.sources.synthetic._people import make_people
from influencr.sources.synthetic._planting import make_plans
from influencr.sources.synthetic._platforms import write_platforms
from influencr.sources.synthetic._response import PERIOD_DAYS, Response
from influencr.sources.synthetic._sizes import (
    ACT_LEVEL,
    ACT_POWER,
    ACT_SPREAD,
    AS_OF,
    AUDIENCE_KINDS,
    CREATOR_KINDS,
    LIKE_LEVEL,
    LIKE_LINK,
    LIKE_NOISE,
    LIKE_POWER,
    PARTS,
    VERSION,
    Parameters,
    checked,
)
from influencr.sources.synthetic._texts import Texts
from influencr.sources.synthetic._truth import write_response, write_truth
from influencr.sources.synthetic._words import load

__all__ = ["World", "write_world"]

_README = """\
This folder holds a SYNTHETIC world. Nobody in it exists.

All people, brands, handles and texts are invented; handles end in the reserved domain .example
and identifiers use the reserved did:example method. Only the places are real (GeoNames,
CC BY 4.0). Licence of the files: "synthetic". No figure computed from them says anything about
a real person or network.

observed/   files as networks would export them; import these
truth/      what was planted; for checking results, never to be imported
world.json  seed, parameters and the laws that the world follows
"""


class World(NamedTuple):
    """A world on disk.

    files    the observed files, in the order in which they were written
    n_rows   rows per table name
    """

    folder: Path
    observed: Path
    truth: Path
    as_of: datetime
    files: tuple[Path, ...]
    n_rows: dict[str, int]


def write_world(
    folder: Path | str,
    *,
    n_creators: int,
    n_audience: int,
    seed: int = 1,
    mean_follows: float = 50.0,
    mean_posts: float = 16.0,
    n_days: int = 120,
    as_of: datetime = AS_OF,
    bought: bool = True,
    devotion: Devotion | None = None,
    influence: Influence | None = None,
    only: Iterable[str] | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> World:
    """Write a synthetic world into a folder, the same bytes for the same arguments.

    n_creators     accounts that post; 55 % of them on the network with an open graph
    n_audience     accounts that follow, on that network
    mean_follows   follows drawn per audience account; what stays after doubles is less
    mean_posts     own posts per creator inside the newest `n_days`
    as_of          the instant of observation; nothing in the world is later
    bought         False leaves out sellers and their accounts (a world with no bought follower)
    devotion       plants a share of people who follow for some topics (`Devotion`)
    influence      lets posts fare as untidily as people know it, with truth about it
                   (`Influence`); accounts, follows and packs stay the same, counts of posts apart
    only           parts to write (PARTS); everything is drawn all the same
    progress       called with (stage, done, total)

    An earlier world in the folder is replaced. Raises UsageError for impossible sizes or a folder
    that holds something else, UnknownValue for an unknown part.
    """
    parts = frozenset(PARTS if only is None else only)
    for part in sorted(parts):
        if part not in PARTS:
            raise UnknownValue("only", part, PARTS)
    p = checked(
        Parameters(
            n_creators,
            n_audience,
            seed,
            mean_follows,
            mean_posts,
            n_days,
            as_of,
            bought,
            devotion,
            influence,
        )
    )

    def report(stage: str, done: int, total: int) -> None:
        if progress is not None:
            progress(stage, done, total)

    out = Output(Path(folder), p, parts)
    out.text("README", _README)
    out.text("world.json", json.dumps(_description(p, {}), indent=1) + "\n")
    words = load()
    cast = gather_cast(p, words)
    devoted = None
    if p.devotion is not None:
        devoted = devote(
            p.devotion,
            seed=p.seed,
            known=words.known,
            keys=tuple(topic.key for topic in words.topics),
            language=cast.language,
            topics=cast.topics,
            in_graph=cast.in_graph(p.n_creators),
            n_creators=p.n_creators,
        )
    market = Market(p, words, cast, devoted)
    plans = make_plans(p, cast, market)
    names = Names(p)
    report("people", 1, 1)
    graph = write_follows(p, words, cast, market, plans, names, out, report)
    texts = Texts(words)
    people = make_people(p, words, cast)
    response = None
    if p.influence is not None:
        response = Response(p, p.influence, cast, plans, graph)
    seen = write_posts(p, words, cast, plans, graph, people, names, texts, out, report, response)
    write_profiles(p, words, cast, graph, seen, people, names, texts, out, report)
    write_packs(p, words, cast, plans, names, out)
    elsewhere = write_platforms(p, words, cast, people, seen, texts, out)
    report("platforms", 1, 1)
    write_truth(p, words, cast, plans, graph, seen, people, elsewhere, names, out, devoted)
    if response is not None:
        write_response(p, cast, response, names, out)
    report("truth", 1, 1)
    out.text("world.json", json.dumps(_description(p, out.n_rows), indent=1) + "\n")
    observed = tuple(path for path in out.files if path.parent == out.observed)
    return World(out.folder, out.observed, out.truth, p.as_of, observed, out.n_rows)


def _description(p: Parameters, n_rows: dict[str, int]) -> dict[str, object]:
    parameters = {**p._asdict(), "as_of": p.as_of.isoformat()}
    if p.devotion is None:
        del parameters["devotion"]
    else:
        parameters["devotion"] = p.devotion._asdict()
    if p.influence is None:
        del parameters["influence"]
    else:
        parameters["influence"] = {**p.influence._asdict(), "placebo_period_days": PERIOD_DAYS}
    return {
        "synthetic": True,
        "licence": "synthetic",
        "format": 1,
        "version": VERSION,
        "parameters": parameters,
        "laws": {
            "acts_per_post": "level * followers ** power * exp(spread * z - spread ** 2 / 2)",
            "acts": {"level": ACT_LEVEL, "power": ACT_POWER, "spread": ACT_SPREAD},
            "likes_per_post": "level * followers ** power * exp(link * z + noise * e)",
            "likes": {
                "level": LIKE_LEVEL,
                "power": LIKE_POWER,
                "link": LIKE_LINK,
                "noise": LIKE_NOISE,
            },
            "followers": "organic ones, at as_of",
            "z": "N(0, 1), planted_influence; independent of size",
        },
        "creator_kinds": CREATOR_KINDS,
        "audience_kinds": AUDIENCE_KINDS,
        "migrations": [
            {"days_before_as_of": days, "length_days": length, "share_of_audience": share}
            for days, length, share in MIGRATIONS
        ],
        "n_rows": n_rows,
    }
