"""Which calls of the Instagram Graph API are made, and how does it say that it is enough?

Three edges, all asked on behalf of the operator's own professional account: business discovery of
a username, the id of a hashtag, and the media under it. Two limits hold:

    calls      a share of an hour's allowance, which nobody can compute beforehand (200 an hour and
               user of the app; for some edges 4,800 a day and impression). Every answer says in
               X-App-Usage and X-Business-Use-Case-Usage how many per cent are used; above
               STOP_AT_PERCENT the run rests [Graph API, rate limiting]
    hashtags   HASHTAGS different ones per account in HASHTAG_DAYS rolling days; asking for the same
               again within them is free and does not begin them anew [hashtag search guide]

Errors come as {"error": {message, type, code, error_subcode, fbtrace_id}} with status 400 or 403;
the codes are those of the handling-errors and error-codes pages. 110/2207013 for a username that is
not a professional account is what the service sends [secondary: reports of its users].

PER_SECOND, BURST, STOP_AT_PERCENT, REST_SECONDS: our own choice, below every documented limit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec

from influencr.errors import BadAnswer, Refused, Rejected, TooManyCalls

if TYPE_CHECKING:
    from influencr.sources.http import Answer, Client, Rule

__all__ = ["ADDRESS", "HASHTAGS", "HASHTAG_DAYS", "MEDIA", "PER_SECOND", "InstagramApi", "rules"]

#: Address of the service with the version of the Graph API.
ADDRESS = "https://graph.facebook.com/v25.0"
#: Different hashtags in so many rolling days [hashtag search guide].
HASHTAGS, HASHTAG_DAYS = 30, 7.0
#: 180 calls an hour; documented are 200 an hour and user.
PER_SECOND, BURST = 0.05, 20
#: Newest media that come with an account, and media per page of a hashtag [maximum 50].
MEDIA = 25
PER_PAGE = 50
STOP_AT_PERCENT = 90
REST_SECONDS = 600.0
#: How long a used-up allowance takes to come back when the service does not say.
_HOUR = 3_600.0

_ACCOUNT = (
    "id,username,name,biography,website,followers_count,follows_count,media_count,"
    f"profile_picture_url,media.limit({MEDIA}){{id,caption,like_count,comments_count,media_type,"
    "media_product_type,permalink,timestamp}"
)
_MEDIA_FIELDS = "id,caption,like_count,comments_count,media_type,permalink,timestamp"
_USAGE = ("x-app-usage", "x-business-use-case-usage")
_SHARES = ("call_count", "total_cputime", "total_time")
#: Codes: too many calls by app, user, page, custom limit, Instagram [rate limiting].
_TOO_MANY = (4, 17, 32, 613, 80002)
_TOKEN, _PERMISSIONS = 190, (10, 200, 294)
_NOBODY, _HASHTAG_LIMIT, _NO_HASHTAG = 2207013, 2207034, 2207024


class _Error(msgspec.Struct, frozen=True):
    code: int = 0
    error_subcode: int = 0
    message: str = ""


class _Told(msgspec.Struct, frozen=True):
    error: _Error = _Error()


def rules(address: str = ADDRESS) -> list[Rule]:
    """The pace of the host that answers at `address`."""
    from influencr.sources.http import Rule

    return [Rule(urlsplit(address).netloc, PER_SECOND, burst=BURST)]


class InstagramApi:
    """The calls; answers are the documented objects as dictionaries.

    client    knows the token as a secret
    user      id of the operator's professional account, on whose behalf everything is asked

    Raises TooManyCalls when budget or allowance are used up, Refused for a token that may not ask,
    and what the client raises for a service that cannot be reached or understood.
    """

    def __init__(
        self,
        client: Client,
        *,
        token: str,
        user: str,
        address: str = ADDRESS,
        clock: Callable[[], float],
    ) -> None:
        self.client = client
        self._token = token
        self._user = user
        self._address = address
        self._clock = clock

    def discover(self, handle: str, *, purpose: str) -> dict[str, Any] | None:
        """A professional account with its newest media, by username.

        None when nobody has the name, or the account is a personal, private or age-gated one: the
        API does not tell these apart.
        """
        fields = f"business_discovery.username({handle}){{{_ACCOUNT}}}"
        try:
            found = self._get(f"/{self._user}", {"fields": fields}, purpose)
        except Rejected as error:
            if _told(error.body).error_subcode == _NOBODY or _told(error.body).code == 110:
                return None
            raise
        account = found.get("business_discovery")
        return account if isinstance(account, dict) else None

    def searched_lately(self, *, purpose: str) -> int:
        """How many hashtags count against the account now, also those asked by other programs."""
        edge = f"/{self._user}/recently_searched_hashtags"
        return len(_data(self._get(edge, {"limit": HASHTAGS}, purpose)))

    def hashtag(self, word: str, *, purpose: str) -> str | None:
        """The id of a hashtag, None when there is none or it may not be asked for.

        Counts against the hashtags of the week.
        """
        question = {"user_id": self._user, "q": word}
        try:
            found = _data(self._get("/ig_hashtag_search", question, purpose))
        except Rejected as error:
            if _told(error.body).error_subcode == _NO_HASHTAG or _told(error.body).code == 24:
                return None
            raise
        native = found[0].get("id") if found else None
        return native if isinstance(native, str) else None

    def under(self, hashtag: str, edge: str, *, purpose: str) -> list[dict[str, Any]]:
        """Media under a hashtag; edge: top_media, or recent_media (of the last 24 hours)."""
        question: dict[str, str | int] = {"user_id": self._user, "fields": _MEDIA_FIELDS}
        question["limit"] = PER_PAGE
        return _data(self._get(f"/{hashtag}/{edge}", question, purpose))

    def _get(self, path: str, question: Mapping[str, str | int], purpose: str) -> dict[str, Any]:
        url = self._address + path
        try:
            answer = self.client.get(
                url, {**question, "access_token": self._token}, purpose=purpose
            )
        except (Refused, Rejected) as error:
            raise self._understood(error, url) from error
        found = answer.json()
        if not isinstance(found, dict):
            raise BadAnswer(f"Instagram answered {path} without a JSON object.", url=url)
        self._heed(answer, url)
        return found

    def _heed(self, answer: Answer, url: str) -> None:
        """Rest before the allowance is used up. This answer counts; the next call waits."""
        used, minutes = 0.0, 0.0
        for name in _USAGE:
            for told in _usages(answer.headers.get(name, "")):
                used = max(
                    used, *(told.get(n, 0.0) for n in ("call_count", "total_cputime", "total_time"))
                )
                minutes = max(minutes, told.get("estimated_time_to_regain_access", 0.0))
        if used >= STOP_AT_PERCENT or minutes > 0:
            self.client.pause(url, self._clock() + max(60.0 * minutes, REST_SECONDS))

    def _understood(self, error: Refused | Rejected, url: str) -> Exception:
        told = _told(error.body)
        where: dict[str, Any] = {"status": error.status, "url": error.url}
        if told.code in _TOO_MANY and told.error_subcode != _HASHTAG_LIMIT:
            until = self._clock() + _HOUR
            self.client.pause(url, until)
            return TooManyCalls(
                "Instagram says that the allowance of calls is used up; it comes back within the "
                "hour.",
                until=until,
                **where,
            )
        if told.error_subcode == _HASHTAG_LIMIT or told.code == 18:
            return TooManyCalls(
                f"Instagram says that {HASHTAGS} different hashtags were asked for within "
                f"{HASHTAG_DAYS:.0f} days.",
                until=None,
                **where,
            )
        if told.code == _TOKEN:
            return Refused(
                "Instagram does not accept the token (it may have run out); make a new one and set "
                "INFLUENCR_INSTAGRAM_TOKEN.",
                body=error.body,
                **where,
            )
        if told.code in _PERMISSIONS:
            return Refused(
                "Instagram does not allow this with this token: business discovery needs "
                "instagram_basic and pages_read_engagement, hashtags Instagram Public Content "
                "Access.",
                body=error.body,
                **where,
            )
        return error


def _told(body: str) -> _Error:
    try:
        return msgspec.json.decode(body, type=_Told, strict=False).error
    except msgspec.DecodeError:
        return _Error()


def _data(answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    data = answer.get("data")
    return [item for item in data if isinstance(item, dict)] if isinstance(data, list) else []


def _usages(header: str) -> list[dict[str, float]]:
    """The usage objects of a header: one, or lists of them by business."""
    try:
        told = msgspec.json.decode(header) if header else None
    except msgspec.DecodeError:
        return []
    if not isinstance(told, dict):
        return []
    lists = [value for value in told.values() if isinstance(value, list)]
    found = [one for some in lists for one in some if isinstance(one, dict)] or [told]
    return [{k: float(v) for k, v in one.items() if isinstance(v, int | float)} for one in found]
