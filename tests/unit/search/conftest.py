"""A handful of named creators in a small world, built once."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from influencr.errors import UnknownValue
from influencr.geography import Area
from influencr.index.columns import ColumnIndex
from influencr.search import PlaceOffer, Query, Results, Searcher, make_query

AS_OF = datetime(2026, 3, 1, tzinfo=UTC)

#: name -> (id, lat, lon, country, region)
CITIES = {
    "Lyon": (1, 45.76, 4.84, "FR", "FR-ARA"),
    "Villeurbanne": (2, 45.77, 4.88, "FR", "FR-ARA"),
    "Geneva": (3, 46.2, 6.14, "CH", "CH-GE"),
    "Sydney": (4, -33.87, 151.21, "AU", "AU-NSW"),
}


class Places:
    """The small world, with one country, one region and one place that does not exist."""

    def within(self, lat: float, lon: float, km: float) -> list[int]:
        from influencr.search._places import distance_km

        return [i for i, a, o, _, _ in CITIES.values() if distance_km(lat, lon, a, o) <= km]

    def ask(
        self, text: str, *, within_km: float | None, near: bool, located: object = None
    ) -> Area:
        if " or " in text or " except " in text:
            main, _, out = text.partition(" except ")
            parts = [self.ask(name, within_km=within_km, near=near) for name in main.split(" or ")]
            but = (self.ask(out, within_km=None, near=False),) if out else ()
            if len(parts) == 1:
                return replace(parts[0], asked=text, but=but)
            return Area(
                text, " or ".join(p.label for p in parts), "several", None, None, None, None,
                None, parts=tuple(parts), but=but,
            )  # fmt: skip
        if text in ("France", "Rhône-Alpes"):
            codes = ("FR",) if text == "France" else ("FR-ARA",)
            return Area(text, text, "country", None, "FR", None, None, None, codes=codes)
        if text not in CITIES:
            raise UnknownValue("place", text, CITIES)
        place_id, lat, lon, country, region = CITIES[text]
        km = within_km if within_km is not None else 50.0 if near else None
        ids = self.within(lat, lon, km) if km is not None else [place_id]
        return Area(
            text, f"{text}, {country}", "city", place_id, country, region, lat, lon,
            within_km=km, place_ids=np.array(ids),
        )  # fmt: skip

    def in_words(self, text: str) -> tuple[PlaceOffer, bool] | None:
        words, _, name = text.rpartition(" in ")
        if name in CITIES and '"' not in text:
            return PlaceOffer(text=words, place=name, label=f"{name}, {CITIES[name][3]}"), True
        words, _, name = text.rpartition(" ")
        if name in CITIES:
            return PlaceOffer(text=words, place=name, label=f"{name}, {CITIES[name][3]}"), False
        return None

    def country(self, text: str) -> str:
        codes = {"FR": "FR", "France": "FR", "CH": "CH", "AU": "AU"}
        if text not in codes:
            raise UnknownValue("country", text, codes)
        return codes[text]

    def region(self, text: str) -> str:
        return text

    def country_label(self, code: str) -> str:
        return {"FR": "France", "CH": "Switzerland", "AU": "Australia"}.get(code, code)


def person(name: str, city: str | None = None, **fields: Any) -> dict[str, Any]:
    place_id, lat, lon, country, region = CITIES[city] if city else (None,) * 5
    handle = name.lower().replace(" ", ".")
    row = {
        "profile_id": f"tiktok:{handle}",
        "platform": "tiktok",
        "handle": handle,
        "display_name": name,
        "place_level": "city" if city else None,
        "place_id": place_id,
        "lat": lat,
        "lon": lon,
        "country": country,
        "admin1": region,
        "activity_state": "active",
        "last_post_at": AS_OF - timedelta(days=3),
        "followers": 5_000,
        "label": "creator",
        "verdict": "unknown",
    }
    return {**row, **fields}


def people() -> list[dict[str, Any]]:
    return [
        person(
            "Ana Vidal", "Lyon", bio_text="Vegan food and a Café ☕️ in Lyon", topics=["food"],
            language="fr", engagement_rate=0.04, posts_per_week=2.0,
            post_text="first post\nthe best vegan food truck\nbye",
        ),
        person(
            "Bo Chen", "Villeurbanne", bio_text="ramen東京 🍜 #Vegan", topics=["food", "travel"],
            language="ja", engagement_rate=0.01, followers=50_000,
        ),
        person("Cleo", "Geneva", bio_text="Makeup artist 👩🏽‍🍳", topics=["beauty"], language="en"),
        person(
            "Dana Makeup", "Sydney", bio_text="artist", topics=["beauty"],
            activity_state="quiet", last_post_at=AS_OF - timedelta(days=60), followers=None,
        ),
        person("Emil", None, bio_text="vegan", place_level="country", country="FR"),
        person("Fay", None, bio_text="vegan food", place_level="admin1", country="FR",
               admin1="FR-ARA"),
        person("Gus", None, bio_text="vegan", activity_state="unknown", last_post_at=None),
        person("Hal Star", "Lyon", bio_text="vegan", label="celebrity"),
        person("Ida Inc", "Lyon", bio_text="vegan", label="brand"),
        person("Jo Gone", "Lyon", bio_text="vegan", activity_state="dormant",
               last_post_at=AS_OF - timedelta(days=400)),
        person("Kim", "Lyon", bio_text="vegan", verdict="looks_inflated"),
    ]  # fmt: skip


class Asked:
    """Searching by keyword, as the faces do."""

    def __init__(self, index: ColumnIndex) -> None:
        self.searcher = Searcher(index, places=Places())

    def __call__(self, **fields: Any) -> Results:
        return self.searcher.search(make_query(**fields))

    def names(self, **fields: Any) -> list[str]:
        return [h.creator["display_name"] for h in self(**fields).hits]

    def query(self, query: Query) -> Results:
        return self.searcher.search(query)


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Asked:
    index = ColumnIndex(tmp_path_factory.mktemp("search") / "index")
    index.build(pl.DataFrame(people(), infer_schema_length=None), as_of=AS_OF, demo=True)
    return Asked(index)
