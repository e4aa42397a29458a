"""What a member sees on /search, whatever engine answers."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.test import Client

from influencr.search import Histogram, PiecePoints, Query, WayFound


def page(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def words_of(markup: str) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", markup)))


def links(markup: str) -> list[str]:
    return [html.unescape(href) for href in re.findall(r'href="([^"]*)"', markup)]


def _piece(piece: str, said: str = "", because: str = "") -> PiecePoints:
    """A piece of the words, said in one way or in none."""
    way = WayFound(
        said=said, kind="form", because=because, weight=0.875, fields=("bio", "called"), points=3.5
    )
    return PiecePoints(
        piece=piece,
        is_soft=True,
        read_as=None,
        rarity=2.0,
        found=(way,) if said else (),
        points=3.5 if said else 0.0,
    )


def test_the_address_is_the_question(client: Client, engine: Any):
    page(client, "/search?text=vegan+baking&place=Berlin&platform=bluesky&followers_min=10k")
    (asked,) = engine.asked
    assert (asked.text, asked.place) == ("vegan baking", "Berlin")
    assert (asked.platform, asked.followers_min) == (("bluesky",), 10_000)


def test_both_boxes_keep_what_was_asked(client: Client, engine: Any):
    markup = page(client, "/search?text=vegan&place=Berlin")
    assert 'name="text" value="vegan"' in markup
    assert 'name="place" value="Berlin"' in markup


def test_a_form_is_brought_to_the_address_that_one_would_share(client: Client, engine: Any):
    response = client.get("/search?text=vegan&place=&engagement_percent_min=1.5&within_km=50")
    assert response.status_code == 302
    assert response["Location"] == "/search?text=vegan&engagement_min=0.015"


def test_a_new_question_keeps_the_filters(client: Client, engine: Any):
    markup = page(client, "/search?text=vegan&platform=bluesky&sort=followers")
    pair = markup.split('role="search"', 1)[1].split("</form>", 1)[0]
    assert '<input type="hidden" name="platform" value="bluesky">' in pair
    assert '<input type="hidden" name="sort" value="followers">' in pair


def test_a_radius_set_beside_the_place_stands_in_its_box(client: Client, engine: Any, cast: Any):
    place = cast.place(
        asked="Berlin",
        label="Berlin, Germany",
        place_id=1,
        kind="city",
        lat=52.5,
        lon=13.4,
        within_km=60.0,
        n_places=34,
        alternatives=("Berlin, New Hampshire, United States",),
        asks=("Berlin, New Hampshire, United States",),
    )
    engine.answer = cast.results(cast.hit(distance_km=4.2), place=place, unlocated=23)
    markup = page(client, "/search?place=Berlin&within_km=60")
    assert 'value="within 60 km of Berlin, Germany"' in markup
    shown = words_of(markup)
    assert "Berlin read as Berlin, Germany (city) , within 60 km, 34 places." in shown
    assert "Did you mean Berlin, New Hampshire, United States" in shown
    assert "23 more match but are not known as closely" in shown
    assert "4 km" in shown
    assert "/search?within_km=60&place=Berlin%2C+New+Hampshire%2C+United+States" in links(markup)
    assert "/search?place=Berlin&within_km=60&include_region_level=true" in links(markup)


def test_facets_are_links_with_exact_counts(client: Client, engine: Any, cast: Any):
    engine.answer = cast.results(
        cast.hit(),
        facets={
            "platform": (
                cast.facet(value="bluesky", label="bluesky", count=221, chosen=True),
                cast.facet(value="mastodon", label="mastodon", count=1_096),
            ),
            "language": (cast.facet(value="de", label="de", count=12),),
            "topic": (),
        },
    )
    markup = page(client, "/search?text=a&platform=bluesky")
    assert "/search?text=a" in links(markup)
    assert "/search?text=a&platform=bluesky&platform=mastodon" in links(markup)
    shown = words_of(markup)
    assert re.search(r"Mastodon\s+1,096", shown)
    assert re.search(r"German\s+12", shown)
    assert markup.count('aria-current="true"') == 3  # the platform, the order, the view


def test_chosen_values_stay_visible_when_nobody_has_them(client: Client, engine: Any, cast: Any):
    many = [cast.facet(value=f"t{i}", label=f"t{i}", count=50 - i) for i in range(12)]
    many.append(cast.facet(value="rare", label="rare", count=0, chosen=True))
    engine.answer = cast.results(cast.hit(), facets={"topic": tuple(many)})
    markup = page(client, "/search?topic=rare")
    assert 'data-key="topic:rare" aria-current="true"' in markup.split("<details", 1)[0]


@pytest.mark.parametrize(
    ("address", "chip", "lifted"),
    [
        (
            "/search?text=gym&followers_min=1000&followers_max=50000",
            "followers 1,000–50,000",
            "text=gym",
        ),
        ("/search?text=gym&engagement_min=0.015", "engagement ≥ 1.5 %", "text=gym"),
        (
            "/search?text=gym&influence_min=90",
            "influence ≥ 90th percentile of the size",
            "text=gym",
        ),
        ("/search?text=gym&closeness_min=0.25", "closeness ≥ 25 %", "text=gym"),
        (
            "/search?text=gym&audience_place=Germany&audience_share_min=0.3",
            "audience Germany ≥ 30 %",
            "text=gym",
        ),
        ("/search?text=gym&has_contact=true", "contact published for business", "text=gym"),
        ("/search?text=gym&bought_share_max=0.15", "look bought ≤ 15 %", "text=gym"),
        ("/search?text=gym&lockstep=none", "lockstep None found", "text=gym"),
        (
            "/search?text=gym&engagement_anomaly=found",
            "unusual engagement Found",
            "text=gym",
        ),
        ("/search?text=gym&followers_seen_min=300", "followers seen ≥ 300", "text=gym"),
        (
            "/search?text=gym&growth_min=0.2&growth_months=3",
            "growth ≥ 20 % in 3 months",
            "text=gym",
        ),
        ("/search?text=gym&account_days_min=365", "account age ≥ 365 days", "text=gym"),
        ("/search?text=gym&active_within_days=30", "posted within 30 days", "text=gym"),
        ("/search?text=gym&country=FR", "country FR", "text=gym"),
        ("/search?text=gym&exclude=%40ana", "without @ana", "text=gym"),
        (
            "/search?text=gym",
            "hidden inflated audience, dormant, celebrity, brand, bot",
            "text=gym&everything=true",
        ),
        ("/search?text=gym&everything=true", "shown everybody", "text=gym"),
    ],
)
def test_every_filter_is_a_chip_that_lifts_it(
    client: Client, engine: Any, address: str, chip: str, lifted: str
):
    markup = page(client, address)
    chips = markup.split('class="chips"', 1)[1].split("</ul>", 1)[0]
    assert chip in words_of(chips)
    assert f"/search?{lifted}" in links(chips)


def test_a_chosen_label_replaces_its_default(client: Client, engine: Any):
    chips = page(client, "/search?label=brand").split('class="chips"', 1)[1].split("</ul>", 1)[0]
    assert "hidden inflated audience, dormant " in words_of(chips)


def test_the_words_for_the_defaults_cover_what_search_leaves_out():
    from influencr.search._plan import LEFT_OUT
    from influencr.service.web import funnel
    from influencr.service.web.chips import hidden

    assert set(LEFT_OUT) == set(funnel._LEFT_OUT)
    assert len(hidden(Query())) == sum(len(values) for values in LEFT_OUT.values())
    assert hidden(Query(everything=True)) == []


def test_the_funnel_says_what_each_filter_removed(client: Client, engine: Any, cast: Any):
    engine.answer = cast.results(
        cast.hit(),
        funnel=(
            cast.step(filter="all", label="everybody in the index", left=2_104_318, removed=0),
            cast.step(
                filter="text", label="words: gym", left=18_240, removed=2_086_078, without=40
            ),
            cast.step(
                filter="label", label="label: not ...", left=412, removed=17_828, without=900
            ),
        ),
        loosenings=(
            cast.loosening(
                label="posted within 60 days", change={"active_within_days": 60}, adds=31
            ),
            cast.loosening(label="without country: FR", change={"country": ()}, adds=2),
        ),
    )
    markup = page(client, "/search?text=gym&active_within_days=30&country=FR")
    shown = words_of(markup)
    assert re.search(r"match “gym”\s+18,240\s+−2,086,078", shown)
    assert re.search(r"no celebrity, brand or bot\s+412\s+−17,828", shown)
    assert "posted within 60 days adds 31 creators" in shown
    assert "any country adds 2 creators" in shown
    assert "/search?text=gym&country=FR&active_within_days=60" in links(markup)
    assert "/search?text=gym&active_within_days=30" in links(markup)


def test_a_row_says_who_where_why_and_how_sure(client: Client, engine: Any, cast: Any):
    bio = "Vegane Bäckerin in Neukölln."
    hit = cast.hit(
        cast.creator(bio_text=bio),
        why=(
            cast.match(field="bio", text=bio, spans=((0, 6),)),
            cast.match(field="posts", text="wir backen vegan", spans=((11, 16),)),
        ),
        words=(_piece("vegan", "vegane", "form of vegan"), _piece("backen")),
    )
    engine.answer = cast.results(hit)
    markup = page(client, "/search?text=vegan")
    assert (
        '<p class="bio" dir="auto" lang="de"><mark>Vegane</mark> Bäckerin in Neukölln.</p>'
        in markup
    )
    assert "wir backen <mark>vegan</mark>" in markup
    shown = words_of(markup)
    assert "“vegan” : vegane , form of vegan in bio, packs and lists" in shown
    assert "“backen” not said" in shown
    assert re.search(r"0\.96\s*words\s+×\s+0\.75\s*place\s+=\s+0\.72", shown)
    assert re.search(r"5\.1\s+%\s+median, 12\s*posts", shown)
    assert "Active, last post 1 d ago" in shown
    assert "No followers of this creator were observed." in shown
    assert "/c/bluesky/junosauerteig.example" in links(markup)


def test_what_is_not_known_reads_unknown(client: Client, engine: Any, cast: Any):
    nobody = cast.creator(
        display_name=None,
        bio_text=None,
        followers=None,
        following=None,
        engagement_rate=None,
        engagement_n_posts=0,
        posts_per_week=None,
        last_post_at=None,
        activity_state="unknown",
        place_label=None,
        place_name=None,
        place_level=None,
        language=None,
        topics=None,
        topic_weights=None,
        topic_evidence=None,
    )
    engine.answer = cast.results(cast.hit(nobody))
    row = page(client, "/search").split("data-row", 1)[1].split("</li>", 1)[0]
    assert row.count('<span class="value none">unknown</span>') == 4
    shown = words_of(row)
    assert "junosauerteig.example" in shown
    assert "place unknown" in shown
    assert "No bio." in shown
    assert "last post unknown" in shown
    assert "None" not in shown


def test_pages_follow_each_other_and_lead_back(client: Client, engine: Any, cast: Any):
    engine.answer = cast.results(*[cast.hit()] * 20, total=55, next="CUR2")
    first = page(client, "/search?text=a")
    assert "1–20 of 55" in words_of(first)
    assert "/search?text=a&after=CUR2&start=20" in links(first)
    assert "Previous" not in words_of(first)

    engine.answer = cast.replace(engine.answer, next="CUR3")
    second = page(client, "/search?text=a&after=CUR2&start=20")
    assert "21–40 of 55" in words_of(second)
    assert "/search?text=a&after=CUR3&start=40&trail=CUR2" in links(second)
    assert "/search?text=a" in links(second.split('class="pager"', 1)[1])
    assert "Next 15" in words_of(second)

    engine.answer = cast.results(*[cast.hit()] * 15, total=55)
    third = page(client, "/search?text=a&after=CUR3&start=40&trail=CUR2")
    assert "41–55 of 55" in words_of(third)
    assert "/search?text=a&after=CUR2&start=20" in links(third)
    assert "Next" not in words_of(third.split('class="pager"', 1)[1])


def test_a_start_that_is_no_number_only_loses_the_count(client: Client, engine: Any):
    assert "1–1 of 1" in words_of(page(client, "/search?after=x&start=-5"))
    assert "1–1 of 1" in words_of(page(client, "/search?after=x&start=many"))


def test_nobody_found_names_the_filter_and_two_ways_out(client: Client, engine: Any, cast: Any):
    engine.answer = cast.results(
        total=0,
        funnel=(
            cast.step(filter="all", label="all", left=500, removed=0),
            cast.step(filter="text", label="words: gym", left=23, removed=477),
            cast.step(filter="active_within_days", label="x", left=0, removed=23),
        ),
        loosenings=tuple(
            cast.loosening(label=f"way {i}", change={"active_within_days": i * 30}, adds=i)
            for i in (1, 2, 3)
        ),
    )
    shown = words_of(page(client, "/search?text=gym&active_within_days=7"))
    assert "Nobody matches all of this." in shown
    assert "“posted within 7 days” leaves nobody of the 23 creators before it." in shown
    assert "way 1" in shown
    assert "way 2" in shown
    assert "way 3" not in shown


def test_demo_data_always_says_so(client: Client, engine: Any, cast: Any):
    assert "Demo data." not in page(client, "/search")
    engine.answer = cast.results(cast.hit(), demo=True)
    assert "Demo data." in page(client, "/search")
    engine.is_demo = True
    for address in ("/", "/methods", "/creators"):
        assert "Demo data." in page(client, address)


def test_the_histograms_link_to_their_bars(client: Client, engine: Any, cast: Any):
    engine.answer = cast.results(
        cast.hit(),
        histograms={
            "followers": Histogram(edges=(1000.0, 10000.0), counts=(3, 9, 0), unknown=4),
            "engagement": Histogram(edges=(0.01, 0.05), counts=(0, 5, 2), unknown=0),
            "posts_per_week": Histogram(edges=(1.0, 7.0), counts=(4, 6, 2), unknown=0),
            "last_post_days": Histogram(edges=(1.0, 30.0), counts=(4, 6, 2), unknown=0),
            "bought_share": Histogram(edges=(0.05, 0.15), counts=(8, 3, 1), unknown=70),
            "followers_seen": Histogram(edges=(100.0, 1000.0), counts=(2, 9, 1), unknown=70),
            "account_days": Histogram(edges=(365.0, 730.0), counts=(1, 2, 9), unknown=0),
        },
    )
    markup = page(client, "/search?text=a")
    found = links(markup)
    assert "/search?text=a&followers_min=1000&followers_max=9999" in found
    assert 'aria-label="1,000–10,000 followers: 9\xa0creators"' in markup
    assert "4 unknown" in markup
    # The upper edge belongs to the next bar, so a link to a bar ends below it.
    assert "/search?text=a&engagement_min=0.01&engagement_max=0.049999999" in found
    assert 'aria-label="1–5\xa0%: 5\xa0creators"' in markup
    # Only one end can be asked for: a bar leads to everybody from it on, and says how many.
    assert "/search?text=a&posts_per_week_min=1" in found
    assert 'aria-label="1–7 a week: 6\xa0creators; from 1 on: 8"' in markup
    assert "/search?text=a&active_within_days=30" in found
    assert 'aria-label="1–30 days: 6\xa0creators; up to 30: 10"' in markup
    assert "/search?text=a&bought_share_max=0.15" in found
    assert 'aria-label="5–15\xa0%: 3\xa0creators; up to 15: 11"' in markup
    assert 'aria-label="up to 5\xa0%: 8\xa0creators; up to 5: 8"' in markup
    assert "/search?text=a&followers_seen_min=100" in found
    assert "/search?text=a&account_days_min=730" in found
    assert 'name="bought_share_percent_max"' in markup
    assert 'aria-label="30 and more days: 2\xa0creators"' in markup


def test_bars_outside_of_what_is_asked_are_muted(client: Client, engine: Any, cast: Any):
    engine.answer = cast.results(
        cast.hit(),
        histograms={
            "followers": Histogram(edges=(1000.0, 10000.0), counts=(3, 9, 1), unknown=0),
            "last_post_days": Histogram(edges=(7.0, 30.0), counts=(3, 9, 1), unknown=0),
        },
    )
    markup = page(client, "/search?followers_min=1000&active_within_days=7")
    spreads = markup.split('class="group spread"')[1:]
    assert [spread.count('"bar out"') for spread in spreads] == [0, 0, 1, 0, 0, 2, 0, 0, 0, 0]
    assert 'name="followers_min" value="1000"' in spreads[2]


def test_a_word_that_nobody_says_is_read_as_another_and_can_be_asked_for(
    client: Client, engine: Any, cast: Any
):
    piece = PiecePoints(
        piece="veagn", is_soft=True, read_as="vegan", rarity=2.0, found=(), points=0.0
    )
    engine.answer = cast.results(cast.hit(words=(piece,)), total=9, n_all=9)
    markup = page(client, "/search?text=veagn+bread")
    assert "Nobody says “veagn” : read as vegan . Search for exactly “veagn”" in words_of(markup)
    assert "/search?text=%22veagn%22+bread" in links(markup)


def test_the_heading_says_who_has_every_word(client: Client, engine: Any, cast: Any):
    engine.answer = cast.results(cast.hit(), total=360, n_all=42, text="vegan baking")
    assert "42 with every word, 318 in part" in words_of(page(client, "/search?text=vegan+baking"))
    engine.answer = cast.results(cast.hit(), total=360, n_all=360, text="vegan")
    assert "with every word" not in words_of(page(client, "/search?text=vegan"))


def test_suggestions_are_json(client: Client, engine: Any):
    found = client.get("/suggest/places?q=ber").json()
    note = "city, 3.7\N{NO-BREAK SPACE}M people"
    asked = "Berlin, Germany"
    assert found == {"places": [{"label": asked, "value": asked, "note": note}]}
    assert client.get("/suggest/places?q=").json() == {"places": []}
