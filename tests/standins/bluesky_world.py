"""A small invented network in the shapes of the AppView, the PLC directory, a relay and a PDS.

Nobody in it exists. Numbers that a test relies on are planted, everything else follows from the
account's number, so that the same call always has the same answer.
"""

import json
from urllib.parse import parse_qs, urlsplit

from tests.standins.bluesky_search import ACTORS, PACKS, basic, page, reply, search

from influencr.sources.http import Answer

VISIBILITY = "app.bsky.actor.contentVisibilityDeclaration"
BORN = "2024-03-01T10:00:00.000Z"
INDEXED = "2026-10-01T12:00:00.000Z"


def tid(number):
    """A record key of the TID kind, later for larger numbers."""
    digits = "234567abcdefghijklmnopqrstuvwxyz"
    value = (1_760_000_000_000_000 + number * 1_000_000) << 10
    return "".join(digits[(value >> (5 * at)) & 31] for at in range(12, -1, -1))


def invalid(message, error="InvalidRequest"):
    return 400, {"error": error, "message": message}


class World:
    """Accounts by DID and what they did; every part may be changed by a test."""

    def __init__(self):
        self.accounts = {}
        self.followers = {}  # did -> DIDs, newest first
        self.follows = {}
        self.posts = {}  # did -> [(rkey, record, counts)]
        self.likes, self.reposts, self.quotes, self.replies = {}, {}, {}, {}
        self.packs = {}  # pack uri -> (list uri, name, description, owner, members)
        self.lists = {}  # list uri -> (name, description, owner, members)
        self.refusals = {}  # did -> XRPC error name of getProfile
        self.declared = {}  # did -> hideFromAlgorithmicRecommendations
        self.repo_status = {}
        self.calls = []

    def person(self, number, name, bio="", *, followers=0, posts=1, labels=(), **more):
        """One account; returns its DID."""
        did = f"did:plc:{number:024d}"
        self.accounts[did] = {
            "did": did,
            "handle": more.pop("handle", f"p{number}.example.net"),
            "displayName": name,
            "description": bio,
            "createdAt": BORN,
            "indexedAt": INDEXED,
            "labels": [{"src": did, "uri": did, "val": value, "cts": INDEXED} for value in labels],
            "followersCount": followers,
            "followsCount": more.pop("follows", 0),
            "postsCount": posts,
            **more,
        }
        return did

    def follow(self, follower, followed):
        self.follows.setdefault(follower, []).insert(0, followed)
        self.followers.setdefault(followed, []).insert(0, follower)
        self.accounts[follower]["followsCount"] = len(self.follows[follower])
        self.accounts[followed]["followersCount"] = len(self.followers[followed])

    def write(self, did, text, number=0, **record):
        """One post; returns its address."""
        rkey = tid(number)
        made = {"$type": "app.bsky.feed.post", "text": text, "createdAt": INDEXED, **record}
        self.posts.setdefault(did, []).insert(0, (rkey, made))
        self.accounts[did]["postsCount"] = len(self.posts[did])
        return f"at://{did}/app.bsky.feed.post/{rkey}"

    def pack(self, owner, name, description, members):
        number = len(self.packs)
        uri = f"at://{owner}/app.bsky.graph.starterpack/{tid(number)}"
        listed = f"at://{owner}/app.bsky.graph.list/{tid(number)}"
        self.packs[uri] = (listed, name, description, owner, list(members))
        return uri

    def curate(self, owner, name, description, members):
        uri = f"at://{owner}/app.bsky.graph.list/{tid(500 + len(self.lists))}"
        self.lists[uri] = (name, description, owner, list(members))
        return uri

    # --- views ----------------------------------------------------------------------------

    def _list_of(self, uri):
        for listed, name, about, owner, members in self.packs.values():
            if listed == uri:
                return name, about, owner, members
        return self.lists.get(uri)

    def _list_view(self, uri, name, about, owner):
        return {
            "uri": uri,
            "cid": "bafyrei",
            "name": name,
            "description": about,
            "purpose": "app.bsky.graph.defs#curatelist",
            "creator": basic(self.accounts[owner]),
            "indexedAt": INDEXED,
        }

    def _pack_view(self, uri):
        listed, name, about, owner, _ = self.packs[uri]
        record = {"name": name, "description": about, "list": listed, "createdAt": INDEXED}
        return {
            "uri": uri,
            "cid": "bafyrei",
            "record": record,
            "creator": basic(self.accounts[owner]),
            "list": {"uri": listed, "cid": "bafyrei", "name": name, "purpose": "x"},
            "indexedAt": INDEXED,
        }

    def _post_view(self, did, rkey, record):
        uri = f"at://{did}/app.bsky.feed.post/{rkey}"
        counts = {"like": self.likes, "repost": self.reposts, "quote": self.quotes}
        return {
            "uri": uri,
            "cid": "bafyrei",
            "author": {k: self.accounts[did][k] for k in ("did", "handle", "displayName")},
            "record": record,
            "indexedAt": INDEXED,
            "replyCount": len(self.replies.get(uri, ())),
            **{f"{kind}Count": len(table.get(uri, ())) for kind, table in counts.items()},
        }

    def _views(self, dids):
        return [
            basic(self.accounts[d]) for d in dids if d in self.accounts and d not in self.refusals
        ]

    def _did(self, actor):
        if actor in self.accounts:
            return actor
        return next((d for d, a in self.accounts.items() if a["handle"] == actor), None)

    # --- calls ----------------------------------------------------------------------------

    def answer(self, method, params):
        """(status, object) of one call; every call is noted in `calls`."""
        self.calls.append((method, json.dumps(params, sort_keys=True)))
        if method in (ACTORS, PACKS):
            return 200, search(
                method,
                params,
                actors=lambda: [a for d, a in self.accounts.items() if d not in self.refusals],
                packs=lambda: [self._pack_view(uri) for uri in self.packs],
            )
        if method.startswith("did:"):
            return 200, {
                "id": method,
                "service": [
                    {
                        "id": "#atproto_pds",
                        "type": "AtprotoPersonalDataServer",
                        "serviceEndpoint": "https://pds.example.net",
                    }
                ],
            }
        name = method.rpartition(".")[2]
        handler = getattr(self, f"_{name}", None)
        if handler is None:
            return 501, {"error": "MethodNotImplemented", "message": method}
        return handler(params)

    def _getProfiles(self, params):
        actors = params["actors"]
        dids = [self._did(a) for a in ([actors] if isinstance(actors, str) else actors)]
        shown = [self.accounts[d] for d in dids if d and d not in self.refusals]
        return 200, {"profiles": shown}

    def _getProfile(self, params):
        did = params["actor"]
        if did in self.refusals:
            return invalid("refused", self.refusals[did])
        if did not in self.accounts:
            return invalid("Profile not found")
        return 200, self.accounts[did]

    def _getRepoStatus(self, params):
        did = params["did"]
        if did in self.repo_status:
            return 200, {"did": did, **self.repo_status[did]}
        return invalid("no such repo", "RepoNotFound")

    def _getList(self, params):
        found = self._list_of(params["list"])
        if found is None:
            return invalid("List not found")
        name, about, owner, members = found
        items = [
            {"uri": f"at://{owner}/app.bsky.graph.listitem/{tid(n)}", "subject": view}
            for n, view in enumerate(self._views(members))
        ]
        view = self._list_view(params["list"], name, about, owner)
        return 200, {"list": view, **page(items, params, "items")}

    def _getLists(self, params):
        views = [
            self._list_view(uri, name, about, owner)
            for uri, (name, about, owner, _) in self.lists.items()
            if owner == params["actor"]
        ]
        return 200, page(views, params, "lists")

    def _getFollows(self, params):
        rows = self._views(self.follows.get(params["actor"], ()))
        return 200, {"subject": self._subject(params), **page(rows, params, "follows")}

    def _subject(self, params):
        return basic(self.accounts[params["actor"]])

    def _listRecords(self, params):
        assert params["collection"] == "app.bsky.graph.follow"
        did = params["repo"]
        records = [
            {
                "uri": f"at://{did}/app.bsky.graph.follow/{tid(n)}",
                "cid": "bafyrei",
                "value": {
                    "$type": "app.bsky.graph.follow",
                    "subject": followed,
                    "createdAt": INDEXED,
                    "via": {"uri": next(iter(self.packs)), "cid": "bafyrei"},
                },
            }
            for n, followed in enumerate(self.follows.get(did, ()))
        ]
        return 200, page(records, params, "records")

    def _getFollowers(self, params):
        if params["actor"] in self.refusals:
            return invalid("Actor not found")
        rows = self._views(self.followers.get(params["actor"], ()))
        return 200, {"subject": self._subject(params), **page(rows, params, "followers")}

    def _getAuthorFeed(self, params):
        did = params["actor"]
        if did in self.refusals:
            return invalid("Profile not found")
        items = [{"post": self._post_view(did, *post)} for post in self.posts.get(did, ())]
        for uri in (u for u, dids in self.reposts.items() if did in dids):
            by = basic(self.accounts[did])
            kind = "app.bsky.feed.defs#reasonRepost"
            reason = {"$type": kind, "by": by, "indexedAt": INDEXED}
            items.append({"post": self._found_post(uri), "reason": reason})
        return 200, page(items, params, "feed")

    def _getLikes(self, params):
        rows = [
            {"actor": view, "createdAt": INDEXED, "indexedAt": INDEXED}
            for view in self._views(self.likes.get(params["uri"], ()))
        ]
        return 200, {"uri": params["uri"], **page(rows, params, "likes")}

    def _getRepostedBy(self, params):
        rows = self._views(self.reposts.get(params["uri"], ()))
        return 200, {"uri": params["uri"], **page(rows, params, "repostedBy")}

    def _getQuotes(self, params):
        rows = [self._found_post(uri) for uri in self.quotes.get(params["uri"], ())]
        return 200, {"uri": params["uri"], **page(rows, params, "posts")}

    def _getPostThread(self, params):
        kind = {"$type": "app.bsky.feed.defs#threadViewPost"}
        replies = [
            {**kind, "post": self._found_post(uri)} for uri in self.replies.get(params["uri"], ())
        ]
        thread = {**kind, "post": self._found_post(params["uri"]), "replies": replies}
        return 200, {"thread": thread}

    def _found_post(self, uri):
        did, rkey = uri.split("/")[2], uri.rpartition("/")[2]
        record = next(r for k, r in self.posts[did] if k == rkey)
        return self._post_view(did, rkey, record)

    def _listReposByCollection(self, params):
        assert params["collection"] == VISIBILITY
        rows = [{"did": did} for did in self.declared]
        return 200, page(rows, params, "repos")

    def _getRecord(self, params):
        if params["repo"] not in self.declared:
            return invalid("Could not locate record", "RecordNotFound")
        value = {"hideFromAlgorithmicRecommendations": self.declared[params["repo"]]}
        return 200, {"uri": "at://x", "cid": "bafyrei", "value": value}

    # --- ways in --------------------------------------------------------------------------

    def transport(self, call):
        """Without a socket: what `sources.http.Client` takes in place of the network."""
        parts = urlsplit(call.url)
        query = parse_qs(parts.query, keep_blank_values=True)
        status, body = self.answer(*asked(parts.path, query))
        headers = {"content-type": "application/json"}
        return Answer(status, headers, json.dumps(body).encode(), call.url)

    def replied(self, path, query, _headers):
        """Over a socket: what `tests.standins.loopback.served` takes."""
        return reply(*self.answer(*asked(path, query)))


