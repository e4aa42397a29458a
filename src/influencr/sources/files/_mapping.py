"""Which column goes where: aliases, the operator's overrides, and a look at the values.

A name decides; values only settle between several columns for one field, and refuse what a name
promises and the values do not keep (an `id` that merely numbers the rows is no native id).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from influencr.errors import UnknownValue, UnreadableInput, UsageError
from influencr.records import OBSERVED
from influencr.records import columns as record_columns
from influencr.sources.files import _words
from influencr.sources.files._aliases import (
    ALIASES,
    CONTACT,
    COUNTRIES,
    MANY,
    SENSITIVE,
    fold_name,
)
from influencr.sources.files._platform import NATIVE, is_platform_word

__all__ = ["KINDS", "Assignment", "assign", "find_kind", "load_mapping", "targets_of"]

KINDS = ("profiles", "posts", "follows", "engagements", "packs")

_IGNORE = ("", "-", "ignore", "none")
_AUTHOR = frozenset({"user", "author", "account", "channel", "owner", "profile"})
# Objects in API answers that only group columns: what is inside counts as if it stood outside.
_WRAPPER_NAMES = (
    "data node item record attributes snippet statistics stats counts metrics publicmetrics "
    "legacy contentdetails brandingsettings counters engagement"
)
_WRAPPERS = frozenset(_WRAPPER_NAMES.split())
_POST_ID_NAMES = "postid videoid tweetid statusid posturi posturl awemeid shortcode mediaid"
_POST_IDS = frozenset(_POST_ID_NAMES.split())
_POST_WORDS = frozenset(("text", "caption", "content", "fulltext", "message", "posttext", "tweet"))
_POST_COUNTS = frozenset(("likecount", "repostcount", "replycount", "quotecount"))
_ACTORS = frozenset(
    stem + end
    for stem in ("actor", "engager", "liker")
    for end in ("", "id", "did", "handle", "username", "profile")
)
#: Fields of one row's own naming; without one of them a row is about nobody.
NAMING = ("native_id", "handle", "profile_url")


@dataclass(frozen=True)
class Assignment:
    """Which columns feed which field, which feed none, and why."""

    uses: dict[str, tuple[str, ...]]
    unused: dict[str, str] = field(default_factory=dict)
    contact: str | None = None

    def mapping(self) -> dict[str, str]:
        """Column -> field; `handle + links` when a column feeds two."""
        made: dict[str, str] = {}
        for target, columns in self.uses.items():
            for column in columns:
                made[column] = f"{made[column]} + {target}" if column in made else target
        return made


def targets_of(kind: str) -> list[str]:
    """Every field that a column of a file of this kind may be mapped to."""
    record = OBSERVED[kind]
    provenance = {"source", "fetched_at", "fetch_method", "licence", "lawful_basis", "policy"}
    own = [c.name for c in record_columns(record) if c.name not in provenance | {"expires_at"}]
    made = set(own) | set(ALIASES[kind])
    if kind == "profiles":
        made -= {"profile_id", "contact_email", "contact_source"}
    if kind == "posts":
        extra = {c.name for c in record_columns(OBSERVED["profiles"])} - provenance
        extra -= {"profile_id", "platform", "handle", "expires_at"}
        made = (made - {"profile_id"}) | {
            f"profile.{n}" for n in extra if not n.startswith("contact")
        }
    return sorted(made)


def load_mapping(path: Path) -> dict[str, str]:
    """A saved mapping: a JSON object of column name -> field (null: leave the column out)."""
    try:
        made = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise UnreadableInput(f"{path.name} cannot be read as a JSON mapping: {error}.") from error
    if not isinstance(made, dict) or not all(
        isinstance(value, str | None) for value in made.values()
    ):
        raise UsageError(
            f"{path.name} is not a mapping: give a JSON object such as "
            '{"User name": "handle", "Notes": null}.',
            field="mapping",
        )
    return {str(column): target or "" for column, target in made.items()}


def _keys(columns: Iterable[str]) -> dict[str, str]:
    """Folded name -> column; inside a grouping object the last part too, if nobody else has it."""
    names = list(columns)
    made = {fold_name(column): column for column in reversed(names)}
    for column in names:
        head, dot, last = column.rpartition(".")
        if dot and fold_name(head.rpartition(".")[2]) in _WRAPPERS:
            made.setdefault(fold_name(last), column)
    return made


def _checked_override(
    override: Mapping[str, str], columns: Sequence[str], kind: str | None
) -> dict[str, list[str]]:
    """Column -> targets, with both sides checked; an empty list leaves the column out."""
    by_fold = {fold_name(column): column for column in columns}
    valid = targets_of(kind) if kind else sorted({t for k in KINDS for t in targets_of(k)})
    made: dict[str, list[str]] = {}
    for asked, target in override.items():
        column = asked if asked in columns else by_fold.get(fold_name(asked))
        if column is None:
            raise UnknownValue("mapping", asked, columns)
        if target.strip().lower() in _IGNORE:
            made[column] = []
            continue
        if fold_name(column) in SENSITIVE:
            raise UsageError(
                f"mapping: {column!r} holds a sensitive fact about a person and is never stored; "
                "leave it out.",
                field="mapping",
            )
        names = [name.strip() for name in target.split("+")]
        for name in names:
            if name not in valid:
                raise UnknownValue("mapping", name, valid)
        made[column] = names
    return made


def find_kind(columns: Sequence[str], override: Mapping[str, str]) -> str | None:
    """The kind of file that these columns make, or None when no column names anybody."""
    keys = set(_keys(columns))
    asked = {t.strip() for target in override.values() for t in target.split("+")}

    def has(kind: str, target: str) -> bool:
        return target in asked or not keys.isdisjoint(ALIASES[kind][target])

    if has("follows", "follower_id") and has("follows", "followed_id"):
        return "follows"
    has_actor = "actor_id" in asked or not keys.isdisjoint(_ACTORS)
    if has_actor and has("engagements", "post_id") and has("engagements", "kind"):
        return "engagements"
    has_member = "member_id" in asked or any(k.startswith("member") for k in keys)
    if has("packs", "pack_id") and has_member:
        return "packs"
    author_named = any(has("posts", t) for t in ("native_id", "profile", "handle")) or any(
        fold_name(c.partition(".")[0]) in _AUTHOR for c in columns if "." in c
    )
    post_named = "post_id" in asked or not keys.isdisjoint(_POST_IDS)
    if not post_named and not keys.isdisjoint(_POST_WORDS):
        post_named = not keys.isdisjoint({"id", "uri", "url"})
    # An AT Protocol address of a post names its author too.
    at_address = "uri" in keys and not keys.isdisjoint(_POST_WORDS | _POST_COUNTS)
    if (post_named and author_named) or at_address:
        return "posts"
    return "profiles" if any(has("profiles", target) for target in NAMING) else None


def assign(
    kind: str,
    columns: Sequence[str],
    sample: Mapping[str, Sequence[str]],
    *,
    platform: str | None,
    override: Mapping[str, str],
) -> Assignment:
    """Give every column a field or a reason why it has none.

    sample     some non-empty values of each column
    platform   the file's network, or None when rows say their own
    """
    asked = _checked_override(override, columns, kind)
    uses: dict[str, tuple[str, ...]] = {}
    unused: dict[str, str] = {
        c: "left out by the mapping" for c, names in asked.items() if not names
    }
    for column, names in asked.items():
        for name in names:
            uses[name] = (*uses.get(name, ()), column)
    free = [c for c in columns if c not in asked]
    contact = None
    for column in list(free):
        key = fold_name(column)
        if key in SENSITIVE:
            unused[column] = "not taken (sensitive)"
        elif key in CONTACT["email"]:
            contact = contact or column
            unused[column] = "not taken (contact)"
        elif key in CONTACT["other"]:
            unused[column] = "not taken (contact)"
        elif key.startswith("unnamed") or not key:
            unused[column] = "has no name"
        else:
            continue
        free.remove(column)
    keys = _keys(free)
    taken: set[str] = set()
    for target, aliases in ALIASES[kind].items():
        candidates = [keys[name] for name in aliases if name in keys]
        candidates = [c for c in dict.fromkeys(candidates) if c not in taken or target == "links"]
        if target in uses:
            continue
        fitting = [c for c in candidates if _fits(target, c, sample, platform, unused, kind)]
        if target == "profile_url" and "handle" in uses and platform != "mastodon":
            continue
        if not fitting:
            continue
        if target in MANY:
            uses[target] = tuple(c for c in columns if c in fitting)
        else:
            best = max(fitting, key=lambda c: (_share(target, c, sample) >= 0.5, -fitting.index(c)))
            uses[target] = (best,)
            for other in fitting:
                if other != best:
                    unused.setdefault(other, f"also {target}: {best!r} was taken")
        taken.update(uses[target])
    _nested_author(kind, free, taken, uses)
    _settle(kind, sample, platform, uses, keys)
    used = {column for names in uses.values() for column in names}
    for column in columns:
        if column in used:
            unused.pop(column, None)
        else:
            unused.setdefault(column, "no field of this name")
    ordered = {column: unused[column] for column in columns if column in unused}
    return Assignment({t: c for t, c in uses.items() if c}, ordered, contact)


def _nested_author(
    kind: str, free: Sequence[str], taken: set[str], uses: dict[str, tuple[str, ...]]
) -> None:
    """`user.screen_name` and its like: the author inside a post, the account inside a profile."""
    valid = set(targets_of(kind))
    for column in free:
        head, dot, last = column.rpartition(".")
        if not dot or fold_name(head) not in _AUTHOR or column in taken:
            continue
        key = fold_name(last)
        for target, names in ALIASES["profiles"].items():
            if key not in names:
                continue
            wanted = target if kind == "profiles" or target in NAMING else f"profile.{target}"
            if wanted in valid and wanted not in uses:
                uses[wanted] = (column,)
                taken.add(column)
                break


def _fits(
    target: str,
    column: str,
    sample: Mapping[str, Sequence[str]],
    platform: str | None,
    unused: dict[str, str],
    kind: str,
) -> bool:
    values = sample.get(column, ())
    if not values:
        return True
    if target == "platform":
        return sum(is_platform_word(v) for v in values) >= 0.5 * len(values)
    if target == "native_id" and kind == "profiles" and fold_name(column) != "nativeid":
        if re.match(r"^[a-z]+:", values[0]) and not values[0].startswith(("did:", "http")):
            return True
        pattern = NATIVE.get(platform or "", r"^\S{1,200}$")
        n_fit = sum(bool(re.search(pattern, v.strip())) for v in values)
        if n_fit < 0.9 * len(values):
            unused.setdefault(column, f"values are no native ids of {platform}")
            return False
        if _numbers_rows(values):
            unused.setdefault(column, "only numbers the rows")
            return False
    if target in ("handle", "profile") and kind == "profiles":
        # A "user" or "author" column of yes/no or prose is no name.
        n_fit = sum(len(v) <= 200 for v in values)
        return n_fit > 0.5 * len(values)
    return True


def _numbers_rows(values: Sequence[str]) -> bool:
    head = values[:200]
    if len(head) < 3 or not all(re.fullmatch(r"\d{1,9}", v) for v in head):
        return False
    numbers = [int(v) for v in head]
    return numbers[0] in (0, 1) and all(b - a == 1 for a, b in pairwise(numbers))


def _share(target: str, column: str, sample: Mapping[str, Sequence[str]]) -> float:
    """The share of sampled values that make sense for a field; 0 for an empty column."""
    values = sample.get(column, ())[:500]
    if not values:
        return 0.0
    kinds = {c.name: c.kind for record in OBSERVED.values() for c in record_columns(record)}
    parse = {"int": _words.number, "bool": _words.flag, "time": _words.instant}.get(
        kinds.get(target.removeprefix("profile."), "text")
    )
    if parse is None:
        return 1.0
    n_fit = 0
    for value in values:
        try:
            n_fit += parse(value) is not None  # type: ignore[operator]
        except ValueError:
            continue
    return n_fit / len(values)


def _settle(
    kind: str,
    sample: Mapping[str, Sequence[str]],
    platform: str | None,
    uses: dict[str, tuple[str, ...]],
    keys: Mapping[str, str],
) -> None:
    """The few cases where one column's meaning depends on another's presence or on its values."""
    if kind != "profiles":
        return
    region = uses.get("place_region", ())
    if region and "place_country" not in uses and fold_name(region[0]) == "region":
        values = sample.get(region[0], ())
        if values and all(v.strip().upper() in COUNTRIES for v in values):
            uses["place_country"] = uses.pop("place_region")
    likes = uses.get("mean_likes", ())
    if (
        likes
        and fold_name(likes[0]) == "likes"
        and "likes_received" not in uses
        and keys.keys().isdisjoint({"comments", "views", "shares"})
        and platform == "tiktok"
    ):
        # TikTok shows one total of likes on a profile; beside comments or views it is a mean.
        uses["likes_received"] = uses.pop("mean_likes")
    if platform == "mastodon" and "profile_url" not in uses and "handle" in uses:
        # A local `acct` lacks its host; the profile's address has both.
        urls = [c for k, c in keys.items() if k in ("url", "profileurl")]
        values = sample.get(urls[0], ()) if urls else ()
        fit = sum(bool(re.match(r"https?://[^/]+/(?:@|users/)[^/]+/?$", v)) for v in values)
        handles = sample.get(uses["handle"][0], ())
        if urls and fit > 0.5 * len(values) and not any("@" in h[1:] for h in handles):
            uses["profile_url"] = (urls[0],)
            uses["handle"] = ()
