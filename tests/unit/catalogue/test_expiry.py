"""What a source allows to be kept until an instant is gone after it, from every file."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

PAST = datetime(2026, 1, 9, tzinfo=UTC)
FUTURE = datetime(2999, 1, 1, tzinfo=UTC)
ANA = {"profile_id": "youtube:1", "platform": "youtube"}


def below(catalogue):
    files = (p for p in Path(catalogue.root).rglob("*") if p.is_file())
    return b"".join(p.read_bytes() for p in files)


def test_nothing_that_ran_out_is_left_on_disk(catalogue, rows):
    for number in range(3):
        bio = {**ANA, "bio_text": f"Secretword{number}", "expires_at": PAST}
        catalogue.append("profiles", rows([bio], day=number + 1))
    catalogue.append("profiles", rows([{**ANA, "followers": 3, "expires_at": FUTURE}], day=5))
    catalogue.append("profiles", rows([{**ANA, "profile_id": "youtube:2"}], day=5))
    assert b"Secretword" in below(catalogue)
    assert catalogue.next_expiry() == PAST
    assert catalogue.drop_expired() == {"profiles": 3}
    assert catalogue.scan("profiles").collect().height == 2
    assert b"Secretword" not in below(catalogue)
    assert catalogue.next_expiry() == FUTURE
    assert catalogue.drop_expired() == {}


def test_what_never_ends_has_no_expiry(catalogue, rows):
    assert catalogue.next_expiry() is None
    catalogue.append("profiles", rows([ANA]))
    assert catalogue.next_expiry() is None
    assert catalogue.drop_expired() == {}


def test_the_same_may_be_stored_again_afterwards(catalogue, rows):
    catalogue.append("profiles", rows([{**ANA, "expires_at": PAST}], day=1))
    catalogue.drop_expired()
    later = datetime.now(UTC) + timedelta(days=30)
    again = rows([{**ANA, "expires_at": later}], day=2)
    assert catalogue.append("profiles", again).new == 1
    assert catalogue.append("profiles", again).new == 0


def test_what_an_api_lends_is_not_freed_by_a_file(catalogue, rows):
    lent = rows([{**ANA, "followers": 5, "expires_at": FUTURE}], day=1, policy=5)
    own = rows([{**ANA, "bio_text": "told by a file"}], day=2, policy=15)
    catalogue.append("profiles", lent)
    catalogue.append("profiles", own)
    row = catalogue.latest("profiles").collect().row(0, named=True)
    assert (row["followers"], row["bio_text"], row["policy"]) == (5, "told by a file", 5)
    # The operator states the amendment: the newest that is lent decides.
    again = rows([{**ANA, "followers": 6, "expires_at": FUTURE}], day=3, policy=7)
    catalogue.append("profiles", again)
    assert catalogue.latest("profiles").collect()["policy"].to_list() == [7]


def test_without_anything_lent_the_newest_policy_holds(catalogue, rows):
    catalogue.append("profiles", rows([{**ANA, "followers": 5}], day=1, policy=4))
    catalogue.append("profiles", rows([{**ANA, "followers": 6}], day=2, policy=15))
    assert catalogue.latest("profiles").collect()["policy"].to_list() == [15]
