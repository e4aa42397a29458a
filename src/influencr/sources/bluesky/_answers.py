"""What each kind of call asks, and what its answer says: rows, people found, calls that follow.

Every reader is a function of the answer alone (and of the wish), so that a call that has to be made
once more after a kill says the same again. A call that the network refuses for one account is not
an error of the run: that account has nothing to say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from influencr.errors import InfluencrError, NotThere, Rejected, ServiceError
from influencr.sources.bluesky import _views as views
from influencr.sources.bluesky._records import did_of, quoted, reference, sort_at
from influencr.sources.bluesky._wish import Wish
from influencr.sources.bluesky._work import Account, Outcome, Task
from influencr.sources.bluesky._xrpc import Xrpc, error_name

__all__ = ["ACTORS", "ELSEWHERE", "PAGE", "PROFILES", "Reading", "ask", "read", "refused"]

#: Largest pages of the lexicons.
PAGE = 100
PROFILES = 25
_REPOS = 2_000
#: Strategies by the name under which they are reported.
ACTORS = "actors"
#: Pages of one actor search, of one account's follows: what stands behind is rarely meant. Own
#: choice; the second search page is asked for only when half of the first belongs.
_SEARCH_PAGES = 2
_FOLLOWS_PAGES = 5
_VISIBILITY = "app.bsky.actor.contentVisibilityDeclaration"
#: Kinds of search, as a sentence names them.
SEARCHES = {"packs.search": "The search for packs", "actors.search": "The search for accounts"}
#: Needs an account, forbidden, not there, not implemented: no question of this kind is answered.
_CLOSED = frozenset({401, 403, 404, 501})
#: Calls to servers of anybody's own: one of them that fails or refuses is no reason to stop.
ELSEWHERE = ("document", "declaration", "follow_records")
_CURATED = "app.bsky.graph.defs#curatelist"


class Reading(NamedTuple):
    """What a reader may look at besides the answer.

    at           when the answer came; no two answers of a run share an instant
    candidates   DIDs found up to now, for what is told about the whole network
    """

    at: datetime
    wish: Wish
    births: Callable[[str], datetime | None] | None
    candidates: Callable[[], frozenset[str]]


def ask(xrpc: Xrpc, task: Task) -> Mapping[str, Any]:
    """Make the call of a task."""
    params, hosts = dict(task.params), xrpc.hosts
    if task.kind == "document":
        return xrpc.document(params["did"], purpose=task.strategy)
    calls: dict[str, tuple[str, str, dict[str, Any]]] = {
        "packs.search": (hosts.search, "app.bsky.graph.searchStarterPacksV2", {"limit": PAGE}),
        "actors.search": (hosts.search, "app.bsky.actor.searchActors", {"limit": PAGE}),
        "lists.of": (hosts.appview, "app.bsky.graph.getLists", {"limit": PAGE}),
        "list": (hosts.appview, "app.bsky.graph.getList", {"limit": PAGE}),
        "profiles": (hosts.appview, "app.bsky.actor.getProfiles", {}),
        "status": (hosts.appview, "app.bsky.actor.getProfile", {}),
        "follows": (hosts.appview, "app.bsky.graph.getFollows", {"limit": PAGE}),
        "follow_records": (
            str(params.get("pds", "")),
            "com.atproto.repo.listRecords",
            {"collection": "app.bsky.graph.follow", "limit": PAGE},
        ),
        "followers": (hosts.appview, "app.bsky.graph.getFollowers", {"limit": PAGE}),
        "feed": (hosts.appview, "app.bsky.feed.getAuthorFeed", {"limit": PAGE}),
        "likes": (hosts.appview, "app.bsky.feed.getLikes", {"limit": PAGE}),
        "reposts": (hosts.appview, "app.bsky.feed.getRepostedBy", {"limit": PAGE}),
        "quotes": (hosts.appview, "app.bsky.feed.getQuotes", {"limit": PAGE}),
        "replies": (hosts.appview, "app.bsky.feed.getPostThread", {"depth": 1, "parentHeight": 0}),
        "visibility": (
            hosts.relay,
            "com.atproto.sync.listReposByCollection",
            {"collection": _VISIBILITY, "limit": _REPOS},
        ),
        "declaration": (
            str(params.get("pds", "")),
            "com.atproto.repo.getRecord",
            {"collection": _VISIBILITY, "rkey": "self"},
        ),
        "repo": (hosts.relay, "com.atproto.sync.getRepoStatus", {}),
    }
    host, method, more = calls[task.kind]
    sent = {k: v for k, v in params.items() if not k.startswith("_") and k != "pds"}
    return xrpc.ask(host, method, {**sent, **more}, purpose=task.strategy)


def read(task: Task, answer: Mapping[str, Any], reading: Reading) -> Outcome:
    """What the answer to a task says."""
    return _READERS[task.kind](task, answer, reading)


def refused(task: Task, error: InfluencrError, reading: Reading) -> Outcome | None:
    """What it says that the network refused a call; None where the run has to stop over it."""
    name = error_name(error)
    if task.kind in ELSEWHERE and isinstance(error, ServiceError):
        if task.strategy != "visibility":
            return Outcome()
        # listed as having declared something: what cannot be read is taken for the stricter wish,
        # and a record that is gone by now for none
        did = task.params.get("did") or task.params.get("repo")
        wish = not (task.kind == "declaration" and "record" in name.casefold())
        return _declared(str(did), reading, hidden=wish)
    if task.kind in SEARCHES and getattr(error, "status", None) in _CLOSED:
        # Asked once more, it would close the host for everything else too.
        said = f"{SEARCHES[task.kind]} is not open to us ({error}); the rest goes on without it."
        return Outcome(stops=task.kind, notes=[said])
    if not isinstance(error, (NotThere, Rejected)):
        return None
    if task.kind == "status":
        return _status(task, name, reading)
    if task.kind == "repo":
        did = str(task.params["did"])
        if "notfound" in name.replace(" ", "").casefold() or isinstance(error, NotThere):
            return _deleted(did, reading)
        return None
    if task.kind == "followers":
        return Outcome(drops=task.hold)
    if task.kind in ("visibility", "profiles"):
        return None
    return Outcome()


# --- who may be meant -------------------------------------------------------------------------


def _packs(task: Task, answer: Mapping[str, Any], reading: Reading) -> Outcome:
    """Packs whose own words say what is wanted; their members are read from their lists."""
    made = Outcome()
    for pack in _maps(answer.get("starterPacks")):
        record, listed = _map(pack.get("record")), _map(pack.get("list"))
        name, about = _text(record.get("name")), _text(record.get("description"))
        uri = _text(listed.get("uri")) or _text(record.get("list"))
        owner = _text(_map(pack.get("creator")).get("did"))
        if not uri or not reading.wish.is_meant(name, about):
            continue
        kept = {"list": uri, "_name": name, "_about": about, "_owner": owner}
        made.tasks.append(Task("packs", "list", {**kept, "_pack": _text(pack.get("uri"))}))
        if owner:
            made.tasks.append(Task("lists", "lists.of", {"actor": owner}))
    return made


def _lists_of(task: Task, answer: Mapping[str, Any], reading: Reading) -> Outcome:
    """Lists by somebody who made a fitting pack, as far as they say what is wanted."""
    made = Outcome()
    for view in _maps(answer.get("lists")):
        name, about = _text(view.get("name")), _text(view.get("description"))
        if view.get("purpose") != _CURATED or not reading.wish.is_meant(name, about):
            continue
        owner = _text(_map(view.get("creator")).get("did"))
        kept = {"list": view["uri"], "_name": name, "_about": about, "_owner": owner}
        made.tasks.append(Task("lists", "list", kept))
    return made


def _list(task: Task, answer: Mapping[str, Any], reading: Reading) -> Outcome:
    made = Outcome()
    params = task.params
    # a follow's `via` names the pack, never the list behind it
    pack = str(params.get("_pack") or params["list"])
    for item in _maps(answer.get("items")):
        row = views.member(
            pack,
            item,
            name=params["_name"] or None,
            description=params["_about"] or None,
            owner=params["_owner"] or None,
            at=reading.at,
        )
        if row is None:
            continue
        made.records.append(row)
        did = _person(_map(item.get("subject")), reading, made)
        if did is not None:
            made.found.append((did, task.strategy, pack))
    return _more(made, task, answer)


def _actors(task: Task, answer: Mapping[str, Any], reading: Reading) -> Outcome:
    made = Outcome()
    for view in _maps(answer.get("actors")):
        did = _person(view, reading, made)
        if did is not None:
            made.found.append((did, ACTORS, str(task.params["q"])))
    n = len(made.found)
    fitting = sum(made.accounts[did].belongs for did, _, _ in made.found)
    page = int(task.params.get("_page", 1))
    if n >= PAGE // 2 and 2 * fitting >= n and page < _SEARCH_PAGES:
        return _more(made, task, answer)
    return made


def _profiles(task: Task, answer: Mapping[str, Any], reading: Reading) -> Outcome:
    made = Outcome()
    shown: set[str] = set()
    for view in _maps(answer.get("profiles")):
        did = _person(view, reading, made, counted=True)
        if did is not None:
            shown.add(did)
            if task.strategy in ("named", "heard"):
                made.found.append((did, task.strategy, str(view.get("handle"))))
    if task.strategy in ("again", "heard"):
        made.found += [(str(did), "asked", task.strategy) for did in task.params["actors"]]
    if task.strategy == "again":
        missing = (str(did) for did in task.params["actors"] if did not in shown)
        made.tasks += [Task("again", "status", {"actor": did}) for did in missing]
    return made


def _status(task: Task, name: str, reading: Reading) -> Outcome:
    """An account that `getProfiles` left out, and the name of the refusal that it got alone."""
    did = str(task.params["actor"])
    hidden = {"AccountTakedown": "takendown", "AccountDeactivated": "deactivated"}.get(name)
    if hidden is not None:
        return Outcome([views.gone(did, hidden, at=reading.at)])
    return Outcome(tasks=[Task("again", "repo", {"did": did})])


def _shown(task: Task, answer: Mapping[str, Any], reading: Reading) -> Outcome:
    made = Outcome()
    _person(answer, reading, made, counted=True)
    return made


def _repo(task: Task, answer: Mapping[str, Any], reading: Reading) -> Outcome:
    """What the relay says of an account that the AppView does not know."""
    did, status = str(task.params["did"]), answer.get("status")
    if answer.get("active") is True or status in ("desynchronized", "throttled"):
        return Outcome()
    if status == "deleted":
        return _deleted(did, reading)
    known = status if status in ("takendown", "suspended") else "deactivated"
    return Outcome([views.gone(did, known, at=reading.at)])


def _deleted(did: str, reading: Reading) -> Outcome:
    row = views.gone(did, "deleted", at=reading.at)
    return Outcome([row], found=[(did, "gone", "deleted")])


def _follows(task: Task, answer: Mapping[str, Any], reading: Reading) -> Outcome:
    made = Outcome()
    seed = str(task.params["actor"])
    for view in _maps(answer.get("follows")):
        did = _person(view, reading, made)
        if did is not None:
            made.records.append(views.follow(seed, did, at=reading.at))
            made.found.append((did, "followed", seed))
    if int(task.params.get("_page", 1)) < _FOLLOWS_PAGES:
        return _more(made, task, answer)
    return made


def _document(task: Task, answer: Mapping[str, Any], reading: Reading) -> Outcome:
    """Where an account's records lie; then the record that was wanted from there."""
    did = str(task.params["did"])
    for service in _maps(answer.get("service")):
        if str(service.get("id", "")).endswith("#atproto_pds"):
            pds = _text(service.get("serviceEndpoint")).rstrip("/")
            kind = "declaration" if task.strategy == "visibility" else "follow_records"
            return Outcome(tasks=[Task(task.strategy, kind, {"repo": did, "pds": pds})])
    return Outcome()


