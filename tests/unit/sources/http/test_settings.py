"""sources.toml and the environment: what is said, what is wrong with it, and who wins."""

import pytest

from influencr.errors import NoContact, UsageError
from influencr.home import Home
from influencr.sources.http import Answer, Rule, Settings

FILE = """
contact = "mailto:file@example.org"

[bluesky]
appview = "http://127.0.0.1:2584/"
pages = 3
share = 1
[bluesky.limits."127.0.0.1:2584"]
per_second = 50
burst = 5

[mastodon]
instances = ["one.example.org", "http://127.0.0.1:8431"]
"""


@pytest.fixture
def read(tmp_path):
    home = Home(tmp_path / "home")

    def make(text=FILE, environ=None):
        if text is not None:
            (home.path / "sources.toml").write_text(text, encoding="utf-8")
        return Settings.read(home, environ or {})

    make.home = home
    return make


def test_the_environment_wins_over_the_file(read):
    assert read().contact == "mailto:file@example.org"
    assert read(environ={"INFLUENCR_CONTACT": "a@example.org"}).contact == "a@example.org"
    assert Settings.read(read.home.path / "nowhere", {}).contact is None


def test_values_have_the_type_of_their_default(read):
    settings = read()
    assert settings.address("bluesky", "appview", "https://x.example") == "http://127.0.0.1:2584"
    assert settings.address("bluesky", "plc", "https://plc.example/") == "https://plc.example"
    assert settings.value("bluesky", "pages", 1) == 3
    assert settings.value("bluesky", "share", 0.5) == 1.0
    assert settings.value("mastodon", "instances", [""])[0] == "one.example.org"
    assert settings.value("youtube", "derived_metrics_accepted", False) is False
    with pytest.raises(UsageError, match=r"\[bluesky\] pages must be true or false, not 3"):
        settings.value("bluesky", "pages", False)
    with pytest.raises(UsageError, match="must be an address such as"):
        read('[bluesky]\nappview = "example.org"').address("bluesky", "appview", "https://x.org")


def test_unknown_keys_name_the_nearest(read):
    with pytest.raises(UsageError, match="did you mean 'pages'"):
        read("[bluesky]\npagse = 1").check_keys("bluesky", ["pages", "appview"])
    read().check_keys("bluesky", ["appview", "pages", "share"])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("contact = ", "cannot be read as TOML"),
        ('appview = "https://a.org"', "appview stands alone"),
    ],
)
def test_a_wrong_file_is_one_sentence(read, text, words):
    with pytest.raises(UsageError, match=words):
        read(text)


def test_a_contact_must_be_a_text(read):
    with pytest.raises(UsageError, match="contact must be a text"):
        _ = read("contact = 5").contact


def test_limits_replace_those_of_the_source(read):
    defaults = [Rule("*", 10.0), Rule("127.0.0.1:2584", 1.0, daily=9)]
    assert read().rules("bluesky", defaults) == [
        Rule("*", 10.0),
        Rule("127.0.0.1:2584", 50, 5, daily=9),
    ]
    assert read().rules("youtube", defaults) == defaults
    search = read('[youtube.limits."a.org search"]\ndaily = 7').rules("youtube", [])
    assert search == [Rule("a.org", 1.0, daily=7, bucket="search")]


@pytest.mark.parametrize("line", ["speed = 5", 'burst = "many"', "burst = true", "daily = 1.5"])
def test_wrong_limits_are_named(read, line):
    with pytest.raises(UsageError, match="is no limit; valid: per_second"):
        read(f'[bluesky.limits."a.org"]\n{line}').rules("bluesky", [])
    with pytest.raises(UsageError, match="must be a table"):
        read('[bluesky.limits]\n"a.org" = 5').rules("bluesky", [])


def test_keys_come_from_the_environment_or_a_file_of_secrets(read):
    read.home.secret("salt")
    (read.home.path / "secrets" / "youtube_key").write_text("from-file\nmore", encoding="utf-8")
    assert read().secret("youtube", "key") == "from-file"
    environ = {"INFLUENCR_YOUTUBE_KEY": " from-environment "}
    assert read(environ=environ).secret("youtube", "key") == "from-environment"
    assert read().secret("instagram", "token") is None


def test_only_what_the_file_names_is_asked_privately(read):
    assert read().named_addresses("bluesky") == ["http://127.0.0.1:2584/"]
    assert read().named_addresses("mastodon") == ["http://127.0.0.1:8431"]
    assert read().named_addresses("youtube") == []


def test_a_client_has_everything_that_was_said(read):
    def transport(call):
        return Answer(200, {}, call.headers["user-agent"].encode(), call.url)

    with read().client("bluesky", rules=[Rule("*", 10.0)], transport=transport) as client:
        assert client.get("http://127.0.0.1:2584/x").body.endswith(b"(+mailto:file@example.org)")
        assert client.left == {"127.0.0.1:2584": None}
    with pytest.raises(NoContact):
        read("[bluesky]").client("bluesky")
