"""What holds for every label, whatever the profiles say."""

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from influencr.influence import labels

_SAID = (
    *("actress", "singer", "my", "we", "bot", "official", "fan", "of", "the", "Ltd", "news"),
    *("mayor", "professor", "chess", "俳優", "актриса", "mom", "family", "author", "not", "a"),
    *("out now", "@quist", "🤖", "+44 20 7946 0958", "aspiring", "records"),
)
_WORDS = st.lists(st.sampled_from(_SAID), max_size=8).map(" ".join)
_PROFILE = st.fixed_dictionaries(
    {
        "platform": st.sampled_from(["bluesky", "twitter", "tiktok", "mastodon"]),
        "handle": st.none()
        | st.sampled_from(["ana.bsky.social", "quistBot", "x_fans", "q.example"]),
        "display_name": st.none() | _WORDS | st.sampled_from(["Vera Quist", "Lena"]),
        "bio_text": st.none() | _WORDS | st.text(max_size=60),
        "topics_declared": st.none()
        | st.lists(
            st.sampled_from(["Music", "Beauty", "Sports", "University", "Actors"]), max_size=3
        ),
        "followers": st.none() | st.integers(0, 10**9),
        "following": st.none() | st.integers(0, 10**6),
        "is_bot": st.none() | st.booleans(),
        "is_verified": st.none() | st.booleans(),
        "is_business": st.none() | st.booleans(),
    }
)
_TYPES = {
    "topics_declared": pl.List(pl.String),
    **dict.fromkeys(("platform", "handle", "display_name", "bio_text"), pl.String),
    **dict.fromkeys(("followers", "following"), pl.Int64),
    **dict.fromkeys(("is_bot", "is_verified", "is_business"), pl.Boolean),
}


def frame(profiles):
    rows = [{"profile_id": f"p{i}", **profile} for i, profile in enumerate(profiles)]
    return pl.DataFrame(rows, schema={"profile_id": pl.String, **_TYPES})


@settings(deadline=None, max_examples=15)
@given(st.lists(_PROFILE, min_size=1, max_size=12))
def test_words_bounds_and_reasons(profiles):
    told = labels.judge(frame(profiles))
    assert set(told["label"]) <= set(labels.LABELS)
    for row in told.iter_rows(named=True):
        assert (row["label_p"] is None) == (row["label"] == "unknown")
        assert row["label_p"] is None or 0 < row["label_p"] <= 1
        assert row["label_p_celebrity"] is None or 0 <= row["label_p_celebrity"] <= 1
        assert row["label_reason"]
        if row["label"] == "celebrity":
            assert row["label_p"] > 0.8


@settings(deadline=None, max_examples=8)
@given(st.lists(_PROFILE, min_size=2, max_size=6), st.randoms(use_true_random=False))
def test_nobody_s_label_depends_on_the_others(profiles, random):
    whole = frame(profiles)
    told = labels.judge(whole)
    order = list(range(whole.height))
    random.shuffle(order)
    assert labels.judge(whole[order]).equals(told[order])
    assert labels.judge(whole[0]).equals(told[0])


@settings(deadline=None, max_examples=8)
@given(_PROFILE)
def test_size_without_a_word_for_it_makes_nobody_a_celebrity(profile):
    silent = {**profile, "bio_text": "I like my chess", "topics_declared": None}
    silent["display_name"] = "Vera Quist"
    told = labels.judge(frame([{**silent, "followers": n} for n in (10, 10**5, 10**9)]))
    assert "celebrity" not in told["label"].to_list()
