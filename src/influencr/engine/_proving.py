"""Is this profile theirs? Where a code may stand, and looking for it there once.

A network that can be asked says what the profile links to now; a link that stood there when it was
last observed may lead to somebody else by today. Where no network can be asked, the links of the
last observation count.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from influencr import sources
from influencr.errors import ServiceError, UsageError
from influencr.records import canonical_handle

if TYPE_CHECKING:
    from influencr.engine._asking import Asking
    from influencr.engine._rights import Person
    from influencr.sources._witness import Seen

__all__ = ["Proof", "Way", "prove", "ways"]

#: Hosts that many people share: nobody who is listed can write into their DNS or their pages' head.
_SHARED = (
    *("bsky.app", "bsky.social", "instagram.com", "threads.com", "threads.net", "tiktok.com"),
    *("twitch.tv", "twitter.com", "x.com", "youtube.com", "youtu.be", "facebook.com"),
    *("linkedin.com", "discord.gg", "discord.com", "t.me", "wa.me", "patreon.com", "ko-fi.com"),
    *("linktr.ee", "beacons.ai", "bit.ly", "t.co", "amazon.com", "etsy.com", "spotify.com"),
)
_MOST_LINKS = 8

_PAGES = {
    "bluesky": ("https://bsky.app/profile/{handle}", "https://bsky.app/profile/{native}"),
    "instagram": ("https://instagram.com/{handle}",),
    "threads": ("https://threads.net/@{handle}", "https://threads.com/@{handle}"),
    "tiktok": ("https://tiktok.com/@{handle}",),
    "twitch": ("https://twitch.tv/{handle}",),
    "twitter": ("https://x.com/{handle}", "https://twitter.com/{handle}"),
    "youtube": ("https://youtube.com/@{handle}", "https://youtube.com/channel/{native}"),
}


class Way(NamedTuple):
    """One way of proving a profile.

    kind      post, bio, dns or page
    why_not   why it is closed here; "" when it is open
    places    domains or addresses that are known; the profile may link to more by now
    """

    kind: str
    why_not: str
    places: tuple[str, ...] = ()


class Proof(NamedTuple):
    """What one look found: `told` is one sentence that says what was seen where."""

    ok: bool
    way: str
    told: str
    at: datetime


def ways(engine: Asking, person: Person) -> list[Way]:
    """See `Desk.ways`."""
    from influencr.sources.http import Settings

    closed = _cannot_ask(engine, person)
    own = closed or ("" if person.platform != "youtube" else "posts of channels are not read here")
    domains = _domains(person, person.links)
    pages = _pages(person.links)
    settings = Settings.read(engine.home)
    no_link = "the profile links to no site of its own, as far as is known here" if closed else ""
    nobody = "this instance asks no site (its operator named no contact)"
    return [
        Way("post", own),
        Way("bio", closed),
        Way("dns", "" if domains else no_link, domains),
        Way("page", nobody if settings.contact is None else "" if pages else no_link, pages),
    ]


def prove(engine: Asking, person: Person, way: str, code: str, place: str) -> Proof:
    """See `Desk.prove`."""
    looks = {"post": _post, "bio": _bio, "dns": _dns, "page": _page}
    if way not in looks:
        raise UsageError(f"{way!r} is no way of proving; valid: {', '.join(looks)}.", field="way")
    for known in ways(engine, person):
        if known.kind == way and known.why_not:
            raise UsageError(f"This way is closed here: {known.why_not}.", field="way")
    return looks[way](engine, person, code, place)


def _post(engine: Asking, person: Person, code: str, _: str) -> Proof:
    from influencr.sources.proving import codes_in, has_code

    seen = _seen(engine, person)
    posts = seen.posts or ()
    for post in posts:
        if has_code(post.text, code):
            return _proof("post", f"The code stands in a post of {_called(person)}.", ok=True)
    n = len(posts)
    told = f"No post of {_called(person)} holds this code"
    if any(codes_in(post.text) for post in posts):
        return _proof("post", f"{told}; one holds another code, which is not of this page.")
    return _proof(
        "post",
        f"{told}: {n} own post{'s' if n != 1 else ''} of it were read just now. Replies, reposts "
        "and posts of others that quote it do not count; a new post can take a minute to show.",
    )


def _bio(engine: Asking, person: Person, code: str, _: str) -> Proof:
    from influencr.sources.proving import codes_in, has_code

    seen = _seen(engine, person)
    if has_code(seen.bio, code):
        return _proof("bio", f"The code stands in the profile of {_called(person)}.", ok=True)
    told = f"The profile of {_called(person)} does not hold this code"
    if codes_in(seen.bio):
        return _proof("bio", f"{told}; it holds another one, which is not of this page.")
    words = " ".join(seen.bio.split())[:80]
    return _proof("bio", f"{told}: it says “{words}”." if words else f"{told}: it is empty.")


def _dns(engine: Asking, person: Person, code: str, place: str) -> Proof:
    from influencr.sources.http import Settings
    from influencr.sources.proving import LABEL, codes_in, domain_of, has_code, nameservers, txt_of

    domain = domain_of(place)
    if domain is None:
        raise UsageError(
            f"{place[:80]!r} is no domain; write one such as ana.example.", field="place"
        )
    if domain not in (known := _domains(person, _links_now(engine, person))):
        return _proof("dns", _not_linked(person, domain, known))
    found = txt_of(domain, nameservers(Settings.read(engine.home)))
    name = f"{LABEL}.{domain}"
    if any(has_code(text, code) for text in found):
        return _proof("dns", f"The code stands in DNS at {name}.", ok=True)
    if not found:
        told = f"DNS has no TXT record at {name} yet; a new one can take an hour to be seen."
    elif any(codes_in(text) for text in found):
        told = f"The TXT record at {name} holds another code, which is not of this page."
    else:
        told = f"{len(found)} TXT record{'s' if len(found) > 1 else ''} at {name}, without a code."
    return _proof("dns", told)


def _page(engine: Asking, person: Person, code: str, place: str) -> Proof:
    from influencr.sources.http import Settings
    from influencr.sources.proving import look_at_page

    known = _pages(_links_now(engine, person))
    address = next((one for one in known if _same(one) == _same(place)), None)
    if address is None:
        shown = urlsplit(place if "://" in place else f"https://{place}").hostname or place[:80]
        return _proof("page", _not_linked(person, shown, known))
    host = urlsplit(address).hostname or address
    seen = look_at_page(Settings.read(engine.home), address, code, profile_pages=_own_pages(person))
    if seen.has_code:
        return _proof("page", f"The code stands in what the author of {host} wrote.", ok=True)
    if seen.other:
        told = f"The page at {host} holds another code, which is not of this page."
    elif seen.in_text:
        told = (
            f"The page at {host} holds the code in its text, where others may write too; put it "
            "into the meta line or the rel=me link shown here."
        )
    elif seen.links_back:
        told = (
            f"The page at {host} links back to the profile, which everybody can see; put the code "
            "there as well, as shown here."
        )
    else:
        told = f"The page at {host} was read and holds neither the meta line nor the rel=me link."
    return _proof("page", told)


# Asking the network.


def _cannot_ask(engine: Asking, person: Person) -> str:
    """Why the profile's network cannot be asked from here; "" when it can."""
    source = _source(person.platform)
    if source is None:
        return "this instance cannot ask that network"
    return str(source.cannot_witness(engine.home, person.handle))


