"""Files of an instance far away: taken as they come, and named when they are whole."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from influencr.errors import Unreachable
from influencr.remote._asked import stated
from influencr.remote._calls import Answer, Attempts, Call
from influencr.remote._errors import refusal_of

if TYPE_CHECKING:
    from influencr.engine import Exported
    from influencr.remote._wire import Wire
    from influencr.search import Query

__all__ = ["download"]

#: Ending of a file -> how an instance calls its format.
_FORMATS: Final = {".csv": "csv", ".jsonl": "ndjson", ".parquet": "parquet"}


def download(
    wire: Wire,
    url: str,
    attempts: Attempts,
    query: Query,
    path: str | os.PathLike[str],
) -> Exported:
    """Everybody who matches, as `Engine.export` writes it; a file is replaced as a whole or not.

    Raises UsageError for another ending, Unreachable when the file does not come to its end, and
    otherwise what `Remote.ask` raises.
    """
    from influencr.engine import Exported, ending_of

    target = Path(path)
    ending = ending_of(target)
    asked = {"format": _FORMATS[ending], **stated(query)}
    headers = (("Content-Type", "application/json"),)
    call = Call("POST", "/api/v1/export", msgspec.json.encode(asked), headers, asked)
    partial = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        while True:
            with wire.stream(call) as came:
                if isinstance(came, (Answer, Unreachable)):
                    wait = attempts.wait_after(came)
                    if wait is None:
                        raise refusal_of(call, came, url)
                else:
                    wait = None
                    with partial.open("wb") as opened:
                        for piece in came:
                            opened.write(piece)
            if wait is None:
                break
            time.sleep(wait)
        n_rows = _rows(partial, ending)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    return Exported(n_rows, None, None)


def _rows(file: Path, ending: str) -> int:
    import polars as pl

    if ending == ".parquet":
        frame = pl.scan_parquet(file)
    elif ending == ".csv":
        # Nothing is read of the cells, so nothing can be wrong with their types.
        frame = pl.scan_csv(file, infer_schema=False)
    else:
        with file.open("rb") as opened:
            return sum(1 for _ in opened)
    return int(frame.select(pl.len()).collect().item())
