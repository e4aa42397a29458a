from __future__ import annotations

import json
from pathlib import Path

import pytest

from influencr.sources.files import FileSource, inspect, named_fields


@pytest.mark.parametrize(
    "name",
    ["Location", "location:", "LUGAR", "Ort", "Standort", "città", "Ubicación", "城市", "所在地",
     "Based in", "📍", "Місто", "위치", "الموقع", "ที่อยู่", "स्थान", "🏠 Location"],
)  # fmt: skip
def test_keys_that_ask_for_a_place(name: str) -> None:
    assert named_fields([{"name": name, "value": "Graz"}]).place == "Graz"


@pytest.mark.parametrize("name", ["Pronouns", "Hometown", "Heimat", "Born", "Born in", "Blog", ""])
def test_other_keys_do_not(name: str) -> None:
    assert named_fields({name: "Graz"}) == (None, None, ())


def test_links_and_clock_and_html() -> None:
    said = named_fields(
        [
            {"name": "Home", "value": '<a href="https://ofen.example/a?b=1" rel="me">ofen</a>'},
            {"name": "Location", "value": "<p>Graz &amp; Linz</p>"},
            {"name": "Time zone", "value": "Europe/Vienna"},
            {"name": "Location", "value": "second"},
            {"name": None, "value": "x"},
            "no field",
        ]
    )
    assert said == ("Graz & Linz", "Europe/Vienna", ("https://ofen.example/a?b=1",))


@pytest.mark.parametrize("value", [None, "", "{", 3, "[1, 2]", "null", [[]]])
def test_what_is_no_fields_holds_nothing(value: object) -> None:
    assert named_fields(value) == (None, None, ())


def test_fields_of_an_imported_profile_are_its_place_and_links(tmp_path: Path) -> None:
    people = [
        {
            "id": "1",
            "acct": "ana",
            "display_name": "Ana",
            "note": "<p>bread</p>",
            "followers_count": 12,
            "statuses_count": 3,
            "url": "https://social.example/@ana",
            "fields": [
                {"name": "Lugar", "value": "Bilbao"},
                {"name": "Web", "value": '<a href="https://pan.example.es">pan</a>'},
                {"name": "Timezone", "value": "Europe/Madrid"},
            ],
        },
        {"display_name": "Bo", "url": "https://social.example/@bo", "fields": []},
    ]
    file = tmp_path / "mastodon_accounts.jsonl"
    file.write_text("".join(json.dumps(p) + "\n" for p in people), encoding="utf-8")
    source = FileSource(
        inspect(file, platform="mastodon"), licence="user-import", quarantine=tmp_path / "q"
    )
    (rows,) = [frame for table, frame in source.batches() if table == "profiles"]
    assert rows["place_raw"].to_list() == ["Bilbao", None]
    assert rows["time_zone"].to_list() == ["Europe/Madrid", None]
    assert "https://pan.example.es" in rows["links"].to_list()[0]
