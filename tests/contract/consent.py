"""What every flag of every network leads to: the table that the test runs and the page shows.

A case is what a network or a file says of somebody, brought through the code that reads it (a view
of the AppView, an Account entity, a channel, a row of a file), and what each face must then do.
`tests/contract/test_consent_matrix.py` asks every face; `make docs` writes the same table into
docs/reference/consent.md, so that the page says what was tested and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from influencr.records import Policy

__all__ = ["BIO", "CASES", "Case", "Does", "page", "posts_of"]

#: When everything was observed: now, because the terms of some networks end by the clock.
AT = datetime.now(UTC).replace(microsecond=0)
#: What everybody writes, so that words and topics find everybody alike.
BIO = "I bake sourdough bread and write about it"
_TEXT = "Fresh sourdough bread from the oven, number {}"
N_POSTS = 6


class Does(NamedTuple):
    """What the faces do.

    search        "yes", "asked" (only when filters ask for everything), "no"
    name          asked by exact name: "all", "reason" (why not listed, nothing else), "nothing"
    page          the page of the dossier is shown
    export        written to a file
    alike         shown among creators like another
    counted       counted, unnamed, among followers: vetting, audiences, alignment, planner
    words         words of posts are searched and read
    conclusions   topics, rates and influence are concluded
    """

    search: str = "yes"
    name: str = "all"
    page: bool = True
    export: bool = True
    alike: bool = True
    counted: bool = True
    words: bool = True
    conclusions: bool = True


LISTED = Does()
#: Not listed; by exact name the reason and nothing else. Counted unnamed.
BY_NAME = Does("no", "reason", False, False, False, True, False, False)
#: The same, and counted nowhere.
NOT_COUNTED = BY_NAME._replace(counted=False)
#: As if there were nobody.
NOWHERE = NOT_COUNTED._replace(name="nothing")


class Case(NamedTuple):
    """One flag and what it leads to.

    says      what the network, the person or the file says
    becomes   what is stored because of it
    rows      profile rows, oldest first; none where nothing is stored
    does      what each face must do
    follows   their follows are stored as well
    posts     rows of their posts are stored as well, with `text` or without
    leaves    after all of that they opt out, and are then delivered once more
    """

    network: str
    says: str
    becomes: str
    rows: tuple[Mapping[str, Any], ...]
    does: Does
    follows: bool = True
    posts: str = "text"
    leaves: bool = False


def _row(network: str, name: str, **fields: Any) -> dict[str, Any]:
    """What is stored of somebody about whom nothing special is said."""
    return {
        "profile_id": f"{network}:id-{name}",
        "platform": network,
        "handle": name,
        "bio_text": BIO,
        "followers": 900,
        "posts_count": 40,
        "source": network,
        "fetched_at": AT,
        "fetch_method": "api",
        "licence": "open-protocol",
        "policy": int(Policy.default()),
        **fields,
    }


# Bluesky: views of the AppView, through the source's own reading.


def _did(name: str) -> str:
    return f"did:plc:{name:a<24}"


def _bluesky(name: str, *labels: str, handle: str | None = None, **record: Any) -> dict[str, Any]:
    from influencr.sources.bluesky import _views

    view = {
        "did": _did(name),
        "handle": handle or f"{name}.example",
        "description": BIO,
        "followersCount": 900,
        "followsCount": 50,
        "postsCount": 40,
        "indexedAt": AT.isoformat(),
        "labels": [{"src": _did(name), "val": value} for value in labels],
        **record,
    }
    return _of(_views.profile(view, at=AT))


def _of(record: Any) -> dict[str, Any]:
    return {name: getattr(record, name) for name in record.__struct_fields__}


def _bluesky_cases() -> list[Case]:
    from influencr.sources.bluesky import _views

    later = AT + timedelta(seconds=1)
    gone = {
        status: (_bluesky(name), _of(_views.gone(_did(name), status, at=later)))
        for status, name in (
            ("takendown", "bstaken"),
            ("suspended", "bssuspended"),
            ("deactivated", "bsinactive"),
            ("deleted", "bsdeleted"),
        )
    }
    declared = _of(_views.hidden_from_recommendations(_did("bsquiet"), hidden=True, at=later))
    bridged = _bluesky("bsmirror", handle="bsmirror.social.example.ap.brid.gy")
    labelled = _bluesky("bslabelled", "bridged-from-bridgy-fed-activitypub")
    n = "bluesky"
    return [
        Case(n, "nothing", "listed", (_bluesky("bsplain"),), LISTED),
        Case(
            n,
            "self-label `!no-unauthenticated`",
            "`no_signed_out`",
            (_bluesky("bsprivate", "!no-unauthenticated"),),
            BY_NAME,
        ),
        Case(
            n,
            "`contentVisibilityDeclaration`: hide from recommendations",
            "`no_recommend`",
            (_bluesky("bsquiet"), declared),
            BY_NAME,
        ),
        Case(n, "label `!hide`", "status `takendown`", (_bluesky("bshidden", "!hide"),), NOWHERE),
        Case(n, "label `!takedown`", "status", (_bluesky("bslabel", "!takedown"),), NOWHERE),
        *(
            Case(n, f"account {word}", f"status `{word}`", rows, NOWHERE)
            for word, rows in gone.items()
        ),
        Case(
            n,
            "label `bot`",
            "`is_bot`, labelled as a bot",
            (_bluesky("bsbot", "bot"),),
            LISTED._replace(search="asked", alike=False),
        ),
        Case(n, "mirror by handle (`*.brid.gy`)", "a mirrored copy", (bridged,), NOT_COUNTED),
        Case(n, "mirror by label", "no right to index or to score", (labelled,), NOT_COUNTED),
        Case(n, "bio says 15 years", "-", (_bluesky("bsyoung", description="15 yo | bread"),),
             NOT_COUNTED),
    ]  # fmt: skip


# The fediverse: Account entities, through the source's own reading.


def _mastodon(
    name: str, *, before: Mapping[str, Any] | None = None, **fields: Any
) -> tuple[dict[str, Any], ...]:
    """Rows of an account that says so; with `before`, of one that was kept and says so now."""
    from influencr.sources.mastodon import _accounts
    from influencr.sources.mastodon._frames import NAME, batch

    rows = []
    for number, said in enumerate([before, fields] if before is not None else [fields]):
        entity = {
            "id": "7",
            "acct": name,
            "uri": f"https://social.example/users/{name}",
            "note": f"<p>{BIO}</p>",
            "discoverable": True,
            "indexable": True,
            "followers_count": 900,
            "statuses_count": 40,
            **said,
        }
        account = _accounts.read_account(
            entity, domain="social.example", hosts=frozenset({"social.example"})
        )
        if account is None:
            raise AssertionError("the entity of the table is malformed")
        at = AT + timedelta(seconds=number)
        if account.refused is None:
            rows.append(_accounts.shown(account, at=at))
        elif rows:
            rows.append(_accounts.withdrawn(account, at=at))
    made = [batch("profiles", [row]).frame.row(0, named=True) for row in rows]
    return tuple({k: v for k, v in row.items() if v is not None or k == NAME} for row in made)


#: What an account or its server says, and what the withdrawal of an earlier yes leads to.
_SAID_NO: dict[str, tuple[str, dict[str, Any], Does]] = {
    "mslocked": ("`locked`", {"locked": True}, NOT_COUNTED),
    "msnoindex": ("`noindex`", {"noindex": True}, NOT_COUNTED),
    "msundiscovered": ("`discoverable` false", {"discoverable": False}, NOT_COUNTED),
    "mssilent": ("`discoverable` null", {"discoverable": None}, NOT_COUNTED),
    "msstop": ("#nobot in the note", {"note": f"<p>{BIO} #nobot</p>"}, NOT_COUNTED),
    "msmoved": ("`moved`", {"moved": {"id": "8"}}, NOT_COUNTED),
    "msmemorial": ("`memorial`", {"memorial": True}, NOT_COUNTED),
    "mslimited": ("`limited`", {"limited": True}, NOT_COUNTED),
    "mssuspended": ("`suspended`", {"suspended": True}, NOWHERE),
}


def _mastodon_cases() -> list[Case]:
    n = "mastodon"
    unread = LISTED._replace(words=False)
    made = [
        Case(n, "`discoverable` and `indexable`", "listed", _mastodon("msplain"), LISTED),
        Case(
            n,
            "`indexable` false",
            "posts without their words",
            _mastodon("msunread", indexable=False),
            unread,
            posts="counts",
        ),
        Case(
            n,
            "`indexable` missing",
            "the same (FEP-5feb)",
            _mastodon("msmissing", indexable=None),
            unread,
            posts="counts",
        ),
        Case(
            n,
            "`hide_collections`",
            "`audience_hidden`; no follower is asked for",
            _mastodon("mshides", hide_collections=True),
            LISTED,
        ),
    ]
    for name, (says, fields, does) in _SAID_NO.items():
        rows = _mastodon(f"{name}0", **fields)
        made.append(Case(n, says, "nothing is stored", rows, NOWHERE, follows=False, posts=""))
        rows = _mastodon(name, before={}, **fields)
        made.append(Case(n, f"{says}, after a yes", "flags alone, no words", rows, does))
    file = _row(n, "msfile@social.example", source="import:people.csv", fetch_method="import")
    made.append(Case(n, "nothing, in an operator's file", "listed", (file,), LISTED))
    made.append(
        Case(
            n,
            "`discoverable` false, in a file",
            "not listed",
            ({**file, "profile_id": f"{n}:id-msno", "handle": "msno@x.example",
              "discoverable": False},),
            BY_NAME,
        )
    )  # fmt: skip
    return made


# Networks whose terms bind the operator's key, and files.


def _youtube(name: str, *, accepted: bool = False, age_days: int = 0, **status: Any) -> Any:
    from influencr.sources.youtube import _mapping, _terms

    at = AT - timedelta(days=age_days)
    item = {
        "id": f"UC{name}",
        "snippet": {"title": name, "customUrl": f"@{name}", "description": BIO},
        "statistics": {"subscriberCount": "900", "videoCount": "40", "viewCount": "9000"},
        "status": {"privacyStatus": "public", "madeForKids": False, **status},
    }
    row = _mapping.channel(item)
    if row is None:
        raise AssertionError("the channel of the table is malformed")
    return {
        **row,
        "source": "youtube",
        "fetched_at": at,
        "fetch_method": "api",
        "licence": _terms.LICENCE,
        "expires_at": _terms.expires_at(at),
        "policy": _terms.policy(derived_metrics_accepted=accepted),
    }


def _youtube_cases() -> list[Case]:
    n = "youtube"
    raw = Does(export=False, alike=False, counted=False, conclusions=False)
    return [
        Case(n, "nothing; no amendment", "raw counts, 30 days", (_youtube("ytplain"),), raw),
        Case(
            n,
            "nothing; the operator accepted the amendment",
            "scores as well",
            (_youtube("ytscored", accepted=True),),
            LISTED._replace(export=False),
        ),
        Case(
            n,
            "`madeForKids`",
            "`made_for_kids` and no word",
            (_youtube("ytkids", madeForKids=True),),
            NOT_COUNTED,
            posts="",
        ),
        Case(
            n,
            "not refreshed within 30 days",
            "the row has run out",
            (_youtube("ytold", age_days=40),),
            NOWHERE,
        ),
        Case(
            n,
            "`privacyStatus` unlisted",
            "`is_private`",
            (_youtube("ytunlisted", accepted=True, privacyStatus="unlisted"),),
            BY_NAME,
        ),
    ]


def _instagram(name: str, *, is_gone: bool = False, age_days: int = 0) -> dict[str, Any]:
    from influencr.sources.instagram import _mapping, _terms

    at = AT - timedelta(days=age_days)
    answer = {
        "id": f"1784{name}",
        "username": name,
        "biography": BIO,
        "followers_count": 900,
        "follows_count": 50,
        "media_count": 40,
    }
    row = _mapping.gone(answer["id"]) if is_gone else _mapping.account(answer)
    if row is None:
        raise AssertionError("the account of the table is malformed")
    return {
        **row,
        "source": "instagram",
        "fetched_at": at + timedelta(seconds=is_gone),
        "fetch_method": "api",
        "licence": _terms.LICENCE,
        "expires_at": _terms.expires_at(at),
        "policy": _terms.POLICY,
    }


def _instagram_cases() -> list[Case]:
    n = "instagram"
    return [
        Case(
            n,
            "a professional account",
            "30 days; stays here",
            (_instagram("igplain"),),
            LISTED._replace(export=False),
        ),
        Case(
            n,
            "not a professional account any more, renamed or gone",
            "status `deactivated`",
            (_instagram("iggone"), _instagram("iggone", is_gone=True)),
            NOWHERE,
        ),
        Case(
            n,
            "not refreshed within 30 days",
            "the row has run out",
            (_instagram("igold", age_days=40),),
            NOWHERE,
        ),
    ]


def _file(name: str, *, without: Policy | int = 0, **fields: Any) -> dict[str, Any]:
    return _row(
        "tiktok",
        name,
        **{
            "source": "import:people.csv",
            "fetch_method": "import",
            "licence": "user-import",
            "policy": int(Policy.default() & ~without),
            **fields,
        },
    )


def _file_cases() -> list[Case]:
    n = "files"
    return [
        Case(n, "nothing", "listed", (_file("fplain"),), LISTED),
        Case(
            n,
            "policy without INDEX",
            "not listed",
            (_file("fi", without=Policy.INDEX),),
            BY_NAME,
        ),
        Case(
            n,
            "policy without SCORE",
            "raw rows only",
            (_file("fs", without=Policy.SCORE),),
            Does(alike=False, counted=False, conclusions=False),
        ),
        Case(
            n,
            "policy without SHOW_SIGNED_OUT",
            "as `!no-unauthenticated`: nobody is signed in yet",
            (_file("fsh", without=Policy.SHOW_SIGNED_OUT),),
            BY_NAME,
        ),
        Case(
            n,
            "policy without EXPORT",
            "stays here",
            (_file("fe", without=Policy.EXPORT),),
            LISTED._replace(export=False),
        ),
        Case(
            n,
            "`expires_at` has passed",
            "the row has run out",
            (_file("fx", expires_at=AT - timedelta(days=1)),),
            NOWHERE,
        ),
        Case(n, "`is_private`", "not listed", (_file("fp", is_private=True),), BY_NAME),
        Case(n, "`noindex`", "not listed", (_file("fn", noindex=True),), BY_NAME),
        Case(n, "`no_recommend`", "not listed", (_file("fr", no_recommend=True),), BY_NAME),
        Case(n, "`made_for_kids`", "not listed", (_file("fk", made_for_kids=True),), NOT_COUNTED),
        Case(
            n,
            "`indexable` false",
            "words of posts are not read",
            (_file("fu", indexable=False),),
            LISTED._replace(words=False),
        ),
        Case(n, "status `moved`", "not listed", (_file("fm", status="moved"),), BY_NAME),
        Case(n, "status `deleted`", "hidden", (_file("fd", status="deleted"),), NOWHERE),
        Case(n, "#noindex in the bio", "not listed", (_file("fw", bio_text=f"{BIO} #noindex"),),
             BY_NAME),
        Case(n, "bio says 16 years", "not listed", (_file("fy", bio_text="I'm 16, I bake bread"),),
             NOT_COUNTED),
        Case(n, "bio says: at school", "not listed",
             (_file("fc", bio_text="High school student | bread"),), NOT_COUNTED),
        Case(
            n,
            "opted out, then delivered again",
            "erased; a salted hash keeps them out",
            (_file("fo"),),
            NOWHERE,
            leaves=True,
        ),
    ]  # fmt: skip


CASES: tuple[Case, ...] = (
    *_bluesky_cases(),
    *_mastodon_cases(),
    *_youtube_cases(),
    *_instagram_cases(),
    *_file_cases(),
)


def posts_of(case: Case) -> list[dict[str, Any]]:
    """Rows of the posts that the source stores with this case."""
    if not case.posts or not case.rows:
        return []
    last = case.rows[-1]
    shared = ("source", "fetch_method", "licence", "policy", "expires_at")
    return [
        {
            **{name: last[name] for name in shared if name in last},
            "post_id": f"{last['platform']}:{last['profile_id']}/{number}",
            "profile_id": last["profile_id"],
            "fetched_at": last["fetched_at"],
            "created_at": AT - timedelta(days=4 + number),
            "likes": 20 + number,
            "text": _TEXT.format(number) if case.posts == "text" else None,
        }
        for number in range(N_POSTS)
    ]


def page(cases: Sequence[Case] = CASES) -> str:
    """docs/reference/consent.md."""
    lines = [
        "# Consent",
        "",
        "What every flag of every network leads to in every face. The table is the one that",
        "`tests/contract/test_consent_matrix.py` runs: each row is brought through the code that",
        "reads the network, and every face is asked.",
        "",
        "- **search**: *asked* means only when a filter asks for it.",
        "- **exact name**: *reason* is why somebody is not listed, and nothing else about them.",
        "- **page**: the dossier. **alike**: shown among creators like another one, told by topics",
        "  that were concluded.",
        "- **counted**: unnamed, among the followers of somebody: vetting, the places of an",
        "  audience, its match with a brand. The planner reads the same rule and the same counts.",
        "- **words**: posts are searched and read. **conclusions**: topics, rates, influence.",
        "",
        "Whoever asks for deletion or opts out is in no row of any table, and stays out.",
        "",
    ]
    for network in dict.fromkeys(case.network for case in cases):
        lines += [f"## {network}", ""]
        lines.append("| what is said | stored | search | exact name | page | export | alike | "
                     "counted | words | conclusions |")  # fmt: skip
        lines.append("| --- " * 10 + "|")
        for case in cases:
            if case.network == network:
                told = [w if isinstance(w, str) else "yes" if w else "no" for w in case.does]
                lines.append(f"| {' | '.join([case.says, case.becomes, *told])} |")
        lines.append("")
    return "\n".join(lines)
