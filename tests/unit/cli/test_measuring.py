"""bench: small sizes, so that what is tested is the figures' meaning and not the machine."""

import pytest


@pytest.mark.parametrize(
    ("name", "figure"),
    [
        ("import", "rows_per_second"),
        ("index", "creators_per_second"),
        ("search", "median_ms"),
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
