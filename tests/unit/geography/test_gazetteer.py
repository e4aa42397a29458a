from __future__ import annotations

import hashlib
import json
import pickle
import random
from pathlib import Path

import numpy as np
import pytest

from influencr.errors import HomeError, PlaceError
from influencr.geography import Gazetteer
from influencr.geography.gazetteer._build import _swap, _write
from influencr.geography.gazetteer._collected import Collected, Place
from influencr.geography.gazetteer._display import division_name
from influencr.geography.gazetteer._divisions import resembles
from influencr.geography.gazetteer._format import KIND_SHIFT, ROW_MASK, NameKind, PlaceKind
from influencr.geography.gazetteer._keys import name_key
from influencr.geography.gazetteer._own import ALIAS_KINDS
from influencr.geography.gazetteer._reader import DATA
from influencr.geography.gazetteer._settlements import alternate_kind
from influencr.geography.gazetteer._similar import MIN_LETTERS, spellings
from influencr.geography.gazetteer._sources import PACKAGES, aliases, division_names, unions


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("Saint-Étienne", "saint etienne"),
        ("St. Louis", "st louis"),
        ("Washington, D.C.", "washington dc"),
        ("Greenville S.C", "greenville sc"),
        ("U. S. A.", "usa"),
        ("L'Aquila", "laquila"),
        ("Xi’an", "xian"),
        ("Madīnat an Naşr", "madinat an nasr"),
        ("Trinidad & Tobago", "trinidad and tobago"),
        ("नई दिल्ली", "नई दिल्ली"),
        ("กรุงเทพฯ", "กรุงเทพฯ"),
        ("مدينة نصر", "مدينه نصر"),
        ("a\ud800b", "a b"),
        ("—.–", ""),
    ],
)
def test_a_key_is_the_same_for_every_spelling(written: str, key: str) -> None:
    assert name_key(written) == key


def test_manifest_tells_what_it_was_made_from(gazetteer: Gazetteer) -> None:
    manifest = gazetteer.manifest
    assert set(manifest["packages"]) == set(PACKAGES.values())
    assert "CC BY 4.0" in manifest["attribution"]
    assert "GeoNames" in manifest["attribution"]
    assert "modified" in manifest["attribution"]
    assert sum(manifest["places"].values()) == len(gazetteer)
    assert manifest["places"]["city"] > 230_000
    assert manifest["names"] == gazetteer.n_keys
    for name, digest in manifest["sha256"].items():
        assert hashlib.sha256((DATA / name).read_bytes()).hexdigest() == digest, name


def test_the_artefact_is_small_enough_to_ship(gazetteer: Gazetteer) -> None:
    assert gazetteer is Gazetteer.load()
    assert sum(f.stat().st_size for f in DATA.iterdir()) < 80_000_000


def test_place_ids_are_unique_and_found_again(gazetteer: Gazetteer) -> None:
    ids = np.asarray(gazetteer.ids)
    assert len(np.unique(ids)) == len(ids)
    for row in random.Random(1).sample(range(len(gazetteer)), 300):
        assert gazetteer.row(gazetteer.ids[row]) == row
    assert gazetteer.row(1) is None
    with pytest.raises(PlaceError, match="No place has the id 1"):
        gazetteer.place(1)


def test_a_place_carries_what_surrounds_it(gazetteer: Gazetteer) -> None:
    lyon = gazetteer.place(2996944)
    assert (lyon.label, lyon.kind) == ("Lyon, Auvergne-Rhône-Alpes, France", "city")
    assert (lyon.country, lyon.admin1) == ("FR", "FR-ARA")
    assert lyon.lat == pytest.approx(45.749, abs=0.01)
    assert gazetteer.place(2951839).label == "Bavaria, Germany"
    assert gazetteer.place(2510769).label == "Spain"


def test_every_sampled_name_is_found_by_hash(gazetteer: Gazetteer) -> None:
    for position in random.Random(2).sample(range(gazetteer.n_keys), 500):
        key = gazetteer.key(position)
        assert gazetteer.postings(key), key
        low, high = gazetteer.key_range(key)
        assert low == position < high
    assert gazetteer.postings("no place has this name") == ()
    assert gazetteer.postings("") == ()


