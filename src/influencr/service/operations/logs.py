"""What the service writes down about itself: one JSON object per line, and nobody in it.

    {"at": "2026-11-23T21:40:07.112Z", "level": "info", "event": "request", "request": "9f2c...",
     "route": "search", "method": "GET", "status": 200, "ms": 31.4}

A line holds fields of FIELDS and no others, so that no question, address, handle or name can get
in by a slip. Lines of libraries are cut to their template and the place they come from; a failure
to its kind and the places it passed, without the words of the exception, which often repeat what
was received.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog

__all__ = ["FIELDS", "event", "settings_of"]

#: What a line may hold, beside `at`, `level` and `event`.
FIELDS = frozenset(
    {
        *("request", "route", "method", "status", "ms"),
        *("error", "frames", "where", "logger", "said"),
        *("kind", "n", "seconds", "part", "task", "version"),
    }
)
_ALWAYS = ("at", "level", "event")
#: Places of a failure that are written, the innermost ones. Own choice.
_FRAMES = 12
#: The longest text of a field. Own choice: names of routes and templates of messages are shorter.
_LONGEST = 200

_OWN = "influencr.service"
type _Line = MutableMapping[str, Any]


def event(name: str, *, level: int = logging.INFO, **fields: Any) -> None:
    """Write one line. Fields that are not of FIELDS are left out, texts are cut.

    Used before Django is set up, it writes what logging then writes.
    """
    structlog.stdlib.get_logger(_OWN).log(level, name, **fields)


def settings_of(*, requests: bool, debug: bool) -> dict[str, Any]:
    """Django's LOGGING.

    requests   whether every answered request is a line, or failures only
    debug      tracebacks as they are, for a person at a terminal
    """
    structlog.configure(
        processors=[structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler: dict[str, Any] = {"class": "logging.StreamHandler"}
    if not debug:
        handler["formatter"] = "lines"
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "lines": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": [_of_a_library],
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    _named,
                    _only_known,
                    structlog.processors.JSONRenderer(),
                ],
                # The template alone is wanted: a message is never put together.
                "use_get_message": False,
                "pass_foreign_args": True,
            }
        },
        "filters": {"failures": {"()": "django.utils.log.CallbackFilter", "callback": _is_failure}},
        "handlers": {"stderr": handler},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            _OWN: {"level": "INFO" if requests else "WARNING"},
            "django.request": {
                "handlers": ["stderr"],
                "level": "ERROR",
                "propagate": False,
                "filters": ["failures"],
            },
            "django.security.DisallowedHost": {"handlers": [], "propagate": False},
            # Its lines would carry addresses with tokens of invitations and confirmations.
            "django.security.csrf": {"handlers": [], "propagate": False},
            "waitress.queue": {"level": "ERROR"},
        },
    }


def _is_failure(record: logging.LogRecord) -> bool:
    """Whether something broke; "busy" and "not ready" are answers."""
    return getattr(record, "status_code", 500) != 503


def _of_a_library(_logger: Any, _method: str, line: _Line) -> _Line:
    """The line of somebody's standard logging: its template, its place, its failure's kind."""
    record: logging.LogRecord = line["_record"]
    found: dict[str, Any] = {
        "event": "warned" if record.levelno < logging.ERROR else "failed",
        "logger": record.name,
        "where": f"{record.module}:{record.lineno}",
    }
    # Without arguments a message may have been put together before it was handed over.
    if line["positional_args"] and isinstance(record.msg, str):
        found["said"] = record.msg
    info = record.exc_info
    if isinstance(info, tuple) and info[0] is not None:
        found["error"] = info[0].__name__
        passed = traceback.extract_tb(info[2])[-_FRAMES:]
        found["frames"] = [f"{_module(f.filename)}:{f.lineno} {f.name}" for f in passed]
    return {"_record": record, "_from_structlog": False, **found}


def _named(_logger: Any, _method: str, line: _Line) -> _Line:
    """The line with its instant and level; a failure told by `event` keeps its kind only."""
    line.setdefault("level", _method if _method else "info")
    return line


def _only_known(_logger: Any, method: str, line: _Line) -> _Line:
    stamped = structlog.processors.TimeStamper(fmt="iso", utc=True, key="at")(
        _logger, method, dict(line)
    )
    return {
        key: _cut(stamped[key])
        for key in (*_ALWAYS, *(k for k in stamped if k in FIELDS))
        if key in stamped
    }


def _cut(value: Any) -> Any:
    if isinstance(value, str):
        return value[:_LONGEST]
    if isinstance(value, list | tuple):
        return [_cut(one) for one in value]
    return value if isinstance(value, int | float | bool) or value is None else str(type(value))


def _module(file: str) -> str:
    """The end of a path: no folder of this machine's people is in it."""
    return "/".join(file.replace("\\", "/").rsplit("/", 3)[-3:])
