"""A profile gets a probability with reasons, or neither a number nor a guess."""

from datetime import UTC, datetime

import numpy as np
import polars as pl
import pytest

from influencr.errors import SchemaError
from influencr.vetting import followers

SELLER = {"followers": 4, "following": 7400, "posts": 0, "has_avatar": False}
PERSON = {"followers": 410, "following": 380, "posts": 230, "has_avatar": True}


def scored(*rows, platform="instagram"):
    found = followers.score(pl.DataFrame(list(rows)), platform)
    return list(zip(found["p_bought"].to_list(), found["reasons"].to_list(), strict=True))


def test_the_delivered_profile_stands_far_above_the_person():
    (bought, why), (person, _) = scored(SELLER, PERSON)
    assert bought > 0.9
    assert person < 0.05
    assert "follows 7400 and is followed by 4" in why
    assert "no posts" in why
    assert "no profile picture" in why


def test_both_spellings_of_a_table_say_the_same():
    ours = pl.DataFrame(
        {
            "handle": ["mara_k", "kk8812345"],
            "bio_text": ["baker of rye bread in the hills", ""],
            "posts_count": [40, 1],
            "followers": [300, 9],
            "following": [250, 4100],
            "links": [["https://mara.example"], []],
        }
    )
    theirs = ours.rename({"bio_text": "bio", "posts_count": "posts"}).with_columns(
        link=pl.Series(["https://mara.example", ""])
    )
    assert followers.score(ours).equals(followers.score(theirs.drop("links")))


def test_derived_values_stand_in_for_the_texts():
    text = pl.DataFrame(
        {
            "handle": ["abc1234", "lena"],
            "display_name": ["Abc 99", "Lena"],
            "bio": ["x" * 30, ""],
            "followers": [10, 200],
            "following": [900, 300],
        }
    )
    derived = pl.DataFrame(
        {
            "handle_digit_share": [4 / 7, 0.0],
            "display_name_words": [2, 1],
            "display_name_digit_share": [2 / 6, 0.0],
            "display_name_equals_handle": [0, 1],
            "bio_length": [30, 0],
            "followers": [10, 200],
            "following": [900, 300],
        }
    )
    assert followers.score(text).equals(followers.score(derived))


def test_too_little_known_is_no_number():
    frame = pl.DataFrame(
        {"followers": [None, 5], "is_private": [True, None]},
        schema={"followers": pl.Int64, "is_private": pl.Boolean},
    )
    found = followers.score(frame, "mastodon")
    assert found["p_bought"][0] is None
    assert found["reasons"][0].to_list() == ["too little is known of this profile"]
    assert found["p_bought"][1] is not None


def test_silence_and_youth_change_nothing():
    now = datetime(2026, 11, 1, tzinfo=UTC)
    base = {**PERSON, "observed_at": now}
    rows = [
        {**base, "last_active_at": now, "created_at": datetime(2015, 1, 1, tzinfo=UTC)},
        {
            **base,
            "last_active_at": datetime(2019, 1, 1, tzinfo=UTC),
            "created_at": datetime(2015, 1, 1, tzinfo=UTC),
        },
        {**base, "last_active_at": now, "created_at": datetime(2026, 10, 30, tzinfo=UTC)},
    ]
    told = scored(*rows)
    assert len({p for p, _ in told}) == 1
    assert any("dormant" in reason and "does not count" in reason for reason in told[1][1])


def test_a_quiet_reader_without_posts_is_not_flagged():
    reader = {"followers": 35, "following": 120, "posts": 0, "has_avatar": True}
    ((p, _),) = scored(reader)
    assert p < followers.error_rates("instagram").cut


def test_an_own_domain_speaks_against_it():
    frame = pl.DataFrame(
        {
            "handle": ["ada.example.org", "ada.bsky.social"],
            "followers": [20, 20],
            "following": [900, 900],
        }
    )
    own, hosted = followers.score(frame, "bluesky")["p_bought"]
    assert own < hosted


def test_text_cells_are_read_and_nonsense_is_missing():
    words = pl.DataFrame(
        {
            "followers": ["1,200", "x", "-1"],
            "following": ["90", "90", "90"],
            "posts": ["12", "12", "12"],
            "has_avatar": ["True", "yes", "1"],
        }
    )
    numbers = pl.DataFrame(
        {"followers": [1200, None, None], "following": [90] * 3, "posts": [12] * 3}
    ).with_columns(has_avatar=True)
    assert followers.score(words)["p_bought"].equals(followers.score(numbers)["p_bought"])


@pytest.mark.parametrize(
    "text",
    ["2020-03-01", "2020-03-01T10:00:00Z", "Sun Mar 01 10:00:00 +0000 2020", "1583056800"],
)
def test_dates_of_many_spellings(text):
    frame = pl.DataFrame({"created_at": [text], "observed_at": ["2020-03-31T10:00:00.5+00:00"]})
    assert followers.read_fields(frame).age_days[0] == pytest.approx(30, abs=1)


def test_a_table_of_which_nothing_is_understood():
    with pytest.raises(SchemaError, match="no column of these profiles is understood: shoe"):
        followers.score(pl.DataFrame({"shoe": [43]}))


def test_an_empty_table_gives_an_empty_answer():
    found = followers.score(pl.DataFrame(schema={"followers": pl.Int64, "handle": pl.String}))
    assert found.schema == {"p_bought": pl.Float32, "reasons": pl.List(pl.String)}
    assert found.height == 0


def test_large_tables_are_scored_in_pieces_and_in_order():
    rng = np.random.default_rng(3)
    n = 70_001
    frame = pl.DataFrame(
        {"followers": rng.integers(0, 900, n), "following": rng.integers(0, 7000, n)}
    )
    whole = followers.score(frame, reasons=False)["p_bought"]
    assert whole.len() == n
    some = rng.integers(0, n, 50)
    alone = followers.score(frame[some], reasons=False)["p_bought"]
    assert np.allclose(whole.to_numpy()[some], alone.to_numpy())
