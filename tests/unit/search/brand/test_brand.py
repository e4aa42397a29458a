"""A brand is refused for one clear reason, or understood."""

import pytest

from influencr.errors import UnknownValue, UsageError
from influencr.search.brand import Brand, make_brand


def test_a_brand_from_what_people_type():
    brand = make_brand(
        name=" Rye & Co ",
        words="sourdough",
        languages=["DE", "de", "en"],
        topics=["Baking"],
        competitors=["Oat Inc", "@oat"],
        examples=None,
        description="",
    )
    assert brand == Brand(
        name="Rye & Co",
        words=("sourdough",),
        languages=("de", "en"),
        topics=("baking",),
        competitors=("Oat Inc", "@oat"),
    )


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": " "}, "name: give the brand a name"),
        ({"name": "Rye"}, "nothing says what fits"),
        ({"name": "R\x07ye", "words": "a"}, "one line without control"),
        ({"name": "R" * 81, "words": "a"}, "81 characters are too many"),
        ({"name": "Rye", "words": ["!!"]}, "words: '!!' holds no word"),
        ({"name": "Rye", "words": ["a b"] * 3, "handles": ["not an account"]}, "is no account"),
        ({"name": "Rye", "words": [f"w{i}" for i in range(51)]}, "51 are too many"),
        ({"name": "Rye", "words": ["x" * 121]}, "is too long"),
        ({"name": "Rye", "words": 5}, "must be a list"),
        ({"name": 5, "words": "a"}, "must be text"),
        ({"name": "Rye", "wrods": "a"}, "did you mean words"),
        ({"name": "Rye", "xyzzy": "a"}, "valid: name"),
    ],
)
def test_one_sentence_per_mistake(fields, sentence):
    with pytest.raises(UsageError, match=sentence) as refused:
        make_brand(**fields)
    assert str(refused.value).count("\n") == 0


def test_words_that_do_not_exist_name_the_nearest():
    with pytest.raises(UnknownValue, match="languages: 'xx'"):
        make_brand(name="Rye", words="a", languages=["xx"])
    with pytest.raises(UnknownValue, match="'baking'"):
        make_brand(name="Rye", topics=["bakin"])


def test_the_digest_tells_brands_apart_but_not_by_name():
    one = make_brand(name="Rye", words="a b")
    assert one.digest == make_brand(name="Oat", words="a b").digest
    assert one.digest != make_brand(name="Rye", words="a c").digest
