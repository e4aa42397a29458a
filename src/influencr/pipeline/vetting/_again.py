"""One creator's audience, looked at again from the records as they are now.

The creator's followers are read with their whole lists, since a click is told from one person's
list; everything that is told of one audience (activity, creation dates, bursts, copies, engagement,
causes, other explanations, share) is made anew, beside COMPANY followers of other creators.

What is told of many creators at once is not: dates of creation that are usual on a platform, groups
in lockstep, rings and pods stay as the last whole look found them (`_usual`), and the creator's
followers of today are matched against them; how the replies look is carried over. The rule then
reads all of it as it reads a whole look.
"""

from __future__ import annotations

import shutil
import tempfile
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from influencr.errors import HomeError
from influencr.pipeline._crew import Crew
from influencr.pipeline._durable import locked
from influencr.pipeline._gates import may_be_counted
from influencr.pipeline.vetting._accounts import gather_accounts, sort_profiles
from influencr.pipeline.vetting._conclude import Others, conclude
from influencr.pipeline.vetting._cut import cut_by_follower, write_packs
from influencr.pipeline.vetting._look import learn
from influencr.pipeline.vetting._plan import STEPS_MODULE, write_buckets
from influencr.pipeline.vetting._run import listed_creators, vetting_methods
from influencr.pipeline.vetting._store import EVIDENCE_FILE, read_vetted
from influencr.pipeline.vetting._usual import unpack_usual, use_groups
from influencr.vetting.share._measure import PROFILE_STATISTIC
from influencr.vetting.verdict import EVIDENCE_SCHEMA

if TYPE_CHECKING:
    from influencr.catalogue import Catalogue, Snapshot
    from influencr.pipeline.vetting._store import Vetted

__all__ = ["check_again", "look_again"]

_CARRIED = "generic_replies"
#: Followers of creators who are looked at beside the one, since bursts and copies are told from
#: what is usual among others; our own choice.
COMPANY = 100_000
#: Swept away like what a killed refresh leaves.
_ROOM = ".work-dispute-"


def check_again(judged: Path, catalogue: Catalogue, profile_id: str) -> Vetted | None:
    """What `look_again` says now of a creator; None for one who is not listed any more.

    judged   folder of the judged files; it is locked meanwhile, because nobody may judge or leave

    Raises HomeError before the first refresh by this version, Busy while another process refreshes.
    """
    from influencr.pipeline._judge import CREATORS_FILE, newest_observation, read_report

    with locked(judged, "dispute"):
        report = read_report(judged)
        if report is None:
            raise HomeError(f"{judged.parent} was never judged; run `influencr refresh` once.")
        snapshot = catalogue.snapshot()
        work = Path(tempfile.mkdtemp(prefix=_ROOM, dir=judged))
        try:
            look_again(
                snapshot,
                work,
                judged=judged,
                creators=judged / CREATORS_FILE,
                profile_id=profile_id,
                as_of=max(report.as_of, newest_observation(snapshot) or report.as_of),
            )
            return next(read_vetted(work, [profile_id]), None)
        finally:
            shutil.rmtree(work, ignore_errors=True)


def look_again(
    snapshot: Snapshot,
    work: Path,
    *,
    judged: Path,
    creators: Path,
    profile_id: str,
    as_of: datetime,
) -> None:
    """vetting.parquet and evidence.parquet of this creator alone, in an empty folder `work`.

    judged     folder with the files of the last whole look
    creators   file of everybody who is listed (CREATORS_SCHEMA), the creator among them
    as_of      the instant that ages refer to

    Raises HomeError where the last whole look was another version's.
    """
    ties = unpack_usual(judged, work, methods=vetting_methods())
    listed, n_few = _first(listed_creators([creators]), profile_id, ties)
    few = listed.head(n_few)
    few.write_parquet(work / "listed.parquet")
    followers = _followers(snapshot, few)
    barred = _buckets(snapshot, work, followers, few)
    write_packs(snapshot, work)
    cut = cut_by_follower(
        snapshot, work, few, [barred], as_of=int(as_of.timestamp()), among=followers
    )
    (work / "accounts").mkdir()
    parts = [work / "accounts" / "000000.parquet"]
    with Crew(work, STEPS_MODULE) as crew:
        crew.do("accounts", 1)
        sort_profiles(parts, work)
        crew.do("causes", cut.follower_groups)
        gather_accounts(parts, work, cut.follower_groups)
        use_groups(work)
        crew.do("audiences", cut.creator_groups)
        learn(work)
        crew.do("look", cut.creator_groups)
        crew.do("groups", cut.creator_groups)
        conclude(
            snapshot,
            work,
            crew,
            as_of=as_of,
            progress=lambda *_: None,
            beside=_others(judged, listed, n_few, ties),
        )


