"""Raw rows of one file made into rows of our tables, with the rows that make no sense set apart.

What quarantines a row: no name for the creator (or for the post, follow, engagement, pack), a count
that is no number, anything below zero, a network that is no word. What does not: a date, flag or
rate that cannot be understood leaves its field empty and is counted in the report's notes, because
the rest of the row is good.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from influencr.records import OBSERVED, Policy
from influencr.records import columns as record_columns
from influencr.sources.files import _values
from influencr.sources.files._platform import platform_word
from influencr.sources.files._references import Named, post_reference, resolve
from influencr.sources.files._sheet import Origin, Shaped, Sheet

if TYPE_CHECKING:
    import polars as pl

    from influencr.sources.files._plan import FilePlan
    from influencr.sources.files._raw import Raw

__all__ = ["Shaper"]

#: A mean time between posts below one minute is a burst, not a cadence. Own choice.
_SHORTEST_INTERVAL_S = 60.0
_WEEK_S = 604_800.0
_WEEKS_PER_MONTH = 365.2425 / 12 / 7

_ENGAGEMENT_KINDS = {
    **{name: name for name in ("like", "repost", "reply", "quote", "comment", "view")},
    **dict.fromkeys(("likes", "liked", "favourite", "favorite", "fav", "heart", "digg"), "like"),
    **dict.fromkeys(("reposts", "retweet", "share", "reblog", "boost", "shared"), "repost"),
    **{"replies": "reply", "quotes": "quote", "comments": "comment", "views": "view"},
    **{"play": "view", "commented": "comment", "replied": "reply", "viewed": "view"},
}
_POST_KINDS = {
    **dict.fromkeys(("tweet", "status", "note", "photo", "image", "carousel", "text"), "post"),
    **dict.fromkeys(("retweet", "reblog", "share", "boost"), "repost"),
    **dict.fromkeys(("reel", "reels", "short", "shorts", "clip", "clips", "movie"), "video"),
    "comment": "reply",
}
_HTML_FIELDS = frozenset({"bio_text", "text", "description"})


class Shaper:
    """Makes rows of our tables by one plan."""

    def __init__(self, plan: FilePlan, origin: Origin) -> None:
        self._plan = plan
        self._origin = origin
        self._uses = plan.uses
        self._kinds = {
            table: {c.name: c.kind for c in record_columns(record)}
            for table, record in OBSERVED.items()
        }

    def shape(self, raw: Raw) -> Shaped:
        """The rows of a piece; nothing is remembered between pieces."""
        frame, n_left_out = self._filtered(raw.frame)
        sheet = Sheet(frame)
        platform = self._platforms(sheet)
        fetched_at = self._fetched_at(sheet)
        make = {
            "profiles": self._profiles,
            "posts": self._posts,
            "follows": self._follows,
            "engagements": self._engagements,
            "packs": self._packs,
        }[self._plan.kind]
        tables = make(sheet, platform)
        keep = [i for i in range(sheet.height) if i not in sheet.objections]
        whole = len(keep) == sheet.height
        made = {}
        for table, columns in tables.items():
            columns = {**columns, **self._provenance(sheet, columns, fetched_at)}
            out = _typed(columns, self._kinds[table])
            made[table] = out if whole else out[keep]
        positions = frame["\x00index"]
        refusals = [r._replace(at=positions[i]) for i, r in sorted(sheet.objections.items())]
        return Shaped(
            tables=made,
            indices=positions if whole else positions.gather(keep),
            refusals=refusals,
            n_left_out=n_left_out,
            notes=sheet.notes,
        )

    def _filtered(self, frame: pl.DataFrame) -> tuple[pl.DataFrame, int]:
        import polars as pl

        indexed = frame.with_row_index("\x00index")
        for column, value in self._plan.only.items():
            said = pl.col(column).cast(pl.String).str.strip_chars().str.to_lowercase()
            indexed = indexed.filter((said == value.strip().lower()).fill_null(value=False))
        return indexed, frame.height - indexed.height

    def _column(self, sheet: Sheet, target: str) -> pl.Series | None:
        names = self._uses.get(target)
        return sheet.frame[names[0]] if names else None

    def _platforms(self, sheet: Sheet) -> pl.Series:
        import polars as pl

        default = sheet.filled(self._plan.platform, pl.String)
        said = self._column(sheet, "platform")
        if said is None:
            return default
        said = said.cast(pl.String).str.strip_chars()
        words = {text: platform_word(text) for text in said.drop_nulls().unique().to_list()}
        words = {text: word for text, word in words.items() if text not in ("", "-")}
        if not words:
            made = default
        else:
            made = said.replace_strict(
                list(words), list(words.values()), default=None, return_dtype=pl.String
            )
            wrong = made.is_null() & said.is_in(list(words)).fill_null(value=False)
            reasons = sheet.filled("not the name of a network", pl.String).set(~wrong, None)
            sheet.object_to(reasons, "platform", said)
            made = made.fill_null(default)
        reasons = sheet.filled("no network in this row", pl.String).set(made.is_not_null(), None)
        sheet.object_to(reasons, "platform", None)
        return made

    def _fetched_at(self, sheet: Sheet) -> pl.Series:
        import polars as pl

        default = sheet.filled(self._origin.fetched_at, pl.Datetime("us", "UTC"))
        said = self._column(sheet, "observed_at")
        if said is None:
            return default
        parsed = _values.instants(said, day_first=self._is_day_first("observed_at"))
        sheet.note(parsed.wrong, "observed_at")
        return parsed.values.fill_null(default)

    def _is_day_first(self, target: str) -> bool:
        return self._plan.day_first.get(self._uses[target][0], True)

    def _provenance(
        self, sheet: Sheet, columns: dict[str, pl.Series], fetched_at: pl.Series
    ) -> dict[str, pl.Series]:
        import polars as pl

        policy = sheet.filled(int(Policy.default()), pl.Int64)
        if "contact_email" in columns:
            contact = columns["contact_email"].is_not_null().cast(pl.Int64) * int(Policy.CONTACT)
            policy = policy + contact
        made = {
            "source": sheet.filled(self._origin.source, pl.String),
            "fetched_at": fetched_at,
            "fetch_method": sheet.filled(self._origin.fetch_method, pl.String),
            "licence": sheet.filled(self._origin.licence, pl.String),
            "policy": policy,
        }
        if self._origin.lawful_basis is not None:
            made["lawful_basis"] = sheet.filled(self._origin.lawful_basis, pl.String)
        return made

    def _plain_fields(
        self, sheet: Sheet, table: str, *, prefix: str = "", skip: frozenset[str] = frozenset()
    ) -> dict[str, pl.Series]:
        """Every mapped column that is one field of the record as it stands."""
        made: dict[str, pl.Series] = {}
        for name, kind in self._kinds[table].items():
            target = prefix + name
            if target not in self._uses or name in skip:
                continue
            columns = [sheet.frame[c] for c in self._uses[target]]
            made[name] = self._field(sheet, target, kind, columns)
        return made

    def _field(self, sheet: Sheet, target: str, kind: str, columns: list[pl.Series]) -> pl.Series:
        plan, name = self._plan, target.removeprefix("profile.")
        first = columns[0]
        if name == "language":
            return _values.languages(first)
        if name == "links":
            return _values.links(columns)
        if kind == "texts":
            return _values.lists(columns)
        if kind == "text":
            return self._words(name, columns)
        if kind == "int":
            parsed = _values.counts(first, decimal_mark=plan.decimal_mark)
        elif kind == "float" and self._uses[target][0] in plan.rates:
            percent = plan.rates[self._uses[target][0]] == "percent"
            parsed = _values.rates(first, percent=percent, decimal_mark=plan.decimal_mark)
        elif kind == "float":
            parsed = _values.measures(first, decimal_mark=plan.decimal_mark)
        elif kind == "bool":
            parsed = _values.flags(first)
        else:
            parsed = _values.instants(first, day_first=self._is_day_first(target))
        if parsed.wrong is None:
            return parsed.values
        hard = parsed.wrong == "negative"
        if kind == "int":
            hard = parsed.wrong.is_not_null()
        hard = hard.fill_null(value=False)
        sheet.object_to(parsed.wrong.set(~hard, None), name, first)
        sheet.note(parsed.wrong.set(hard, None), name)
        return parsed.values

    def _words(self, name: str, columns: list[pl.Series]) -> pl.Series:
        import polars as pl

        # Only JSON tells an empty text from none; in CSV it may be either.
        keep_empty = name == "bio_text" and self._plan.format.startswith("JSON")
        made = [
            _values.texts(c, is_html=name in _HTML_FIELDS, keep_empty=keep_empty) for c in columns
        ]
        if len(made) == 1:
            return made[0]
        frame = pl.DataFrame({str(i): series for i, series in enumerate(made)})
        joined = frame.select(pl.concat_str(pl.all(), separator=" ", ignore_nulls=True)).to_series()
        return joined.set(joined == "", None)

    def _profiles(self, sheet: Sheet, platform: pl.Series) -> dict[str, dict[str, pl.Series]]:
        import polars as pl

        native, handle, network = self._naming(sheet, platform)
        made = self._plain_fields(
            sheet, "profiles", skip=frozenset({"profile_id", "platform", "handle"})
        )
        names = [c for t in ("first_name", "last_name") for c in self._uses.get(t, ())]
        if names:
            full = self._words("display_name", [sheet.frame[c] for c in names])
            made["display_name"] = (
                made["display_name"].fill_null(full) if ("display_name" in made) else full
            )
        self._derive(sheet, made)
        if self._origin.contact_published and self._plan.contact_column:
            email = _values.texts(sheet.frame[self._plan.contact_column])
            fit = email.str.contains(r"^[^@\s]+@[^@\s]+\.[^@\s]+$").fill_null(value=False)
            email = email.set(~fit, None)
            made["contact_email"] = email
            made["contact_source"] = sheet.filled(self._origin.source, pl.String).set(
                email.is_null(), None
            )
        key = {"profile_id": _reference(network, native, handle), "platform": network}
        return {"profiles": {**key, "handle": handle, **made}}

    def _naming(self, sheet: Sheet, platform: pl.Series) -> tuple[pl.Series, pl.Series, pl.Series]:
        """Native id, handle and network of each row's profile; rows without either are refused."""
        import polars as pl

        nothing = sheet.filled(None, pl.String)
        native, handle, network = nothing, nothing, platform
        spoilt, shown = nothing, nothing
        for target, how in (
            ("native_id", "native"),
            ("profile", "any"),
            ("handle", "handle"),
            ("profile_url", "handle"),
        ):
            values = self._column(sheet, target)
            if values is None:
                continue
            named = resolve(values, platform, how=how)
            native, handle = native.fill_null(named.native), handle.fill_null(named.handle)
            network = named.platform if target in ("native_id", "profile") else network
            text = values.cast(pl.String)
            spoilt = spoilt.fill_null(sheet.filled(target, pl.String).set(~named.spoilt, None))
            shown = shown.fill_null(text.set(~named.spoilt, None))
        network = network.fill_null(platform)
        lost = native.is_null() & handle.is_null()
        if lost.any():
            why = sheet.filled("white space inside, so neither handle nor id", pl.String)
            why = why.set(spoilt.is_null(), None).set(~lost, None)
            sheet.object_to(why, "handle", shown)
            missing = sheet.filled("no handle and no id", pl.String).set(~lost, None)
            sheet.object_to(missing, "handle", None, named=False)
        return native, handle, network

    def _derive(self, sheet: Sheet, made: dict[str, pl.Series]) -> None:
        """Fields that are computed from what the file states in another form."""
        import polars as pl

        mark = self._plan.decimal_mark

        def measure(target: str) -> pl.Series | None:
            column = self._column(sheet, target)
            if column is None:
                return None
            parsed = _values.measures(column, decimal_mark=mark)
            sheet.note(parsed.wrong, target)
            return parsed.values

        interval = measure("post_interval_seconds")
        if interval is not None and "posts_per_week_claimed" not in made:
            made["posts_per_week_claimed"] = (_WEEK_S / interval).set(
                (interval < _SHORTEST_INTERVAL_S).fill_null(value=True), None
            )
        monthly = measure("posts_per_month")
        if monthly is not None and "posts_per_week_claimed" not in made:
            made["posts_per_week_claimed"] = monthly / _WEEKS_PER_MONTH
        authentic = measure("authentic_engagements")
        share = made.get("authentic_share_claimed")
        if authentic is not None and share is None and "mean_engagements" in made:
            ratio = authentic / made["mean_engagements"]
            share = ratio.set((made["mean_engagements"] == 0).fill_null(value=True), None)
        column = self._column(sheet, "fake_share")
        if column is not None and share is None:
            percent = self._plan.rates.get(self._uses["fake_share"][0]) == "percent"
            parsed = _values.rates(column, percent=percent, decimal_mark=mark)
            sheet.note(parsed.wrong, "fake_share")
            share = 1.0 - parsed.values
        if share is not None:
            outside = ((share < 0) | (share > 1)).fill_null(value=False)
            reasons = sheet.filled("not between 0 and 1", pl.String).set(~outside, None)
            sheet.note(reasons, "authentic_share_claimed")
            made["authentic_share_claimed"] = share.set(outside, None)

    def _posts(self, sheet: Sheet, platform: pl.Series) -> dict[str, dict[str, pl.Series]]:
        import polars as pl

        ids = self._column(sheet, "post_id")
        if ids is None:
            ids = sheet.filled(None, pl.String)
        post_id = self._needed(sheet, post_reference(ids, platform), "post_id", ids)
        if any(t in self._uses for t in ("native_id", "profile", "handle")):
            native, handle, network = self._naming(sheet, platform)
        else:
            native = ids.cast(pl.String).str.extract(r"^at://(did:[^/\s]+)/", 1)
            handle, network = sheet.filled(None, pl.String), platform
            missing = sheet.filled("the post's address names no author", pl.String)
            sheet.object_to(missing.set(native.is_not_null(), None), "profile", ids)
        profile_id = _reference(network, native, handle)
        made = self._plain_fields(
            sheet, "posts", skip=frozenset({"post_id", "profile_id", "reply_to", "text"})
        )
        words = [
            _values.texts(sheet.frame[c], is_html=True)
            for target in ("title", "text")
            for c in self._uses.get(target, ())
        ]
        if words:
            frame = pl.DataFrame({str(i): series for i, series in enumerate(words)})
            text = frame.select(
                pl.concat_str(pl.all(), separator="\n", ignore_nulls=True)
            ).to_series()
            made["text"] = text.set(text == "", None)
        if "kind" in made:
            made["kind"] = _renamed(made["kind"].str.to_lowercase(), _POST_KINDS)
        if (reply := self._column(sheet, "reply_to")) is not None:
            made["reply_to"] = post_reference(reply, platform)
        tables = {"posts": {"post_id": post_id, "profile_id": profile_id, **made}}
        if "profiles" in self._plan.tables:
            extra = self._plain_fields(
                sheet,
                "profiles",
                prefix="profile.",
                skip=frozenset({"profile_id", "platform", "handle"}),
            )
            key = {"profile_id": profile_id, "platform": network, "handle": handle}
            tables["profiles"] = {**key, **extra}
        return tables

    def _needed(self, sheet: Sheet, made: pl.Series, name: str, values: pl.Series) -> pl.Series:
        """Refuse rows whose needed reference is missing or no reference."""
        import polars as pl

        if made.null_count():
            given = values.cast(pl.String).str.strip_chars()
            is_given = (~given.is_in(["", "-"])).fill_null(value=False)
            spoilt = sheet.filled("holds white space", pl.String)
            sheet.object_to(spoilt.set(made.is_not_null() | ~is_given, None), name, values)
            missing = sheet.filled("missing", pl.String).set(made.is_not_null(), None)
            sheet.object_to(missing, name, None)
        return made

    def _somebody(self, sheet: Sheet, platform: pl.Series, target: str) -> pl.Series:
        values = self._column(sheet, target)
        if values is None:
            raise ValueError(f"{target} is checked by the plan")
        named = resolve(values, platform, how="any")
        return self._needed(sheet, named.reference(), target, values)

    def _follows(self, sheet: Sheet, platform: pl.Series) -> dict[str, dict[str, pl.Series]]:
        import polars as pl

        follower = self._somebody(sheet, platform, "follower_id")
        followed = self._somebody(sheet, platform, "followed_id")
        same = (follower == followed).fill_null(value=False)
        reasons = sheet.filled("the same as follower_id", pl.String).set(~same, None)
        sheet.object_to(reasons, "followed_id", followed)
        rest = frozenset({"follower_id", "followed_id", "via_id"})
        made = self._plain_fields(sheet, "follows", skip=rest)
        if (via := self._column(sheet, "via_id")) is not None:
            made["via_id"] = post_reference(via, platform)
        return {"follows": {"follower_id": follower, "followed_id": followed, **made}}

    def _engagements(self, sheet: Sheet, platform: pl.Series) -> dict[str, dict[str, pl.Series]]:
        import polars as pl

        actor = self._somebody(sheet, platform, "actor_id")
        posts = sheet.frame[self._uses["post_id"][0]]
        post_id = self._needed(sheet, post_reference(posts, platform), "post_id", posts)
        said = sheet.frame[self._uses["kind"][0]].cast(pl.String).str.strip_chars()
        kind = _renamed(said.str.to_lowercase(), _ENGAGEMENT_KINDS, others=False)
        wrong = sheet.filled("not like, repost, reply, quote, comment or view", pl.String)
        sheet.object_to(wrong.set(kind.is_not_null(), None), "kind", said)
        rest = frozenset({"actor_id", "post_id", "kind"})
        made = self._plain_fields(sheet, "engagements", skip=rest)
        return {"engagements": {"actor_id": actor, "post_id": post_id, "kind": kind, **made}}

    def _packs(self, sheet: Sheet, platform: pl.Series) -> dict[str, dict[str, pl.Series]]:
        member = self._somebody(sheet, platform, "member_id")
        packs = sheet.frame[self._uses["pack_id"][0]]
        pack_id = self._needed(sheet, post_reference(packs, platform), "pack_id", packs)
        made = self._plain_fields(
            sheet, "packs", skip=frozenset({"pack_id", "member_id", "owner_id"})
        )
        if (owner := self._column(sheet, "owner_id")) is not None:
            made["owner_id"] = resolve(owner, platform, how="any").reference()
        return {"packs": {"pack_id": pack_id, "member_id": member, **made}}


def _reference(platform: pl.Series, native: pl.Series, handle: pl.Series) -> pl.Series:
    return Named(platform, native, handle, native.is_null()).reference()


def _renamed(series: pl.Series, names: dict[str, str], *, others: bool = True) -> pl.Series:
    """Words brought to ours; words without one of ours stay, or become null."""
    import polars as pl

    if others:
        return series.replace(names)
    return series.replace_strict(names, default=None, return_dtype=pl.String)


def _typed(columns: dict[str, pl.Series], kinds: Mapping[str, str]) -> pl.DataFrame:
    """The frame in the record's column order and types."""
    import polars as pl

    types: dict[str, object] = {
        "text": pl.String,
        "int": pl.Int64,
        "float": pl.Float64,
        "bool": pl.Boolean,
        "time": pl.Datetime("us", "UTC"),
        "texts": pl.List(pl.String),
    }
    return pl.DataFrame(
        {
            name: columns[name].cast(types[kind])  # type: ignore[arg-type]
            for name, kind in kinds.items()
            if name in columns
        }
    )
