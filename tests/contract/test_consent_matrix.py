"""Every flag of every network against every face: the table of `consent`, asked."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.test import Client

from influencr.engine import Engine
from influencr.errors import InfluencrError
from influencr.pipeline import EXCLUSIONS, read_report
from influencr.pipeline.alignment import follows_of
from influencr.search import make_query

from .consent import AT, BIO, CASES, Case, Does, posts_of

N_FANS = 8
_FACES = tuple(Does._fields)


def name_of(case: Case) -> str:
    return f"{case.network}: {case.says}"


def as_file(profile_id: str, platform: str, handle: str, **fields: Any) -> dict[str, Any]:
    return {
        "profile_id": profile_id,
        "platform": platform,
        "handle": handle,
        "source": "import:stars.csv",
        "fetched_at": AT,
        "fetch_method": "import",
        "licence": "user-import",
        "policy": 15,
        **fields,
    }


def follow(follower: str, followed: str, **fields: Any) -> dict[str, Any]:
    return {
        "follower_id": follower,
        "followed_id": followed,
        "source": "import:stars.csv",
        "fetched_at": AT,
        "fetch_method": "import",
        "licence": "user-import",
        "policy": 15,
        "expires_at": None,
        **fields,
    }


class World:
    """A home in which everybody of the table lives, each with a star whom they alone follow.

    Star number i has N_FANS fans, and the person of case i where their follow is stored: whether
    they are counted is read off the star.
    """

    def __init__(self, folder: Path) -> None:
        self.engine = Engine(folder / "home", create=True)
        self._deliver([case for case in CASES if case.leaves])
        self.engine.refresh()
        leaving = [case.rows[-1]["profile_id"] for case in CASES if case.leaves]
        self.engine.forget(leaving)
        self._deliver(CASES)
        self._stars()
        self.engine.refresh()
        self.all_hits = self._ids(everything=True)
        self.usual_hits = self._ids()
        self.alike = {
            hit.profile_id for hit in self.engine.similar("tiktok:@seed", limit=1_000).hits
        }
        exported = folder / "all.jsonl"
        self.engine.export(make_query(everything=True), exported)
        lines = exported.read_text(encoding="utf-8").splitlines()
        self.exported = {json.loads(line)["profile_id"] for line in lines}
        found = follows_of(self.engine.home.path, self.engine.home.judged, self.engine.catalogue)
        assert found is not None
        counts = found.n_followers().tolist()
        self.aligned = dict(zip(found.creators["profile_id"].to_list(), counts, strict=True))

    def _ids(self, **filters: Any) -> set[str]:
        return {hit.profile_id for hit in self.engine.search(limit=1_000, **filters).hits}

    def _deliver(self, cases: Any) -> None:
        for case in cases:
            for row in case.rows:
                self._put("profiles", [dict(row)])
            if posts := posts_of(case):
                self._put("posts", posts)

    def _put(self, table: str, rows: list[dict[str, Any]]) -> None:
        self.engine.catalogue.append(table, pl.DataFrame(rows, infer_schema_length=None))

    def _stars(self) -> None:
        people = [as_file("tiktok:id-seed", "tiktok", "seed", bio_text=BIO, posts_count=9)]
        people += [
            as_file(f"tiktok:id-fan{i}", "tiktok", f"fan{i}", posts_count=0) for i in range(N_FANS)
        ]
        edges = []
        for number, case in enumerate(CASES):
            star = f"tiktok:id-star{number}"
            people.append(
                as_file(star, "tiktok", f"star{number}", bio_text="I sing", posts_count=9)
            )
            edges += [follow(f"tiktok:id-fan{i}", star) for i in range(N_FANS)]
            if case.follows and case.rows:
                # A follow comes under the terms of the profile that came with it.
                last = case.rows[-1]
                edges.append(follow(last["profile_id"], star, expires_at=last.get("expires_at")))
        self._put("profiles", people)
        self._put("follows", edges)

    def does(self, number: int, pages: Client) -> Does:
        """What each face does with the person of a case."""
        case = CASES[number]
        profile_id = case.rows[-1]["profile_id"] if case.rows else _never(case)
        shown = self.engine.show(profile_id)
        row = shown if shown is not None and shown["indexed"] else {}
        star = self.engine.show(f"tiktok:@star{number}")
        assert star is not None
        counted = {
            star["followers_seen"] - N_FANS,
            star["audience_n_followers"] - N_FANS,
            self.aligned[f"tiktok:id-star{number}"] - N_FANS,
        }
        assert len(counted) == 1, "vetting, audience and alignment disagree on who is counted"
        platform, _, native = profile_id.partition(":")
        answer = pages.get(f"/c/{platform}/id:{native}")
        return Does(
            search="yes"
            if profile_id in self.usual_hits
            else "asked"
            if profile_id in self.all_hits
            else "no",
            name="all" if row else "nothing" if shown is None else "reason",
            page=answer.status_code == 200,
            export=profile_id in self.exported,
            alike=profile_id in self.alike,
            counted=counted == {1},
            words=row.get("post_text") is not None,
            conclusions=_concluded(row),
        )


def _never(case: Case) -> str:
    return f"{case.network}:nobody-{case.says}".replace(" ", "-")


def _concluded(row: dict[str, Any]) -> bool:
    """Whether anything was concluded; without the right to, nothing at all may be."""
    names = ("engagement_rate", "influence", "label_p", "bought_low", "posts_per_week", "called")
    if not row.get("topics"):
        assert {name: row.get(name) for name in names} == dict.fromkeys(names)
    return bool(row.get("topics"))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Any:
    made = World(tmp_path_factory.mktemp("consent"))
    yield made
    made.engine.close()


@pytest.fixture
def pages(world: World, monkeypatch: pytest.MonkeyPatch) -> Any:
    from influencr.service.web import engine as door

    door.forget_engine()
    monkeypatch.setattr(door, "_open", lambda home: world.engine)
    yield Client()
    door.forget_engine()


@pytest.mark.parametrize("number", range(len(CASES)), ids=[name_of(case) for case in CASES])
def test_every_face_does_what_the_table_says(world: World, pages: Client, number: int) -> None:
    found, wanted = world.does(number, pages), CASES[number].does
    assert found._asdict() == wanted._asdict(), name_of(CASES[number])


@pytest.mark.parametrize("number", range(len(CASES)), ids=[name_of(case) for case in CASES])
def test_a_reason_tells_nothing_else(world: World, number: int) -> None:
    case = CASES[number]
    if case.does.name != "reason":
        return
    shown = world.engine.show(case.rows[-1]["profile_id"])
    assert shown is not None
    assert set(shown) == {"profile_id", "platform", "handle", "why_not", "indexed"}
    assert shown["why_not"]


def test_a_page_of_results_names_nobody_who_is_not_listed(world: World, pages: Client) -> None:
    markup = pages.get("/search", {"text": "sourdough"}).content.decode()
    assert "bsplain.example" in markup
    for case in CASES:
        if case.does.search != "yes" and case.rows and not case.leaves:
            handle = next((r["handle"] for r in case.rows if r.get("handle")), None)
            assert handle is None or f">@{handle}<" not in markup, name_of(case)


def test_nobody_who_is_not_listed_can_be_asked_for_their_like(world: World) -> None:
    for case in CASES:
        if case.does.name == "reason":
            with pytest.raises(InfluencrError):
                world.engine.similar(case.rows[-1]["profile_id"])


def test_people_who_are_counted_are_named_nowhere(world: World) -> None:
    unlisted = [c.rows[-1]["profile_id"] for c in CASES if c.does.counted and c.does.search == "no"]
    assert unlisted
    judged = world.engine.home.judged
    creators = pl.read_parquet(judged / "creators.parquet").write_json()
    verdicts = "".join(
        json.dumps(dataclasses.asdict(v) if dataclasses.is_dataclass(v) else str(v), default=str)
        for v in world.engine.vet()
    )
    for profile_id in unlisted:
        assert f'"{profile_id}"' not in creators
        assert f'"{profile_id}"' not in verdicts


def test_the_table_reaches_every_rule(world: World) -> None:
    report = read_report(world.engine.home.judged)
    assert report is not None
    # "no_posts" is no matter of consent: of the fans, nothing was ever seen.
    assert set(report.excluded) == set(EXCLUSIONS)