def _first(
    everybody: pl.DataFrame, profile_id: str, ties: pl.DataFrame
) -> tuple[pl.DataFrame, int]:
    """Everybody, renumbered: the creator, then companions, then all others; and how many the
    creator and the companions are."""
    mine = pl.col("profile_id") == profile_id
    one = everybody.filter(mine)
    companions = (
        everybody.filter(~mine, pl.col("platform").is_in(one["platform"].implode()), "open")
        .join(ties.select("key", "seen"), on="key")
        # In order of a hash: no kind of creator comes first.
        .sort("key")
        .filter(pl.col("seen").cum_sum() <= COMPANY)
        .drop("seen")
    )
    rest = everybody.filter(~mine).join(companions, on="key", how="anti")
    few = pl.concat([one, companions])
    return (
        pl.concat([few, rest]).with_columns(number=pl.int_range(pl.len(), dtype=pl.Int32)),
        len(few),
    )


def _followers(snapshot: Snapshot, few: pl.DataFrame) -> pl.Series:
    """Everybody of whom a follow of these creators is stored, and the creators, whose own follows
    count too. More than follow them now: whoever left is not in the views."""
    names = pl.concat(
        [
            few["profile_id"],
            few.select(
                pl.concat_str("platform", pl.lit(":@"), pl.col("handle").str.to_lowercase())
            ).to_series(),
        ]
    ).drop_nulls()
    # References by handle are written as they came.
    stored = (
        snapshot.scan("follows")
        .filter(
            pl.col("followed_id").is_in(names.implode())
            | pl.col("followed_id").str.to_lowercase().is_in(names.implode())
        )
        .select("follower_id")
        .unique()
        .collect(engine="streaming")["follower_id"]
    )
    return pl.concat([stored, few["profile_id"]]).unique().sort()


def _buckets(snapshot: Snapshot, work: Path, who: pl.Series, few: pl.DataFrame) -> Path:
    """One bucket of profiles and posts, and the file of who may not be counted."""
    from influencr.pipeline._creators import POST_COLUMNS

    profiles, posts = work / "few-profiles.parquet", work / "few-posts.parquet"
    snapshot.latest("profiles", among=who).sink_parquet(profiles)
    snapshot.latest("posts", among=who).select(POST_COLUMNS).sink_parquet(posts)
    write_buckets(work, [((str(profiles),), (str(posts),))])
    barred = work / "few-barred.parquet"
    (
        pl.scan_parquet(profiles)
        .filter(~may_be_counted(), ~pl.col("profile_id").is_in(few["profile_id"].implode()))
        .select("profile_id")
        .sink_parquet(barred)
    )
    return barred


def _others(judged: Path, listed: pl.DataFrame, n_few: int, ties: pl.DataFrame) -> Others:
    """The others of the last whole look, and what is carried over of the one (number 0)."""
    numbers = listed.select("profile_id", "key", creator=pl.col("number").cast(pl.Int64))
    stored = pl.scan_parquet(judged / EVIDENCE_FILE).join(
        numbers.drop("key").lazy(), on="profile_id", how="inner"
    )
    others = stored.filter(pl.col("creator") >= n_few)
    return Others(
        listed=listed.filter(pl.col("number") >= n_few),
        tests=others.select("creator", "family", "statistic", "p").collect(),
        ties=ties.join(numbers.drop("profile_id"), on="key").filter(pl.col("creator") >= n_few),
        points=others.filter(pl.col("statistic") == PROFILE_STATISTIC)
        .select("creator", profile_point="value")
        .collect(),
        carried=stored.filter(pl.col("creator") == 0, pl.col("statistic") == _CARRIED)
        .with_columns(pl.col("from_at", "to_at").dt.epoch("s"))
        .select(pl.col(name).cast(kind) for name, kind in EVIDENCE_SCHEMA.items())
        .collect(),
    )