def test_names_are_sorted_by_their_bytes(gazetteer: Gazetteer) -> None:
    for position in random.Random(3).sample(range(gazetteer.n_keys - 1), 500):
        assert gazetteer.key(position).encode() < gazetteer.key(position + 1).encode()


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("wien", "Vienna, Austria"),
        ("東京", "Tokyo, Japan"),
        ("مدينة نصر", "Nasr City, Cairo, Egypt"),
        ("Москва", "Moscow, Russia"),
        ("ATX", "Austin, Texas, United States"),
        ("LDN", "London, England, United Kingdom"),
        ("CDMX", "Mexico City, Mexico"),
        ("Bombay", "Mumbai, Maharashtra, India"),
        ("Catalunya", "Catalonia, Spain"),
        ("España", "Spain"),
        ("DACH", "DACH"),
    ],
)
def test_names_in_many_scripts_and_nicknames(gazetteer: Gazetteer, name: str, label: str) -> None:
    assert label in [place.label for place, _ in gazetteer.named(name)]


def test_own_files_name_places_that_exist_and_say_each_name_once() -> None:
    # A wrong place stops the build; here: nothing is said twice, no kind is misspelt.
    rows = [
        (name_key(name), a["place"], a["kind"] == "display")
        for a in aliases()
        for name in a["alias"].split("|")
    ]
    assert len(rows) == len(set(rows))
    assert all(key for key, _, _ in rows)
    assert {a["kind"] for a in aliases()} == set(ALIAS_KINDS)
    names = [u["name"] for u in unions()]
    assert len(names) == len(set(names))
    assert all(u["members"] for u in unions())


@pytest.mark.parametrize(
    ("name", "people", "kind"),
    [
        ("Wien", 1_700_000, NameKind.ALTERNATE),
        ("TYO", 9_000_000, NameKind.CODE),
        ("TYO", 9_000, None),
        ("Bec", 1_700_000, NameKind.ALTERNATE),
        ("swldw", 600, None),
        ("'s-Hertogenbosch", 600, NameKind.ALTERNATE),
        ("東京", 600, NameKind.ALTERNATE),
        ("東", 600, None),
    ],
)
def test_noise_among_alternate_names_is_left_out(
    name: str, people: int, kind: NameKind | None
) -> None:
    assert alternate_kind(name, people) == kind


def test_divisions_are_shown_in_english_where_the_data_tell() -> None:
    assert division_name("Al Qāhirah", ["Cairo", "Cairo Governorate"], "EG") == "Cairo"
    assert division_name("İstanbul", ["Istanbul Province"], "TR") == "İstanbul"
    assert division_name("Stockholms län", ["Stockholm", "Stockholm County"], "SE") == "Stockholm"
    assert division_name("Hovedstaden", ["Capital Region"], "DK") == "Capital Region"


# --- our own names, and what they mean in small letters ----------------------------------------


def _kinds(gazetteer: Gazetteer, name: str, label: str) -> set[NameKind]:
    return {kind for place, kind in gazetteer.named(name) if place.label == label}


@pytest.mark.parametrize(
    ("name", "label", "kind"),
    [
        ("Beantown", "Boston, Massachusetts, United States", NameKind.ALIAS),
        ("Straya", "Australia", NameKind.ALIAS),
        ("Poconos", "Pennsylvania, United States", NameKind.ALIAS),
        ("Bayern", "Bavaria, Germany", NameKind.OFFICIAL),
        ("Andalucía", "Andalusia, Spain", NameKind.OFFICIAL),
        ("LA", "Los Angeles, California, United States", NameKind.CAPITALS),
        ("CPT", "Cape Town, Western Cape, South Africa", NameKind.CAPITALS),
        ("Mass", "Massachusetts, United States", NameKind.WEAK),
        ("TN", "Tamil Nadu, India", NameKind.CODE),
        ("TN", "Tennessee, United States", NameKind.CODE),
        ("HAM", "Hamburg, Germany", NameKind.CODE),
    ],
)
def test_a_name_tells_when_it_counts(
    gazetteer: Gazetteer, name: str, label: str, kind: NameKind
) -> None:
    assert _kinds(gazetteer, name, label) == {kind}


