"""Pins, parts, flags and the order of several places; bios of our own, by class."""

from __future__ import annotations

import pytest

from influencr.geography import Gazetteer
from influencr.geography.bio import read_bio

type Clue = tuple[str, str, str]

PINS = [
    ("📍 Lyon, France ✨ dm for collabs", "Lyon"),
    ("coffee • 📍Kraków • cats", "Kraków"),
    ("Leeds 📍", "Leeds"),
    ("Perth, Western Australia📍\nbaker", "Perth"),
    ("📌 Medellín", "Medellín"),
    ("🏠 Gothenburg", "Gothenburg"),
    ("🏡: Durban", "Durban"),
    ("🌍 Nairobi", "Nairobi"),
    ("🗺 Hanoi", "Hanoi"),
    ("📍🇵🇪", "Peru"),
    ("📍near Graz", "Graz"),
    ("geneva-ish📍", "Geneva"),
    ("📍東京", "Tokyo"),
    ("📍الدار البيضاء", "Casablanca"),
    ("📍Санкт-Петербург", "Saint Petersburg"),
    ("Quito 🇪🇨📍", "Quito"),
]

PARTS = [
    ("Seattle, WA | dog dad", "Seattle"),
    ("dog dad | dallas tx", "Dallas"),
    ("potter\nLondon\nshe/her", "London"),
    ("22 • Nairobi • leo", "Nairobi"),
    ("mum of 3 ~ Glasgow", "Glasgow"),
    ("Cairo 🇪🇬", "Cairo"),
    ("Lahore Pakistan", "Lahore"),
    ("Photographer, Porto, Portugal", "Porto"),
    ("baker. Naples, Italy. dm open", "Naples"),
    ("Casablanca city", "Casablanca"),
    ("South Africa ✨ dancer", "South Africa"),
    ("Österreich | Wandern", "Austria"),
    ("aus 🌊", "Australia"),
    ("NYC | art", "New York City"),
    ("москва | кот", "Moscow"),
    ("大阪｜カフェ巡り", "Osaka"),
    ("서울 | 카페", "Seoul"),
    ("القاهرة 🌙 قهوة", "Cairo"),
    ("กรุงเทพ | กาแฟ", "Bangkok"),
    ("दिल्ली | कविता", "Delhi"),
    ("𝐋𝐨𝐧𝐝𝐨𝐧 ✦ dj", "London"),
    ("ʟᴏɴᴅᴏɴ ✦ dj", "London"),
    ("🅱🅴🆁🅻🅸🅽", "Berlin"),
    ("L̶i̶s̶b̶o̶n̶ ✨", "Lisbon"),
    # Supported by another clue of the bio.
    ("Georgia 🇬🇪", "Georgia"),
    ("Split 🇭🇷", "Split"),
]

ORDERED = [
    ("London via Lagos", ("part", "lives", "London"), ("origin", "origin", "Lagos")),
    ("Lagos ✈️ London", ("part", "lives", "London"), ("origin", "origin", "Lagos")),
    ("Lagos -> London", ("part", "lives", "London"), ("origin", "origin", "Lagos")),
    ("🇳🇬 ➡️ 🇬🇧", ("flag", "lives", "United Kingdom"), ("origin", "origin", "Nigeria")),
    ("🇳🇬 in 🇬🇧", ("based", "lives", "United Kingdom"), ("origin", "origin", "Nigeria")),
    ("🇧🇷 in Hamburg", ("based", "lives", "Hamburg"), ("origin", "origin", "Brazil")),
    ("🇰🇪 to 🇳🇱", ("flag", "lives", "Netherlands"), ("origin", "origin", "Kenya")),
    ("🇵🇭 living in 🇯🇵", ("based", "lives", "Japan"), ("origin", "origin", "Philippines")),
    ("Paris | NYC", ("part", "lives", "Paris"), ("part", "lives", "New York City")),
    ("NYC / LA", ("part", "lives", "New York City"), ("part", "lives", "Los Angeles")),
    ("📍Doha 🇰🇪", ("pin", "lives", "Doha"), ("origin", "origin", "Kenya")),
    ("📍 Rome ✈️ Tokyo", ("pin", "lives", "Rome"), ("pin", "visits", "Tokyo")),
    ("Mexicana en Berlín", ("based", "lives", "Berlin"), ("demonym", "origin", "Mexico")),
]

