"""All judges over the whole catalogue, bucket by bucket, into judged/creators.parquet.

Profiles are cut into buckets by a hash of their id, so that every bucket holds all posts of its
profiles and memory stays the same for a thousand creators and for a million. The file replaces the
old one in one step; where follows are known, the graph then adds places from neighbours and
audiences (`_graph`), every audience is looked at (`vetting`), which leaves two files of its own,
and every act on a post is read (`influence`), which leaves one; judged/report.json is written after
them and says what they were made from, so that an interrupted run is simply done again and an
unneeded one is not done.
"""

from __future__ import annotations

import shutil
import tempfile
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import polars as pl

from influencr import __version__, geography, influence, topics, vetting
from influencr.errors import UsageError
from influencr.pipeline._creators import (
    CREATORS_SCHEMA,
    PLACES_SCHEMA,
    POST_COLUMNS,
    judged_bucket,
)
from influencr.pipeline._durable import publish, write_whole
from influencr.pipeline._gates import VERSION as GATES_VERSION
from influencr.pipeline._graph import FollowGraph
from influencr.pipeline._said import Said
from influencr.pipeline.influence import (
    INFLUENCE_FILE,
    NOTABILITY_FILE,
    influence_methods,
    run_influence,
    with_influence,
)
from influencr.pipeline.vetting import (
    EVIDENCE_FILE,
    USUAL_FILE,
    VETTING_FILE,
    run_vetting,
    vetting_methods,
    with_verdicts,
)

if TYPE_CHECKING:
    from influencr.catalogue import Catalogue, Snapshot
    from influencr.pipeline.vetting import Bucket

__all__ = [
    "CREATORS_FILE",
    "PLACES_FILE",
    "REPORT_FILE",
    "JudgeReport",
    "judge",
    "judged_versions",
    "methods",
    "newest_observation",
    "read_report",
]

CREATORS_FILE = "creators.parquet"
PLACES_FILE = "places.parquet"
REPORT_FILE = "report.json"

#: Profiles judged at the same time; measured: 20,000 with 50 posts each stay below 1 GB.
BUCKET_PROFILES = 20_000
# Rows that are cut into buckets at a time.
_CUT_ROWS = 500_000
_FOLDERS = ("creators", "places", "barred", "graph", "vetting", "influence")
# What reading a follow costs beside judging a profile, for the progress alone; measured.
_FOLLOWS_PER_PROFILE = 150
#: Tables that the judges read; a change in another one does not ask for a new judgement.
_READ = ("profiles", "posts", "packs", "follows", "engagements", "removals")


class JudgeReport(msgspec.Struct, frozen=True, kw_only=True):
    """judged/report.json: what the creators file was made from and what was left out.

    versions    catalogue table -> version that was read
    files       catalogue table -> its data files that were read
    methods     judge -> "method version"; a new version asks for a new judgement
    as_of       the instant that ages refer to
    n_profiles  profiles known to the catalogue that are not removed
    n_creators  rows of the creators file
    excluded    word of `EXCLUSIONS` -> profiles left out because of it
    judged_at, seconds   when, and how long it took
    """

    versions: dict[str, int]
    files: dict[str, tuple[str, ...]]
    methods: dict[str, str]
    as_of: datetime
    n_profiles: int
    n_creators: int
    excluded: dict[str, int]
    judged_at: datetime
    seconds: float


def methods() -> dict[str, str]:
    """Judge -> "method version" of the code that runs."""
    return {
        "influencr": __version__,
        # A home judged before a column existed asks for a new judgement.
        "columns": f"{zlib.crc32(' '.join(CREATORS_SCHEMA).encode()):08x}",
        "consent": f"gates {GATES_VERSION}",
        "geography": f"{geography.METHOD} {geography.VERSION}",
        "topics": f"{topics.METHOD} {topics.VERSION}",
        "activity": f"{vetting.METHOD} {vetting.VERSION}",
        "vetting": vetting_methods(),
        "engagement": f"{influence.METHOD} {influence.VERSION}",
        "influence": influence_methods(),
    }


def read_report(judged: Path) -> JudgeReport | None:
    """The report beside the creators file, None when there is none or it is of another format."""
    if not (judged / CREATORS_FILE).exists():
        return None
    try:
        return msgspec.json.decode((judged / REPORT_FILE).read_bytes(), type=JudgeReport)
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def judged_versions(catalogue: Catalogue) -> dict[str, int]:
    """Versions of the tables that the judges read, as they are now."""
    return {table: v for table, v in catalogue.versions().items() if table in _READ}


