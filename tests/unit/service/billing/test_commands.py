"""What the operator does about money at the terminal."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from influencr.errors import UsageError
from influencr.service import _payments
from influencr.service._environment import read


def said(*words: str) -> str:
    out = io.StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def test_invoices_are_listed_and_given_back(till: Any):
    assert said("refund", "olga@rye.example") == "No invoice.\n"
    till.forward(days=6)
    till.subscribe()
    till.deliver()
    listed = said("refund", "olga@rye.example")
    assert "$49.00  paid" in listed
    number = listed.split()[0]
    assert "$12.50 given back" in said("refund", "olga@rye.example", number, "--amount", "12.50")
    assert "$12.50 given back" in said("refund", "olga@rye.example")
    assert "$36.50 given back" in said("refund", "tomas@rye.example", number, "--end")
    assert till.state == "locked"


@pytest.mark.parametrize("amount", ["much", "0", "-1", "1.005", "nan", "inf"])
def test_what_is_no_amount_is_refused(till: Any, amount: str):
    with pytest.raises(CommandError, match="--amount"):
        said("refund", "olga@rye.example", "INF-0001", f"--amount={amount}")


def test_where_no_cards_are_taken_nothing_is_given_back(members: Any):
    with pytest.raises(CommandError, match="nobody pays by card"):
        said("refund", "olga@rye.example", "INF-0001")


def test_the_account_is_checked_and_its_price_made(till: Any):
    told = said("stripe")
    assert "test mode" in told
    assert "$49.00 a month" in told
    assert "/billing/webhook" in told
    till.account.prices.clear()
    with pytest.raises(CommandError, match="no active price"):
        said("stripe")
    assert "$49.00 a month" in said("stripe", "--make-price")


def test_another_price_than_the_pages_say_is_refused(till: Any):
    (price,) = till.account.prices.values()
    price["unit_amount"] = 5_900
    with pytest.raises(
        CommandError, match=r"charge \$59\.00 a month .* the pages say \$49 a month"
    ):
        said("stripe")


GOOD = {
    "INFLUENCR_BILLING": "stripe",
    "INFLUENCR_STRIPE_KEY": "sk_test_1",
    "INFLUENCR_STRIPE_WEBHOOK_SECRET": "whsec_1",
}


def test_the_settings_of_payments():
    told = read(GOOD).payments
    assert told is not None
    assert (told.price, told.is_test) == (_payments.LOOKUP_KEY, True)
    assert told.pages == ("https://checkout.stripe.com", "https://billing.stripe.com")
    assert "sk_test_1" not in repr(told)
    assert read({**GOOD, "INFLUENCR_BILLING": "manual"}).payments is None
    stand_in = read({**GOOD, "INFLUENCR_STRIPE_API": "http://127.0.0.1:8420/"}).payments
    assert stand_in is not None
    assert (stand_in.api, stand_in.pages) == ("http://127.0.0.1:8420", ("http://127.0.0.1:8420",))


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("INFLUENCR_STRIPE_KEY", "", "needs the secret key"),
        ("INFLUENCR_STRIPE_KEY", "pk_test_1", "no secret key"),
        ("INFLUENCR_STRIPE_WEBHOOK_SECRET", " ", "needs the signing secret"),
        ("INFLUENCR_STRIPE_WEBHOOK_SECRET", "sk_test_1", "no signing secret"),
        ("INFLUENCR_STRIPE_API", "http://stripe.example", "only a stand-in on this machine"),
        ("INFLUENCR_STRIPE_API", "https://127.0.0.1", "only a stand-in on this machine"),
    ],
)
def test_payments_that_could_not_work_are_refused_at_the_start(name: str, value: str, why: str):
    with pytest.raises(UsageError, match=f"{name}: .*{why}"):
        read({**GOOD, name: value})
