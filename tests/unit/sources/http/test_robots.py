"""robots.txt, read as RFC 9309 asks."""

import pytest

from influencr.errors import Refused, Unreachable
from influencr.sources.http import Answer, Client, Rule
from influencr.sources.http._robots import may_read

EVERYBODY = "User-agent: *\nDisallow: /private/\nAllow: /private/open\nDisallow: /*.json$\n"


@pytest.mark.parametrize(
    ("text", "path", "may"),
    [
        ("", "/a", True),
        (EVERYBODY, "/a", True),
        (EVERYBODY, "/private/x", False),
        (EVERYBODY, "/private/open/x", True),
        (EVERYBODY, "/a/b.json", False),
        (EVERYBODY, "/a/b.json?x=1", True),
        ("User-agent: *\nDisallow: /", "/", False),
        ("User-agent: *\nDisallow:", "/x", True),
        (
            "user-agent: Influencr/1.0\ndisallow: /x # ours\n\nUser-agent: *\nDisallow: /",
            "/a",
            True,
        ),
        ("User-agent: influencr\nUser-agent: other\nDisallow: /x", "/x", False),
        ("User-agent: other\nDisallow: /\n", "/x", True),
        ("User-agent: *\nDisallow: /a\nAllow: /a", "/a", True),
        ("User-agent: *\nDisallow: /*a*b*c", "/xaxbxc", False),
        ("User-agent: *\nDisallow: /*a*b*c$", "/xaxbxcx", True),
        ("User-agent: *\nDisallow: /" + "*a" * 50 + "$", "/" + "a" * 40, True),
        ("User-agent: *\nDisallow: /x?q=", "/x?q=5", False),
        ("\ufeffUser-agent: *\r\nDisallow: /x\r\n", "/x", False),
        ("Disallow: /\nnonsense\n:\nUser-agent: *\nDisallow: /y", "/x", True),
    ],
)
def test_rules_are_read(text, path, may):
    assert may_read(text, "influencr", f"https://a.example.org{path}") is may


def asked_with(robots, clock):
    """A client with robots.txt in mind, over a host that answers so; and what it was asked."""
    asked = []

    def transport(call):
        asked.append(call.url.removeprefix("https://a.example.org"))
        if call.url.endswith("/robots.txt"):
            status, text = robots
            if status == 0:
                raise Unreachable("nobody there")
            return Answer(status, {}, text.encode(), call.url)
        return Answer(200, {}, b"", call.url)

    client = Client(
        contact="a@example.org",
        rules=[Rule("*", 100.0, 100)],
        transport=transport,
        clock=clock,
        sleep=clock.sleep,
        robots=True,
        attempts=2,
    )
    return client, asked


def test_the_file_is_read_once_a_day_and_kept(clock):
    client, asked = asked_with((200, EVERYBODY), clock)
    with client:
        client.get("https://a.example.org/x")
        with pytest.raises(Refused, match="asks robots not to read /private/y"):
            client.get("https://a.example.org/private/y")
        assert asked == ["/robots.txt", "/x"]
        assert client.by_purpose == {"robots.txt": 1, "": 1}
        clock.now += 86_401
        client.get("https://a.example.org/x")
        assert asked[2:] == ["/robots.txt", "/x"]


@pytest.mark.parametrize(
    ("status", "may"),
    [(404, True), (401, True), (403, True), (410, True), (500, False), (0, False)],
)
def test_no_file_allows_everything_and_an_unknown_one_nothing(clock, status, may):
    client, _ = asked_with((status, ""), clock)
    with client:
        if may:
            assert client.get("https://a.example.org/x").status == 200
        else:
            with pytest.raises(Refused, match="cannot be read now"):
                client.get("https://a.example.org/x")
