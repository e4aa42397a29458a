"""Where a key may go, and where it never appears."""

import pytest

import influencr
from influencr.errors import UsageError
from influencr.remote._address import address_of


@pytest.mark.parametrize(
    "url",
    [
        *("", "influencr.example", "ftp://influencr.example", "https://", "https:///search"),
        *("https://influencr.example/?a=1", "https://influencr.example/#a", "http://[::1"),
        "https://influencr.example:port",
    ],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match="is not the address of an instance") as told:
        address_of(url, None, allow_http=False)
    assert told.value.field == "url"


def test_a_path_in_front_stays() -> None:
    found = address_of("https://shop.example/find/", None, allow_http=False)
    assert found.url == "https://shop.example/find"


def test_names_and_passwords_are_no_part_of_an_address() -> None:
    with pytest.raises(UsageError, match="passwords"):
        address_of("https://ana:secret@influencr.example", None, allow_http=False)


@pytest.mark.parametrize("key", ["", "inf_a b", "inf_ä", "inf_\n"])
def test_what_is_no_key_is_refused_without_showing_it(key: str) -> None:
    with pytest.raises(UsageError, match="that is no key") as told:
        address_of("https://influencr.example", key, allow_http=False)
    assert not key or key not in str(told.value)


def test_a_key_never_goes_to_another_machine_unencrypted() -> None:
    with pytest.raises(UsageError, match="unencrypted"):
        influencr.connect("http://influencr.example", "inf_secret")
    for url in ("http://localhost:8000", "http://127.0.0.1", "http://[::1]:8000"):
        assert address_of(url, "inf_secret", allow_http=False).key == "inf_secret"
    assert address_of("http://influencr.example", "inf_secret", allow_http=True).key
    assert address_of("http://influencr.example", None, allow_http=False).key is None


def test_a_key_is_never_written_out() -> None:
    found = address_of("https://influencr.example", "inf_secret", allow_http=False)
    client = influencr.connect("https://influencr.example", "inf_secret")
    awaited = influencr.connect_async("https://influencr.example", "inf_secret")
    for thing in (found, client, awaited, client._wire, vars(client)):
        assert "inf_secret" not in repr(thing)
        assert "inf_secret" not in str(thing)
    client.close()
