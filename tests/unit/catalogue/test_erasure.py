"""Forgetting somebody must hold against files, logs, crashes and the next import."""

from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from influencr.catalogue import Appended, Catalogue, _erasure, _registry, _table
from influencr.errors import UnknownValue, UsageError

ANA = "bluesky:did:plc:ana111"
#: Every text by which Ana could be found in the world of the fixtures.
TRACES = ("ana111", "ana.bakes", "Ana.Bakes", "Ofenfrisch", "sourdough", "rye loaf", "ana's bakers")
#: What must have survived.
KEPT = ("ben222", "cleo333", "what a morning", "cleo.paints", "runners")


def everything_below(root: str) -> str:
    """All bytes below the folder as text: raw, and every parquet file unpacked."""
    texts = []
    for file in sorted(Path(root).rglob("*")):
        if file.is_file():
            texts.append(file.read_bytes().decode("utf-8", "replace"))
            texts.append(str(file))
            if file.suffix == ".parquet":
                frame = pl.read_parquet(file)
                flat = frame.with_columns(
                    pl.col(c).cast(pl.String) for c, t in frame.schema.items() if t == pl.Binary
                )
                texts.append(str(flat.to_dicts()))
    return "\n".join(texts)


@pytest.fixture
def filled(catalogue, world, rows, monkeypatch):
    """The world in several files and versions, merged once, so that old files and logs exist."""
    monkeypatch.setattr("influencr.catalogue._catalogue.SMALL_FILES", 2)
    for table, frame in world.items():
        catalogue.append(table, frame[:1])
        catalogue.append(table, frame[1:])
    more = {"profile_id": ANA, "platform": "bluesky", "handle": "ana.bakes.too"}
    catalogue.append("profiles", rows([more], day=2))
    return catalogue


def assert_forgotten(catalogue, world):
    below = everything_below(catalogue.root)
    assert [trace for trace in (*TRACES, "ana.bakes.too") if trace in below] == []
    assert [text for text in KEPT if text not in below] == []
    for table, frame in world.items():
        again = catalogue.append(table, frame)
        assert again.new == 0
        assert again.blocked > 0
        assert sum(again) == len(frame)
    below = everything_below(catalogue.root)
    assert [trace for trace in TRACES if trace in below] == []


@pytest.mark.parametrize("reference", [ANA, "Bluesky:@Ana.Bakes", "bluesky:@ana.bakes.too"])
def test_one_name_is_enough_to_forget_all_of_somebody(filled, world, reference):
    assert "ana111" in everything_below(filled.root)
    erased = filled.erase([reference], reason="opt_out")
    assert erased.names == ("bluesky:@ana.bakes", "bluesky:@ana.bakes.too", ANA)
    assert erased.rows == {
        "profiles": 3, "posts": 1, "follows": 2, "engagements": 3, "packs": 2,
    }  # fmt: skip
    assert erased.n_rows == 11
    # Three names, one post, one pack; the post that was never stored needs no entry of its own.
    assert erased.registered == 5
    assert_forgotten(filled, world)


def test_other_peoples_rows_stay_without_the_pointer(filled, world):
    filled.erase([ANA], reason="deletion")
    post = filled.latest("posts").filter(pl.col("text") == "what a morning").collect()
    assert post["reply_to"].to_list() == [None]
    assert post["mentions"].to_list() == [["cleo.paints"]]
    follows = filled.latest("follows").sort("follower_id").collect()
    assert follows["follower_id"].to_list() == ["bluesky:did:plc:ben222", "bluesky:did:plc:cleo333"]
    assert follows["via_id"].to_list() == [
        "bluesky:at://did:plc:ben222/app.bsky.graph.starterpack/qqq",
        None,
    ]


def test_blanked_rows_count_as_known_when_they_come_again(filled, world):
    filled.erase([ANA], reason="opt_out")
    assert filled.append("posts", world["posts"]) == Appended(0, 2, 1)
    assert filled.append("follows", world["follows"]) == Appended(0, 2, 2)


def test_an_import_before_the_first_table_is_blocked_too(catalogue, world):
    erased = catalogue.erase([ANA, "bluesky:@ana.bakes"], reason="takedown")
    assert erased.n_rows == 0
    assert erased.registered == 2
    for table, frame in world.items():
        assert catalogue.append(table, frame).blocked > 0
    # Her post and pack could not be known by id, but their addresses name her.
    below = everything_below(catalogue.root)
    assert [t for t in TRACES if t in below] == []


