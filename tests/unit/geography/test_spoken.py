"""In which languages a network is asked about a country."""

import re

from influencr.geography import languages_of
from influencr.geography.hints._spoken import _SPOKEN, _table
from influencr.geography.hints._world import base_rates, languages


def test_the_list_holds_countries_and_languages_that_exist():
    assert set(_table()) <= set(base_rates())
    spoken = {code for codes in _table().values() for code in codes}
    assert spoken <= set(languages()), spoken - set(languages())


def test_no_country_stands_twice():
    countries = re.findall(r"\b[A-Z]{2}\b", _SPOKEN)
    assert len(countries) == len(set(countries))


def test_nearly_everybody_lives_in_a_country_of_the_list():
    rates = base_rates()
    assert sum(rates[code] for code in _table()) > 0.99


def test_some_countries():
    assert languages_of("PT") == ("pt",)
    assert languages_of("CA") == ("en", "fr")
    assert languages_of("IL") == ("he", "ar")
    assert languages_of("IN") == ("hi", "en")
    assert languages_of("AQ") == ()
