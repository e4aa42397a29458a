"""What a search with a brand reads: alignment and mentions of every creator, made after a refresh.

    <home>/brands/<digest>/about.json          what it was made from; written last
    <home>/brands/<digest>/alignment.parquet   `_align.ALIGNMENT_SCHEMA`, by profile_id
    <home>/brands/<digest>/mentions.parquet    `_mentions.MENTIONS_SCHEMA`, by profile_id

The digest is that of what the brand states, so a brand that is changed is another folder and the
search never reads figures of the old one. The folder is replaced as a whole; killed in between,
the old one stays and the next call does it again.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import polars as pl

from influencr.pipeline._durable import locked, write_whole
from influencr.pipeline._judge import CREATORS_FILE, read_report
from influencr.pipeline.alignment._align import ALIGNMENT_SCHEMA, alignment
from influencr.pipeline.alignment._follows import follows_of
from influencr.pipeline.alignment._mentions import mentions
from influencr.pipeline.alignment._target import Target

if TYPE_CHECKING:
    from influencr.catalogue import Catalogue

__all__ = ["BRANDS_FOLDER", "Prepared", "forget_prepared", "prepare_brand", "sweep_prepared"]

#: Where it lies below the home.
BRANDS_FOLDER = "brands"
FORMAT = 1
_ABOUT = "about.json"


class Prepared(msgspec.Struct, frozen=True, kw_only=True):
    """about.json.

    judged_at    the judgement that it belongs to; posts are those of that time or later
    pieces       which of place, language and topic the alignment is judged by
    reason       why no audience is aligned at all, None where follows are known and asked for
    n_aligned    creators of whose audience enough is known
    n_mentions   mentions of the brand and its competitors
    seconds      how long it took
    """

    format: int
    judged_at: datetime
    pieces: tuple[str, ...]
    reason: str | None
    n_aligned: int
    n_mentions: int
    seconds: float


def prepare_brand(
    home: Path,
    judged: Path,
    catalogue: Catalogue,
    digest: str,
    target: Target,
    names: Iterable[tuple[str, str]],
    *,
    force: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Prepared | None:
    """Make what a search with this brand reads, unless it belongs to the last judgement already.

    digest     what the folder is called
    names      ("brand" or "competitor", name or @handle)
    progress   called with (done, in all), in follows, profiles, creators and posts
    returns    None when nothing was judged yet
    """
    report = read_report(judged)
    if report is None:
        return None
    root = home / BRANDS_FOLDER
    root.mkdir(exist_ok=True)
    known = _about(root / digest)
    if known is not None and known.judged_at == report.judged_at and not force:
        return known
    with locked(root, "prepare", patience_seconds=600.0):
        known = _about(root / digest)
        if known is not None and known.judged_at == report.judged_at and not force:
            return known
        for left in root.glob(".work-*"):
            shutil.rmtree(left, ignore_errors=True)
        work = Path(tempfile.mkdtemp(prefix=".work-", dir=root))
        try:
            about = _make(home, judged, catalogue, target, list(names), work, progress)
            old = root / f".work-old-{digest}"
            if (root / digest).exists():
                (root / digest).rename(old)
            work.rename(root / digest)
            shutil.rmtree(old, ignore_errors=True)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    return about


def sweep_prepared(home: Path, digests: Sequence[str]) -> None:
    """Throw away what belongs to no brand of these."""
    root = home / BRANDS_FOLDER
    for folder in root.iterdir() if root.exists() else ():
        if folder.is_dir() and folder.name not in digests and not folder.name.startswith("."):
            shutil.rmtree(folder, ignore_errors=True)


def forget_prepared(home: Path, profile_ids: Sequence[str]) -> None:
    """Take people out of what was prepared."""
    root = home / BRANDS_FOLDER
    for file in sorted(root.glob("*/*.parquet")) if root.exists() else ():
        rows = pl.read_parquet(file)
        kept = rows.filter(~pl.col("profile_id").is_in(list(profile_ids)))
        if len(kept) < len(rows):
            partial = file.with_name(f".{file.name}")
            kept.write_parquet(partial)
            partial.replace(file)


def _about(folder: Path) -> Prepared | None:
    try:
        about = msgspec.json.decode((folder / _ABOUT).read_bytes(), type=Prepared)
    except (FileNotFoundError, msgspec.DecodeError):
        return None
    return about if about.format == FORMAT else None


def _make(
    home: Path,
    judged: Path,
    catalogue: Catalogue,
    target: Target,
    names: list[tuple[str, str]],
    work: Path,
    progress: Callable[[int, int], None] | None,
) -> Prepared:
    began = time.monotonic()
    report = read_report(judged)
    if report is None:  # the caller read it
        raise FileNotFoundError(judged)
    n_posts: int = catalogue.scan("posts").select(pl.len()).collect().item() if names else 0
    done, total = 0, n_posts

    def told(now: int, in_all: int) -> None:
        if progress is not None:
            progress(done + now, max(total, done + in_all))

    reason = None
    aligned = pl.DataFrame(schema=ALIGNMENT_SCHEMA)
    if not target.pieces:
        reason = "the brand states no place, language or topic of its audience"
    else:
        follows = follows_of(home, judged, catalogue, progress=told)
        if follows is None:
            reason = "nobody's followers are known one by one in this home"
        else:
            aligned = alignment(follows, target, progress=told).sort("profile_id")
            done += len(aligned)
    aligned.write_parquet(work / "alignment.parquet")
    creators = pl.scan_parquet(judged / CREATORS_FILE)
    found = mentions(catalogue, creators, names, progress=lambda n: told(n, n_posts))
    found.write_parquet(work / "mentions.parquet")
    about = Prepared(
        format=FORMAT,
        judged_at=report.judged_at,
        pieces=target.pieces,
        reason=reason,
        n_aligned=int(aligned["share"].is_not_null().sum()),
        n_mentions=len(found),
        seconds=round(time.monotonic() - began, 3),
    )
    write_whole(work / _ABOUT, msgspec.json.encode(about))
    return about
