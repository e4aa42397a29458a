import json

import numpy as np
import polars as pl

from influencr.vetting import lockstep
from influencr.vetting.verdict import EVIDENCE_SCHEMA


def ledger(network):
    audience = network.audience
    blocks = lockstep.blocks(lockstep.candidates(audience), audience.accounts)
    return lockstep.evidence(blocks, audience)


def test_members_stand_at_their_place_in_the_order_of_arrival(sold_to_twenty):
    rows = ledger(sold_to_twenty)
    assert dict(rows.schema) == EVIDENCE_SCHEMA
    audience = sold_to_twenty.audience
    fires = rows.filter("fires")
    assert set(fires["creator"]) <= set(range(40, 60))
    for row in fires.iter_rows(named=True):
        follows = audience.rows(row["creator"])
        who = audience.who[follows][row["member_rows"]]
        assert sold_to_twenty.sold[who].mean() > 0.9
        at = audience.at[follows][row["member_rows"]]
        assert (row["from_at"], row["to_at"]) == (at.min(), at.max())
        assert row["members"] == len(who)
        assert row["share"] == len(who) / audience.seen[row["creator"]]
        assert row["p"] < 1e-4


def test_size_and_dates_are_those_of_the_delivery(sold_to_twenty):
    audience, sold = sold_to_twenty
    for row in ledger(sold_to_twenty).filter("fires").iter_rows(named=True):
        follows = audience.rows(row["creator"])
        true = sold[audience.who[follows]]
        assert abs(row["members"] - true.sum()) <= 0.1 * true.sum()
        assert abs(row["from_at"] - audience.at[follows][true].min()) < 2 * 86_400


def test_looked_at_and_clear_differs_from_not_looked_at(sold_to_twenty):
    audience = sold_to_twenty.audience
    at = audience.at.copy()
    at[audience.rows(7)] = -1
    unknown = sold_to_twenty._replace(audience=audience._replace(at=at))
    rows = ledger(unknown)
    assert 7 not in rows["creator"].to_list()
    clear = rows.filter(~pl.col("fires"))
    assert clear["p"].eq(1.0).all()
    assert 3 in clear["creator"].to_list()


def test_a_click_carries_the_alternative_that_was_found(network, plan):
    click = plan(tuple(range(40, 50)), density=0.95, same_hour=True)
    fires = ledger(network(click)).filter("fires")
    assert len(fires) >= 9
    for checked in fires["checked"]:
        assert [(c["alternative"], c["outcome"]) for c in checked] == [("giveaway", "found")]


def test_a_delivery_that_a_high_rate_hides_is_found_by_its_members(network, plan):
    made = network(plan(tuple(range(40, 60)), density=0.5))
    audience = made.audience
    # Creator 41 has no bin that stands out once its members' follows are taken from the blocks.
    blocks = lockstep.blocks(lockstep.candidates(audience), audience.accounts)
    key = audience.creators["key"][41]
    keep = blocks.customer != key
    fewer = blocks._replace(
        **{
            name: getattr(blocks, name)[keep]
            for name in (
                *("customer", "customer_block", "from_at", "to_at"),
                *("arrivals", "expected", "covered", "customer_p"),
            )
        }
    )
    row = lockstep.evidence(fewer, audience).filter(pl.col("creator") == 41).to_dicts()[0]
    assert row["fires"]
    follows = audience.rows(41)
    assert made.sold[audience.who[follows][row["member_rows"]]].all()


def test_the_chart_is_small_and_the_words_blame_nobody(sold_to_twenty):
    for text in ledger(sold_to_twenty).filter("fires")["chart"]:
        chart = json.loads(text)
        assert len(chart["arrivals"]) == len(chart["members"]) <= 200
        assert np.all(np.array(chart["arrivals"]) >= np.array(chart["members"]))


def test_rings_are_no_lockstep(network, plan):
    ring = plan(tuple(range(40, 52)), density=0.6, days=20, back=True)
    assert not ledger(network(ring))["fires"].any()


def again(audience, who, at):
    """The audience with other followers and times, each creator's in order of time."""
    of = np.repeat(np.arange(len(audience.creators)), audience.seen)
    order = np.lexsort((at, of))
    return audience._replace(who=who[order].astype(np.int32), at=at[order])


def test_two_orders_of_one_creator_are_two_findings_with_their_own_dates(network, plan):
    audience, sold = network(plan(tuple(range(40, 60)), density=0.6))
    follows = audience.rows(45)
    mine = np.flatnonzero(sold[audience.who[follows]]) + follows.start
    at = audience.at.copy()
    later = 60 * 86_400 if at[mine[0]] < at.min() + 200 * 86_400 else -60 * 86_400
    at[mine[::2]] += later
    changed = again(audience, audience.who, at)
    blocks = lockstep.blocks(lockstep.candidates(changed), changed.accounts)
    rows = lockstep.evidence(blocks, changed).filter("fires", pl.col("creator") == 45)
    assert len(rows) == 2
    for row in rows.iter_rows(named=True):
        assert row["to_at"] - row["from_at"] < 4 * 86_400
        assert abs(row["members"] - len(mine) / 2) <= 0.2 * len(mine)


def test_who_sends_a_few_for_weeks_has_delivered_nothing(network, plan):
    audience, sold = network(plan(tuple(range(40, 60)), density=0.6))
    rng = np.random.default_rng(7)
    stranger = int(np.argmax(audience.seen))
    own = audience.rows(stranger)
    there = np.flatnonzero(~np.isin(np.flatnonzero(sold), audience.who[own]))
    some = np.flatnonzero(sold)[rng.permutation(there)[: max(12, len(audience.at[own]) // 25)]]
    places = own.start + rng.permutation(own.stop - own.start)[: len(some)]
    for days, fires in ((50, False), (1, True)):
        who, at = audience.who.copy(), audience.at.copy()
        who[places] = some
        at[places] = at.min() + 100 * 86_400 + rng.integers(0, days * 86_400, len(some))
        changed = again(audience, who, at)
        blocks = lockstep.blocks(lockstep.candidates(changed), changed.accounts)
        found = lockstep.evidence(blocks, changed).filter(pl.col("creator") == stranger)
        assert found["fires"].any() == fires
