"""Lists through the engine: people by name, filters, files, links for outsiders."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from influencr.engine import STATUSES, Engine
from influencr.errors import UnknownValue, UsageError
from influencr.search import Query, make_query

PEOPLE = [
    ("ada", "Ada Ferment", "Vegan baking in Berlin, I answer", 5200, "DE", "Berlin"),
    ("bela", "Bela Ofen", "Backen ohne Ei. vegan, saisonal", 12800, "DE", "Potsdam"),
    ("cleo", '=HYPERLINK("http://x","y")', "@vegan baking, +49 1", 900, "FR", "Lyon"),
]


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lists")
    file = folder / "bakers.csv"
    with file.open("w", encoding="utf-8", newline="") as opened:
        columns = ["username", "full_name", "biography", "followers_count", "country", "city"]
        csv.writer(opened).writerows([columns, *PEOPLE])
    with Engine(folder / "home", create=True) as made:
        made.import_files([file], licence="invented for this test", platform="instagram")
        made.refresh()
        yield made


@pytest.fixture
def engine(home, request):
    """An owner of the test's own."""
    return home.of(f"team:{request.node.name}")


def test_a_list_is_made_filled_and_read(engine):
    one = engine.lists.make("  Berlin   bakers ", note="autumn", by="user:1")
    assert (one.name, one.note, one.statuses, one.n) == ("Berlin bakers", "autumn", STATUSES, 0)
    done = engine.lists.add("berlin BAKERS", ["@ada", "instagram:bela"], by="user:1")
    assert (len(done.came), done.n_already, done.shortlist.n) == (2, 0, 2)
    assert engine.lists.add(one.id, ["ada"], status="agreed").n_already == 1
    assert engine.lists.mark(one.id, ["@ada"], status="agreed", note=" asks\n for  flour ") == 1
    ada, bela = engine.lists.items(one.id)
    assert (ada.status, ada.note, ada.creator["handle"]) == ("agreed", "asks\nfor flour", "ada")
    assert (bela.status, bela.added_by) == ("found", "user:1")
    assert engine.lists.where([ada.profile_id, "x"]) == {ada.profile_id: (one.id,)}
    assert engine.lists.take_off(one.id, ["bela"]) == [bela.profile_id]
    assert engine.lists.last_taken_off(one.id) == [bela.profile_id]
    assert engine.lists.put_back(one.id, [bela.profile_id]) == [bela.profile_id]
    assert engine.lists.remove(one.id).n == 2
    assert engine.lists.all() == []
    assert engine.lists.restore(one.id).n == 2


def test_who_is_not_listed_any_more_stays_on_the_list_without_figures(engine):
    from influencr.kept import Kept

    one = engine.lists.make("Old")
    Kept(engine.home.path, engine.owner).lists.put(
        one.id, ["tiktok:1"], status="found", note="", by=""
    )
    (item,) = engine.lists.items("Old")
    assert item.creator is None
    assert engine.lists.mark("Old", ["tiktok:1"], note="gone?") == 1
    assert engine.lists.take_off("Old", ["tiktok:1"]) == ["tiktok:1"]


def test_mistakes(engine):
    with pytest.raises(UsageError, match="no list is kept here"):
        engine.lists.get("bakers")
    one = engine.lists.make("Bakers")
    with pytest.raises(UnknownValue, match="Bakers"):
        engine.lists.get("bakres")
    with pytest.raises(UsageError, match="kept already"):
        engine.lists.make("BAKERS")
    other = engine.lists.make("Brewers")
    with pytest.raises(UsageError, match="kept already"):
        engine.lists.change(other.id, name="bakers")
    for name in ("", " ", "x" * 81, "bell\x07", "right\u202eleft"):
        with pytest.raises(UsageError, match="name: give the list a name"):
            engine.lists.make(name)
    for words in ([], ["a,b"], ["x" * 25], [str(i) for i in range(13)], ["bell\x07"]):
        with pytest.raises(UsageError, match="statuses: give"):
            engine.lists.change(one.id, statuses=words)
    with pytest.raises(UsageError, match="note: at most"):
        engine.lists.change(one.id, note="x" * 1_001)
    with pytest.raises(UnknownValue, match="agreed"):
        engine.lists.add(one.id, ["ada"], status="agred")
    with pytest.raises(UsageError, match="'@nobody' is not known here"):
        engine.lists.add(one.id, ["ada", "@nobody"])
    assert engine.lists.items(one.id) == []
    with pytest.raises(UsageError, match="a link lives 1 to 365 days"):
        engine.lists.link(one.id, days=0)


