"""The words around a place, in eleven languages; the names themselves are looked up elsewhere."""

from __future__ import annotations

import pytest

from influencr.geography.query._phrases import (
    ARTICLES,
    Phrase,
    inherit,
    parse_phrase,
    split_excluded,
    split_places,
)

NAMES = {
    *("In Salah", "A Coruña", "Nahe", "Bay Area", "Trinidad and Tobago", "Berlin", "Hamburg"),
    *("Spain", "Portugal", "東京", "大阪", "Biel/Bienne", "Madrid", "Notting Hill", "和歌山"),
}


def is_name(words: str) -> bool:
    return words in NAMES


@pytest.mark.parametrize(
    ("said", "name", "km"),
    [
        ("within 50 km of Austin", "Austin", 50.0),
        ("within 10mi of Austin", "Austin", 16.09344),
        ("25 miles around Austin", "Austin", 40.2336),
        ("500 m from Austin", "Austin", 0.5),
        ("< 5 km from Lyon", "Lyon", 5.0),
        ("2,5 km around Lyon", "Lyon", 2.5),
        ("Lyon + 30 km", "Lyon", 30.0),
        ("Lyon, 50km", "Lyon", 50.0),
        ("Lyon 50 km", "Lyon", 50.0),
        ("Lyon (50 km)", "Lyon", 50.0),
        ("50 km um Wien", "Wien", 50.0),
        ("im Umkreis von 30 km um Köln", "Köln", 30.0),
        ("Köln Umkreis 30 km", "Köln", 30.0),
        ("à moins de 20 km de Lyon", "Lyon", 20.0),
        ("dans un rayon de 20 km autour de Lyon", "Lyon", 20.0),
        ("à 10 km d'Avignon", "Avignon", 10.0),
        ("a menos de 30 km de Sevilla", "Sevilla", 30.0),
        ("num raio de 50 km de Lisboa", "Lisboa", 50.0),
        ("entro 20 km da Milano", "Milano", 20.0),
        ("binnen 20 km van Utrecht", "Utrecht", 20.0),
        ("ضمن 50 كم من القاهرة", "القاهرة", 50.0),
        ("على بعد ٥٠ كم من دبي", "دبي", 50.0),
        ("東京から50km以内", "東京", 50.0),
        ("上海50公里内", "上海", 50.0),
        ("距离上海50公里以内", "上海", 50.0),
        ("서울에서 50km 이내", "서울", 50.0),
    ],
)
def test_a_distance(said: str, name: str, km: float) -> None:
    phrase = parse_phrase(said, is_name)
    assert (phrase.name, phrase.near, phrase.said) == (name, False, True)
    assert phrase.km == pytest.approx(km)


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("near Austin", "Austin"),
        ("in the Austin area", "the Austin"),
        ("Wien und Umgebung", "Wien"),
        ("in der Nähe von Bremen", "Bremen"),
        ("près de Lyon", "Lyon"),
        ("près du Caire", "le Caire"),
        ("autour d'Avignon", "Avignon"),
        ("cerca de Sevilla", "Sevilla"),
        ("cerca del Puerto", "el Puerto"),
        ("perto de Lisboa", "Lisboa"),
        ("vicino a Torino", "Torino"),
        ("vicino alla Spezia", "la Spezia"),
        ("in de buurt van Utrecht", "Utrecht"),
        ("قرب القاهرة", "القاهرة"),
        ("東京周辺", "東京"),
        ("上海附近", "上海"),
        ("서울 근처", "서울"),
    ],
)
def test_surroundings(said: str, name: str) -> None:
    assert parse_phrase(said, is_name)[:3] == (name, None, True)


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("in Bavaria", "Bavaria"),
        ("based in Wien", "Wien"),
        ("in der Schweiz", "der Schweiz"),
        ("à Paris", "Paris"),
        ("au Maroc", "le Maroc"),
        ("en España", "España"),
        ("no Porto", "o Porto"),
        ("em Lisboa", "Lisboa"),
        ("a Torino", "Torino"),
        ("في القاهرة", "القاهرة"),
        ("東京在住", "東京"),
        ("in Bay Area", "Bay Area"),
    ],
)
def test_inside(said: str, name: str) -> None:
    phrase = parse_phrase(said, is_name)
    assert phrase[:4] == (name, None, False, True)


@pytest.mark.parametrize("name", ["In Salah", "A Coruña", "Nahe", "Bay Area", "Lyon", ""])
def test_a_name_stays_whole(name: str) -> None:
    assert parse_phrase(name, is_name) == Phrase(name)


def test_articles_come_off() -> None:
    for said, bare in (
        ("der Schweiz", "Schweiz"),
        ("les États-Unis", "États-Unis"),
        ("The UK", "UK"),
    ):
        assert ARTICLES.sub("", said) == bare
    assert ARTICLES.sub("", "Delhi") == "Delhi"
    assert ARTICLES.sub("", "Osaka") == "Osaka"


def test_lists() -> None:
    assert split_places("Berlin or Hamburg", is_name) == ["Berlin", "Hamburg"]
    assert split_places("near Berlin oder Hamburg", is_name) == ["near Berlin", "Hamburg"]
    assert split_places("Spain and Portugal", is_name) == ["Spain", "Portugal"]
    assert split_places("Spain & Portugal; Madrid", is_name) == ["Spain", "Portugal", "Madrid"]
    assert split_places("東京と大阪", is_name) == ["東京", "大阪"]
    for whole in ("Trinidad and Tobago", "Biel/Bienne", "和歌山", "salt and pepper"):
        assert split_places(whole, is_name) == [whole]


@pytest.mark.parametrize(
    "words",
    ["except", "but not", "not", "without", "außer", "ohne", "sauf", "excepto", "exceto", "tranne"],
)
def test_what_is_left_out(words: str) -> None:
    assert split_excluded(f"Spain {words} Madrid", is_name) == ("Spain", "Madrid")


def test_no_exception_in_a_name() -> None:
    assert split_excluded("Notting Hill", is_name) == ("Notting Hill", "")
    assert split_excluded("Spain (not Madrid)", is_name) == ("Spain", "Madrid")


def test_what_is_said_first_holds_for_the_rest_of_a_list() -> None:
    first = parse_phrase("within 20 km of Lyon", is_name)
    assert [p.km for p in inherit([first, Phrase("Paris")])] == [20.0, 20.0]
    own = parse_phrase("5 km around Paris", is_name)
    assert [p.km for p in inherit([first, own])] == [20.0, 5.0]
    behind = parse_phrase("Lyon + 30 km", is_name)
    assert [p.km for p in inherit([behind, Phrase("Paris")])] == [30.0, None]
