"""Who is listed, and what is said of who is not."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


def test_a_listed_person_sees_every_line_and_where_it_comes_from(place: Any):
    page = place.look("tiktok:@ana")
    assert "This is your record" in page
    assert "Rye bread in Lyon" in page
    assert "your profile, as import:bakers.csv delivered it on 20" in page
    assert "prove it" in page


@pytest.mark.parametrize("who", ["@ana", "ana", "https://www.tiktok.com/@ana?lang=en"])
def test_a_handle_or_an_address_will_do(place: Any, who: str):
    assert "This is your record" in place.look(who)


def test_a_handle_with_a_network_beside_it(place: Any):
    page = place.client.get("/creators", {"who": "@Ana", "network": "tiktok"}).content.decode()
    assert "This is your record" in page


def test_somebody_who_is_not_listed_is_told_why(place: Any):
    page = place.look("tiktok:@hanna")
    assert "known, but not listed: asked not to be recommended" in page
    assert "prove it" in page


def test_who_left_looks_like_who_never_was(place: Any):
    nobody = place.look("tiktok:@nobody")
    place.engine.forget(["tiktok:@ana"])
    gone = place.look("tiktok:@ana")
    assert "Nobody of that name is listed here" in gone
    assert gone.replace("@ana", "@nobody").replace("%40ana", "%40nobody") == nobody


def test_looking_up_too_often_is_refused_for_a_while(place: Any):
    answers = {place.client.get("/creators", {"who": f"x{i}"}).status_code for i in range(60)}
    assert answers == {200}
    refused = place.client.get("/creators", {"who": "x"})
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) > 0
    assert "asked too often from here" in refused.content.decode()
    assert place.client.get("/creators").status_code == 200


def test_no_cache_keeps_who_was_looked_up(place: Any):
    response = place.client.get("/creators", {"who": "ana"})
    assert response["Cache-Control"] == "no-store"
    assert response["X-Robots-Tag"] == "noindex"
    assert not [name for name in response.cookies if name != "csrftoken"]


def test_hostile_words_stay_words(place: Any):
    page = place.look('"><script>alert(1)</script>')
    assert "<script>alert" not in page
