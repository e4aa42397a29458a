"""The dossier says where the audience is, with bounds and who tells nothing, or why it cannot."""

import html
import re
from typing import Any

import pytest
from django.test import Client

AUDIENCE = {
    "audience_codes": ["DE", "AT", "other", "DE-BE", "2950159"],
    "audience_labels": [
        *("Germany", "Austria", "other countries", "Berlin, Germany"),
        "<b>Berlin</b>",
    ],
    "audience_levels": ["country", "country", "other", "admin1", "city"],
    "audience_shares": [0.7, 0.2, 0.1, 0.31, 0.305],
    "audience_lows": [0.62, 0.14, 0.06, 0.24, 0.23],
    "audience_highs": [0.77, 0.27, 0.16, 0.58, 0.6],
    "audience_n_followers": 6_840,
    "audience_n_sampled": 5_000,
    "audience_n_known": 140,
    "audience_reason": "140 of 5,000 followers sampled of 6,840 known here tell a place; "
    "shares are of those, intervals 90 %",
    "audience_country_claimed": None,
}


def page(client: Client, engine: Any, cast: Any, **changes: Any) -> str:
    engine.people["bluesky:@juno"] = cast.creator(**changes)
    response = client.get("/c/bluesky/juno")
    assert response.status_code == 200
    return str(response.content.decode())


def words(source: str) -> str:
    text = html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", source)))
    return text.replace("\N{NO-BREAK SPACE}", " ")


def test_every_share_stands_with_its_interval(client: Client, engine: Any, cast: Any) -> None:
    source = page(client, engine, cast, **AUDIENCE)
    text = words(source)
    assert "Where the audience is" in text
    assert "140 of 5,000 followers sampled of 6,840 known here tell a place" in text
    assert "Germany 70 % 62–77 %" in text
    assert "Austria 20 % 14–27 %" in text
    assert "other countries 10 % 6.0–16 %" in text
    assert "tell no place 97 % 4,860 of 5,000" in text
    assert "Regions at least; some are known to their country only" in text
    assert '<a href="#audience">' in source
    assert "<b>Berlin</b>" not in source
    # What is drawn is written beside it, so the drawing is silent.
    section = source[source.index('id="audience"') : source.index('id="topics"')]
    assert section.count("<svg") == section.count('aria-hidden="true"') == 6
    assert 'd="M124.0 7H154.0"' in section
    assert "style=" not in section


def test_many_countries_are_one_click_away(client: Client, engine: Any, cast: Any) -> None:
    many = {
        "audience_codes": [f"c{i}" for i in range(12)],
        "audience_labels": [f"Land {i}" for i in range(12)],
        "audience_levels": ["country"] * 12,
        "audience_shares": [1 / 12] * 12,
        "audience_lows": [0.05] * 12,
        "audience_highs": [0.1] * 12,
    }
    text = words(page(client, engine, cast, **{**AUDIENCE, **many}))
    assert "4 more" in text
    assert "Land 11" in text


@pytest.mark.parametrize(
    "reason",
    [
        "not enough data: 7 of all 310 followers known here tell a place; 20 are needed",
        "no follower is known one by one",
    ],
)
def test_too_little_is_among_what_is_not_known(
    client: Client, engine: Any, cast: Any, reason: str
) -> None:
    source = page(client, engine, cast, audience_codes=[], audience_reason=reason)
    assert 'id="audience"' not in source
    text = words(source)
    assert text.index("Not known") < text.index("Where the audience is")
    assert reason[1:] in text


def test_a_row_of_an_older_index_says_that_nobody_is_known(
    client: Client, engine: Any, cast: Any
) -> None:
    assert "no follower is known one by one" in words(page(client, engine, cast))


def test_a_claim_stands_apart(client: Client, engine: Any, cast: Any) -> None:
    text = words(page(client, engine, cast, audience_country_claimed="Wakanda <x>"))
    assert "Claimed by the imported data set, and not counted here: Wakanda <x>" in text
