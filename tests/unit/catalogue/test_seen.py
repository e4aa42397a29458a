import numpy as np

from influencr.catalogue._seen import Seen


def ints(*values):
    return np.array(values, dtype=np.int64)


def test_nothing_is_known_at_first_and_twins_in_a_batch_are_found():
    seen = Seen()
    flags = seen.unchanged(ints(1, 2, 1, 1), ints(5, 5, 5, 6), ints(9, 9, 9, 9))
    assert flags.tolist() == [False, False, True, True]


def test_a_state_counts_only_from_its_own_instant_on():
    seen = Seen()
    seen.add(ints(1, 1), ints(10, 20), ints(100, 200))
    at = ints(9, 10, 15, 20, 25, 25)
    contents = ints(100, 100, 100, 200, 200, 100)
    keys = np.ones(6, dtype=np.int64)
    flags = [
        bool(seen.unchanged(keys[i : i + 1], at[i : i + 1], contents[i : i + 1])[0])
        for i in range(6)
    ]
    assert flags == [False, True, True, True, True, False]


def test_a_change_and_the_way_back_inside_one_batch_are_both_news():
    seen = Seen()
    seen.add(ints(1), ints(10), ints(100))
    flags = seen.unchanged(ints(1, 1, 1), ints(11, 12, 13), ints(200, 100, 100))
    assert flags.tolist() == [False, False, True]


def test_thousands_of_runs_answer_like_a_dictionary():
    rng = np.random.default_rng(3)
    seen, known = Seen(), set()
    for _ in range(60):
        keys = rng.integers(-(2**62), 2**62, 40) // 2**55 * 2**55
        at = rng.integers(0, 5, 40)
        contents = rng.integers(0, 3, 40)
        flags = seen.unchanged(keys, at, contents)
        states = sorted(zip(keys.tolist(), at.tolist(), contents.tolist(), strict=True))
        expected = {}
        for key, when, content in states:
            before = [
                (t, c) for k, t, c in known | set(states) if k == key and (t, c) < (when, content)
            ]
            exact = (key, when, content) in known
            expected[key, when, content] = exact or (bool(before) and max(before)[1] == content)
        rows = list(zip(keys.tolist(), at.tolist(), contents.tolist(), strict=True))
        first = set()
        for row, flag in zip(rows, flags.tolist(), strict=True):
            if row not in first:
                assert flag == expected[row]
                first.add(row)
            else:
                assert flag
        fresh = ~flags
        seen.add(keys[fresh], at[fresh], contents[fresh])
        known |= {row for row, flag in zip(rows, flags.tolist(), strict=True) if not flag}
    assert len(seen) == len(known)
    assert len(seen._runs) < 12