def test_the_words_for_states_are_the_lists_own(engine):
    one = engine.lists.make("Bakers", statuses=[" maybe ", "yes", "maybe"])
    engine.lists.add(one.id, ["ada"])
    assert engine.lists.items(one.id)[0].status == "maybe"
    assert engine.lists.change(one.id, statuses=["yes", "no"]).statuses == ("yes", "no")
    assert engine.lists.items(one.id)[0].status == "maybe"
    with pytest.raises(UnknownValue):
        engine.lists.mark(one.id, ["ada"], status="maybe")


def test_a_search_keeps_to_lists_or_leaves_them_out(engine):
    engine.lists.make("One")
    engine.lists.make("Other")
    engine.lists.make("Empty")
    engine.lists.add("One", ["ada"])
    engine.lists.add("Other", ["ada", "cleo"])

    def found(**asked):
        results = engine.query(make_query(text="vegan", **asked))
        assert results.funnel[0].left - sum(s.removed for s in results.funnel) == results.total
        return sorted(hit.handle for hit in results.hits), results

    assert found()[0] == ["ada", "bela", "cleo"]
    assert found(on_list="one")[0] == ["ada"]
    assert found(on_list=("One", "Other"))[0] == ["ada", "cleo"]
    assert found(on_list="Empty")[0] == []
    handles, results = found(not_on_list=("One", "Other"))
    assert handles == ["bela"]
    step = next(s for s in results.funnel if s.filter == "not_on_list")
    assert (step.removed, step.label) == (2, "not on the list One, Other")
    assert found(on_list="Other", not_on_list="One")[0] == ["cleo"]
    assert found(not_on_list="Empty")[0] == ["ada", "bela", "cleo"]
    told = engine.explain(make_query(text="vegan", not_on_list="One"), "ada")
    assert not told.found
    assert "not on the list One" in told.because
    with pytest.raises(UnknownValue, match="Other"):
        found(on_list="Othr")
    assert all(way.change.get("not_on_list") is None for way in results.loosenings)


def test_a_filter_by_lists_never_finds_more_nor_orders_otherwise(engine):
    for name, who in (("One", ["ada"]), ("All", ["ada", "bela", "cleo"]), ("None", [])):
        engine.lists.make(name)
        if who:
            engine.lists.add(name, who)
    everybody = [hit.handle for hit in engine.query(Query(everything=True)).hits]
    for field in ("on_list", "not_on_list"):
        for name in ("One", "All", "None"):
            hits = engine.query(make_query(everything=True, **{field: name})).hits
            left = [hit.handle for hit in hits]
            assert left == [handle for handle in everybody if handle in left]
    assert [h.handle for h in engine.query(make_query(on_list="All")).hits] == everybody


def test_another_owners_lists_are_no_filter(home):
    home.of("team:mine").lists.make("Mine")
    with pytest.raises(UsageError, match="no list is kept"):
        home.of("team:other").query(make_query(on_list="Mine"))


def test_a_link_is_a_secret_that_ends(engine, home):
    one = engine.lists.make("Bakers")
    now = datetime(2026, 11, 23, tzinfo=UTC)
    secret = engine.lists.link(one.id, days=7, notes=True, now=now)
    assert len(secret) >= 43
    owner, seen = home.lists.linked(secret, now)
    assert (owner, seen.id, seen.link_notes) == (engine.owner, one.id, True)
    assert seen.link_until == now + timedelta(days=7)
    assert home.lists.linked(secret, now + timedelta(days=7)) is None
    assert home.lists.linked(secret[:-1], now) is None
    again = engine.lists.link(one.id, days=7, now=now)
    assert home.lists.linked(secret, now) is None
    assert home.lists.linked(again, now)[1].link_notes is False
    assert secret.encode() not in (home.home.path / "kept.sqlite").read_bytes()
    engine.lists.unlink(one.id)
    assert home.lists.linked(again, now) is None


