from __future__ import annotations

import random

import numpy as np
import pytest

from influencr.errors import PlaceError, UnknownValue, UsageError
from influencr.geography import (
    Gazetteer,
    ask,
    country_code,
    country_name,
    distance_km,
    region_code,
    region_name,
)


@pytest.mark.parametrize(
    ("asked", "label", "within_km"),
    [
        ("Lyon", "Lyon, Auvergne-Rhône-Alpes, France", None),
        ("in Bavaria", "Bavaria, Germany", None),
        ("DE-BY", "Bavaria, Germany", None),
        ("Spain", "Spain", None),
        ("near Sydney", "Sydney, New South Wales, Australia", 50.0),
        ("within 50 km of Austin", "Austin, Texas, United States", 50.0),
        ("Within 10 miles of London", "London, England, United Kingdom", 16.09344),
        ("50km from Austin", "Austin, Texas, United States", 50.0),
        ("2,5 km around Lyon", "Lyon, Auvergne-Rhône-Alpes, France", 2.5),
        ("Paris, TX", "Paris, Texas, United States", None),
        ("Paris TX", "Paris, Texas, United States", None),
        ("Austin, Texas", "Austin, Texas, United States", None),
        ("東京", "Tokyo, Japan", None),
        ("Wien", "Vienna, Austria", None),
        ("near Wien", "Vienna, Austria", 50.0),
        ("مدينة نصر", "Nasr City, Cairo, Egypt", None),
        ("Bay Area", "Bay Area", None),
        ("Georgia (country)", "Georgia", None),
        ("In Salah, Algeria", "In Salah, Algeria", None),
    ],
)
def test_the_ways_to_ask(
    gazetteer: Gazetteer, asked: str, label: str, within_km: float | None
) -> None:
    area = ask(asked, gazetteer)
    assert area.label == label
    assert area.within_km == within_km
    assert area.asked == asked


def test_exactly_one_of_codes_and_ids_decides(gazetteer: Gazetteer) -> None:
    for asked in ("Spain", "in Texas", "DACH", "EU", "New England", "Lyon", "Kent", "SoCal"):
        area = ask(asked, gazetteer)
        assert bool(area.codes) != (area.place_ids is not None), asked
    assert ask("Spain", gazetteer).codes == ("ES",)
    assert ask("in Texas", gazetteer).codes == ("US-TX",)
    assert set(ask("DACH", gazetteer).codes) == {"DE", "AT", "CH"}
    assert len(ask("EU", gazetteer).codes) == 27
    assert "US-VT" in ask("New England", gazetteer).codes


def test_codes_tell_countries_from_regions_by_length(gazetteer: Gazetteer) -> None:
    # What a search relies on: two letters are a country, everything longer is a region.
    assert {len(code) for code in gazetteer.country_codes} == {2}
    assert min(len(code) for code in gazetteer.region_of.values()) > 2


def test_a_bare_city_holds_its_districts(gazetteer: Gazetteer) -> None:
    def ids(asked: str) -> set[int]:
        found = ask(asked, gazetteer).place_ids
        assert found is not None
        assert found.tolist() == sorted(set(found.tolist()))
        return set(found.tolist())

    brooklyn = ask("Brooklyn, NYC", gazetteer).place_id
    assert brooklyn in ids("New York City")
    assert ask("Shinjuku", gazetteer).place_id in ids("東京")
    assert ask("Versailles", gazetteer).place_id not in ids("Paris")
    assert ids("Paris, TX") == {ask("Paris, TX", gazetteer).place_id}


def test_a_county_holds_its_towns_and_itself(gazetteer: Gazetteer) -> None:
    kent = ask("Kent", gazetteer)
    assert kent.kind == "admin2"
    assert kent.place_ids is not None
    assert kent.place_id in kent.place_ids
    assert ask("Maidstone, UK", gazetteer).place_id in kent.place_ids


def test_a_union_of_counties_is_a_set_of_places(gazetteer: Gazetteer) -> None:
    bay = ask("Bay Area", gazetteer).place_ids
    assert bay is not None
    for town in ("Oakland, CA", "San Jose, CA", "San Francisco"):
        assert ask(town, gazetteer).place_id in bay
    assert ask("Los Angeles", gazetteer).place_id not in bay


def test_other_readings_are_shown_and_can_be_asked_for(gazetteer: Gazetteer) -> None:
    paris = ask("Paris", gazetteer)
    assert "Paris, Texas, United States" in paris.alternatives
    assert "New York, United States" in ask("New York", gazetteer).alternatives
    assert "Georgia (country)" in ask("Georgia", gazetteer).alternatives
    for asked in ("Paris", "Springfield", "Georgia", "Valencia", "London", "New York"):
        for label in ask(asked, gazetteer).alternatives:
            again = ask(label, gazetteer)
            assert again.label == label.removesuffix(" (country)")


