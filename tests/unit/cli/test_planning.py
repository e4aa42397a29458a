"""`influencr plan`: people for money, on a terminal and as JSON."""

import shutil
from pathlib import Path
from typing import Any

RATE = ("--per-1000", "8-15")


def test_a_plan_as_json_and_twice_the_same(ask: Any) -> None:
    one = ask("plan", "--budget", "20", *RATE, "--json").document
    assert one["unique"] <= one["bound"]
    assert one["cost_high"] <= 20
    assert sum(pick["new"] for pick in one["picks"]) == one["unique"]
    assert ask("plan", "--budget", "20", *RATE, "--json").document == one


def test_a_plan_for_people(ask: Any) -> None:
    told = ask("plan", "--people", "50", *RATE)
    assert told.code == 0
    assert "different people for" in told.out
    assert "none of these candidates does it for less" in told.out.replace("\n", "")


def test_what_cannot_be_done_is_one_sentence(ask: Any) -> None:
    for words, sentence in (
        (("--budget", "0.0001", *RATE), "the cheapest costs up to"),
        (("--people", "999999999", *RATE), "ask for at most that"),
        (("--budget", "20", "--who", "nobody.at.all", *RATE), "'nobody.at.all' is not known"),
        (("--budget", "20", "--per-1000", "9-3"), "write 3-9"),
        (("--budget", "20", "--price", "ana"), "is not like @ana=120-180"),
        (("--budget", "20", "--size", "big"), "is not like 1000-10000:3-5"),
        (("--budget", "20", "--per-list", "North"), 'is not like "Agency North=2"'),
        (("--budget", "20", "--per-list", "No such list=1", *RATE), "No such list"),
        (("--budget", "20", "--per-agency", "1", *RATE), "needs --prices FILE.csv"),
        (("--budget", "20", "--list", "No such list", *RATE), "No such list"),
        ((*RATE,), "give one of them"),
    ):
        told = ask("plan", *words)
        assert told.code == 2, (words, told)
        assert sentence in told.err
        assert told.err.strip().splitlines()[-1].startswith("influencr: ")


def test_prices_from_a_file_and_kept(ask: Any, world: Path, tmp_path: Path) -> None:
    plan = ask("plan", "--budget", "20", *RATE, "--json").document
    names = [pick["profile_id"] for pick in plan["picks"][:2]]
    file = tmp_path / "prices.csv"
    file.write_text("profile,price\n" + "".join(f"{n},3-4\n" for n in names), encoding="utf-8")
    words = [w for n in names for w in ("--who", n)]
    told = ask("plan", "--budget", "20", "--prices", file, "--no-published", *words, "--json")
    assert {pick["price"]["high"] for pick in told.document["picks"]} == {4.0}


def test_of_one_list_and_of_one_agency_at_most(run: Any, world: Path, tmp_path: Path) -> None:
    shutil.copytree(world, tmp_path / "home")

    def ask(*words: Any) -> Any:
        return run("--home", tmp_path / "home", *words)

    plan = ask("plan", "--budget", "20", *RATE, "--json").document
    first, second = (pick["profile_id"] for pick in plan["picks"][:2])
    assert ask("lists", "make", "North").code == 0
    assert ask("lists", "add", "North", first, second).code == 0
    words = ("plan", "--budget", "20", *RATE, "--json")
    told = ask(*words, "--per-list", "North=1")
    assert told.code == 0, told.err
    chosen = {pick["profile_id"] for pick in told.document["picks"]}
    assert len(chosen & {first, second}) <= 1
    assert told.document["brief"]["per_list"] == {"North": 1}
    file = tmp_path / "agencies.csv"
    file.write_text(f"profile,price,agency\n{first},,South\n{second},,South\n", encoding="utf-8")
    told = ask(*words, "--prices", file, "--per-agency", "1")
    assert told.code == 0, told.err
    chosen = {pick["profile_id"] for pick in told.document["picks"]}
    assert len(chosen & {first, second}) <= 1