@pytest.mark.parametrize("ending", [".csv", ".jsonl", ".parquet"])
def test_a_file_holds_the_list_in_its_order_whoever_makes_it(engine, tmp_path, ending):
    one = engine.lists.make("=Bakers")
    engine.lists.add(one.id, ["cleo", "ada"], by="user:1")
    engine.lists.mark(one.id, ["ada"], note="+1 555", status="agreed")
    target = tmp_path / f"list{ending}"
    names = {"user:1": "Olga"}
    done = engine.lists.export(one.id, target, names=names)
    assert done == (2, 0, 0)
    streamed = b"".join(piece.data for piece in engine.lists.pieces(one.id, ending, names=names))
    assert streamed == target.read_bytes()
    if ending == ".csv":
        rows = list(csv.DictReader(io.StringIO(streamed.decode())))
        assert rows[0]["display_name"].startswith("'=HYPERLINK")
        assert rows[1]["note"] == "'+1 555"
        assert rows[0]["list"] == "'=Bakers"
    elif ending == ".jsonl":
        rows = [json.loads(line) for line in streamed.decode().splitlines()]
        assert rows[1]["note"] == "+1 555"
    else:
        rows = pl.read_parquet(io.BytesIO(streamed)).to_dicts()
    assert [row["handle"] for row in rows] == ["cleo", "ada"]
    assert [row["status"] for row in rows] == ["found", "agreed"]
    assert "on_list=%3DBakers" in rows[0]["query"]
    assert rows[0]["added_by"] == "Olga"
    assert rows[0]["as_of"]


def test_all_formats_have_the_same_columns(engine):
    engine.lists.make("Empty")
    for make in (
        lambda ending: engine.lists.pieces("Empty", ending),
        lambda ending: engine.pieces(make_query(text="vegan"), ending),
    ):
        text = b"".join(piece.data for piece in make(".csv")).decode()
        table = pl.read_parquet(io.BytesIO(b"".join(piece.data for piece in make(".parquet"))))
        assert next(csv.reader(io.StringIO(text))) == table.columns
        for line in b"".join(piece.data for piece in make(".jsonl")).decode().splitlines():
            assert list(json.loads(line)) == table.columns


def test_a_search_comes_whole_whatever_its_page(engine, tmp_path, monkeypatch):
    from influencr.engine import _export

    monkeypatch.setattr(_export, "_ROWS", 1)
    query = make_query(text="vegan", limit=1)
    for ending in (".csv", ".jsonl", ".parquet"):
        done = engine.export(query, tmp_path / f"all{ending}")
        assert done.n_rows == 3
    lines = (tmp_path / "all.csv").read_text("utf-8").splitlines()
    assert len(lines) == 4
    assert lines[0].endswith(",score,distance_km,as_of,query")
    assert lines[1].endswith(",text=vegan")
    order = [hit.handle for hit in engine.query(make_query(text="vegan")).hits]
    assert pl.read_parquet(tmp_path / "all.parquet")["handle"].to_list() == order


def test_what_cannot_be_asked_is_refused_before_the_first_piece(engine):
    with pytest.raises(UsageError, match="no list is kept"):
        engine.pieces(make_query(on_list="x"), ".csv")


def test_everything_of_an_owner_holds_the_lists_and_goes(engine):
    engine.lists.make("Bakers", by="user:1")
    engine.lists.add("Bakers", ["ada"], by="user:1")
    (told,) = engine.everything()["lists"]
    assert (told["name"], len(told["items"])) == ("Bakers", 1)
    json.dumps(told)
    engine.drop()
    assert engine.lists.all() == []