def _follow_records(task: Task, answer: Mapping[str, Any], reading: Reading) -> Outcome:
    """Follows as their owner's server keeps them: with their instants and what led there."""
    made = Outcome()
    for entry in _maps(answer.get("records")):
        row = views.followed(entry, at=reading.at)
        if row is not None:
            made.records.append(row)
            did = row.followed_id.removeprefix("bluesky:")
            made.found.append((did, "followed", str(task.params["repo"])))
    if int(task.params.get("_page", 1)) < _FOLLOWS_PAGES:
        return _more(made, task, answer)
    return made


def _visibility(task: Task, answer: Mapping[str, Any], reading: Reading) -> Outcome:
    """Everybody who declared something about recommendations; asked further if found by us."""
    listed = {_text(repo.get("did")) for repo in _maps(answer.get("repos"))}
    ours = sorted(listed & reading.candidates())
    made = Outcome(tasks=[Task("visibility", "document", {"did": did}) for did in ours])
    return _more(made, task, answer)


def _declaration(task: Task, answer: Mapping[str, Any], reading: Reading) -> Outcome:
    hidden = views.wants_no_recommendation(answer.get("value"))
    return _declared(str(task.params["repo"]), reading, hidden=hidden)


def _declared(did: str, reading: Reading, *, hidden: bool) -> Outcome:
    row = views.hidden_from_recommendations(did, hidden=hidden, at=reading.at)
    return Outcome([row], found=[(did, "hidden", "declared")] if hidden else [])


