"""Numbers made again from the records: what agrees, what was changed, what cannot be made again."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from influencr.answers import Answers, answered
from influencr.answers.verify import checked, read_handle, with_handles
from influencr.answers.verify._handles import at_path, numbers_in
from influencr.engine import Engine
from influencr.errors import UnknownValue, UsageError
from influencr.pipeline.recount import count_people, judge_whole

#: Of the invented world: followers known one by one, a place by their own words, a score.
RUBY = "bluesky:@rubyinlondon.sky.example"


@pytest.fixture(scope="module")
def engine(tiny_home: Path) -> Iterator[Engine]:
    with Engine(tiny_home) as opened:
        yield opened


@pytest.fixture(scope="module")
def ruby(engine: Engine) -> dict[str, Any]:
    return with_handles("creator", answered(engine, "creator", {"who": RUBY}))


@pytest.fixture
def copied(tiny_home: Path, tmp_path: Path) -> Iterator[Engine]:
    """A home that may be changed."""
    folder = tmp_path / "home"
    shutil.copytree(tiny_home, folder)
    with Engine(folder) as opened:
        yield opened


def handles(document: dict[str, Any]) -> list[str]:
    told = document["handles"]
    return [f"{told['subject']}#{number}" for number in told["numbers"]]


def outcomes(found: dict[str, Any]) -> dict[str, int]:
    return {name: n for name, n in found["outcomes"].items() if n}


def test_every_number_of_a_dossier_has_a_handle_that_names_it(ruby: dict[str, Any]) -> None:
    numbers = dict(numbers_in({k: v for k, v in ruby.items() if k != "handles"}))
    read = [read_handle(text) for text in handles(ruby)]
    assert {one.path for one in read} == set(numbers)
    assert all(one.who == (ruby["profile_id"],) for one in read)
    for one in read:
        assert one.said is None or one.said == at_path(ruby, one.path)
        assert str(one) in handles(ruby)
    assert {"followers", "place.lat", "influence", "measured.growth_12m"} <= set(numbers)
    assert not {"policy", "place.place_id", "indexed"} & set(numbers)


def test_what_rests_on_their_own_records_agrees_and_says_which_records(
    engine: Engine, ruby: dict[str, Any]
) -> None:
    found = answered(engine, "verify", {"handles": handles(ruby)})
    assert set(outcomes(found)) == {"agrees", "needs_whole"}
    told = {one["number"]: one for one in found["checked"]}
    followers = told["followers"]
    assert followers["said"] == followers["told"] == followers["recounted"] == ruby["followers"]
    (deciding, _) = (found["records"][at] for at in followers["records"])
    assert (deciding["table"], deciding["n"]) == ("profiles", 1)
    assert deciding["keys"] == [ruby["profile_id"]]
    pace = told["activity.n_posts"]
    posts = next(found["records"][at] for at in pace["records"] if at != followers["records"][0])
    assert posts["n"] >= 1
    assert len(posts["digest"]) == 16
    assert told["influence"]["outcome"] == "needs_whole"
    assert "whole=true" in told["influence"]["because"]
    assert not found["is_stale"]


def test_everybody_judged_anew_gives_every_number_again(
    engine: Engine, ruby: dict[str, Any]
) -> None:
    search = with_handles("search", answered(engine, "search", {"text": "coffee", "limit": 1}))
    evidence = with_handles("evidence", answered(engine, "evidence", {"who": RUBY}))
    asked = [*handles(ruby), *handles(search), *handles(evidence)]
    found = answered(engine, "verify", {"handles": asked, "whole": True})
    assert outcomes(found) == {"agrees": len(asked)}
    total = next(one for one in found["checked"] if one["handle"].startswith("search:"))
    assert total["recounted"] == search["total"] > 0
    assert not list((engine.home.judged).glob(".work-*"))


def test_a_bare_subject_stands_for_all_numbers_of_the_document(
    engine: Engine, ruby: dict[str, Any]
) -> None:
    found = checked(engine, [ruby["handles"]["subject"]])
    assert len(found["checked"]) == len(ruby["handles"]["numbers"])
    assert all(one["said"] is None for one in found["checked"])


def test_people_are_counted_again_one_by_one(engine: Engine) -> None:
    who = [
        hit.profile_id
        for hit in engine.search(
            platform="bluesky", everything=True, sort="followers", limit=4
        ).hits
    ]
    document = with_handles("overlap", answered(engine, "overlap", {"who": who}))
    found = checked(engine, handles(document))
    assert outcomes(found) == {"agrees": len(found["checked"])}
    (records,) = found["records"]
    assert records["table"] == "follows"
    assert records["n"] >= document["total"]
    assert records["keys"] == ()  # followers are never named
    audience = engine.audiences()
    assert audience is not None
    again = count_people(
        engine.home.path,
        engine.home.judged,
        engine.catalogue.snapshot(),
        who,
        as_of=audience.as_of,
    )
    assert again.unique == audience.union(who).unique > max(again.own)


def test_people_of_a_place_are_counted_again(engine: Engine) -> None:
    who = [hit.profile_id for hit in engine.search(platform="bluesky", limit=6).hits]
    subject = f"overlap:{','.join(who)}?audience_in=United+Kingdom"
    found = checked(engine, [f"{subject}#unique", f"{subject}#total", f"{subject}#frequency"])
    assert outcomes(found) == {"agrees": 3}
    assert 0 < found["checked"][0]["told"] < engine.overlap(who).unique


def test_a_plan_has_the_handles_of_its_roster(engine: Engine) -> None:
    asked = {"budget": 300, "per_1000": [10, 20], "platform": "bluesky", "curve": False}
    document = with_handles("plan", answered(engine, "plan", asked))
    found = checked(engine, handles(document))
    assert outcomes(found) == {"agrees": len(document["handles"]["numbers"])}
    told = {one["number"]: one["told"] for one in found["checked"]}
    assert told["unique"] == document["unique"]
    assert told["creators.0.people"] == document["picks"][0]["audience"]


def test_a_number_that_was_changed_on_the_way_is_found(
    engine: Engine, ruby: dict[str, Any]
) -> None:
    said = ruby["followers"] * 10
    found = checked(engine, [f"{ruby['handles']['subject']}#followers={said}"])
    (one,) = found["checked"]
    assert (one["outcome"], one["told"], one["recounted"]) == (
        "differs",
        ruby["followers"],
        ruby["followers"],
    )
    assert "changed on the way" in one["because"]


def test_an_index_that_says_something_else_than_the_records_is_found(copied: Engine) -> None:
    row = copied.show(RUBY)
    assert row is not None
    stored = copied.index.snapshot().creators([row["profile_id"]])[row["profile_id"]]
    from influencr.pipeline import CREATORS_SCHEMA

    frame = pl.DataFrame(
        [{name: stored.get(name) for name in CREATORS_SCHEMA}], schema=CREATORS_SCHEMA
    ).with_columns(followers=pl.col("followers") + 1, engagement_rate=pl.lit(0.5))
    copied.index.upsert(frame)
    copied.index.commit(as_of=copied.index.snapshot().info.as_of)
    subject = f"creator:{row['profile_id']}"
    found = checked(
        copied, [f"{subject}#followers", f"{subject}#engagement.rate", subject + "#following"]
    )
    assert [one["outcome"] for one in found["checked"]] == ["differs", "differs", "agrees"]
    first = found["checked"][0]
    assert (first["told"], first["recounted"]) == (row["followers"] + 1, row["followers"])
    assert "refresh --force" in first["because"]


def test_records_that_came_after_the_refresh_are_told(copied: Engine, tmp_path: Path) -> None:
    row = copied.show(RUBY)
    assert row is not None
    file = tmp_path / "newer.csv"
    file.write_text(
        f"platform,id,handle,followers\nbluesky,{row['profile_id'].partition(':')[2]},"
        f"{row['handle']},4321\n",
        encoding="utf-8",
    )
    (copied.home.path / "demo").unlink()  # an invented world takes no files
    copied.import_files([file], licence="test")
    (one,) = checked(copied, [f"creator:{row['profile_id']}#followers"])["checked"]
    assert (one["outcome"], one["recounted"]) == ("differs", 4321)
    assert "Records came in after the last refresh" in one["because"]


def test_nothing_is_said_of_somebody_who_is_not_listed(
    engine: Engine, ruby: dict[str, Any]
) -> None:
    subject = ruby["handles"]["subject"]
    found = checked(engine, ["creator:bluesky:did:example:nobody", f"{subject}#followers"])
    gone, there = found["checked"]
    assert (gone["outcome"], gone["told"], gone["recounted"]) == ("not_listed", None, None)
    assert there["outcome"] == "agrees"


@pytest.mark.parametrize(
    ("text", "error", "says"),
    [
        ("followers", UsageError, "a handle reads like"),
        ("creatr:tiktok:@ana#followers", UnknownValue, "did you mean 'creator'?"),
        ("creator:#followers", UsageError, "a handle reads like"),
        ("creator:tiktok:@ana#", UsageError, "a handle reads like"),
        ("creator:tiktok:@ana#followers=many", UsageError, "stands a number"),
        ("overlap:#unique", UsageError, "names nobody"),
        (f"creator:{RUBY}#folowers", UsageError, "has no number at 'folowers'"),
        (f"creator:{RUBY}#handle", UsageError, "stands no number"),
        ("search:?txt=vegan#total", UnknownValue, "did you mean 'text'?"),
    ],
)
def test_a_text_that_is_no_handle_is_refused_with_what_one_is(
    engine: Engine, text: str, error: type[UsageError], says: str
) -> None:
    with pytest.raises(error) as raised:
        Answers(engine).ask("verify", handles=[text])
    assert says in str(raised.value)
    assert raised.value.field == "handles"


def test_handles_say_who_is_meant_whatever_is_in_an_id() -> None:
    document = {"creators": [{"profile_id": "a:@b,c#d=e"}, {"profile_id": "x:y?z"}], "unique": 3}
    (handle,) = handles(with_handles("overlap", document))
    read = read_handle(handle)
    assert (read.kind, read.who, read.path, read.said) == (
        "overlap",
        ("a:@b,c#d=e", "x:y?z"),
        "unique",
        3,
    )


def test_what_everybody_is_judged_anew_in_goes_again(copied: Engine) -> None:
    with judge_whole(copied.home, copied.catalogue) as whole:
        assert whole.row("creators", "nobody") is None
        room = whole.folder
        assert room.is_dir()
    assert not room.exists()


def test_a_check_that_costs_more_than_it_may_is_refused_in_words(
    engine: Engine, ruby: dict[str, Any]
) -> None:
    subject = ruby["handles"]["subject"]
    (one,) = checked(engine, [f"{subject}#influence"], whole=True, max_seconds=0.0)["checked"]
    assert one["outcome"] == "needs_whole"
    assert "influencr verify --whole" in one["because"]