def test_a_label_finds_its_place_again(gazetteer: Gazetteer) -> None:
    large = [
        r
        for r in range(len(gazetteer))
        if gazetteer.populations[r] > 300_000 and gazetteer.kind(r) in ("city", "admin1")
    ]
    for row in random.Random(4).sample(large, 200):
        assert ask(gazetteer.label(row), gazetteer).label == gazetteer.label(row)


def test_radius_from_a_separate_field(gazetteer: Gazetteer) -> None:
    area = ask("Sydney", gazetteer, within_km=100)
    assert area.within_km == 100
    assert area.place_ids is not None
    assert ask("Sydney", gazetteer, near=True).within_km == 50.0
    assert ask("within 5 km of Sydney", gazetteer, within_km=100).within_km == 100


def test_a_radius_takes_the_city_of_a_city_state(gazetteer: Gazetteer) -> None:
    assert ask("near Luxembourg", gazetteer).kind == "city"
    assert ask("near Singapore", gazetteer).kind == "city"


def test_coordinates(gazetteer: Gazetteer) -> None:
    area = ask("52.5,13.4", gazetteer)
    assert (area.kind, area.lat, area.lon, area.within_km) == ("point", 52.5, 13.4, 50.0)
    assert area.country == "DE"
    assert ask("within 10 km of 52.5, 13.4", gazetteer).within_km == 10.0
    assert ask("52, 13", gazetteer).kind == "point"
    with pytest.raises(PlaceError, match="not on Earth"):
        ask("95, 13", gazetteer)
    with pytest.raises(PlaceError, match="not a pair"):
        ask("1.2.3, 4", gazetteer)


def test_what_cannot_be_asked(gazetteer: Gazetteer) -> None:
    with pytest.raises(UnknownValue, match=r"did you mean .*Lyon"):
        ask("Lyonn", gazetteer)
    with pytest.raises(UsageError, match="no place is called 'xqzzt'"):
        ask("xqzzt", gazetteer)
    with pytest.raises(UsageError, match="No place was given"):
        ask("  ", gazetteer)
    with pytest.raises(UsageError, match="not possible"):
        ask("within 0 km of Lyon", gazetteer)
    with pytest.raises(UsageError, match="not possible"):
        ask("Lyon", gazetteer, within_km=float("nan"))
    with pytest.raises(PlaceError, match=r"region and has no centre.*Munich"):
        ask("near Bavaria", gazetteer)
    with pytest.raises(UnknownValue, match="country"):
        ask("Atlantis (country)", gazetteer)


def test_country_codes_and_names(gazetteer: Gazetteer) -> None:
    assert country_code("fr", gazetteer) == "FR"
    assert country_code("ESP", gazetteer) == "ES"
    for name in ("United States", "USA", "U.S.A.", "Vereinigte Staaten", "アメリカ合衆国"):
        assert country_code(name, gazetteer) == "US"
    for name in ("UK", "Great Britain", "Reino Unido", "Royaume-Uni"):
        assert country_code(name, gazetteer) == "GB"
    assert country_code("UAE", gazetteer) == "AE"
    assert country_name("ES", gazetteer=gazetteer) == "Spain"
    assert country_name("DE", "fr", gazetteer) == "Allemagne"
    assert country_name("DE", "xx", gazetteer) == "Germany"
    with pytest.raises(UnknownValue, match="did you mean 'France'"):
        country_code("Frnce", gazetteer)
    with pytest.raises(UnknownValue):
        country_name("ZZ", gazetteer=gazetteer)


def test_every_country_answers_to_its_codes_and_names(gazetteer: Gazetteer) -> None:
    for code, alpha3 in zip(gazetteer.country_codes, gazetteer.alpha3, strict=True):
        assert country_code(code, gazetteer) == code
        assert country_code(alpha3, gazetteer) == code
        assert country_code(gazetteer.country_names["en"][code], gazetteer) == code


def test_region_codes_and_names(gazetteer: Gazetteer) -> None:
    for text in ("DE-BY", "de-by", "Bavaria", "Bayern", "Bavaria, Germany"):
        assert region_code(text, gazetteer) == "DE-BY"
    assert region_code("Catalunya", gazetteer) == "ES-CT"
    assert region_code("TX", gazetteer) == "US-TX"
    assert region_code("Limburg, NL", gazetteer) == "NL-LI"
    assert region_name("DE-BY", gazetteer) == "Bavaria, Germany"
    with pytest.raises(UnknownValue, match="did you mean"):
        region_code("Bavariaa", gazetteer)
    with pytest.raises(UnknownValue):
        region_code("FR-75C", gazetteer)
    with pytest.raises(UnknownValue):
        region_name("XX-XX", gazetteer)


def test_distance_refuses_points_that_cannot_exist() -> None:
    with pytest.raises(PlaceError, match="not on Earth"):
        distance_km(np.array([0.0]), np.array([0.0]), centre=(91.0, 0.0))
    far = distance_km(np.array([np.nan, 0.0]), np.array([0.0, 180.0]), centre=(0.0, 0.0))
    assert np.isnan(far[0])
    assert far[1] == pytest.approx(np.pi * 6371.0088)
