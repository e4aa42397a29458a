"""The filters of the audience and the account on /search: forms, links, names in the funnel."""

from __future__ import annotations

import re
from typing import Any

from django.test import Client
from tests.unit.service.test_search_page import links, page, words_of


def test_the_form_of_the_audience_speaks_in_percent(client: Client, engine: Any):
    response = client.get(
        "/search?text=vegan&audience_place=Germany&audience_share_percent_min=30"
        "&bought_share_percent_max="
    )
    assert response.status_code == 302
    assert (
        response["Location"] == "/search?text=vegan&audience_place=Germany&audience_share_min=0.3"
    )
    markup = page(client, response["Location"])
    form = markup.split("Where the audience is", 1)[1].split("</form>", 1)[0]
    assert 'name="audience_place" value="Germany"' in form
    assert 'name="audience_share_percent_min" value="30"' in form
    assert (engine.asked[-1].audience_place, engine.asked[-1].place) == (("Germany",), None)


def test_a_row_says_what_is_known_of_the_audience_asked_for(client: Client, engine: Any, cast: Any):
    told = "Germany 62% (57% to 67%) of 400 followers who tell a place"
    engine.answer = cast.results(cast.hit(audience=told))
    assert told in words_of(page(client, "/search?audience_place=Germany"))


def test_growth_is_asked_over_months_that_are_chosen(client: Client, engine: Any):
    response = client.get("/search?text=a&growth_percent_min=-5&growth_months=3")
    assert response["Location"] == "/search?text=a&growth_min=-0.05&growth_months=3"
    markup = page(client, response["Location"])
    assert '<option value="3" selected>in 3\xa0months</option>' in markup
    assert 'name="growth_percent_min" value="-5"' in markup
    assert (engine.asked[-1].growth_min, engine.asked[-1].growth_months) == (-0.05, 3)
    # The usual window is not written into the address.
    assert (
        "/search?text=a&growth_min=-0.05"
        in client.get("/search?text=a&growth_percent_min=-5&growth_months=")["Location"]
    )


def test_an_audience_share_without_its_place_is_one_sentence(client: Client, engine: Any):
    response = client.get("/search?text=vegan&audience_share_min=0.3")
    assert response.status_code == 400
    assert "say of which place, with audience_place" in words_of(response.content.decode())


def test_a_contact_is_asked_for_by_a_link_and_lifted_by_it(client: Client, engine: Any):
    assert "/search?text=gym&has_contact=true" in links(page(client, "/search?text=gym"))
    markup = page(client, "/search?text=gym&has_contact=true")
    assert 'data-key="has_contact:true" aria-current="true"' in markup
    assert engine.asked[-1].has_contact


def test_what_nobody_looked_for_is_no_choice(client: Client, engine: Any, cast: Any):
    unknown = cast.facet(value="unknown", label="unknown", count=9)
    none = cast.facet(value="none", label="none", count=4)
    engine.answer = cast.results(
        cast.hit(), facets={"lockstep": (none, unknown), "engagement_anomaly": (unknown,)}
    )
    shown = words_of(page(client, "/search?text=a"))
    assert re.search(r"Followers in lockstep\s+None found\s+4\s+Not looked at\s+9", shown)
    assert "Unusual engagement" not in shown


def test_the_funnel_calls_the_filters_of_the_audience_by_their_names(
    client: Client, engine: Any, cast: Any
):
    names = {
        "audience_place": "audience in Germany ≥ 30 % or FR ≥ 30 %",
        "has_contact": "contact published for business",
        "bought_share_max": "look bought ≤ 15 %",
        "lockstep": "lockstep None found",
        "followers_seen_min": "followers seen ≥ 300",
        "account_days_min": "account age ≥ 365 days",
    }
    steps = [cast.step(filter=n, label=n, left=9, removed=1, without=20) for n in names]
    engine.answer = cast.results(
        cast.hit(),
        funnel=(
            cast.step(filter="all", label="everybody in the index", left=99, removed=0),
            *steps,
        ),
        loosenings=(
            cast.loosening(label="", change={"audience_share_min": 0.15}, adds=7),
            cast.loosening(label="", change={"bought_share_max": 0.3}, adds=3),
        ),
    )
    markup = page(
        client,
        "/search?audience_place=Germany&audience_place=FR&audience_share_min=0.3&has_contact=true"
        "&bought_share_max=0.15&lockstep=none&followers_seen_min=300&account_days_min=365",
    )
    shown = words_of(markup)
    for name in names.values():
        assert name in shown
    assert "audience there from 15 % adds 7 creators" in shown
    assert "up to 30 % look bought adds 3 creators" in shown
    # 0 % is a step as any other, and no dropped filter.
    engine.answer = cast.results(
        cast.hit(),
        loosenings=(cast.loosening(label="", change={"growth_min": 0.0}, adds=2),),
    )
    assert "growth from 0 % adds 2 creators" in words_of(page(client, "/search?growth_min=0.1"))
