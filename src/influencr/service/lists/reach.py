"""Total against different people, from who follows whom; never made while a page waits.

The sets are made once after each refresh, in the background; a page that comes before says so.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from influencr.errors import InfluencrError
from influencr.service.web import numbers

if TYPE_CHECKING:
    from influencr.engine import Engine
    from influencr.planning import Audience

__all__ = ["Cell", "Reach", "forget_reading", "reach"]

_PATIENCE_S = 0.6
_NBSP = "\N{NO-BREAK SPACE}"
#: From which share on a cell of the heat map is a shade darker. Own choice: equal steps would leave
#: nearly all of it pale.
_SHADES = (0.02, 0.05, 0.10, 0.20, 0.35, 0.50)
#: Width of a bar in the units of its drawing (lists/reach.html).
_FULL = 400.0

_lock = threading.Lock()
_read: dict[int, _Reading] = {}


class Cell(NamedTuple):
    """Of the row's people, how many follow the column, too; empty on the diagonal."""

    text: str
    people: str
    shade: int


class Reach(NamedTuple):
    """What is known of several audiences together.

    sentence   total and different people in one line
    unknown    (name, why) of those who are not summed
    rows       (name, people known, cells), one for each known audience
    reading    the sets are being made; look again in a moment
    """

    sentence: str
    short: str
    total: str
    unique: str
    unique_bar: float
    at_least: bool
    unknown: tuple[tuple[str, str], ...]
    names: tuple[str, ...]
    rows: tuple[tuple[str, str, tuple[Cell, ...]], ...]
    reading: bool = False


class _Reading:
    def __init__(self) -> None:
        self.done = threading.Event()
        self.audience: Audience | None = None


def reach(engine: Engine, named: Sequence[tuple[str, str]]) -> Reach:
    """The audiences of some creators, (profile id, name) each, taken together."""
    reading = _reading(engine)
    if not reading.done.wait(_PATIENCE_S):
        return _nothing(
            named, "Who follows whom is being read for the first time since the last refresh.", True
        )
    audience = reading.audience
    if audience is None:
        return _nothing(named, "Nobody's followers are known one by one in this home.", False)
    ids = [profile_id for profile_id, _ in named]
    names = dict(named)
    overlap, union = audience.overlap(ids), audience.union(ids)
    unknown = tuple((names[i], audience.of(i).reason or "unknown") for i in overlap.unknown)
    if not overlap.ids:
        return _nothing(named, "It is not known who follows any of them.", False)._replace(
            unknown=unknown
        )
    rows = []
    for i, one in enumerate(overlap.ids):
        cells = tuple(
            Cell("", "", 0) if i == j else _cell(overlap.share(i, j), overlap.shared[i][j])
            for j in range(len(overlap.ids))
        )
        rows.append((names[one], numbers.count(audience.of(one).n), cells))
    total, unique = numbers.count(union.total), numbers.count(union.unique)
    least = "at least " if union.n_partial else ""
    return Reach(
        sentence=_sentence(union.total, union.unique, len(overlap.ids), least),
        short=f"{total} follows in total, {least}{unique} different people",
        total=total,
        unique=unique,
        unique_bar=round(_FULL * union.unique / union.total, 1) if union.total else 0.0,
        at_least=bool(union.n_partial),
        unknown=unknown,
        names=tuple(names[one] for one in overlap.ids),
        rows=tuple(rows),
    )


def forget_reading() -> None:
    """Read again at the next question."""
    with _lock:
        _read.clear()


def _sentence(total: int, unique: int, n: int, least: str) -> str:
    creators = numbers.plural(n, "creator reaches", "creators reach")
    times = f"{total / unique:.2f}" if unique else "0"
    return (
        f"{creators} {least}{numbers.count(unique)} different people; {numbers.count(total)} "
        f"follows in total, so each person counts {times} times on average."
    )


def _cell(share: float | None, shared: int) -> Cell:
    if share is None:
        return Cell("unknown", "nobody of theirs is known", 0)
    shade = sum(share >= least for least in _SHADES)
    people = numbers.plural(shared, "person follows both", "people follow both")
    return Cell(f"{numbers.percent(share)}{_NBSP}%", people, shade)


def _nothing(named: Sequence[tuple[str, str]], sentence: str, reading: bool) -> Reach:
    unknown = () if reading else tuple((name, "") for _, name in named)
    return Reach(sentence, "", "", "", 0.0, False, unknown, (), (), reading)


def _reading(engine: Engine) -> _Reading:
    generation = engine.index.snapshot().info.generation
    with _lock:
        found = _read.get(generation)
        if found is None:
            _read.clear()
            found = _read[generation] = _Reading()
            threading.Thread(target=_make, args=(engine, found), daemon=True).start()
    return found


def _make(engine: Engine, reading: _Reading) -> None:
    try:
        reading.audience = engine.audiences()
    except InfluencrError:
        forget_reading()  # whoever asks next tries again
    except Exception:
        forget_reading()
        logging.getLogger(__name__).exception("Audiences could not be read")
    finally:
        reading.done.set()
