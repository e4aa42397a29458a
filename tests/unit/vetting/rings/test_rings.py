import numpy as np
import polars as pl
import pytest

from influencr.errors import SchemaError
from influencr.vetting import rings
from influencr.vetting._audience import Accounts, Audience
from influencr.vetting.verdict import EVIDENCE_SCHEMA

DAY = 86_400
N = 300


def town(*, ring=(), spread_days=30.0, seed=4):
    """Creators 0..99 among 300 accounts; a tenth of follows returned; a ring follows each other."""
    rng = np.random.default_rng(seed)
    whom, who = rng.integers(0, 100, 6_000), rng.integers(0, N, 6_000)
    back = rng.random(6_000) < 0.08
    at = rng.random(6_000) * 900 * DAY
    ring = np.array(ring, dtype=int)
    a, b = np.meshgrid(ring[ring < 100], ring)
    a, b = a.ravel(), b.ravel()
    tied = (a != b) & (rng.random(len(a)) < 0.6)
    a, b = a[tied], b[tied]
    whom, who = np.concatenate([a, whom]), np.concatenate([b, who])
    back = np.concatenate([np.ones(len(a), dtype=bool), back])
    at = np.concatenate([(400 + rng.random(len(a)) * spread_days) * DAY, at])
    _, first = np.unique(whom * N + who, return_index=True)
    first = first[who[first] != whom[first]]
    order = first[np.lexsort((at[first], whom[first]))]
    keys = np.arange(N, dtype=np.uint64) + np.uint64(50)
    creators = pl.DataFrame(
        {
            "key": keys[:100],
            "profile_id": [f"did:example:{i}" for i in range(100)],
            "platform": "bluesky",
            "language": "en",
            "topic": "pottery",
            "followers": None,
            "created": None,
        }
    )
    return Audience.of(
        creators,
        np.searchsorted(whom[order], np.arange(101)),
        who[order].astype(np.int32),
        Accounts.of(keys),
        at=(1_700_000_000 + at[order]).astype(np.int64),
        mutual=back[order],
    )


def find(audience):
    return rings.find(rings.mutual(audience), audience.accounts)


RING = (*range(10, 20), *range(200, 220))


def test_a_ring_is_found_and_nobody_else():
    found = find(town(ring=RING))
    assert len(found.kind) == 1
    members = found.member - np.uint64(50)
    assert len(np.intersect1d(members, RING)) >= 28
    assert len(np.setdiff1d(members, RING)) <= 1
    assert found.p[0] < 1e-6
    assert found.lift[0] > 3, found.lift


def test_the_same_circle_over_the_years_is_a_neighbourhood():
    assert len(find(town(ring=RING, spread_days=880.0 - 400.0)).kind) == 0


def test_returned_follows_at_random_are_no_ring():
    assert len(find(town()).kind) == 0
    nobody = town()._replace(mutual=np.zeros(len(town().who), dtype=bool))
    assert len(find(nobody).kind) == 0


def test_groups_of_creators_give_the_same_ring():
    audience = town(ring=RING)
    parts = [rings.mutual(audience.take(list(range(i, i + 25)))) for i in range(0, 100, 25)]
    joined = rings.find(rings.Mutual.join(parts), audience.accounts)
    assert set(joined.member) == set(find(audience).member)


def test_evidence_names_a_reciprocal_group_and_members_in_order_of_arrival():
    audience = town(ring=RING)
    rows = rings.evidence(find(audience), audience)
    assert dict(rows.schema) == EVIDENCE_SCHEMA
    fires = rows.filter("fires")
    assert len(np.intersect1d(fires["creator"].to_numpy(), range(10, 20))) >= 9
    for row in fires.iter_rows(named=True):
        who = audience.who[audience.rows(row["creator"])][row["member_rows"]]
        assert set(who.tolist()) <= {*RING, *who[~np.isin(who, RING)][:1].tolist()}
        assert "bought" not in row["chart"]
        assert "reciprocal group" in row["chart"]
        assert row["family"] == "X"
    clear = rows.filter(~pl.col("fires"))
    assert clear["value"].is_between(0, 1).all()
    assert len(fires) + len(clear) >= 100


def acts(pod, *, seed=3, delay=1_800):
    rng = np.random.default_rng(seed)
    rows = []
    for author in range(60):
        for post in range(12):
            at = 1_700_000_000 + int(rng.integers(0, 90 * DAY))
            # A public of a few regulars, who react when they see it.
            for actor in rng.integers(100, 400, 8):
                rows.append((author, int(actor), author * 100 + post, at, at + 300))
            if author in pod:
                for actor in pod:
                    if actor != author and rng.random() < 0.6:
                        soon = at + int(rng.integers(60, delay))
                        rows.append((author, actor, author * 100 + post, at, soon))
    columns = dict(zip(rings.ACT_COLUMNS, zip(*rows, strict=True), strict=True))
    return pl.DataFrame(columns).with_columns(pl.col("author", "actor").cast(pl.UInt64))


def test_a_pod_is_who_reacts_to_one_another_within_the_hour():
    found = rings.pods(acts(range(5, 17)))
    assert found.kind.tolist() == [1]
    assert set(found.member.tolist()) == set(range(5, 17))
    assert found.creator.all()


def test_reactions_hours_later_make_no_pod():
    late = acts(range(5, 17)).with_columns(
        at=pl.when(pl.col("actor") < 100).then(pl.col("at") + 7_200).otherwise("at")
    )
    assert len(rings.pods(late).kind) == 0
    assert len(rings.pods(acts(())).kind) == 0


def test_pods_and_rings_join():
    audience = town(ring=RING)
    both = rings.Rings.join([find(audience), rings.pods(acts(range(5, 17)))])
    assert both.kind.tolist() == [0, 1]
    assert both.group.max() == 1
    assert len(rings.Rings.join([]).kind) == 0


def test_a_missing_column_is_told():
    with pytest.raises(SchemaError, match="posted_at"):
        rings.pods(acts(()).drop("posted_at"))