def test_somebody_unknown_is_blocked_and_disturbs_nobody(filled, world):
    before = {t: filled.scan(t).collect().height for t in world}
    erased = filled.erase(["tiktok:@nobody.here"], reason="operator")
    assert (erased.n_rows, erased.registered) == (0, 1)
    assert {t: filled.scan(t).collect().height for t in world} == before
    assert filled.is_removed(pl.Series(["tiktok:@nobody.here", "tiktok:@else"])).to_list() == [
        True,
        False,
    ]
    repeated = filled.erase(["tiktok:@nobody.here"], reason="operator")
    assert (repeated.n_rows, repeated.registered) == (0, 0)


def test_is_removed_knows_every_spelling_and_forgives_nonsense(filled):
    filled.erase([ANA], reason="opt_out")
    asked = ["BLUESKY:@Ana.Bakes", ANA, "bluesky:did:plc:ben222", None, "nonsense", ""]
    assert filled.is_removed(pl.Series("r", asked)).to_list() == [
        True, True, False, False, False, False,
    ]  # fmt: skip


def test_the_registry_names_nobody_and_needs_the_salt(filled, world):
    filled.erase([ANA], reason="opt_out")
    removals = filled.latest("removals").collect()
    assert removals["reason"].unique().to_list() == ["opt_out"]
    assert removals["key_hash"].str.len_chars().unique().to_list() == [64]
    other_salt = Catalogue(filled.root, salt=b"another")
    assert not other_salt.is_removed(pl.Series([ANA])).any()


def test_the_log_names_nobody_even_before_anybody_leaves(filled):
    logs = [p.read_text() for p in Path(filled.root).rglob("_delta_log/*.json")]
    assert logs
    assert not any(trace in log for log in logs for trace in (*TRACES, *KEPT))


def test_what_a_killed_writer_left_behind_goes_as_well(filled, world):
    orphan = Path(filled.root, "profiles", "part-00000-never-committed.parquet")
    world["profiles"].write_parquet(orphan)
    filled.erase([ANA], reason="opt_out")
    assert not orphan.exists()


@pytest.mark.parametrize(("references", "words"), [([], "Nobody"), (["ana"], "platform:@handle")])
def test_a_question_that_names_nobody_is_refused(catalogue, references, words):
    with pytest.raises(UsageError, match=words):
        catalogue.erase(references, reason="opt_out")


def test_an_unknown_reason_names_the_valid_ones(catalogue):
    with pytest.raises(UnknownValue, match="opt_out"):
        catalogue.erase([ANA], reason="optout")
    assert catalogue.versions()["removals"] == -1


class Killed(BaseException):
    """Stands for SIGKILL at a known place: nothing of ours may catch it."""


def kill_at(monkeypatch, owner, method, call):
    """Stop the nth call of a method right before it acts."""
    calls = iter(range(1000))
    original = getattr(owner, method)

    def stopped(*args, **kwargs):
        if next(calls) == call:
            raise Killed
        return original(*args, **kwargs)

    monkeypatch.setattr(owner, method, stopped)


WAYS = ("erase again", "append", "recover")
PLACES = [
    *((_table.Table, "delete", n) for n in (0, 5)),
    (_table.Table, "amend", 1),
    (_table.Table, "sweep", 3),
    (_table.Table, "forget_log", 0),
    (_registry.Registry, "finish", 0),
]


@pytest.mark.parametrize(
    ("owner", "method", "call", "way"),
    [(*place, WAYS[i % len(WAYS)]) for i, place in enumerate(PLACES)],
)
def test_an_interrupted_erasure_hides_at_once_and_is_completed(
    filled, again, world, rows, owner, method, call, way
):
    with pytest.MonkeyPatch.context() as patch:
        kill_at(patch, owner, method, call)
        with pytest.raises(Killed):
            filled.erase([ANA], reason="opt_out")
    reader = again()
    columns = {"profiles": "profile_id", "posts": "profile_id", "follows": "follower_id",
               "engagements": "actor_id", "packs": "member_id"}  # fmt: skip
    for table, column in columns.items():
        for view in (reader.scan(table), reader.latest(table)):
            names = view.collect()[column].to_list()
            assert names
            assert not [n for n in names if "ana" in n]
    assert reader.is_removed(pl.Series([ANA])).all()
    match way:
        case "erase again":
            assert set(reader.erase([ANA], reason="opt_out").names) >= {ANA}
        case "append":
            edge = {"follower_id": "x:1", "followed_id": "x:2"}
            assert reader.append("follows", rows([edge])).new == 1
        case "recover":
            assert reader.recover()
    assert not again().recover()
    assert_forgotten(again(), world)


