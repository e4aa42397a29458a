import pytest
from tests.standins.loopback import Reply, served

from influencr.errors import BadAnswer, Refused
from influencr.sources.http import Settings
from influencr.sources.proving import code_of, look_at_page

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

CODE = code_of(b"k", "tiktok:@ana", 1, "s")
OTHER = code_of(b"k", "tiktok:@bob", 1, "s")
PROFILE = ["https://tiktok.com/@ana"]


def look(html, kind="text/html; charset=utf-8"):
    reply = Reply(200, {"Content-Type": kind}, html.encode())
    with served(lambda path, query, headers: reply) as address:
        settings = Settings(
            {"contact": "ops@search.example", "proof": {"pages": [address]}},
            secrets=None,
            environ={},
        )
        return look_at_page(settings, f"{address}/ana", CODE, profile_pages=PROFILE)


@pytest.mark.parametrize(
    "html",
    [
        f'<head><meta name="influencr" content="{CODE}"></head>',
        f"<META NAME='Influencr' CONTENT='proof: {CODE}'>",
        f'<a rel="nofollow me" href="https://search.example/creators#{CODE}">x</a>',
        f'<link rel=me href="https://search.example/?{CODE}">',
    ],
)
def test_what_the_author_writes_counts(html):
    assert look(html).has_code


@pytest.mark.parametrize(
    "html",
    [
        f"<p>a comment: {CODE}</p>",
        f"<!-- <meta name=influencr content={CODE}> -->",
        f'<a href="https://search.example/#{CODE}">not mine</a>',
        f'<textarea><meta name="influencr" content="{CODE}"></textarea>',
        f'<a rel="ugc nofollow" href="https://search.example/#{CODE}">x</a>',
        f'<script>"<meta name=influencr content={CODE}>"</script>',
    ],
)
def test_what_others_may_have_written_does_not_count(html):
    seen = look(html)
    assert not seen.has_code
    assert seen.in_text


def test_a_link_back_alone_is_no_proof():
    seen = look('<a rel="me" href="https://www.tiktok.com/@ana?lang=en">me</a>')
    assert seen.links_back
    assert not seen.has_code


def test_the_code_of_another_profile_is_none():
    seen = look(f'<meta name="influencr" content="{OTHER}">')
    assert seen.other
    assert not seen.has_code


def test_what_is_no_page_is_refused():
    with pytest.raises(BadAnswer, match="which is no page"):
        look("{}", "application/json")


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9/",
        "https://127.0.0.1/",
        "https://10.0.0.8/",
        "https://[::1]/",
        "https://169.254.169.254/latest/meta-data",
        "http://ana.example/",
        "https://localhost/",
    ],
)
def test_private_and_unsafe_addresses_are_never_asked(url):
    settings = Settings({"contact": "ops@search.example"}, secrets=None, environ={})
    with pytest.raises(Refused):
        look_at_page(settings, url, CODE)


def test_a_page_cannot_lead_to_a_private_address():
    reply = Reply(302, {"Location": "https://10.0.0.8/"}, b"")
    with served(lambda path, query, headers: reply) as address:
        settings = Settings(
            {"contact": "ops@search.example", "proof": {"pages": [address]}},
            secrets=None,
            environ={},
        )
        with pytest.raises(Refused):
            look_at_page(settings, address, CODE)
