import numpy as np
import pytest

from influencr.vetting import lockstep
from influencr.vetting.lockstep._blocks import KINDS


def found(network):
    audience = network.audience
    blocks = lockstep.blocks(lockstep.candidates(audience), audience.accounts)
    return blocks, network.sold


def agree(blocks, sold):
    member = np.zeros(len(sold), dtype=bool)
    member[blocks.member] = True
    return 2 * (member & sold).sum() / (member.sum() + sold.sum())


@pytest.mark.parametrize(("days", "density"), [(0.5, 0.4), (3, 0.25), (14, 0.4), (45, 0.5)])
def test_a_seller_is_found_whatever_the_delivery_takes(network, plan, days, density):
    blocks, sold = found(network(plan(tuple(range(40, 64)), density=density, days=days)))
    assert blocks.kind.tolist() == [KINDS.index("lockstep")]
    assert agree(blocks, sold) > 0.95
    assert blocks.p[0] < 1e-6


def test_only_customers_are_named(sold_to_twenty):
    blocks, _ = found(sold_to_twenty)
    keys = sold_to_twenty.audience.creators["key"].to_numpy()
    assert set(blocks.customer) <= set(keys[40:60])
    assert blocks.n_customers[0] >= 19


def test_two_sellers_stay_two(network, plan):
    blocks, sold = found(
        network(plan(tuple(range(40, 55))), plan(tuple(range(200, 215)), days=0.3))
    )
    assert len(blocks.kind) == 2
    assert agree(blocks, sold) > 0.95
    sellers = (blocks.member - 6_000) // 120
    for block in range(2):
        assert len(set(sellers[blocks.member_block == block].tolist())) == 1


def test_without_a_seller_nothing_is_found(network):
    blocks, _ = found(network())
    assert len(blocks.kind) == len(blocks.member) == len(blocks.customer) == 0


def test_two_customers_are_no_group(network, plan):
    blocks, _ = found(network(plan((40, 41), density=0.9)))
    assert len(blocks.kind) == 0


def test_who_follows_each_other_back_is_a_ring(network, plan):
    blocks, _ = found(network(plan(tuple(range(40, 52)), density=0.6, days=20, back=True)))
    assert [KINDS[kind] for kind in blocks.kind] == ["reciprocal"]


def test_one_click_on_a_list_is_called_so_and_orders_in_one_sitting_are_not(network, plan):
    click = plan(tuple(range(40, 50)), density=0.95, same_hour=True)
    blocks, _ = found(network(click))
    assert [KINDS[kind] for kind in blocks.kind] == ["one click"]
    orders = plan(tuple(range(40, 60)), density=0.3, same_hour=True)
    blocks, sold = found(network(orders))
    assert [KINDS[kind] for kind in blocks.kind] == ["lockstep"]
    assert agree(blocks, sold) > 0.95


def test_the_same_answer_again_and_in_groups(sold_to_twenty):
    audience = sold_to_twenty.audience
    whole = lockstep.blocks(lockstep.candidates(audience), audience.accounts)
    again = lockstep.blocks(lockstep.candidates(audience), audience.accounts)
    for one, two in zip(whole, again, strict=True):
        assert np.array_equal(one, two)
    parts = [lockstep.candidates(audience.take(range(i, i + 100))) for i in range(0, 400, 100)]
    joined = lockstep.blocks(lockstep.Candidates.join(parts), audience.accounts)
    assert len(np.setxor1d(joined.member, whole.member)) <= 0.03 * len(whole.member)
    assert set(joined.customer) == set(whole.customer)


def test_an_account_is_in_one_group_at_most(network, plan):
    blocks, _ = found(network(plan(tuple(range(40, 55))), plan(tuple(range(50, 65)))))
    assert len(np.unique(blocks.member)) == len(blocks.member)
