"""A small YouTube: invented channels, documented answers, and a quota that is really counted.

Requests and answers are checked against the discovery document (`discovery`); what a request does
wrong is answered with 400 and kept in `violations`. Both counters of a key are enforced from
midnight to midnight Pacific time: 100 calls of search.list, 10,000 units for all else.
"""

import json
import math
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.standins.discovery import Violation, check_answer, check_request
from tests.standins.loopback import Reply

KEY = "AIzaInventedKeyOfATestThatMustNotBeSeen"
BORN = datetime(2019, 3, 1, 9, tzinfo=UTC)
#: Who there is: number of channels per subject and city.
SUBJECTS = ("specialty coffee", "street skating", "vegan baking")
CITIES = {"Lisbon": ("PT", 38.7167, -9.1333), "Porto": ("PT", 41.1496, -8.6109)}
TOPIC_OF = {"vegan baking": ("/m/02wbm", "Food"), "street skating": ("/m/06ntj", "Sport")}


def channel_id(number: int) -> str:
    return f"UC{number:022d}"


class FakeYouTube:
    """channels   how many; each has `videos` public videos
    clock      unix seconds, for the quota's day
    """

    def __init__(self, *, channels: int = 120, videos: int = 3, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.searches_per_day, self.units_per_day = 100, 10_000
        self.spent: Counter[tuple[str, str]] = Counter()
        self.calls: Counter[str] = Counter()
        self.violations: list[str] = []
        self.channels: dict[str, dict[str, Any]] = {}
        self.videos: dict[str, dict[str, Any]] = {}
        for number in range(channels):
            self._invent(number, videos)

    def _invent(self, number: int, n_videos: int) -> None:
        subject = SUBJECTS[number % len(SUBJECTS)]
        city = list(CITIES)[number // len(SUBJECTS) % len(CITIES)]
        country, lat, lon = CITIES[city]
        native = channel_id(number)
        uploads = "UU" + native[2:]
        topic = TOPIC_OF.get(subject)
        hidden, kids = number % 10 == 7, number % 20 == 9
        self.channels[native] = {
            "kind": "youtube#channel",
            "etag": f"e{number}",
            "id": native,
            "snippet": {
                "title": f"{subject.title()} {number}",
                "description": f"Everything about {subject} from {city}.",
                "customUrl": f"@{subject.split()[-1]}{number}",
                "publishedAt": _zulu(BORN + timedelta(days=number)),
                "thumbnails": {"default": {"url": "https://pictures.example/a.jpg", "width": 88}},
                "defaultLanguage": "en",
                "country": country,
            },
            "statistics": {
                "viewCount": str(10_000 + number),
                "subscriberCount": "0" if hidden else str(1_000 + 10 * number),
                "hiddenSubscriberCount": hidden,
                "videoCount": str(n_videos),
            },
            "topicDetails": {
                "topicCategories": [
                    f"https://en.wikipedia.org/wiki/{topic[1]}",
                    "https://en.wikipedia.org/wiki/Religion",
                ]
            }
            if topic
            else {},
            "brandingSettings": {"channel": {"keywords": f'"{subject}" {city.lower()}'}},
            "status": {"privacyStatus": "public", "madeForKids": kids},
            "contentDetails": {"relatedPlaylists": {"uploads": uploads, "likes": ""}},
        }
        for place in range(n_videos):
            video = f"v{number:05d}-{place:04d}"
            self.videos[video] = {
                "kind": "youtube#video",
                "etag": "e",
                "id": video,
                "snippet": {
                    "publishedAt": _zulu(BORN + timedelta(days=2_000 + number, hours=place)),
                    "channelId": native,
                    "channelTitle": f"{subject.title()} {number}",
                    "title": f"{subject} number {place}",
                    "description": f"Today: {subject}. #daily",
                    "tags": ["#" + subject.split()[0].title(), subject.split()[1]],
                    "liveBroadcastContent": "none",
                    "defaultAudioLanguage": "en",
                },
                "statistics": {
                    "viewCount": str(500 + place),
                    **({} if place == 1 else {"likeCount": str(40 + place)}),
                    "commentCount": str(place),
                },
                "status": {"privacyStatus": "public", "madeForKids": kids},
                "recordingDetails": {
                    "locationDescription": f"{city}, Portugal",
                    "location": {"latitude": lat, "longitude": lon, "altitude": 0.0},
                },
                "paidProductPlacementDetails": {"hasPaidProductPlacement": place == 2},
            }

    # The wire.

    def __call__(self, path: str, query: dict[str, list[str]], headers: dict[str, str]) -> Reply:
        resource = path.removeprefix("/youtube/v3/")
        if resource not in ("search", "channels", "playlistItems", "videos"):
            return _error(404, "notFound", "Not Found", "global")
        try:
            check_request(resource, query)
        except Violation as wrong:
            self.violations.append(str(wrong))
            return _error(400, "badRequest", str(wrong), "youtube.parameter")
        key = query.get("key", [""])[0]
        if key != KEY:
            return _error(
                400, "keyInvalid", "API key not valid. Please pass a valid API key.", "usageLimits"
            )
        # A call costs its unit whether it finds anything or not.
        bucket = "search" if resource == "search" else "units"
        day = datetime.fromtimestamp(self._clock(), ZoneInfo("America/Los_Angeles")).date()
        limit = self.searches_per_day if bucket == "search" else self.units_per_day
        if self.spent[bucket, day.isoformat()] >= limit:
            return _error(
                403,
                "quotaExceeded",
                "The request cannot be completed because you have exceeded your quota.",
                "youtube.quota",
            )
        self.spent[bucket, day.isoformat()] += 1
        self.calls[resource] += 1
        asked = {name: values[0] for name, values in query.items()}
        items = {
            "search": self._search,
            "channels": self._channels,
            "playlistItems": self._playlist,
            "videos": self._videos,
        }[resource](asked)
        if items is None:
            return _error(404, "playlistNotFound", "The playlist cannot be found.", "youtube")
        size = int(asked.get("maxResults", "5"))
        start = int(asked.get("pageToken", "CAo0").removeprefix("CAo"))
        kind = (
            "searchListResponse"
            if resource == "search"
            else f"{resource.removesuffix('s')}ListResponse"
        )
        answer: dict[str, Any] = {
            "kind": f"youtube#{kind}",
            "etag": "e",
            "pageInfo": {"totalResults": len(items), "resultsPerPage": size},
        }
        page = items[start : start + size]
        if page or resource == "search":
            # The service leaves `items` out when a list by id finds nothing.
            answer["items"] = page
        if start + size < len(items):
            answer["nextPageToken"] = f"CAo{start + size}"
        check_answer(resource, answer)
        return Reply(200, {"content-type": "application/json"}, json.dumps(answer).encode())

    def _search(self, asked: dict[str, str]) -> list[dict[str, Any]]:
        words = asked.get("q", "").casefold().split()
        found = []
        for native, channel in self.channels.items():
            shown = channel["snippet"]
            text = f"{shown['title']} {shown['description']}".casefold()
            subject = SUBJECTS[int(native[2:]) % len(SUBJECTS)]
            if "topicId" in asked and TOPIC_OF.get(subject, ("", ""))[0] != asked["topicId"]:
                continue
            if "q" in asked and not all(word in text for word in words):
                continue
            if asked.get("type") == "video":
                found += [
                    _result({"kind": "youtube#video", "videoId": v}, shown, native)
                    for v, video in self.videos.items()
                    if video["snippet"]["channelId"] == native and _near(video, asked)
                ]
            else:
                found.append(
                    _result({"kind": "youtube#channel", "channelId": native}, shown, native)
                )
        return found

    def _channels(self, asked: dict[str, str]) -> list[dict[str, Any]]:
        if "forHandle" in asked:
            named = [
                c for c in self.channels.values() if c["snippet"]["customUrl"] == asked["forHandle"]
            ]
        else:
            ids = asked["id"].split(",")
            assert len(ids) <= 50
            # Gone channels are missing, and the order is not that of the question.
            named = [self.channels[i] for i in sorted(ids, reverse=True) if i in self.channels]
        return [_parts(c, asked["part"]) for c in named]

    def _playlist(self, asked: dict[str, str]) -> list[dict[str, Any]] | None:
        owner = "UC" + asked["playlistId"][2:]
        if owner not in self.channels:
            return None
        own = [v for v in self.videos.values() if v["snippet"]["channelId"] == owner]
        own.sort(key=lambda v: v["snippet"]["publishedAt"], reverse=True)
        return [
            {
                "kind": "youtube#playlistItem",
                "etag": "e",
                "id": f"item-{v['id']}",
                "contentDetails": {
                    "videoId": v["id"],
                    "videoPublishedAt": v["snippet"]["publishedAt"],
                },
            }
            for v in own
        ]

    def _videos(self, asked: dict[str, str]) -> list[dict[str, Any]]:
        ids = asked["id"].split(",")
        assert len(ids) <= 50
        return [_parts(self.videos[i], asked["part"]) for i in ids if i in self.videos]


def _result(named: dict[str, str], shown: dict[str, Any], owner: str) -> dict[str, Any]:
    return {
        "kind": "youtube#searchResult",
        "etag": "e",
        "id": named,
        "snippet": {
            "publishedAt": shown["publishedAt"],
            "channelId": owner,
            "title": shown["title"],
            "description": shown["description"],
            "channelTitle": shown["title"],
            "liveBroadcastContent": "none",
        },
    }


def _parts(item: dict[str, Any], parts: str) -> dict[str, Any]:
    return {k: item[k] for k in ("kind", "etag", "id", *parts.split(",")) if k in item}


def _near(video: dict[str, Any], asked: dict[str, str]) -> bool:
    if "location" not in asked:
        return True
    lat, lon = (float(x) for x in asked["location"].split(","))
    there = video["recordingDetails"]["location"]
    north = (there["latitude"] - lat) * 111.2
    east = (there["longitude"] - lon) * 111.2 * math.cos(math.radians(lat))
    return math.hypot(north, east) <= float(asked["locationRadius"].removesuffix("km"))


def _zulu(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _error(status: int, reason: str, message: str, domain: str) -> Reply:
    """The documented shape of an error."""
    told = {"message": message, "domain": domain, "reason": reason}
    body = {"error": {"code": status, "message": message, "errors": [told]}}
    return Reply(status, {"content-type": "application/json"}, json.dumps(body).encode())