def asked(path, query):
    """(method, params) of a request; a DID in place of a method asks the PLC directory."""
    params = {name: many if len(many) > 1 else many[0] for name, many in query.items()}
    return path.removeprefix("/xrpc/").removeprefix("/"), params


def lisbon(*, scene=40, strangers=30, audience=30):
    """A scene of coffee people in Lisbon, in packs or not, with bios that tell or not."""
    world = World()
    owner = world.person(1, "Rita", "packs and lists")
    people = []
    for n in range(scene):
        # every second one says so; every third one is listed
        says = (
            "specialty coffee, based in Lisbon"
            if n % 2 == 0
            else "espresso, Lisboa"
            if n % 5
            else ""
        )
        people.append(world.person(100 + n, f"Person {n}", says, follows=1))
    for n in range(strangers):
        world.person(1_000 + n, f"Stranger {n}", "knitting in Oslo")
    listed = [did for n, did in enumerate(people) if n % 3 == 0]
    world.pack(owner, "Lisbon coffee people", "who brews what", listed)
    world.pack(owner, "Birds of Oslo", "ornithology", [f"did:plc:{1_000:024d}"])
    world.curate(owner, "Coffee, Lisboa", "more of them", people[10:16])
    fans = [world.person(5_000 + n, f"Fan {n}", "") for n in range(audience)]
    for n, did in enumerate(people):
        for post in range(2):
            uri = world.write(
                did, f"pour over number {post} of the day", n * 10 + post, langs=["en"]
            )
            world.likes[uri] = fans[: 3 + n % 4]
        for fan in fans[: 5 + n % 20]:
            world.follow(fan, did)
        world.follow(did, people[(n + 1) % scene])
        world.follow(did, people[(n + 2) % scene])
        world.follow(did, people[(n + 7) % scene])
    return world
