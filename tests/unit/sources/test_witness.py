"""Every network's look at one profile, against the stand-ins of its documented answers."""

import json
from zlib import crc32

import pytest
from tests.standins.bluesky_world import World

from influencr.errors import NotThere
from influencr.home import Home
from influencr.sources import installed, load
from influencr.sources.http import Answer


@pytest.fixture
def home(tmp_path):
    made = Home(tmp_path / "home")
    (made.path / "sources.toml").write_text(
        'contact = "ops@search.example"\n[mastodon]\ninstances = ["lisbon.example"]\n'
    )
    return made


@pytest.mark.parametrize("name", ["bluesky", "mastodon", "youtube", "instagram"])
def test_without_a_contact_nobody_is_asked_and_it_says_so(tmp_path, name):
    assert load(name).cannot_witness(Home(tmp_path / "h"), "ana@lisbon.example")


def test_files_and_invented_worlds_cannot_be_asked():
    assert {name for name in installed() if not hasattr(load(name), "witness")} == {
        "files",
        "synthetic",
    }


def test_bluesky(home):
    world = World()
    did = world.person(1, "Rita", "Baker, rita.example/shop", handle="rita.example")
    world.write(did, "mine", 1)
    world.write(did, "an answer", 2, reply={"parent": {"uri": "at://x"}})
    other = world.person(2, "Otto")
    world.reposts[world.write(other, "not mine", 3)] = [did]
    bluesky = load("bluesky")
    assert bluesky.cannot_witness(home, "rita.example") == ""
    seen = bluesky.witness(home, f"bluesky:{did}", "old.example", transport=world.transport)
    assert seen.handle == "rita.example"
    assert [post.text for post in seen.posts] == ["mine"]
    assert seen.links == ("rita.example/shop",)
    with pytest.raises(NotThere, match="shows no account"):
        bluesky.witness(home, "bluesky:did:plc:nobody", None, transport=world.transport)


def account(name, **fields):
    return {
        "id": str(crc32(name.encode())),
        "username": name,
        "acct": name,
        "display_name": name.title(),
        "note": '<p>Bread. <a href="https://rita.example/x" rel="me">rita</a></p>',
        "url": f"https://lisbon.example/@{name}",
        "uri": f"https://lisbon.example/users/{name}",
        "discoverable": True,
        "fields": [
            {"name": "Shop", "value": '<a href="https://shop.example">shop</a>'},
            {"name": "Plain", "value": "https://plain.example"},
        ],
        **fields,
    }


def post(author, number, **fields):
    return {
        "id": str(number),
        "url": f"{author['url']}/{number}",
        "account": author,
        "content": f"<p>post {number}</p>",
        "visibility": "public",
        "in_reply_to_id": None,
        "reblog": None,
        **fields,
    }


def lisbon(rita):
    other = account("otto")
    posts = [
        post(rita, 1),
        post(rita, 2, reblog=post(other, 9)),
        post(rita, 3, in_reply_to_id="7"),
        post(other, 4),
        post(rita, 5, visibility="private"),
    ]

    def transport(call):
        path = call.url.removeprefix("https://lisbon.example").partition("?")[0]
        answers = {
            "/api/v2/instance": {"domain": "lisbon.example"},
            "/api/v1/accounts/lookup": rita,
            f"/api/v1/accounts/{rita['id']}/statuses": posts,
        }
        found = answers.get(path)
        body = b"{}" if found is None else json.dumps(found).encode()
        return Answer(200 if found else 404, {"content-type": "application/json"}, body, call.url)

    return transport


def test_mastodon(home):
    mastodon = load("mastodon")
    assert mastodon.cannot_witness(home, "rita@lisbon.example") == ""
    assert "not on the list" in mastodon.cannot_witness(home, "rita@porto.example")
    rita = account("rita")
    seen = mastodon.witness(
        home, f"mastodon:{rita['uri']}", "rita@lisbon.example", transport=lisbon(rita)
    )
    assert seen.handle == "rita@lisbon.example"
    assert [spoken.text for spoken in seen.posts] == ["post 1"]
    assert seen.links == (
        "https://rita.example/x",
        "https://shop.example",
        "https://plain.example",
    )
    assert "Bread." in seen.bio


def test_a_name_that_another_account_has_by_now_is_not_them(home):
    rita = account("rita")
    with pytest.raises(NotThere, match="another account by now"):
        load("mastodon").witness(
            home,
            "mastodon:https://lisbon.example/users/earlier",
            "rita@lisbon.example",
            transport=lisbon(rita),
        )