@pytest.mark.parametrize(
    "word", ["la", "me", "in", "or", "no", "oh", "hi", "ok", "pa", "va", "us", "it", "de", "so"]
)
def test_small_words_are_nobody_s_nickname(gazetteer: Gazetteer, word: str) -> None:
    for place, kind in gazetteer.named(word):
        own = name_key(place.name) == word
        assert own or kind not in (NameKind.OFFICIAL, NameKind.ALIAS), (place.label, kind)


@pytest.mark.parametrize("word", ["god", "lol", "nba", "wtf", "mom"])
def test_words_in_capitals_are_no_airport(gazetteer: Gazetteer, word: str) -> None:
    assert not [
        p.label for p, k in gazetteer.named(word) if k == NameKind.CODE and p.kind == "city"
    ]


@pytest.mark.parametrize(
    ("district", "label"),
    [
        ("Kreuzberg", "Kreuzberg, Berlin, Germany"),
        ("Brixton", "Brixton, England, United Kingdom"),
        ("Shoreditch", "London, England, United Kingdom"),
        ("Zamalek", "Cairo, Egypt"),
        ("Condesa", "Mexico City, Mexico"),
    ],
)
def test_a_district_is_its_own_place_or_its_city(
    gazetteer: Gazetteer, district: str, label: str
) -> None:
    posting = gazetteer.postings(name_key(district))[0]
    assert gazetteer.label(posting & ROW_MASK) == label
    assert posting >> KIND_SHIFT == NameKind.ALIAS


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("الولايات المتحدة", "US"),
        ("Сполучені Штати", "US"),
        ("미국", "US"),
        ("アメリカ合衆国", "US"),
        ("भारत", "IN"),
        ("เยอรมนี", "DE"),
        ("Γαλλία", "FR"),
        ("גרמניה", "DE"),
        ("ব্রাজিল", "BR"),
        ("இந்தியா", "IN"),
        ("საქართველო", "GE"),
        ("Հայաստան", "AM"),
        ("Ujerumani", "DE"),
    ],
)
def test_countries_in_many_scripts(gazetteer: Gazetteer, name: str, code: str) -> None:
    assert gazetteer.country(gazetteer.postings(name_key(name))[0] & ROW_MASK) == code


@pytest.mark.parametrize(
    ("name", "country"),
    [
        ("東京", "JP"),
        ("京都", "JP"),
        ("서울", "KR"),
        ("دبي", "AE"),
        ("القاهرة", "EG"),
        ("กรุงเทพมหานคร", "TH"),
        ("Αθήνα", "GR"),
        ("תל אביב", "IL"),
        ("ঢাকা", "BD"),
        ("சென்னை", "IN"),
        ("तमिलनाडु", "IN"),
        ("თბილისი", "GE"),
        ("Київ", "UA"),
        ("广东", "CN"),
    ],
)
def test_cities_and_regions_in_many_scripts(gazetteer: Gazetteer, name: str, country: str) -> None:
    assert gazetteer.country(gazetteer.postings(name_key(name))[0] & ROW_MASK) == country


def test_every_division_has_a_name_from_a_source_that_may_be_shipped(gazetteer: Gazetteer) -> None:
    names = division_names()
    assert len(names) > 5_000
    assert names["DE-BY"] == "Bavaria"
    assert not any(n.endswith(("¹", "²", "³")) for n in names.values())
    missing = [r for r in gazetteer.region_of if not gazetteer.name(r)]
    assert missing == []


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Munich", "München", True),
        ("Castile and León", "Castilla y León", True),
        ("Moscow", "Moskva", True),
        ("New York", "Jakarta", False),
        ("Bushehr", "Khuzestan", False),
        ("", "Rome", False),
    ],
)
def test_spellings_of_one_name_resemble_each_other(one: str, other: str, alike: bool) -> None:
    assert resembles(one, other) is alike


# --- time zones ---------------------------------------------------------------------------------


