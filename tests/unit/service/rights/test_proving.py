"""Four ways to prove a profile, and what is no proof."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from influencr.service.rights import signed

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

RITA = "bluesky:did:plc:" + "1".zfill(24)
ANA = "tiktok:@ana"


def test_a_post_of_ones_own(place: Any):
    address = place.begin(RITA)
    assert "No post of @rita.example holds this code" in place.told(place.check(address, "post"))
    place.world.write(place.rita, f"mine: {place.code(address)}")
    response = place.check(address, "post")
    assert response.status_code == 302
    assert response["Location"].startswith("/creators/mine/")
    page = place.client.get(response["Location"]).content.decode()
    assert "Download everything" in page


def test_posts_of_others_replies_and_reposts_are_no_proof(place: Any):
    address = place.begin(RITA)
    code = place.code(address)
    other = place.world.person(2, "Otto", handle="otto.example")
    quote = place.world.write(other, f"she says: {code}", 1)
    place.world.reposts[quote] = [place.rita]
    place.world.write(place.rita, f"an answer {code}", 2, reply={"parent": {"uri": quote}})
    place.world.write(
        place.rita, "look", 3, embed={"$type": "app.bsky.embed.record", "record": {"uri": quote}}
    )
    assert "No post of @rita.example holds this code" in place.told(place.check(address, "post"))


def test_the_code_of_another_page_or_profile_is_no_proof(place: Any):
    mine, other = place.begin(RITA), place.begin(ANA)
    place.world.write(place.rita, f"{place.code(other)}")
    assert "holds another code" in place.told(place.check(mine, "post"))
    again = place.begin(RITA)
    place.world.write(place.rita, f"{place.code(mine)}", 1)
    # Who reads a code in public and begins anew has another one.
    assert "holds another code" in place.told(place.check(again, "post"))
    assert place.check(mine, "post").status_code == 302


def test_the_bio(place: Any):
    address = place.begin(RITA)
    told = place.told(place.check(address, "bio"))
    assert "does not hold this code" in told
    assert "Vegan baker" in told
    place.world.accounts[place.rita]["description"] += f" {place.code(address).upper()}"
    assert place.check(address, "bio").status_code == 302


def test_dns_below_the_handle_that_is_a_domain(place: Any):
    address = place.begin(RITA)
    told = place.told(place.check(address, "dns", "rita.example"))
    assert "no TXT record at _influencr.rita.example yet" in told
    place.names.records["_influencr.rita.example"] = ["something else"]
    told = place.told(place.check(address, "dns", "rita.example"))
    assert "1 TXT record at _influencr.rita.example, without a code" in told
    place.names.records["_influencr.rita.example"] = ["x", place.code(address)]
    assert place.check(address, "dns", "rita.example").status_code == 302


def test_dns_below_a_domain_of_a_link_that_a_file_knows(place: Any):
    address = place.begin(ANA)
    place.names.records["_influencr.ana.example"] = [f"influencr {place.code(address)}"]
    assert place.check(address, "dns", "ana.example").status_code == 302


@pytest.mark.parametrize(
    ("domain", "sentence"),
    [
        ("evil.example", "does not link to evil.example"),
        ("example", "is no domain"),
        ("127.0.0.1", "is no domain"),
        ("ana.example.evil.example", "does not link to"),
    ],
)
def test_dns_of_anything_else_is_not_even_asked(place: Any, domain: str, sentence: str):
    address = place.begin(ANA)
    place.names.records[f"_influencr.{domain}"] = [place.code(address)]
    assert sentence in place.told(place.check(address, "dns", domain))
    assert place.names.asked == []


def test_a_domain_that_the_profile_has_dropped_is_no_proof(place: Any):
    address = place.begin(RITA)
    place.world.accounts[place.rita]["handle"] = "renamed.example"
    place.names.records["_influencr.rita.example"] = [place.code(address)]
    told = place.told(place.check(address, "dns", "rita.example"))
    assert "does not link to rita.example; it links to renamed.example" in told


def test_a_page_that_the_profile_links_to(place: Any):
    address, page = place.begin(RITA), f"{place.site}/rita"
    place.pages["/rita"] = "<p>hello</p>"
    assert "neither the meta line nor" in place.told(place.check(address, "page", page))
    place.pages["/rita"] = '<a rel="me" href="https://bsky.app/profile/rita.example">me</a>'
    told = place.told(place.check(address, "page", page))
    assert "which everybody can see; put the code there as well" in told
    place.pages["/rita"] = f"<p>a comment: {place.code(address)}</p>"
    assert "where others may write too" in place.told(place.check(address, "page", page))
    place.pages["/rita"] = f'<meta name="influencr" content="{place.code(address)}">'
    assert place.check(address, "page", page).status_code == 302


@pytest.mark.parametrize("page", ["/other", "", "http://127.0.0.1:9/", "https://10.0.0.8/x"])
def test_a_page_that_it_does_not_link_to_is_not_asked(place: Any, page: str):
    address = place.begin(RITA)
    target = f"{place.site}{page}" if page.startswith("/") or not page else page
    place.pages["/other"] = f'<meta name="influencr" content="{place.code(address)}">'
    assert "does not link to" in place.told(place.check(address, "page", target))


def test_a_network_that_cannot_be_asked_says_what_remains(place: Any):
    page = place.client.get(place.begin(ANA)).content.decode()
    assert "Closed here: this instance cannot ask that network" in page
    assert "ana.example" in page
    assert "Ask the operator" in page
    told = place.told(place.check(place.begin(ANA), "bio"))
    assert told.startswith("This way is closed here")


def test_a_code_runs_out_after_a_day(place: Any):
    address = place.begin(RITA)
    with time_machine.travel(timezone.now() + timedelta(hours=24, seconds=1), tick=False):
        response = place.check(address, "post")
    assert response.status_code == 410
    assert "This code ran out on" in response.content.decode()


def test_an_open_record_closes_after_two_hours(place: Any):
    mine = place.prove(RITA)
    with time_machine.travel(timezone.now() + timedelta(hours=2, seconds=1), tick=False):
        for path in (mine, f"{mine}/everything.json"):
            assert place.client.get(path).status_code == 410
        assert place.change(mine, do="leave", name="rita.example").status_code == 410
    assert place.engine.show(RITA)["indexed"]


def test_pieces_of_addresses_cannot_be_made_or_mixed(place: Any):
    asked = signed.ask(RITA)
    granted = signed.grant(RITA)
    assert signed.opened(asked) is None
    assert signed.read(granted) is None
    assert signed.number_of("case", signed.number("left", 1)) is None
    for forged in ("x", granted[:-2] + "AA", granted.replace(":", "", 1), "a:b:c"):
        assert place.client.get(f"/creators/mine/{forged}").status_code == 410
        assert place.client.get(f"/creators/prove/{forged}").status_code == 410


def test_looks_at_other_services_are_limited(place: Any):
    address = place.begin(RITA)
    statuses = [place.check(address, "post").status_code for _ in range(21)]
    assert statuses[:20] == [200] * 20
    assert statuses[20] == 429


def test_a_service_that_does_not_answer_is_told_in_one_sentence(place: Any):
    address = place.begin(RITA)
    place.world.refusals[place.rita] = "AccountTakedown"
    assert "Bluesky shows no account" in place.told(place.check(address, "post"))


def test_a_request_to_the_operator(place: Any):
    address = place.begin(ANA)
    refused = place.client.post(f"{address}/help", {"text": "it is me", "contact": "x"})
    assert refused.status_code == 400
    assert "is no e-mail address" in refused.content.decode()
    sent = {"text": "it is me", "contact": "ana@ana.example"}
    response = place.client.post(f"{address}/help", sent)
    page = place.client.get(response["Location"]).content.decode()
    assert "It is with the operator" in page
    (case,) = place.engine.rights.cases("open")
    assert (case.kind, case.named, case.contact) == ("help", "tiktok:@ana", "ana@ana.example")
    assert case.proven_at is None
    place.engine.rights.answer(case.number, "Send me a photo of your shop.")
    page = place.client.get(response["Location"]).content.decode()
    assert "Send me a photo of your shop." in page
