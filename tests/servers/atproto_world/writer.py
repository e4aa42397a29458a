"""Writes into the network as its members do (PDS, plain HTTP), and into the ledger."""

import base64
import json
import random
import urllib.error
import urllib.request
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

from atproto_world.ids import next_key
from atproto_world.ledger import (
    FOLLOW,
    LIKE,
    LIST,
    LIST_ITEM,
    PACK,
    POST,
    PROFILE,
    REPOST,
    VISIBILITY,
    Account,
    Ledger,
    did_of,
)

_APPLY = "com.atproto.repo.applyWrites"
_PASSWORD = "correct-horse-1"
#: Records in one call; the PDS takes 200.
_AT_ONCE = 150


def now() -> str:
    return stamp(datetime.now(UTC))


def stamp(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def ago(**much: float) -> str:
    return stamp(datetime.now(UTC) - timedelta(**much))


def ask(
    base: str,
    method: str,
    body: Any = None,
    *,
    token: str | None = None,
    basic: Sequence[str] | None = None,
    params: str = "",
    timeout: float = 60,
) -> Any:
    """One XRPC call: GET without a body, POST with one (b"" is none); the decoded answer."""
    request = urllib.request.Request(f"{base}/xrpc/{method}{params}")
    if body == b"":
        request.data = body
    elif body is not None:
        request.data = json.dumps(body).encode()
        request.add_header("Content-Type", "application/json")
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    if basic:
        pair = base64.b64encode(":".join(basic).encode()).decode()
        request.add_header("Authorization", f"Basic {pair}")
    try:
        with urllib.request.urlopen(request, timeout=timeout) as answer:
            said = answer.read()
    except urllib.error.HTTPError as error:
        detail = error.read()[:500].decode(errors="replace")
        raise AssertionError(f"{method}: {error.code} {detail}") from error
    return json.loads(said) if said.strip() else None


class Writer:
    """Acts of many accounts, each written down once the network has acknowledged it."""

    def __init__(self, where: dict[str, Any], ledger: Ledger) -> None:
        self.where = where
        self.ledger = ledger
        self.pds = where["pds"]

    # Accounts.

    def sign_up(self, handles: Iterable[str]) -> list[Account]:
        """Accounts with these handles, in this order, four at a time."""

        def one(handle: str) -> Account:
            made = ask(
                self.pds,
                "com.atproto.server.createAccount",
                {
                    "email": f"{handle}@example.com",
                    "handle": handle,
                    "password": _PASSWORD,
                },
            )
            return Account(made["did"], handle, made["accessJwt"])

        with ThreadPoolExecutor(4) as pool:
            accounts = list(pool.map(one, handles))
        self.ledger.accounts.update({account.did: account for account in accounts})
        return accounts

    def delete_account(self, did: str) -> None:
        self._as_admin("com.atproto.admin.deleteAccount", {"did": did})
        self.ledger.left(did, "deleted")

    def take_down(self, did: str, *, applied: bool = True) -> None:
        """The operator of the PDS hides the account, or shows it again."""
        subject = {"$type": "com.atproto.admin.defs#repoRef", "did": did}
        takedown = {"applied": applied, **({"ref": "test"} if applied else {})}
        self._as_admin(
            "com.atproto.admin.updateSubjectStatus", {"subject": subject, "takedown": takedown}
        )
        self.ledger.left(did, "takendown" if applied else "active")

    def deactivate(self, did: str) -> None:
        token = self.ledger.accounts[did].token
        ask(self.pds, "com.atproto.server.deactivateAccount", {}, token=token)
        self.ledger.left(did, "deactivated")

    def activate(self, did: str) -> None:
        token = self.ledger.accounts[did].token
        ask(self.pds, "com.atproto.server.activateAccount", b"", token=token)
        self.ledger.left(did, "active")

    # Records.

    def create(self, did: str, records: Sequence[dict[str, Any]]) -> list[str]:
        """New records of one account, in order; their addresses. A profile has the key `self`."""
        uris: list[str] = []
        for start in range(0, len(records), _AT_ONCE):
            part = records[start : start + _AT_ONCE]
            writes = [
                {
                    "$type": f"{_APPLY}#create",
                    "collection": record["$type"],
                    "rkey": "self" if record["$type"] in (PROFILE, VISIBILITY) else next_key(),
                    "value": record,
                }
                for record in part
            ]
            results = self._apply(did, writes)["results"]
            for record, result in zip(part, results, strict=True):
                self.ledger.wrote(result["uri"], result["cid"], record)
                uris.append(result["uri"])
        return uris

    def update(self, did: str, record: dict[str, Any]) -> str:
        """The record with the key `self` put in the place of what was there."""
        done = ask(
            self.pds,
            "com.atproto.repo.putRecord",
            {
                "repo": did,
                "collection": record["$type"],
                "rkey": "self",
                "record": record,
                "validate": False,
            },
            token=self.ledger.accounts[did].token,
        )
        self.ledger.wrote(done["uri"], done["cid"], record)
        return done["uri"]

    def delete(self, uri: str) -> None:
        _, collection, key = uri.removeprefix("at://").split("/")
        writes = [{"$type": f"{_APPLY}#delete", "collection": collection, "rkey": key}]
        self._apply(did_of(uri), writes)
        self.ledger.removed(uri)

    def create_for_many(self, records: dict[str, list[dict[str, Any]]]) -> dict[str, list[str]]:
        """did -> records, four accounts at a time; did -> addresses."""
        with ThreadPoolExecutor(4) as pool:
            written = pool.map(lambda item: self.create(*item), records.items())
            return dict(zip(records, written, strict=True))

    def settle(self) -> None:
        """Returns when the AppView has read everything that the PDS wrote."""
        request = urllib.request.Request(f"{self.where['control']}/settle", method="POST")
        with urllib.request.urlopen(request, timeout=120):
            pass

    def restart_pds(self) -> None:
        request = urllib.request.Request(f"{self.where['control']}/pds/restart", method="POST")
        with urllib.request.urlopen(request, timeout=120):
            pass

    def _apply(self, did: str, writes: list[dict[str, Any]]) -> Any:
        body = {"repo": did, "validate": False, "writes": writes}
        return ask(self.pds, _APPLY, body, token=self.ledger.accounts[did].token)

    def _as_admin(self, method: str, body: dict[str, Any]) -> None:
        ask(self.pds, method, body, basic=self.where["admin"])


# Records in the shapes of the public lexicons.


def profile(name: str, bio: str, *, labels: Sequence[str] = (), **more: Any) -> dict[str, Any]:
    record = {"$type": PROFILE, "displayName": name, "description": bio, "createdAt": now()}
    if labels:
        record["labels"] = {
            "$type": "com.atproto.label.defs#selfLabels",
            "values": [{"val": value} for value in labels],
        }
    return {**record, **more}


def post(text: str, *, at: str | None = None, langs: Sequence[str] = ("en",)) -> dict[str, Any]:
    """A post with a facet for every hashtag, as the network's own clients write it."""
    record = {"$type": POST, "text": text, "langs": list(langs), "createdAt": at or now()}
    facets = []
    for word in text.split():
        if word.startswith("#"):
            start = len(text[: text.index(word)].encode())
            facets.append(
                {
                    "index": {"byteStart": start, "byteEnd": start + len(word.encode())},
                    "features": [{"$type": "app.bsky.richtext.facet#tag", "tag": word[1:]}],
                }
            )
    return {**record, "facets": facets} if facets else record


def reply(text: str, to: dict[str, str], root: dict[str, str] | None = None) -> dict[str, Any]:
    return {**post(text), "reply": {"root": root or to, "parent": to}}


def follow(did: str, *, at: str | None = None) -> dict[str, Any]:
    return {"$type": FOLLOW, "subject": did, "createdAt": at or now()}


def like(subject: dict[str, str], *, at: str | None = None) -> dict[str, Any]:
    return {"$type": LIKE, "subject": subject, "createdAt": at or now()}


def repost(subject: dict[str, str], *, at: str | None = None) -> dict[str, Any]:
    return {"$type": REPOST, "subject": subject, "createdAt": at or now()}


def curated_list(name: str, *, purpose: str = "referencelist") -> dict[str, Any]:
    kind = f"app.bsky.graph.defs#{purpose}"
    return {"$type": LIST, "purpose": kind, "name": name, "createdAt": now()}


def list_item(list_uri: str, did: str) -> dict[str, Any]:
    return {"$type": LIST_ITEM, "list": list_uri, "subject": did, "createdAt": now()}


def starter_pack(name: str, description: str, list_uri: str) -> dict[str, Any]:
    return {
        "$type": PACK,
        "name": name,
        "description": description,
        "list": list_uri,
        "createdAt": now(),
    }


def hidden_from_recommendations() -> dict[str, Any]:
    return {
        "$type": VISIBILITY,
        "hideFromAlgorithmicRecommendations": True,
        "createdAt": now(),
    }


class Life:
    """Random acts of accounts that are there: what a stream carries on a busy day.

    Every act is drawn from `random`, so that a run can be made again; what is possible depends on
    what is there.
    """

    def __init__(self, writer: Writer, dids: Sequence[str], random: random.Random) -> None:
        self.writer = writer
        self.dids = list(dids)
        self.random = random
        self.n_acts = 0

    def act(self) -> str:
        """One act; says which."""
        ledger = self.writer.ledger
        did = self.random.choice(sorted(set(self.dids) & ledger.active()))
        kinds = ["post", "like", "like", "like", "repost", "follow", "reply", "quote", "profile"]
        kinds += ["undo like", "undo repost", "undo follow", "undo post"]
        kind = self.random.choice(kinds)
        self.n_acts += 1
        if kind.startswith("undo"):
            collection = {"like": LIKE, "repost": REPOST, "follow": FOLLOW, "post": POST}[kind[5:]]
            mine = sorted(ledger.of(collection, did))
            if mine:
                self.writer.delete(self.random.choice(mine))
            return kind
        record = self._record(kind, did)
        if record is None:
            return kind
        if kind == "profile":
            self.writer.update(did, record)
        else:
            self.writer.create(did, [record])
        return kind

    def _record(self, kind: str, did: str) -> dict[str, Any] | None:
        ledger = self.writer.ledger
        if kind == "post":
            return post(f"Brew number {self.n_acts} of the day #coffee", langs=["en"])
        if kind == "profile":
            old = ledger.profile(did)
            bio = old["description"].split(" | ")[0]
            return {**old, "description": f"{bio} | note {self.n_acts}"}
        if kind == "follow":
            whom = sorted(
                set(self.dids)
                & ledger.active()
                - {did}
                - {record["subject"] for record in ledger.of(FOLLOW, did).values()}
            )
            return follow(self.random.choice(whom)) if whom else None
        collection = {"like": LIKE, "repost": REPOST}.get(kind, "")
        taken = {r["subject"]["uri"] for r in ledger.of(collection, did).values()}
        posts = sorted(set(ledger.posts()) - taken)
        if not posts:
            return None
        uri = self.random.choice(posts)
        subject = {"uri": uri, "cid": ledger.cids[uri]}
        if kind == "like":
            return like(subject)
        if kind == "repost":
            return repost(subject)
        if kind == "reply":
            root = ledger.records[uri].get("reply", {}).get("root", subject)
            return reply(f"Answer {self.n_acts}", subject, root)
        embed = {"$type": "app.bsky.embed.record", "record": subject}
        return {**post(f"Look at this {self.n_acts}"), "embed": embed}
