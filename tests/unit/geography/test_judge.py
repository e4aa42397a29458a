from __future__ import annotations

import polars as pl
import pytest

from influencr.geography import Gazetteer, judge

COLUMNS = [
    "profile_id",
    "place_level",
    "place_id",
    "place_name",
    "place_label",
    "country",
    "admin1",
    "lat",
    "lon",
    "place_confidence",
    "place_reason",
    "place_basis",
    "place_evidence",
    "other_place_ids",
    "other_place_labels",
    "other_place_roles",
]


def one(gazetteer: Gazetteer, **fields: str) -> dict[str, object]:
    frame = pl.DataFrame({"profile_id": ["x:1"], **{k: [v] for k, v in fields.items()}})
    return judge(frame, gazetteer).to_dicts()[0]


def test_columns_and_rows_are_as_promised(gazetteer: Gazetteer) -> None:
    frame = pl.DataFrame(
        {"profile_id": ["b", "a", "c"], "place_raw": ["Lyon, France", None, "Lyon, France"]}
    )
    out = judge(frame, gazetteer)
    assert out.columns == COLUMNS
    assert out["profile_id"].to_list() == ["b", "a", "c"]
    assert out["place_label"].to_list() == [
        "Lyon, Auvergne-Rhône-Alpes, France",
        None,
        "Lyon, Auvergne-Rhône-Alpes, France",
    ]
    assert out.schema["place_id"] == pl.Int64
    empty = judge(frame.clear(), gazetteer)
    assert empty.columns == COLUMNS
    assert empty.schema == out.schema


def test_the_reason_is_a_sentence_with_the_words_that_said_so(gazetteer: Gazetteer) -> None:
    out = one(gazetteer, place_raw="Lyon, France")
    assert out["place_reason"] == (
        "declared location 'Lyon, France' -> Lyon, Auvergne-Rhône-Alpes, France"
    )
    assert one(gazetteer)["place_reason"] == "no location declared"


@pytest.mark.parametrize(
    "written", ["Spain", "Espana", "España", "Spagna", "ES", "ESP", "es", "スペイン", "Испания"]
)
def test_a_country_in_any_spelling(gazetteer: Gazetteer, written: str) -> None:
    out = one(gazetteer, place_country=written)
    assert (out["country"], out["place_level"]) == ("ES", "country")
    assert out["lat"] is None
    assert out["admin1"] is None


@pytest.mark.parametrize("written", ["Global", "EU", "European Union", "Worldwide"])
def test_more_than_one_country_is_unknown(gazetteer: Gazetteer, written: str) -> None:
    out = one(gazetteer, place_country=written)
    assert out["place_level"] is None
    assert out["country"] is None
    assert written in str(out["place_reason"])


def test_structured_fields_narrow_each_other(gazetteer: Gazetteer) -> None:
    out = one(gazetteer, place_country="US", place_region="TX", place_city="Paris")
    assert out["place_label"] == "Paris, Texas, United States"
    out = one(gazetteer, place_country="Germany", place_region="Bayern")
    assert (out["place_level"], out["admin1"], out["lat"]) == ("admin1", "DE-BY", None)
    out = one(gazetteer, place_region="DE-BY")
    assert out["admin1"] == "DE-BY"


def test_a_city_that_is_not_in_the_declared_country_leaves_the_country(
    gazetteer: Gazetteer,
) -> None:
    out = one(gazetteer, place_country="France", place_city="Qwertzuiop")
    assert (out["place_level"], out["country"]) == ("country", "FR")


def test_a_country_code_in_the_region_field_is_a_country(gazetteer: Gazetteer) -> None:
    assert one(gazetteer, place_region="CA")["country"] == "CA"
    assert one(gazetteer, place_region="CA")["place_level"] == "country"


def test_words_of_the_person_go_before_the_country_of_the_platform(gazetteer: Gazetteer) -> None:
    out = one(gazetteer, place_country="US", place_raw="Paris, France")
    assert out["country"] == "FR"
    assert "against declared country 'US'" in str(out["place_reason"])
    agreeing = one(gazetteer, place_country="FR", place_raw="Paris")
    assert float(str(agreeing["place_confidence"])) > float(str(out["place_confidence"]))
    assert agreeing["place_level"] == "city"


