"""A stateful stand-in for Stripe: checkout, portal, subscriptions with trials and renewals, cards
that are refused, refunds, events, and a clock that a test moves.

Ours to know from the documentation; that every question and every answer has Stripe's form is
checked against Stripe's OpenAPI file in tests/servers/test_stripe_contract.py.
"""

from tests.standins.stripe_world.account import KEY, SECRET, Account
from tests.standins.stripe_world.api import Api
from tests.standins.stripe_world.wire import InProcess, served, signed

__all__ = ["KEY", "SECRET", "Account", "Api", "InProcess", "served", "signed"]
