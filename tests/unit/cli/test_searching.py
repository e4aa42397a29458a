"""search, show and export, over the smallest invented world."""

import csv
import re

import pytest
from rich.cells import cell_len


def test_the_document_has_the_promised_shape(ask):
    found = ask("search", "vegan", "--all", "--json").document
    assert {"query", "total", "hits", "facets", "funnel", "place", "next", "as_of"} <= set(found)
    assert found["query"] == {"text": "vegan", "everything": True}
    assert found["total"] == len(found["hits"]) > 0
    for hit in found["hits"]:
        assert {"platform", "handle", "score", "parts", "why", "place", "verdict"} <= set(hit)
        product = 1.0
        for part in hit["parts"].values():
            product *= part
        assert hit["score"] == pytest.approx(product)
        assert {"level", "country", "lat", "lon", "confidence", "reason"} <= set(hit["place"])
        assert hit["place"]["reason"]
        assert hit["why"]
        assert hit["why"][0]["spans"]
        assert "post_text" not in hit
    assert [step["left"] for step in found["funnel"]][-1] == found["total"]


def test_lines_hold_the_hits_and_nothing_else(ask):
    document = ask("search", "--all", "--limit", "7", "--json").document
    done = ask("search", "--all", "--limit", "7", "--jsonl")
    assert done.lines == document["hits"]
    assert "--after" in done.err


def test_pages_follow_each_other_without_gap_or_repeat(ask):
    everybody = [h["profile_id"] for h in ask("search", "--all", "--limit", "500", "--jsonl").lines]
    paged, cursor = [], None
    while True:
        words = ["search", "--all", "--limit", "40", "--json"]
        page = ask(*words, *(["--after", cursor] if cursor else [])).document
        paged += [hit["profile_id"] for hit in page["hits"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert paged == everybody
    assert len(set(paged)) == len(paged)


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_the_page_fits_its_width_and_is_plain_in_a_pipe(ask, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    done = ask("search", "vegan", "--all", "--limit", "3")
    assert done.code == 0
    assert "\x1b" not in done.out
    for line in done.out.splitlines():
        assert cell_len(line) <= columns or line.startswith("Next page: influencr ")
    assert re.search(r"\*vegan\*", done.out, re.IGNORECASE)
    assert "synthetic people" in done.out


def test_numbers_stand_under_their_heading(ask):
    lines = ask("search", "--all", "--limit", "5").out.splitlines()
    head = next(line for line in lines if "Followers" in line)
    end = head.index("Influence") + len("Influence")
    rows = [line for line in lines if re.match(r"\s{0,2}\d+  ", line)]
    assert len(rows) == 5
    # every row is as wide as the heading, whatever characters its name has
    assert {cell_len(row) for row in rows} == {cell_len(head)}
    assert head[end:].split() == ["Engaged", "Followers", "Last", "post"]


def test_the_next_page_is_the_same_command_with_a_cursor(ask, world):
    done = ask("search", "--all", "--limit", "2")
    command = done.out.rpartition("Next page: influencr ")[2].split()
    assert command[:6] == ["--home", str(world), "search", "--all", "--limit", "2"]
    assert command[6] == "--after"


def test_the_place_is_told_as_it_was_understood(ask):
    done = ask("search", "--near", "Lyon", "--within", "30mi", "--all")
    assert "Lyon, Auvergne-Rhône-Alpes, France (city, 520.8K people), within 48.28 km" in done.out


def test_explaining_gives_every_reason(ask):
    done = ask("search", "--all", "--limit", "1", "--explain")
    for label in ("place: ", "activity: ", "engagement: ", "verdict: ", "Platform: "):
        assert label in done.out


def test_a_word_that_begins_with_a_dash_is_text_after_two_dashes(ask):
    vegan = {h["profile_id"] for h in ask("search", "vegan", "--all", "--jsonl").lines}
    without = ask("search", "--all", "--jsonl", "--", "vegan", "-baking").lines
    assert {hit["profile_id"] for hit in without} < vegan


def test_repeated_filters_widen_and_different_ones_narrow(ask):
    def total(*words):
        return ask("search", "--all", *words, "--json").document["total"]

    one = total("--platform", "tiktok")
    two = total("--platform", "tiktok", "--platform", "youtube")
    assert 0 < one < two
    assert total("--platform", "tiktok", "--followers", "1k-") < one


def test_show_tells_one_creator(ask):
    hit = ask("search", "vegan", "--all", "--limit", "1", "--json").document["hits"][0]
    name = f"{hit['platform']}:@{hit['handle']}"
    shown = ask("show", name, "--json").document
    assert shown["profile_id"] == hit["profile_id"]
    assert shown["place"] == hit["place"]
    page = ask("show", name)
    assert page.code == 0
    assert hit["verdict_reason"][:40] in page.out
    assert "invented" not in page.err


def test_show_of_nobody_fails_with_a_sentence(ask):
    done = ask("show", "tiktok:@nobody.at.all")
    assert done.code == 1
    assert "nobody.at.all" in done.err


def test_export_writes_every_page(ask, tmp_path):
    total = ask("search", "--all", "--json").document["total"]
    file = tmp_path / "all.csv"
    done = ask("export", "--all", "-o", file, "--json").document
    with file.open(encoding="utf-8", newline="") as rows:
        written = list(csv.DictReader(rows))
    assert done["n_rows"] == len(written)
    assert done["n_rows"] + done["n_not_allowed"] == total


def test_export_refuses_an_unknown_ending(ask, tmp_path):
    done = ask("export", "vegan", "-o", tmp_path / "list.xls")
    assert done.code == 2
    assert ".parquet" in done.err


def test_a_word_read_as_another_is_said_before_the_results(ask):
    said = ask("search", "veagn").out
    assert "Nobody says 'veagn'; read as 'vegan'." in said
    assert "read as" not in ask("search", "vegan").out


def test_the_filters_of_audience_and_account_are_asked_as_they_are_typed(ask):
    found = ask(
        *("search", "--all", "--audience", "Germany", "--audience-share-min", "30%"),
        *("--bought-share-max", "15%", "--lockstep", "none", "--engagement-anomaly", "none"),
        *("--followers-seen-min", "1k", "--account-days-min", "365", "--has-contact"),
        *("--growth-min", "-5%", "--growth-months", "3", "--sort", "growth", "--json"),
    ).document
    assert found["query"] == {
        "audience_place": ["Germany"],
        "audience_share_min": 0.3,
        "bought_share_max": 0.15,
        "lockstep": ["none"],
        "engagement_anomaly": ["none"],
        "followers_seen_min": 1_000,
        "account_days_min": 365,
        "has_contact": True,
        "growth_min": -0.05,
        "growth_months": 3,
        "everything": True,
        "sort": "growth",
    }
    steps = [step["filter"] for step in found["funnel"]]
    assert steps[1:] == [
        *("audience_place", "account_days_min", "growth_min", "has_contact", "bought_share_max"),
        *("lockstep", "engagement_anomaly", "followers_seen_min"),
    ]


def test_a_share_of_the_audience_needs_its_place(ask):
    done = ask("search", "--audience-share-min", "30%")
    assert done.code == 2
    assert "say of which place" in done.err
