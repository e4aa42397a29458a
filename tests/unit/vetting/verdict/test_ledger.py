from datetime import UTC, datetime

import numpy as np
import polars as pl
import pytest

from influencr.errors import SchemaError
from influencr.vetting.verdict import (
    EVIDENCE_SCHEMA,
    as_evidence,
    as_record,
    clear_rows,
    empty_evidence,
    evidence_row,
    members_hash,
    with_explanations,
)


def test_rows_of_all_kinds_have_one_schema():
    one = as_evidence([evidence_row(creator=1, family="C", statistic="x", version="1")])
    many = clear_rows(np.arange(3), family="B", statistic="x", version="1", values=np.ones(3))
    none = clear_rows([], family="B", statistic="x", version="1")
    for frame in (one, many, none, empty_evidence()):
        assert dict(frame.schema) == EVIDENCE_SCHEMA
    assert pl.concat([one, many, none])["fires"].any() is False


def test_members_are_counted():
    row = evidence_row(
        creator=1, family="G", statistic="x", version="1", member_rows=np.array([4, 5, 9])
    )
    assert row["members"] == 3


def test_strange_families_and_columns_are_refused():
    with pytest.raises(SchemaError, match="family"):
        evidence_row(creator=1, family="Q", statistic="x", version="1")
    with pytest.raises(SchemaError, match="reason"):
        evidence_row(creator=1, family="C", statistic="x", version="1", reason="because")


def test_hash_names_a_set():
    assert members_hash([3, 1, 2**63]) == members_hash([2**63, 3, 1])
    assert members_hash([3, 1]) != members_hash([3, 2])


def test_record_has_instants_and_the_effect():
    row = evidence_row(creator=1, family="C", statistic="x", version="1", from_at=0, to_at=86_400)
    record = as_record(
        as_evidence([row]).row(0, named=True), members="ab", effect="without this: vetted"
    )
    assert record.to_at == datetime(1970, 1, 2, tzinfo=UTC)
    assert (record.members_hash, record.effect, record.chart) == (
        "ab",
        "without this: vetted",
        None,
    )


def test_explanations_join_their_row_and_weak_ones_are_in_part():
    rows = as_evidence(
        evidence_row(creator=c, family="B", statistic="x", version="1") for c in (1, 2)
    )
    said = pl.DataFrame(
        {
            "row": [1, 1, 1],
            "alternative": ["pack", "viral", "press"],
            "outcome": ["found", "found", "not checked"],
            "detail": ["a", "b", "c"],
            "explains": [0.9, 0.2, None],
        }
    )
    checked = with_explanations(rows, said)["checked"].to_list()
    assert checked[0] == []
    assert [one["outcome"] for one in checked[1]] == ["found", "in part", "not checked"]
