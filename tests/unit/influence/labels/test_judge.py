"""What is said of invented accounts, and what is refused."""

from datetime import UTC, datetime

import polars as pl
import pytest

from influencr.errors import SchemaError
from influencr.influence import labels


def judged(context=None, **profile):
    creators = pl.DataFrame([{"profile_id": "x", "platform": "bluesky", **profile}])
    return labels.judge(creators, context).row(0, named=True)


def signs(row):
    return {reason["sign"] for reason in row["label_reasons"]}


CASES = [
    (
        "celebrity",
        {
            "display_name": "Vera Quist",
            "bio_text": "Actress, Oscar winner",
            "followers": 9_000_000,
        },
    ),
    (
        "celebrity",
        {
            "display_name": "Ana Bruma",
            "bio_text": "Presidenta de la República",
            "followers": 4_000_000,
            "is_verified": True,
        },
    ),
    (
        "public_figure",
        {"display_name": "Ola Brekke", "bio_text": "Mayor of Brekkevik", "followers": 900},
    ),
    (
        "public_figure",
        {"display_name": "Jana Wessel", "bio_text": "Journalistin, Autorin von Romanen"},
    ),
    (
        "public_figure",
        {"display_name": "Rui Vaz", "bio_text": "Jornalista | deputado federal"},
    ),
    ("public_figure", {"display_name": "Кира", "bio_text": "Я депутат", "followers": 3_000}),
    ("brand", {"display_name": "Lumenpot Ltd", "bio_text": "We make lamps."}),
    ("brand", {"display_name": "Ayuntamiento de Villaclara", "platform": "mastodon"}),
    ("brand", {"display_name": "Kornblume e.V.", "bio_text": "Wir sind ein Verein."}),
    ("brand", {"display_name": "東山和菓子 株式会社"}),
    (
        "brand",
        {"bio_text": "Official account of the Tarn Valley Football Club. Our club, our shop"},
    ),
    ("bot", {"bio_text": "This is a bot. Posts every hour."}),
    ("bot", {"bio_text": "Soy un bot que publica mareas"}),
    ("bot", {"handle": "tide-bot.bsky.social", "display_name": "Tides bot"}),
    ("bot", {"is_bot": True, "display_name": "Vera Quist"}),
    ("group", {"is_group": True}),
    ("group", {"bio_text": "Fan club of the Quistettes"}),
    ("creator", {"display_name": "Mia", "bio_text": "Mom of two, I bake. Collabs: DM"}),
    ("creator", {"bio_text": "Je suis photographe, maman de Léo"}),
    ("creator", {"bio_text": "食べ歩きが好きです"}),
    ("creator", {"bio_text": "مدونة سفر، حسابي الثاني في السناب"}),
    ("creator", {"topics_declared": ["Beauty"], "display_name": "Lena Foss"}),
    ("unknown", {}),
    ("unknown", {"display_name": "zzq", "followers": 80_000_000}),
    ("unknown", {"display_name": "Lena Foss", "followers": 30_000_000}),
]


@pytest.fixture(scope="module")
def told():
    rows = [
        {"profile_id": f"x{i}", "platform": "bluesky", **profile}
        for i, (_, profile) in enumerate(CASES)
    ]
    return labels.judge(pl.DataFrame(rows, infer_schema_length=None))


@pytest.mark.parametrize("i", range(len(CASES)))
def test_said_by_the_profile_itself(told, i):
    row = told.row(i, named=True)
    assert row["label"] == CASES[i][0], (CASES[i][1], row["label_reasons"])
    assert (row["label_p"] is None) == (row["label"] == "unknown")
    assert row["label_reason"]


@pytest.mark.parametrize(
    "bio",
    [
        "Fan account of the actress Vera Quist",
        "Parody. Not the real actress",
        "Wife of an actor, mother of a footballer",
        "My favourite singer is Vera Quist",
        "Aspiring actress and future Oscar winner",
        "Marketing for musicians, singers and actors",
    ],
)
def test_whoever_speaks_of_a_celebrity_is_none(bio):
    row = judged(display_name="Lena Foss", bio_text=bio, followers=20_000_000)
    assert row["label"] not in ("celebrity", "brand", "bot")
    assert row["label_p_celebrity"] is None or row["label_p_celebrity"] < 0.5


def test_size_alone_never_makes_a_celebrity():
    for followers in (1_000, 1_000_000, 400_000_000):
        row = judged(
            display_name="Lena Foss",
            bio_text="I love my cats",
            followers=followers,
            following=3,
            is_verified=True,
        )
        assert row["label"] in ("creator", "public_figure")
        assert row["label_p_celebrity"] < 0.4


def test_a_small_actress_is_none_either():
    assert (
        judged(display_name="Lena Foss", bio_text="Actress", followers=800)["label"] != "celebrity"
    )


