"""bench: small sizes, so that what is tested is the figures' meaning and not the machine."""

import pytest


@pytest.mark.parametrize(
    ("name", "figure"),
    [
        ("import", "rows_per_second"),
        ("index", "creators_per_second"),
        ("answer", "median_ms"),
    ],
)
def test_a_measurement_says_over_what_and_where(run, name, figure):
    done = run("bench", name, "--size", "150", "--json", "--quiet")
    assert (done.code, done.err) == (0, "")
    document = done.document
    assert document["machine"]["cores"] >= 1
    assert document["measured_on"]
    (found,) = document["benchmarks"]
    assert found["name"] == name
    assert found["figures"][figure] > 0
    assert 150 in found["parameters"].values()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["relevance"], "--datasets FOLDER is needed"),
        (["relevance", "--datasets", "no/such/folder"], "is not a folder"),
        (["relevance", "--datasets", ".", "--size", "500"], "a corpus of its own"),
        (["search", "--datasets", "."], "belongs to bench relevance, vetting and influence"),
        (["search", "--set", "unseen"], "belongs to bench relevance"),
        (["relevance", "--only", "b1"], "belongs to bench vetting"),
        (["search", "--quick"], "belongs to bench vetting"),
        (["vetting", "--size", "9"], "--scale N"),
        (["influence", "--size", "9"], "--scale N"),
        (["influence", "--only", "b1"], "worlds"),
        (["vetting", "--datasets", "nowhere"], "not a folder"),
        (["relevance", "--datasets", ".", "--set", "seen"], "did you mean 'unseen'"),
        (["index", "--output", "."], "belongs to bench relevance, search, vetting and influence"),
        (["index", "--creators", "5000"], "belongs to bench search"),
        (["index", "--freshness"], "belongs to bench search"),
        (["search", "--size", "5000"], "--creators"),
        (["search", "--engines", "mysql"], "'mysql' is not known"),
        (["search", "--creators", "5"], "at least 1000"),
        (["search", "--freshness", "--engines", "sqlite"], "is not ours"),
        (["relevence"], "relevance"),
    ],
)
def test_what_relevance_needs_is_said_in_a_sentence(run, words, told):
    done = run("bench", *words)
    assert done.code == 2
    assert told in done.err


def test_data_sets_that_are_not_there_are_named(run, tmp_path):
    done = run("bench", "relevance", "--datasets", tmp_path, "--quiet")
    assert done.code == 2
    assert "tiktok, bluesky-4k" in done.err
    assert done.out == ""
