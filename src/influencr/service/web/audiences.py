"""Who follows whom is read once after each refresh, which takes a while: never while a page waits.

The first page that compares audiences starts the reading in the background and says so; pages ask
again until it is done.
"""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from influencr.errors import Busy, InfluencrError

if TYPE_CHECKING:
    from influencr.engine import Engine

__all__ = ["READING", "are_read", "forget_reading", "need_read"]

#: What a page says meanwhile.
READING = (
    "Who follows whom is being read for the first time since the last refresh; this takes a minute "
    "or two on a large index."
)
# A small home is read within this time, and its pages then need no second look.
_PATIENCE_S = 0.4

_lock = threading.Lock()
_reading: dict[int, threading.Event] = {}


def are_read(engine: Engine, who: str) -> bool:
    """Whether audiences can be compared at once; begins to read them when nobody has.

    who   anybody whose audience is asked for: what is read is read for all
    """
    generation = engine.searcher.snapshot().info.generation
    with _lock:
        done = _reading.get(generation)
        if done is None:
            _reading.clear()
            done = _reading[generation] = threading.Event()
            threading.Thread(target=_read, args=(engine, who, done), daemon=True).start()
    return done.wait(_PATIENCE_S)


def need_read(engine: Engine, who: str) -> None:
    """Raises Busy while audiences are being read."""
    if not are_read(engine, who):
        raise Busy(READING)


def forget_reading() -> None:
    """Look again at the next question."""
    with _lock:
        _reading.clear()


def _read(engine: Engine, who: str, done: threading.Event) -> None:
    try:
        engine.similar(who, by="audience", limit=1, facets=(), funnel=False)
    except InfluencrError:
        pass  # nobody's followers are known, or not theirs: whoever asks next is told so
    except Exception:
        # Whoever asks next meets the same failure in a page of their own.
        logging.getLogger(__name__).exception("Audiences could not be read")
    finally:
        done.set()
