"""Who follows whom is read once after each refresh, which may take minutes: no call waits for it.

The first call that needs it starts the reading in the background, as the first page does, and is
answered with 503 and when to ask again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from influencr.answers import Question
from influencr.errors import Busy
from influencr.search import Query
from influencr.service.lists.reach import reach
from influencr.service.web.audiences import READING, need_read

if TYPE_CHECKING:
    from influencr.engine import Engine

__all__ = ["need_audiences"]

#: Questions that count people.
_COUNTING = ("overlap", "plan")


def need_audiences(asked: Question, request: Any, engine: Engine) -> None:
    """Raises Busy while who follows whom is being read and the question needs it."""
    if asked.name in _COUNTING and reach(engine, []).reading:
        raise Busy(READING)
    query = getattr(request, "query", None)
    similar = query.similar if isinstance(query, Query) else ()
    by = query.similar_by if isinstance(query, Query) else ""
    if asked.name == "similar":
        similar, by = (request.who, *similar), request.by
    if similar and by == "audience":
        need_read(engine, similar[0])
