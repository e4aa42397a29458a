import numpy as np
import polars as pl
import pytest

from influencr.errors import SchemaError
from influencr.vetting._audience import Accounts, Audience


def creators(n):
    return pl.DataFrame({"key": range(n)}).with_columns(
        profile_id=pl.lit("x"),
        platform=pl.lit("bluesky"),
        language=pl.lit("en"),
        topic=pl.lit(None),
        followers=pl.lit(1),
        created=pl.lit(0),
    )


def accounts(m):
    return Accounts.of(np.arange(m, dtype=np.uint64))


def made():
    return Audience.of(creators(3), np.array([0, 2, 2, 5]), np.array([4, 3, 0, 1, 2]), accounts(5))


def test_take_keeps_order_and_shares_accounts():
    one = made()
    part = one.take([2, 0])
    assert part.starts.tolist() == [0, 3, 5]
    assert part.who.tolist() == [0, 1, 2, 4, 3]
    assert part.accounts is one.accounts
    assert part.creators["key"].to_list() == [2, 0]
    assert one.take([1]).who.tolist() == []


def test_what_is_not_given_is_unknown():
    one = made()
    assert set(one.at.tolist()) == {-1}
    assert not one.mutual.any()
    assert np.isnan(one.accounts.p).all()
    assert one.seen.tolist() == [2, 0, 3]
    assert one.rows(2) == slice(2, 5)


@pytest.mark.parametrize(
    ("starts", "who", "words"),
    [
        ([0, 2, 5], [0, 0, 0, 0, 0], "3 numbers for 3 creators"),
        ([0, 2, 1, 5], [0, 0, 0, 0, 0], "must rise"),
        ([0, 2, 2, 4], [0, 0, 0, 0, 0], "must rise"),
        ([0, 2, 2, 5], [0, 0, 0, 0, 9], "outside the 5 accounts"),
    ],
)
def test_parts_that_do_not_fit_are_refused(starts, who, words):
    with pytest.raises(SchemaError, match=words):
        Audience.of(creators(3), np.array(starts), np.array(who), accounts(5))


def test_lengths_and_names_are_checked():
    with pytest.raises(SchemaError, match=r"Audience\.at"):
        Audience.of(creators(1), np.array([0, 2]), np.array([0, 1]), accounts(5), at=np.zeros(3))
    with pytest.raises(SchemaError, match="'topic'"):
        Audience.of(creators(1).drop("topic"), np.array([0, 1]), np.array([0]), accounts(5))
    with pytest.raises(SchemaError, match=r"Accounts\.bio"):
        Accounts.of(np.arange(3, dtype=np.uint64), bio=np.zeros(2))
    with pytest.raises(SchemaError, match="'height'"):
        Accounts.of(np.arange(3, dtype=np.uint64), height=np.zeros(3))
