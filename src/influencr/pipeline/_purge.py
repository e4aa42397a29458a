"""Who has been hidden by the network for 30 days goes from everywhere, and may come back.

Taken down, suspended or deactivated, an account is hidden at once (the catalogue's views). Nobody
knows whether it is for good, so it is kept for a while; then everything that is held of it goes as
with a person who left, except that nobody is registered: an account that is there again is
collected anew.

Order: a note of every name (the rows that say who it was are the first to go), the catalogue, the
judged files, the index, quarantined rows, what sources remember, what members' searches have seen
and what was prepared for brands, and the note goes. Every step may be repeated; whoever comes next
after a kill begins again from the note. What members typed themselves and the operator's own list
of who is known elsewhere are not of the network and stay.
"""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from influencr.errors import OtherFormat
from influencr.kept import Kept, Rights
from influencr.pipeline._durable import write_whole
from influencr.pipeline._forget import drop_from_judged, forget_in_sources
from influencr.pipeline.alignment._follows import forget_follows
from influencr.pipeline.alignment._prepare import forget_prepared
from influencr.pipeline.audiences import forget_audiences
from influencr.pipeline.vetting import forget_usual
from influencr.sources.files import purge_quarantine

if TYPE_CHECKING:
    from influencr.catalogue import Catalogue
    from influencr.home import Home
    from influencr.index import SearchIndex

__all__ = ["purge_paused", "to_purge"]

_NOTE = "purging.json"
#: Names that `Catalogue.purge_names` gives beside those of people.
_WORKS = ("post:", "pack:")


def to_purge(home: Home, catalogue: Catalogue) -> list[str]:
    """Every name that has to go by now, those of a purge that was killed among them."""
    return sorted({*_noted(home.judged), *catalogue.purge_names()})


def purge_paused(home: Home, catalogue: Catalogue, index: SearchIndex, names: list[str]) -> None:
    """Take these names (`to_purge`) out everywhere. The caller holds the lock of `home.judged`."""
    judged = home.judged
    write_whole(judged / _NOTE, msgspec.json.encode(names))
    catalogue.purge(names)
    people = [name for name in names if not name.startswith(_WORKS)]
    for left in judged.glob(".work-*"):
        # Of a run that was killed; whoever runs now would hold the lock.
        shutil.rmtree(left)
    drop_from_judged(judged, people)
    with contextlib.suppress(OtherFormat):  # written by another version: built anew, without them
        index.erase(people)
    purge_quarantine(home.quarantine, people)
    forget_in_sources(home, people)
    Kept(home.path).forget(one for one in people if ":@" not in one)
    Rights(home.path).forget(one for one in people if ":@" not in one)
    forget_usual(judged, people)
    forget_prepared(home.path, people)
    forget_follows(home.path)
    forget_audiences(home.path, people)
    (judged / _NOTE).unlink(missing_ok=True)


def _noted(judged: Path) -> list[str]:
    with contextlib.suppress(FileNotFoundError):
        return msgspec.json.decode((judged / _NOTE).read_bytes(), type=list[str])
    return []