NOTHING = [
    "Soup and friends",
    "good vibes only | love | peace",
    "Jordan",
    "Chad | gym",
    "mobile | reading | nice",
    "Come to our first birthday party",
    "he/him | she/they",
    "write to paris@example.org or @london_girl",
    "www.berlin-food.com",
    "insta: madrid.mood",
    "👻 lima_99",
    "Shipping: UK, Ireland",
    "no bio yet",
    "",
    "   \n\n ",
]


def found(bio: str, gazetteer: Gazetteer) -> list[Clue]:
    return [
        (e.kind, e.role, gazetteer.name(e.row) if e.row is not None else "")
        for e in read_bio(bio, gazetteer)
    ]


def same(clue: Clue, wanted: Clue, gazetteer: Gazetteer) -> bool:
    """The same kind, role and place, whatever language the gazetteer shows the name in."""
    names = {p.name for p, _ in gazetteer.named(wanted[2])}
    return clue[:2] == wanted[:2] and clue[2] in names


@pytest.mark.parametrize(("bio", "place"), PINS, ids=[b for b, _ in PINS])
def test_a_pin_names_the_place(gazetteer: Gazetteer, bio: str, place: str) -> None:
    assert same(found(bio, gazetteer)[0], ("pin", "lives", place), gazetteer)


@pytest.mark.parametrize(("bio", "place"), PARTS, ids=[b for b, _ in PARTS])
def test_a_part_that_is_nothing_but_a_place(gazetteer: Gazetteer, bio: str, place: str) -> None:
    assert any(same(c, ("part", "lives", place), gazetteer) for c in found(bio, gazetteer))


@pytest.mark.parametrize(("bio", "first", "second"), ORDERED, ids=[o[0] for o in ORDERED])
def test_signs_and_words_between_places_say_which_is_home(
    gazetteer: Gazetteer, bio: str, first: Clue, second: Clue
) -> None:
    clues = found(bio, gazetteer)
    assert same(clues[0], first, gazetteer)
    assert any(same(c, second, gazetteer) for c in clues[1:])


@pytest.mark.parametrize("bio", NOTHING)
def test_no_place_is_no_clue(gazetteer: Gazetteer, bio: str) -> None:
    assert [c for c in found(bio, gazetteer) if c[1] == "lives"] == []


def test_a_smaller_city_needs_support(gazetteer: Gazetteer) -> None:
    assert found("Lucca", gazetteer) == []
    assert ("part", "lives", "Lucca") in found("Lucca 🇮🇹", gazetteer)


# --- flags ----------------------------------------------------------------------------------


def test_one_flag_is_its_country_however_often(gazetteer: Gazetteer) -> None:
    assert found("🇨🇱 skate 🇨🇱", gazetteer) == [("flag", "lives", "Chile")]
    assert found("🏴󠁧󠁢󠁳󠁣󠁴󠁿 piper", gazetteer) == [("flag", "lives", "Scotland")]


def test_several_flags_share_the_odds(gazetteer: Gazetteer) -> None:
    (clue,) = read_bio("🇯🇵🇧🇷", gazetteer)
    assert (clue.kind, clue.row) == ("flags", None)
    assert clue.countries == {"JP": 0.5, "BR": 0.5}
    (clue,) = read_bio("🇱🇰🇨🇭", gazetteer)
    assert clue.countries["CH"] > clue.countries["LK"]
    assert sum(clue.countries.values()) == pytest.approx(1.0, abs=0.01)


def test_flags_of_languages_and_parcels_are_not_read(gazetteer: Gazetteer) -> None:
    assert found("I speak 🇬🇧🇫🇷🇩🇪", gazetteer) == []
    assert found("Idiomas: 🇪🇸🇬🇧", gazetteer) == []
    assert found("shipping to 🇺🇸🇨🇦", gazetteer) == []


@pytest.mark.parametrize("bio", ["I stand with 🇺🇦", "🏳️‍🌈 🇵🇸", "BTS army 🇰🇷", "football fan 🇧🇷"])
def test_flags_for_others_weigh_little(gazetteer: Gazetteer, bio: str) -> None:
    (clue,) = read_bio(bio, gazetteer)
    assert clue.kind == "flags"
    assert clue.confidence <= 0.3


def test_a_cause_beside_a_home(gazetteer: Gazetteer) -> None:
    clues = read_bio("🇨🇦 🇺🇦", gazetteer)
    assert (clues[0].kind, gazetteer.name(clues[0].row or 0)) == ("flag", "Canada")
    assert clues[1].confidence <= 0.3
