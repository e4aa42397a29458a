"""What a person reads about a place: how it was understood, what else it may mean, and how to ask.

The texts are whole on purpose: a changed word is a decision, not an accident.
"""

import pytest

PLACES = {
    "in Bavaria": "Bavaria, Germany (region, 12.6M people)\nCodes: DE-BY\n",
    "Spain": "Spain (country, 46.7M people)\nCodes: ES\n",
    "within 50 km of Austin": "Austin, Texas, United States (city, 974.4K people), within 50 km: "
    "54 places\n",
    "مدينة نصر": "Nasr City, Cairo, Egypt (city, 668.4K people)",
    "東京": "Tokyo, Japan (city, 9.7M people)",
    "Wien": "Vienna, Austria (city, 1.7M people)",
    "Paris TX": "Paris, Texas, United States (city, 24.8K people)\n",
}


@pytest.mark.parametrize("asked", PLACES)
def test_a_place_says_what_it_is(run, asked):
    assert run("places", "search", asked).out.startswith(PLACES[asked])


def test_a_group_says_how_many_places_it_holds(run):
    out = run("places", "search", "Bay Area").out
    assert out.startswith("Bay Area (group of regions, ")
    assert "people): " in out


def test_every_other_reading_has_its_command(run):
    lines = run("places", "search", "near Paris").out.splitlines()
    assert lines[0].startswith("Paris, Île-de-France, France (city, 2.1M people), within 50 km: ")
    assert lines[2] == (
        "Did you mean Paris, Texas, United States? influencr places search "
        "'within 50 km of Paris, Texas, United States'"
    )
    again = run("places", "search", "within 50 km of Paris, Texas, United States").out
    assert again.startswith("Paris, Texas, United States (city, 24.8K people), within 50 km: ")


def test_a_misspelt_name_is_said_to_be_one(run):
    done = run("places", "search", "Barcelna")
    assert done.out.startswith(
        "No place is called 'Barcelna'; read as the nearest name.\nBarcelona, Catalonia, Spain "
    )
    refused = run("places", "search", "Berln")
    assert refused.code == 2
    assert "did you mean" in refused.err
    assert "'Berlin'" in refused.err


def test_several_places_and_what_is_left_out(run):
    out = run("places", "search", "Spain, Portugal not Lisbon").out
    assert out.startswith("Spain or Portugal except Lisbon, Portugal")
    assert "Part: Spain (country, 46.7M people)\nPart: Portugal (country, 10.3M people)\n" in out
    assert "Without: Lisbon, Portugal (city, " in out
    found = run("places", "search", "Berlin or Hamburg", "--json").document
    assert [part["label"] for part in found["parts"]] == ["Berlin, Germany", "Hamburg, Germany"]


def test_the_page_of_a_search_tells_the_place_and_its_rivals(ask):
    lines = ask("search", "--in", "Valencia", "--all", "--limit", "1").out.splitlines()
    assert lines[1].startswith("Place: Valencia, Valencian Community, Spain (city, ")
    rival = next(line for line in lines if line.startswith("Did you mean Valencia, Carabobo"))
    assert rival.endswith(" search --all --limit 1 --in 'Valencia, Carabobo, Venezuela'")


def test_a_place_at_the_end_of_the_words_is_taken_and_can_be_given_back(ask):
    done = ask("search", "baking in Bavaria", "--all")
    place, back = done.out.splitlines()[1:3]
    assert place == "Place: Bavaria, Germany (region, 12.6M people), taken from your words " + (
        "'in Bavaria'"
    )
    assert back.startswith("To search the words instead: influencr ")
    assert back.endswith(" search 'baking in Bavaria' --all --words-only")
    assert "Place:" not in ask("search", "baking in Bavaria", "--words-only").out
    assert "Place:" not in ask("search", '"baking in Bavaria"').out
    document = ask("search", "baking in Bavaria", "--all", "--json").document
    apart = ask("search", "baking", "--in", "Bavaria", "--all", "--json").document
    assert [hit["profile_id"] for hit in document["hits"]] == [
        hit["profile_id"] for hit in apart["hits"]
    ]
    assert document["place"]["words"] == "in Bavaria"
    assert document["text"] == "baking"


def test_a_bare_place_at_the_end_is_only_offered(ask):
    out = ask("search", "vegan", "bay", "area").out
    offer = next(line for line in out.splitlines() if line.startswith("Did you mean the place"))
    assert offer.startswith("Did you mean the place Bay Area? influencr ")
    assert offer.endswith(" search vegan --in 'bay area'")


def test_the_beginning_of_a_name_with_the_creators_there(ask, run):
    found = run("places", "suggest", "San", "Franc", "--limit", "3", "--json").document["places"]
    assert 1 <= len(found) <= 3
    assert found[0]["label"].startswith("San Francisco")
    counted = ask("places", "suggest", "Germ", "--json").document["places"][0]
    assert counted["label"] == "Germany"
    assert (
        counted["n_creators"]
        == ask("search", "--in", "Germany", "--all", "--json").document["total"]
    )
    assert "Lyon" in run("places", "suggest", "Lyo").out
    assert run("places", "suggest", "zzzzqqq").out == ""
    assert run("places", "suggest", "a", "--limit", "0").code == 2
