"""HTML to text: what a browser would show, and nothing that it would not."""

import pytest

from influencr.sources.mastodon._text import MAX_CHARS, Plain, plain

LINK = (
    '<a href="https://www.ana.example/a/very/long/path" rel="nofollow">'
    '<span class="invisible">https://www.</span><span class="ellipsis">ana.example/a/very</span>'
    '<span class="invisible">/long/path</span></a>'
)
MENTION = (
    '<span class="h-card" translate="no"><a href="https://a.example/@bea" class="u-url mention">'
    "@<span>bea</span></a></span>"
)

CASES = [
    ("", ""),
    ("plain words, 3 < 4 & 5 > 2", "plain words, 3 < 4 & 5 > 2"),
    ("bread &amp; butter &#127838; &lt;3", "bread & butter 🍞 <3"),
    ("<p>One</p><p>Two<br>Three<br/>Four</p>", "One\nTwo\nThree\nFour"),
    ("<p>One\n  two</p>", "One two"),
    ("<ul><li>a</li><li>b</li></ul><blockquote>c</blockquote>", "a\nb\nc"),
    (f"<p>See {LINK}!</p>", "See https://www.ana.example/a/very/long/path!"),
    (f"<p>{MENTION} hello</p>", "@bea hello"),
    ("<p>a<script>alert('x')</script><style>p{}</style>b</p>", "ab"),
    ('<p class="quote-inline">RE: https://x.example<br></p><p>My words</p>', "My words"),
    ("<p>never <b>closed <i>here", "never closed here"),
    ("</div></p>stray <a>ends</a>", "stray ends"),
    ("<p>tab\tnul\x00 and \u202fnarrow</p>", "tabnul and narrow"),
    ("caf\u0065\u0301", "café"),
    ("&quot;quoted&quot; &nosuch; &", '"quoted" &nosuch; &'),
]


@pytest.mark.parametrize(("markup", "text"), CASES)
def test_text(markup: str, text: str) -> None:
    assert plain(markup).text == text


def test_links_are_what_somebody_wrote() -> None:
    tag = '<a href="https://a.example/tags/x" class="mention hashtag" rel="tag">#<span>x</span></a>'
    bad = '<a href="javascript:alert(1)">x</a><a href="https://a b.example">y</a><a>z</a>'
    found = plain(f"<p>{LINK} {MENTION} {tag} {LINK} {bad}</p>")
    assert found.links == ("https://www.ana.example/a/very/long/path",)


@pytest.mark.parametrize(
    "markup", ["<" * 50_000, "<p>" * 30_000, "&" * 90_000, "<a href='" * 9_999]
)
def test_hostile_markup_ends(markup: str) -> None:
    assert isinstance(plain(markup), Plain)


def test_an_answer_made_to_exhaust_is_cut() -> None:
    assert len(plain("<p>" + "a" * 10 * MAX_CHARS).text) <= MAX_CHARS
