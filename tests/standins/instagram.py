"""A small Instagram Graph API: invented accounts and media, in the shapes that are documented.

What is asked must be an edge, a field or a parameter of the reference pages; everything else is
answered with the documented error and kept in `violations`. The allowance of calls is told in
X-App-Usage, and 30 different hashtags within 7 rolling days are really counted.
"""

import json
import re
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.standins.loopback import Reply

TOKEN = "EAAInventedTokenOfATestThatMustNotBeSeen"
USER = "17841405309211844"
#: Public fields of IG User and IG Media [reference pages of both].
USER_FIELDS = (
    *("id", "username", "name", "biography", "website", "followers_count", "follows_count"),
    *("media_count", "profile_picture_url", "media"),
)
MEDIA_FIELDS = (
    *("id", "caption", "like_count", "comments_count", "media_type", "media_product_type"),
    *("permalink", "timestamp"),
)
#: Fields of media under a hashtag: no username [IG Hashtag recent media].
HASHTAG_FIELDS = ("id", "caption", "like_count", "comments_count", "media_type", "permalink",
                  "timestamp", "media_url", "children")  # fmt: skip
HASHTAGS, DAYS = 30, 7
_EXPRESSION = re.compile(r"business_discovery\.username\(([^()]*)\)\{(.*)\}")
_MEDIA_EDGE = re.compile(r"media\.limit\((\d+)\)\{([^{}]*)\}")
BEGIN = datetime(2026, 11, 1, 10, tzinfo=UTC)


