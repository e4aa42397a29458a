"""Which addresses may be asked: public ones, and those that the settings name by number."""

import socket

import pytest

from influencr.errors import Refused, Unreachable
from influencr.sources.http import connect, is_public
from influencr.sources.http._addresses import Allowed, check_url, checked

PUBLIC = ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"]
PRIVATE = [
    *("127.0.0.1", "127.255.255.254", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255"),
    *("192.168.0.1", "169.254.169.254", "100.64.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1"),
    *("255.255.255.255", "240.0.0.1", "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1"),
    *("ff02::1", "2001:db8::1", "::ffff:127.0.0.1", "::ffff:7f00:1", "::127.0.0.1"),
    *("64:ff9b::10.0.0.1", "64:ff9b:1::10.0.0.1", "2002:7f00:1::", "2002:a00:1::1"),
    *("2001:0:4136:e378:8000:63bf:3fff:fdd2", "::ffff:169.254.169.254", "not a number", ""),
]


@pytest.mark.parametrize("number", PUBLIC)
def test_public_numbers_are_public(number):
    assert is_public(number)


@pytest.mark.parametrize("number", PRIVATE)
def test_every_other_number_is_not(number):
    assert not is_public(number)


def names(**table):
    def resolve(host, port, **_):
        if host not in table:
            raise socket.gaierror(socket.EAI_NONAME, "unknown")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (n, port)) for n in table[host]]

    return resolve


def test_a_name_is_judged_by_what_it_resolves_to():
    resolve = names(good=["8.8.8.8", "1.1.1.1"], bad=["127.0.0.1"], mixed=["8.8.8.8", "10.0.0.1"])
    assert checked("good", 443, Allowed(), resolve) == ["8.8.8.8", "1.1.1.1"]
    for host in ("bad", "mixed"):
        with pytest.raises(Refused, match="not public"):
            checked(host, 443, Allowed(), resolve)
    with pytest.raises(Unreachable, match="resolves to no address"):
        checked("absent", 443, Allowed(), resolve)


@pytest.mark.allow_hosts(["127.0.0.1"])
@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "0177.0.0.1", "127.1", "[::1]", "0"])
def test_other_spellings_of_loopback_are_loopback(host):
    with pytest.raises((Refused, Unreachable)):
        checked(host, 443, Allowed())


def test_only_numbers_and_localhost_of_the_settings_are_exempt():
    allowed = Allowed(["http://127.0.0.1:2584/x", "ws://localhost:6008", "https://named.example"])
    assert checked("127.0.0.1", 2584, allowed) == ["127.0.0.1"]
    assert checked("localhost", 6008, allowed, names(localhost=["127.0.0.1"])) == ["127.0.0.1"]
    for host, port in (("127.0.0.1", 80), ("127.0.0.2", 2584), ("localhost", 2584)):
        with pytest.raises(Refused):
            checked(host, port, allowed, names(localhost=["127.0.0.1"]) if "l" in host else None)
    # a name in the settings says nothing about what it resolves to
    with pytest.raises(Refused):
        checked("named.example", 443, allowed, names(**{"named.example": ["10.0.0.1"]}))
    # localhost that leads elsewhere is no loopback
    with pytest.raises(Refused):
        checked("localhost", 6008, allowed, names(localhost=["10.0.0.1"]))


@pytest.mark.parametrize(
    "url",
    [
        *("http://example.org", "ftp://example.org", "https://", "//example.org", "example.org"),
        *(
            "https://localhost",
            "https://a.localhost:443",
            "https://LOCALHOST.",
            "https://[fe80::1]",
        ),
        *("https://user@127.0.0.1/", "https://10.0.0.1", "https://a.org:port/", "https://[::1"),
    ],
)
def test_addresses_that_are_never_asked(url):
    with pytest.raises(Refused):
        check_url(url, Allowed())


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_a_socket_for_others_goes_through_the_same_check():
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"ws://127.0.0.1:{server.getsockname()[1]}"
        with connect(url, allow=[url]) as opened:
            assert opened.getpeername() == server.getsockname()
        with pytest.raises(Refused):
            connect(url)
    with pytest.raises(Unreachable, match="does not take connections"):
        connect(url, allow=[url], timeout=1)


def test_the_name_is_not_resolved_again_for_the_connection(monkeypatch):
    """A name that gives a public number first and a private one afterwards gains nothing."""
    answers = [["8.8.8.8"], ["127.0.0.1"]]
    asked, opened = [], []

    def resolve(host, port, **_):
        asked.append(host)
        return [(2, 1, 6, "", (n, port)) for n in answers.pop(0)]

    def create_connection(address, timeout):
        opened.append(address)
        raise OSError(111, "refused")

    monkeypatch.setattr(socket, "create_connection", create_connection)
    with pytest.raises(Unreachable):
        connect("wss://rebinding.example.org", resolve=resolve)
    assert asked == ["rebinding.example.org"]
    assert opened == [("8.8.8.8", 443)]
    with pytest.raises(Refused):
        connect("wss://rebinding.example.org", resolve=resolve)
    assert opened == [("8.8.8.8", 443)]
