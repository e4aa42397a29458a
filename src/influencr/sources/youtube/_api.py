"""Which calls of the YouTube Data API v3 are made, and what each costs.

Two counters of the operator's key, both from midnight to midnight Pacific time: SEARCHES_PER_DAY
calls of search.list, and UNITS_PER_DAY units for everything else, where each call made here costs
one [YouTube Data API, quota calculator, 2026-11]. Both are rules of the client, so they are counted
before a call, in the state file: a kill or a second process never spends a unit twice, and a unit
that was counted and not used is lost rather than found. Changing the key does not reset them.

When YouTube itself says that the quota is used (another program may share the key), nothing is
asked before the next Pacific midnight.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import batched
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from influencr.errors import BadAnswer, NotThere, Refused, Rejected, TooManyCalls

if TYPE_CHECKING:
    from influencr.sources.http import Client, Rule

__all__ = [
    "ADDRESS",
    "PER_CALL",
    "SEARCHES_PER_DAY",
    "UNITS_PER_DAY",
    "ZONE",
    "YouTubeApi",
    "day_of",
    "next_midnight",
    "rules",
]

#: Address of the service [discovery document, rootUrl].
ADDRESS = "https://youtube.googleapis.com"
#: Calls of search.list, and units for all else, per day and key [quota calculator].
SEARCHES_PER_DAY = 100
UNITS_PER_DAY = 10_000
#: Where the day of the quota begins at midnight.
ZONE = "America/Los_Angeles"
#: Ids per call of channels.list and videos.list, results per page [discovery document: maximum].
PER_CALL = 50
#: Calls per second; our own choice, far below what a key may do.
PER_SECOND = 5.0

_CHANNEL_PARTS = (
    *("snippet", "statistics", "topicDetails", "brandingSettings", "status", "contentDetails"),
)
_VIDEO_PARTS = (
    *("snippet", "statistics", "status", "recordingDetails", "paidProductPlacementDetails"),
)
#: What an error's `reason` says when the day's quota is used, or calls come too fast [errors page].
_USED_UP = ("quotaExceeded", "dailyLimitExceeded")
_TOO_FAST = ("rateLimitExceeded", "userRateLimitExceeded")
_BAD_KEY = ("keyInvalid", "API_KEY_INVALID", "keyExpired", "API_KEY_SERVICE_BLOCKED")
_WAIT_SECONDS = 60.0


def rules(address: str = ADDRESS) -> list[Rule]:
    """The two counters, as rules of the host that answers at `address`."""
    from influencr.sources.http import Rule

    host = urlsplit(address).netloc
    return [
        Rule(host, PER_SECOND, burst=5, daily=UNITS_PER_DAY, zone=ZONE),
        Rule(host, PER_SECOND, burst=5, daily=SEARCHES_PER_DAY, zone=ZONE, bucket="search"),
    ]


def day_of(now: float) -> str:
    """The day of the quotas in which this unix second lies, as the state file names it."""
    return datetime.fromtimestamp(now, ZoneInfo(ZONE)).date().isoformat()


def next_midnight(now: float) -> float:
    """The unix second at which the quotas of the day of `now` begin anew.

    >>> from datetime import UTC
    >>> at = datetime(2026, 11, 23, 17, 0, tzinfo=UTC).timestamp()
    >>> datetime.fromtimestamp(next_midnight(at), UTC).isoformat()
    '2026-11-24T08:00:00+00:00'
    """
    here = datetime.fromtimestamp(now, ZoneInfo(ZONE))
    tomorrow = (here + timedelta(days=1)).date()
    return datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=ZoneInfo(ZONE)).timestamp()


class YouTubeApi:
    """The calls, each with its cost; answers are the documented resources as dictionaries.

    client    knows the rules of `rules(address)` and the key as a secret
    key       the operator's API key

    Raises TooManyCalls when the budget or a quota is used up, Refused for a key that may not ask,
    and what the client raises for a service that cannot be reached or understood.
    """

    def __init__(
        self, client: Client, *, key: str, address: str = ADDRESS, clock: Callable[[], float]
    ) -> None:
        self.client = client
        self._key = key
        self._address = address
        self._clock = clock

    def search(
        self, question: Mapping[str, str], *, page: str | None, purpose: str
    ) -> tuple[list[str], str | None]:
        """Channel ids that one page of search.list names, each once, and the next page's token.

        Costs one of the day's searches.
        """
        answer = self._get(
            "search",
            {"part": "snippet", "maxResults": PER_CALL, "pageToken": page, **question},
            purpose=purpose,
            bucket="search",
        )
        found: dict[str, None] = {}
        for item in _items(answer):
            named = item.get("id")
            shown = item.get("snippet")
            native = named.get("channelId") if isinstance(named, Mapping) else None
            if native is None and isinstance(shown, Mapping):
                native = shown.get("channelId")
            if isinstance(native, str) and native:
                found[native] = None
        token = answer.get("nextPageToken")
        return list(found), token if isinstance(token, str) and token else None

    def channels(self, ids: Sequence[str], *, purpose: str) -> list[dict[str, Any]]:
        """The channels with these ids; one that is gone is missing. One unit per 50 ids."""
        return [
            item
            for some in batched(ids, PER_CALL)
            for item in _items(self._list("channels", _CHANNEL_PARTS, purpose, id=",".join(some)))
        ]

    def channel_of(self, handle: str, *, purpose: str) -> str | None:
        """The id of the channel with this handle, None when nobody has it. One unit."""
        answer = self._list("channels", ("id",), purpose, forHandle=f"@{handle.lstrip('@')}")
        for item in _items(answer):
            if isinstance(item.get("id"), str):
                return str(item["id"])
        return None

    def uploads(self, playlist: str, *, purpose: str) -> list[str]:
        """Ids of the newest videos of an uploads playlist, at most 50. One unit."""
        try:
            answer = self._list("playlistItems", ("contentDetails",), purpose, playlistId=playlist)
        except NotThere:
            # A channel without a single public video has no such playlist.
            return []
        parts = (item.get("contentDetails") for item in _items(answer))
        return [
            part["videoId"]
            for part in parts
            if isinstance(part, Mapping) and isinstance(part.get("videoId"), str)
        ]

    def videos(self, ids: Iterable[str], *, purpose: str) -> list[dict[str, Any]]:
        """The videos with these ids. One unit per 50 ids."""
        return [
            item
            for some in batched(ids, PER_CALL)
            for item in _items(self._list("videos", _VIDEO_PARTS, purpose, id=",".join(some)))
        ]

    def _list(
        self, resource: str, parts: Sequence[str], purpose: str, **asked: str
    ) -> dict[str, Any]:
        question: dict[str, str | int | None] = {"part": ",".join(parts), "maxResults": PER_CALL}
        question |= asked
        return self._get(resource, question, purpose=purpose)

    def _get(
        self,
        resource: str,
        question: Mapping[str, str | int | None],
        *,
        purpose: str,
        bucket: str = "",
    ) -> dict[str, Any]:
        url = f"{self._address}/youtube/v3/{resource}"
        try:
            answer = self.client.get(
                url, {**question, "key": self._key}, purpose=purpose, bucket=bucket
            )
        except (Refused, Rejected) as error:
            raise self._understood(error, url) from error
        found = answer.json()
        if not isinstance(found, dict):
            raise BadAnswer(f"{resource}.list gave no JSON object.", url=url)
        return found

    def _understood(self, error: Refused | Rejected, url: str) -> Exception:
        """What the service's own reason means, where it means more than the status does."""
        if any(reason in error.body for reason in _USED_UP):
            until = next_midnight(self._clock())
            self.client.pause(url, until)
            return TooManyCalls(
                "YouTube says that the day's quota of this key is used up (another program may use "
                "it too); it begins anew at midnight Pacific time.",
                until=until,
                status=error.status,
                url=error.url,
            )
        if any(reason in error.body for reason in _TOO_FAST):
            until = self._clock() + _WAIT_SECONDS
            self.client.pause(url, until)
            return TooManyCalls(
                "YouTube says that calls come too fast; it is asked again after a minute.",
                until=until,
                status=error.status,
                url=error.url,
            )
        if any(reason in error.body for reason in _BAD_KEY):
            return Refused(
                "YouTube does not accept the API key; check INFLUENCR_YOUTUBE_KEY, and that the "
                "YouTube Data API v3 is enabled for its project.",
                status=error.status,
                url=error.url,
                body=error.body,
            )
        return error


def _items(answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The items of a list answer; an answer without any lacks the field."""
    items = answer.get("items")
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
