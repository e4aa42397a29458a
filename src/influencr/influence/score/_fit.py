"""Everything that the score knows of a home is estimated from the home itself.

Per stratum (platform, way of counting): how acts grow with size (`_level`), how much creators of
one size differ, how much posts of one creator differ and what likes tell (`_context.estimate`),
what earlier posts told about later ones (`_told`), how many of those who act are clean, how many
pass by. Then every score is placed among those of its size (`cohorts`).

Nothing is fitted on other homes or shipped; a home that is too small for an estimate gets the
documented fall-back, which is stated in `Stratum` (`model.fitted`, `told.fitted`).

MAX_CREATORS and MAX_POSTS bound the work of estimation, not of judging: our own choice.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from influencr import cohorts
from influencr.errors import SchemaError
from influencr.influence.score._context import Context, Stratum, Told, estimate
from influencr.influence.score._estimate import Response, passers_ratio, respond, scale
from influencr.influence.score._judge import CLEAN_PRIOR, allowed, scores, who_of, with_cohorts
from influencr.influence.score._posts import per_post
from influencr.influence.score._told import learn
from influencr.influence.score._totals import COLUMNS, STRATUM, posts_of, read, sums

__all__ = ["MAX_CREATORS", "MAX_POSTS", "fit"]

#: Creators of a stratum that estimation reads, and posts of all of them together.
MAX_CREATORS, MAX_POSTS = 8_000, 150_000
#: A measure is used if it was seen on this share of a stratum's posts.
_MIN_SEEN = 0.2


def fit(
    creators: pl.DataFrame,
    posts: pl.DataFrame,
    acts: pl.DataFrame | None = None,
    *,
    as_of: int,
) -> Context:
    """What this home's creators and posts tell about response.

    creators   profile_id, creator, platform, followers, and where known language, topic,
               audience_hidden, policy, closeness (share of replies answered),
               flagged_followers. A fair sample of a large home is enough
    posts      as for `per_post`, or its result
    acts       as for `per_post`; None where only counts are known
    as_of      seconds since 1970, UTC; nothing later is read

    Deterministic, whatever the order of rows. Raises SchemaError when a column is missing.
    """
    for name in ("profile_id", "creator", "platform", "followers"):
        if name not in creators.columns:
            raise SchemaError(
                f"The influence score needs the column {name!r} of creators.", field=name
            )
    creators = with_cohorts(creators)
    known = creators.filter(allowed(creators)).unique("creator").sort("creator")
    rows = per_post(acts, posts, as_of=as_of).join(
        known.select("creator", "platform"), on="creator", how="inner"
    )
    strata: dict[tuple[str, int, int], Stratum] = {}
    samples = []
    for words, part in rows.partition_by(*STRATUM, as_dict=True).items():
        key = (str(words[0]), int(str(words[1])), int(str(words[2])))
        used = _sample(read(part, as_of=as_of))
        if not used.height:
            continue
        part = part.filter(pl.col("creator").is_in(used["creator"].unique().implode()))
        strata[key] = _stratum(part, used, known, as_of=as_of)
        samples.append(part.drop("platform"))
    context = Context(strata, None, as_of)
    if not samples:
        return context
    sample = pl.concat(samples)
    judged = scores(
        known.filter(pl.col("creator").is_in(sample["creator"].unique().implode())),
        sample,
        as_of=as_of,
        context=context,
    ).filter(pl.col("value").is_not_null())
    curves = cohorts.fit(judged, value="value", size="followers", strata=STRATUM)
    return context._replace(curves=curves)


def _visible(told: Told, found: Response) -> float:
    """How much narrower scores lie than the rates: what is not known is drawn to the middle."""
    seen = float(np.var(told.response * found.response + told.likes * found.likes))
    hidden = float(np.mean(told.response**2 * found.variance)) + told.drift
    return float(np.sqrt(seen / (seen + hidden))) if seen > 0 else 1.0


def _sample(used: pl.DataFrame) -> pl.DataFrame:
    """Posts of so many creators that estimation stays short; keys are hashes, so any will do."""
    keys = used["creator"].unique().sort()
    n = min(len(keys), MAX_CREATORS)
    if used.height > MAX_POSTS:
        n = min(n, max(1, int(len(keys) * MAX_POSTS / used.height)))
    if n == len(keys):
        return used
    picked = keys.gather(np.linspace(0, len(keys) - 1, n).astype(np.int64))
    return used.filter(pl.col("creator").is_in(picked.implode()))


def _stratum(
    rows: pl.DataFrame, used: pl.DataFrame, creators: pl.DataFrame, *, as_of: int
) -> Stratum:
    seen = [1.0 - used[c].null_count() / used.height for c in COLUMNS]
    measures = (0, *(m for m in (1, 2) if seen[m] >= _MIN_SEEN))
    told = learn(rows, lambda keys: who_of(creators, keys), measures, as_of=as_of)
    keys = used["creator"].unique().sort().to_numpy()
    who, closeness = who_of(creators, keys)
    posts = posts_of(used, keys, measures)
    model = estimate(posts, who, measures)
    per_creator = sums(used)
    plain = respond(model, posts, who, told.memory)
    factor, power = scale(model, plain, per_creator, np.isfinite(who.size))
    effort, clean = float(used["n_effort"].sum()), float(used["n_clean"].sum())
    alone, apart = float(used["n_acts"].sum()), float(used["n_apart"].sum())
    return Stratum(
        model,
        told,
        factor * float(np.exp(told.lift)),
        power,
        (clean + CLEAN_PRIOR) / (effort + CLEAN_PRIOR),
        (alone + CLEAN_PRIOR) / (alone + apart + CLEAN_PRIOR),
        passers_ratio(per_creator),
        float(np.nanmean(closeness)) if np.isfinite(closeness).any() else 0.0,
        _visible(told, plain),
        len(keys),
    )