def test_killed_before_the_registry_knew_nothing_has_happened(filled, world):
    before = {t: filled.scan(t).collect().height for t in world}
    with pytest.MonkeyPatch.context() as patch:
        kill_at(patch, _registry.Registry, "begin", 0)
        with pytest.raises(Killed):
            filled.erase([ANA], reason="opt_out")
    assert {t: filled.scan(t).collect().height for t in world} == before
    filled.erase([ANA], reason="opt_out")
    assert_forgotten(filled, world)


def test_another_process_that_remembers_her_cannot_bring_her_back(filled, again, world):
    other = again()
    for table, frame in world.items():
        other.append(table, frame)
    filled.erase([ANA], reason="opt_out")
    for table, frame in world.items():
        done = other.append(table, frame)
        assert done.new == 0
        assert done.blocked > 0


def test_somebody_who_leaves_while_a_writer_without_lock_is_writing(filled, again, world, rows):
    """On object storage nothing keeps an erasure from falling into the middle of an append."""
    writer = again()
    for table in writer._tables.values():
        table.is_folder = False
    late = rows([{"profile_id": "tiktok:7", "platform": "tiktok", "handle": "late"}])
    original = writer._commit

    def commit(*args):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(_table.Table, "held", lambda self: _erasure.contextlib.nullcontext())
            again().erase(["tiktok:@late"], reason="opt_out")
        return original(*args)

    writer._commit = commit
    writer.append("profiles", late)
    assert again().scan("profiles").filter(pl.col("profile_id") == "tiktok:7").collect().is_empty()


def test_a_handle_that_changed_hands_is_removed_with_its_present_owner_only(catalogue, rows):
    old = {"profile_id": "tiktok:1", "platform": "tiktok", "handle": "bakery", "followers": 1}
    new = {"profile_id": "tiktok:2", "platform": "tiktok", "handle": "bakery", "followers": 2}
    catalogue.append("profiles", rows([old], day=1))
    catalogue.append("profiles", rows([new], day=2))
    catalogue.append("profiles", rows([{**old, "handle": "ana"}], day=3))
    assert catalogue.erase(["tiktok:1"], reason="opt_out").names == ("tiktok:1", "tiktok:@ana")
    assert catalogue.latest("profiles").collect()["profile_id"].to_list() == ["tiktok:2"]


def test_names_with_quotes_and_other_scripts_are_only_names(catalogue, rows):
    names = ["o'brien", 'say"so', "كوميدي", "naïve", "semi;--colon"]
    people = [
        {"profile_id": f"tiktok:{i}", "platform": "tiktok", "handle": n}
        for i, n in enumerate(names)
    ]
    catalogue.append("profiles", rows(people))
    for i, name in enumerate(names):
        assert catalogue.erase([f"tiktok:@{name}"], reason="opt_out").rows["profiles"] == 1
        assert catalogue.scan("profiles").collect().height == len(names) - 1 - i


def test_removal_instants_are_utc(filled):
    filled.erase([ANA], reason="opt_out")
    removed_at = filled.latest("removals").collect()["removed_at"]
    assert (datetime.now(UTC) - removed_at.max()).total_seconds() >= 0


def test_the_same_handle_on_another_platform_is_somebody_else(catalogue, rows):
    mentions = ["zoe", "ana", "tiktok:@ana", "ben"]
    posts = [
        {"post_id": "p1", "profile_id": "tiktok:9", "mentions": mentions},
        {"post_id": "p2", "profile_id": "twitch:9", "mentions": ["ana"]},
        {"post_id": "p3", "profile_id": "tiktok:8", "mentions": ["not a handle", "twitch:1"]},
    ]
    catalogue.append("posts", rows(posts))
    catalogue.erase(["tiktok:@ana"], reason="opt_out")
    kept = catalogue.latest("posts").sort("post_id").collect()["mentions"].to_list()
    assert kept == [["zoe", "ben"], ["ana"], ["not a handle", "twitch:1"]]
    assert catalogue.append("posts", rows(posts)) == Appended(0, 3, 0)