def test_unreadable_words_leave_the_declared_country(gazetteer: Gazetteer) -> None:
    out = one(gazetteer, place_country="FR", place_raw="in your heart")
    assert (out["country"], out["place_level"]) == ("FR", "country")


def test_own_coordinates_are_kept(gazetteer: Gazetteer) -> None:
    out = one(gazetteer, place_raw="52.5163,13.3777")
    assert (out["lat"], out["lon"], out["country"]) == (52.5163, 13.3777, "DE")


BIOS = [
    ("Food & travel 📍 Lyon, France ✨ dm for collabs", "Lyon, Auvergne-Rhône-Alpes, France"),
    ("📍Paris I love cats", "Paris, Île-de-France, France"),
    ("📍: NYC | she/her", "New York City, New York, United States"),
    ("Makeup artist based in Wien. DM me", "Vienna, Austria"),
    ("NYC-based photographer", "New York City, New York, United States"),
    ("Vivo en Bogotá y amo el café", "Bogotá, Colombia"),
    ("Basée à Lyon 🌿", "Lyon, Auvergne-Rhône-Alpes, France"),
    ("Ich lebe in München", "Munich, Bavaria, Germany"),
    ("moro em São Paulo", "São Paulo, Brazil"),
    ("woont in Utrecht", "Utrecht, Netherlands"),
    ("東京在住 ラーメン好き", "Tokyo, Japan"),
    ("坐标：上海", "Shanghai, China"),
    ("서울 거주", "Seoul, South Korea"),
    ("أعيش في القاهرة", "Cairo, Egypt"),
    ("tinggal di Bandung", "Bandung, West Java, Indonesia"),
    ("mom of two 🇲🇦", "Morocco"),
]


@pytest.mark.parametrize(("bio", "label"), BIOS)
def test_cues_of_a_bio(gazetteer: Gazetteer, bio: str, label: str) -> None:
    out = one(gazetteer, bio_text=bio)
    assert out["place_label"] == label
    assert out["place_basis"] == "bio"


@pytest.mark.parametrize(
    "bio",
    [
        "I love Paris",
        "formerly based in Berlin",
        "not based in London",
        "🏳️‍🌈",
        "evidence-based medicine",
        "Plant Based chef",
        "based in your heart",
        "📍 everywhere",
        "",
    ],
)
def test_other_words_of_a_bio_are_no_cue(gazetteer: Gazetteer, bio: str) -> None:
    assert one(gazetteer, bio_text=bio)["place_level"] is None


@pytest.mark.parametrize(
    ("bio", "label"),
    [
        ("Seattle, WA • open for collabs", "Seattle, Washington, United States"),
        ("coffee ✨ London, GB ✨ former accountant", "London, England, United Kingdom"),
        ("القاهرة, EG / عود للمبتدئين", "Cairo, Egypt"),
        ("Cape Town , South Africa\nMakeup Artist", "Cape Town, Western Cape, South Africa"),
        ("Food. Barcelona, Catalunya", "Barcelona, Catalonia, Spain"),
        ("📍 Lyon, France | Paris, France", "Lyon, Auvergne-Rhône-Alpes, France"),
    ],
)
def test_a_part_that_is_nothing_but_a_place(gazetteer: Gazetteer, bio: str, label: str) -> None:
    assert one(gazetteer, bio_text=bio)["place_label"] == label


@pytest.mark.parametrize(
    "bio",
    [
        "Mother, ME",
        "Peace, Love",
        "Dreamer, CA",
    ],
)
def test_a_word_beside_a_code_is_no_place(gazetteer: Gazetteer, bio: str) -> None:
    assert one(gazetteer, bio_text=bio)["place_level"] is None


@pytest.mark.parametrize(
    ("bio", "country"), [("From Lakeland, Florida", "US"), ("born in Paris, France | tea", "FR")]
)
def test_an_origin_alone_is_a_country_and_the_city_stays_an_origin(
    gazetteer: Gazetteer, bio: str, country: str
) -> None:
    out = one(gazetteer, bio_text=bio)
    assert (out["place_level"], out["country"]) == ("country", country)
    assert out["other_place_roles"] == ["origin"]


