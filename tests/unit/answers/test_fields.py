"""Field selection: what was asked for, and who it is of."""

import pytest

from influencr.answers.documents import check, cut, dossier_fields, hit_fields, plain
from influencr.errors import UnknownValue

HIT = {
    "profile_id": "tiktok:1",
    "platform": "tiktok",
    "handle": "ana",
    "score": 2.5,
    "place": {"label": "Lyon, France", "lat": 45.76, "others": []},
    "brand": None,
}


def test_nothing_chosen_is_everything():
    assert cut(HIT, (), hit_fields()) == HIT


def test_whole_fields_and_parts_of_them():
    assert cut(HIT, ["score", "place.label", "brand.fit"], hit_fields()) == {
        "profile_id": "tiktok:1",
        "platform": "tiktok",
        "handle": "ana",
        "score": 2.5,
        "place": {"label": "Lyon, France"},
        "brand": None,
    }


def test_the_whole_outweighs_its_parts():
    assert cut(HIT, ["place.label", "place"], hit_fields())["place"] == HIT["place"]


def test_what_there_is_not_names_the_nearest():
    with pytest.raises(UnknownValue) as told:
        cut(HIT, ["place.labl"], hit_fields())
    assert told.value.field == "fields"
    assert "'place.label'" in told.value.message


def test_what_may_be_chosen_is_the_same_whoever_is_found():
    assert {"followers", "bio_text", "place.label", "run.said", "similar.likeness"} <= hit_fields()
    assert "post_text" not in hit_fields()
    assert "measured" not in hit_fields()
    assert {"measured", "measured.growth_found", "place.label"} <= dossier_fields()
    assert "score" not in dossier_fields()
    with pytest.raises(UnknownValue):
        check(["score"], dossier_fields())


def test_plain_is_what_reading_the_json_gives():
    assert plain({"spans": ((1, 2),), "n": 1.0}) == {"spans": [[1, 2]], "n": 1.0}