def test_cities_have_a_time_zone_and_regions_none(gazetteer: Gazetteer) -> None:
    lyon = gazetteer.row(2996944)
    assert lyon is not None
    assert gazetteer.zone(lyon) == "Europe/Paris"
    assert gazetteer.zone(gazetteer.country_row["FR"]) is None
    cities = range(len(gazetteer) - 230_000, len(gazetteer), 97)
    unknown = [gazetteer.label(r) for r in cities if gazetteer.zone(r) is None]
    assert len(unknown) < 10


# --- typing errors ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "frame", "label"),
    [
        ("pheonix", "US-AZ", "Phoenix, Arizona, United States"),
        ("seatle", "US-WA", "Seattle, Washington, United States"),
        ("houstonn", "US-TX", "Houston, Texas, United States"),
        ("los angelos", "US-CA", "Los Angeles, California, United States"),
        ("екатеренбург", "RU", "Yekaterinburg, Sverdlovsk Oblast, Russia"),
        ("θεσαλονικη", "GR", "Thessaloníki, Central Macedonia, Greece"),
    ],
)
def test_one_typing_error_is_found_inside_a_region(
    gazetteer: Gazetteer, typed: str, frame: str, label: str
) -> None:
    within = gazetteer.country_row.get(frame, gazetteer.region_row.get(frame, -1))
    found = gazetteer.similar(name_key(typed), within)
    assert gazetteer.label(found[0] & ROW_MASK) == label


def test_no_typing_error_is_guessed_where_it_may_be_another_word(gazetteer: Gazetteer) -> None:
    us = gazetteer.country_row["US"]
    assert gazetteer.similar("bston", us) == []  # too short
    assert gazetteer.similar("xhoenix", us) == []  # the first letter
    assert gazetteer.similar("phoenix", gazetteer.country_row["JP"]) == []  # not there
    assert gazetteer.similar("東京都新宿区", gazetteer.country_row["JP"]) == []  # no alphabet


def _edits(one: str, other: str) -> int:
    """Optimal string alignment distance, the long way."""
    rows = [
        [i + j if i * j == 0 else 0 for j in range(len(other) + 1)] for i in range(len(one) + 1)
    ]
    for i in range(1, len(one) + 1):
        for j in range(1, len(other) + 1):
            rows[i][j] = min(
                rows[i - 1][j] + 1,
                rows[i][j - 1] + 1,
                rows[i - 1][j - 1] + (one[i - 1] != other[j - 1]),
            )
            if i > 1 and j > 1 and one[i - 1] == other[j - 2] and one[i - 2] == other[j - 1]:
                rows[i][j] = min(rows[i][j], rows[i - 2][j - 2] + 1)
    return rows[-1][-1]


def test_similar_names_equal_a_comparison_with_every_name_of_the_region(
    gazetteer: Gazetteer,
) -> None:
    within = gazetteer.region_row["US-VT"]
    names: dict[str, set[int]] = {}
    for position in range(gazetteer.n_keys):
        key = gazetteer.key(position)
        if len(key) < MIN_LETTERS - 1 or not key.isascii() or any(c.isdigit() for c in key):
            continue
        for posting in gazetteer.postings(key):
            row = posting & ROW_MASK
            if gazetteer.admin1s[row] == within != row and posting >> KIND_SHIFT <= 2:
                names.setdefault(key, set()).add(row)
    rng = random.Random(5)
    for key in rng.sample(sorted(names), 25):
        at = rng.randrange(1, len(key) - 1)
        typed = rng.choice([key[:at] + key[at + 1 :], key[:at] + "q" + key[at:], key])
        wanted = {
            row
            for name, rows in names.items()
            if name[0] == typed[0] and abs(len(name) - len(typed)) < 2 and _edits(name, typed) == 1
            for row in rows
        }
        if len(typed) >= MIN_LETTERS:
            found = {p & ROW_MASK for p in gazetteer.similar(typed, within)}
            assert found == wanted, (key, typed)


def test_alphabets_hold_the_letters_that_names_use(gazetteer: Gazetteer) -> None:
    assert set("abcxyz ") <= set(gazetteer.alphabets["0"])
    assert set("абвгдя ") <= set(gazetteer.alphabets["8"])
    assert all(len(letters) < 100 for letters in gazetteer.alphabets.values())


