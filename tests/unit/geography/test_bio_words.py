"""Words for people, names in running text, hashtags, hostile text and the tables themselves."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from influencr.geography import Gazetteer
from influencr.geography import bio as bio_package
from influencr.geography._evidence import Prior
from influencr.geography.bio import read_bio
from influencr.geography.bio._items import layout
from influencr.geography.bio._lexicon import Lexicon
from influencr.geography.gazetteer._keys import name_key

KINDS = {
    "pin",
    "based",
    "part",
    "pair",
    "flag",
    "flags",
    "origin",
    "demonym",
    "mention",
    "place_tag",
}

DEMONYMS = [
    ("Brazilian girl", "Brazil"),
    ("proud Kenyan", "Kenya"),
    ("Naija girl ✨", "Nigeria"),
    ("South African musician", "South Africa"),
    ("cantora brasileira", "Brazil"),
    ("tu peruana favorita", "Peru"),
    ("créatrice française", "France"),
    ("une marocaine qui cuisine", "Morocco"),
    ("Österreicherin, Bergliebe", "Austria"),
    ("mamma italiana", "Italy"),
    ("Suomalainen kokki", "Finland"),
    ("Украинка, мама", "Ukraine"),
    ("الجزائرية 🌸", "Algeria"),
    ("طباخة تونسية", "Tunisia"),
    ("Türk şef", "Türkiye"),
    ("日本人の母", "Japan"),
    ("한국인 댄서", "South Korea"),
    ("Londoner", "London"),
    ("chilango de corazón", "Mexico City"),
    ("Kölner Jung", "Cologne"),
    ("carioca", "Rio de Janeiro"),
    ("İzmirli", "İzmir"),
    ("Capetonian", "Cape Town"),
]

NO_PEOPLE = [
    "Korean skincare",
    "French bulldog mum",
    "learning Japanese",
    "Thai massage",
    "half Italian",
    "Spanish lessons",
    "Brazilian jiu jitsu",
    "English / Español / Français",
]

MENTIONS = [
    ("Toronto photographer", "Toronto"),
    ("the best Dallas mom you know", "Dallas"),
    ("Mumbai girl with a camera", "Mumbai"),
    ("DJ Berlin", "Berlin"),
    ("toronto photographer and cat person", "Toronto"),
    ("Sydney wedding and family photographer", "Sydney"),
    ("showing you Nairobi one plate at a time", "Nairobi"),
    ("кофейни Москва и кот", "Moscow"),
    ("東京カフェ巡り", "Tokyo"),
]

NOT_HOME = [
    "I love Paris",
    "lost in Tokyo",
    "Paris Hilton stan",
    "Boston terrier dad",
    "dreaming of Lisbon",
    "my new Jordan shoes",
    "Georgia is my middle name",
    "trip to Rome soon",
    "Go Chicago Bulls fan",
]

TAGS = [
    ("#londonfoodie", "London"),
    ("#MadeInNaija", "Nigeria"),
    ("#parisienne", "Paris"),
    ("#DubaiBloggers", "Dubai"),
    ("#newyorkmoms", "New York City"),
    ("#capetonian", "Cape Town"),
]


def found(bio: str, gazetteer: Gazetteer) -> list[tuple[str, int | None]]:
    return [(e.kind, e.row) for e in read_bio(bio, gazetteer) if e.role == "lives"]


def says(bio: str, kind: str, place: str, gazetteer: Gazetteer) -> bool:
    """Is there such a clue, whatever language the gazetteer shows the name in?"""
    rows = {gazetteer.row(p.id) for p, _ in gazetteer.named(place)}
    return any(k == kind and row in rows for k, row in found(bio, gazetteer))


@pytest.mark.parametrize(("bio", "place"), DEMONYMS, ids=[b for b, _ in DEMONYMS])
def test_words_for_people_name_their_place(gazetteer: Gazetteer, bio: str, place: str) -> None:
    assert says(bio, "demonym", place, gazetteer)


@pytest.mark.parametrize("bio", NO_PEOPLE)
def test_dishes_dogs_and_languages_are_no_people(gazetteer: Gazetteer, bio: str) -> None:
    assert found(bio, gazetteer) == []


@pytest.mark.parametrize(("bio", "place"), MENTIONS, ids=[b for b, _ in MENTIONS])
def test_a_well_known_place_in_running_text(gazetteer: Gazetteer, bio: str, place: str) -> None:
    assert says(bio, "mention", place, gazetteer)


def test_an_occupation_beside_the_place_makes_it_strong(gazetteer: Gazetteer) -> None:
    strong = read_bio("Toronto photographer", gazetteer)[0]
    plain = read_bio("a walk through Toronto every day", gazetteer)[0]
    weak = read_bio("Toronto Raptors news", gazetteer)[0]
    assert strong.confidence > plain.confidence > weak.confidence
    (clue,) = read_bio("food blogger in Austin", gazetteer)
    assert (clue.kind, clue.words) == ("based", "blogger in Austin")


@pytest.mark.parametrize("bio", NOT_HOME)
def test_wishes_brands_and_journeys_are_no_home(gazetteer: Gazetteer, bio: str) -> None:
    assert [c for c in read_bio(bio, gazetteer) if c.role == "lives" and c.confidence > 0.5] == []


def test_city_and_country_inside_a_sentence_are_a_pair(gazetteer: Gazetteer) -> None:
    assert says("we paint walls around Accra, Ghana every week", "pair", "Accra", gazetteer)


@pytest.mark.parametrize(("bio", "place"), TAGS, ids=[b for b, _ in TAGS])
def test_a_hashtag_with_a_place_inside(gazetteer: Gazetteer, bio: str, place: str) -> None:
    assert says(bio, "place_tag", place, gazetteer)
    assert len(found(bio, gazetteer)) == 1


def test_other_hashtags_say_nothing(gazetteer: Gazetteer) -> None:
    assert found("#love #fyp #nice #readingchallenge #georgia", gazetteer) == []


# --- promises -------------------------------------------------------------------------------


def test_strongest_first_and_each_once(gazetteer: Gazetteer) -> None:
    clues = read_bio("📍Accra 🇬🇭 | Ghanaian baker | 🇬🇭 #accrafood", gazetteer)
    assert [c.kind for c in clues] == ["pin", "flag", "demonym", "place_tag"]


def test_a_prior_chooses_between_places_of_one_name(gazetteer: Gazetteer) -> None:
    spanish = Prior(countries={"ES": 4.0})
    clue = read_bio("vivo en Córdoba", gazetteer, prior=spanish)[0]
    assert gazetteer.country(clue.row or 0) == "ES"


def test_a_flag_beside_a_name_chooses_too(gazetteer: Gazetteer) -> None:
    clue = read_bio("📍Córdoba 🇦🇷", gazetteer)[0]
    assert gazetteer.country(clue.row or 0) == "AR"


HOSTILE = [
    "📍" * 5_000,
    "🇫🇷🇩🇪🇪🇸" * 1_700,
    "🇫" * 5_000,
    "from " * 1_000,
    "in in " * 900,
    "a" * 5_000,
    "." * 5_000,
    "a." * 2_500,
    "_" * 5_000,
    "Z" + "\u0351" * 4_999,
    ("Z" + "\u0351\u0316" * 20) * 120,
    "\u202e" * 5_000,
    "ﷺ" * 5_000,
    "東京" * 2_500,
    "在住" * 2_500,
    "London, " * 700,
    "#" * 5_000,
    "#london" * 700,
    "@" * 5_000,
    "via " * 1_250,
    "من في " * 900,
    "ig: " * 1_250,
    "👨‍👩‍👧‍👦" * 700,
    "New York " * 550,
    "\ud800\x00\x1f",
]


@pytest.mark.parametrize("bio", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_read_and_bounded(gazetteer: Gazetteer, bio: str) -> None:
    clues = read_bio(bio, gazetteer)
    assert len(clues) < 200
    assert len(layout(bio).items) <= 1_300


@settings(deadline=None, max_examples=150)
@given(st.text(max_size=120))
def test_any_text_gives_clues_as_promised(bio: str) -> None:
    gazetteer = Gazetteer.load()
    clues = read_bio(bio, gazetteer)
    assert clues == read_bio(bio, gazetteer)
    for clue in clues:
        assert clue.kind in KINDS
        assert clue.role in ("lives", "origin", "visits")
        assert 0.0 < clue.confidence < 1.0
        assert (clue.row is None) == bool(clue.countries)
        assert sum(clue.countries.values()) <= 1.01


# --- the tables -----------------------------------------------------------------------------


def rows(name: str) -> list[dict[str, str]]:
    folder = Path(bio_package.__file__).parent
    lines = (folder / name).read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))


PROMISED = (
    "en es fr de it pt nl sv da no fi pl cs ro hu tr id ms vi tl ru uk ar fa he hi bn ja ko zh th "
    "el sw"
)


def test_phrases_cover_the_languages_we_promise() -> None:
    table = rows("cues.csv")
    languages = {code for row in table for code in row["languages"].split("|")}
    assert languages >= set(PROMISED.split())
    assert {row["side"] for row in table} == {"before", "after", "label"}
    assert {row["role"] for row in table} == {"lives", "origin", "visits", "in"}


def test_case_endings_belong_to_languages_with_phrases() -> None:
    languages = {code for row in rows("cues.csv") for code in row["languages"].split("|")}
    assert {row["language"] for row in rows("endings.csv")} <= languages


def test_every_sovereign_country_has_a_word_for_its_people(gazetteer: Gazetteer) -> None:
    lexicon = Lexicon.of(gazetteer)
    named = {gazetteer.country(d.row) for d in lexicon.demonyms.values()}
    # Without permanent people, or known by the people of another country.
    rest = set(gazetteer.country_codes) - named
    assert {
        "FR", "DE", "NG", "IN", "BR", "CN", "ZA", "TV", "KI", "VA", "LA", "ST", "NR", "PW", "FM"
    } - rest >= {"FR", "DE", "NG", "IN", "BR", "CN", "ZA", "KI", "LA", "ST"}  # fmt: skip
    assert len(named) >= 190
    cities = {d.row for d in lexicon.demonyms.values() if gazetteer.kind(d.row) == "city"}
    assert len(cities) >= 60


def test_no_word_for_people_stands_twice_with_two_places() -> None:
    seen: dict[tuple[str, str], str] = {}
    for row in rows("demonyms.csv"):
        key = (name_key(row["form"]), row["language"])
        assert seen.setdefault(key, row["place"]) == row["place"], row