def test_a_category_of_third_parties_needs_somebody_s_name():
    known = {"topics_declared": ["Sports with a ball"], "followers": 40_000_000}
    assert judged(display_name="Lena Foss", **known)["label"] == "celebrity"
    assert judged(display_name="Quistovia", **known)["label"] != "celebrity"
    assert judged(display_name="Lena FC", **known)["label"] in ("brand", "unknown")


def test_everyday_categories_beside_it_speak_against():
    topics = ["Sports, fitness & outdoors"]
    row = judged(display_name="Lena Foss", topics_declared=topics, followers=20_000_000)
    assert row["label"] == "creator"


def test_a_business_account_is_no_brand_by_that():
    row = judged(
        is_business=True, bio_text="My recipes. Collabs welcome", topics_declared=["Media"]
    )
    assert row["label"] == "creator"


def test_families_write_as_several_too():
    row = judged(bio_text="We are a family of five. Our adventures in a van")
    assert row["label"] == "creator"


def test_denying_it_makes_no_bot():
    row = judged(display_name="Jo", bio_text="Not a bot! I like chess", handle="jobot.bsky.social")
    assert row["label"] == "creator"


@pytest.mark.parametrize("handle", ["nora.talbot", "abbot", "iamarobot", "TheRobot"])
def test_names_that_end_like_it_are_no_automation(handle):
    assert not {"bot_handle", "bot_ending"} & signs(judged(handle=handle))


def test_answering_and_silence_count_from_fifty_mentions():
    def with_mentions(n, answered):
        habits = pl.DataFrame(
            {"profile_id": ["x"], "mentions_n": [n], "mentions_answered": [answered]}
        )
        context = labels.Context(habits=habits)
        return judged(context, display_name="Vera Quist", bio_text="Actress", followers=3_000_000)

    few, silent, open_ = with_mentions(49, 0), with_mentions(5_000, 3), with_mentions(5_000, 2_000)
    assert not {"never_answers", "answers"} & signs(few)
    assert "never_answers" in signs(silent)
    assert "answers" in signs(open_)
    assert open_["label_p_celebrity"] < few["label_p_celebrity"] < silent["label_p_celebrity"]


def test_an_audience_of_all_interests_speaks_for_a_celebrity():
    audience = pl.DataFrame({"profile_id": ["x"], "audience_diffusion": [0.97]})
    profile = {"display_name": "Vera Quist", "bio_text": "Actress", "followers": 3_000_000}
    wide = judged(labels.Context(audience=audience), **profile)
    assert wide["label_p_celebrity"] > judged(**profile)["label_p_celebrity"]
    assert "97 %" in " ".join(reason["sentence"] for reason in wide["label_reasons"])


def test_a_feed_is_told_by_its_habits():
    habits = pl.DataFrame(
        {"profile_id": ["x"], "posts_n": [100], "posts_replies": [0], "posts_links": [99]}
    )
    assert "feed_like" in signs(judged(labels.Context(habits=habits)))


def test_the_sign_of_a_network_means_what_it_meant_then():
    old = judged(platform="twitter", is_verified=True, fetched_at=datetime(2020, 5, 1, tzinfo=UTC))
    new = judged(platform="twitter", is_verified=True, fetched_at=datetime(2024, 5, 1, tzinfo=UTC))
    assert "verified_notable" in signs(old)
    assert "verified_notable" not in signs(new)


def test_one_row_per_creator_in_order_with_reasons():
    creators = pl.DataFrame(
        {
            "profile_id": ["c", "a", "b"],
            "platform": ["tiktok"] * 3,
            "bio_text": [None, "Actress", "We are a bakery. Free delivery, order now"],
        }
    )
    told = labels.judge(creators)
    assert told["profile_id"].to_list() == ["c", "a", "b"]
    assert told.schema["label_reasons"] == labels.reasons_dtype()
    assert told["label_version"].to_list() == [labels.VERSION] * 3
    assert told["label"][2] == "brand"
    weights = [reason["weight"] for reason in told["label_reasons"][2]]
    assert weights == sorted(weights, reverse=True)
    assert all("{" not in r["sentence"] for row in told["label_reasons"] for r in row)


def test_a_sentence_names_the_words():
    row = judged(display_name="Lumenpot Ltd", bio_text="Free delivery")
    assert "“ltd”" in row["label_reason"]
    assert "the name" in row["label_reason"]


def test_nothing_in_nothing_out():
    creators = pl.DataFrame(schema={"profile_id": pl.String, "platform": pl.String})
    assert labels.judge(creators).is_empty()
    with pytest.raises(SchemaError, match="profile_id"):
        labels.judge(pl.DataFrame({"handle": ["a"]}))
