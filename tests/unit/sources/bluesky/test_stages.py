"""In which order, whom, and how much of it: what a run decides between its calls."""

from datetime import UTC, datetime

import pytest

from influencr.sources import Phrase, Wanted
from influencr.sources.bluesky._plan import plan
from influencr.sources.bluesky._stages import (
    MAX_LISTED,
    STAGES,
    allowance,
    entry,
    search_tasks,
    stages_of,
)
from influencr.sources.bluesky._wish import Wish, queries
from influencr.sources.bluesky._work import Account, Outcome, Task, Work
from influencr.sources.http import State

COFFEE = Wanted(
    "specialty coffee",
    "Lisbon",
    (Phrase("specialty coffee"), Phrase("café de especialidade", "pt")),
    (Phrase("Lisbon"), Phrase("Lisboa", "pt")),
)
NUMBER = {stage.name: number for number, stage in enumerate(STAGES, 1)}


@pytest.fixture
def work():
    with State(":memory:") as state:
        yield Work(state, "wish")


def learn(work, found=(), accounts=None):
    """As if one call had said all this."""
    work.enter(1, [Task("x", "profiles", {"actors": [str(work.cost)]})])
    at = int(datetime(2026, 11, 1, tzinfo=UTC).timestamp())
    said = Outcome(found=list(found), accounts=accounts or {})
    work.answer(work.next(), said, at_us=at, cost=1)


def known(**more):
    return Account(**{"posts": 5, "follows": 5, "counted": True, "belongs": True, **more})


def test_the_shares_are_the_whole_budget():
    assert sum(stage.share for stage in STAGES) == pytest.approx(1.0)
    assert allowance(len(STAGES), 2_000, COFFEE) == 2_000
    grown = [allowance(n, 2_000, COFFEE) for n in range(1, len(STAGES) + 1)]
    rest = [n for name, n in zip(NUMBER, grown, strict=True) if name != "consent"]
    assert rest == sorted(rest)
    # who declared something is asked for as long as there is a call left
    assert grown[NUMBER["consent"] - 1] == 2_000


def test_every_way_of_saying_it_stands_beside_every_name():
    assert queries(COFFEE, 9) == [
        "specialty coffee Lisbon",
        "specialty coffee Lisboa",
        "café de especialidade Lisbon",
        "café de especialidade Lisboa",
    ]
    assert queries(COFFEE, 1) == ["specialty coffee Lisbon"]
    assert queries(Wanted(words="coffee"), 9) == ["coffee"]
    assert queries(Wanted(place="Lisbon"), 9) == ["Lisbon"]


def test_what_a_pack_must_say_and_what_an_account_may():
    wish = Wish(COFFEE)
    assert wish.is_meant("Cafe de Especialidade", "os melhores de LISBOA")
    assert not wish.is_meant("Specialty coffee of Oslo")
    assert not wish.is_meant("Lisbon people")
    assert wish.belongs("lisbonbites.example.net", None, "")
    assert wish.belongs(None, "specialty coffee lover", None)
    assert not wish.belongs("ana.example.net", "Ana", "coffee cake")
    assert Wish(Wanted(handles=("a",))).belongs("anything")


def test_a_plan_costs_its_budget_and_no_more():
    for budget in (1, 10, 333, 2_000):
        made = plan(COFFEE, budget)
        assert made.calls == budget
        assert [step.strategy for step in made.steps] == list(NUMBER)
    again = plan(Wanted(again=tuple(f"did:plc:{n}" for n in range(60))), 2_000)
    assert [(step.strategy, step.calls) for step in again.steps] == [("again", 3)]
    assert any("earlier part" in note for note in plan(COFFEE, 100, spent=40).notes)


def test_a_small_budget_asks_fewer_questions():
    many = [t for t in search_tasks(COFFEE, 2_000) if t.kind != "profiles"]
    few = [t for t in search_tasks(COFFEE, 20) if t.kind != "profiles"]
    assert len(many) == 8
    assert len(few) == 4
    assert stages_of(Wanted(again=("did:plc:a",))) == 1


def test_whom_three_seeds_follow_is_found(work):
    found = [(f"did:plc:f{n}", "followed", f"did:plc:s{s}") for n in range(3) for s in range(n + 1)]
    found += [("did:plc:f9", "followed", f"did:plc:s{s}") for s in range(4)]
    accounts = {did: Account() for did, _, _ in found}
    accounts["did:plc:f9"] = Account(open=False)
    learn(work, found, accounts)
    begun = entry(NUMBER["look more"], work, COFFEE, calls=100, budget=1_000)
    assert {did for did, _, _ in begun.found} == {"did:plc:f2"}
    assert [task.params["actors"] for task in begun.tasks] == [["did:plc:f2"]]


def test_of_many_seeds_a_twentieth_has_to_follow(work):
    found = [("did:plc:stranger", "followed", f"did:plc:s{s}") for s in range(4)]
    found += [("did:plc:local", "followed", f"did:plc:s{s}") for s in range(5)]
    found += [(f"did:plc:x{s}", "followed", f"did:plc:s{s}") for s in range(100)]
    learn(work, found, {did: Account() for did, _, _ in found})
    begun = entry(NUMBER["look more"], work, COFFEE, calls=100, budget=1_000)
    assert {did for did, _, _ in begun.found} == {"did:plc:local"}


def test_the_surest_come_first(work):
    found = [
        ("did:plc:a", "actors", "q1"),
        ("did:plc:b", "actors", "q1"),
        ("did:plc:b", "packs", "p1"),
        ("did:plc:c", "named", "c"),
        ("did:plc:d", "actors", "q1"),
        ("did:plc:e", "actors", "q1"),
    ]
    accounts = {did: known() for did, _, _ in found}
    accounts["did:plc:d"] = known(belongs=False)  # a neighbour of the words
    accounts["did:plc:e"] = known(posts=0)
    learn(work, found, accounts)
    begun = entry(NUMBER["feeds"], work, COFFEE, calls=100, budget=1_000)
    order = [task.params["actor"] for task in begun.tasks]
    assert order == ["did:plc:c", "did:plc:b", "did:plc:a"]
    sized = COFFEE._replace(followers=(10, None))
    assert entry(NUMBER["feeds"], work, sized, calls=100, budget=1_000).tasks == []


def test_audiences_are_taken_while_whole_lists_fit(work):
    sizes = {"a": 950, "b": 4_000, "c": 0, "d": MAX_LISTED + 1, "e": 120}
    found = [(f"did:plc:{name}", "packs", "p") for name in sizes]
    learn(work, found, {f"did:plc:{n}": known(followers=size) for n, size in sizes.items()})
    begun = entry(NUMBER["audience"], work, COFFEE, calls=15, budget=1_000)
    assert [task.hold for task in begun.tasks] == ["did:plc:a", "did:plc:e"]
    assert any("newest pages" in note for note in begun.notes)
    assert any("larger --budget" in note for note in begun.notes)


def test_counts_are_not_undone_by_a_view_without_them(work):
    learn(work, accounts={"did:plc:a": known(followers=70)})
    learn(work, accounts={"did:plc:a": Account()})
    assert work.accounts()["did:plc:a"].followers == 70
    # a wish that a later view tells is heeded all the same
    learn(work, accounts={"did:plc:a": Account(open=False)})
    assert not work.accounts()["did:plc:a"].open


def test_instants_never_repeat_however_the_clock_goes(work):
    learn(work)
    first = work.tick(5)
    assert first > 5
    assert work.tick(first + 10) == first + 10
