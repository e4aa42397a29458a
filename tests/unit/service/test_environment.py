from __future__ import annotations

import pytest

from influencr.errors import UnknownValue, UsageError
from influencr.service._environment import VARIABLES, Environment, read


def test_without_any_variable_everything_has_its_default():
    assert read({}) == Environment(
        home=None,
        allowed_hosts=(),
        trusted_proxy=None,
        https=False,
        operator="the operator of this instance",
        operator_contact=None,
        debug=False,
    )


def test_lists_and_switches_are_understood():
    found = read(
        {
            "INFLUENCR_ALLOWED_HOSTS": "search.example, www.search.example,",
            "INFLUENCR_HTTPS": "on",
            "INFLUENCR_OPERATOR_CONTACT": "rights@search.example",
        }
    )
    assert found.allowed_hosts == ("search.example", "www.search.example")
    assert found.https
    assert found.operator_contact == "rights@search.example"


def test_the_worker_inside_the_server_is_on_until_it_is_switched_off():
    assert read({}).worker
    assert not read({"INFLUENCR_WORKER": "off"}).worker


def test_a_switch_that_is_neither_on_nor_off_is_refused():
    with pytest.raises(UnknownValue, match="INFLUENCR_DEBUG: 'maybe'"):
        read({"INFLUENCR_DEBUG": "maybe"})


@pytest.mark.parametrize("contact", ["javascript:alert(1)", "http://search.example", "@", "me"])
def test_a_contact_that_nobody_could_use_is_refused(contact: str):
    with pytest.raises(UsageError, match="INFLUENCR_OPERATOR_CONTACT"):
        read({"INFLUENCR_OPERATOR_CONTACT": contact})


def test_every_variable_is_documented_and_named_once():
    names = [v.name for v in VARIABLES]
    assert len(set(names)) == len(names)
    assert all(v.meaning.endswith(".") and v.default for v in VARIABLES)
