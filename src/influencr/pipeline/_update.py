"""What changed since the whole was judged, judged alone and put into the index within seconds.

A whole judgement reads everything; a stream brings a few hundred people a second. Here only these
people's rows are read again, judged by the same judges, and upserted. What needs everybody at once
keeps the state of the last whole judgement: places and audiences from the follower graph, the
verdicts, influence, closeness and growth, the parts of the engagement rates, and the ages of
everybody else. So a change is brought in alone only when it is small (MAX_SHARE), when no follow
and no reaction came but those of a stream, and when less than MAX_AGE passed; otherwise `refresh`
judges the whole.

Follows and reactions that a stream told (`fetch_method` "stream") come by the hundred every second
and change what everybody's audience is by next to nothing. They wait in the catalogue for the next
whole judgement, which MAX_AGE brings about within a day; those that were collected or imported were
asked for, and are judged at once.

judged/updates.json says up to which files of the catalogue the index is complete, and
judged/updates-*.parquet whom the index holds otherwise than creators.parquet says (the number in
its name is the instant of the judgement that it belongs to). Both are written after the index:
killed in between, the same people are judged once more, to the same end.

MAX_SHARE, MAX_AGE, ENOUGH: our own choice; tests/unit/pipeline/test_update.py fixes what they do.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec
import polars as pl

from influencr.errors import HomeError
from influencr.geography import audience_schema
from influencr.kept import Rights
from influencr.pipeline._creators import (
    AUDIENCE_HIDDEN,
    CREATORS_SCHEMA,
    INFLUENCE_COLUMNS,
    NO_FOLLOWERS_KNOWN,
    POST_COLUMNS,
    VERDICT_COLUMNS,
    judged_bucket,
)
from influencr.pipeline._durable import locked, publish, write_whole
from influencr.pipeline._judge import (
    CREATORS_FILE,
    JudgeReport,
    judged_versions,
    methods,
    newest_observation,
    read_report,
)
from influencr.pipeline._said import SAID, Said
from influencr.records import Policy

if TYPE_CHECKING:
    from influencr.catalogue import Catalogue, Snapshot
    from influencr.home import Home
    from influencr.index import SearchIndex

__all__ = [
    "ENOUGH",
    "MAX_AGE",
    "MAX_SHARE",
    "Covered",
    "Updated",
    "apply_said",
    "bring_in",
    "bring_in_said",
    "brought_in",
    "covered_versions",
    "current_names",
    "start_over",
    "updates_file",
]

#: Changed people, as a share of all creators, up to which they are judged alone.
MAX_SHARE = 0.05
#: Below so many creators the whole is judged in a second or two.
ENOUGH = 1_000
#: Activity is told in days; judged alone, everybody else keeps the ages of the last whole one.
MAX_AGE = timedelta(days=1)

_COVERED_FILE = "updates.json"
#: Table -> column that names whose row it is; a change elsewhere asks for the whole.
_OWNERS = {"profiles": "profile_id", "posts": "profile_id", "packs": "member_id"}
#: Tables whose rows of a stream wait for the next whole judgement.
_WAITING = ("follows", "engagements")
_STREAM = "stream"
_NETWORK = "network"
#: What a label is read from in a profile; while none of it changes, the label of the whole stays.
_SAID = ("display_name", "handle", "bio_text", "is_business", "is_verified")
_LABEL_COLUMNS = tuple(c for c in INFLUENCE_COLUMNS if c.startswith("label"))
_ACT_COLUMNS = tuple(c for c in INFLUENCE_COLUMNS if not c.startswith("label"))
_GROWTH_COLUMNS = (
    *("followers_12m", "growth_line"),
    *(c for c in INFLUENCE_COLUMNS if c.endswith("_relative")),
)
_PLACE_COLUMNS = (
    *(c for c in CREATORS_SCHEMA if c.startswith("place_")),
    *("country", "admin1", "lat", "lon"),
)


class Updated(NamedTuple):
    """What one update did: people put in or replaced, people taken out, and what it left."""

    n_upserted: int
    n_deleted: int
    generation: int
    as_of: datetime
    seconds: float


class Covered(msgspec.Struct, frozen=True):
    """judged/updates.json: up to where the index is complete.

    judged_at    of the whole judgement that everything else comes from
    versions     catalogue table -> version that was read
    files        catalogue table -> data files that were read
    n_updated    people brought in since
    """

    judged_at: datetime
    versions: dict[str, int]
    files: dict[str, tuple[str, ...]]
    n_updated: int = 0


def read_covered(judged: Path, report: JudgeReport) -> Covered:
    """Up to where judged files and index are complete together."""
    try:
        covered = msgspec.json.decode((judged / _COVERED_FILE).read_bytes(), type=Covered)
    except (FileNotFoundError, msgspec.DecodeError):
        covered = None
    if covered is None or covered.judged_at != report.judged_at:
        return Covered(report.judged_at, report.versions, report.files)
    return covered


def covered_versions(judged: Path) -> dict[str, int] | None:
    """Catalogue table -> version up to which the index is complete; None before the first
    judgement."""
    report = read_report(judged)
    return None if report is None else read_covered(judged, report).versions


def updates_file(judged: Path, report: JudgeReport) -> Path:
    """Whom the index holds otherwise than the creators file of this judgement says."""
    return judged / f"updates-{int(report.judged_at.timestamp() * 1_000_000)}.parquet"


def start_over(judged: Path) -> None:
    """After a whole judgement: nobody is otherwise than creators.parquet says."""
    for left in judged.glob("updates*"):
        left.unlink()


def brought_in(
    home: Home, catalogue: Catalogue, index: SearchIndex, report: JudgeReport
) -> Updated | None:
    """Bring in what changed since the whole was judged, if it is little enough to be brought in
    alone; None when the whole has to be judged. The caller holds the lock of `home.judged`.
    """
    if report.methods != methods() or report.n_creators < ENOUGH:
        return None
    covered = read_covered(home.judged, report)
    versions = judged_versions(catalogue)
    snapshot = catalogue.snapshot()
    at_most = int(report.n_creators * MAX_SHARE) - covered.n_updated
    names = changed(snapshot, covered, versions, at_most=at_most) if at_most > 0 else None
    newest = newest_observation(snapshot)
    if names is None or newest is None or newest - report.as_of > MAX_AGE:
        return None
    done = _update(home, snapshot, index, report, names, newest)
    now = Covered(report.judged_at, versions, snapshot.files, covered.n_updated + done.n_upserted)
    write_whole(home.judged / _COVERED_FILE, msgspec.json.encode(now))
    return done


def changed(
    snapshot: Snapshot, covered: Covered, versions: dict[str, int], *, at_most: int
) -> pl.Series | None:
    """Profiles with a new row since, by every name; None when the whole must be judged.

    at_most   more than so many are not listed
    """
    others = {table for table, v in versions.items() if covered.versions.get(table, -1) != v}
    for table in others - set(_OWNERS):
        if table not in _WAITING or not _is_of_stream(snapshot, table, covered):
            return None
    found: list[pl.Series] = []
    for table, column in _OWNERS.items():
        rows = snapshot.added(table, covered.files.get(table, ()))
        if rows is None:
            return None
        names = rows.select(pl.col(column).alias("profile_id")).unique()
        if table == "profiles":
            # Somebody known by handle only may have got an id: the old name has to go.
            handles = rows.select(
                profile_id=pl.concat_str(
                    "platform", pl.lit(":@"), pl.col("handle").str.to_lowercase()
                )
            ).unique()
            names = pl.concat([names, handles])
        found.append(names.drop_nulls().head(2 * at_most + 1).collect()["profile_id"])
    names_of_all = pl.concat(found).unique()
    return names_of_all if len(names_of_all) <= 2 * at_most else None


def _is_of_stream(snapshot: Snapshot, table: str, covered: Covered) -> bool:
    """Every row that came since was told by a stream; not known, so no, once files were merged."""
    rows = snapshot.added(table, covered.files.get(table, ()))
    if rows is None:
        return False
    others = pl.col("fetch_method").ne_missing(_STREAM).any()
    return not rows.select(others).collect(engine="streaming").item()


def bring_in(
    home: Home,
    catalogue: Catalogue,
    index: SearchIndex,
    profile_ids: Iterable[str],
    *,
    as_of: datetime | None = None,
) -> Updated:
    """Judge these people as they are now and make it visible: what a stream calls every second.

    profile_ids   `platform:native id` or `platform:@handle`; people who are hidden or excluded by
                  now, or whom the catalogue does not know, are taken out of the index
    as_of         the instant that their ages refer to; default: their newest observation or that
                  of the index, whichever is later

    Raises HomeError before the first refresh, Busy while another process refreshes.
    """
    with locked(home.judged, "update"):
        report = _judged_by_this_version(home, index)
        names = pl.Series(list(profile_ids), dtype=pl.String)
        return _update(home, catalogue.snapshot(), index, report, names, as_of)


def apply_said(
    home: Home, catalogue: Catalogue, index: SearchIndex, *, patience_seconds: float = 0.0
) -> int:
    """Bring in what creators said of themselves and what is not in the index yet.

    Raises HomeError before the first refresh, Busy while another process refreshes for longer.
    """
    if not Rights(home.path).to_apply():
        return 0
    with locked(home.judged, "correct", patience_seconds=patience_seconds):
        return bring_in_said(home, catalogue, index, _judged_by_this_version(home, index))


def _judged_by_this_version(home: Home, index: SearchIndex) -> JudgeReport:
    report = read_report(home.judged)
    if report is None or report.methods != methods() or index.snapshot().info.as_of is None:
        raise HomeError(
            f"{home.path} was never judged by this version; run `influencr refresh` once."
        )
    return report


def bring_in_said(
    home: Home,
    catalogue: Catalogue,
    index: SearchIndex,
    report: JudgeReport,
    *,
    since: datetime | None = None,
) -> int:
    """Bring in whom a creator's own words wait for; how many statements that were.

    since   the index was just made of what was judged then: later statements are not in it

    The caller holds the lock of `home.judged`.
    """
    rights = Rights(home.path)
    waiting = rights.to_apply(since)
    if waiting:
        names = pl.Series([one.profile_id for one in waiting], dtype=pl.String).unique()
        _update(home, catalogue.snapshot(), index, report, names, None)
        rights.applied(waiting)
    return len(waiting)


def _update(
    home: Home,
    snapshot: Snapshot,
    index: SearchIndex,
    report: JudgeReport,
    names: pl.Series,
    as_of: datetime | None,
) -> Updated:
    started = time.monotonic()
    held = index.snapshot()
    if names.is_empty():
        return Updated(0, 0, held.info.generation, held.info.as_of or report.as_of, 0.0)
    names = _every_name(snapshot, names)
    profiles = snapshot.latest("profiles", among=names).collect()
    posts = snapshot.latest("posts", among=names).select(POST_COLUMNS).collect()
    packs = snapshot.latest("packs", among=names).select("member_id", "pack_id", "name").collect()
    instant = _instant(as_of, held.info.as_of, profiles, posts)
    said = Said.of(home.path)
    judged = judged_bucket(profiles, posts, packs.lazy(), as_of=instant, said=said).creators
    known = held.creators(names.to_list())
    judged = _with_graph(judged, known)
    gone = sorted(set(known) - set(judged["profile_id"]))
    generation = held.info.generation
    if len(judged) or gone:
        try:
            if len(judged):
                index.upsert(judged)
            if gone:
                index.delete(gone)
            generation = index.commit(as_of=instant)
        except BaseException:
            index.rollback()
            raise
        _note(updates_file(home.judged, report), judged, names)
    return Updated(len(judged), len(gone), generation, instant, time.monotonic() - started)


def _every_name(snapshot: Snapshot, names: pl.Series) -> pl.Series:
    """The names with the ids that references by handle belong to."""
    by_handle = names.filter(names.str.contains(":@", literal=True))
    if by_handle.is_empty():
        return names.unique()
    native = (
        snapshot.identities()
        .filter(pl.col("reference").is_in(by_handle.str.to_lowercase().implode()))
        .collect()["profile_id"]
    )
    return pl.concat([names, native]).unique()


def _instant(
    asked: datetime | None, held: datetime | None, profiles: pl.DataFrame, posts: pl.DataFrame
) -> datetime:
    if asked is not None:
        return asked.astimezone(UTC)
    seen = [held, profiles["fetched_at"].max(), posts["fetched_at"].max()]
    return max(at for at in seen if isinstance(at, datetime))


def _with_graph(judged: pl.DataFrame, known: dict[str, dict[str, object]]) -> pl.DataFrame:
    """What only the whole tells stays as the index has it: graph, verdict, influence, label.

    A place from the network stays unless the person's own words now name another country, or they
    said where they are. The
    verdict goes where followers may no longer be read, growth where they are hidden, influence
    where the source no longer permits it, and the label where the profile says something else.
    """
    kept = pl.DataFrame(
        [{c: row.get(c) for c in CREATORS_SCHEMA} for row in known.values()],
        schema=CREATORS_SCHEMA,
    )
    if kept.is_empty() or judged.is_empty():
        return judged
    audience = tuple(c for c in audience_schema() if c != "audience_reason")
    columns = (*audience, "audience_reason", "audience_country_claimed", *_PLACE_COLUMNS)
    columns = (*columns, *VERDICT_COLUMNS, *INFLUENCE_COLUMNS, *_SAID, "policy")
    joined = judged.join(
        kept.select("profile_id", *(pl.col(c).alias(f"_{c}") for c in columns)),
        on="profile_id",
        how="left",
        maintain_order="left",
    )
    # Whoever now hides their followers is not counted on with an old list.
    listens = pl.col("_audience_n_followers").is_not_null() & (
        pl.col("audience_reason") == NO_FOLLOWERS_KNOWN
    )
    open_ = pl.col("_verdict").is_not_null() & (pl.col("audience_reason") == NO_FOLLOWERS_KNOWN)
    stays = (pl.col("_place_basis") == _NETWORK).fill_null(value=False) & (
        pl.col("country").is_null() | (pl.col("country") == pl.col("_country"))
    ).fill_null(value=False)
    stays &= pl.col("place_basis").ne_missing(SAID)
    known_before = pl.col("_policy").is_not_null()
    permitted = known_before & (pl.col("policy") & int(Policy.SCORE) != 0)
    shown = permitted & (pl.col("audience_reason") != AUDIENCE_HIDDEN)
    same = permitted & pl.all_horizontal(pl.col(c).eq_missing(pl.col(f"_{c}")) for c in _SAID)
    return joined.with_columns(
        *(
            pl.when(shown if c in _GROWTH_COLUMNS else permitted)
            .then(f"_{c}")
            .otherwise(c)
            .alias(c)
            for c in _ACT_COLUMNS
        ),
        *(pl.when(same).then(f"_{c}").otherwise(c).alias(c) for c in _LABEL_COLUMNS),
        *(
            pl.when(listens).then(f"_{c}").otherwise(c).alias(c)
            for c in (*audience, "audience_reason", "audience_country_claimed")
        ),
        *(pl.when(stays).then(f"_{c}").otherwise(c).alias(c) for c in _PLACE_COLUMNS),
        *(pl.when(open_).then(f"_{c}").otherwise(c).alias(c) for c in VERDICT_COLUMNS),
    ).select(judged.columns)


def _note(file: Path, creators: pl.DataFrame, names: pl.Series) -> None:
    """Whom the index holds otherwise than the creators file: name and account, gone or not."""
    now = creators.select("profile_id", "platform", "handle", gone=pl.lit(value=False))
    gone = names.filter(~names.is_in(creators["profile_id"].implode()))
    left = pl.DataFrame({"profile_id": gone}).select(
        "profile_id",
        platform=pl.col("profile_id").str.split(":").list.first(),
        handle=pl.lit(None, dtype=pl.String),
        gone=pl.lit(value=True),
    )
    notes = [now, left]
    if file.exists():
        before = pl.read_parquet(file)
        notes.insert(0, before.filter(~pl.col("profile_id").is_in(names.implode())))
    partial = file.with_name(f".{file.name}.partial")
    pl.concat(notes).sort("profile_id").write_parquet(partial)
    publish(partial, file)


def current_names(judged: Path) -> pl.LazyFrame:
    """profile_id, platform, handle of everybody whom the index holds; no row before a refresh."""
    columns = ("profile_id", "platform", "handle")
    file = judged / CREATORS_FILE
    if not file.exists():
        return pl.LazyFrame(schema={c: CREATORS_SCHEMA[c] for c in columns})
    creators = pl.scan_parquet(file).select(columns)
    report = read_report(judged)
    if report is None or not updates_file(judged, report).exists():
        return creators
    updates = pl.scan_parquet(updates_file(judged, report))
    return pl.concat(
        [
            creators.join(updates, on="profile_id", how="anti"),
            updates.filter(~pl.col("gone")).select(columns),
        ]
    )
