"""Laws of the catalogue: what any sequence of deliveries must leave behind."""

import tempfile
from datetime import UTC, datetime

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from influencr.catalogue import Catalogue

DAYS = [datetime(2026, 1, day, tzinfo=UTC) for day in range(1, 5)]
observation = st.fixed_dictionaries(
    {
        "profile_id": st.sampled_from(["x:1", "x:2", "x:@ana"]),
        "handle": st.sampled_from([None, "ana", "Ben"]),
        "bio_text": st.sampled_from([None, "", "baker", "runner"]),
        "followers": st.sampled_from([None, 0, 7]),
        "fetched_at": st.sampled_from(DAYS),
    }
)
deliveries = st.lists(st.lists(observation, min_size=1, max_size=6), min_size=1, max_size=3)
laws = settings(deadline=None, max_examples=12)


def frame(observations):
    same = {
        "platform": "x",
        "source": "s",
        "fetch_method": "import",
        "licence": "l",
        "policy": 15,
    }
    schema = {
        "profile_id": pl.String,
        "handle": pl.String,
        "bio_text": pl.String,
        "followers": pl.Int64,
        "fetched_at": pl.Datetime("us", "UTC"),
        "lawful_basis": pl.String,
        **{k: pl.Int64 if k == "policy" else pl.String for k in same},
    }
    return pl.DataFrame([{**o, **same} for o in observations], schema=schema)


def latest(catalogue):
    found = catalogue.latest("profiles").collect()
    return sorted(found.select("profile_id", "handle", "bio_text", "followers").rows(), key=str)


def fresh(folder):
    return Catalogue(folder, salt=b"s")


@given(deliveries)
@laws
def test_delivering_everything_again_changes_nothing(batches):
    with tempfile.TemporaryDirectory() as folder:
        catalogue = fresh(folder)
        for batch in batches:
            done = catalogue.append("profiles", frame(batch))
            assert sum(done) == len(batch)
            assert catalogue.append("profiles", frame(batch)).new == 0
        rows = catalogue.scan("profiles").collect().height
        before = latest(catalogue)
        in_one = frame([o for batch in batches for o in batch])
        other = fresh(folder)
        other.append("profiles", in_one)
        other.append("profiles", in_one)
        assert other.append("profiles", in_one.reverse()).new == 0
        if len(batches) == 1:
            assert other.scan("profiles").collect().height == rows
            assert latest(other) == before


@given(st.lists(observation, min_size=1, max_size=10), st.randoms(use_true_random=False))
@laws
def test_the_order_inside_a_delivery_does_not_matter(observations, chance):
    shuffled = list(observations)
    chance.shuffle(shuffled)
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
        first, second = fresh(one), fresh(two)
        assert first.append("profiles", frame(observations)) == second.append(
            "profiles", frame(shuffled)
        )
        assert latest(first) == latest(second)


@given(st.lists(observation, min_size=1, max_size=10), st.booleans())
@laws
def test_latest_is_what_a_plain_reading_in_order_of_time_gives(observations, repeats):
    """With repeats nobody has two names: a repeat is not stored, so one that comes after another
    name of the same person said something else is lost (known, see docs/decisions/0002)."""
    if repeats:
        observations = [o for o in observations if "@" not in o["profile_id"]]
    ordered = sorted(observations, key=lambda o: o["fetched_at"])
    with tempfile.TemporaryDirectory() as folder:
        catalogue = fresh(folder)
        # Different instants, so that no tie has to be broken here.
        for i, o in enumerate(ordered):
            o["fetched_at"] = DAYS[0].replace(hour=i + 1)
            o["lawful_basis"] = "b" if repeats else f"b{i}"
            catalogue.append("profiles", frame([o]))
        for as_of in (None, DAYS[0].replace(hour=(len(ordered) + 1) // 2)):
            known = [o for o in ordered if as_of is None or o["fetched_at"] <= as_of]
            owner = {}
            for o in known:
                if o["handle"] and "@" not in o["profile_id"]:
                    owner[f"x:@{o['handle'].lower()}"] = o["profile_id"]
            expected: dict[str, dict[str, object]] = {}
            for o in known:
                state = expected.setdefault(
                    owner.get(o["profile_id"], o["profile_id"]), dict.fromkeys(o)
                )
                state.update({k: v for k, v in o.items() if v is not None})
            found = catalogue.latest("profiles", as_of=as_of).collect()
            assert {
                row["profile_id"]: (row["handle"], row["bio_text"], row["followers"])
                for row in found.iter_rows(named=True)
            } == {k: (v["handle"], v["bio_text"], v["followers"]) for k, v in expected.items()}
            assert found["profile_id"].is_unique().all()