class FakeInstagram:
    """accounts   how many professional accounts there are; `personal` ones are told of nobody
    clock      unix seconds
    """

    def __init__(self, *, accounts: int = 40, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.calls: Counter[str] = Counter()
        self.violations: list[str] = []
        self.per_hour = 200
        self._hour: list[float] = []
        self._queried: dict[str, float] = {}
        self.refused_hashtags = 0
        self.tags: dict[str, str] = {}
        self.media: dict[str, list[dict[str, Any]]] = {}
        self.accounts = {f"cafe.{n:02d}": _account(n) for n in range(accounts)}
        for number, word in enumerate(("specialtycoffeelisbon", "specialtycoffee", "veganbaking")):
            native = f"1784{number:013d}"
            self.tags[word] = native
            self.media[native] = [
                {
                    "id": f"1790{number}{place:012d}",
                    "caption": f"Morning with @cafe.{(7 * place + number) % accounts:02d} and "
                    f"@somebody_private #{word}",
                    "comments_count": place,
                    **({} if place % 3 == 0 else {"like_count": 10 * place}),
                    "media_type": "IMAGE",
                    "permalink": f"https://www.instagram.com/p/{number}{place}/",
                    "timestamp": _stamp(BEGIN + timedelta(hours=place)),
                }
                for place in range(8)
            ]

    def __call__(self, path: str, query: dict[str, list[str]], headers: dict[str, str]) -> Reply:
        asked = {name: values[0] for name, values in query.items()}
        if asked.pop("access_token", None) != TOKEN:
            return _error(400, 190, "Invalid OAuth access token - Cannot parse access token")
        now = self._clock()
        self._hour = [at for at in self._hour if at > now - 3_600]
        used = 100 * len(self._hour) // self.per_hour
        usage = {
            "x-app-usage": json.dumps({"call_count": used, "total_time": 2, "total_cputime": 1})
        }
        if used >= 100:
            return _error(400, 4, "(#4) Application request limit reached", headers=usage)
        self._hour.append(now)
        parts = path.removeprefix("/v25.0").strip("/").split("/")
        try:
            answer = self._answer(parts, asked, now)
        except Wrong as wrong:
            self.violations.append(str(wrong))
            return _error(400, 100, f"(#100) {wrong}")
        if isinstance(answer, Reply):
            return answer
        body = json.dumps(answer).encode()
        return Reply(200, {"content-type": "application/json", **usage}, body)

    def _answer(
        self, parts: list[str], asked: dict[str, str], now: float
    ) -> dict[str, Any] | Reply:
        if parts == [USER]:
            self.calls["discover"] += 1
            return self._discover(asked)
        if parts == [USER, "recently_searched_hashtags"]:
            self.calls["lately"] += 1
            _only(asked, "limit")
            return {"data": [{"id": native} for native in self._counted(now)]}
        if parts == ["ig_hashtag_search"]:
            self.calls["hashtag"] += 1
            _only(asked, "user_id", "q")
            native = self.tags.get(asked["q"])
            if native is None:
                return _error(400, 24, "(#24) The requested resource does not exist", 2207024)
            return self._count(native, now) or {"data": [{"id": native}]}
        if len(parts) == 2 and parts[1] in ("top_media", "recent_media"):
            self.calls[parts[1]] += 1
            _only(asked, "user_id", "fields", "limit")
            _fields(asked["fields"], HASHTAG_FIELDS)
            if int(asked["limit"]) > 50:
                raise Wrong("limit is above 50")
            if refused := self._count(parts[0], now):
                return refused
            media = self.media[parts[0]]
            some = media if parts[1] == "top_media" else media[:2]
            names = asked["fields"].split(",")
            return {"data": [{k: m[k] for k in names if k in m} for m in some]}
        raise Wrong(f"no edge {'/'.join(parts)}")

    def _discover(self, asked: dict[str, str]) -> dict[str, Any] | Reply:
        _only(asked, "fields")
        match = _EXPRESSION.fullmatch(asked["fields"])
        if match is None:
            raise Wrong(f"Syntax error in {asked['fields']}")
        name, fields = match.groups()
        edge = _MEDIA_EDGE.search(fields)
        _fields(_MEDIA_EDGE.sub("media", fields), USER_FIELDS)
        found = self.accounts.get(name)
        if found is None:
            return _error(
                400,
                110,
                "Invalid user id",
                2207013,
                title="Cannot find User",
                said=f"The user with username: {name} cannot be found.",
            )
        wanted = _MEDIA_EDGE.sub("media", fields).split(",")
        shown = {k: found[k] for k in wanted if k in found}
        if edge is not None:
            _fields(edge[2], MEDIA_FIELDS)
            names = edge[2].split(",")
            media = [{k: m[k] for k in names if k in m} for m in found["media"][: int(edge[1])]]
            cursors = {"before": "QVFI", "after": "QVFJ"}
            shown["media"] = {"data": media, "paging": {"cursors": cursors}}
        return {"business_discovery": {**shown, "id": found["id"]}, "id": USER}

    def _counted(self, now: float) -> list[str]:
        return [n for n, at in self._queried.items() if at > now - DAYS * 86_400]

    def _count(self, native: str, now: float) -> Reply | None:
        if native in self._counted(now):
            return None
        if len(self._counted(now)) >= HASHTAGS:
            self.refused_hashtags += 1
            return _error(400, 18, "(#18) Max number of hashtags queried within 7 days", 2207034)
        self._queried[native] = now
        return None


class Wrong(Exception):
    """A request that the reference pages do not allow."""


def _only(asked: dict[str, str], *known: str) -> None:
    if strange := set(asked) - set(known):
        raise Wrong(f"unknown parameter {sorted(strange)}")


def _fields(given: str, known: tuple[str, ...]) -> None:
    if strange := set(given.split(",")) - set(known):
        raise Wrong(f"Tried accessing nonexisting field {sorted(strange)}")


def _account(number: int) -> dict[str, Any]:
    media = [
        {
            "id": f"1800{number:04d}{place:09d}",
            "caption": f"Flat white number {place} by @cafe.{number:02d}. #specialtycoffee",
            "comments_count": place,
            **({} if place == 1 else {"like_count": 30 + place}),
            "media_type": "VIDEO" if place == 2 else "IMAGE",
            "media_product_type": "REELS" if place == 2 else "FEED",
            "permalink": f"https://www.instagram.com/p/a{number}{place}/",
            "timestamp": _stamp(BEGIN - timedelta(days=place, hours=number)),
        }
        for place in range(3)
    ]
    return {
        "id": f"17841{number:012d}",
        "username": f"cafe.{number:02d}",
        "name": f"Café {number}",
        **({} if number % 5 == 3 else {"biography": "Specialty coffee in Lisbon"}),
        "website": "https://cafe.example/" if number % 2 else "",
        "followers_count": 1_500 + number,
        "follows_count": 200,
        "media_count": 3,
        "profile_picture_url": "https://pictures.example/p.jpg",
        "media": media,
    }


def _stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S+0000")


def _error(
    status: int,
    code: int,
    message: str,
    subcode: int | None = None,
    *,
    title: str | None = None,
    said: str | None = None,
    headers: dict[str, str] | None = None,
) -> Reply:
    """The documented shape of an error [Graph API, handle errors]."""
    told: dict[str, Any] = {"message": message, "type": "OAuthException", "code": code}
    if subcode is not None:
        told |= {"error_subcode": subcode, "is_transient": False}
    if title is not None:
        told |= {"error_user_title": title, "error_user_msg": said}
    body = {"error": {**told, "fbtrace_id": "A6LJylpZRKw2xKLFsAP-cJh"}}
    kept = {"content-type": "application/json", **(headers or {})}
    return Reply(status, kept, json.dumps(body).encode())