def _source(platform: str) -> Any:
    if platform not in sources.installed():
        return None
    source = sources.load(platform)
    return source if hasattr(source, "witness") else None


def _seen(engine: Asking, person: Person) -> Seen:
    """The profile as its network shows it now."""
    seen: Seen = _source(person.platform).witness(engine.home, person.profile_id, person.handle)
    return seen


def _links_now(engine: Asking, person: Person) -> tuple[str, ...]:
    """What the profile links to: now where that can be asked, else when it was last observed."""
    if _cannot_ask(engine, person):
        return person.links
    try:
        seen = _seen(engine, person)
    except ServiceError as error:
        raise type(error)(
            f"Whether the profile links there could not be asked just now: {error.message}"
        ) from None
    own = canonical_handle(seen.handle or "", platform=person.platform)
    handle = [own] if person.platform == "bluesky" and own else []
    return (*handle, *seen.links)


def _domains(person: Person, links: tuple[str, ...]) -> tuple[str, ...]:
    """Domains whose owner the profile names: those it links to, and a handle that is one."""
    from influencr.sources.proving import domain_of

    handle = [person.handle] if person.platform == "bluesky" and person.handle else []
    # With links of this minute the handle of this minute is among them.
    found = (domain_of(one) for one in (*(handle if links == person.links else ()), *links))
    return tuple(dict.fromkeys(d for d in found if d and not _is_shared(d)))[:_MOST_LINKS]


def _pages(links: tuple[str, ...]) -> tuple[str, ...]:
    found = []
    for link in links:
        address = link if "://" in link else f"https://{link}"
        try:
            host = urlsplit(address).hostname or ""
        except ValueError:
            continue
        if "." in host and not _is_shared(host.removeprefix("www.")) and "/" in address:
            found.append(address)
    return tuple(dict.fromkeys(found))[:_MOST_LINKS]


def _is_shared(host: str) -> bool:
    return any(host == one or host.endswith(f".{one}") for one in _SHARED)


def _own_pages(person: Person) -> list[str]:
    native = person.profile_id.partition(":")[2]
    if person.platform == "mastodon":
        user, _, server = (person.handle or "").partition("@")
        return [f"https://{server}/@{user}", native] if server else [native]
    return [
        page.format(handle=person.handle or "", native=native)
        for page in _PAGES.get(person.platform, ())
    ]


def _same(address: str) -> str:
    text = address.strip()
    return (text if "://" in text else f"https://{text}").partition("#")[0].rstrip("/").casefold()


def _not_linked(person: Person, shown: str, known: tuple[str, ...]) -> str:
    others = f"; it links to {', '.join(known[:3])}" if known else ""
    return f"The profile of {_called(person)} does not link to {shown}{others}."


def _called(person: Person) -> str:
    return f"@{person.handle}" if person.handle else person.profile_id


def _proof(way: str, told: str, *, ok: bool = False) -> Proof:
    return Proof(ok, way, told, datetime.now(UTC))
