"""Keys, tokens and passwords are seen nowhere."""

import pytest

from influencr.sources.http import Redactor

SECRET = 'a"b/c+d e'


@pytest.mark.parametrize(
    "text",
    [
        f"plain {SECRET} here",
        "encoded a%22b%2Fc%2Bd%20e and a%22b/c%2Bd%20e and a%22b%2fc%2bd+e",
        'in JSON "a\\"b/c+d e"',
    ],
)
def test_a_known_secret_is_hidden_in_every_form(text):
    hidden = Redactor([SECRET])(text)
    assert "c+d" not in hidden
    assert "c%2" not in hidden.lower()
    assert "***" in hidden


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://a.org/?key=abc123&q=x", "https://a.org/?key=***&q=x"),
        ("https://a.org/?q=x&access_token=EAA%7C1#top", "https://a.org/?q=x&access_token=***#top"),
        ("https://me:pass@a.org/", "https://***@a.org/"),
        ("Authorization: Bearer abc.def.ghi", "Authorization: ***"),
        ("{'authorization': 'Bearer abc', 'a': 'b'}", "{'authorization': '***', 'a': 'b'}"),
        ("said Bearer abcdefgh12345", "said Bearer ***"),
        ('{"accessJwt":"ey.a","handle":"x"}', '{"accessJwt":"***","handle":"x"}'),
        ('{"error":{"code":403,"reason":"quota"}}', '{"error":{"code":403,"reason":"quota"}}'),
        ("Set-Cookie: a=b; Path=/", "Set-Cookie: ***"),
    ],
)
def test_values_under_telling_names_are_hidden_undeclared(text, shown):
    assert Redactor()(text) == shown


def test_what_people_wrote_stays_as_it_is():
    bio = "Cookie: vanilla. My keyboard, monkey=5, key to happiness; token economy"
    assert Redactor().body(bio) == bio


def test_short_secrets_hide_whole_words_only():
    assert Redactor(["ab", ""])("ab cab ab.") == "*** cab ***."


def test_a_redactor_does_not_show_what_it_knows():
    assert "hush-hush" not in repr(Redactor(["hush-hush"])) + str(Redactor(["hush-hush"]))
