"""Audiences taken together, as every face tells them."""

from tests.standins.audiences import NOW, audience

from influencr.planning import together

NAMED = [("a", "tiktok", "ana"), ("b", "tiktok", None), ("c", "bluesky", "cy")]


def test_each_with_their_own_people_and_all_of_them_once() -> None:
    found = together(
        audience({"a": [1, 2, 3], "b": [3, 4], "c": [3]}, stated={"a": 3, "b": 2, "c": 1}), NAMED
    )
    assert found.as_of == NOW
    assert [(one.profile_id, one.handle, one.people) for one in found.creators] == [
        ("a", "ana", 3),
        ("b", None, 2),
        ("c", "cy", 1),
    ]
    assert found.known == ("a", "b", "c")
    assert found.shared == ((3, 1, 1), (1, 2, 1), (1, 1, 1))
    assert (found.total, found.unique, found.frequency) == (6, 4, (4, 1, 1))
    assert not found.at_least


def test_who_is_unknown_is_told_with_the_reason_and_in_no_sum() -> None:
    found = together(
        audience({"a": [1, 2], "b": [2]}, barred={"b": "not read: hidden"}, stated={"a": 9}), NAMED
    )
    assert [one.people for one in found.creators] == [2, None, None]
    assert found.creators[1].reason == "not read: hidden"
    assert found.creators[2].reason == "who follows this creator is not known here"
    assert found.known == ("a",)
    assert (found.total, found.unique) == (2, 2)
    assert found.at_least


def test_people_in_a_bought_batch_are_apart() -> None:
    found = together(audience({"a": [1, 2]}, flagged={"a": [3, 4, 5]}, stated={"a": 5}), NAMED[:1])
    assert (found.creators[0].people, found.creators[0].n_flagged) == (2, 3)
    assert found.unique == 2
