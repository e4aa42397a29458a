"""What is true of the world, written apart from what can be observed.

Every column is called `planted_...`: no importer can take a truth file for a file of profiles,
posts, follows, engagements or packs.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from influencr.sources.synthetic._cast import DAY, PLATFORMS, Cast
from influencr.sources.synthetic._engagements import expected_acts, expected_likes
from influencr.sources.synthetic._follows import Graph
from influencr.sources.synthetic._names import Names, instants
from influencr.sources.synthetic._network import Seen
from influencr.sources.synthetic._output import Output
from influencr.sources.synthetic._people import Person
from influencr.sources.synthetic._plans import Plans
from influencr.sources.synthetic._platforms import Elsewhere
from influencr.sources.synthetic._random import Array
from influencr.sources.synthetic._response import PERIOD_DAYS, Response
from influencr.sources.synthetic._sizes import KINDS, Parameters
from influencr.sources.synthetic._words import Words

__all__ = ["write_response", "write_truth"]

_ACCOUNTS_PER_FILE = 1_000_000


def write_truth(
    p: Parameters,
    words: Words,
    cast: Cast,
    plans: Plans,
    graph: Graph,
    seen: Seen,
    people: list[Person],
    elsewhere: Elsewhere,
    names: Names,
    out: Output,
    devoted: Array | None = None,
) -> None:
    """accounts, creators, audience_places, batches, bursts, rings and pods."""
    if not out.wants("truth"):
        return
    _accounts(p, words, cast, names, out, devoted)
    _creators(p, words, cast, graph, seen, people, elsewhere, names, out)
    creator, country = np.nonzero(graph.by_country)
    out.table(
        "truth",
        "audience_places",
        pl.DataFrame(
            {
                "planted_profile": names.did(creator),
                "planted_country": pl.Series(list(graph.countries)).gather(country),
                "planted_organic_followers": graph.by_country[creator, country].astype(np.int64),
            }
        ),
    )
    for name, accounts, times in (
        ("batches", ("customer",), ("started_at",)),
        ("bursts", ("creator",), ("started_at",)),
        ("rings", ("account",), ()),
        ("pods", ("account",), ()),
    ):
        frame = pl.DataFrame(plans.rows[name], infer_schema_length=None)
        if not frame.height:
            continue
        for column in accounts:
            who = frame[column].to_numpy()
            known = names.did(np.maximum(who, 0)).set(pl.Series(who < 0), None)
            frame = frame.with_columns(known.alias(column))
        for column in times:
            moment = instants(frame[column].to_numpy())
            frame = frame.with_columns(moment.alias(column))
        if "pack" in frame.columns:
            uris = [names.pack_uri(i, pack.owner) for i, pack in enumerate(plans.packs)]
            number = frame["pack"]
            frame = frame.with_columns(
                pl.Series(uris, dtype=pl.String).gather(number.set(number < 0, None)).alias("pack")
            )
        out.table("truth", name, frame.rename({c: f"planted_{c}" for c in frame.columns}))


def _place_columns(words: Words, place: Array) -> dict[str, pl.Series]:
    places, index = words.places, place.astype(np.int64)
    return {
        "planted_place": pl.Series([x.name for x in places]).gather(index),
        "planted_place_id": pl.Series([x.geonames_id for x in places]).gather(index),
        "planted_country": pl.Series([x.country for x in places]).gather(index),
        "planted_lat": pl.Series([x.lat for x in places]).gather(index),
        "planted_lon": pl.Series([x.lon for x in places]).gather(index),
        "planted_region": pl.Series([x.hub for x in places]).gather(index),
    }


def _accounts(
    p: Parameters,
    words: Words,
    cast: Cast,
    names: Names,
    out: Output,
    devoted: Array | None,
) -> None:
    """Who every account of the graph is; creators too, audience in parts."""
    keys = pl.Series([topic.key for topic in words.topics])
    # Number -1, who never moved, is the last one: null.
    hubs = pl.Series([*words.hubs, None])
    graph = cast.in_graph(p.n_creators)
    audience = np.arange(p.n_creators, p.n_accounts)
    everybody = np.concatenate([graph, audience])
    parts = range(0, len(everybody), _ACCOUNTS_PER_FILE)
    for number, begin in enumerate(parts):
        who = everybody[begin : begin + _ACCOUNTS_PER_FILE]
        frame = pl.DataFrame(
            {
                "planted_profile": names.did(who),
                "planted_kind": pl.Series(list(KINDS)).gather(cast.kind[who].astype(np.int64)),
                "planted_language": pl.Series([x.code for x in words.languages]).gather(
                    cast.language[who].astype(np.int64)
                ),
                **_place_columns(words, cast.place[who]),
                "planted_moved_from": hubs.gather(
                    np.where(cast.origin[who] < 0, len(words.hubs), cast.origin[who])
                ),
                **{
                    f"planted_topic_{i + 1}": keys.gather(cast.topics[who, i].astype(np.int64))
                    for i in range(3)
                },
                "planted_created_at": instants(cast.created[who]),
            }
        )
        if devoted is not None:
            frame = frame.with_columns(planted_devoted=pl.Series(devoted[who]))
        out.table("truth", "accounts", frame, number=number if len(parts) > 1 else None)


def _creators(
    p: Parameters,
    words: Words,
    cast: Cast,
    graph: Graph,
    seen: Seen,
    people: list[Person],
    elsewhere: Elsewhere,
    names: Names,
    out: Output,
) -> None:
    n_c = p.n_creators
    who = np.arange(n_c)
    on_graph = cast.platform[:n_c] == 0
    organic = np.where(
        on_graph, graph.organic, np.round(elsewhere.followers * (1 - elsewhere.bought_share))
    ).astype(np.int64)
    total = np.where(on_graph, graph.followers[:n_c], elsewhere.followers)
    bought = np.where(on_graph, graph.bought, total - organic)
    keys = pl.Series([topic.key for topic in words.topics])
    platform = pl.Series(list(PLATFORMS)).gather(cast.platform[:n_c].astype(np.int64))
    handles = pl.Series([person.handle for person in people])
    did = names.did(who)
    reference = pl.select(
        pl.when(pl.Series(on_graph)).then(platform + ":" + did).otherwise(platform + ":@" + handles)
    ).to_series()
    acts = np.where(on_graph, seen.n_acts / np.maximum(seen.n_own, 1), np.nan)
    frame = pl.DataFrame(
        {
            "planted_profile": reference,
            "planted_kind": pl.Series(list(KINDS)).gather(cast.kind[:n_c].astype(np.int64)),
            "planted_language": pl.Series([x.code for x in words.languages]).gather(
                cast.language[:n_c].astype(np.int64)
            ),
            **_place_columns(words, cast.place[:n_c]),
            "planted_place_shown": pl.Series([person.shown for person in people]),
            "planted_topic_1": keys.gather(cast.topics[:n_c, 0].astype(np.int64)),
            "planted_topic_2": keys.gather(cast.topics[:n_c, 1].astype(np.int64)),
            "planted_influence": cast.influence,
            "planted_acts_per_post": expected_acts(cast, organic.astype(float)),
            "planted_likes_per_post": expected_likes(cast, organic.astype(float)),
            "planted_mean_acts": pl.Series(acts).fill_nan(None),
            "planted_closeness": cast.closeness,
            "planted_replies": seen.replied,
            "planted_answers": seen.answered,
            "planted_last_post": instants(cast.last_post),
            "planted_organic_followers": organic,
            "planted_bought_followers": bought,
            "planted_bought_share": bought / np.maximum(total, 1),
            "planted_sellers_followers": np.where(on_graph, graph.sellers, bought),
        }
    )
    out.table("truth", "creators", frame)


def write_response(
    p: Parameters, cast: Cast, response: Response, names: Names, out: Output
) -> None:
    """Per creator on the graph, what its response follows; `truth/acts` is written with the acts.

    Of placebo creators z and the expectation are null: there is nothing to know.
    """
    if not out.wants("truth"):
        return
    who = cast.in_graph(p.n_creators)
    cut = np.full(len(who), p.now - PERIOD_DAYS * DAY)
    middle = cut + PERIOD_DAYS * DAY // 2
    noise = pl.Series(response.placebo[who])
    at_cut, later = (response.z_at(who, at) for at in (cut, middle))
    paid = response.paid
    begins = response.begins[who]
    frame = pl.DataFrame(
        {
            "planted_profile": names.did(who),
            "planted_placebo": noise,
            "planted_z_28_days_before": pl.Series(at_cut),
            "planted_z_14_days_before": pl.Series(later),
            "planted_acts_28_days_before": pl.Series(response.expected(who, at_cut, cut)),
            "planted_acts_14_days_before": pl.Series(response.expected(who, later, middle)),
            "planted_community": response.community[who],
            "planted_paid_times": paid.times[who],
            "planted_paid_from": instants(paid.begin[who]),
            "planted_paid_until": instants(paid.end[who]),
            "planted_begins": instants(begins).set(pl.Series(begins == 0), None),
        }
    )
    hidden = [name for name in frame.columns if "_before" in name]
    nothing = ~(pl.Series(paid.seller[who]) >= 0)
    out.table(
        "truth",
        "influence",
        frame.with_columns(
            *(pl.when(~noise).then(pl.col(name)).alias(name) for name in hidden),
            *(
                pl.when(~nothing).then(pl.col(name)).alias(name)
                for name in ("planted_paid_from", "planted_paid_until")
            ),
        ),
    )
