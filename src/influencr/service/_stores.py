"""Where the service keeps things and hands mail to, as Django's settings say it."""

from __future__ import annotations

import hashlib
import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.utils.functional import SimpleLazyObject

from influencr.errors import UsageError
from influencr.home import Home
from influencr.service._addresses import Database, Mail

__all__ = ["FILE", "cache", "cache_key", "database", "mail"]

#: The SQLite file in the folder `service` of the home.
FILE = "service.sqlite"
#: How long a writer waits for another one. Own choice: longer than any of our transactions.
_PATIENCE_SECONDS = 20
#: How long a request waits for the mail server. Own choice.
_MAIL_SECONDS = 10


if TYPE_CHECKING:
    _Lazy = SimpleLazyObject[Path]
else:
    _Lazy = SimpleLazyObject


class _InHome(_Lazy):
    """The path of the SQLite file; the home is looked for when it is first asked."""

    def __init__(self, home: str | None) -> None:
        super().__init__(lambda: Path(Home(home).service) / FILE)

    def __fspath__(self) -> str:
        return str(self)


def database(home: str | None, named: Database | None) -> dict[str, Any]:
    """The setting of one database: SQLite in the home, or the PostgreSQL that is named.

    SQLite takes the write lock when a transaction begins, so that two requests wait for one
    another instead of failing, and keeps a write-ahead log, so that readers never wait.

    Raises UsageError for a PostgreSQL whose driver is not installed.
    """
    if named is not None:
        if importlib.util.find_spec("psycopg") is None:
            raise UsageError(
                "INFLUENCR_DATABASE: PostgreSQL needs the extra `postgres`; run "
                "`pip install 'influencr[postgres]'`.",
                field="INFLUENCR_DATABASE",
            )
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": named.name,
            "USER": named.user,
            "PASSWORD": named.password,
            "HOST": named.host,
            "PORT": "" if named.port is None else str(named.port),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
        }
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": _InHome(home),
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": _PATIENCE_SECONDS,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
            "PRAGMA secure_delete=ON;",
        },
    }


def cache(named: Database | None, processes: int | None) -> dict[str, Any]:
    """Where rate limits are counted: in memory where one process answers; in the database where
    several do, so that they count together (machines may share a PostgreSQL).
    """
    if named is None and (processes or 1) == 1:
        return {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    return {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "service_cache",
        "KEY_FUNCTION": f"{__name__}.cache_key",
    }


def cache_key(key: str, prefix: str, version: int) -> str:
    """The key as a digest: what is counted are addresses of people and of machines."""
    return hashlib.sha256(f"{prefix}:{version}:{key}".encode()).hexdigest()


def mail(server: Mail | None) -> dict[str, Any]:
    """The settings that mail is sent by; without a server, it goes nowhere."""
    backends = "django.core.mail.backends"
    if server is None:
        unset = {"default": {"BACKEND": f"{backends}.dummy.EmailBackend"}}
        return {"MAILERS": unset}
    options = {
        "host": server.host,
        "port": server.port,
        "username": server.user,
        "password": server.password,
        "use_ssl": server.tls,
        "use_tls": server.starttls,
        "timeout": _MAIL_SECONDS,
    }
    return {
        "MAILERS": {"default": {"BACKEND": f"{backends}.smtp.EmailBackend", "OPTIONS": options}},
        "DEFAULT_FROM_EMAIL": server.sender,
        "SERVER_EMAIL": server.sender,
    }