def test_a_bio_refines_a_declared_country(gazetteer: Gazetteer) -> None:
    out = one(gazetteer, place_country="FR", bio_text="📍 Lyon | foodie")
    assert out["place_level"] == "city"
    assert out["place_reason"] == "bio: 📍 'Lyon' -> Lyon, Auvergne-Rhône-Alpes, France"
    out = one(gazetteer, place_country="FR", bio_text="🇲🇦")
    assert out["country"] == "FR"
    out = one(gazetteer, place_raw="Berlin", bio_text="📍 Lyon, France")
    assert out["country"] == "DE"
    out = one(gazetteer, place_country="US", bio_text="📍 Lyon, France")
    assert out["country"] == "FR"


def test_only_cities_have_coordinates(gazetteer: Gazetteer) -> None:
    texts = ["Texas", "Spain", "Kent, UK", "Lyon", "Bay Area", "🇫🇷", "Yorkshire", "nowhere"]
    out = judge(
        pl.DataFrame({"profile_id": [str(i) for i in range(len(texts))], "place_raw": texts}),
        gazetteer,
    )
    for row in out.to_dicts():
        assert (row["lat"] is not None) == (row["place_level"] == "city")
        assert (row["place_id"] is None) == (row["place_level"] is None)
        assert row["place_reason"]


def test_the_evidence_is_kept_with_what_contradicts_it(gazetteer: Gazetteer) -> None:
    out = one(gazetteer, place_raw="London via Lagos", bio_text="tea and books 🇯🇲")
    assert out["place_name"] == "London"
    assert out["place_basis"] == "declared"
    said = out["place_evidence"]
    assert isinstance(said, list)
    assert said[0] == "declared location 'London via Lagos' -> London, England, United Kingdom"
    assert "against: flag of Jamaica in the bio" in said
    assert "besides: declared location 'London via Lagos' -> Lagos, Nigeria" in said
    labels, roles = out["other_place_labels"], out["other_place_roles"]
    assert isinstance(labels, list)
    assert isinstance(roles, list)
    assert dict(zip(labels, roles, strict=True))["Lagos, Nigeria"] == "origin"
    assert len(labels) == len(out["other_place_ids"])  # type: ignore[arg-type]


def test_a_language_alone_says_its_country_or_nothing(gazetteer: Gazetteer) -> None:
    thai = one(gazetteer, bio_text="ชอบทำขนมปังกับลูกสาวทุกวันอาทิตย์")
    assert (thai["country"], thai["place_level"], thai["place_basis"]) == ("TH", "country", "hints")
    spanish = one(gazetteer, bio_text="Me gusta hacer pan con mi hija todos los domingos")
    assert spanish["place_level"] is None
    assert spanish["place_basis"] is None
    assert spanish["place_reason"] == "no words name a place"


def test_the_language_is_told_once_and_may_be_given(gazetteer: Gazetteer) -> None:
    frame = pl.DataFrame({"profile_id": ["1"], "bio_text": ["pan"]})
    assert judge(frame, gazetteer, languages=["th"])["country"].to_list() == ["TH"]
    assert judge(frame, gazetteer, languages=[None])["country"].to_list() == [None]


def test_numbers_links_and_clocks_are_hints(gazetteer: Gazetteer) -> None:
    frame = pl.DataFrame(
        {
            "profile_id": ["1", "2"],
            "links": [["https://brot.example.de", "tel:+493055501234"], None],
            "time_zone": ["Berlin", "Berlin"],
        }
    )
    out = judge(frame, gazetteer)
    assert out["country"].to_list() == ["DE", None]
    assert out["place_level"].to_list() == ["country", None]
    assert out["lat"].to_list() == [None, None]


def test_a_clock_chooses_between_places_of_one_name(gazetteer: Gazetteer) -> None:
    frame = pl.DataFrame(
        {
            "profile_id": ["1", "2"],
            "place_raw": ["Birmingham", "Birmingham"],
            "time_zone": ["Central Time (US & Canada)", "London"],
        }
    )
    assert judge(frame, gazetteer)["country"].to_list() == ["US", "GB"]
