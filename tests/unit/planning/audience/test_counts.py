"""Counts of people against plain sets, on sets drawn at random."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.standins.audiences import NOW, audience

from influencr.geography import Gazetteer, ask
from influencr.planning.audience import _counts


@settings(max_examples=200, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from("abcdefgh"), st.sets(st.integers(0, 60), min_size=1), min_size=1
    )
)
def test_counts_equal_those_of_plain_sets(drawn: dict[str, set[int]]) -> None:
    found = audience({name: sorted(people) for name, people in drawn.items()})
    ids = sorted(drawn)
    union = found.union(ids)
    everybody = set().union(*drawn.values())
    assert (union.total, union.unique) == (sum(map(len, drawn.values())), len(everybody))
    overlap = found.overlap(ids)
    assert overlap.shared == tuple(tuple(len(drawn[a] & drawn[b]) for b in ids) for a in ids)
    with pytest.MonkeyPatch.context() as few:
        # As it is counted where there are very many creators.
        few.setattr(_counts, "_PAIRS", 0)
        assert found.overlap(ids) == overlap
    times = [sum(person in one for one in drawn.values()) for person in everybody]
    assert found.frequency(ids) == tuple(sum(t >= k for t in times) for k in range(1, len(ids) + 1))


def test_unknown_is_named_and_never_summed() -> None:
    found = audience(
        {"a": [1, 2, 3], "b": [], "c": [3, 4]}, barred={"c": "not read: hidden"}, stated={"a": 3}
    )
    union = found.union(["a", "b", "c", "d", "a"])
    assert union.known == ("a",)
    assert union.unknown == ("b", "c", "d")
    assert (union.total, union.unique, union.n_partial, union.times) == (3, 3, 0, 1.0)
    assert found.union(["b"]).times is None
    assert found.of("c").reason == "not read: hidden"
    assert found.of("d").reason == "who follows this creator is not known here"
    assert found.overlap(["b", "a"]).shared == ((3,),)


def test_flagged_people_are_apart_and_a_part_of_a_list_says_so() -> None:
    found = audience({"a": [1, 2, 3], "b": [1]}, flagged={"a": [4, 5]}, stated={"a": 5, "b": 100})
    assert found.of("a") == (3, 2, 5, True, None)
    assert found.of("b") == (1, 0, 100, False, None)
    assert found.union(["a", "b"]).n_partial == 1
    assert 4 not in found.people("a")


def test_shares_of_rows() -> None:
    overlap = audience({"a": [1, 2, 3, 4], "b": [4, 5]}).overlap(["a", "b"])
    assert (overlap.share(0, 1), overlap.share(1, 0)) == (0.25, 0.5)


def test_people_of_a_place_those_elsewhere_and_those_who_tell_none() -> None:
    gazetteer = Gazetteer.load()
    area = ask("Berlin", gazetteer)
    (berlin,) = [int(i) for i in area.place_ids[:1]] if area.place_ids is not None else [0]
    paris = ask("Paris, France", gazetteer)
    elsewhere = int(paris.place_ids[0]) if paris.place_ids is not None else 0
    found = audience({"a": [1, 2, 3], "b": [3, 4]}, place={1: berlin, 3: berlin, 4: elsewhere})
    assert found.local(["a", "b"], area, gazetteer) == (2, 1, 1)
    assert found.local(["nobody"], area, gazetteer) == (0, 0, 0)


def test_a_set_is_bytes_of_roaring(tmp_path: Path) -> None:
    found = audience({"a": [7]})
    assert list(found.people("a")) == [7]
    assert found.n_people == 8
    assert found.as_of == NOW
    with pytest.raises(AttributeError):
        found.of("a").n = 3  # type: ignore[misc]