# --- what they do -----------------------------------------------------------------------------


def _feed(task: Task, answer: Mapping[str, Any], reading: Reading) -> Outcome:
    """Own posts and replies with their counts; what was passed on, without the others' words."""
    made = Outcome()
    author = str(task.params["actor"])
    for item in _maps(answer.get("feed")):
        view, reason = _map(item.get("post")), _map(item.get("reason"))
        uri = _text(view.get("uri"))
        if _text(reason.get("$type")).endswith("#reasonRepost"):
            # no answer tells the record's own instant, and one act must not have two
            made.records.append(views.engagement(author, uri, "repost", when=None, at=reading.at))
        if did_of(uri) != author:
            continue
        row = views.post(view, at=reading.at)
        if row is not None:
            made.records.append(row)
            target = quoted(_map(view.get("record")))
            if target is not None:
                made.records.append(
                    views.engagement(author, target, "quote", when=row.created_at, at=reading.at)
                )
            if row.reply_to is None:
                likes, reposts = row.likes or 0, row.reposts or 0
                told = (likes, reposts, row.quotes or 0, row.replies or 0)
                made.posts.append((author, uri, *told))
    return made


def _likes(task: Task, answer: Mapping[str, Any], reading: Reading) -> Outcome:
    made = Outcome()
    for like in _maps(answer.get("likes")):
        did = _person(_map(like.get("actor")), reading, made)
        if did is not None:
            when = sort_at(like.get("createdAt"), like.get("indexedAt"))
            made.records.append(
                views.engagement(did, str(task.params["uri"]), "like", when=when, at=reading.at)
            )
    return made


