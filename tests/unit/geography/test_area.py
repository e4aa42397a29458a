"""What a bare city holds: its districts, not the towns around it."""

from __future__ import annotations

import pytest

from influencr.geography import Gazetteer, ask
from influencr.geography.query._area import city_limits, is_its_city


def ids(asked: str, gazetteer: Gazetteer) -> set[int]:
    found = ask(asked, gazetteer).place_ids
    assert found is not None
    return set(found.tolist())


INSIDE = [
    *(("London", "Hackney, UK"), ("London", "Croydon, UK"), ("Berlin", "Kreuzberg")),
    *(("Berlin", "Köpenick"), ("New York", "Brooklyn, NYC"), ("New York", "Staten Island, NY")),
    *(("東京", "Shinjuku"), ("Sydney", "Parramatta, Australia"), ("Vienna", "Favoriten")),
    *(("Melbourne", "St Kilda, Australia"), ("Los Angeles", "Hollywood, CA")),
    *(("Mexico City", "Coyoacán"), ("São Paulo", "Itaquera, Brazil"), ("Cairo", "مدينة نصر")),
    *(("Rio de Janeiro", "Copacabana"), ("Amsterdam", "Amsterdam-Oost"), ("Delhi", "Rohini")),
    *(("Toronto", "Etobicoke"), ("Moscow", "Lyublino"), ("Lisbon", "Benfica, Portugal")),
    *(("Munich", "Pasing"), ("Barcelona", "Eixample"), ("Brussels", "Ixelles")),
]
OUTSIDE = [
    *(("London", "Watford"), ("London", "Slough"), ("Berlin", "Potsdam"), ("Paris", "Versailles")),
    *(("New York", "Yonkers"), ("New York", "Newark, NJ"), ("Boston", "Cambridge, MA")),
    *(("Los Angeles", "Long Beach, CA"), ("San Francisco", "Oakland, CA"), ("Osaka", "Kobe")),
    *(("Vienna", "Klosterneuburg"), ("Sevilla", "Dos Hermanas"), ("Manchester", "Salford")),
    *(("Rome", "Tivoli, Italy"), ("東京", "Yokohama"), ("Toronto", "Mississauga")),
    *(("Milan", "Monza"), ("Chicago", "Evanston, Illinois"), ("Amsterdam", "Haarlem")),
    *(("Delhi", "Noida"), ("Oxford", "Abingdon"), ("Melbourne", "Geelong")),
]


@pytest.mark.parametrize(("city", "part"), INSIDE)
def test_a_city_holds_its_districts(gazetteer: Gazetteer, city: str, part: str) -> None:
    assert ask(part, gazetteer).place_id in ids(city, gazetteer)


@pytest.mark.parametrize(("city", "town"), OUTSIDE)
def test_a_city_does_not_hold_the_next_town(gazetteer: Gazetteer, city: str, town: str) -> None:
    assert ask(town, gazetteer).place_id not in ids(city, gazetteer)


@pytest.mark.parametrize(
    "town",
    [
        *("Boulder, Colorado", "Asheville, NC", "Bend, OR", "Salzburg", "Galway", "Potsdam"),
        *("Santa Fe, New Mexico", "Reykjavík", "Siena", "Bruges", "Heidelberg", "Freiburg"),
        *("Girona", "Évora", "Annecy", "Trento", "Nelson, NZ", "Hobart", "Kyoto", "Chiang Mai"),
        *("Cusco", "Antigua Guatemala", "Tulum", "Marrakesh", "Zanzibar", "Udaipur", "Pondicherry"),
        *("Ghent", "Bergen", "Oxford"),
    ],
)
def test_a_small_city_stays_small(gazetteer: Gazetteer, town: str) -> None:
    area = ask(town, gazetteer)
    assert area.place_ids is not None
    row = gazetteer.row(area.place_id or 0)
    assert row is not None
    far = [
        gazetteer.flat_km(row, other)
        for i in area.place_ids.tolist()
        if (other := gazetteer.row(i)) is not None and gazetteer.kind(other) == "city"
    ]
    assert max(far) <= 30.0
    assert area.place_id in area.place_ids


def test_a_division_is_its_city_or_a_province_around_it(gazetteer: Gazetteer) -> None:
    def limits(name: str) -> tuple[int, ...]:
        row = gazetteer.row(ask(name, gazetteer).place_id or 0)
        assert row is not None
        return city_limits(row, gazetteer).whole

    assert limits("Berlin")
    assert limits("London")
    assert limits("Paris")
    assert not limits("Sevilla")
    assert not limits("Milan")
    berlin = gazetteer.region_row["DE-BE"]
    city = gazetteer.row(ask("Berlin", gazetteer).place_id or 0)
    assert city is not None
    assert is_its_city(berlin, city, gazetteer)


def test_those_known_only_to_the_division_are_in_the_city(gazetteer: Gazetteer) -> None:
    assert gazetteer.ids[gazetteer.region_row["DE-BE"]] in ids("Berlin", gazetteer)
    assert gazetteer.ids[gazetteer.region_row["US-NY"]] not in ids("New York", gazetteer)


def test_a_group_of_cities_holds_their_districts_and_its_regions(gazetteer: Gazetteer) -> None:
    dmv = ask("DMV", gazetteer)
    assert "US-DC" in dmv.codes
    assert dmv.place_ids is not None
    assert ask("Arlington, Virginia", gazetteer).place_id in dmv.place_ids