def test_spellings_are_exactly_one_error_away() -> None:
    found = set(spellings("oslo fjord", "abcdefghijklmnopqrstuvwxyz "))
    assert "oslo fjord" not in found
    assert {_edits("oslo fjord", s) for s in found} == {1}
    assert all(s.startswith("o") for s in found)


def test_a_place_lies_in_what_surrounds_it(gazetteer: Gazetteer) -> None:
    lyon, france = gazetteer.row(2996944), gazetteer.country_row["FR"]
    assert lyon is not None
    assert gazetteer.contains(france, lyon)
    assert gazetteer.contains(gazetteer.region_row["FR-ARA"], lyon)
    assert not gazetteer.contains(lyon, france)
    assert not gazetteer.contains(france, france)


# --- files --------------------------------------------------------------------------------------


def test_absent_and_foreign_artefacts_name_the_command(tmp_path: Path) -> None:
    with pytest.raises(HomeError, match=r"python -m influencr\.geography\.gazetteer"):
        Gazetteer(tmp_path)
    (tmp_path / "manifest.json").write_text(json.dumps({"format": 99}))
    with pytest.raises(HomeError, match="format 99"):
        Gazetteer(tmp_path)


def test_a_worker_process_opens_the_same_files(gazetteer: Gazetteer) -> None:
    assert pickle.loads(pickle.dumps(gazetteer)) is gazetteer


def _small(order: list[int]) -> Collected:
    """A world of two countries and three cities, its names given in a certain order."""
    out = Collected()
    out.places = [
        Place(id=10, kind=PlaceKind.COUNTRY, name="Northland", country=0, population=900),
        Place(id=11, kind=PlaceKind.COUNTRY, name="Südland", country=1, population=100),
        Place(id=3, kind=PlaceKind.CITY, name="Bay", country=1, lat=-5.0, lon=1.0, population=9),
        Place(id=1, kind=PlaceKind.CITY, name="Alt", country=0, lat=5.0, lon=1.0, population=50),
        Place(id=2, kind=PlaceKind.CITY, name="Bay", country=0, lat=6.0, lon=2.0, population=90),
    ]
    names = [(row, place.name, NameKind.OFFICIAL) for row, place in enumerate(out.places)]
    names += [(3, "Old Town", NameKind.ALTERNATE), (4, "Old Town", NameKind.ALTERNATE)]
    for at in order:
        out.name(*names[at])
    out.codes = {
        "countries": ["NL", "SL"],
        "alpha3": ["NLD", "SLD"],
        "zones": [],
        "country_names": {"en": {"NL": "Northland", "SL": "Südland"}},
        "regions": {},
        "unions": {},
    }
    return out


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    orders = [list(range(7)), list(range(6, -1, -1))]
    digests = []
    for number, order in enumerate(orders):
        folder = tmp_path / str(number)
        folder.mkdir()
        _write(_small(order), folder)
        digests.append(
            {f.name: hashlib.sha256(f.read_bytes()).hexdigest() for f in folder.iterdir()}
        )
    assert digests[0] == digests[1]
    small = Gazetteer(tmp_path / "0")
    assert [p.id for p, _ in small.named("bay")] == [2, 3]
    assert [p.id for p, _ in small.named("SUDLAND")] == [11]
    assert small.within(5.0, 1.0, 200.0).tolist() == [1, 2]


def test_a_finished_folder_replaces_the_old_one(tmp_path: Path) -> None:
    for content in ("first", "second"):
        new = tmp_path / f".new-{content}"
        new.mkdir()
        (new / "manifest.json").write_text(content)
        _swap(new, tmp_path / "data")
    assert (tmp_path / "data" / "manifest.json").read_text() == "second"
    assert [p.name for p in tmp_path.iterdir()] == ["data"]


def test_a_weaker_name_never_hides_a_stronger_one() -> None:
    out = _small([])
    out.name(3, "Alt", NameKind.ALTERNATE)
    out.name(3, "ALT", NameKind.OFFICIAL)
    out.name(3, "alt", NameKind.CODE)
    assert out.names["alt"] == {NameKind.OFFICIAL << 28 | 3}