def _reposts(task: Task, answer: Mapping[str, Any], reading: Reading) -> Outcome:
    made = Outcome()
    for view in _maps(answer.get("repostedBy")):
        did = _person(view, reading, made)
        if did is not None:
            made.records.append(
                views.engagement(did, str(task.params["uri"]), "repost", when=None, at=reading.at)
            )
    return made


def _quotes(task: Task, answer: Mapping[str, Any], reading: Reading) -> Outcome:
    made = Outcome()
    for view in _maps(answer.get("posts")):
        did = _person(_map(view.get("author")), reading, made)
        if did is not None:
            when = sort_at(_map(view.get("record")).get("createdAt"), view.get("indexedAt"))
            made.records.append(
                views.engagement(did, str(task.params["uri"]), "quote", when=when, at=reading.at)
            )
    return made


def _replies(task: Task, answer: Mapping[str, Any], reading: Reading) -> Outcome:
    """Answers to a post as posts of their own: who answers with empty words is vetting's affair."""
    made = Outcome()
    target = str(task.params["uri"])
    for reply in _maps(_map(answer.get("thread")).get("replies")):
        view = _map(reply.get("post"))
        row = views.post(view, at=reading.at)
        if row is not None and row.reply_to == reference(target):
            _person(_map(view.get("author")), reading, made)
            made.records.append(row)
    return made


def _followers(task: Task, answer: Mapping[str, Any], reading: Reading) -> Outcome:
    """One page of somebody's followers; held back until the last one is there."""
    made = Outcome()
    creator = str(task.params["actor"])
    for view in _maps(answer.get("followers")):
        did = _person(view, reading, made)
        if did is not None:
            made.records.append(views.follow(did, creator, at=reading.at))
    made = _more(made, task, answer)
    if not made.tasks:
        made.ends = task.hold
    return made


# --- shared -----------------------------------------------------------------------------------


def _person(
    view: Mapping[str, Any], reading: Reading, made: Outcome, *, counted: bool = False
) -> str | None:
    """The account of a view: its row, and what the run remembers of it."""
    row = views.profile(view, at=reading.at, births=reading.births)
    if row is None:
        return None
    did = row.profile_id.removeprefix("bluesky:")
    made.records.append(row)
    made.accounts[did] = Account(
        followers=row.followers or 0,
        follows=row.following or 0,
        posts=row.posts_count or 0,
        belongs=reading.wish.belongs(row.handle, row.display_name, row.bio_text),
        open=views.is_open(row),
        counted=counted,
    )
    return did


def _more(made: Outcome, task: Task, answer: Mapping[str, Any]) -> Outcome:
    """Asks for the next page where there is one. A cursor that comes back again ends the list."""
    cursor = answer.get("cursor")
    if isinstance(cursor, str) and cursor and cursor != task.params.get("cursor"):
        page = int(task.params.get("_page", 1)) + 1
        following = {**task.params, "cursor": cursor, "_page": page}
        made.tasks.append(task._replace(params=following, id=0))
    return made


def _map(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _maps(value: Any) -> Iterator[Mapping[str, Any]]:
    return (v for v in value if isinstance(v, dict)) if isinstance(value, list) else iter(())


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


_READERS: dict[str, Callable[[Task, Mapping[str, Any], Reading], Outcome]] = {
    "packs.search": _packs,
    "actors.search": _actors,
    "lists.of": _lists_of,
    "list": _list,
    "profiles": _profiles,
    "status": _shown,
    "repo": _repo,
    "follows": _follows,
    "document": _document,
    "follow_records": _follow_records,
    "visibility": _visibility,
    "declaration": _declaration,
    "feed": _feed,
    "likes": _likes,
    "reposts": _reposts,
    "quotes": _quotes,
    "replies": _replies,
    "followers": _followers,
}
