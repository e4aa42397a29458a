"""Actor and pack search as the network's closed services answer it, over what an AppView shows.

A local AppView matches handles only and has no index of packs, so suites put this in front of it:
the two searches and the relay's list of repositories by collection are answered here, every other
call is passed on untouched. Word search in its simplest form: every word of the question, folded,
stands in the name, the handle or the description. Shapes: app.bsky.actor.searchActors,
app.bsky.graph.searchStarterPacksV2, com.atproto.sync.listReposByCollection.

    with SearchInFront("http://localhost:2584", dids=[...], packs=["at://..."]) as front:
        front.address        # for `appview` and `search` in sources.toml
"""

import contextlib
import json
import urllib.error
import urllib.request
from urllib.parse import urlencode

from tests.standins.loopback import Reply, served

from influencr.text import fold, words

ACTORS = "app.bsky.actor.searchActors"
PACKS = "app.bsky.graph.searchStarterPacksV2"
REPOS = "com.atproto.sync.listReposByCollection"


def is_found(question, *texts):
    """Whether every word of a question stands in the texts, in any case and with any accents."""
    joined = fold(" ".join(text or "" for text in texts))
    said = set(words(joined))
    return all(word in said or (len(word) > 5 and word in joined) for word in words(question))


def page(rows, params, name):
    """One page of rows as XRPC gives it: `limit` of them and a cursor where more follow."""
    limit = min(100, max(1, int(params.get("limit", 25))))
    start = int(params.get("cursor") or 0)
    answer = {name: rows[start : start + limit]}
    if start + limit < len(rows):
        answer["cursor"] = str(start + limit)
    return answer


def basic(view):
    """A profileView from a detailed one: search results and pages of followers have no counts."""
    counts = {"followersCount", "followsCount", "postsCount", "banner", "website", "pinnedPost"}
    return {key: value for key, value in view.items() if key not in counts}


def search(method, params, *, actors, packs):
    """The answer to one search.

    actors, packs   functions that give all profile views and all starter pack views
    """
    if method == ACTORS:
        question = params.get("q") or params.get("term") or ""
        found = [
            basic(view)
            for view in actors()
            if is_found(question, view["handle"], view.get("displayName"), view.get("description"))
        ]
        return page(found, params, "actors")
    question = params.get("q", "")
    found = [
        view
        for view in packs()
        if is_found(question, view["record"].get("name"), view["record"].get("description"))
    ]
    return {**page(found, params, "starterPacks"), "hitsTotal": len(found)}


def reply(status, body):
    """An XRPC answer on the wire."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Reply(status, {"Content-Type": "application/json"}, raw)


class SearchInFront:
    """The searches in front of a real AppView.

    appview    its base address
    dids       accounts that the search knows; may grow while it runs
    packs      at:// addresses of starter packs that it knows; may grow too
    declared   collection -> DIDs that hold a record in it, for the relay's list
    relay      where getRepoStatus and other sync calls go; the AppView when not given
    """

    def __init__(self, appview, *, dids, packs=(), declared=None, relay=None):
        self._open = contextlib.ExitStack()
        self.appview, self.relay = appview.rstrip("/"), (relay or appview).rstrip("/")
        self.dids, self.packs = list(dids), list(packs)
        self.declared = dict(declared or {})
        #: every call that was answered here or passed on, in order
        self.calls = []

    def __enter__(self):
        self.address = self._open.enter_context(served(self._reply))
        return self

    def __exit__(self, *_):
        self._open.close()

    def _reply(self, path, query, _headers):
        params = {name: many if len(many) > 1 else many[0] for name, many in query.items()}
        return reply(*self._answer(path.removeprefix("/xrpc/"), params))

    def _answer(self, method, params):
        self.calls.append(method)
        if method in (ACTORS, PACKS):
            return 200, search(method, params, actors=self._actors, packs=self._packs)
        if method == REPOS:
            rows = [{"did": did} for did in self.declared.get(params["collection"], ())]
            return 200, page(rows, {**params, "limit": 100}, "repos")
        host = self.relay if method.startswith("com.atproto.sync.") else self.appview
        return self._passed_on(host, method, params)

    def _passed_on(self, host, method, params):
        address = f"{host}/xrpc/{method}?{urlencode(params, doseq=True)}"
        try:
            with urllib.request.urlopen(address, timeout=30) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as refusal:
            with refusal:
                return refusal.code, refusal.read()

    def _many(self, method, name, many, answer):
        rows = []
        for start in range(0, len(many), 25):
            _, raw = self._passed_on(self.appview, method, {name: many[start : start + 25]})
            rows += json.loads(raw)[answer]
        return rows

    def _actors(self):
        return self._many("app.bsky.actor.getProfiles", "actors", self.dids, "profiles")

    def _packs(self):
        # getStarterPacks gives basic views; the search gives whole ones
        whole = []
        for uri in self.packs:
            status, raw = self._passed_on(
                self.appview, "app.bsky.graph.getStarterPack", {"starterPack": uri}
            )
            if status == 200:
                whole.append(json.loads(raw)["starterPack"])
        return whole