def newest_observation(catalogue: Catalogue | Snapshot) -> datetime | None:
    """The newest `fetched_at` of profiles and posts: the instant up to which anything is known."""
    newest = [
        catalogue.scan(table).select(pl.col("fetched_at").max()).collect().item()
        for table in ("profiles", "posts")
    ]
    known = [at for at in newest if at is not None]
    return max(known) if known else None


def judge(
    catalogue: Catalogue,
    *,
    out: Path,
    as_of: datetime | None = None,
    force: bool = False,
    progress: Callable[[int, int], None] | None = None,
    vetting_progress: Callable[[int, int], None] | None = None,
    influence_progress: Callable[[int, int], None] | None = None,
    said: Said | None = None,
) -> JudgeReport:
    """Judge every profile that may be found and write `creators.parquet` and `report.json`.

    Beside them are written `places.parquet`: where everybody is who tells it and may be counted;
    `vetting.parquet` and `evidence.parquet`: whose audience looks real, and why; and
    `influence.parquet`: who moves people, who answers, who grows, and what kind of account it is.

    out        folder of the judged tables
    as_of      the instant that ages refer to; default: the newest observation, so that the same
               catalogue gives the same answer on any day
    force      judge even if nothing changed since the last report
    progress   called with (profiles done, profiles in all); reading the follows is counted as if
               they were some more profiles
    said       what creators corrected about themselves

    Raises UsageError when nothing was ever imported.
    """
    versions = judged_versions(catalogue)
    snapshot = catalogue.snapshot()
    instant = as_of if as_of is not None else newest_observation(snapshot)
    if instant is None:
        raise UsageError("The catalogue is empty; import a file first.")
    if instant.tzinfo is None:
        raise UsageError(f"as_of {instant.isoformat()} has no time zone; give an instant in UTC.")
    instant = instant.astimezone(UTC)
    before = read_report(out)
    current = methods()
    if (
        not force
        and before is not None
        and (before.versions, before.methods, before.as_of) == (versions, current, instant)
    ):
        return before
    started = time.monotonic()
    work = Path(tempfile.mkdtemp(prefix=".work-", dir=_swept(out)))
    try:
        known = _n_known(snapshot)
        profiles, posts, n_visible, n_buckets = _buckets(snapshot, work)
        packs = work / "packs.parquet"
        snapshot.latest("packs").select("member_id", "pack_id", "name").sink_parquet(packs)
        excluded: Counter[str] = Counter()
        if known > n_visible:
            excluded["hidden_or_expired"] = known - n_visible
        n_creators = 0
        done = 0
        n_follows: int = snapshot.scan("follows").select(pl.len()).collect().item()
        effort = n_visible + n_follows // _FOLLOWS_PER_PROFILE
        folders = {name: work / name for name in _FOLDERS}
        for folder in folders.values():
            folder.mkdir()
        for number in range(n_buckets):
            batch = profiles(number)
            judged = judged_bucket(
                batch,
                posts(number),
                pl.scan_parquet(packs),
                as_of=instant,
                everybody=n_follows > 0,
                said=said,
            )
            for name in ("creators", "places", "barred"):
                getattr(judged, name).write_parquet(folders[name] / f"{number:05d}.parquet")
            excluded.update(judged.excluded)
            n_creators += len(judged.creators)
            done += len(batch)
            if progress is not None:
                progress(done, effort)
        parts = {name: sorted(folders[name].iterdir()) for name in ("creators", "places", "barred")}
        if n_follows:

            def read_so_far(follows: int) -> None:
                if progress is not None:
                    progress(n_visible + follows // _FOLLOWS_PER_PROFILE, effort)

            graph = FollowGraph(snapshot, folders["graph"], progress=read_so_far, **parts)
            for number, part in enumerate(parts["creators"]):
                graph.complete(pl.read_parquet(part), number).write_parquet(part)
        vetted = run_vetting(
            snapshot,
            folders["vetting"],
            buckets=_bucket_files(work, n_buckets),
            creators=parts["creators"],
            barred=parts["barred"],
            as_of=instant,
            progress=vetting_progress,
        )
        verdicts = pl.scan_parquet(vetted.vetting)
        for part in parts["creators"]:
            with_verdicts(pl.read_parquet(part), verdicts).write_parquet(part)
        notable = out / NOTABILITY_FILE
        moved = run_influence(
            snapshot,
            folders["influence"],
            buckets=_bucket_files(work, n_buckets),
            creators=parts["creators"],
            barred=parts["barred"],
            vetting=folders["vetting"],
            evidence=vetted.evidence,
            as_of=instant,
            notability=notable if notable.exists() else None,
            progress=influence_progress,
        )
        stated = pl.scan_parquet(moved)
        for part in parts["creators"]:
            with_influence(pl.read_parquet(part), stated).write_parquet(part)
        publish(moved, out / INFLUENCE_FILE)
        publish(vetted.usual, out / USUAL_FILE)
        publish(vetted.evidence, out / EVIDENCE_FILE)
        publish(vetted.vetting, out / VETTING_FILE)
        for name, schema, file in (
            ("places", PLACES_SCHEMA, PLACES_FILE),
            ("creators", CREATORS_SCHEMA, CREATORS_FILE),
        ):
            whole = work / file
            pl.scan_parquet(parts[name], schema=schema).sink_parquet(
                whole, row_group_size=BUCKET_PROFILES
            )
            publish(whole, out / file)
        report = JudgeReport(
            versions=versions,
            files={table: names for table, names in snapshot.files.items() if table in _READ},
            methods=current,
            as_of=instant,
            n_profiles=known,
            n_creators=n_creators,
            excluded=dict(sorted(excluded.items())),
            judged_at=datetime.now(UTC),
            seconds=round(time.monotonic() - started, 3),
        )
        write_whole(out / REPORT_FILE, msgspec.json.format(msgspec.json.encode(report)))
        return report
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _swept(out: Path) -> Path:
    """The folder, without what a killed run left in it. The caller holds the folder's lock."""
    out.mkdir(parents=True, exist_ok=True)
    for left in out.glob(".work-*"):
        shutil.rmtree(left, ignore_errors=True)
    return out


def _n_known(snapshot: Snapshot) -> int:
    """Profiles ever observed and not removed, each counted once whatever it was called by."""
    n: int = (
        snapshot.scan("profiles")
        .select(pl.col("profile_id").str.to_lowercase().alias("reference"), "profile_id")
        .unique("profile_id")
        .join(
            snapshot.identities().select("reference", pl.col("profile_id").alias("native")),
            on="reference",
            how="left",
        )
        .select(pl.coalesce("native", "profile_id").n_unique())
        .collect(engine="streaming")
        .item()
    )
    return n


type _Bucket = Callable[[int], pl.DataFrame]


def _buckets(snapshot: Snapshot, work: Path) -> tuple[_Bucket, _Bucket, int, int]:
    """Readers of the profiles and the posts of bucket k, profiles in all, and buckets."""
    profiles = work / "profiles.parquet"
    posts = work / "posts.parquet"
    snapshot.latest("profiles").sink_parquet(profiles, row_group_size=BUCKET_PROFILES)
    snapshot.latest("posts").select(POST_COLUMNS).sink_parquet(posts, row_group_size=_CUT_ROWS)
    n: int = pl.scan_parquet(profiles).select(pl.len()).collect().item()
    n_buckets = max(1, -(-n // BUCKET_PROFILES))
    if n_buckets == 1:
        return (lambda _: pl.read_parquet(profiles)), (lambda _: pl.read_parquet(posts)), n, 1
    return _cut(profiles, n_buckets), _cut(posts, n_buckets), n, n_buckets


def _cut(file: Path, n_buckets: int) -> _Bucket:
    """Write the rows of a file into one folder per bucket of their profile."""
    folder = file.with_suffix("")
    for number in range(n_buckets):
        (folder / str(number)).mkdir(parents=True)
    schema = pl.read_parquet_schema(file)
    for k, rows in enumerate(_pieces(file)):
        buckets = rows.with_columns(
            (pl.col("profile_id").hash(seed=0) % n_buckets).alias("_bucket")
        ).partition_by("_bucket", as_dict=True, include_key=False)
        for (number,), part in buckets.items():
            part.write_parquet(folder / str(number) / f"{k:05d}.parquet", compression="lz4")
    file.unlink()

    def bucket(number: int) -> pl.DataFrame:
        files: list[Any] = sorted((folder / str(number)).iterdir())
        return pl.read_parquet(files) if files else pl.DataFrame(schema=schema)

    return bucket


def _bucket_files(work: Path, n_buckets: int) -> list[Bucket]:
    """Where `_buckets` left the profiles and the posts of each bucket."""
    if n_buckets == 1:
        return [((str(work / "profiles.parquet"),), (str(work / "posts.parquet"),))]

    def files(what: str, number: int) -> tuple[str, ...]:
        return tuple(str(file) for file in sorted((work / what / str(number)).iterdir()))

    return [(files("profiles", k), files("posts", k)) for k in range(n_buckets)]


def _pieces(file: Path) -> Iterator[pl.DataFrame]:
    rows = pl.scan_parquet(file)
    n: int = rows.select(pl.len()).collect().item()
    for start in range(0, n, _CUT_ROWS):
        yield rows.slice(start, _CUT_ROWS).collect()
