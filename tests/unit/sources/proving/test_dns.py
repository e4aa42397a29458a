import pytest
from tests.standins.names import answering

from influencr.errors import Unreachable
from influencr.sources.proving import domain_of, txt_of

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


def servers(names):
    host, port = names.address.split(":")
    return [(host, int(port))]


def test_the_texts_below_a_domain():
    with answering() as names:
        names.records["_influencr.ana.example"] = ["influencr-abcd", "other"]
        assert set(txt_of("ana.example", servers(names))) == {"influencr-abcd", "other"}
        assert names.asked == ["_influencr.ana.example"]


def test_no_such_name_and_a_name_without_texts_are_none():
    with answering() as names:
        names.records["_influencr.empty.example"] = []
        assert txt_of("ana.example", servers(names)) == ()
        assert txt_of("empty.example", servers(names)) == ()


def test_a_server_that_is_silent_is_told(monkeypatch):
    monkeypatch.setattr("influencr.sources.proving._dns._SECONDS", 0.2)
    with answering() as names:
        names.silent = True
        with pytest.raises(Unreachable, match=r"do not answer for _influencr\.ana\.example"):
            txt_of("ana.example", servers(names))


@pytest.mark.parametrize(
    ("link", "domain"),
    [
        ("https://www.Ana.example/shop?x=1", "ana.example"),
        ("ana.example", "ana.example"),
        ("https://user:word@ana.example:8443/", "ana.example"),
        ("https://bücher.example", "xn--bcher-kva.example"),
        ("http://127.0.0.1/x", None),
        ("https://[::1]/", None),
        ("https://localhost/", None),
        ("https://router.local/", None),
        ("https://a_b.example/", None),
        ("javascript:alert(1)", None),
        ("https://" + "a" * 300 + ".example", None),
        ("", None),
    ],
)
def test_only_a_domain_that_somebody_can_own_is_one(link, domain):
    assert domain_of(link) == domain
